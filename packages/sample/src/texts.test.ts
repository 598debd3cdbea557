import assert from "node:assert/strict";
import { test } from "node:test";
import { parse as parseCsv } from "csv-parse/sync";
import fc from "fast-check";
import { parse as parseYaml } from "yaml";
import type { Json } from "@countersign/kernel";
import { csvText, SAMPLE_CELL } from "./csv.ts";
import { yamlText } from "./yaml.ts";

test("another CSV reader reads back every cell, and the sample mark in each row", () => {
  const text = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "é", ";") });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (rows) => {
      const read = parseCsv(csvText(["one", "two"], rows)) as string[][];
      assert.deepEqual(read, [["one", "two", "Sample data"], ...rows.map((row) => [...row, SAMPLE_CELL])]);
    }),
  );
});

test("yes, no and nothing stand for themselves, and a row of the wrong length is refused", () => {
  assert.equal(
    csvText(["a", "b", "c"], [[true, false, undefined]]),
    "a,b,c,Sample data\r\nyes,no,,invented\r\n",
  );
  // A lone carriage return ends a line for some readers, so it is quoted as well.
  assert.equal(csvText(["a"], [["x\ry"]]), 'a,Sample data\r\n"x\ry",invented\r\n');
  assert.throws(() => csvText(["a"], [["x", "y"]]), TypeError);
});

test("another YAML reader reads back every value", () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "2025-07-01",
      "no",
      "null",
      "12",
      "1e3",
      "- a",
      "a: b",
      "#x",
      "~",
      "a #b",
      "@x",
      "a\nb",
      "'",
      "Off",
      "x ",
      ".5",
      "LUM-[0-9]+",
    ),
  );
  const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.constantFrom("id", "from", "no", "a b"), fc.string()), tie("value"), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    ),
  }));
  fc.assert(
    fc.property(value, (inner) => {
      const written = yamlText(["A comment."], { inner });
      assert.deepEqual(parseYaml(written), { inner });
    }),
    { numRuns: 500 },
  );
});
