import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { factCell, safeText } from "./cells.ts";
import { csvRecord } from "./csv.ts";

test("a text that a spreadsheet could run gets an apostrophe", () => {
  for (const text of [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\tx",
    "\nx",
    " =1",
    "\u00a0=1",
    "\u2003\u200b=1",
    "\ufeff=1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM",
    "\u22121",
    "a\n=cmd|'/c calc'!A1",
    "a\r\n  +1",
    "'=1",
    '"=1',
  ])
    assert.equal(safeText(text), `'${text}`, JSON.stringify(text));
});

test("an ordinary text stays as it is", () => {
  for (const text of ["a=b", "1-2", "ada@example.com", "2026-03-05T22:52:12Z", "x\ty", "x\ny", "don't", ""])
    assert.equal(safeText(text), text);
});

test("whatever the text, no cell begins with what a spreadsheet runs", () => {
  const dangerous = fc
    .tuple(
      fc.array(fc.constantFrom(" ", "\u00a0", "\t", "\n", "\r", "\u3000", "\u200b", "'", '"'), {
        maxLength: 4,
      }),
      fc.constantFrom("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"),
      fc.string({ unit: "binary" }),
    )
    .map(([before, sign, after]) => before.join("") + sign + after);
  fc.assert(
    fc.property(fc.oneof(dangerous, fc.string({ unit: "binary" })), (text) => {
      const safe = safeText(text);
      assert.doesNotMatch(safe, /^[\s\u200b"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/);
      assert.ok(safe.isWellFormed());
      // Taking the apostrophe off gives the text back, but for what no document can hold.
      if (!/[\p{Cc}\ufffd]|\p{Noncharacter_Code_Point}|\p{Cs}/u.test(text))
        assert.ok(safe === text || safe === `'${text}`);
      assert.doesNotMatch(safe, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd-\uffff]/);
    }),
  );
});

test("what a document cannot hold is shown in its place, so that nothing closes up around it", () => {
  assert.equal(safeText("a\u0000b\u001b"), "a\u2400b\u241b");
  assert.equal(safeText("\u0080=1"), "[U+0080]=1");
  assert.equal(safeText("\ud800=1"), "[U+FFFD]=1");
  assert.equal(safeText("\u{1fffe}=1"), "[U+1FFFE]=1");
});

test("a long text of nothing but line breaks is read in one pass", () => {
  const started = performance.now();
  safeText("\n".repeat(2_000_000) + "x");
  assert.ok(performance.now() - started < 2_000);
});

test("a text longer than a cell is cut and says so", () => {
  const cut = safeText("x".repeat(40_000));
  assert.equal(cut.length, 32_767);
  assert.match(cut, /\(cut: whole in the package's data\)$/);
});

test("a fact is one cell: nested ones as JSON", () => {
  assert.equal(factCell([{ a: "x", b: 1 }]), '[{"a":"x","b":1}]');
  assert.equal(factCell(true), "yes");
  assert.equal(factCell(7), 7);
  assert.equal(factCell(undefined), "");
});

/** RFC 4180, read by the letter: commas, CRLF, doubled quotes. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = "";
    if (text[at] === '"') {
      at++;
      for (;;) {
        if (text[at] === '"' && text[at + 1] === '"') {
          field += '"';
          at += 2;
        } else if (text[at] === '"') {
          at++;
          break;
        } else {
          field += text[at++] ?? assert.fail("an open quote");
        }
      }
    } else {
      while (at < text.length && text[at] !== "," && text[at] !== "\r") field += text[at++];
    }
    row.push(field);
    if (text[at] === ",") {
      at++;
    } else {
      assert.equal(text.slice(at, at + 2), "\r\n");
      at += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

test("a CSV record read by the letter of RFC 4180 gives the safe cells back", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('"', ",", "\r\n", "\n", "")), {
          minLength: 1,
          maxLength: 6,
        }),
        {
          maxLength: 5,
        },
      ),
      (rows) => {
        assert.deepEqual(
          readCsv(rows.map((row) => csvRecord(row)).join("")),
          rows.map((row) => row.map(safeText)),
        );
      },
    ),
  );
});
