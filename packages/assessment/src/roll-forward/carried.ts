/** Deviations that go with a roll-forward, and their retest in the windows after: derived from occurrences, never typed. */
import {
  compareText,
  epochOf,
  formatInstant,
  localDateAt,
  type EpochMs,
  type Instant,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import {
  lastDayOnTime,
  periodsEndingIn,
  type Activity,
  type ControlVersion,
  type Program,
} from "@countersign/program";
import type { Deviation, Occurrence, Summary } from "../model.ts";

/** A line of the list that a roll-forward seals. `id` is the deviation's. */
export type CarriedDeviation = Pick<
  Deviation,
  "id" | "control" | "version" | "activity" | "attribute" | "occurrence" | "at" | "state"
>;

/**
 * Exactly the deviations of the last run, without those that were withdrawn since. One that was withdrawn before the run, and
 * that the run finds all the same, stands among its deviations and is carried.
 */
export function carriedFrom(
  { deviations }: Pick<Summary, "deviations">,
  withdrawnSince: ReadonlySet<string>,
): readonly CarriedDeviation[] {
  return deviations
    .filter(({ id }) => !withdrawnSince.has(id))
    .map(({ id, control, version, activity, attribute, occurrence, at, state }) => ({
      id,
      control,
      version,
      activity,
      ...(attribute !== undefined && { attribute }),
      occurrence,
      at,
      state,
    }))
    .sort((a, b) => compareText(a.id, b.id));
}

/** An occurrence of a later window, as a retest of one deviation sees it. */
export type Seen = {
  readonly occurrence: string;
  /** When it was performed, or what places it in its window. */
  readonly at: EpochMs;
  readonly result: "operated" | "deviated" | "nothing";
};

type Tested = { readonly occurrence: string; readonly at: Instant };

/** `operated` and `deviated` count the occurrences of the later windows, whatever the corrective action's date. */
export type Retest = { readonly operated: number; readonly deviated: number } & (
  | ({ readonly state: "operated" } & Tested)
  | ({ readonly state: "deviated-again" } & Tested)
  | { readonly state: "not-yet" }
);

/**
 * A deviation is retested by what is owed after it, never by a word. After the corrective action's date (any time, where none was
 * given) one that deviated is *deviated again*, whatever else operated; else one that operated is *operated*. Where nothing
 * came after that date, one that deviated before it is still *deviated again*: a later date improves nothing.
 * @param action the day by which the corrective action was to be done
 */
export function retestOf(seen: readonly Seen[], action: LocalDate | undefined, zone: TimeZone): Retest {
  const inOrder = seen.toSorted((a, b) => a.at - b.at || compareText(a.occurrence, b.occurrence));
  const isAfter = ({ at }: Seen) => action === undefined || localDateAt(zone, at) > action;
  const of = (result: Seen["result"]) => inOrder.filter((each) => each.result === result);
  const counts = { operated: of("operated").length, deviated: of("deviated").length };
  const tested = ({ occurrence, at }: Seen): Tested => ({ occurrence, at: formatInstant(at) });
  const again = of("deviated").findLast(isAfter);
  if (again !== undefined) return { state: "deviated-again", ...tested(again), ...counts };
  const operated = of("operated").findLast(isAfter);
  if (operated !== undefined) return { state: "operated", ...tested(operated), ...counts };
  const before = of("deviated").at(-1);
  return before === undefined
    ? { state: "not-yet", ...counts }
    : { state: "deviated-again", ...tested(before), ...counts };
}

/** @param program under which the occurrence was assessed @returns undefined where it is of something else */
export function seenOf(
  carried: CarriedDeviation,
  occurrence: Occurrence,
  program: Program,
): Seen | undefined {
  const { control, activity, attribute } = carried;
  if (occurrence.control !== control || occurrence.activity !== activity) return undefined;
  if (occurrence.id === carried.occurrence) return undefined;
  return {
    occurrence: occurrence.id,
    at: epochOf(occurrence.performed?.at ?? occurrence.at),
    result: resultOf(occurrence, attribute, program),
  };
}

function resultOf(
  { state, attributes, control, version, activity }: Occurrence,
  attribute: string | undefined,
  program: Program,
): Seen["result"] {
  // What was not done at all did not operate in any of its attributes.
  if (state === "missed") return "deviated";
  if (attribute === undefined)
    return state === "operated"
      ? "operated"
      : state === "late" || state === "deviated"
        ? "deviated"
        : "nothing";
  const index = program.controls
    .find((each) => each.id === control && each.version === version)
    ?.activities.find(({ id }) => id === activity)
    ?.attributes.findIndex(({ id }) => id === attribute);
  const result = index === undefined ? undefined : attributes[index]?.state;
  return result === "operated" || result === "deviated" ? result : "nothing";
}

/** When the next retest can be. */
export type NextRetest =
  | { readonly when: "due"; readonly period: string; readonly by: LocalDate }
  | { readonly when: "next-item"; readonly kind: string }
  | { readonly when: "none"; readonly why: string };

export function nextRetest(carried: CarriedDeviation, program: Program, asOf: EpochMs): NextRetest {
  const { window, holidays } = program;
  const today = localDateAt(window.zone as TimeZone, asOf);
  const versions = program.controls.filter(({ id }) => id === carried.control);
  const with_ = versions.flatMap((version) => {
    const activity = version.activities.find(({ id }) => id === carried.activity);
    return activity === undefined || lacksAttribute(activity, carried) ? [] : [{ version, activity }];
  });
  if (with_.length === 0) return { when: "none", why: "the program no longer has what deviated" };
  const due = with_
    .flatMap(({ version, activity }) => dueOf(version, activity, program))
    .map(({ id, through, activity }) => ({ period: id, by: lastDayOnTime(through, activity.due, holidays) }))
    .filter(({ by }) => by >= today)
    .sort((a, b) => compareText(a.by, b.by))[0];
  if (due !== undefined) return { when: "due", ...due };
  const other = with_.find(
    ({ version, activity }) =>
      activity.kind !== "periodic" &&
      (version.effectiveThrough === undefined || version.effectiveThrough >= today),
  )?.activity;
  if (other !== undefined && other.kind !== "periodic" && today <= window.through)
    return { when: "next-item", kind: other.population };
  return { when: "none", why: `nothing more of it falls due in the window through ${window.through}` };
}

function lacksAttribute({ attributes }: Activity, { attribute }: CarriedDeviation): boolean {
  return attribute !== undefined && !attributes.some(({ id }) => id === attribute);
}

function dueOf({ effectiveFrom, effectiveThrough }: ControlVersion, activity: Activity, { window }: Program) {
  if (activity.kind !== "periodic") return [];
  const from = effectiveFrom !== undefined && effectiveFrom > window.from ? effectiveFrom : window.from;
  const through =
    effectiveThrough !== undefined && effectiveThrough < window.through ? effectiveThrough : window.through;
  return from > through
    ? []
    : periodsEndingIn(activity, { from, through }).map((each) => ({ ...each, activity }));
}
