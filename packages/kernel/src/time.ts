/**
 * Dates, instants and periods. An instant is RFC 3339 text in UTC ("2026-03-05T22:52:12Z"); a local date has no zone
 * ("2026-03-05"); a period is what a report prints, inclusive local dates and a zone, and its instants are half-open.
 */
import { epochOfCanonical } from "./canonical-instant.ts";
import type { EpochMs } from "./effects.ts";
import { err, ok, type Result } from "./result.ts";

export type Instant = string & { readonly __brand: "Instant" };
export type LocalDate = string & { readonly __brand: "LocalDate" };
/** An IANA name ("America/New_York", "UTC"). */
export type TimeZone = string & { readonly __brand: "TimeZone" };

export const DAY_MS = 86_400_000;

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d{2}:?\d{2})$/;
const LOCAL_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * Reads an instant with any offset. A time without a zone is refused, never guessed.
 * Sub-millisecond digits are cut, not rounded, so that an instant never moves forward.
 */
export function parseInstant(text: string): Result<EpochMs, string> {
  const canonical = epochOfCanonical(text);
  return Number.isNaN(canonical) ? parseAnyInstant(text) : ok(canonical);
}

function parseAnyInstant(text: string): Result<EpochMs, string> {
  const match = INSTANT.exec(text);
  if (match === null) {
    const zoneless = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?)?$/.test(text);
    return err(zoneless ? "no time zone" : "not a date and time (RFC 3339)");
  }
  const [, year, month, day, hour, minute, second = "00", fraction = "", zone = "Z"] = match;
  if (!isRealDate(Number(year), Number(month), Number(day))) return err("no such day");
  // 23:59:60 is a leap second: it counts as the second after it, as POSIX time does.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return err("no such time of day");
  const millis = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const utc = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    millis,
  );
  if (zone === "Z" || zone === "z") return ok(utc);
  const offsetHours = Number(zone.slice(1, 3));
  const offsetMinutes = Number(zone.slice(-2));
  if (offsetHours > 18 || offsetMinutes > 59) return err("no such offset from UTC");
  const offset = (zone.startsWith("-") ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  return ok(utc - offset);
}

/** The one spelling of an instant in records: UTC, seconds, and milliseconds only where there are any. */
export function formatInstant(at: EpochMs): Instant {
  const text = new Date(at).toISOString();
  return (text.endsWith(".000Z") ? `${text.slice(0, -5)}Z` : text) as Instant;
}

/** For instants that this project wrote itself. @throws TypeError when it did not. */
export function epochOf(instant: string): EpochMs {
  const parsed = parseInstant(instant);
  if (!parsed.ok) throw new TypeError(`${JSON.stringify(instant)}: ${parsed.error}`);
  return parsed.value;
}

export function parseLocalDate(text: string): Result<LocalDate, string> {
  const match = LOCAL_DATE.exec(text);
  if (match === null) return err("not a date (YYYY-MM-DD)");
  if (!isRealDate(Number(match[1]), Number(match[2]), Number(match[3]))) return err("no such day");
  return ok(text as LocalDate);
}

function isRealDate(year: number, month: number, day: number): boolean {
  // Date.UTC reads years below 100 as those of the twentieth century; systems write them for "never".
  return year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** Month 1 to 12, Gregorian. */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Days since 1970-01-01 of a local date: local dates are arithmetic, zones play no part. */
export function dayNumber(date: LocalDate): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
}

export function dateOfDayNumber(day: number): LocalDate {
  return new Date(day * DAY_MS).toISOString().slice(0, 10) as LocalDate;
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return dateOfDayNumber(dayNumber(date) + days);
}

