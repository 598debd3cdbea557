import assert from "node:assert/strict";
import { test } from "node:test";
import { readNames } from "./names.ts";

const read = (text: string | Uint8Array) =>
  readNames(typeof text === "string" ? Buffer.from(text, "utf8") : text, "names.csv");

function told(text: string | Uint8Array): readonly string[] {
  const result = read(text);
  assert.ok(!result.ok);
  return result.error.map(({ what, where }) => `${where ?? ""}: ${what}`);
}

test("names are read with their lists, whatever the order of columns, with quotes and a byte order mark", () => {
  assert.deepEqual(read('\ufeffName,List,Owner\r\n"Cloud, Inc.",spend,x\r\n\r\n  Chat  ,sign-on,\r\n'), {
    ok: true,
    value: [
      { list: "spend", name: "Cloud, Inc." },
      { list: "sign-on", name: "Chat" },
    ],
  });
  assert.deepEqual(read("list,name,record\nrepos,a/b,rec_1\nrepos,a/c,\n"), {
    ok: true,
    value: [
      { list: "repos", name: "a/b", record: "rec_1" },
      { list: "repos", name: "a/c" },
    ],
  });
});

test("a file without a header, without columns, of other bytes or with an open quote is refused with its place", () => {
  assert.deepEqual(told(""), ["names.csv: names.csv is empty"]);
  assert.deepEqual(told("spend,Cloud\n"), [
    "names.csv, row 1: names.csv has no column `list` and no column `name`",
  ]);
  assert.deepEqual(told(Uint8Array.of(0x6c, 0xff)), ["names.csv: names.csv is not UTF-8 text"]);
  assert.match(told('list,name\nspend,"Cloud\n').join(), /names\.csv cannot be read as CSV/);
});

test("every row that lacks something is told, the first ten by number", () => {
  assert.deepEqual(told("list,name\nspend,\n,Cloud\nspend,Cloud, Inc.\n"), [
    "names.csv, row 2: row 2 of names.csv has no name",
    "names.csv, row 3: row 3 of names.csv has no list",
    "names.csv, row 4: row 4 of names.csv has 3 cells, and the first row has 2",
  ]);
  const many = told(`list,name\n${"spend,\n".repeat(12)}`);
  assert.equal(many.length, 11);
  assert.match(many.at(-1) ?? "", /2 more rows/);
});
