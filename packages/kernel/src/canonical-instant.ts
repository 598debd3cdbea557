/**
 * "2026-03-05T22:52:12Z" and "2026-03-05T22:52:12.500Z", which nearly every instant is, read by their digits: a census
 * reads millions of them.
 * @returns epoch milliseconds; NaN for everything that the strict reader has to look at: another form, no such day or
 *   time, a leap day, a leap second.
 */
export function epochOfCanonical(text: string): number {
  const { length } = text;
  if (length !== 20 && (length !== 24 || text.charCodeAt(19) !== POINT)) return Number.NaN;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const millis = length === 20 ? 0 : threeDigits(text, 20);
  const marks =
    (text.charCodeAt(4) ^ DASH) |
    (text.charCodeAt(7) ^ DASH) |
    (text.charCodeAt(10) ^ LETTER_T) |
    (text.charCodeAt(13) ^ COLON) |
    (text.charCodeAt(16) ^ COLON) |
    (text.charCodeAt(length - 1) ^ LETTER_Z);
  if (marks !== 0 || (hour | minute | second | millis) < 0) return Number.NaN;
  // Years below 100 are those of the twentieth century to the engine.
  if (year < 100 || day < 1 || day > (certainDays[month] ?? 0)) return Number.NaN;
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  return Date.UTC(year, month - 1, day, hour, minute, second, millis);
}

/** By month, from 1: the days that it has in every year. */
const certainDays: readonly number[] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DASH = 45;
const COLON = 58;
const ZERO = 48;
const POINT = 46;
const LETTER_T = 84;
const LETTER_Z = 90;

/** The number that two digits write; far below zero where they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -10_000 : tens * 10 + ones;
}

function threeDigits(text: string, at: number): number {
  const last = twoDigits(text, at + 1);
  return last < 0 ? last : twoDigits(text, at) * 10 + (last % 10);
}
