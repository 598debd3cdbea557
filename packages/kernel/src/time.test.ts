import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import {
  addDays,
  addMonths,
  dayOfWeek,
  formatInstant,
  intervalOf,
  localDateAt,
  parseInstant,
  parsePeriod,
  startOfDay,
  weeksOf,
  type LocalDate,
  type Period,
  type TimeZone,
} from "./time.ts";

const zones = [
  "UTC",
  "America/New_York",
  "America/Los_Angeles",
  "America/Sao_Paulo", // changed its clocks at midnight until 2019
  "Europe/London",
  "Asia/Kolkata",
  "Asia/Beirut", // changes at midnight
  "Australia/Lord_Howe", // half an hour of daylight saving
  "Pacific/Apia", // skipped 2011-12-30 whole
] as TimeZone[];
const anyZone = fc.constantFrom(...zones);
const anyDate = fc
  .integer({ min: 12_000, max: 25_000 })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10) as LocalDate);

test("the start of a day agrees with Temporal in every zone, across every change of clocks", () => {
  fc.assert(
    fc.property(anyZone, anyDate, (zone, date) => {
      const expected = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
      assert.equal(startOfDay(zone, date), expected, `${zone} ${date}`);
    }),
    { numRuns: 3000 },
  );
});

test("the local date of an instant agrees with Temporal", () => {
  fc.assert(
    fc.property(anyZone, fc.integer({ min: 1e12, max: 2.1e12 }), (zone, at) => {
      const expected = Temporal.Instant.fromEpochMilliseconds(at)
        .toZonedDateTimeISO(zone)
        .toPlainDate()
        .toString();
      assert.equal(localDateAt(zone, at), expected);
    }),
    { numRuns: 2000 },
  );
});

test("adding months keeps month ends, as Temporal does", () => {
  fc.assert(
    fc.property(anyDate, fc.integer({ min: -40, max: 40 }), (date, months) => {
      assert.equal(addMonths(date, months), Temporal.PlainDate.from(date).add({ months }).toString());
    }),
  );
  assert.equal(addMonths("2028-01-31" as LocalDate, 1), "2028-02-29");
  assert.equal(addMonths("2027-01-31" as LocalDate, 1), "2027-02-28");
});

test("days of the week are ISO's", () => {
  fc.assert(
    fc.property(anyDate, (date) => assert.equal(dayOfWeek(date), Temporal.PlainDate.from(date).dayOfWeek)),
  );
});

test("weeks partition a period: no day is lost and none counts twice", () => {
  fc.assert(
    fc.property(anyDate, fc.integer({ min: 0, max: 800 }), (from, length) => {
      const period: Period = { from, through: addDays(from, length), zone: "UTC" as TimeZone };
      const weeks = weeksOf(period);
      assert.equal(weeks[0]?.from, from);
      assert.equal(weeks.at(-1)?.through, period.through);
      for (let i = 1; i < weeks.length; i++) {
        assert.equal(weeks[i]!.from, addDays(weeks[i - 1]!.through, 1));
        assert.equal(dayOfWeek(weeks[i]!.from), 1);
      }
    }),
  );
});

test("a year from July to June prints as inclusive dates and is half-open in instants", () => {
  const period = parsePeriod("2025-07-01", "2026-06-30", "America/New_York");
  assert.ok(period.ok);
  const interval = intervalOf(period.value);
  assert.equal(formatInstant(interval.start), "2025-07-01T04:00:00Z");
  assert.equal(formatInstant(interval.end), "2026-07-01T04:00:00Z");
});

test("an instant without a zone is refused and never guessed", () => {
  for (const text of ["2026-03-05", "2026-03-05T10:00", "2026-03-05 10:00:00"]) {
    assert.deepEqual(parseInstant(text), { ok: false, error: "no time zone" });
  }
});

test("instants that do not exist are refused", () => {
  for (const text of [
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "5 March",
    "0001-01-01T00:00:00Z",
    "",
  ]) {
    assert.equal(parseInstant(text).ok, false, text);
  }
});

test("an instant survives its one spelling", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (at) => {
      assert.deepEqual(parseInstant(formatInstant(at)), { ok: true, value: at });
    }),
  );
  assert.deepEqual(parseInstant("2026-03-05T22:52:12-05:00"), parseInstant("2026-03-06T03:52:12Z"));
});
