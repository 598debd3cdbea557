/**
 * What an assessment says. Every screen, document and export prints these values and computes none of them, so that
 * the map, the package and the JSON agree cell by cell.
 */
import type { EpochMs, Instant, LocalDate } from "@countersign/kernel";
import type { Extraction, Lack, PersonId, Provenance, WindowBody } from "@countersign/records";

/** Why a result is unknown. */
export type UnknownReason = "not-collected" | "source-failed" | "source-lacks-fact" | "erased" | "rule-error";

export type AttributeResult =
  | { readonly state: "operated" }
  | { readonly state: "deviated"; readonly cause: string }
  | {
      readonly state: "unknown";
      readonly reason: UnknownReason;
      /** In words: which fact, why the source has none. */
      readonly detail: string;
      /** The connector or record that would supply it. */
      readonly suppliedBy?: string;
      /** What the record carries instead, and who gave it. */
      readonly instead?: readonly { readonly name: string; readonly by?: PersonId }[];
    }
  | { readonly state: "not-applicable"; readonly reason: string; readonly approver: PersonId };

export const occurrenceStates = [
  "operated",
  "late",
  "missed",
  "deviated",
  "unknown",
  "not-due",
  "not-applicable",
] as const;
export type OccurrenceState = (typeof occurrenceStates)[number];

export type Counts = { readonly [state in OccurrenceState]: number };

/** One time that an activity was owed. */
export type Occurrence = {
  readonly control: string;
  readonly version: number;
  readonly activity: string;
  /** The item's id; the period ("2026-05", "2026-Q2", "2026-W07", "2026-02-11"); for a state: resource and day. */
  readonly id: string;
  /** The instant that places it in a week: the item's cut-off time, or the period's end. */
  readonly at: Instant;
  /** Index into the summary's weeks. */
  readonly week: number;
  readonly state: OccurrenceState;
  /** In the order of the activity's attributes. */
  readonly attributes: readonly AttributeResult[];
  /** Why the occurrence as a whole is what it is, where its attributes do not say it. */
  readonly detail?: string;
  /** Periodic: the last instant at which it is on time. */
  readonly due?: Instant;
  readonly performed?: { readonly at: Instant; readonly provenance: Provenance };
  readonly recorded?: Instant;
  /** Recorded after it was due, whatever date it carries. */
  readonly recordedLate?: boolean;
  /** The evidence record that satisfied it. */
  readonly evidence?: string;
  readonly person?: PersonId;
  readonly title?: string;
  readonly notApplicable?: { readonly reason: string; readonly approver: PersonId };
};

export type WeekCounts = Counts;

export type AttributeSummary = {
  readonly id: string;
  readonly label: string;
  readonly words: string;
  readonly expression: string;
  readonly operated: number;
  readonly deviated: number;
  readonly unknown: number;
  readonly notApplicable: number;
  /** Per week: [operated, deviated, unknown, not-applicable]. */
  readonly weeks: readonly (readonly [number, number, number, number])[];
  /** Every distinct reason for an unknown, most frequent first. */
  readonly unknowns: readonly {
    readonly reason: UnknownReason;
    readonly detail: string;
    readonly suppliedBy?: string;
    readonly count: number;
    /** "TryBot-Bypass": how many carry it, and for how many the item's own actor gave it. */
    readonly instead: readonly {
      readonly name: string;
      readonly count: number;
      readonly byActor: number;
    }[];
  }[];
  readonly causes: readonly { readonly cause: string; readonly count: number }[];
};

export type PopulationUse = {
  readonly population: string;
  readonly record: string;
  readonly source: string;
  readonly kind: string;
  readonly count: number;
  readonly root: string;
  readonly extraction: Extraction;
  /** Reconciled with a second source, with differences, or not at all. */
  readonly completeness:
    | { readonly state: "not-shown"; readonly reason: string }
    | { readonly state: "reconciled"; readonly reconciliation: string; readonly resolved: number }
    | {
        readonly state: "differences";
        readonly reconciliation: string;
        readonly unresolved: number;
        readonly resolved: number;
      };
  readonly frozen: boolean;
  readonly warnings: readonly string[];
  /** Items that were read and that no activity of the window owes, by reason: before it, after it, after the as-of time. */
  readonly outside?: readonly { readonly reason: string; readonly count: number }[];
};

