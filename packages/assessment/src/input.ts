/** What an assessment is made from: the program, what the records say, and populations that are fed line by line. */
import type { EpochMs, JsonObject } from "@countersign/kernel";
import type { Program } from "@countersign/program";
import type { ItemLine, PersonId, Provenance, RecordBodies, RecordType } from "@countersign/records";
import type { Occurrence, PopulationInput, Summary } from "./model.ts";

/** A record's body, and where it stands. */
export type Recorded<T extends RecordType> = {
  readonly record: string;
  readonly recordedAt: EpochMs;
  readonly body: RecordBodies[T];
};

/** One `evidence.added` record. */
export type PerformanceFact = {
  readonly record: string;
  readonly control: string;
  readonly activity: string;
  /** The occurrence that it names: "2026-05". */
  readonly occurrence?: string;
  readonly performedAt: EpochMs;
  readonly provenance: Provenance;
  readonly recordedAt: EpochMs;
  readonly performedBy?: PersonId;
  /** Facts of the kind `performance`. */
  readonly facts: JsonObject;
  /** How many files the evidence holds. */
  readonly files: number;
  /** What it held was erased; the record stays. */
  readonly erased?: boolean;
};

/** A dated outage of a source, declared by a person or observed by a collector. Half-open. */
export type SourceGap = {
  readonly source: string;
  readonly start: EpochMs;
  readonly end: EpochMs;
  readonly reason: string;
};

/** The source name under which a gap in keeping evidence itself is declared. */
export const EVIDENCE_SOURCE = "evidence";

export type AssessmentInput = {
  readonly program: Program;
  readonly mode: "window" | "as-of";
  /** What lies after it has not happened yet. */
  readonly asOf: EpochMs;
  /** At most one for each item kind that controls use. */
  readonly populations: readonly PopulationInput[];
  readonly performances: readonly PerformanceFact[];
  readonly gaps: readonly SourceGap[];
  readonly notApplicable: readonly Recorded<"occurrence.not-applicable">[];
  readonly exceptions: readonly Recorded<"exception.approved">[];
  readonly responses: readonly Recorded<"deviation.responded">[];
  readonly withdrawals: readonly Recorded<"deviation.withdrawn">[];
  /** When the ledger began: what was due before, and of which nothing was ever recorded, is unknown and not missed. */
  readonly recordingSince?: EpochMs;
  /** How many records were made after the window's end and speak of it. */
  readonly recordedAfterWindow: number;
  /** Sentences that the program itself gives rise to (an uncovered criterion): they stand before the assessment's own. */
  readonly warnings?: readonly string[];
};

export type Assessor = {
  /**
   * Takes the next line of a population, in the order of its list.
   * @param population the population's record id
   * @returns the per-item occurrences that this line causes, over all controls and versions; none in as-of mode, and
   *   none for an observation of a setting, whose occurrences `finish` gives
   * @throws TypeError for a population that the input does not name
   */
  feed(population: string, line: ItemLine): readonly Occurrence[];
  /**
   * To be called once, after the last line.
   * @param emit takes the occurrences one at a time instead of the returned list: a year of days of many settings is
   *   best written as it comes
   * @returns the occurrences of periodic and state activities, and in as-of mode the walkthrough instances
   */
  finish(emit?: (occurrence: Occurrence) => void): {
    readonly occurrences: readonly Occurrence[];
    readonly summary: Summary;
  };
};
