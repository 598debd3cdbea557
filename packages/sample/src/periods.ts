/** The calendar periods in which something is owed. */
import { addDays, addMonths, type LocalDate } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";

export type Rhythm = "month" | "quarter" | "half-year" | "year";

/** A calendar period by the name that evidence calls it: "2025-07", "2025-Q3", "2025-H2", "2025". */
export type SamplePeriod = { readonly id: string; readonly through: LocalDate };

const MONTHS: { readonly [rhythm in Rhythm]: number } = { month: 1, quarter: 3, "half-year": 6, year: 12 };

/** The calendar periods that end inside the window, in order. */
export function periodsOf(rhythm: Rhythm, calendar: Calendar): SamplePeriod[] {
  const length = MONTHS[rhythm];
  const periods: SamplePeriod[] = [];
  let first = `${calendar.from.slice(0, 7)}-01` as LocalDate;
  for (; first <= calendar.through; first = addMonths(first, 1)) {
    const through = addDays(addMonths(first, 1), -1);
    const month = Number(first.slice(5, 7));
    if (month % length !== 0 || !calendar.holds(through)) continue;
    periods.push({ id: periodId(rhythm, first.slice(0, 4), month / length, first), through });
  }
  return periods;
}

function periodId(rhythm: Rhythm, year: string, nth: number, first: LocalDate): string {
  switch (rhythm) {
    case "month":
      return first.slice(0, 7);
    case "quarter":
      return `${year}-Q${nth}`;
    case "half-year":
      return `${year}-H${nth}`;
    case "year":
      return year;
  }
}
