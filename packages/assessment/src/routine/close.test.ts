import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addDays, startOfDay, type TimeZone } from "@countersign/kernel";
import {
  attribute,
  assess,
  change,
  control,
  day,
  input,
  perItem,
  periodic,
  person,
  population,
  program,
} from "../example.ts";
import type { Occurrence } from "../model.ts";
import { createMonthTally, decide, type Explanation } from "./close.ts";
import { compareCodePoints, itemChanges, itemPlacer } from "./item-changes.ts";
import { endOfMonth, monthPlacer, monthsOf } from "./months.ts";

const window = { from: day("2025-07-10"), through: day("2026-03-14"), zone: "America/New_York" };
const months = monthsOf(window);

test("the months of a window follow each other without gap or overlap, cut at its ends", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 500 }), (offset, length) => {
      const from = addDays(day("2024-01-01"), offset);
      const through = addDays(from, length);
      const found = monthsOf({ from, through, zone: "UTC" });
      assert.equal(found[0]?.from, from);
      assert.equal(found.at(-1)?.through, through);
      for (const [i, month] of found.entries()) {
        assert.equal(month.id, month.from.slice(0, 7));
        assert.equal(month.id, month.through.slice(0, 7));
        if (i > 0) assert.equal(addDays(found[i - 1]?.through ?? from, 1), month.from);
      }
    }),
  );
});

test("an instant lies in the month of its local day, whatever day it is in UTC", () => {
  const place = monthPlacer(months, window.zone);
  assert.equal(place(Date.parse("2025-08-01T03:59:59Z"))?.id, "2025-07");
  assert.equal(place(Date.parse("2025-08-01T04:00:00Z"))?.id, "2025-08");
  assert.equal(place(startOfDay(window.zone as TimeZone, window.from) - 1), undefined);
  assert.equal(place(startOfDay(window.zone as TimeZone, addDays(window.through, 1))), undefined);
  for (const month of months) assert.equal(place(endOfMonth(month, window.zone) - 1), month);
});

const alert = (id: string, firedAt: string, what = "x") => ({ id, firedAt, what });
type Item = ReturnType<typeof alert>;
let salt = 0;
const lineOf = (item: Item): string =>
  `{"item":${JSON.stringify({ firedAt: item.firedAt, id: item.id, what: item.what })},"raw":[{"file":"a,\\"raw\\":[","length":1,"offset":0}],"salt":"${String(salt++).padStart(32, "0")}"}`;
const sorted = (items: readonly Item[]): string[] =>
  [...items].sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))).map(lineOf);
const monthOf = itemPlacer("alert", monthPlacer(months, window.zone));

const items = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom("a", "b", "c", "é", "\u{ffee}", "\u{1f600}", "za", "zb"),
    firedAt: fc.constantFrom(
      "2025-07-20T00:00:00Z",
      "2025-08-02T00:00:00Z",
      "2025-12-31T12:00:00Z",
      "2020-01-01T00:00:00Z",
    ),
    what: fc.constantFrom("x", "y", ',"raw":[', ',"salt":"'),
  }),
  { selector: ({ id }) => id },
);

test("what two versions differ in is each item that came, went or says something else, and nothing else", () => {
  fc.assert(
    fc.property(items, items, (older, newer) => {
      const found = [...itemChanges(sorted(older), sorted(newer), monthOf)];
      const place = (item: Item | undefined) => item && monthOf(item)?.id;
      for (const { id } of months) {
        const of = (what: string) =>
          found
            .filter((each) => each.month === id && each.what === what)
            .map((each) => each.id)
            .sort();
        const [was, is] = [older, newer].map(
          (all) => new Map(all.filter((item) => place(item) === id).map((item) => [item.id, item])),
        );
        assert.ok(was !== undefined && is !== undefined);
        assert.deepEqual(of("added"), [...is.keys()].filter((each) => !was.has(each)).sort());
        assert.deepEqual(of("removed"), [...was.keys()].filter((each) => !is.has(each)).sort());
        assert.deepEqual(
          of("changed"),
          [...is]
            .filter(([each, item]) => was.has(each) && JSON.stringify(was.get(each)) !== JSON.stringify(item))
            .map(([each]) => each)
            .sort(),
        );
        assert.equal(is.size, was.size + of("added").length - of("removed").length);
      }
    }),
  );
});

