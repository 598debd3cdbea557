/** Dates and times without a zone, read in a zone that the settings name; never in one that is guessed. */
import {
  addDays,
  err,
  formatInstant,
  ok,
  parseInstant,
  parseLocalDate,
  startOfDay,
  zoneOffset,
  DAY_MS,
  type EpochMs,
  type Instant,
  type LocalDate,
  type Result,
  type TimeZone,
} from "@countersign/kernel";

/** How the file writes dates: "YYYY-MM-DD", "DD/MM/YYYY", "M/D/YYYY". */
export class DateFormat {
  readonly text: string;
  readonly #pattern: RegExp;
  readonly #order: readonly string[];

  private constructor(text: string, pattern: RegExp, order: readonly string[]) {
    this.text = text;
    this.#pattern = pattern;
    this.#order = order;
  }

  static readonly iso = new DateFormat("YYYY-MM-DD", /^(\d{4})-(\d{2})-(\d{2})$/, ["Y", "M", "D"]);

  /** @returns undefined unless year, month and day each stand in the text once. */
  static of(text: string): DateFormat | undefined {
    const parts = /^(YYYY|MM?|DD?)([-./])(YYYY|MM?|DD?)\2(YYYY|MM?|DD?)$/.exec(text);
    if (parts === null) return undefined;
    const names = [parts[1] ?? "", parts[3] ?? "", parts[4] ?? ""];
    const order = names.map((name) => name.slice(0, 1));
    if (new Set(order).size !== 3) return undefined;
    const digits = names.map((name) => (name.length === 1 ? "(\\d{1,2})" : `(\\d{${name.length}})`));
    return new DateFormat(text, new RegExp(`^${digits.join(`\\${parts[2] ?? ""}`)}$`), order);
  }

  parse(text: string): Result<LocalDate, string> {
    const match = this.#pattern.exec(text);
    if (match === null) return err(`not a date (${this.text})`);
    const part = (name: string): string => (match[this.#order.indexOf(name) + 1] ?? "").padStart(2, "0");
    return parseLocalDate(`${part("Y")}-${part("M")}-${part("D")}`);
  }
}

/** The first second of a day. */
export function firstSecond(zone: TimeZone, date: LocalDate): Instant {
  return formatInstant(startOfDay(zone, date));
}

/** The last second of a day, so that what ends with a window's last day lies in the window. */
export function lastSecond(zone: TimeZone, date: LocalDate): Instant {
  return formatInstant(startOfDay(zone, addDays(date, 1)) - 1000);
}

/**
 * An instant with its own zone, or a wall-clock time in the settings' zone. A time that the clocks repeat is the earlier
 * one, a time that they skip is the instant at which they skip it.
 */
export function readInstant(
  text: string,
  zone: TimeZone | undefined,
  dates: DateFormat,
): Result<Instant, string> {
  const withZone = parseInstant(text);
  if (withZone.ok) return ok(formatInstant(withZone.value));
  const [, day = "", time = ""] = /^(\S+)[T ](\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)$/.exec(text) ?? [];
  if (day === "") {
    const onlyDate = dates.parse(text).ok || DateFormat.iso.parse(text).ok;
    return err(onlyDate ? "a date without a time" : "not a date and time (RFC 3339)");
  }
  const date = DateFormat.iso.parse(day).ok ? DateFormat.iso.parse(day) : dates.parse(day);
  if (!date.ok) return err(date.error);
  const wall = parseInstant(`${date.value}T${time.padStart(5, "0").replace(/^(\d):/, "0$1:")}Z`);
  if (!wall.ok) return err(wall.error);
  if (zone === undefined) return err("a time without a zone");
  return ok(formatInstant(instantOf(zone, wall.value)));
}

/** @param wall the wall clock's reading, as if it were UTC */
function instantOf(zone: TimeZone, wall: EpochMs): EpochMs {
  const offsets = [zoneOffset(zone, wall - DAY_MS), zoneOffset(zone, wall + DAY_MS)];
  const candidates = offsets.map((offset) => wall - offset);
  const valid = candidates.filter((at) => at + zoneOffset(zone, at) === wall);
  if (valid.length > 0) return Math.min(...valid);
  // The clocks skip it: the change lies between the two readings.
  let before = Math.min(...candidates);
  let after = Math.max(...candidates);
  const offset = zoneOffset(zone, before);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zoneOffset(zone, middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}
