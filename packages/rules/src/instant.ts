/** Timestamps, dates and durations as the profile reads them: exact, and in milliseconds. */

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z, CEL's range of timestamps (language definition, "Timestamp"). */
export const FIRST_INSTANT = -62_135_596_800_000;
export const LAST_INSTANT = 253_402_300_799_999;

/** CEL's range of durations, about 10,000 years either way (google/protobuf/duration.proto). */
export const LONGEST_DURATION = 315_576_000_000_000;

const DAY_MS = 86_400_000;
const ZERO = 48;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const LETTER_T = 84;
const LETTER_Z = 90;

/** What the readers below give for a text that is no canonical instant. */
const NONE = -1_000_000_000;
/** What compareInstants gives when either text is no canonical instant. */
export const NOT_INSTANTS = 1_000_000_000;

/**
 * The epoch milliseconds of a canonical instant ("2026-03-05T22:52:12Z" or "2026-03-05T22:52:12.345Z"), or NaN if the
 * text is anything else. Reads it without Date.parse, which accepts more spellings and takes four times as long.
 */
export function epochOfCanonical(text: string): number {
  const day = dayNumberAt(text);
  const millis = millisOfDayAt(text);
  return day === NONE || millis === NONE ? Number.NaN : day * DAY_MS + millis;
}

/**
 * Negative, zero or positive as the first canonical instant is earlier than, equal to or later than the second. In days
 * and milliseconds of the day, which are small integers: epoch milliseconds would cost an allocation each.
 */
export function compareInstants(first: string, second: string): number {
  const firstDay = dayNumberAt(first);
  const firstMillis = millisOfDayAt(first);
  const secondDay = dayNumberAt(second);
  const secondMillis = millisOfDayAt(second);
  if (firstDay === NONE || firstMillis === NONE || secondDay === NONE || secondMillis === NONE)
    return NOT_INSTANTS;
  return firstDay === secondDay ? firstMillis - secondMillis : firstDay - secondDay;
}

/** Whether the text is a date of the calendar: "2026-03-05". */
export function isDate(text: string): boolean {
  return text.length === 10 && dayNumberAt(text) !== NONE;
}

/** The milliseconds since midnight of a canonical instant, or NONE if what follows its date is anything else. */
function millisOfDayAt(text: string): number {
  const length = text.length;
  if (length !== 20 && length !== 24) return NONE;
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const millis = length === 20 ? 0 : threeDigitsAfterPoint(text);
  // Zero only if every mark is what it should be; a negative number means that one of its digits is none.
  const marks =
    (text.charCodeAt(10) ^ LETTER_T) |
    (text.charCodeAt(13) ^ COLON) |
    (text.charCodeAt(16) ^ COLON) |
    (text.charCodeAt(length - 1) ^ LETTER_Z);
  if (marks !== 0 || (hour | minute | second | millis) < 0) return NONE;
  if (hour > 23 || minute > 59 || second > 59) return NONE;
  return ((hour * 60 + minute) * 60 + second) * 1000 + millis;
}

function threeDigitsAfterPoint(text: string): number {
  const tens = twoDigits(text, 20);
  const last = text.charCodeAt(22) - ZERO;
  if (text.charCodeAt(19) !== DOT || tens < 0 || last < 0 || last > 9) return -1;
  return tens * 10 + last;
}

/** Days since 1970-01-01 of the date in the first ten characters (proleptic Gregorian, years 1 to 9999), or NONE. */
function dayNumberAt(text: string): number {
  if (text.length < 10) return NONE;
  const century = twoDigits(text, 0);
  const yearOfCentury = twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const marks = (text.charCodeAt(4) ^ DASH) | (text.charCodeAt(7) ^ DASH);
  if (marks !== 0 || (century | yearOfCentury | month | day) < 0) return NONE;
  const year = century * 100 + yearOfCentury;
  if (year === 0 || month < 1 || month > 12 || day < 1) return NONE;
  const leapDay = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  if (day > (DAYS_IN_MONTH[month] ?? 0) + (month === 2 ? leapDay : 0)) return NONE;
  const before = year - 1;
  const leapDays = ((before / 4) | 0) - ((before / 100) | 0) + ((before / 400) | 0);
  const dayOfYear = (DAYS_BEFORE_MONTH[month] ?? 0) + (month > 2 ? leapDay : 0) + day;
  return before * 365 + leapDays + dayOfYear - DAYS_TO_1970;
}

/** By month, from 1; of a year without a leap day. */
const DAYS_IN_MONTH = new Uint8Array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
const DAYS_BEFORE_MONTH = new Uint16Array([0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]);
/** From 31 December of the year before 1 to 1 January 1970. */
const DAYS_TO_1970 = 719_163;

/** The number that two digits write, or -1. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

const RFC_3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,3}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/**
 * The argument of `timestamp("…")`: RFC 3339 with a zone and at most milliseconds.
 * @returns epoch milliseconds, or undefined if it is not such a text or lies outside CEL's range
 */
export function parseTimestampLiteral(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [, body = "", fraction = "", sign = "+", hours = "00", minutes = "00"] = match;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const local = epochOfCanonical(`${body}.${fraction.padEnd(3, "0")}Z`);
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  const at = sign === "-" ? local + offset : local - offset;
  return at >= FIRST_INSTANT && at <= LAST_INSTANT ? at : undefined;
}

const UNIT_NANOSECONDS: { readonly [unit: string]: bigint } = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  µs: 1_000n,
  ns: 1n,
};
const DURATION = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|ns))+$/;
const DURATION_PART = /(\d*)\.?(\d*)(h|ms|m|s|us|µs|ns)/g;

/**
 * The argument of `duration("…")`: numbers with units, as in "1h30m", "-1.5h", "300ms", or "0".
 * @returns milliseconds, or undefined if it is not such a text, not a whole number of milliseconds, or too long
 */
export function parseDurationLiteral(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!DURATION.test(text)) return undefined;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of text.matchAll(DURATION_PART)) {
    const scale = 10n ** BigInt(fraction.length) * 1_000_000n;
    const scaled = BigInt(whole + fraction) * (UNIT_NANOSECONDS[unit] ?? 0n);
    if (scaled % scale !== 0n) return undefined;
    total += scaled / scale;
  }
  if (total > BigInt(LONGEST_DURATION)) return undefined;
  return text.startsWith("-") && total !== 0n ? -Number(total) : Number(total);
}
