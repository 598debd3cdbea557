import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "@countersign/kernel";
import { derivedSalt } from "@countersign/ledger";
import * as layout from "./layout.ts";
import { caseKey, checkPackagePath } from "./paths.ts";
import { itemResultSalt, occurrenceResultSalt } from "./result-salt.ts";

test("two populations never share a folder, whatever they are called", () => {
  const names = [
    "git-main",
    "Git-main",
    "git main",
    "git/main",
    "git-main.",
    "git_main",
    "été",
    "CON",
    "..",
    "",
  ];
  const folders = names.map((name) => layout.populationFolder(name, 1));
  assert.equal(new Set(folders.map(caseKey)).size, names.length, folders.join());
  for (const folder of folders) assert.equal(checkPackagePath(folder).ok, true, folder);
  assert.equal(folders[0], "data/populations/git-main-v1");
});

test("the longest paths that sources and people can cause still fit", () => {
  const long = "x".repeat(500);
  for (const path of [
    layout.filePartPath(layout.rawPath(long, 999, 999, `${long}.json`), 2 ** 40, 99_999),
    layout.linePartPath(layout.itemsStem(long, 999), 99_999),
    layout.evidencePath(digestOf(long), `${long}.pdf`),
  ])
    assert.deepEqual(checkPackagePath(path), { ok: true, value: path });
});

test("a result's salt follows from its item's, or from what it is about", () => {
  const salt = "00112233445566778899aabbccddeeff";
  assert.equal(itemResultSalt({ item: { id: "a" }, raw: [], salt }), derivedSalt(salt, "result"));
  const erased = "f".repeat(64);
  assert.equal(itemResultSalt({ erased }), "f".repeat(32));
  const occurrence = { control: "ACC-04", activity: "review", id: "2026-Q1" };
  assert.equal(occurrenceResultSalt(occurrence), derivedSalt("none", "ACC-04/review/2026-Q1"));
  assert.equal(
    occurrenceResultSalt({ ...occurrence, evidence: "rec_1" }),
    derivedSalt("rec_1", "ACC-04/review/2026-Q1"),
  );
});
