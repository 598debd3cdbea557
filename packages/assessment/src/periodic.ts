/** Occurrences of periodic activities: which are owed in the window, and what was performed for each. */
import { formatInstant, startOfDay, addDays, type EpochMs } from "@countersign/kernel";
import { dueAt, periodsEndingIn, type PeriodicActivity } from "@countersign/program";
import type { Frame } from "./frame.ts";
import { EVIDENCE_SOURCE, type AssessmentInput, type PerformanceFact } from "./input.ts";
import type { Facts } from "./judge.ts";
import { matchPerformances, type Term } from "./matching.ts";
import type { AttributeResult, Occurrence, OccurrenceState } from "./model.ts";
import { judgeAttributes, stateOf, type ActivityPlan } from "./plan.ts";
import { notApplicableResults, type Report } from "./report.ts";
import { overdueWords } from "./deviations.ts";

type Owed = Term & {
  readonly plan: ActivityPlan<PeriodicActivity>;
  /** The first instant after the period. */
  readonly end: EpochMs;
};

/**
 * Reports every occurrence of one activity over all versions of its control.
 * @param plans the versions that have the activity, in the order of time
 * @returns sentences about evidence that counts for nothing because of what it names
 */
export function assessPeriodic(
  plans: readonly ActivityPlan<PeriodicActivity>[],
  performances: readonly PerformanceFact[],
  input: AssessmentInput,
  frame: Frame,
  report: Report,
): readonly string[] {
  const owed = plans.flatMap((plan) => owedBy(plan, input, frame));
  // What is dated after the as-of time has not happened yet, whoever says so.
  const happened = performances.filter((each) => each.performedAt <= frame.asOf);
  const satisfiedBy = matchPerformances(owed, happened);
  for (const [index, term] of owed.entries()) {
    const performed = happened[satisfiedBy[index] ?? -1];
    report.add(
      term.plan,
      ...(performed === undefined
        ? unperformed(term, input, frame, performances.length > 0)
        : performedOccurrence(term, performed, frame)),
    );
  }
  return misnamed(plans, owed, happened, frame);
}

function owedBy(plan: ActivityPlan<PeriodicActivity>, input: AssessmentInput, frame: Frame): readonly Owed[] {
  const { activity } = plan;
  // A period that ends while the version is in force is owed under it, whole.
  return periodsEndingIn(activity, plan).map((period) => ({
    plan,
    id: period.id,
    start: startOfDay(frame.zone, period.from),
    end: startOfDay(frame.zone, addDays(period.through, 1)),
    due: dueAt(period, activity.due, input.program.holidays, frame.zone),
  }));
}

function baseOf(term: Owed, frame: Frame) {
  const { control, activity } = term.plan;
  return {
    control: control.id,
    version: control.version,
    activity: activity.id,
    id: term.id,
    at: formatInstant(term.end - 1),
    week: frame.weekOf(term.end - 1),
    due: formatInstant(term.due - 1),
  };
}

const NEVER_RECORDED =
  "no evidence of this activity was ever recorded here, and it was due before records began";

type Reported = readonly [occurrence: Occurrence, overdue?: string];

function performedOccurrence(term: Owed, performed: PerformanceFact, frame: Frame): Reported {
  const results =
    performed.erased === true ? erased(term.plan) : judgeAttributes(term.plan, itemOf(performed));
  const isLate = performed.performedAt >= term.due;
  const occurrence: Occurrence = {
    ...baseOf(term, frame),
    ...stateAndResults(term, results, isLate, performed),
    performed: { at: formatInstant(performed.performedAt), provenance: performed.provenance },
    recorded: formatInstant(performed.recordedAt),
    ...(performed.recordedAt >= term.due && { recordedLate: true }),
    evidence: performed.record,
    ...(performed.performedBy !== undefined && { person: performed.performedBy }),
  };
  if (!isLate || occurrence.state === "not-applicable") return [occurrence];
  return [occurrence, overdueWords(frame, term.due - 1, performed.performedAt)];
}

