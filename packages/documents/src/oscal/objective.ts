/**
 * OSCAL knows two states of an objective, `satisfied` and `not-satisfied`; an assessment of ours has counts in seven. A control
 * is `satisfied` only where the records show every occurrence of the whole window; whatever else is so is told as the reason.
 */
import type { ActivitySummary, ControlSummary, Summary } from "@countersign/assessment";
import { epochOf } from "@countersign/kernel";
import { countsInWords } from "../html/shapes.ts";

export type Objective = {
  readonly state: "satisfied" | "not-satisfied";
  /** OSCAL's words: `fail` where something deviated, `other` where it is not known or not over. Never `pass`. */
  readonly reason?: "fail" | "other";
  /** In words, what keeps it from being satisfied. */
  readonly because: readonly string[];
};

export function objectiveOf(control: ControlSummary, summary: Summary): Objective {
  const { deviated, late, missed } = control.counts;
  if (deviated + late + missed > 0)
    return {
      state: "not-satisfied",
      reason: "fail",
      because: [countsInWords(control.counts), ...openPoints(control, summary)],
    };
  const open = openPoints(control, summary);
  return open.length > 0
    ? { state: "not-satisfied", reason: "other", because: open }
    : { state: "satisfied", because: [] };
}

/** What the records leave open, although nothing deviated. */
function openPoints(control: ControlSummary, summary: Summary): readonly string[] {
  const { counts, notInForce } = control;
  const starved = summary.gaps.filter((gap) => gap.controls.includes(control.id));
  return [
    ...(summary.mode === "as-of" ? ["assessed as of a date: operation over the window is not"] : []),
    ...(summary.mode === "window" && epochOf(summary.asOf) < epochOf(summary.window.end)
      ? [`the window was not over at ${summary.asOf}`]
      : []),
    ...(counts.unknown > 0 ? [`${counts.unknown} unknown`] : []),
    ...(counts["not-due"] > 0 ? [`${counts["not-due"]} not due yet`] : []),
    ...(counts.operated === 0 ? ["no occurrence operated"] : []),
    ...notInForce.map(({ from, through }) => `not in force from ${from} through ${through}`),
    ...starved.map(({ source, start, end }) => `the source ${source} has no records from ${start} to ${end}`),
    ...control.activities.flatMap(openOfActivity),
  ];
}

const nothingWords: { readonly [nothing in NonNullable<ActivitySummary["nothing"]>]: string } = {
  "recorded-zero": "it did not occur: the population is shown to be empty",
  "zero-not-shown": "nothing was found, and that there is nothing is not shown",
  "no-occurrence-due": "no occurrence falls due in the window",
  "no-records": "nothing was collected",
};

function openOfActivity({ id, version, nothing, population }: ActivitySummary): readonly string[] {
  const of = `activity ${id} (version ${version})`;
  return [
    ...(nothing === undefined ? [] : [`${of}: ${nothingWords[nothing]}`]),
    ...(population === undefined || population.extraction.state === "complete"
      ? []
      : [`${of}: the read of ${population.population} is ${population.extraction.state}`]),
    ...(population === undefined ? [] : completenessWords(population).map((words) => `${of}: ${words}`)),
  ];
}

/** Nothing, where a second source agrees on every item. */
function completenessWords({
  population,
  completeness,
}: NonNullable<ActivitySummary["population"]>): readonly string[] {
  switch (completeness.state) {
    case "reconciled":
      return [];
    case "not-shown":
      return [`that ${population} is complete is not shown: ${completeness.reason}`];
    case "differences":
      return [`${population} has ${completeness.unresolved} unresolved differences with a second source`];
  }
}
