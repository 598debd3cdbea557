/** Where this company's clock was set back between two checkpoints: the order of the log stands, its times do not. */
import { formatInstant } from "@countersign/kernel";
import type { Context } from "./context.ts";
import type { ClockStep } from "./ports/index.ts";

/** So many are told; more are counted. */
const TOLD = 3;

/** @param through a size of the log; absent: all of it. */
export async function clockSteps(ctx: Context, through?: number): Promise<readonly ClockStep[]> {
  return ctx.store.clockSteps(ctx.organization, through ?? Number.MAX_SAFE_INTEGER);
}

/** A sentence without its end, or none where the clock only went forward. */
export function clockStepWords(steps: readonly ClockStep[]): string | undefined {
  if (steps.length === 0) return undefined;
  const told = steps
    .slice(0, TOLD)
    .map(
      ({ size, at, before }) => `of ${size} records (${formatInstant(before)}, then ${formatInstant(at)})`,
    );
  const more = steps.length > TOLD ? `, and ${steps.length - TOLD} more` : "";
  return `this company's clock was set back before the checkpoint ${told.join(", ")}${more}`;
}
