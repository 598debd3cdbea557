/** What holds of every program and assessment: the documents validate, whatever was typed, and claim no more than is there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { madeUpPackage } from "../../packages/documents/src/fixture/made-up-view.ts";
import { program as madeUpProgram } from "../../packages/documents/src/fixture/program.ts";
import {
  assessmentResults,
  componentDefinition,
  oscalText,
  systemSecurityPlan,
} from "../../packages/documents/src/index.ts";
import { objectiveOf } from "../../packages/documents/src/oscal/objective.ts";
import {
  digestOf,
  type Instant,
  type Json,
  type JsonObject,
  type LocalDate,
} from "../../packages/kernel/src/index.ts";
import type { ControlSummary, Counts, Summary } from "../../packages/assessment/src/index.ts";
import type { Program } from "../../packages/program/src/index.ts";
import { programOf, readProfile } from "../profiles/profiles.ts";
import { referenceFaults, schemaFaults } from "./validate.ts";

const summary = madeUpPackage().view.summary;
const { program: full } = programOf(readProfile("llm-api").files);

/** Members that hold what somebody typed: any text may stand there. */
const typed = new Set(
  `name words title statement procedure rationale purpose ground reason deletion region provides why toldIn reference
  intendedUse label sort detail suppliedBy cause response correctiveAction retest compensatingControl contract ownerRole
  services text conclusion organization version`.split(/\s+/),
);
/** Members that a program may leave out. */
const optional = new Set(
  `owner rationale scope environment holds neededFor vendor component origins purpose training retention deletion
  region tier dataSent regions terms subservice provides approvedBy approvedOn text risk intendedUse endpoints
  toldIn monitoredBy reference from through system`.split(/\s+/),
);

/** The same shape with other texts, and without some of what may be absent. */
function changed(value: Json, texts: () => string, drop: () => boolean): Json {
  if (Array.isArray(value)) return value.map((member: Json) => changed(member, texts, drop));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as JsonObject).flatMap(([name, member]): [string, Json][] => {
    if (optional.has(name) && drop()) return [];
    if (typed.has(name) && typeof member === "string") return [[name, texts()]];
    return [[name, changed(member, texts, drop)]];
  });
  return Object.fromEntries(entries);
}

const texts = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(
      "",
      " ",
      "\n- a\n\n# b",
      "*a* _b_ <c>",
      "1. first",
      "a\u2028b",
      "\ud800",
      "{{ insert: param, x }}",
      "a\u0000b",
    ),
  ),
  { minLength: 1, maxLength: 30 },
);

function taking<T>(list: readonly T[]): () => T {
  let next = 0;
  return () => {
    const value = list[next % list.length];
    next++;
    return value as T;
  };
}

test("whatever was typed and whatever was left out, the documents validate and every reference leads somewhere", () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      texts,
      fc.array(fc.boolean(), { minLength: 1, maxLength: 17 }),
      fc.constantFrom("2025-07-01", "2025-12-31", "2026-03-31"),
      (filled, words, drops, day) => {
        const base = filled ? full : madeUpProgram;
        const program = changed(base as unknown as Json, taking(words), taking(drops)) as unknown as Program;
        // Of the program's own members only these may be absent.
        const whole: Program = { ...base, ...program, window: base.window };
        const seen = changed(summary as unknown as Json, taking(words), () => false) as unknown as Summary;
        const source = {
          program: whole,
          digest: digestOf("program"),
          record: "rec-1",
          recordedAt: "2026-04-01T09:00:00Z",
          day: day as LocalDate,
        };
        const documents = {
          "component-definition": componentDefinition(source),
          "system-security-plan": systemSecurityPlan(source),
          "assessment-results": assessmentResults({
            source,
            run: "run-1",
            record: "rec-2",
            recordedAt: "2026-07-02T12:00:00Z",
            summary: seen,
          }),
        } as const;
        for (const [kind, document] of Object.entries(documents)) {
          const read = JSON.parse(oscalText(document)) as JsonObject;
          assert.deepEqual(schemaFaults(kind as keyof typeof documents, read), []);
          assert.deepEqual(referenceFaults(read), []);
        }
      },
    ),
    { numRuns: 20 },
  );
});

const nothing: Counts = {
  operated: 0,
  late: 0,
  missed: 0,
  deviated: 0,
  unknown: 0,
  "not-due": 0,
  "not-applicable": 0,
};
const sound: ControlSummary = {
  id: "VUL-02",
  title: "made up",
  statement: "made up",
  criteria: ["CC7.1"],
  versions: [],
  notInForce: [],
  counts: { ...nothing, operated: 12 },
  weeks: [],
  activities: [],
};
const over: Summary = { ...summary, gaps: [], mode: "window" };

test("a control is satisfied only where every occurrence of the whole window operated", () => {
  const ofCounts = (
    counts: Partial<Counts>,
    mode: Partial<Summary> = {},
  ): readonly (string | undefined)[] => {
    const { state, reason } = objectiveOf(
      { ...sound, counts: { ...sound.counts, ...counts } },
      { ...over, ...mode },
    );
    return [state, reason];
  };
  assert.deepEqual(ofCounts({}), ["satisfied", undefined]);
  for (const state of ["deviated", "late", "missed"] as const)
    assert.deepEqual(ofCounts({ [state]: 1 }), ["not-satisfied", "fail"], state);
  for (const state of ["unknown", "not-due"] as const)
    assert.deepEqual(ofCounts({ [state]: 1 }), ["not-satisfied", "other"], state);
  assert.deepEqual(ofCounts({ operated: 0 }), ["not-satisfied", "other"]);
  assert.deepEqual(ofCounts({}, { mode: "as-of" }), ["not-satisfied", "other"]);
  assert.deepEqual(ofCounts({}, { asOf: "2026-03-01T00:00:00Z" as Instant }), ["not-satisfied", "other"]);
});

test("a gap of its source, a part of the window without it, and a list that nothing agrees with keep a control from being satisfied", () => {
  const gap = {
    source: "scanner",
    start: "2026-01-01T00:00:00Z" as Instant,
    end: "2026-01-02T00:00:00Z" as Instant,
    reason: "off",
    controls: ["VUL-02"],
  };
  assert.match(objectiveOf(sound, { ...over, gaps: [gap] }).because.join(), /scanner has no records/);
  const part = { from: "2026-01-01" as LocalDate, through: "2026-01-31" as LocalDate };
  assert.match(
    objectiveOf({ ...sound, notInForce: [part] }, over).because.join(),
    /not in force from 2026-01-01/,
  );
  const change = summary.controls.find(({ id }) => id === "CHG-01");
  const activities = change?.activities ?? [];
  assert.match(objectiveOf({ ...sound, activities }, over).because.join(), /is not shown/);
});
