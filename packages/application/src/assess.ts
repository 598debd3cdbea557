/** Management's assessment: reads what was recorded, hands it to the pure assessor, and records the run. */
import { canonicalJson, epochOf, formatInstant, intervalOf, type EpochMs } from "@countersign/kernel";
import {
  createAssessor,
  resultLine,
  type AssessmentInput,
  type Occurrence,
  type PerformanceFact,
  type Recorded,
  type SourceGap,
  type Summary,
} from "@countersign/assessment";
import { ListLeaves } from "@countersign/ledger";
import { itemResultSalt, occurrenceResultSalt } from "@countersign/package-format";
import type { Program } from "@countersign/program";
import type {
  AssessmentBody,
  BlobRef,
  ItemLine,
  ListRef,
  RecordBodies,
  RecordType,
  StateRow,
} from "@countersign/records";
import { RULES_VERSION } from "@countersign/rules";
import { makeRecord, newId, newSalt, publish } from "./append.ts";
import { periodOf } from "./collect.ts";
import type { Context } from "./context.ts";
import { Erasures } from "./erasures.ts";
import {
  populationFor,
  populationsOf,
  useOf,
  type PopulationRow,
  type PopulationState,
} from "./populations.ts";
import { loadState, type LogState } from "./log-state.ts";
import type { Blobs } from "./ports/index.ts";
import { recordedProgram } from "./program.ts";
import { itemLinesOf } from "./read-list.ts";

export type Assessed = {
  readonly record: string;
  readonly run: string;
  readonly summary: Summary;
  readonly body: AssessmentBody;
};

/** Facts beside the populations, as records say them. */
export type AssessmentRecords = Pick<
  AssessmentInput,
  | "performances"
  | "recordingSince"
  | "gaps"
  | "notApplicable"
  | "exceptions"
  | "responses"
  | "withdrawals"
  | "recordedAfterWindow"
>;

/**
 * @param options.asOf what lies after it has not happened yet; absent: now, and never later than the records.
 * @param options.mode `window` is the observation window (Type II), `as-of` a date (Type I).
 */
export async function assess(
  ctx: Context,
  options: { readonly mode?: "window" | "as-of"; readonly asOf?: EpochMs } = {},
): Promise<Assessed> {
  const log = await loadState(ctx);
  const { program, row: programRow } = recordedProgram(ctx, log);
  const state = populationsOf(log);
  const rows = kindsUsed(program).flatMap((kind) => populationFor(program, state, kind) ?? []);
  const asOf = options.asOf ?? ctx.clock.now();
  const mode = options.mode ?? "window";
  const records = assessmentRecords(log, program, state);
  const run = newId(ctx.random, "run");
  const { summary, results } = keepResults(
    ctx.blobs,
    assessmentInput(program, programRow.body.warnings, rows, state, records, mode, asOf),
    rows.map((row) => ({ record: row.record, items: row.body.items })),
  );
  const summaryBlob = ctx.blobs.put(Buffer.from(canonicalJson(summary)), newSalt(ctx.random));
  const body: AssessmentBody = {
    run,
    mode,
    window: program.window,
    asOf: formatInstant(asOf),
    program: programRow.body.program.digest,
    rules: RULES_VERSION,
    populations: rows.map((row) => ({
      record: row.record,
      population: row.body.population,
      root: row.body.items.root,
      count: row.body.items.count,
    })),
    results,
    summary: { ...summaryBlob, salted: true, name: "summary.json", mediaType: "application/json" },
    throughIndex: log.size - 1,
  };
  const record = makeRecord(ctx, "assessment.run", run, body, {
    digests: [results.digest, summaryBlob.digest, programRow.body.program.digest],
  });
  await ctx.store.transaction(ctx.organization, (tx) => tx.append(record));
  await publish(ctx);
  return { record: record.id, run, summary, body };
}

/**
 * What an assessment would say now. Nothing is kept: no results, no run.
 * @param of absent: the recorded program
 */
export function assessUnrecorded(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  asOf: EpochMs,
  of?: { readonly program: Program; readonly warnings: readonly string[] },
): Summary {
  const { program, warnings } = of ?? recordedWithWarnings(ctx, log);
  const state = populationsOf(log);
  const rows = kindsUsed(program).flatMap((kind) => populationFor(program, state, kind) ?? []);
  const records = assessmentRecords(log, program, state);
  const assessor = createAssessor(assessmentInput(program, warnings, rows, state, records, "window", asOf));
  for (const { record, body } of rows)
    for (const line of itemLinesOf(ctx.blobs, body.items)) assessor.feed(record, line);
  return assessor.finish(() => undefined).summary;
}

function recordedWithWarnings(ctx: Pick<Context, "blobs">, log: LogState) {
  const { program, row } = recordedProgram(ctx, log);
  return { program, warnings: row.body.warnings };
}

export function kindsUsed(program: Program): string[] {
  const kinds = program.controls.flatMap((control) =>
    control.activities.flatMap((activity) => (activity.kind === "periodic" ? [] : [activity.population])),
  );
  return [...new Set(kinds)].sort();
}

/** In characters: result lines are sealed and written so many at a time. */
const LINES_AT_ONCE = 8 * 1024;

