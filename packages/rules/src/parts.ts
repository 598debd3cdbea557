/** The getters of timestamps and durations (CEL language definition, "Timestamp and Duration"). */
import { parseTimeZone, zoneOffset } from "@countersign/kernel";

export type Part = (milliseconds: number) => number;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Months and days of the year count from 0, getDate from 1, and Sunday is 0. */
export const TIMESTAMP_PARTS: { readonly [name: string]: Part } = {
  getFullYear: (wall) => new Date(wall).getUTCFullYear(),
  getMonth: (wall) => new Date(wall).getUTCMonth(),
  getDate: (wall) => new Date(wall).getUTCDate(),
  getDayOfMonth: (wall) => new Date(wall).getUTCDate() - 1,
  getDayOfWeek: (wall) => new Date(wall).getUTCDay(),
  getDayOfYear: (wall) => {
    const date = new Date(wall);
    const newYear = new Date(wall);
    newYear.setUTCMonth(0, 1);
    return Math.round((date.getTime() - newYear.getTime()) / DAY_MS);
  },
  getHours: (wall) => new Date(wall).getUTCHours(),
  getMinutes: (wall) => new Date(wall).getUTCMinutes(),
  getSeconds: (wall) => new Date(wall).getUTCSeconds(),
  getMilliseconds: (wall) => new Date(wall).getUTCMilliseconds(),
};

/** The whole duration in that unit, cut towards zero. */
export const DURATION_PARTS: { readonly [name: string]: Part } = {
  getHours: (duration) => Math.trunc(duration / HOUR_MS) + 0,
  getMinutes: (duration) => Math.trunc(duration / MINUTE_MS) + 0,
  getSeconds: (duration) => Math.trunc(duration / 1000) + 0,
};

/**
 * The getter in a time zone.
 * @param zone an IANA name ("America/New_York") or an offset with its sign ("+05:30")
 * @returns undefined if there is no such zone
 */
export function partInZone(part: Part, zone: string): Part | undefined {
  const offset = /^([+-])(\d{2}):(\d{2})$/.exec(zone);
  if (offset !== null) {
    const [, sign, hours, minutes] = offset;
    if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
    const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
    return (at) => part(sign === "-" ? at - size : at + size);
  }
  const named = parseTimeZone(zone);
  if (!named.ok) return undefined;
  // Before clocks were set by law, a zone has one offset, its own local mean time; the formatter needs a common year.
  return (at) => part(at + zoneOffset(named.value, Math.max(at, LONG_AGO)));
}

const LONG_AGO = Date.UTC(1000, 0, 1);
