/** Records and lines at the bounds of the format: each is taken or refused as the pages say, by every reader alike. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson, JSON_DEPTH_MAX, parseCanonicalJson } from "@countersign/kernel";
import { RECORD_BYTES_MAX } from "@countersign/records";
import { sourceOf } from "@countersign/package-format/testing";
import { verifyPackage } from "@countersign/verify";
import { makeKeys, tellStory } from "../../packages/verify/src/testing/company.ts";
import { packed, zipOf } from "../../packages/verify/src/testing/pack.ts";

const keys = makeKeys();
const plain = tellStory("acme", keys).company;

/** A record of the given body, as text, so that it can be spelled wrongly. */
function recordWith(body: string): string {
  const canonical = plain.records[1] ?? assert.fail();
  const read = JSON.parse(canonical) as { body: unknown; digests: unknown; id: string; type: string };
  const text = canonicalJson({ ...read, body: "BODY", digests: [], id: "rec_new", type: "thing.new" });
  return text.replace('"BODY"', () => body);
}

function recordOfSize(bytes: number): string {
  const empty = Buffer.byteLength(recordWith('{"a":""}'));
  return recordWith(`{"a":"${"x".repeat(bytes - empty)}"}`);
}

const nested = (depth: number): string => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
/** The record is the first object, and its body the second. */
const deepest = JSON_DEPTH_MAX - 2;

const cases: readonly (readonly [name: string, line: string | Buffer, fault: RegExp | undefined])[] = [
  ["a record of no byte", "", /not JSON/],
  ["a record of 65,535 bytes", recordOfSize(RECORD_BYTES_MAX), undefined],
  ["a record of 65,536 bytes", recordOfSize(RECORD_BYTES_MAX + 1), /65536 bytes: a record has at most 65535/],
  ["nesting at its bound", recordWith(nested(deepest)), undefined],
  ["nesting beyond its bound", recordWith(nested(deepest + 1)), /nested deeper than 64/],
  ["nesting of 30,000", recordWith(nested(30_000)), /nested deeper than 64/],
  ["a member twice", recordWith('{"a":1,"a":1}'), /not canonical/],
  ["members out of order", recordWith('{"b":1,"a":1}'), /not canonical/],
  ["a member __proto__", recordWith('{"__proto__":{"digest":"x"}}'), undefined],
  ["a member constructor", recordWith('{"constructor":{"prototype":1},"toString":1}'), undefined],
  ["a lone surrogate, escaped", recordWith('{"a":"\\ud800"}'), /lone surrogate/],
  ["a lone surrogate, as bytes", Buffer.from(recordWith('{"a":"\xed\xa0\x80"}'), "latin1"), /not UTF-8/],
  ["a byte that is no text", Buffer.from(recordWith('{"a":"\xff"}'), "latin1"), /not UTF-8/],
  ["a byte order mark", `\ufeff${recordWith("{}")}`, /not JSON/],
  ["-0", recordWith('{"a":-0}'), /not canonical/],
  ["1e400", recordWith('{"a":1e400}'), /no infinity/],
  ["1.5", recordWith('{"a":1.5}'), /not a whole number/],
  ["1.0", recordWith('{"a":1.0}'), /not canonical/],
  ["2^53-1", recordWith(`{"a":${2 ** 53 - 1}}`), undefined],
  ["2^53", recordWith(`{"a":${2 ** 53}}`), /not a whole number within 2\^53-1/],
  ["2^53+1", recordWith('{"a":9007199254740993}'), /not canonical/],
  ["NaN", recordWith('{"a":NaN}'), /not JSON/],
  ["a space", recordWith('{"a": 1}'), /not canonical/],
  ["an escape that is not needed", recordWith('{"a":"\\u0041"}'), /not canonical/],
  ["two values", `${recordWith("{}")}{}`, /not JSON/],
  ["a list in the place of a record", "[]", /has exactly the members/],
  ["null in the place of a body", recordWith("null"), /body: an object is needed/],
];

function verdictWith(line: string | Buffer) {
  const { company, ...story } = tellStory("acme", keys);
  company.records.push(typeof line === "string" ? line : line.toString("latin1"));
  const files = packed({ company, ...story });
  if (typeof line !== "string") {
    // The same package with the line's bytes: its root is another then, which is one more fault.
    const path = "ledger/records-00000.ndjson";
    const text = files.get(path)?.toString("utf8") ?? assert.fail();
    files.set(
      path,
      Buffer.concat([
        Buffer.from(text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1)),
        line,
        Buffer.from("\n"),
      ]),
    );
  }
  return verifyPackage(sourceOf(zipOf(files)));
}

for (const [name, line, fault] of cases)
  test(`${name}: the log's line is ${fault === undefined ? "taken" : "refused, with its place"}, and nothing breaks`, () => {
    const { faults } = verdictWith(line);
    const records = faults.filter(({ code }) => code === "record");
    if (fault === undefined) return assert.deepEqual(faults, []);
    assert.equal(records.length, 1, JSON.stringify(faults));
    assert.match(records[0]?.message ?? "", fault);
    assert.match(records[0]?.where ?? "", /^record 10 \(ledger\/records-00000\.ndjson line 11\)$/);
    // What reads records anywhere else reads them with the same function.
    if (/JSON|UTF-8|canonical|surrogate|nested/.test(fault.source))
      assert.equal(parseCanonicalJson(typeof line === "string" ? line : new Uint8Array(line)).ok, false);
  });

const salt = "0".repeat(32);
const lines: readonly (readonly [name: string, line: string, fault: RegExp | undefined])[] = [
  ["a plain line", `{"item":{"id":"a"},"salt":"${salt}"}`, undefined],
  ["an id that is __proto__", `{"item":{"id":"__proto__"},"salt":"${salt}"}`, undefined],
  ["a member __proto__", `{"item":{"__proto__":1,"id":"a"},"salt":"${salt}"}`, undefined],
  [
    "nesting at its bound",
    `{"item":{"a":${"[".repeat(62)}${"]".repeat(62)},"id":"a"},"salt":"${salt}"}`,
    undefined,
  ],
  [
    "nesting beyond it",
    `{"item":{"a":${"[".repeat(63)}${"]".repeat(63)},"id":"a"},"salt":"${salt}"}`,
    /nested deeper/,
  ],
  [
    "nesting of 100,000",
    `{"item":{"a":${"[".repeat(1e5)}${"]".repeat(1e5)},"id":"a"},"salt":"${salt}"}`,
    /nested deeper/,
  ],
  ["a member twice", `{"item":{"a":1,"a":1,"id":"a"},"salt":"${salt}"}`, /not canonical/],
  ["-0", `{"item":{"a":-0,"id":"a"},"salt":"${salt}"}`, /not canonical/],
  ["1e400", `{"item":{"a":1e400,"id":"a"},"salt":"${salt}"}`, /no infinity/],
  ["a lone surrogate", `{"item":{"a":"\\udfff","id":"a"},"salt":"${salt}"}`, /lone surrogate/],
  ["an empty line", "", /not JSON/],
];

for (const [name, line, fault] of lines)
  test(`${name}: a list's line is ${fault === undefined ? "taken" : "refused, with its place"}, and nothing breaks`, () => {
    const story = tellStory("acme", keys, { items: [line] });
    const { faults } = verifyPackage(sourceOf(zipOf(packed(story))));
    if (fault === undefined) return assert.deepEqual(faults, []);
    assert.deepEqual(
      faults.map(({ code, where }) => [code, where]),
      [["list-line", "data/populations/git-main-v1/items-00000.ndjson line 1"]],
    );
    assert.match(faults[0]?.message ?? "", fault);
  });