export type ActivitySummary = {
  readonly id: string;
  readonly title: string;
  readonly kind: "per-item" | "periodic" | "state";
  readonly version: number;
  /** Every occurrence that was owed, not yet due ones included; what was shown not to apply stands beside it. */
  readonly expected: number;
  readonly counts: Counts;
  readonly weeks: readonly WeekCounts[];
  readonly attributes: readonly AttributeSummary[];
  readonly population?: PopulationUse;
  /** Items that were read and do not owe it, by reason. */
  readonly excluded: readonly { readonly reason: string; readonly count: number }[];
  /**
   * `recorded-zero`: the population is empty, its read complete and reconciled, so it did not occur.
   * `no-occurrence-due`: nothing falls due in the window, so operation was not tested.
   * `no-records`: nothing was collected.
   */
  readonly nothing?: "recorded-zero" | "zero-not-shown" | "no-occurrence-due" | "no-records";
};

export type ControlSummary = {
  readonly id: string;
  readonly title: string;
  readonly statement: string;
  readonly criteria: readonly string[];
  readonly askedFirst?: number;
  readonly versions: readonly {
    readonly version: number;
    readonly from: LocalDate;
    readonly through: LocalDate;
    readonly statement: string;
  }[];
  /** Parts of the window in which no version was in force. */
  readonly notInForce: readonly { readonly from: LocalDate; readonly through: LocalDate }[];
  readonly counts: Counts;
  readonly weeks: readonly WeekCounts[];
  readonly activities: readonly ActivitySummary[];
};

export type Deviation = {
  /** The same in every run over the same item and attribute. */
  readonly id: string;
  readonly control: string;
  readonly version: number;
  readonly activity: string;
  readonly attribute?: string;
  readonly occurrence: string;
  readonly at: Instant;
  readonly week: number;
  readonly state: "deviated" | "late" | "missed";
  readonly cause: string;
  readonly person?: PersonId;
  readonly title?: string;
  readonly responses: readonly {
    readonly record: string;
    readonly cause: string;
    readonly response: string;
    readonly correctiveAction?: string;
    readonly retest?: string;
    readonly at: Instant;
  }[];
  /** Shown beside the deviation; changes nothing about it. */
  readonly exceptions: readonly {
    readonly record: string;
    readonly reason: string;
    readonly until: LocalDate;
    readonly compensatingControl: string;
    readonly approver: PersonId;
  }[];
};

export type Gap = {
  readonly source: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly reason: string;
  /** The controls that it starves. */
  readonly controls: readonly string[];
};

export type Concentration = {
  readonly control: string;
  readonly by: "person" | "week";
  /** The person's id or the week's first day. */
  readonly key: string;
  readonly deviations: number;
  readonly of: number;
};

export type Summary = {
  readonly format: "countersign-assessment-1";
  readonly organization: { readonly id: string; readonly name: string };
  readonly sampleData: boolean;
  readonly mode: "as-of" | "window";
  readonly window: WindowBody & { readonly start: Instant; readonly end: Instant };
  readonly asOf: Instant;
  readonly rules: string;
  readonly weeks: readonly { readonly from: LocalDate; readonly through: LocalDate }[];
  readonly controls: readonly ControlSummary[];
  readonly populations: readonly PopulationUse[];
  readonly deviations: readonly Deviation[];
  readonly gaps: readonly Gap[];
  readonly concentrations: readonly Concentration[];
  /** Sentences about the program and the window: an annual control that falls outside it, an uncovered criterion. */
  readonly warnings: readonly string[];
  /** Records made after the window's end that speak of it. */
  readonly recordedAfterWindow: number;
  /**
   * Findings that were ours and were withdrawn, with reason and second person. They leave `deviations` only because a
   * run over the mended mapping no longer finds them.
   */
  readonly withdrawn?: readonly {
    readonly record: string;
    readonly at: Instant;
    readonly deviation: string;
    readonly run: string;
    readonly laterRun: string;
    readonly reason: string;
    readonly person: PersonId;
    readonly approver: PersonId;
    /** This run finds it all the same, so it stands among the deviations. */
    readonly stillFound: boolean;
  }[];
  /** As-of mode: one walkthrough instance per control. */
  readonly walkthroughs: readonly {
    readonly control: string;
    readonly designed: boolean;
    readonly implemented: "shown" | "not-shown" | "unknown";
    readonly instance?: Occurrence;
  }[];
};

/** A population as an assessment reads it; its lines are fed one at a time, in id order. */
export type PopulationInput = {
  readonly use: PopulationUse;
  readonly covers: { readonly start: EpochMs; readonly end: EpochMs };
  readonly lacks: readonly Lack[];
};

/** One line of the result list. */
export type ResultLine = Occurrence;
