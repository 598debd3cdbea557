/** Small programs and populations for this package's tests. */
import {
  canonicalJson,
  epochOf,
  intervalOf,
  parsePeriod,
  type EpochMs,
  type JsonObject,
  type LocalDate,
} from "@countersign/kernel";
import type {
  Activity,
  Attribute,
  ControlVersion,
  PeriodicActivity,
  PerItemActivity,
  Program,
  StateActivity,
} from "@countersign/program";
import type { Item, ItemLine, PersonId } from "@countersign/records";
import { createAssessor } from "./assessor.ts";
import type { AssessmentInput, PerformanceFact } from "./input.ts";
import type { ActivitySummary, ControlSummary, Occurrence, PopulationInput, Summary } from "./model.ts";

export const day = (text: string): LocalDate => text as LocalDate;
export const at = (text: string): EpochMs => epochOf(text);
export const person = (name: string): PersonId => `p_${name}` as PersonId;

export function attribute(id: string, expression: string, causes: Attribute["causes"] = []): Attribute {
  return { id, label: id, words: `the words for ${id}`, expression, causes };
}

export function perItem(
  id: string,
  population: string,
  attributes: readonly Attribute[],
  more: Partial<PerItemActivity> = {},
): PerItemActivity {
  return { kind: "per-item", id, title: `${id} title`, evidence: "-", population, attributes, ...more };
}

export function periodic(
  id: string,
  every: PeriodicActivity["every"],
  days: number,
  more: Partial<PeriodicActivity> = {},
): PeriodicActivity {
  return {
    kind: "periodic",
    id,
    title: `${id} title`,
    evidence: "-",
    attributes: [],
    every,
    due: { days, calendar: "calendar" },
    ...more,
  };
}

export function setting(
  id: string,
  attributes: readonly Attribute[],
  coversHours: number,
  more: Partial<StateActivity> = {},
): StateActivity {
  return {
    kind: "state",
    id,
    title: `${id} title`,
    evidence: "-",
    attributes,
    population: "configuration",
    coversHours,
    ...more,
  };
}

export function control(
  id: string,
  activities: readonly Activity[],
  more: Partial<ControlVersion> = {},
): ControlVersion {
  return {
    id,
    version: 1,
    title: `${id} title`,
    statement: `${id} statement`,
    criteria: ["CC8.1"],
    ownerRole: "engineering lead",
    procedure: "-",
    activities,
    ...more,
  };
}

export function program(controls: readonly ControlVersion[], more: Partial<Program> = {}): Program {
  return {
    format: "countersign-program-1",
    organization: { id: "example", name: "Example" },
    sampleData: true,
    window: { from: day("2025-07-01"), through: day("2026-06-30"), zone: "UTC" },
    categories: ["security"],
    holidays: [],
    catalog: "starter@1",
    controls,
    sources: [],
    populations: [],
    notRelevant: [],
    subservice: [],
    ...more,
  };
}

type Read = {
  readonly use: Partial<PopulationInput["use"]>;
  readonly covers: PopulationInput["covers"];
  readonly lacks: PopulationInput["lacks"];
};

/** A complete read of the whole window by the source "history", reconciled with nothing. */
export function population(of: Program, kind: string, more: Partial<Read> = {}): PopulationInput {
  const period = parsePeriod(of.window.from, of.window.through, of.window.zone);
  if (!period.ok) throw new TypeError(period.error);
  return {
    covers: intervalOf(period.value),
    lacks: [],
    ...more,
    use: {
      population: `pop-${kind}`,
      record: `rec-${kind}`,
      source: "history",
      kind,
      count: 0,
      root: "00",
      extraction: { state: "complete", proof: "the list ended" },
      completeness: { state: "not-shown", reason: "one source only" },
      frozen: false,
      warnings: [],
      ...more.use,
    },
  };
}

export function input(of: Program, more: Partial<AssessmentInput> = {}): AssessmentInput {
  return {
    program: of,
    mode: "window",
    asOf: at("2026-09-01T00:00:00Z"),
    populations: [],
    performances: [],
    gaps: [],
    notApplicable: [],
    exceptions: [],
    responses: [],
    withdrawals: [],
    recordedAfterWindow: 0,
    ...more,
  };
}

export type Lines = { readonly [kind: string]: readonly (JsonObject & { readonly id: string })[] };

export function line(item: JsonObject & { readonly id: string }): ItemLine {
  return { item: item as Item, raw: [], salt: "00" };
}

export type Outcome = {
  readonly summary: Summary;
  /** In the order in which they came. */
  readonly occurrences: readonly Occurrence[];
};

/** Runs an assessment over lines by kind, or over ready-made lines. */
export function assess(
  of: AssessmentInput,
  lines: Lines | ReadonlyMap<string, readonly ItemLine[]> = {},
): Outcome {
  const assessor = createAssessor(of);
  const occurrences: Occurrence[] = [];
  const byKind =
    lines instanceof Map
      ? lines
      : new Map(Object.entries(lines).map(([kind, items]) => [kind, items.map(line)]));
  for (const [kind, list] of byKind as ReadonlyMap<string, readonly ItemLine[]>) {
    for (const each of list) occurrences.push(...assessor.feed(`rec-${kind}`, each));
  }
  const end = assessor.finish();
  return { summary: end.summary, occurrences: [...occurrences, ...end.occurrences] };
}

export function change(
  id: string,
  mergedAt: string,
  more: JsonObject = {},
): JsonObject & { readonly id: string } {
  return {
    id,
    repository: "api",
    branch: "main",
    revision: id,
    title: `change ${id}`,
    author: person("ada"),
    authorIsBot: false,
    mergedAt,
    ...more,
  };
}

export function performed(
  record: string,
  performedAt: string,
  more: Partial<Omit<PerformanceFact, "performedAt" | "recordedAt">> & { readonly recordedAt?: string } = {},
): PerformanceFact {
  const { recordedAt = performedAt, ...rest } = more;
  return {
    record,
    control: "GOV-01",
    activity: "review",
    provenance: "source",
    performedAt: at(performedAt),
    facts: {},
    files: 1,
    ...rest,
    recordedAt: at(recordedAt),
  };
}

export function controlIn(summary: Summary, id: string): ControlSummary {
  const found = summary.controls.find((each) => each.id === id);
  if (found === undefined) throw new TypeError(`no control ${id} in the summary`);
  return found;
}

export function activityIn(summary: Summary, id: string, activity: string, version = 1): ActivitySummary {
  const found = controlIn(summary, id).activities.find(
    (each) => each.id === activity && each.version === version,
  );
  if (found === undefined)
    throw new TypeError(`no activity ${id} ${activity} version ${version} in the summary`);
  return found;
}

/** The states that occurred, as "operated 2, missed 1". */
export function countsText(counts: ActivitySummary["counts"]): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${state} ${count}`)
    .join(", ");
}

export function textOf(outcome: Outcome): string {
  return canonicalJson(outcome);
}
