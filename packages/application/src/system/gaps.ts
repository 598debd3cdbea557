/** What the recorded program lacks, by itself and beside recorded lists: the owner's list, and word for word the auditor's. */
import { localDateAt, type EpochMs, type TimeZone } from "@countersign/kernel";
import { programGaps, type ProgramGap } from "@countersign/assessment";
import type { Person, Program } from "@countersign/program";
import type { Context } from "../context.ts";
import type { LogState } from "../log-state.ts";
import { nameGapsAt } from "./names.ts";

/** @param people of the folder: who was there until when */
export function gapsAt(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  program: Program,
  people: readonly Person[],
  at: EpochMs,
): readonly ProgramGap[] {
  const day = localDateAt(program.window.zone as TimeZone, at);
  return [...programGaps(program, people, day), ...nameGapsAt(ctx, log, program, people, at)].sort(
    (a, b) => a.ask - b.ask,
  );
}
