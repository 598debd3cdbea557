/** What management's own assessment found, as facts: for what management must know before it signs anything. */
import type { ControlSummary, Deviation, Summary } from "@countersign/assessment";
import { factId, unassigned, type Fact, type FactValue } from "../facts.ts";
import type { Context } from "./source.ts";

export const found = (...path: readonly string[]): Fact["id"] => factId("assessment", ...path);

/** States of which an occurrence in one is to be told; what operated is counted and not told. */
const told = ["late", "missed", "deviated", "unknown", "not-due", "not-applicable"] as const;

export function assessmentFacts({ assessment }: Context): readonly Fact[] {
  const facts: Fact[] = [];
  const add = (path: readonly string[], what: string, value: FactValue | undefined): void => {
    facts.push({ id: found(...path), what, owner: unassigned, value });
  };
  add(["as-of"], "an assessment over the window", assessment?.asOf);
  add(
    ["deviations"],
    "the deviations, which an assessment finds",
    assessment?.deviations.map(({ id }) => id),
  );
  assessment?.deviations.forEach((deviation) => addDeviation(add, deviation));
  addControls(add, assessment);
  const numbered = (list: readonly unknown[] | undefined) => list?.map((_, index) => String(index + 1));
  add(["gaps"], "the gaps of sources, which an assessment finds", numbered(assessment?.gaps));
  assessment?.gaps.forEach((gap, index) => {
    const at = ["gaps", String(index + 1)];
    for (const member of ["source", "start", "end", "reason", "controls"] as const)
      add([...at, member], `the ${member} of gap ${index + 1}`, gap[member]);
  });
  const withdrawn = assessment === undefined ? undefined : (assessment.withdrawn ?? []);
  add(["withdrawn"], "the findings that were withdrawn", numbered(withdrawn));
  withdrawn?.forEach((each, index) => {
    const at = ["withdrawn", String(index + 1)];
    add([...at, "deviation"], "the withdrawn finding", each.deviation);
    add([...at, "reason"], "the reason of a withdrawal", each.reason);
    add([...at, "record"], "the record of a withdrawal", each.record);
  });
  add(["warnings"], "the warnings of an assessment", assessment?.warnings);
  add(
    ["recorded-after-window"],
    "how many records were made after the window",
    assessment?.recordedAfterWindow,
  );
  return facts;
}

type Add = (path: readonly string[], what: string, value: FactValue | undefined) => void;

function addDeviation(add: Add, deviation: Deviation): void {
  const at = ["deviations", deviation.id];
  for (const member of ["control", "activity", "occurrence", "at", "state", "cause"] as const)
    add([...at, member], `the ${member} of the deviation ${deviation.id}`, deviation[member]);
  add([...at, "version"], `the control's version in the deviation ${deviation.id}`, deviation.version);
  add(
    [...at, "responses"],
    `the responses to the deviation ${deviation.id}`,
    deviation.responses.map(({ cause, response, correctiveAction, retest }) =>
      [
        `cause: ${cause}`,
        `response: ${response}`,
        ...(correctiveAction === undefined ? [] : [`corrective action: ${correctiveAction}`]),
        ...(retest === undefined ? [] : [`retest: ${retest}`]),
      ].join("; "),
    ),
  );
  add(
    [...at, "exceptions"],
    `the exceptions approved for the deviation ${deviation.id}`,
    deviation.exceptions.map(
      ({ reason, until, compensatingControl }) =>
        `until ${until}, compensated by ${compensatingControl}: ${reason}`,
    ),
  );
}

/** Controls of which something is not as promised, or not known. */
function addControls(add: Add, assessment: Summary | undefined): void {
  const short = assessment?.controls.filter(
    ({ counts, notInForce, activities }) =>
      counts.late + counts.missed + counts.deviated + counts.unknown + counts["not-applicable"] > 0 ||
      notInForce.length > 0 ||
      activities.some(({ nothing }) => nothing !== undefined),
  );
  add(
    ["controls"],
    "what an assessment counts of each control",
    short?.map(({ id }) => id),
  );
  short?.forEach((control) => {
    const at = ["controls", control.id];
    add([...at, "title"], `the title of ${control.id}`, control.title);
    add([...at, "operated"], `what operated of ${control.id}`, control.counts.operated);
    for (const state of told) add([...at, state], `what is ${state} of ${control.id}`, control.counts[state]);
    add([...at, "not-shown"], `what was not shown of ${control.id}`, notShown(control));
  });
}

const nothingWords = {
  "recorded-zero": "did not occur, as a reconciled population shows",
  "zero-not-shown": "nothing was found, and that there was nothing is not shown",
  "no-occurrence-due": "nothing fell due, so it was not tested",
  "no-records": "nothing was recorded",
} as const;

function notShown({ activities, notInForce }: ControlSummary): readonly string[] {
  return [
    ...activities.flatMap(({ id, nothing }) =>
      nothing === undefined ? [] : [`${id}: ${nothingWords[nothing]}`],
    ),
    ...notInForce.map(({ from, through }) => `not in force from ${from} through ${through}`),
  ];
}
