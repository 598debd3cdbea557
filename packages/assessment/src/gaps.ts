/** Coverage gaps: dated parts of the window that a source says nothing about, and the controls that this starves. */
import { compareText, formatInstant, type EpochMs, type Interval } from "@countersign/kernel";
import type { Program } from "@countersign/program";
import type { Frame } from "./frame.ts";
import { EVIDENCE_SOURCE, type AssessmentInput, type SourceGap } from "./input.ts";
import type { Gap, PopulationInput } from "./model.ts";
import type { ActivityPlan, ControlPlan } from "./plan.ts";

/**
 * Declared and observed outages, cut at the window; and what the reads themselves leave open: a failed read all of it, a
 * read that covers less than the window the rest. What lies after the as-of time is no gap yet.
 */
export function gapsOf(
  input: AssessmentInput,
  frame: Frame,
  controls: readonly ControlPlan[],
): readonly Gap[] {
  const { start, end } = frame.interval;
  const derived = input.populations.flatMap((population) =>
    openParts(population, { start, end: Math.min(end, frame.asOf) }),
  );
  const declared = input.gaps.map((gap) => ({
    ...gap,
    start: Math.max(gap.start, start),
    end: Math.min(gap.end, end),
  }));
  return [...declared, ...derived]
    .filter((gap) => gap.start < gap.end)
    .sort(
      (a, b) =>
        a.start - b.start ||
        compareText(a.source, b.source) ||
        a.end - b.end ||
        compareText(a.reason, b.reason),
    )
    .map((gap) => ({
      source: gap.source,
      start: formatInstant(gap.start),
      end: formatInstant(gap.end),
      reason: gap.reason,
      controls: starvedBy(gap.source, input, controls),
    }));
}

function openParts({ use, covers }: PopulationInput, owed: Interval): readonly SourceGap[] {
  const { source, extraction } = use;
  if (extraction.state === "failed") {
    return [{ source, ...owed, reason: `the read failed: ${extraction.reasons.join("; ")}` }];
  }
  const reason = "the read does not cover it";
  const isEmpty = covers.start >= covers.end;
  if (isEmpty) return [{ source, ...owed, reason }];
  return [
    { source, start: owed.start, end: Math.min(covers.start, owed.end), reason },
    { source, start: Math.max(covers.end, owed.start), end: owed.end, reason },
  ];
}

/** The item kinds whose items a source lists or adds facts to. */
export function kindsOf(
  source: string,
  program: Program,
  populations: readonly PopulationInput[],
): ReadonlySet<string> {
  const kinds = new Set(populations.filter(({ use }) => use.source === source).map(({ use }) => use.kind));
  for (const plan of program.populations) {
    if (plan.from === source || plan.join.some((join) => join.source === source)) kinds.add(plan.kind);
  }
  const planned = new Set(program.populations.map((plan) => plan.kind));
  for (const { id, provides } of program.sources) {
    if (id === source && !planned.has(provides)) kinds.add(provides);
  }
  return kinds;
}

function starvedBy(
  source: string,
  input: AssessmentInput,
  controls: readonly ControlPlan[],
): readonly string[] {
  const kinds = kindsOf(source, input.program, input.populations);
  const isStarved = (activity: ActivityPlan["activity"]) =>
    activity.kind === "periodic" ? source === EVIDENCE_SOURCE : kinds.has(activity.population);
  return controls
    .filter(({ versions }) =>
      versions.some((version) => version.activities.some((plan) => isStarved(plan.activity))),
    )
    .map(({ id }) => id);
}

/** Declared gaps of the sources that a population is made from. */
export function gapsStarving(
  population: PopulationInput | undefined,
  input: AssessmentInput,
): readonly SourceGap[] {
  if (population === undefined) return [];
  return input.gaps.filter((gap) =>
    kindsOf(gap.source, input.program, input.populations).has(population.use.kind),
  );
}

/**
 * Whether an empty list shows that nothing occurred: a complete read that covers all of the interval, without an outage
 * in it, of a population reconciled with a second source with every difference resolved.
 */
export function showsZero(
  population: PopulationInput,
  interval: { readonly start: EpochMs; readonly end: EpochMs },
  input: AssessmentInput,
): boolean {
  const { use, covers } = population;
  return (
    use.extraction.state === "complete" &&
    use.completeness.state === "reconciled" &&
    covers.start <= interval.start &&
    covers.end >= interval.end &&
    !gapsStarving(population, input).some((gap) => gap.start < interval.end && gap.end > interval.start)
  );
}
