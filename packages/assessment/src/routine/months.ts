/** The months of a window, as they are closed: calendar months in the window's zone, cut at its ends. */
import {
  addDays,
  addMonths,
  startOfDay,
  type EpochMs,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";

export type Month = {
  /** "2026-05" */
  readonly id: string;
  /** Inclusive local dates: the first and the last month of a window may be cut. */
  readonly from: LocalDate;
  readonly through: LocalDate;
};

/** In order: they follow each other without gap or overlap, and together are the window. */
export function monthsOf(window: WindowBody): readonly Month[] {
  const months: Month[] = [];
  for (let from = window.from; from <= window.through;) {
    const next = addMonths(`${from.slice(0, 7)}-01` as LocalDate, 1);
    const last = addDays(next, -1);
    months.push({ id: from.slice(0, 7), from, through: last < window.through ? last : window.through });
    from = next;
  }
  return months;
}

/** The first instant after the month. */
export function endOfMonth(month: Month, zone: string): EpochMs {
  return startOfDay(zone as TimeZone, addDays(month.through, 1));
}

/** @returns what says in which month an instant lies; undefined for one outside all of them */
export function monthPlacer(months: readonly Month[], zone: string): (at: EpochMs) => Month | undefined {
  const ends = months.map((month) => endOfMonth(month, zone));
  const start = months[0] === undefined ? 0 : startOfDay(zone as TimeZone, months[0].from);
  return (at) => (at < start ? undefined : months[ends.findIndex((end) => at < end)]);
}
