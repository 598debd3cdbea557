/** What to know about a window on the day it is chosen, while it can still be moved. */
import { addDays, addMonths, dayNumber, type LocalDate } from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";
import { isInForce, uncoveredParts } from "./adoption.ts";
import { categoryOf, criterionIds } from "./criterion-ids.ts";
import type { ControlVersion, PeriodicActivity, Program } from "./model.ts";
import { periodsEndingIn } from "./periods.ts";

/** Shorter windows are rarely accepted (common practice; no standard sets a length). */
export const SHORTEST_MONTHS = 3;

/** @param today the local date in the program's zone, where it is known: says whether the window lies ahead */
export function windowWarnings(program: Program, today?: LocalDate): readonly string[] {
  const { window } = program;
  return [
    ...lengthWarnings(window, today),
    ...controlsOf(program).flatMap((versions) => [
      ...forceWarnings(versions, window),
      ...periodWarnings(versions, window),
    ]),
    ...coverageWarnings(program),
  ];
}

function lengthWarnings(window: WindowBody, today: LocalDate | undefined): readonly string[] {
  const warnings: string[] = [];
  if (addDays(window.through, 1) < addMonths(window.from, SHORTEST_MONTHS))
    warnings.push(
      `The window is ${days(window.from, window.through)} days long. Auditors rarely accept less than three months: ask yours.`,
    );
  if (today !== undefined && window.from > today)
    warnings.push(
      `The window begins on ${window.from}, after today (${today}): nothing can have operated in it yet.`,
    );
  return warnings;
}

function controlsOf(program: Program): readonly (readonly ControlVersion[])[] {
  return [...Map.groupBy(program.controls, (version) => version.id).values()];
}

function forceWarnings(versions: readonly ControlVersion[], window: WindowBody): readonly string[] {
  const inForce = versions.filter((version) => isInForce(version, window));
  const [first, last] = [inForce[0], inForce.at(-1)];
  if (first === undefined || last === undefined) {
    const id = versions[0]?.id ?? "";
    return [`${id} is in force on no day of the window: nothing of it is tested.`];
  }
  const warnings: string[] = [];
  if (first.effectiveFrom !== undefined && first.effectiveFrom > window.from)
    warnings.push(
      `${first.id} takes effect on ${first.effectiveFrom}, ${days(window.from, first.effectiveFrom) - 1} days after the window begins: it is not tested before, and those days are a gap unless another control covers them.`,
    );
  if (last.effectiveThrough !== undefined && last.effectiveThrough < window.through)
    warnings.push(
      `${last.id} is retired after ${last.effectiveThrough}, ${days(last.effectiveThrough, window.through) - 1} days before the window ends: it is not tested after.`,
    );
  return warnings;
}

/** A periodic activity none of whose periods ends while it is owed in the window has nothing to test. */
function periodWarnings(versions: readonly ControlVersion[], window: WindowBody): readonly string[] {
  const owed = new Map<string, { activity: PeriodicActivity; ends: number }>();
  for (const version of versions.filter((each) => isInForce(each, window)))
    for (const activity of version.activities) {
      if (activity.kind !== "periodic") continue;
      const from = later(window.from, version.effectiveFrom);
      const through = earlier(window.through, version.effectiveThrough);
      const ends = (owed.get(activity.id)?.ends ?? 0) + periodsEndingIn(activity, { from, through }).length;
      owed.set(activity.id, { activity, ends });
    }
  const id = versions[0]?.id ?? "";
  return [...owed.values()]
    .filter(({ ends }) => ends === 0)
    .map(
      ({ activity }) =>
        `${id} ${activity.id} (${activity.title.toLowerCase()}, every ${activity.every}): no period ends inside ${window.from} through ${window.through}. Its operation will not be tested unless the window is moved, or the activity is given an \`anchor\` so that a period ends inside it.`,
    );
}

function coverageWarnings(program: Program): readonly string[] {
  const gone = new Set(program.notRelevant.map(({ criterion }) => criterion));
  const criteria = new Set(
    criterionIds.filter((id) => program.categories.includes(categoryOf(id)) && !gone.has(id)),
  );
  return uncoveredParts({ criteria, subservice: program.subservice }, program.controls, program.window).map(
    ({ criterion, from, through }) => `No control answers ${criterion} from ${from} through ${through}.`,
  );
}

/** Both days counted. */
function days(from: LocalDate, through: LocalDate): number {
  return dayNumber(through) - dayNumber(from) + 1;
}

function later(date: LocalDate, other: LocalDate | undefined): LocalDate {
  return other !== undefined && other > date ? other : date;
}

function earlier(date: LocalDate, other: LocalDate | undefined): LocalDate {
  return other !== undefined && other < date ? other : date;
}
