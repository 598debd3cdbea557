import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatInstant, parseTimeZone, zoneOffset, type LocalDate, type TimeZone } from "@countersign/kernel";
import { DateFormat, firstSecond, lastSecond, readInstant } from "./local-time.ts";

function zone(name: string): TimeZone {
  const parsed = parseTimeZone(name);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const newYork = zone("America/New_York");

test("dates are read in the format that the settings name, and in no other", () => {
  const read = (format: string, text: string): unknown => {
    const date = DateFormat.of(format)?.parse(text);
    return date?.ok === true ? date.value : "refused";
  };
  assert.equal(read("YYYY-MM-DD", "2026-03-04"), "2026-03-04");
  assert.equal(read("DD/MM/YYYY", "04/03/2026"), "2026-03-04");
  assert.equal(read("MM/DD/YYYY", "04/03/2026"), "2026-04-03");
  assert.equal(read("D.M.YYYY", "4.3.2026"), "2026-03-04");
  assert.equal(read("DD/MM/YYYY", "31/02/2026"), "refused");
  assert.equal(read("DD/MM/YYYY", "2026-03-04"), "refused");
  for (const format of ["DD/MM", "DD/MM/DD", "YYYYMMDD", "DD/MM-YYYY", ""])
    assert.equal(DateFormat.of(format), undefined, format);
});

test("a day starts and ends as the zone's clocks do, and its last second belongs to it", () => {
  assert.equal(firstSecond(newYork, "2026-03-08" as LocalDate), "2026-03-08T05:00:00Z");
  assert.equal(lastSecond(newYork, "2026-03-08" as LocalDate), "2026-03-09T03:59:59Z");
  assert.equal(lastSecond(zone("UTC"), "2026-06-30" as LocalDate), "2026-06-30T23:59:59Z");
});

test("a time with a zone is read as it stands, one without in the settings' zone or not at all", () => {
  const read = (text: string, inZone?: TimeZone): string => {
    const instant = readInstant(text, inZone, DateFormat.iso);
    return instant.ok ? instant.value : instant.error;
  };
  assert.equal(read("2026-03-04T05:06:07+01:00"), "2026-03-04T04:06:07Z");
  assert.equal(read("2026-03-04 05:06", newYork), "2026-03-04T10:06:00Z");
  assert.equal(read("2026-03-04T5:06", newYork), "2026-03-04T10:06:00Z");
  assert.equal(read("2026-03-04 05:06"), "a time without a zone");
  assert.equal(read("2026-03-04", newYork), "a date without a time");
  assert.equal(read("2026-03-04 25:06", newYork), "no such time of day");
  assert.equal(read("2026-02-30 05:06", newYork), "no such day");
  assert.equal(read("soon", newYork), "not a date and time (RFC 3339)");
  // The clocks skip 02:30 on that day, and repeat 01:30 on the other.
  assert.equal(read("2026-03-08 02:30", newYork), "2026-03-08T07:00:00Z");
  assert.equal(read("2026-11-01 01:30", newYork), "2026-11-01T05:30:00Z");
});

test("a wall clock's reading comes back from the instant that it was read as", () => {
  const zones = fc
    .constantFrom(
      "America/New_York",
      "Europe/Berlin",
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
      "Africa/Casablanca",
    )
    .map(zone);
  const instants = fc
    .integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) })
    .map((at) => Math.floor(at / 1000) * 1000);
  fc.assert(
    fc.property(zones, instants, (in_, at) => {
      const wall = at + zoneOffset(in_, at);
      const text = new Date(wall).toISOString().slice(0, 19).replace("T", " ");
      const read = readInstant(text, in_, DateFormat.iso);
      assert.ok(read.ok);
      const back = Date.parse(read.value);
      // In the hour that the clocks repeat, the earlier of the two is meant.
      assert.ok(back <= at && at - back <= 3_600_000);
      assert.equal(back + zoneOffset(in_, back), wall, formatInstant(at));
    }),
  );
});
