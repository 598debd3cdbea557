/** Times as items carry them. */
import { formatInstant, parseInstant, type EpochMs, type Instant } from "@countersign/kernel";

/**
 * The time that a fact says, or undefined where it says none. Canonical instants are read by their digits, a million of
 * them in a moment; anything else by the strict reader, and never by the machine's time zone.
 */
export function epochOfFact(value: unknown): EpochMs | undefined {
  if (typeof value !== "string") return undefined;
  const at = isInCanonicalForm(value) ? epochOfCanonical(value) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  const parsed = parseInstant(value);
  return parsed.ok ? parsed.value : undefined;
}

/** @returns NaN for what the strict reader has to look at: no such day or time, a leap second, no digits */
function epochOfCanonical(text: string): number {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const millis = text.length === 20 ? 0 : threeDigits(text, 20);
  const marks =
    (text.charCodeAt(4) ^ DASH) |
    (text.charCodeAt(7) ^ DASH) |
    (text.charCodeAt(13) ^ COLON) |
    (text.charCodeAt(16) ^ COLON);
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

/** The canonical spelling of a time that `epochOfFact` read from a value. */
export function instantOfFact(value: unknown, at: EpochMs): Instant {
  // The form is that of an instant, and the engine has read it.
  return typeof value === "string" && isInCanonicalForm(value) ? (value as Instant) : formatInstant(at);
}

/** "2026-03-05T22:52:12Z" or "2026-03-05T22:52:12.500Z" by its shape. */
function isInCanonicalForm(text: string): boolean {
  return (
    (text.length === 20 || (text.length === 24 && text.charCodeAt(19) === 46)) &&
    text.charCodeAt(10) === 84 &&
    text.charCodeAt(text.length - 1) === 90
  );
}
