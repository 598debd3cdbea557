import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import {
  addDays,
  dateOfDayNumber,
  dayNumber,
  formatInstant,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import { dueAt, periodHolding, periodsEndingIn, type Rhythm } from "./periods.ts";

const date = (text: string): LocalDate => text as LocalDate;
const zone = (text: string): TimeZone => text as TimeZone;
const ids = (rhythm: Rhythm, from: string, through: string): readonly string[] =>
  periodsEndingIn(rhythm, { from: date(from), through: date(through) }).map((period) => period.id);

const anchors = ["01-01", "01-31", "02-28", "02-29", "03-01", "07-15", "11-30", "12-31"];
const everyRhythm: readonly Rhythm[] = [
  { every: "day" },
  { every: "week" },
  { every: "month" },
  ...(["quarter", "half-year", "year"] as const).flatMap((every) => [
    { every },
    ...anchors.map((anchor) => ({ every, anchor })),
  ]),
];
const anyRhythm = fc.constantFrom(...everyRhythm);
const anyDate = fc
  .integer({ min: dayNumber(date("1990-01-01")), max: dayNumber(date("2090-12-31")) })
  .map(dateOfDayNumber);

test("periods have the names that evidence uses", () => {
  assert.deepEqual(ids({ every: "day" }, "2026-02-28", "2026-03-01"), ["2026-02-28", "2026-03-01"]);
  assert.deepEqual(ids({ every: "week" }, "2025-12-22", "2026-01-11"), ["2025-W52", "2026-W01", "2026-W02"]);
  assert.deepEqual(ids({ every: "month" }, "2026-01-15", "2026-04-29"), ["2026-01", "2026-02", "2026-03"]);
  assert.deepEqual(ids({ every: "quarter" }, "2025-07-01", "2026-06-30"), [
    "2025-Q3",
    "2025-Q4",
    "2026-Q1",
    "2026-Q2",
  ]);
  assert.deepEqual(ids({ every: "half-year" }, "2025-07-01", "2026-06-30"), ["2025-H2", "2026-H1"]);
  assert.deepEqual(ids({ every: "year" }, "2025-07-01", "2026-06-30"), ["2025"]);
  assert.deepEqual(ids({ every: "year", anchor: "03-01" }, "2025-07-01", "2026-06-30"), [
    "2025-03-01/2026-02-28",
  ]);
  assert.deepEqual(ids({ every: "quarter", anchor: "02-01" }, "2026-04-01", "2026-06-30"), [
    "2026-02-01/2026-04-30",
  ]);
});

test("a period belongs to the window in which it ends, on the day and not a day earlier", () => {
  assert.deepEqual(ids({ every: "month" }, "2026-01-31", "2026-02-27"), ["2026-01"]);
  assert.deepEqual(ids({ every: "month" }, "2026-02-01", "2026-02-28"), ["2026-02"]);
  assert.deepEqual(ids({ every: "year" }, "2026-04-01", "2026-06-30"), []);
});

test("an anchor on 29 February falls on the 28th in common years and never drifts", () => {
  assert.deepEqual(ids({ every: "year", anchor: "02-29" }, "2023-03-01", "2026-03-31"), [
    "2023-02-28/2024-02-28",
    "2024-02-29/2025-02-27",
    "2025-02-28/2026-02-27",
  ]);
  assert.deepEqual(ids({ every: "quarter", anchor: "02-29" }, "2024-02-28", "2025-02-28"), [
    "2023-11-29/2024-02-28",
    "2024-02-29/2024-05-28",
    "2024-05-29/2024-08-28",
    "2024-08-29/2024-11-28",
    "2024-11-29/2025-02-27",
  ]);
});

test("periods partition time: each follows the one before, and every date lies in exactly its own", () => {
  fc.assert(
    fc.property(anyRhythm, anyDate, fc.integer({ min: 0, max: 900 }), (rhythm, from, length) => {
      const through = addDays(from, length);
      const periods = periodsEndingIn(rhythm, { from, through });
      for (const [index, period] of periods.entries()) {
        assert.ok(period.from <= period.through && period.through >= from && period.through <= through);
        const next = periods[index + 1];
        if (next !== undefined) assert.equal(next.from, addDays(period.through, 1));
        assert.deepEqual(periodHolding(rhythm, period.from), period);
        assert.deepEqual(periodHolding(rhythm, period.through), period);
      }
      const first = periodHolding(rhythm, from);
      assert.ok(first.from <= from && from <= first.through);
      if (first.through <= through) assert.deepEqual(periods[0], first);
      else assert.equal(periods.length, 0);
      assert.equal(new Set(periods.map((period) => period.id)).size, periods.length);
    }),
    { numRuns: 400 },
  );
});

test("periods are those of an independent calendar", () => {
  fc.assert(
    fc.property(anyRhythm, anyDate, (rhythm, at) => {
      const period = periodHolding(rhythm, at);
      assert.deepEqual([period.from, period.through], oracle(rhythm, Temporal.PlainDate.from(at)));
      if (rhythm.every === "week") {
        const day = Temporal.PlainDate.from(at);
        assert.equal(period.id, `${day.yearOfWeek}-W${String(day.weekOfYear).padStart(2, "0")}`);
      }
    }),
    { numRuns: 2_000 },
  );
});

function oracle(rhythm: Rhythm, at: Temporal.PlainDate): readonly [string, string] {
  if (rhythm.every === "day") return [at.toString(), at.toString()];
  if (rhythm.every === "week") {
    const from = at.subtract({ days: at.dayOfWeek - 1 });
    return [from.toString(), from.add({ days: 6 }).toString()];
  }
  const months = { month: 1, quarter: 3, "half-year": 6, year: 12 }[rhythm.every];
  const [month, day] = (rhythm.anchor ?? "01-01").split("-").map(Number) as [number, number];
  const starts: Temporal.PlainDate[] = [];
  const first = Temporal.PlainYearMonth.from({ year: at.year - 2, month });
  for (let step = 0; step <= 48; step += months) {
    const here = first.add({ months: step });
    starts.push(
      Temporal.PlainDate.from({ year: here.year, month: here.month, day }, { overflow: "constrain" }),
    );
  }
  const after = starts.findIndex((start) => Temporal.PlainDate.compare(start, at) > 0);
  const [from, next] = [starts[after - 1], starts[after]];
  assert.ok(from !== undefined && next !== undefined);
  return [from.toString(), next.subtract({ days: 1 }).toString()];
}

test("a term ends with a local day, and a business day is neither a weekend nor a holiday", () => {
  const newYork = zone("America/New_York");
  const due = (through: string, days: number, calendar: "calendar" | "business"): string =>
    formatInstant(
      dueAt(
        { through: date(through) },
        { days, calendar },
        [date("2026-07-03"), date("2025-11-27")],
        newYork,
      ),
    );
  // 5 business days after Tuesday 30 June 2026 with Friday 3 July closed: 1, 2, 6, 7, 8 July.
  assert.equal(due("2026-06-30", 5, "business"), "2026-07-09T04:00:00Z");
  assert.equal(due("2026-06-30", 5, "calendar"), "2026-07-06T04:00:00Z");
  // The clock goes forward on 8 March 2026: the term ends one hour of UTC earlier than a week before.
  assert.equal(due("2026-02-28", 5, "business"), "2026-03-07T05:00:00Z");
  assert.equal(due("2026-02-28", 6, "business"), "2026-03-10T04:00:00Z");
  assert.equal(due("2026-02-28", 8, "calendar"), "2026-03-09T04:00:00Z");
  // Zero days: the period's own last day, though it is a Sunday.
  assert.equal(due("2026-05-31", 0, "business"), "2026-06-01T04:00:00Z");
  assert.equal(due("2025-10-31", 1, "business"), "2025-11-04T05:00:00Z");
});

test("due times are those of an independent calendar in any zone", () => {
  const zones = [
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Africa/Cairo",
  ];
  fc.assert(
    fc.property(
      anyDate,
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom("calendar" as const, "business" as const),
      fc.constantFrom(...zones),
      fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 8 }),
      (through, days, calendar, zoneName, closedAfter) => {
        const holidays = closedAfter.map((offset) => addDays(through, offset));
        let day = Temporal.PlainDate.from(through);
        for (let counted = 0; counted < days;) {
          day = day.add({ days: 1 });
          const open = day.dayOfWeek < 6 && !holidays.includes(date(day.toString()));
          if (calendar === "calendar" || open) counted++;
        }
        const expected = day.add({ days: 1 }).toZonedDateTime(zoneName).startOfDay().epochMilliseconds;
        assert.equal(dueAt({ through }, { days, calendar }, holidays, zone(zoneName)), expected);
      },
    ),
    { numRuns: 1_000 },
  );
});