function stateAndResults(
  term: Owed,
  results: readonly AttributeResult[],
  isLate: boolean,
  performed: PerformanceFact,
): Pick<Occurrence, "state" | "attributes" | "detail" | "notApplicable"> {
  const judged = stateOf(results);
  const isErased = performed.erased === true;
  const state = judged === "deviated" ? "deviated" : isLate ? "late" : isErased ? "unknown" : judged;
  const lateWords = isLate ? "performed after it was due" : undefined;
  const detail = isErased ? "the evidence was erased; its record remains" : lateWords;
  return (
    notApplicableResults(term.plan, term.id, state) ?? {
      state,
      attributes: results,
      ...(detail !== undefined && { detail }),
    }
  );
}

/**
 * Nothing satisfies the occurrence. That it was missed can be said only where evidence would have been kept: its term ended
 * after this ledger began, or evidence of the activity is there. Before that, nobody knows.
 */
function unperformed(term: Owed, input: AssessmentInput, frame: Frame, wasEverRecorded: boolean): Reported {
  const base = baseOf(term, frame);
  const isDue = term.due <= frame.asOf;
  const outage = input.gaps.find(
    (gap) => gap.source === EVIDENCE_SOURCE && gap.start < term.due && gap.end > term.start,
  );
  const state: OccurrenceState = !isDue ? "not-due" : outage === undefined ? "missed" : "unknown";
  const notApplicable = notApplicableResults(term.plan, term.id, state);
  if (notApplicable !== undefined) return [{ ...base, ...notApplicable }];
  if (!isDue) return [{ ...base, state, attributes: [], detail: "not performed yet, and not due" }];
  if (outage !== undefined) {
    const detail = `evidence was not kept: ${outage.reason}`;
    const unknown: AttributeResult = { state: "unknown", reason: "source-failed", detail };
    return [{ ...base, state, attributes: term.plan.attributes.map(() => unknown), detail }];
  }
  if (!wasEverRecorded && input.recordingSince !== undefined && term.due <= input.recordingSince) {
    const unknown: AttributeResult = { state: "unknown", reason: "not-collected", detail: NEVER_RECORDED };
    return [
      {
        ...base,
        state: "unknown",
        attributes: term.plan.attributes.map(() => unknown),
        detail: NEVER_RECORDED,
      },
    ];
  }
  const overdue = overdueWords(frame, term.due - 1, undefined);
  return [{ ...base, state, attributes: [], detail: overdue }, overdue];
}

/** The item of the kind `performance` that rules read. */
function itemOf(performed: PerformanceFact): Facts {
  return {
    ...performed.facts,
    id: performed.record,
    performedAt: formatInstant(performed.performedAt),
    ...(performed.performedBy !== undefined && { performedBy: performed.performedBy }),
    documents: performed.files,
  };
}

function erased(plan: ActivityPlan): readonly AttributeResult[] {
  const result: AttributeResult = {
    state: "unknown",
    reason: "erased",
    detail: "the evidence was erased; its record remains",
  };
  return plan.attributes.map(() => result);
}

function misnamed(
  plans: readonly ActivityPlan<PeriodicActivity>[],
  owed: readonly Owed[],
  performances: readonly PerformanceFact[],
  frame: Frame,
): readonly string[] {
  const terms = new Map(owed.map((term) => [term.id, term]));
  return performances.flatMap(({ record, control, activity, occurrence, performedAt }) => {
    if (occurrence === undefined) return [];
    const term = terms.get(occurrence);
    const named = `Evidence ${record} names ${JSON.stringify(occurrence)} of ${control} ${activity}`;
    if (term === undefined) {
      return plans.some((plan) => isOfAnotherWindow(plan.activity, occurrence, performedAt, frame))
        ? []
        : [`${named}, which is not owed in this window; it counts for nothing here.`];
    }
    return performedAt < term.start
      ? [`${named}, whose period had not begun when it was performed; it counts for nothing.`]
      : [];
  });
}

/** How far from the day of a performance a period may lie that it names in earnest: a year late, and some. */
const NAMED_WITHIN_DAYS = 800;

/** Evidence of the year before or after stays in the records, and is nothing to warn of. */
function isOfAnotherWindow(
  activity: PeriodicActivity,
  occurrence: string,
  performedAt: EpochMs,
  frame: Frame,
): boolean {
  const date = frame.dateAt(performedAt);
  const near = { from: addDays(date, -NAMED_WITHIN_DAYS), through: addDays(date, NAMED_WITHIN_DAYS) };
  return periodsEndingIn(activity, near).some(
    ({ id, through }) => id === occurrence && (through < frame.period.from || through > frame.period.through),
  );
}
