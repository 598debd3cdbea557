/** What a disk, a cable or somebody who knows the format does to a backup: refused, with the place, before anything is written. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ProblemError } from "@countersign/kernel";
import { newPlace } from "../journeys/support.ts";
import { makeBackups } from "./company.ts";
import { checked, entriesOf, written, type Entries } from "./entries.ts";

const place = newPlace("backup-damage");
const at = (path: string): string => join(place.folder, path);
let whole: Buffer;

before(async () => {
  await makeBackups(place);
  whole = readFileSync(at("plain.zip"));
});
after(() => place.remove());

const RECORDS = "ledger/records-00000.ndjson";
const CHECKPOINTS = "ledger/checkpoints-00000.ndjson";
const INDEX = "files/index-00000.ndjson";
const BYTES = "files/bytes.part-00000";

function refusal(bytes: Buffer): { readonly code: string; readonly text: string } {
  try {
    checked(bytes);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { code: error.problems[0]?.code ?? "", text: error.message };
  }
  return { code: "accepted", text: "" };
}

const lines = (entries: Entries, path: string): string[] =>
  (entries.get(path) ?? Buffer.alloc(0)).toString("utf8").split("\n").slice(0, -1);
const put = (entries: Entries, path: string, all: readonly string[]): void => {
  entries.set(path, Buffer.from(all.map((line) => `${line}\n`).join("")));
};
const edit = (entries: Entries, path: string, change: (text: string) => string): void => {
  const before = entries.get(path)?.toString("latin1") ?? "";
  const now = change(before);
  assert.notEqual(now, before, `the change of ${path} changes something`);
  entries.set(path, Buffer.from(now, "latin1"));
};
/** The first file of the index that is as `is` says: its line's number, and where its bytes stand. */
function fileWhere(entries: Entries, is: (file: { salt?: string; erasedLines?: number }) => boolean) {
  let start = 0;
  for (const [line, text] of lines(entries, INDEX).entries()) {
    const file = JSON.parse(text) as { size: number; salt?: string; erasedLines?: number };
    if (file.size > 0 && is(file)) return { line, start, end: start + file.size };
    start += file.size;
  }
  throw new Error("there is no such file");
}

test("the backup that each damage below is done to is whole, also when it is written again", async () => {
  assert.equal(refusal(whole).code, "accepted");
  const again = await written(at("again.zip"), entriesOf(at("plain.zip")), true);
  assert.equal(refusal(readFileSync(again)).code, "accepted");
});

/**
 * Some bits of a zip say nothing of contents: times, versions and attributes in its headers, and what fills up the last
 * byte of a compressed entry. Where they stand differs from backup to backup.
 */
function saysTheSame(bytes: Buffer): boolean {
  const path = at("one-bit.zip");
  writeFileSync(path, bytes);
  const [now, before] = [entriesOf(path), entriesOf(at("plain.zip"))];
  return (
    now.size === before.size && [...before].every(([name, held]) => now.get(name)?.equals(held) === true)
  );
}

test("one changed bit anywhere in the file is refused, unless every file in it is what it was", () => {
  const accepted: number[] = [];
  let refused = 0;
  const directory = whole.indexOf("PK\u0001\u0002", 0, "latin1");
  for (let offset = 0; offset < whole.length; offset += offset < directory - 97 ? 97 : 1) {
    const bytes = Buffer.from(whole);
    bytes[offset] = (bytes[offset] ?? 0) ^ (1 << (offset % 8));
    if (refusal(bytes).code !== "accepted") refused++;
    else if (!saysTheSame(bytes)) accepted.push(offset);
  }
  assert.deepEqual(accepted, []);
  assert.ok(refused > 400, String(refused));
});

test("a backup that was cut anywhere, or never finished, is none", () => {
  for (let length = 0; length < whole.length; length += 211)
    assert.equal(refusal(whole.subarray(0, length)).code, "not-a-backup", String(length));
  const { text } = refusal(whole.subarray(0, whole.length - 1));
  assert.match(text, /not a whole backup/);
});

test("a bit flipped in a part is said of that part, although the zip around it is sound", async () => {
  const entries = entriesOf(at("plain.zip"));
  for (const [name, bytes] of entries) {
    const flipped = Buffer.from(bytes);
    const middle = Math.floor(bytes.length / 2);
    flipped[middle] = (flipped[middle] ?? 0) ^ 1;
    const path = await written(at("flipped.zip"), new Map(entries).set(name, flipped), false);
    const { code, text } = refusal(readFileSync(path));
    assert.equal(code, "backup-damaged", name);
    if (name !== "manifest.json") assert.ok(text.includes(`a.zip: ${name}`), text);
  }
});

