import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DAY_MS, localDateAt, type LocalDate, type TimeZone } from "@countersign/kernel";
import { Calendar, HOUR_MS } from "./calendar.ts";
import { SeededRandom } from "./random.ts";

const year = (zone: string) =>
  new Calendar("2025-07-01" as LocalDate, "2026-06-30" as LocalDate, zone as TimeZone);

test("the date of an instant is the zone's own, around midnights and changes of the clock too", () => {
  const calendars = ["UTC", "America/New_York", "Pacific/Apia", "Asia/Kathmandu", "America/Santiago"].map(
    year,
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...calendars),
      fc.integer({ min: -100, max: 500 }),
      fc.integer({ min: -3 * HOUR_MS, max: 3 * HOUR_MS }),
      (calendar, days, shift) => {
        const at = calendar.at(calendar.from, 0) + days * DAY_MS + shift;
        assert.equal(calendar.dateAt(at), localDateAt(calendar.zone, at));
      },
    ),
  );
});

test("weekends and the company's holidays are no business days", () => {
  const calendar = year("America/New_York");
  assert.equal(calendar.length, 365);
  assert.equal(calendar.businessDays(calendar.from, calendar.through).length, 261 - 4);
  assert.ok(calendar.holidays.includes("2025-11-27" as LocalDate));
  assert.equal(calendar.nextBusinessDay("2025-07-04" as LocalDate), "2025-07-07");
});

test("an earlier working time is earlier by what was asked, on a business day, in working hours", () => {
  const calendar = year("America/New_York");
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 365 }),
      fc.integer({ min: 0, max: 600 }),
      (seed, day, least) => {
        const at = calendar.at(calendar.day(day), 13);
        const before = calendar.workingTimeBefore(at, least, new SeededRandom(seed));
        const date = calendar.dateAt(before);
        assert.ok(before <= at - least * 60_000);
        assert.ok(calendar.isBusinessDay(date));
        assert.ok(before >= calendar.at(date, 9) && before <= calendar.at(date, 18));
      },
    ),
  );
});
