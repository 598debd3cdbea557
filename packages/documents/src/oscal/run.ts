import type { Summary } from "@countersign/assessment";
import type { OscalProgram } from "./source.ts";

/** An assessment as its record has it. */
export type OscalRun = {
  /** The program that it was made under, which need not be the newest. */
  readonly source: OscalProgram;
  readonly run: string;
  readonly record: string;
  /** RFC 3339, UTC. */
  readonly recordedAt: string;
  readonly summary: Summary;
};