/** Each with a manifest made anew over it. */
const forgeries: readonly (readonly [string, RegExp, (entries: Entries) => void])[] = [
  [
    "a fact in a record",
    /another root/,
    (entries) => {
      edit(entries, RECORDS, (text) => text.replace('"reason":"asked for"', '"reason":"asked far"'));
    },
  ],
  [
    "a record left out",
    /there are fewer records|another root/,
    (entries) => {
      put(entries, RECORDS, lines(entries, RECORDS).toSpliced(2, 1));
    },
  ],
  [
    "two records in each other's place",
    /another root/,
    (entries) => {
      const [first = "", second = "", third = "", ...rest] = lines(entries, RECORDS);
      put(entries, RECORDS, [first, third, second, ...rest]);
    },
  ],
  [
    "a record that is no canonical JSON",
    /line 1\n.*not canonical/,
    (entries) => {
      edit(entries, RECORDS, (text) => text.replace("{", "{ "));
    },
  ],
  [
    "a record of another organization",
    /another organization/,
    (entries) => {
      edit(entries, RECORDS, (text) =>
        text.replace('"organization":"small-co"', '"organization":"other-co"'),
      );
    },
  ],
  [
    "a record's last line without its end",
    /has no end/,
    (entries) => {
      edit(entries, RECORDS, (text) => text.slice(0, -1));
    },
  ],
  [
    "the newest checkpoint left out",
    /were backed up/,
    (entries) => {
      put(entries, CHECKPOINTS, lines(entries, CHECKPOINTS).slice(0, -1));
    },
  ],
  [
    "a checkpoint's signature",
    /checkpoint of size/,
    (entries) => {
      edit(entries, CHECKPOINTS, (text) =>
        text.replace(
          /([A-Za-z0-9+/]{20})([A-Za-z0-9+/])([A-Za-z0-9+/]{20}=*\\n","published)/,
          (_, a, b, c) => `${String(a)}${b === "A" ? "B" : "A"}${String(c)}`,
        ),
      );
    },
  ],
  [
    "a checkpoint's size",
    /not in order/,
    (entries) => {
      edit(entries, CHECKPOINTS, (text) => text.replace("\\n2\\n", "\\n1\\n"));
    },
  ],
  [
    "the size in the header",
    /were backed up/,
    (entries) => {
      edit(entries, "backup.json", (text) =>
        text.replace(/"size":(\d+)/, (_, size) => `"size":${Number(size) + 1}`),
      );
    },
  ],
  [
    "the origin in the header",
    /of the log/,
    (entries) => {
      edit(entries, "backup.json", (text) => text.replace("countersign.local/", "countersign.other/"));
    },
  ],
  [
    "a header that says more",
    /unknown member/,
    (entries) => {
      edit(entries, "backup.json", (text) => text.replace('{"', '{"a":1,"'));
    },
  ],
  [
    "an organization that leaves the folder",
    /segment that moves|not the id of one/,
    (entries) => {
      edit(entries, "backup.json", (text) => text.replace('"small-co"', '".."'));
    },
  ],
  [
    "one byte of a plain file",
    /have the digest/,
    (entries) => {
      const { start } = fileWhere(
        entries,
        (file) => file.salt === undefined && file.erasedLines === undefined,
      );
      const bytes = entries.get(BYTES);
      assert.ok(bytes);
      bytes[start] = (bytes[start] ?? 0) ^ 1;
    },
  ],
  [
    "one digit of a salt",
    /have the digest/,
    (entries) => {
      edit(entries, INDEX, (text) =>
        text.replace(/"salt":"(.)/, (_, digit) => `"salt":"${digit === "0" ? 1 : 0}`),
      );
    },
  ],
  [
    "one byte of a list with erased lines",
    /its lines have the root/,
    (entries) => {
      const { start } = fileWhere(entries, (file) => file.erasedLines !== undefined);
      const bytes = entries.get(BYTES);
      assert.ok(bytes);
      const digit = bytes.indexOf("-04-10T", start) + 1;
      bytes[digit + 1] = (bytes[digit + 1] ?? 0) ^ 1;
    },
  ],
  [
    "a file left out",
    /and \d+ are here|were backed up/,
    (entries) => {
      const { line, start, end } = fileWhere(entries, () => true);
      put(entries, INDEX, lines(entries, INDEX).toSpliced(line, 1));
      const bytes = entries.get(BYTES) ?? Buffer.alloc(0);
      entries.set(BYTES, Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]));
      edit(entries, "backup.json", (text) =>
        text.replace(
          /"files":\{"bytes":(\d+),"count":(\d+)\}/,
          (_, size, count) =>
            `"files":{"bytes":${Number(size) - (end - start)},"count":${Number(count) - 1}}`,
        ),
      );
    },
  ],
  [
    "a file that no record names",
    /no record names this file/,
    (entries) => {
      const [first = ""] = lines(entries, INDEX);
      const none = `{"digest":"sha256:${"0".repeat(64)}","size":0}`;
      assert.ok(first > none);
      put(entries, INDEX, [none, ...lines(entries, INDEX)]);
    },
  ],
  [
    "bytes behind the last file",
    /were backed up/,
    (entries) => {
      entries.set(BYTES, Buffer.concat([entries.get(BYTES) ?? Buffer.alloc(0), Buffer.from("x")]));
    },
  ],
  [
    "the files in another order",
    /not in order/,
    (entries) => {
      const bytes = entries.get(BYTES) ?? Buffer.alloc(0);
      let at = 0;
      const files = lines(entries, INDEX).map((line) => {
        const { size } = JSON.parse(line) as { size: number };
        return { line, bytes: bytes.subarray(at, (at += size)) };
      });
      const turned = files.toReversed();
      const all = turned.map((file) => file.line);
      put(entries, INDEX, all);
      entries.set(BYTES, Buffer.concat(turned.map((file) => file.bytes)));
    },
  ],
  [
    "a file of another kind",
    /a backup has no such part/,
    (entries) => {
      entries.set("run-me.sh", Buffer.from("#!/bin/sh\n"));
    },
  ],
  [
    "a part that is numbered beyond the next",
    /a backup has no such part/,
    (entries) => {
      entries.set("ledger/records-00002.ndjson", Buffer.from(""));
    },
  ],
  [
    "keys that the header does not speak of",
    /a backup has no such part/,
    (entries) => {
      entries.set("keys.json", Buffer.from("{}"));
    },
  ],
];

for (const [what, words, forge] of forgeries)
  test(`forged with its manifest, and refused all the same: ${what}`, async () => {
    const entries = entriesOf(at("plain.zip"));
    forge(entries);
    const path = await written(at("forged.zip"), entries, true);
    const { code, text } = refusal(readFileSync(path));
    assert.equal(code, "backup-damaged");
    assert.match(text, words);
  });

test("what was erased is not accepted back from an earlier backup: neither a file nor a line", async () => {
  const entries = entriesOf(at("plain.zip"));
  const before = entriesOf(at("before.zip"));
  entries.set(INDEX, before.get(INDEX) ?? Buffer.alloc(0));
  entries.set(BYTES, before.get(BYTES) ?? Buffer.alloc(0));
  const files = /"files":\{[^}]*\}/;
  const said = files.exec(before.get("backup.json")?.toString() ?? "")?.[0] ?? "";
  edit(entries, "backup.json", (text) => text.replace(files, said));
  const path = await written(at("brought-back.zip"), entries, true);
  const { code, text } = refusal(readFileSync(path));
  assert.equal(code, "backup-damaged");
  assert.match(text, /says that it was erased|records say otherwise of its lines|no record names/);
});

test("a backup of a later version, or of another format, is refused as that", async () => {
  const entries = entriesOf(at("plain.zip"));
  edit(entries, "backup.json", (text) => text.replace("countersign-backup-1", "countersign-backup-2"));
  const other = await written(at("other-format.zip"), entries, true);
  assert.match(refusal(readFileSync(other)).text, /backup\.json[^]*countersign-backup-1/);
  const later = entriesOf(at("plain.zip"));
  edit(later, "backup.json", (text) => text.replace('"schema":[', '"schema":["9999-later.sql",'));
  await written(at("later.zip"), later, true);
  const refused = await place.refused("backup", "restore", "later.zip", "--workspace", "later");
  assert.match(refused, /made by a newer version of countersign \(it has 9999-later\.sql\)/);
  assert.equal(existsSync(at("later")), false);
});
