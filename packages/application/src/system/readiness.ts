/** Readiness from what is recorded at this moment: the program, the newest populations, and nothing that was kept before. */
import { epochOf, localDateAt, type EpochMs, type LocalDate, type TimeZone } from "@countersign/kernel";
import {
  readiness,
  type ProgramGap,
  type Readiness,
  type ReadinessInput,
  type Summary,
  type Through,
} from "@countersign/assessment";
import type { Person } from "@countersign/program";
import type { Context } from "../context.ts";
import { assessUnrecorded } from "../assess.ts";
import type { LogState } from "../log-state.ts";
import { recordedProgram } from "../program.ts";
import { gapsAt } from "./gaps.ts";

export type ReadinessNow = Readiness & {
  /** What the program lacks, whole: a package holds the same list. */
  readonly gaps: readonly ProgramGap[];
  readonly summary: Summary;
};

/** @param people of the folder: who was there until when */
export function readinessNow(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  asOf: EpochMs,
  people: readonly Person[],
  sizes: ReadinessInput["sizes"] = [],
): ReadinessNow {
  const { program } = recordedProgram(ctx, log);
  const summary = assessUnrecorded(ctx, log, asOf);
  const readThrough = readThroughOf(log, program.window.zone as TimeZone);
  const gaps = gapsAt(ctx, log, program, people, asOf);
  return { ...readiness({ program, summary, people, designGaps: gaps, readThrough, sizes }), gaps, summary };
}

/** The last whole day of each source's newest complete read. */
export function readThroughOf(log: LogState, zone: TimeZone): ReadonlyMap<string, LocalDate> {
  return new Map([...readsOf(log, zone)].map(([source, { day }]) => [source, day]));
}

/** The complete read of each source that covers the latest day, and that day; of two that cover the same, the newer. */
export function readsOf(log: LogState, zone: TimeZone): ReadonlyMap<string, Through> {
  const reads = new Map<string, Through>();
  for (const { record, body } of log.rows("population.collected")) {
    if (body.extraction.state !== "complete") continue;
    // What was read ends at the end of the window, or when the read began if that is earlier.
    const end = Math.min(epochOf(body.covers.end), epochOf(body.startedAt));
    const day = localDateAt(zone, end - 1);
    const before = reads.get(body.source);
    if (before === undefined || before.day <= day) reads.set(body.source, { day, record });
  }
  return reads;
}
