import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { erasedLine, lineLeaf, ListSealer } from "@countersign/ledger";
import { Faults } from "./faults.ts";
import { ListCheck, type ListOrder } from "./list-check.ts";
import { lineOf } from "./testing/company.ts";

function check(lines: readonly string[], step = 1e6, order: ListOrder = "by-id", tail = "\n") {
  const faults = new Faults();
  const list = new ListCheck(order, faults);
  list.startPart("p");
  const bytes = Buffer.from(lines.join("\n") + (lines.length > 0 ? tail : ""));
  for (let at = 0; at < bytes.length; at += step) list.push(Buffer.from(bytes.subarray(at, at + step)));
  return {
    root: list.finish(),
    count: list.count,
    erased: list.erased,
    faults: faults.list().map((f) => `${f.where}: ${f.message}`),
  };
}

function sealed(lines: readonly string[]) {
  const sealer = new ListSealer();
  for (const line of lines) sealer.add(line);
  return sealer.finish();
}

const line = (id: string, more = {}) => lineOf({ id, ...more }, "list");

test("the root is the sealer's, however the bytes are cut, by scanner or by parser", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ unit: "grapheme" })),
      fc.integer({ min: 1, max: 200 }),
      (ids, step) => {
        const lines = ids
          .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
          // A number that the scanner leaves to the parser stands in every other line.
          .map((id, i) => line(id, i % 2 === 0 ? {} : { n: Number.MAX_SAFE_INTEGER }));
        const { root, count } = sealed(lines);
        assert.deepEqual(check(lines, step), { root, count, erased: 0, faults: [] });
      },
    ),
  );
});

test("ids out of order and ids that stand twice are named with their line", () => {
  assert.deepEqual(check([line("a"), line("c"), line("b"), line("d")]).faults, [
    'p line 3: the id "b" is not in order',
  ]);
  assert.deepEqual(check([line("a"), line("a")]).faults, ['p line 2: the id "a" stands twice']);
  assert.deepEqual(check([line("é"), line("z")]).faults, ['p line 2: the id "z" is not in order']);
  assert.deepEqual(check([line("b"), line("a")], 5, "as-emitted").faults, []);
  // Escaped ids are compared by what they say, not by how they are spelled.
  assert.deepEqual(check([line('"'), line("#")]).faults, []);
  assert.deepEqual(check([line("!"), line('"'), line('"')]).faults, ['p line 3: the id "\\"" stands twice']);
});

test("an erased line keeps the root and is counted", () => {
  const lines = ["a", "b", "c"].map((id) => line(id));
  const erased = [lines[0] ?? "", erasedLine(lineLeaf(Buffer.from(lines[1] ?? ""))), lines[2] ?? ""];
  const { root, count } = sealed(lines);
  assert.deepEqual(check(erased), { root, count, erased: 1, faults: [] });
});

test("a line that is not a sealed one is named, and the rest is still read", () => {
  for (const [bad, word] of [
    ["", /JSON/],
    ["not json", /JSON/],
    ['{"item":{"id":"b"},"salt":"00112233445566778899aabbccddeeff" }', /canonical/],
    ['{"item":{"id":"b"},"salt":"0011"}', /salt/],
    ['{"item":["b"],"salt":"00112233445566778899aabbccddeeff"}', /an item is an object/],
    ['{"item":{"id":1},"salt":"00112233445566778899aabbccddeeff"}', /an id is a text/],
    ['{"item":{"n":1},"salt":"00112233445566778899aabbccddeeff"}', /without an id/],
    ['{"item":{"id":"b","n":1.5},"salt":"00112233445566778899aabbccddeeff"}', /whole number/],
    ['{"id":"b"}', /members/],
    ['{"erased":"b"}', /64 hex/],
    ["[1]", /not an object/],
  ] as const) {
    const { faults, count } = check([line("a"), bad, line("c")], 11);
    assert.equal(count, 3);
    assert.equal(faults.length, 1, faults.join());
    assert.match(faults[0] ?? "", word);
    assert.match(faults[0] ?? "", /^p line 2: /);
  }
});

test("a list that ends without a newline is named", () => {
  assert.deepEqual(check([line("a"), line("b")], 7, "by-id", "").faults, [
    "p line 2: the last line has no newline",
  ]);
  assert.deepEqual(check([]), { ...check([]), count: 0, faults: [] });
});