/** The part of an assessment that grows with the data: stored lists in, a sealed list of results out. */
export function keepResults(
  blobs: Blobs,
  input: AssessmentInput,
  populations: readonly { readonly record: string; readonly items: ListRef }[],
): { readonly summary: Summary; readonly results: ListRef } {
  const leaves = new ListLeaves();
  const blob = blobs.create();
  let lines = "";
  try {
    const summary = runAssessment(
      input,
      populations.map(({ record, items }) => ({ record, lines: () => itemLinesOf(blobs, items) })),
      (line) => {
        lines += `${line}\n`;
        if (lines.length < LINES_AT_ONCE) return;
        blob.write(leaves.addLines(lines));
        lines = "";
      },
    );
    blob.write(leaves.addLines(lines));
    return { summary, results: { count: leaves.count, root: leaves.root(), ...blob.finish() } };
  } catch (error) {
    blob.discard();
    throw error;
  }
}

export function assessmentInput(
  program: Program,
  warnings: readonly string[],
  rows: readonly PopulationRow[],
  state: PopulationState,
  records: AssessmentRecords,
  mode: "window" | "as-of",
  asOf: EpochMs,
): AssessmentInput {
  return {
    program,
    mode,
    asOf,
    warnings,
    ...records,
    populations: rows.map((row) => ({
      use: useOf(state, row),
      covers: { start: epochOf(row.body.covers.start), end: epochOf(row.body.covers.end) },
      lacks: row.body.lacks,
    })),
  };
}

/**
 * Runs the pure assessor over the populations, in order, and writes each result as a sealed line. A re-performance
 * calls the same function with the lines of a package and gets the same bytes.
 */
export function runAssessment(
  input: AssessmentInput,
  populations: readonly { readonly record: string; readonly lines: () => Iterable<ItemLine> }[],
  write: (line: string) => void,
): Summary {
  const assessor = createAssessor(input);
  for (const { record, lines } of populations) {
    for (const line of lines()) {
      // A result is as guessable as its item: its salt follows from the item's, and cannot be turned back into it.
      const salt = itemResultSalt(line);
      for (const occurrence of assessor.feed(record, line)) write(sealResult(occurrence, salt));
    }
  }
  const { summary } = assessor.finish((occurrence) => {
    write(sealResult(occurrence, occurrenceResultSalt(occurrence)));
  });
  return summary;
}

function sealResult(occurrence: Occurrence, salt: string): string {
  return `{"item":${resultLine(occurrence)},"salt":"${salt}"}`;
}

export function assessmentRecords(
  log: LogState,
  program: Program,
  state: PopulationState,
): AssessmentRecords {
  const rows = {
    evidence: log.rows("evidence.added"),
    gaps: log.rows("source.gap"),
    notApplicable: log.rows("occurrence.not-applicable"),
    exceptions: log.rows("exception.approved"),
    responses: log.rows("deviation.responded"),
    withdrawals: log.rows("deviation.withdrawn"),
  };
  const erasures = new Erasures(log.rows("data.erased"));
  const end = intervalOf(periodOf(program.window)).end;
  const late = [...rows.evidence, ...rows.notApplicable, ...rows.exceptions].filter(
    (row) => epochOf(row.recordedAt) >= end,
  ).length;
  const created = log.rows("log.created")[0];
  return {
    ...(created === undefined ? {} : { recordingSince: epochOf(created.recordedAt) }),
    performances: rows.evidence.map((row) => performanceOf(row, erasures)),
    gaps: [
      ...rows.gaps.map(({ body }): SourceGap => ({
        source: body.source,
        start: epochOf(body.start),
        end: epochOf(body.end),
        reason: body.reason,
      })),
      ...failuresNotMadeGood(state),
    ],
    notApplicable: rows.notApplicable.map(recorded),
    exceptions: rows.exceptions.map(recorded),
    responses: rows.responses.map(recorded),
    withdrawals: rows.withdrawals.map(recorded),
    recordedAfterWindow: late,
  };
}

/** A failed read is a gap until a later read of the same source succeeded; the record of the failure stays. */
function failuresNotMadeGood(state: PopulationState): SourceGap[] {
  return state.failed
    .filter(
      (failure) =>
        !state.collected.some(
          (row) => row.body.source === failure.body.source && row.recordedAt > failure.recordedAt,
        ),
    )
    .map(({ body }) => ({
      source: body.source,
      start: epochOf(body.covers.start),
      end: epochOf(body.covers.end),
      reason: `the read failed: ${body.reasons.join("; ")}`,
    }));
}

function recorded<T extends RecordType>(row: StateRow<T>): Recorded<T> {
  return { record: row.record, recordedAt: epochOf(row.recordedAt), body: row.body };
}

function performanceOf(row: StateRow<"evidence.added">, erasures: Erasures): PerformanceFact {
  const body: RecordBodies["evidence.added"] = row.body;
  const isGone = (file: BlobRef) => erasures.recordOf(file.digest) !== undefined;
  return {
    record: row.record,
    control: body.control,
    activity: body.activity,
    ...(body.occurrence === undefined ? {} : { occurrence: body.occurrence }),
    performedAt: epochOf(body.performed.at),
    provenance: body.performed.provenance,
    recordedAt: epochOf(row.recordedAt),
    ...(body.performedBy === undefined ? {} : { performedBy: body.performedBy }),
    facts: body.facts,
    files: body.files.length,
    // What the facts rest on is gone with the last file.
    ...(body.files.length > 0 && body.files.every(isGone) ? { erased: true } : {}),
  };
}