/** Adds months and keeps the day where it exists, else the month's last: 31 January plus one month is 28 or 29 February. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const [year, month, day] = date.split("-").map(Number) as [number, number, number];
  const total = year * 12 + (month - 1) + months;
  const targetYear = Math.floor(total / 12);
  const targetMonth = (total % 12) + 1;
  const targetDay = Math.min(day, daysInMonth(targetYear, targetMonth));
  return `${String(targetYear).padStart(4, "0")}-${pad2(targetMonth)}-${pad2(targetDay)}` as LocalDate;
}

/** 1 is Monday, 7 is Sunday (ISO 8601). */
export function dayOfWeek(date: LocalDate): number {
  return ((((dayNumber(date) + 3) % 7) + 7) % 7) + 1;
}

function pad2(value: number): string {
  return String(value).padStart(2, "0");
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function zoneFormatter(zone: TimeZone): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

export function parseTimeZone(text: string): Result<TimeZone, string> {
  try {
    zoneFormatter(text as TimeZone);
    return ok(text as TimeZone);
  } catch {
    return err("not an IANA time zone name");
  }
}

/** Milliseconds to add to UTC for the wall clock of the zone at that instant. */
export function zoneOffset(zone: TimeZone, at: EpochMs): number {
  if (zone === "UTC") return 0;
  const parts: Record<string, number> = {};
  for (const part of zoneFormatter(zone).formatToParts(at)) parts[part.type] = Number(part.value);
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!);
  return wall - Math.floor(at / 1000) * 1000;
}

export function localDateAt(zone: TimeZone, at: EpochMs): LocalDate {
  return new Date(at + zoneOffset(zone, at)).toISOString().slice(0, 10) as LocalDate;
}

/**
 * The first instant of a local date: midnight, or where the clock skips midnight (a zone that changes at 00:00) the
 * first instant after the gap; where midnight happens twice, the earlier one.
 */
export function startOfDay(zone: TimeZone, date: LocalDate): EpochMs {
  const wall = dayNumber(date) * DAY_MS;
  if (zone === "UTC") return wall;
  const candidates = [
    ...new Set([wall - zoneOffset(zone, wall - DAY_MS), wall - zoneOffset(zone, wall + DAY_MS)]),
  ];
  const valid = candidates.filter((at) => at + zoneOffset(zone, at) === wall);
  if (valid.length > 0) return Math.min(...valid);
  // Midnight does not exist: the change of offset itself is the day's first instant. It lies between the candidates.
  let before = Math.min(...candidates);
  let after = Math.max(...candidates);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localDateAt(zone, middle) < date) before = middle;
    else after = middle;
  }
  return after;
}

/** Inclusive local dates and a zone, as a report prints an observation window. */
export type Period = {
  readonly from: LocalDate;
  readonly through: LocalDate;
  readonly zone: TimeZone;
};

/** Half-open: `start` belongs to it, `end` does not. */
export type Interval = { readonly start: EpochMs; readonly end: EpochMs };

export function parsePeriod(from: string, through: string, zone: string): Result<Period, string> {
  const first = parseLocalDate(from);
  if (!first.ok) return err(`from: ${first.error}`);
  const last = parseLocalDate(through);
  if (!last.ok) return err(`through: ${last.error}`);
  const named = parseTimeZone(zone);
  if (!named.ok) return err(`time zone: ${named.error}`);
  if (last.value < first.value) return err("through is before from");
  return ok({ from: first.value, through: last.value, zone: named.value });
}

export function intervalOf(period: Period): Interval {
  return {
    start: startOfDay(period.zone, period.from),
    end: startOfDay(period.zone, addDays(period.through, 1)),
  };
}

export function contains(interval: Interval, at: EpochMs): boolean {
  return at >= interval.start && at < interval.end;
}

/** A slice of a window that the operating map shows as one cell; the first and last may be part weeks. */
export type Week = { readonly from: LocalDate; readonly through: LocalDate };

/** Monday to Sunday in local dates, cut at the period's ends (ISO 8601 weeks). */
export function weeksOf(period: Period): readonly Week[] {
  const weeks: Week[] = [];
  let from = period.from;
  while (from <= period.through) {
    const sunday = addDays(from, 7 - dayOfWeek(from));
    const through = sunday < period.through ? sunday : period.through;
    weeks.push({ from, through });
    from = addDays(through, 1);
  }
  return weeks;
}
