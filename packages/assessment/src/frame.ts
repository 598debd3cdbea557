/** The observation window as the assessment works with it: instants, weeks and days, found without a calendar per item. */
import {
  addDays,
  intervalOf,
  localDateAt,
  parsePeriod,
  startOfDay,
  weeksOf,
  type EpochMs,
  type Interval,
  type LocalDate,
  type Period,
  type TimeZone,
  type Week,
} from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";

export type Day = {
  readonly date: LocalDate;
  readonly start: EpochMs;
  readonly end: EpochMs;
  readonly week: number;
};

export type Frame = {
  readonly period: Period;
  readonly zone: TimeZone;
  readonly interval: Interval;
  readonly asOf: EpochMs;
  readonly weeks: readonly Week[];
  /** The week that holds an instant of the window. */
  weekOf(at: EpochMs): number;
  /** The local days of the window, each with its instants. */
  days(): readonly Day[];
  dateAt(at: EpochMs): LocalDate;
};

/** @throws TypeError when the window is not one: the program was checked when it was read. */
export function createFrame(window: WindowBody, asOf: EpochMs): Frame {
  const parsed = parsePeriod(window.from, window.through, window.zone);
  if (!parsed.ok) throw new TypeError(`the program's window: ${parsed.error}`);
  const period = parsed.value;
  const { zone } = period;
  const weeks = weeksOf(period);
  const starts = Float64Array.from(weeks, (week) => startOfDay(zone, week.from));
  const last = starts.length - 1;
  const weekOf = (at: EpochMs): number => {
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? Number.POSITIVE_INFINITY) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  let days: readonly Day[] | undefined;
  return {
    period,
    zone,
    interval: intervalOf(period),
    asOf,
    weeks,
    weekOf,
    days: () => (days ??= daysOf(period, weekOf)),
    dateAt: (at) => localDateAt(zone, at),
  };
}

function daysOf(period: Period, weekOf: (at: EpochMs) => number): readonly Day[] {
  const days: Day[] = [];
  let start = startOfDay(period.zone, period.from);
  for (let date = period.from; date <= period.through; date = addDays(date, 1)) {
    const end = startOfDay(period.zone, addDays(date, 1));
    days.push({ date, start, end, week: weekOf(start) });
    start = end;
  }
  return days;
}
