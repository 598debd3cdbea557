/** What the recorded program lacks, by itself and beside recorded lists: the owner's list, and word for word the auditor's. */
import { localDateAt, type EpochMs, type TimeZone } from "@countersign/kernel";
import { allGaps, type ProgramGap } from "@countersign/assessment";
import type { Person, Program } from "@countersign/program";
import type { Context } from "../context.ts";
import type { LogState } from "../log-state.ts";
import { nameListsAt, namesOn } from "./names.ts";

/** @param people of the folder: who was there until when */
export function gapsAt(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  program: Program,
  people: readonly Person[],
  at: EpochMs,
): readonly ProgramGap[] {
  // A program that says nothing of its system is asked for that first: every name would be unknown to it.
  const lists = program.system === undefined ? [] : nameListsAt(ctx, log, at);
  return allGaps(program, people, localDateAt(program.window.zone as TimeZone, at), namesOn(lists));
}
