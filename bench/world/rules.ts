/** The five rules of the census, once as attributes of a control and once as a person would write them by hand. */
import type { Attribute, Program } from "@countersign/program";
import type { ScaleChange } from "@countersign/sample";

/** The fifth rule beside the four of the catalog's CHG-01. */
const THROUGH_A_PULL_REQUEST: Attribute = {
  id: "through-a-pull-request",
  label: "through a pull request",
  words: "Every change is approved",
  expression: '!change.direct && change.pullRequest != ""',
  causes: [{ when: "change.direct", say: "pushed without a pull request" }],
};

const CONTROL = "CHG-01";

/** The program with a fifth attribute on its change control: a benchmark's own, so no company ever sees it. */
export function withFiveRules(program: Program): Program {
  const controls = program.controls.map((control) => ({
    ...control,
    activities: control.activities.map((activity) =>
      control.id === CONTROL && activity.kind === "per-item"
        ? { ...activity, attributes: [...activity.attributes, THROUGH_A_PULL_REQUEST] }
        : activity,
    ),
  }));
  return { ...program, controls };
}

export function attributesOf(program: Program): readonly Attribute[] {
  const control = program.controls.find((each) => each.id === CONTROL);
  return control?.activities[0]?.attributes ?? [];
}

export type HandWritten = (change: ScaleChange) => boolean;

/**
 * The same five in JavaScript. Times are compared as texts, which is right for these items alone (all in UTC, all to the
 * second) and faster than what a reader of any RFC 3339 time can do: the floor is not flattered.
 */
export const handWritten: readonly HandWritten[] = [
  (change) => change.approvals.some((approval) => approval.person !== change.author && !approval.bot),
  (change) =>
    change.approvals.some(
      (approval) => approval.person !== change.author && !approval.bot && approval.at <= change.mergedAt,
    ),
  (change) =>
    change.approvals.some(
      (approval) =>
        approval.person !== change.author && !approval.bot && approval.revision === change.headRevision,
    ),
  (change) =>
    change.checks.length > 0 &&
    change.checks.every((check) => check.outcome === "passed" || check.outcome === "skipped"),
  (change) => !change.direct && change.pullRequest !== "",
];
