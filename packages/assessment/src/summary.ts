/** Puts together what was counted. Nothing is judged here. */
import { addDays, formatInstant } from "@countersign/kernel";
import { RULES_VERSION } from "@countersign/rules";
import { expectedOf, sumCounts, sumWeeks } from "./counts.ts";
import { answerDeviations, concentrationsOf, sortDeviations, withdrawnOf, type Found } from "./deviations.ts";
import type { Frame } from "./frame.ts";
import { gapsOf, showsZero } from "./gaps.ts";
import type { AssessmentInput } from "./input.ts";
import type { ActivitySummary, ControlSummary, Counts, PopulationUse, Summary } from "./model.ts";
import type { ActivityPlan, ControlPlan } from "./plan.ts";

export type Findings = {
  readonly controls: readonly ControlPlan[];
  readonly found: readonly Found[];
  readonly populations: readonly PopulationUse[];
  readonly warnings: readonly string[];
  readonly walkthroughs: Summary["walkthroughs"];
};

export function summarize(input: AssessmentInput, frame: Frame, findings: Findings): Summary {
  const { program } = input;
  const found = sortDeviations(findings.found);
  const controls = findings.controls.map((control) =>
    controlSummary(control, input, frame, findings.populations),
  );
  return {
    format: "countersign-assessment-1",
    organization: program.organization,
    sampleData: program.sampleData,
    mode: input.mode,
    window: {
      ...program.window,
      start: formatInstant(frame.interval.start),
      end: formatInstant(frame.interval.end),
    },
    asOf: formatInstant(input.asOf),
    rules: RULES_VERSION,
    weeks: frame.weeks,
    controls,
    populations: findings.populations,
    deviations: answerDeviations(found, input, frame),
    gaps: gapsOf(input, frame, findings.controls),
    concentrations: concentrationsOf(found, frame),
    warnings: [
      ...(input.warnings ?? []),
      ...(input.mode === "window" ? neverDue(controls, input.warnings ?? []) : []),
      ...incompleteReads(findings.populations),
      ...findings.warnings,
    ],
    recordedAfterWindow: input.recordedAfterWindow,
    ...(input.withdrawals.length > 0 && { withdrawn: withdrawnOf(input, found) }),
    walkthroughs: findings.walkthroughs,
  };
}

function controlSummary(
  plan: ControlPlan,
  input: AssessmentInput,
  frame: Frame,
  populations: readonly PopulationUse[],
): ControlSummary {
  const activities = plan.versions.flatMap((version) =>
    version.activities.map((activity) => activitySummary(activity, input, populations)),
  );
  const last = plan.versions.at(-1)?.control ?? plan.all.at(-1);
  const weeks = sumWeeks(
    activities.map((activity) => activity.weeks),
    frame.weeks.length,
  );
  return {
    id: plan.id,
    title: last?.title ?? "",
    statement: last?.statement ?? "",
    criteria: last?.criteria ?? [],
    ...(last?.askedFirst !== undefined && { askedFirst: last.askedFirst }),
    versions: plan.versions.map(({ control, from, through }) => ({
      version: control.version,
      from,
      through,
      statement: control.statement,
    })),
    notInForce: notInForce(plan, frame),
    counts: sumCounts(weeks),
    weeks,
    activities,
  };
}

/** What the versions leave of the window. */
function notInForce(plan: ControlPlan, frame: Frame): ControlSummary["notInForce"] {
  const { from, through } = frame.period;
  const open: { from: typeof from; through: typeof through }[] = [];
  let next = from;
  for (const version of plan.versions) {
    if (version.from > next) open.push({ from: next, through: addDays(version.from, -1) });
    next = addDays(version.through, 1);
  }
  if (next <= through) open.push({ from: next, through });
  return open;
}

function activitySummary(
  plan: ActivityPlan,
  input: AssessmentInput,
  populations: readonly PopulationUse[],
): ActivitySummary {
  const { activity, control } = plan;
  const population = populations.find((use) => use.record === plan.population?.use.record);
  const { weeks, attributes, excluded } = plan.tally.finish();
  const counts = sumCounts(weeks);
  const nothing = input.mode === "window" ? nothingOf(plan, counts, input) : undefined;
  return {
    id: activity.id,
    title: activity.title,
    kind: activity.kind,
    version: control.version,
    expected: expectedOf(counts),
    counts,
    weeks,
    attributes,
    ...(population !== undefined && { population }),
    excluded: input.mode === "window" ? excluded : [],
    ...(nothing !== undefined && { nothing }),
  };
}

function nothingOf(plan: ActivityPlan, counts: Counts, input: AssessmentInput): ActivitySummary["nothing"] {
  if (plan.activity.kind === "periodic" && wasNeverRecorded(plan, counts, input)) return "no-records";
  if (expectedOf(counts) + counts["not-applicable"] > 0) return undefined;
  if (plan.activity.kind === "periodic") return "no-occurrence-due";
  const { population } = plan;
  if (population === undefined) return "no-records";
  if (population.use.extraction.state === "failed" && population.use.count === 0) return "no-records";
  return showsZero(population, plan.interval, input) ? "recorded-zero" : "zero-not-shown";
}

/** Every occurrence that is due is unknown, since no evidence of the activity was ever recorded. */
function wasNeverRecorded(plan: ActivityPlan, counts: Counts, input: AssessmentInput): boolean {
  return (
    counts.unknown > 0 &&
    counts.unknown + counts["not-due"] === expectedOf(counts) &&
    !input.performances.some((each) => each.control === plan.control.id && each.activity === plan.activity.id)
  );
}

/** @param said what the program warned of already, on the day the window was chosen */
function neverDue(controls: readonly ControlSummary[], said: readonly string[]): readonly string[] {
  return controls.flatMap((control) => {
    const periodic = control.activities.filter((activity) => activity.kind === "periodic");
    const isOwed = (id: string) =>
      periodic.some((activity) => activity.id === id && activity.nothing !== "no-occurrence-due");
    return [...new Map(periodic.map((activity) => [activity.id, activity])).values()]
      .filter(({ id }) => !isOwed(id) && !said.some((warning) => warning.startsWith(`${control.id} ${id} (`)))
      .map(
        (activity) =>
          `${control.id} ${activity.id}: no period of it ends in the window while the control is in force, so its operation is not tested.`,
      );
  });
}

function incompleteReads(populations: readonly PopulationUse[]): readonly string[] {
  return populations.flatMap(({ source, kind, extraction }) => {
    if (extraction.state === "complete") return [];
    const reasons = extraction.reasons.join("; ");
    return extraction.state === "partial"
      ? [
          `The read of ${source} (${kind}) is partial: ${reasons}. What it holds is judged; what it lacks is not known.`,
        ]
      : [`The read of ${source} (${kind}) failed: ${reasons}.`];
  });
}
