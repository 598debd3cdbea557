/** A gateway's log against the recorded program. The log is read and let go: nothing of it is stored. */
import { localDateAt, ProblemError, type EpochMs, type TimeZone } from "@countersign/kernel";
import { sentAgainstContract, type Sent } from "@countersign/assessment";
import { readLiteLlmUsage } from "@countersign/readers";
import type { Context } from "../context.ts";
import type { LogState } from "../log-state.ts";
import { systemOf, type Answered } from "./questions.ts";

export type SentNow = Answered & { readonly calls: number; readonly sent: readonly Sent[] };

/** @throws ProblemError where a line of the file is no call, or the program says nothing of its system */
export function whatWasSent(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  file: { readonly name: string; readonly bytes: Uint8Array },
  at: EpochMs,
): SentNow {
  const { program, system, programRecord, recordedAt } = systemOf(ctx, log);
  const read = readLiteLlmUsage(file.bytes, file.name);
  if (!read.ok) throw new ProblemError(read.error);
  const day = localDateAt(program.window.zone as TimeZone, at);
  const { calls, usage } = read.value;
  return { programRecord, recordedAt, calls, sent: sentAgainstContract(system, usage, day) };
}
