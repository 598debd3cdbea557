/**
 * The calendar periods in which periodic activities are owed. Local dates only: a zone plays a part where a due date
 * becomes an instant. An occurrence belongs to the window in which its period ends.
 */
import {
  addDays,
  dateOfDayNumber,
  dayNumber,
  dayOfWeek,
  daysInMonth,
  startOfDay,
  type EpochMs,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import type { Frequency, PeriodicActivity } from "./model.ts";

/** Inclusive local dates and the name by which evidence refers to them. */
export type CalendarPeriod = {
  /** "2026-02-11", "2026-W07", "2026-05", "2026-Q2", "2026-H1", "2026", or "2025-03-01/2026-02-28". */
  readonly id: string;
  readonly from: LocalDate;
  readonly through: LocalDate;
};

export type Rhythm = Pick<PeriodicActivity, "every" | "anchor">;

const DEFAULT_ANCHOR = "01-01";
const monthsOf = { month: 1, quarter: 3, "half-year": 6, year: 12 } as const;

/** Whether an anchor means anything for the frequency: days, weeks (ISO 8601, from Monday) and months have their own start. */
export function takesAnchor(every: Frequency): boolean {
  return every === "quarter" || every === "half-year" || every === "year";
}

/**
 * The periods of a rhythm that end inside a window, in order.
 * @param window inclusive local dates
 */
export function periodsEndingIn(
  rhythm: Rhythm,
  window: { readonly from: LocalDate; readonly through: LocalDate },
): readonly CalendarPeriod[] {
  const periods: CalendarPeriod[] = [];
  for (
    let period = periodHolding(rhythm, window.from);
    period.through <= window.through;
    period = periodHolding(rhythm, addDays(period.through, 1))
  )
    periods.push(period);
  return periods;
}

/** The one period of a rhythm in which a date lies: periods follow each other without gap or overlap. */
export function periodHolding(rhythm: Rhythm, date: LocalDate): CalendarPeriod {
  if (rhythm.every === "day") return { id: date, from: date, through: date };
  if (rhythm.every === "week") {
    const from = addDays(date, 1 - dayOfWeek(date));
    return { id: weekId(from), from, through: addDays(from, 6) };
  }
  const months = monthsOf[rhythm.every];
  const anchor = takesAnchor(rhythm.every) ? (rhythm.anchor ?? DEFAULT_ANCHOR) : DEFAULT_ANCHOR;
  const [anchorMonth, anchorDay] = anchor.split("-").map(Number) as [number, number];
  const startOf = (index: number): LocalDate => dateIn(anchorMonth - 1 + index * months, anchorDay);

  const [year, month] = date.split("-").map(Number) as [number, number];
  let index = Math.floor((year * 12 + month - anchorMonth) / months);
  // The period that starts in the date's own month may start after the date.
  if (startOf(index) > date) index -= 1;
  const from = startOf(index);
  const through = addDays(startOf(index + 1), -1);
  return { id: idOf(rhythm.every, anchor, from, through), from, through };
}

/** @param month months since January of year 0; the day is the month's last where the month is shorter (29 February) */
function dateIn(month: number, day: number): LocalDate {
  const year = Math.floor(month / 12);
  const ofYear = (((month % 12) + 12) % 12) + 1;
  const ofMonth = Math.min(day, daysInMonth(year, ofYear));
  return `${String(year).padStart(4, "0")}-${pad2(ofYear)}-${pad2(ofMonth)}` as LocalDate;
}

/** With an anchor of its own "Q2" would mean one thing to the calendar and another to the company: dates say which. */
function idOf(every: keyof typeof monthsOf, anchor: string, from: LocalDate, through: LocalDate): string {
  if (anchor !== DEFAULT_ANCHOR) return `${from}/${through}`;
  const year = from.slice(0, 4);
  const month = Number(from.slice(5, 7));
  switch (every) {
    case "month":
      return from.slice(0, 7);
    case "quarter":
      return `${year}-Q${(month + 2) / 3}`;
    case "half-year":
      return `${year}-H${(month + 5) / 6}`;
    case "year":
      return year;
  }
}

/** ISO 8601: the week belongs to the year in which its Thursday lies. */
function weekId(monday: LocalDate): string {
  const thursday = addDays(monday, 3);
  const firstOfYear = dayNumber(`${thursday.slice(0, 4)}-01-01` as LocalDate);
  const week = Math.floor((dayNumber(thursday) - firstOfYear) / 7) + 1;
  return `${thursday.slice(0, 4)}-W${pad2(week)}`;
}

/**
 * The end of the term, half-open: what was performed before it is on time. It is the end, in the zone, of the local day
 * that lies `due.days` calendar or business days after the period's last day. Business days are Monday to Friday
 * without the holidays; with zero days the term ends with the period, whatever day that is.
 */
export function dueAt(
  period: { readonly through: LocalDate },
  due: PeriodicActivity["due"],
  holidays: readonly LocalDate[],
  zone: TimeZone,
): EpochMs {
  return startOfDay(zone, addDays(lastDayOnTime(period.through, due, holidays), 1));
}

/** The last local day on which it is on time. */
export function lastDayOnTime(
  through: LocalDate,
  due: PeriodicActivity["due"],
  holidays: readonly LocalDate[],
): LocalDate {
  if (due.calendar === "calendar") return addDays(through, due.days);
  const closed = new Set<string>(holidays);
  let day = dayNumber(through);
  for (let left = due.days; left > 0;) {
    day += 1;
    const date = dateOfDayNumber(day);
    if (dayOfWeek(date) <= 5 && !closed.has(date)) left -= 1;
  }
  return dateOfDayNumber(day);
}

function pad2(value: number): string {
  return String(value).padStart(2, "0");
}
