/** When an activity is owed, in words, with the days of a window. */
import type { LocalDate } from "@countersign/kernel";
import { itemKindOf } from "@countersign/records";
import type { Activity, ControlVersion, PeriodicActivity, Program } from "../model.ts";
import { lastDayOnTime, periodsEndingIn } from "../periods.ts";
import { code, plain } from "./lines.ts";

export type OwedPeriod = {
  /** "2026-Q2": how evidence names it. */
  readonly id: string;
  readonly lastDayOnTime: LocalDate;
};

/** The periods that are owed under this version of a control: those that end while it is in force, inside the window. */
export function owedPeriods(
  program: Pick<Program, "window" | "holidays">,
  { effectiveFrom, effectiveThrough }: ControlVersion,
  activity: PeriodicActivity,
): readonly OwedPeriod[] {
  const { window, holidays } = program;
  const from = effectiveFrom !== undefined && effectiveFrom > window.from ? effectiveFrom : window.from;
  const through =
    effectiveThrough !== undefined && effectiveThrough < window.through ? effectiveThrough : window.through;
  if (from > through) return [];
  return periodsEndingIn(activity, { from, through }).map((period) => ({
    id: period.id,
    lastDayOnTime: lastDayOnTime(period.through, activity.due, holidays),
  }));
}

/** @param datesMax of more periods than that the first and the last are named, and how many there are */
export function whenWords(
  program: Pick<Program, "window" | "holidays">,
  control: ControlVersion,
  activity: Activity,
  datesMax: number,
): string {
  switch (activity.kind) {
    case "periodic":
      return `${rhythmWords(activity)}. ${datesWords(program, owedPeriods(program, control, activity), datesMax)}`;
    case "per-item": {
      const { where, termHours } = activity;
      const term =
        termHours === undefined
          ? ""
          : `; its term is ${counted(termHours, "hour")} from then (${cutOffWords(activity.population)})`;
      return `once for each item of ${code(activity.population)}${whereWords(where)}${term}.`;
    }
    case "state":
      return `all the time${whereWords(activity.where)}; one observation covers at most ${counted(activity.coversHours, "hour")}.`;
  }
}

function whereWords(where: string | undefined): string {
  return where === undefined ? "" : ` for which ${code(where)}`;
}

/** What the time says that an item's term begins with. */
function cutOffWords(population: string): string {
  const kind = itemKindOf(population);
  return plain(kind?.fields[kind.cutOff]?.words ?? population);
}

/** "every quarter, on time through 15 calendar days after its end" */
export function rhythmWords({ every, anchor, due }: PeriodicActivity): string {
  const start = anchor === undefined ? "" : ` (counted from ${anchor})`;
  const term =
    due.days === 0
      ? "on time through its last day"
      : `on time through ${counted(due.days, `${due.calendar} day`)} after its end`;
  return `every ${every}${start}, ${term}`;
}

function datesWords(
  { window }: Pick<Program, "window">,
  periods: readonly OwedPeriod[],
  datesMax: number,
): string {
  const [first, ...rest] = periods;
  const last = rest.at(-1);
  if (first === undefined)
    return `No period of it ends in the window ${window.from} through ${window.through} while this version is in force.`;
  const words = (period: OwedPeriod) => `${period.id} through ${period.lastDayOnTime}`;
  if (last === undefined || periods.length <= datesMax) return `${periods.map(words).join("; ")}.`;
  return `${periods.length} in the window: from ${words(first)}, to ${words(last)}.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
