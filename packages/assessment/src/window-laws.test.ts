/** Where a window is divided does not matter to what was owed in it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addDays,
  dayNumber,
  formatInstant,
  startOfDay,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import type { ItemLine } from "@countersign/records";
import {
  assess,
  at,
  attribute,
  change,
  control,
  day,
  input,
  line,
  perItem,
  periodic,
  population,
  program,
  setting,
} from "./example.ts";

const window = { from: day("2026-02-11"), through: day("2026-04-17"), zone: "Europe/Berlin" };
const approved = attribute("approved", "change.approvals.exists(a, a.person != change.author)");
const on = attribute("on", 'configuration.value == "on"');
const whole = program(
  [
    // Two versions with days between them, and the days on which Berlin's clocks change.
    control("CHG-01", [perItem("review", "change", [approved])], { effectiveThrough: day("2026-03-01") }),
    control("CHG-01", [perItem("review", "change", [approved])], {
      version: 2,
      effectiveFrom: day("2026-03-10"),
    }),
    control("GOV-01", [
      periodic("log", "day", 0),
      periodic("review", "week", 3),
      periodic("close", "month", 5),
    ]),
    control("IAM-01", [setting("mfa", [on], 30)], { effectiveThrough: day("2026-04-05") }),
  ],
  { window },
);

const time = fc
  .integer({ min: at("2026-02-08T00:00:00Z"), max: at("2026-04-20T00:00:00Z") })
  .map((ms) => formatInstant(ms));
const changes = fc.array(
  fc.record({ id: fc.uuid(), mergedAt: time }).map(({ id, mergedAt }) => line(change(id, mergedAt))),
  { maxLength: 30 },
);
const observations = fc.array(
  fc
    .record({
      id: fc.uuid(),
      observedAt: time,
      resource: fc.constantFrom("a", "b"),
      setting: fc.constant("mfa"),
      value: fc.constantFrom("on", "off"),
    })
    .map((facts) => line(facts)),
  { minLength: 1, maxLength: 20 },
);

type Lists = ReadonlyMap<string, readonly ItemLine[]>;

/** What is owed in a part of the window, from the same lists. */
function owedIn(from: LocalDate, through: LocalDate, lists: Lists): readonly string[] {
  const of = { ...whole, window: { ...window, from, through } };
  const given = input(of, { populations: [population(whole, "change"), population(whole, "configuration")] });
  return assess(given, lists)
    .occurrences.map(({ control: id, version, activity, id: occurrence }) =>
      [id, version, activity, occurrence].join(" "),
    )
    .sort();
}

const days = dayNumber(window.through) - dayNumber(window.from);

test("splitting a window never changes the union of its occurrences, whatever the kind of activity, and none is in both parts", () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(changes, observations, fc.integer({ min: 0, max: days - 1 }), (merged, observed, split) => {
      const last = addDays(window.from, split);
      // On either side of the midnight at which the window is divided, where a slip would show.
      const midnight = startOfDay(window.zone as TimeZone, addDays(last, 1));
      const beside = [-1, 0].map((ms) => line(change(`at ${ms}`, formatInstant(midnight + ms))));
      const lists: Lists = new Map([
        ["change", [...merged, ...beside]],
        ["configuration", observed],
      ]);
      const all = owedIn(window.from, window.through, lists);
      const parts = [
        ...owedIn(window.from, last, lists),
        ...owedIn(addDays(last, 1), window.through, lists),
      ].sort();
      assert.deepEqual(parts, all);
      for (const each of all) kinds.add(each.split(" ")[2] ?? "");
    }),
    { numRuns: 40 },
  );
  assert.deepEqual([...kinds].sort(), ["close", "log", "mfa", "review"]);
});
