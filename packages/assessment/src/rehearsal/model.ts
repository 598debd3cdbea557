/** What a rehearsal says: of each control whether it would hold, as far as the rehearsed days show. It is evidence of nothing. */
import type { PersonId } from "@countersign/records";

/**
 * `go`: everything that was owed operated, on a list that is complete and reconciled, and an owner is there. `not-yet`:
 * something speaks against it. `cannot-tell`: nothing does, and something did not occur or is unknown.
 */
export type RehearsalVerdict = "go" | "not-yet" | "cannot-tell";

/** Why it is not a go, and the next thing to do about it. */
export type RehearsalReason = {
  readonly verdict: Exclude<RehearsalVerdict, "go">;
  readonly activity?: string;
  readonly what: string;
  readonly next: string;
};

export type RehearsedActivity = {
  readonly id: string;
  readonly title: string;
  readonly version: number;
  readonly verdict: RehearsalVerdict;
  readonly operated: number;
  /** Occurrences whose term is over. */
  readonly due: number;
};

export type RehearsedControl = {
  readonly control: string;
  readonly title: string;
  readonly verdict: RehearsalVerdict;
  readonly owner?: PersonId;
  readonly askedFirst?: number;
  readonly activities: readonly RehearsedActivity[];
  readonly reasons: readonly RehearsalReason[];
};
