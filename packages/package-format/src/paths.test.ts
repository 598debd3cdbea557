import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { caseKey, checkPackagePath, compareUtf8, PathSet, safeFileName } from "./paths.ts";

test("paths that leave the folder, or that some system cannot store, are refused", () => {
  for (const path of [
    "",
    "/etc/passwd",
    "../x",
    "a/../b",
    "a/./b",
    "a//b",
    "a/",
    "a\\b",
    "C:/x",
    "a\u0000b",
    "e\u0301.txt",
    "con.txt",
    "data/NUL",
    "a /b",
    "a./b",
    " a",
    "a\ud800",
    "x".repeat(201),
    'a"b',
    "a{b}",
  ])
    assert.equal(checkPackagePath(path).ok, false, JSON.stringify(path));
  for (const path of ["manifest.json", "data/a/b-00000.ndjson", "evidence/é.pdf", "x".repeat(200), "a.b.c"])
    assert.deepEqual(checkPackagePath(path), { ok: true, value: path });
});

test("a safe name is always a good path, whatever it is made from", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const safe = safeFileName(text);
      assert.equal(checkPackagePath(safe).ok, true, JSON.stringify([text, safe]));
      assert.equal(safeFileName(safe), safe);
      assert.ok(!safe.includes("/"));
    }),
    { numRuns: 400 },
  );
  assert.equal(safeFileName("../../Q1 review (final).pdf"), "Q1-review-final-.pdf");
  assert.equal(safeFileName("CON"), "_CON");
  assert.equal(safeFileName(`${"x".repeat(300)}.xlsx`).length, 80);
  assert.ok(safeFileName(`${"x".repeat(300)}.xlsx`).endsWith(".xlsx"));
});

test("the order of ids and paths is that of their UTF-8 bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      assert.equal(Math.sign(compareUtf8(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 3000 },
  );
  // Where code units and bytes disagree.
  assert.ok(compareUtf8("\u{1f600}", "\uffee") > 0);
  assert.deepEqual(["\uffee", "\u{1f600}"].toSorted(), ["\u{1f600}", "\uffee"]);
});

test("names that one disk would merge are found, however they are written", () => {
  const collides = (...paths: string[]) => {
    const set = new PathSet();
    return paths.map((path) => set.add(path)).findLast((twin) => twin !== undefined);
  };
  assert.equal(collides("a/b", "a/b"), "a/b");
  assert.equal(collides("a/b", "a/B"), "a/b");
  assert.equal(collides("A/b", "a/c"), "A");
  assert.equal(collides("a", "a/b"), "a");
  assert.equal(collides("a/b", "A"), "a");
  assert.equal(collides("a/b", "a/c", "ab"), undefined);
  assert.equal(caseKey("\u0130x"), caseKey("i\u0307x"));
});
