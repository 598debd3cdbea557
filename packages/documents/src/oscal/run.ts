import type { Summary } from "@countersign/assessment";
import type { Instant } from "@countersign/kernel";
import type { OscalProgram } from "./source.ts";

/** An assessment as its record has it. */
export type OscalRun = {
  /** The program that it was made under, which need not be the newest. */
  readonly source: OscalProgram;
  readonly run: string;
  readonly record: string;
  readonly recordedAt: Instant;
  readonly summary: Summary;
};
