import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson, type LocalDate } from "@countersign/kernel";
import type { Program } from "../model.ts";
import { parsed } from "../test-support/files.ts";
import { applyChanges, diffPrograms, reachOf, type Change } from "./diff.ts";
import { day, programs } from "../test-support/programs.ts";
import { partsOf, programOf } from "./parts.ts";

test("the changes from one program to another, applied to the first, give the second to the byte", () => {
  fc.assert(
    fc.property(programs, programs, (before, after) => {
      const given = applyChanges(before, diffPrograms(before, after));
      assert.equal(canonicalJson(given), canonicalJson(after));
    }),
    { numRuns: 150 },
  );
});

test("the changes from nothing give the program", () => {
  fc.assert(
    fc.property(programs, (after) => {
      assert.equal(
        canonicalJson(applyChanges(undefined, diffPrograms(undefined, after))),
        canonicalJson(after),
      );
    }),
  );
});

test("a program does not differ from itself, and taken apart and put together again it is the same", () => {
  fc.assert(
    fc.property(programs, (program) => {
      assert.deepEqual(diffPrograms(program, program), { changes: [], arrangement: [] });
      assert.equal(canonicalJson(programOf(partsOf(program))), canonicalJson(program));
    }),
  );
});

test("programs of other bytes differ in something that is told", () => {
  fc.assert(
    fc.property(programs, programs, (before, after) => {
      const { changes, arrangement } = diffPrograms(before, after);
      assert.equal(changes.length + arrangement.length === 0, canonicalJson(before) === canonicalJson(after));
    }),
  );
});

const vendors = (text: string): Program => parsed({ "vendors.yaml": `vendors:\n${text}` }).program;
const ofVendor = (before: string, after: string): readonly Change[] =>
  diffPrograms(vendors(before), vendors(after)).changes;

test("a dated change is told with its first day and the members that it changes, and nothing else", () => {
  assert.deepEqual(
    ofVendor(
      "  - { id: gpt, name: GPT Cloud, tier: high }\n",
      "  - { id: gpt, name: GPT Cloud, tier: high, changes: [{ from: 2026-03-01, tier: critical }] }\n",
    ),
    [
      {
        part: "vendors",
        thing: "gpt",
        change: "changed",
        from: "2026-03-01",
        members: [{ member: "tier", before: "high", after: "critical" }],
      },
    ],
  );
});

test("a thing that gets a last day is removed from the day after it; one that is deleted, from its first day", () => {
  const told = ofVendor(
    "  - { id: gpt, name: GPT Cloud, from: 2025-02-01 }\n  - { id: old, name: Old, from: 2025-02-01 }\n",
    "  - { id: gpt, name: GPT Cloud, from: 2025-02-01, through: 2026-03-31 }\n",
  );
  assert.deepEqual(
    told.map(({ thing, change, from }) => ({ thing, change, from })),
    [
      { thing: "gpt", change: "removed", from: "2026-04-01" },
      { thing: "old", change: "removed", from: "2025-02-01" },
    ],
  );
});

test("a change that is corrected speaks of the days that it spoke of, through the last of them", () => {
  const written = (tier: string) =>
    `  - { id: gpt, name: GPT, tier: low, changes: [{ from: 2026-01-01, tier: ${tier} }, { from: 2026-02-01, tier: high }] }\n`;
  assert.deepEqual(
    ofVendor(written("medium"), written("critical")).map(({ from, through, members }) => ({
      from,
      through,
      members,
    })),
    [
      {
        from: "2026-01-01",
        through: "2026-01-31",
        members: [{ member: "tier", before: "medium", after: "critical" }],
      },
    ],
  );
});

test("a first day before the day of recording is backdated, no first day speaks of every day, and the window has none", () => {
  const change: Change = { part: "vendors", thing: "gpt", change: "added", members: [] };
  const on = (from: number, recorded: number) => reachOf({ ...change, from: day(from) }, day(recorded));
  assert.deepEqual([on(9, 10), on(10, 10), on(11, 10)], ["backdated", "onward", "onward"]);
  assert.equal(reachOf(change, day(10)), "every-day");
  assert.equal(reachOf({ ...change, part: "program", thing: "window" }, "2026-01-01" as LocalDate), "window");
});
