/** What the close of a month says of the run it rests on: counts, what is unknown and what was decided about it, what was late. */
import { compareText, epochOf, type Instant } from "@countersign/kernel";
import type { ControlVersion, Program } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import type { Occurrence, OccurrenceState, UnknownReason } from "../model.ts";
import { monthPlacer, monthsOf, type Month } from "./months.ts";

/** Occurrences that are unknown for one reason. */
export type UnknownGroup = {
  /** In which their times lie. */
  readonly month: string;
  readonly control: string;
  readonly activity: string;
  /** Of the first attribute that is unknown. */
  readonly reason: UnknownReason;
  /** The connector or record that would supply the fact. */
  readonly suppliedBy?: string;
  readonly count: number;
};

export type Decision =
  /** It stays open, with whoever answers for the control; nobody where no owner is named. */
  | { readonly decision: "open"; readonly owner?: PersonId }
  | { readonly decision: "explained"; readonly words: string; readonly person: PersonId };

export type DecidedUnknown = UnknownGroup & Decision;

/** An occurrence of a periodic activity that was not done in time. */
export type Untimely = {
  readonly control: string;
  readonly activity: string;
  /** The period: "2026-04". */
  readonly occurrence: string;
  readonly state: "late" | "missed";
  readonly due: Instant;
};

export type StateCounts = { readonly [state in OccurrenceState]?: number };

export type MonthTally = {
  add(occurrence: Occurrence): void;
  countsOf(month: string): StateCounts;
  /** Of all months, in the order of month, control, activity and reason. */
  unknowns(): readonly UnknownGroup[];
  untimelyIn(month: string): readonly Untimely[];
};

/**
 * Takes the occurrences of a run and places each in a month: an item or a day of a setting by its time, a period by the day on
 * which it was due, and by the window's last month where that lies after it.
 */
export function createMonthTally(window: Program["window"]): MonthTally {
  const months = monthsOf(window);
  const place = monthPlacer(months, window.zone);
  const last = months.at(-1)?.id ?? "";
  const counts = new Map<string, { [state in OccurrenceState]?: number }>();
  const unknowns = new Map<string, { group: Omit<UnknownGroup, "count">; count: number }>();
  const untimely: (Untimely & { readonly month: string })[] = [];
  return {
    add(occurrence) {
      const { control, activity, state, due } = occurrence;
      const month = place(epochOf(due ?? occurrence.at))?.id ?? last;
      const ofMonth = counts.get(month) ?? {};
      counts.set(month, ofMonth);
      ofMonth[state] = (ofMonth[state] ?? 0) + 1;
      if (due !== undefined && (state === "late" || state === "missed"))
        untimely.push({ month, control, activity, occurrence: occurrence.id, state, due });
      if (state !== "unknown") return;
      const group = { month, control, activity, ...reasonOf(occurrence) };
      const key = keyOf(group);
      const known = unknowns.get(key);
      if (known === undefined) unknowns.set(key, { group, count: 1 });
      else known.count++;
    },
    countsOf: (month) => counts.get(month) ?? {},
    unknowns: () =>
      [...unknowns]
        .sort(([a], [b]) => compareText(a, b))
        .map(([, { group, count }]) => ({ ...group, count })),
    untimelyIn: (month) =>
      untimely
        .filter((each) => each.month === month)
        .map(({ month: _month, ...rest }) => rest)
        .sort(
          (a, b) =>
            compareText(a.control, b.control) ||
            compareText(a.activity, b.activity) ||
            compareText(a.due, b.due),
        ),
  };
}

function reasonOf(occurrence: Occurrence): Pick<UnknownGroup, "reason" | "suppliedBy"> {
  for (const result of occurrence.attributes)
    if (result.state === "unknown")
      return {
        reason: result.reason,
        ...(result.suppliedBy !== undefined && { suppliedBy: result.suppliedBy }),
      };
  // Whether it is owed at all is what is not known, or it has no attribute to say why.
  return { reason: "not-collected" };
}

export function keyOf(group: Omit<UnknownGroup, "count">): string {
  return [group.month, group.control, group.activity, group.reason, group.suppliedBy ?? ""].join("\n");
}

/** Words for what is unknown: of one activity, or of one of its groups where month and reason are given. */
export type Explanation = {
  readonly control: string;
  readonly activity: string;
  readonly month?: string;
  readonly reason?: string;
  readonly suppliedBy?: string;
  readonly words: string;
  readonly person: PersonId;
};

/**
 * Decides each group: explained by words given now, or before for as many occurrences at least; else open with the owner. Of
 * months before `month` only what is not explained yet, or explained now, is given: it is carried.
 * @param earlier what the closes before decided, the newest last
 * @param versions of every control
 */
export function decide(
  unknowns: readonly UnknownGroup[],
  month: Month,
  earlier: readonly DecidedUnknown[],
  explanations: readonly Explanation[],
  versions: readonly ControlVersion[],
): readonly DecidedUnknown[] {
  const explained = new Map<string, DecidedUnknown>();
  for (const each of earlier) if (each.decision === "explained") explained.set(keyOf(each), each);
  return unknowns.flatMap((group): readonly DecidedUnknown[] => {
    if (group.month > month.id) return [];
    const now = explanations.find((each) => speaksOf(each, group));
    if (now !== undefined) return [{ ...group, decision: "explained", words: now.words, person: now.person }];
    const before = explained.get(keyOf(group));
    if (before?.decision === "explained" && before.count >= group.count)
      return group.month === month.id
        ? [{ ...group, decision: "explained", words: before.words, person: before.person }]
        : [];
    const owner = ownerOn(versions, group.control, month);
    return [{ ...group, decision: "open", ...(owner !== undefined && { owner }) }];
  });
}

export function speaksOf(explanation: Explanation, group: UnknownGroup): boolean {
  return (
    explanation.control === group.control &&
    explanation.activity === group.activity &&
    (explanation.month === undefined || explanation.month === group.month) &&
    (explanation.reason === undefined || explanation.reason === group.reason) &&
    (explanation.reason === undefined || explanation.suppliedBy === group.suppliedBy)
  );
}

/** Who answers for the control on the month's last day. */
function ownerOn(
  versions: readonly ControlVersion[],
  control: string,
  { through }: Month,
): PersonId | undefined {
  const own = versions.filter(({ id }) => id === control);
  return own.find(
    ({ effectiveFrom, effectiveThrough }) =>
      (effectiveFrom === undefined || effectiveFrom <= through) &&
      (effectiveThrough === undefined || through <= effectiveThrough),
  )?.owner;
}
