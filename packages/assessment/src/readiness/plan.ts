/** What readiness misses, with the day by which each must be done to count in this window. */
import {
  compareText,
  addDays,
  epochOf,
  localDateAt,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import {
  lastDayOnTime,
  periodsEndingIn,
  type PeriodicActivity,
  type Person,
  type Program,
} from "@countersign/program";
import type { PersonId } from "@countersign/records";
import type { Summary } from "../model.ts";
import { dueOfProgram } from "../routine/due.ts";
import type { Missing, Readiness } from "./model.ts";

export type PlanEntry = {
  /** The last local day on which it is in time; of what is late already, the day of the question. */
  readonly on: LocalDate;
  /** Whether something of it is lost already: the rest still counts. */
  readonly late: boolean;
  readonly control?: string;
  readonly what: string;
  /** Why that day, in words. */
  readonly why: string;
  readonly next: string;
  readonly owner?: PersonId;
  readonly askedFirst?: number;
};

export type PlanInput = {
  readonly program: Program;
  readonly summary: Summary;
  readonly people: readonly Person[];
  readonly readiness: Readiness;
};

/** In the order of days, then of what customers ask first. The same facts give the same entries in the same order. */
export function datedPlan(input: PlanInput): readonly PlanEntry[] {
  const { program, summary } = input;
  const today = localDateAt(program.window.zone as TimeZone, epochOf(summary.asOf));
  const entries = [
    ...missingOfControls(input, today),
    ...missingOfCriteria(input, today),
    ...rareOccurrences(input, today),
    ...forgetting(input, today),
    ...ofSystem(input, today),
  ];
  const same = (entry: PlanEntry) => [entry.on, entry.control ?? "", entry.what, entry.next].join("\n");
  return [...new Map(entries.map((entry) => [same(entry), entry])).values()].sort(
    (a, b) =>
      compareText(a.on, b.on) ||
      (a.askedFirst ?? Number.MAX_SAFE_INTEGER) - (b.askedFirst ?? Number.MAX_SAFE_INTEGER) ||
      compareText(a.control ?? "", b.control ?? "") ||
      compareText(a.what, b.what),
  );
}

type Day = Pick<PlanEntry, "on" | "late" | "why">;

/** From the first day of the window on, or from today where it runs already. */
function fromNow({ window }: Program, today: LocalDate): Day {
  if (today > window.through)
    return {
      on: today,
      late: true,
      why: `the window ended on ${window.through}: nothing that is done now counts in it`,
    };
  if (today < window.from)
    return {
      on: addDays(window.from, -1),
      late: false,
      why: `the window begins on ${window.from}, and what is not there then is missing from its first day`,
    };
  return {
    on: today,
    late: true,
    why: `the window runs since ${window.from}, and each day without it stays as it is`,
  };
}

type Next = { readonly activity: PeriodicActivity; readonly period: string; readonly by: LocalDate };

/** The first period of each periodic activity whose last day is still to come, by control. */
function nextPeriods({ program }: PlanInput, today: LocalDate): ReadonlyMap<string, readonly Next[]> {
  const { window, holidays } = program;
  const found = program.controls.flatMap(({ id, effectiveFrom, effectiveThrough, activities }) => {
    const from = effectiveFrom !== undefined && effectiveFrom > window.from ? effectiveFrom : window.from;
    const through =
      effectiveThrough !== undefined && effectiveThrough < window.through ? effectiveThrough : window.through;
    if (from > through) return [];
    return activities.flatMap((activity) => {
      if (activity.kind !== "periodic") return [];
      const next = periodsEndingIn(activity, { from, through })
        .map((period) => ({ period: period.id, by: lastDayOnTime(period.through, activity.due, holidays) }))
        .find(({ by }) => by >= today);
      return next === undefined ? [] : [{ id, next: { activity, ...next } }];
    });
  });
  return new Map(
    [...Map.groupBy(found, ({ id }) => id)].map(([id, list]) => [id, list.map(({ next }) => next)]),
  );
}

function missingOfControls(input: PlanInput, today: LocalDate): readonly PlanEntry[] {
  const { program, readiness, summary } = input;
  const periods = nextPeriods(input, today);
  const asked = new Map(summary.controls.map(({ id, askedFirst }) => [id, askedFirst]));
  return readiness.controls.flatMap(({ id, missing }) =>
    missing.map((each): PlanEntry => {
      const askedFirst = asked.get(id);
      return {
        ...dayOf(each, periods.get(id) ?? [], program, today),
        control: id,
        what: each.what,
        next: each.next,
        ...(each.owner !== undefined && { owner: each.owner }),
        ...(askedFirst !== undefined && { askedFirst }),
      };
    }),
  );
}

function dayOf(missing: Missing, periods: readonly Next[], program: Program, today: LocalDate): Day {
  const { window } = program;
  if (missing.what.endsWith("no occurrence falls due in the window") && today <= window.through)
    return {
      on: window.through,
      late: false,
      why: `a period of it must end by ${window.through}, the window's last day`,
    };
  // What is said of one activity begins with its title.
  const next = periods
    .filter(({ activity }) => missing.what.startsWith(`${activity.title}: `))
    .toSorted((a, b) => compareText(a.by, b.by))[0];
  if (missing.step === "designed" || next === undefined) return fromNow(program, today);
  return {
    on: next.by,
    late: false,
    why: `for ${next.period} it counts if it is performed by ${next.by}; periods that are past stay as they are`,
  };
}

/** Gaps of the program, and criteria that nothing answers: said once, whatever number of criteria they touch. */
function missingOfCriteria({ program, readiness }: PlanInput, today: LocalDate): readonly PlanEntry[] {
  const found = new Map<string, PlanEntry>();
  for (const { criterion, missing, askedFirst, answeredBy } of readiness.criteria)
    for (const { control, what, next, owner } of missing) {
      if (control !== undefined) continue;
      const said =
        answeredBy === "nothing" && what === "no control answers it" ? `${criterion}: ${what}` : what;
      const first = Math.min(askedFirst ?? Infinity, found.get(said)?.askedFirst ?? Infinity);
      found.set(said, {
        ...fromNow(program, today),
        what: said,
        next,
        ...(owner !== undefined && { owner }),
        ...(first !== Infinity && { askedFirst: first }),
      });
    }
  return [...found.values()];
}

const RARE: ReadonlySet<PeriodicActivity["every"]> = new Set(["year", "half-year"]);

/** What is owed once or twice a year and falls into the window: missed once, the window has nothing else to show. */
function rareOccurrences(input: PlanInput, today: LocalDate): readonly PlanEntry[] {
  const open = new Map<string, number | undefined>(
    input.summary.controls.flatMap(({ id, askedFirst, activities }) =>
      activities
        .filter(({ counts }) => counts["not-due"] > 0)
        .map((activity) => [`${id} ${activity.id}`, askedFirst] as const),
    ),
  );
  return [...nextPeriods(input, today)].flatMap(([control, list]) =>
    list.flatMap(({ activity, period, by }): readonly PlanEntry[] => {
      const key = `${control} ${activity.id}`;
      if (!RARE.has(activity.every) || !open.has(key)) return [];
      const askedFirst = open.get(key);
      const owner = input.program.controls.find(
        ({ id, effectiveFrom, effectiveThrough }) =>
          id === control &&
          (effectiveFrom === undefined || effectiveFrom <= by) &&
          (effectiveThrough === undefined || by <= effectiveThrough),
      )?.owner;
      return [
        {
          on: by,
          late: false,
          control,
          what: `${activity.title}: ${period} falls into the window`,
          why: `it is owed every ${activity.every}, and ${period} is due by ${by}`,
          next: `countersign evidence add FILE --control ${control} --activity ${activity.id} --occurrence ${period}`,
          ...(owner !== undefined && { owner }),
          ...(askedFirst !== undefined && { askedFirst }),
        },
      ];
    }),
  );
}

function forgetting({ readiness }: PlanInput, today: LocalDate): readonly PlanEntry[] {
  return readiness.forgetting.map(({ source, keepsDays, unreadFrom, lostOn, lostAlready }) => ({
    on: lostAlready ? today : addDays(lostOn, -1),
    late: lostAlready,
    what: `read ${source} from ${unreadFrom} on`,
    why: lostAlready
      ? `it keeps ${keepsDays} days, has forgotten ${unreadFrom}, and forgets another day every day`
      : `it keeps ${keepsDays} days, and forgets ${unreadFrom} on ${lostOn}`,
    next: `countersign collect ${source}`,
  }));
}

/** Reports and reviews of vendors, approvals and handovers that fall due before the window ends. */
function ofSystem({ program, people }: PlanInput, today: LocalDate): readonly PlanEntry[] {
  return dueOfProgram(program, people, today)
    .filter(({ on }) => on <= program.window.through)
    .map(({ on, what, next, owner, ground, neverDone }) => ({
      on: on < today ? today : on,
      late: on < today || neverDone === true,
      what,
      why:
        ground ??
        (on < today
          ? `it was due on ${on}`
          : `it falls due before the window ends on ${program.window.through}`),
      next,
      ...(owner !== undefined && { owner }),
    }));
}
