/** The four steps of one control, from the program and the newest assessment. */
import type { ControlVersion } from "@countersign/program";
import { epochOf, localDateAt, type TimeZone } from "@countersign/kernel";
import type { ActivitySummary, ControlSummary, Gap } from "../model.ts";
import type { Missing, StepName, StepState, Steps } from "./model.ts";
import { steps } from "./model.ts";

export type Stepped = { readonly steps: Steps; readonly missing: readonly Missing[] };

/**
 * @param version what is in force on the day; absent: nothing is
 * @param hasLeft whether its owner no longer works there on the day
 * @param summary what the assessment found; absent: it was not assessed
 * @param outages times without records of a source that its activities need
 * @param zone whose days the times are told in
 */
export function stepsOf(
  id: string,
  version: ControlVersion | undefined,
  hasLeft: boolean,
  summary: ControlSummary | undefined,
  outages: readonly Gap[],
  zone: TimeZone,
): Stepped {
  const missing: Missing[] = [];
  const lacks = (step: StepName, what: string, next: string): void => {
    missing.push({
      step,
      control: id,
      what,
      next,
      ...(version?.owner !== undefined && !hasLeft && { owner: version.owner }),
    });
  };
  const designed = together([
    design(version, hasLeft, lacks),
    ...(version === undefined ? [] : throughout(summary, lacks)),
  ]);
  const activities = summary?.activities ?? [];
  const found = activities.map((activity) => findings(activity, lacks));
  const of = (step: "implemented" | "operating" | "evidenced"): StepState =>
    found.length === 0 ? "unknown" : together(found.map((each) => each[step]));
  for (const { source, start, end, reason } of outages)
    lacks(
      "evidenced",
      `${source} has no records from ${localDateAt(zone, epochOf(start))} through ${localDateAt(zone, epochOf(end) - 1)}: ${reason}`,
      `fill the days from another source or countersign collect ${source}; what stays dark is disclosed`,
    );
  if (found.length === 0 && version !== undefined)
    lacks("implemented", "it was never assessed", "countersign collect, then countersign assess");
  return {
    steps: bounded({
      designed,
      implemented: of("implemented"),
      operating: of("operating"),
      // Days without records never make evidence of what has none.
      evidenced: outages.length > 0 && of("evidenced") === "yes" ? "partly" : of("evidenced"),
    }),
    missing,
  };
}

type Lacks = (step: StepName, what: string, next: string) => void;

function design(version: ControlVersion | undefined, hasLeft: boolean, lacks: Lacks): StepState {
  if (version === undefined) {
    lacks(
      "designed",
      "no version is in force",
      "put a version in force, or let another control answer its criteria",
    );
    return "no";
  }
  if (version.owner !== undefined && !hasLeft) return "yes";
  lacks(
    "designed",
    hasLeft ? "its owner has left" : "no person answers for it",
    `name an \`owner\` in controls/${version.id}.yaml`,
  );
  return "partly";
}

/** Days of the window that no version covers: before a control began, between two, or after its end. */
function throughout(summary: ControlSummary | undefined, lacks: Lacks): readonly StepState[] {
  const open = summary?.notInForce ?? [];
  for (const { from, through } of open)
    lacks(
      "designed",
      `no version was in force from ${from} through ${through}`,
      "say in the description what answered its criteria on these days, or disclose them",
    );
  return open.map(() => "partly");
}

type Found = {
  readonly implemented: StepState;
  readonly operating: StepState;
  readonly evidenced: StepState;
};

function findings(activity: ActivitySummary, lacks: Lacks): Found {
  const { counts, title, nothing } = activity;
  const performed = counts.operated + counts.late + counts.deviated;
  const failed = counts.late + counts.missed + counts.deviated;
  const due = performed + counts.missed + counts.unknown;
  if (nothing === "recorded-zero")
    return { implemented: "did-not-occur", operating: "did-not-occur", evidenced: "yes" };
  if (nothing === "no-occurrence-due") {
    lacks(
      "operating",
      `${title}: no occurrence falls due in the window`,
      "move the window, or give the activity an anchor",
    );
    return { implemented: "unknown", operating: "no", evidenced: "unknown" };
  }
  if (due === 0 && nothing === undefined)
    return { implemented: "unknown", operating: "unknown", evidenced: "unknown" };
  if (due === 0 || performed + counts.missed === 0) {
    lacks(
      "evidenced",
      `${title}: ${due === 0 ? "nothing was collected" : `nothing is known of ${due} that ${due === 1 ? "was" : "were"} due`}`,
      nextFor(activity),
    );
    return { implemented: "unknown", operating: "unknown", evidenced: "no" };
  }
  if (failed > 0)
    lacks(
      "operating",
      `${title}: ${failed} of ${due} deviated, were late or were missed`,
      "countersign deviation list",
    );
  return {
    implemented: performed > 0 ? "yes" : "no",
    operating: failed === 0 ? "yes" : counts.operated > 0 ? "partly" : "no",
    evidenced: evidence(activity, lacks),
  };
}

function evidence(activity: ActivitySummary, lacks: Lacks): StepState {
  const { counts, title, population } = activity;
  let state: StepState = "yes";
  const partly = (what: string, next: string): void => {
    lacks("evidenced", `${title}: ${what}`, next);
    state = "partly";
  };
  if (counts.unknown > 0) partly(`${counts.unknown} are unknown`, nextFor(activity));
  if (population !== undefined && population.extraction.state !== "complete")
    partly(
      `the list from ${population.source} is ${population.extraction.state}`,
      `countersign collect ${population.source}`,
    );
  if (population !== undefined && population.completeness.state !== "reconciled")
    partly(
      population.completeness.state === "differences"
        ? `${population.completeness.unresolved} differences of its list are unresolved`
        : "no second source shows that its list is complete",
      population.completeness.state === "differences"
        ? "countersign population list"
        : "name a second source under `reconcile` in sources.yaml",
    );
  return state;
}

function nextFor({ kind, attributes }: ActivitySummary): string {
  const supplied = attributes.flatMap(({ unknowns }) =>
    unknowns.flatMap(({ suppliedBy }) => suppliedBy ?? []),
  );
  if (supplied[0] !== undefined) return `let ${supplied[0]} supply what is missing`;
  return kind === "periodic" ? "countersign evidence add FILE" : "countersign collect SOURCE";
}

/** Of several parts: all, none, or some. What did not occur adds nothing, unless nothing else is there. */
export function together(states: readonly StepState[]): StepState {
  const counted = states.filter((state) => state !== "did-not-occur");
  const [first] = counted;
  if (first === undefined) return states.length === 0 ? "unknown" : "did-not-occur";
  if (counted.every((state) => state === first)) return first;
  // Some is there only where a part is.
  return counted.some((state) => state === "yes" || state === "partly") ? "partly" : "unknown";
}

const rank: { readonly [state in StepState]: number } = {
  no: 0,
  unknown: 1,
  partly: 2,
  "did-not-occur": 3,
  yes: 3,
};

/** Nothing operates that is not implemented, or is implemented that is not designed; no evidence, no claim. */
export function bounded(given: Steps): Steps {
  const result: { -readonly [step in StepName]: StepState } = { ...given };
  for (const [at, step] of steps.entries()) {
    const before = steps[at - 1];
    // Evidence is bounded by nothing: there may be much of it for a control that does not operate.
    if (before === undefined || step === "evidenced") continue;
    if (rank[result[step]] > rank[result[before]]) result[step] = result[before];
  }
  // What operates is known from evidence alone.
  if (result.evidenced === "no" && rank[result.operating] > rank.unknown) result.operating = "unknown";
  return result;
}