test("erased lines are neither added nor removed", () => {
  const erased = `{"erased":"${"0".repeat(64)}"}`;
  const kept = lineOf(alert("b", "2025-08-02T12:00:00Z"));
  assert.deepEqual(
    [...itemChanges([lineOf(alert("a", "2025-08-02T12:00:00Z")), kept], [erased, kept], monthOf)],
    [{ month: "2025-08", id: "a", what: "removed" }],
  );
  assert.deepEqual([...itemChanges([erased, kept], [erased, kept], monthOf)], []);
});

test("ids compare as their bytes do", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
      assert.equal(
        Math.sign(compareCodePoints(a, b)),
        Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))),
      );
    }),
  );
});

const approved = attribute("approved", "change.approvals.size() > 0");
const of = program(
  [
    control("CHG-01", [perItem("merge", "change", [approved])], { owner: person("ada") }),
    control("GOV-01", [periodic("review", "month", 10)]),
  ],
  { window: { from: day("2026-01-01"), through: day("2026-03-31"), zone: "UTC" } },
);
const approvals = [{ person: person("bob"), at: "2026-01-01T00:00:00Z" }];

function tallied(asOf: string) {
  const tally = createMonthTally(of.window);
  const found = assess(input(of, { asOf: Date.parse(asOf), populations: [population(of, "change")] }), {
    change: [
      change("a", "2026-01-05T00:00:00Z", { approvals }),
      change("b", "2026-01-06T00:00:00Z"),
      change("c", "2026-02-06T00:00:00Z"),
    ],
  });
  for (const occurrence of found.occurrences) tally.add(occurrence);
  return { tally, occurrences: found.occurrences };
}

test("every occurrence of a run is counted in one month: an item by its time, a period by its due day", () => {
  const { tally, occurrences } = tallied("2026-04-20T00:00:00Z");
  const counts = monthsOf(of.window).map(({ id }) => tally.countsOf(id));
  assert.deepEqual(counts, [{ operated: 1, unknown: 1 }, { missed: 1, unknown: 1 }, { missed: 2 }]);
  const total = counts.flatMap((each) => Object.values(each)).reduce((sum, count) => sum + count, 0);
  assert.equal(total, occurrences.length);
  // January's review was due in February; March's after the window, whose last month it stands in.
  assert.deepEqual(
    tally.untimelyIn("2026-03").map(({ occurrence, state }) => [occurrence, state]),
    [
      ["2026-02", "missed"],
      ["2026-03", "missed"],
    ],
  );
});

const by = (words: string, more: Partial<Explanation> = {}): Explanation => ({
  control: "CHG-01",
  activity: "merge",
  words,
  person: person("cy"),
  ...more,
});
const [january, february] = monthsOf(of.window);
assert.ok(january !== undefined && february !== undefined);

test("what is unknown is open with the owner and carried, until somebody explains it", () => {
  const unknowns = tallied("2026-04-20T00:00:00Z").tally.unknowns();
  const first = decide(unknowns, january, [], [], of.controls);
  assert.deepEqual(
    first.map((each) => [each.month, each.count, each.decision, each.decision === "open" ? each.owner : ""]),
    [["2026-01", 1, "open", person("ada")]],
  );
  const second = decide(unknowns, february, first, [by("moved", { month: "2026-02" })], of.controls);
  assert.deepEqual(
    second.map((each) => [each.month, each.decision]),
    [
      ["2026-01", "open"],
      ["2026-02", "explained"],
    ],
  );
  const third = decide(unknowns, february, first, [by("all of it")], of.controls);
  assert.ok(third.every(({ decision }) => decision === "explained"));
  // Once explained it is not carried, unless there is more of it than was explained.
  assert.deepEqual(
    decide(unknowns, february, third, [], of.controls).map(({ month }) => month),
    ["2026-02"],
  );
  const more = unknowns.map((each) => ({ ...each, count: each.count + 1 }));
  assert.deepEqual(
    decide(more, february, third, [], of.controls).map(({ decision }) => decision),
    ["open", "open"],
  );
});

test("an occurrence without an attribute that says why is unknown because nothing was collected", () => {
  const tally = createMonthTally(of.window);
  tally.add({
    control: "X-01",
    version: 1,
    activity: "a",
    id: "i",
    at: "2026-01-05T00:00:00Z" as Occurrence["at"],
    week: 0,
    state: "unknown",
    attributes: [],
  });
  assert.equal(tally.unknowns()[0]?.reason, "not-collected");
});
