/** What readiness says. It never exceeds its evidence: a step that rests on another is never better than that one. */
import type { LocalDate } from "@countersign/kernel";
import type { PersonId } from "@countersign/records";

/**
 * `yes`: all of it; `partly`: some; `no`: none; `unknown`: nothing tells; `did-not-occur`: a recorded zero, so there was
 * nothing to do.
 */
export type StepState = "yes" | "partly" | "no" | "unknown" | "did-not-occur";

export const steps = ["designed", "implemented", "operating", "evidenced"] as const;
export type StepName = (typeof steps)[number];

/** Something that a step lacks, and the next thing to do about it. */
export type Missing = {
  readonly step: StepName;
  readonly control?: string;
  readonly what: string;
  readonly next: string;
  readonly owner?: PersonId;
};

export type Steps = { readonly [step in StepName]: StepState };

export type ControlReadiness = {
  readonly id: string;
  readonly title: string;
  readonly steps: Steps;
  readonly missing: readonly Missing[];
};

/** Every criterion of the chosen categories, whatever answers it. */
export type CriterionReadiness = {
  readonly criterion: string;
  readonly missing: readonly Missing[];
  /** What customers ask for first has the lowest number; absent: not among those. */
  readonly askedFirst?: number;
} & (
  | { readonly answeredBy: "controls"; readonly controls: readonly string[]; readonly steps: Steps }
  | { readonly answeredBy: "subservice"; readonly organization: string }
  | { readonly answeredBy: "not-relevant"; readonly reason: string }
  | { readonly answeredBy: "nothing" }
);

/** Occurrences that are still to come, and what speaks against them. */
export type AtRisk = {
  readonly control: string;
  readonly activity: string;
  readonly title: string;
  /** How many are not due yet. */
  readonly toCome: number;
  readonly why: readonly string[];
};

/** What a draw would meet. Deviations that are known are disclosed whatever a draw finds. */
export type DrawForecast = {
  readonly control: string;
  readonly activity: string;
  /** Items that were owed and are due. */
  readonly items: number;
  readonly deviations: number;
  readonly unknown: number;
  /** For each size that was asked about: parts in 10,000 that at least one of the drawn items deviates, rounded down. */
  readonly meets: readonly { readonly size: number; readonly perTenThousand: number }[];
};

/** When a source no longer has what was not read. */
export type Forgetting = {
  readonly source: string;
  readonly keepsDays: number;
  /** The first day that nobody has read. */
  readonly unreadFrom: LocalDate;
  /** The day on which the source no longer has that day. */
  readonly lostOn: LocalDate;
  /** Whether days of the window are lost already. */
  readonly lostAlready: boolean;
};

export type Readiness = {
  /** In the order in which a customer's reviewer would ask: what is missing first, asked-first before the rest. */
  readonly criteria: readonly CriterionReadiness[];
  readonly controls: readonly ControlReadiness[];
  readonly atRisk: readonly AtRisk[];
  readonly draws: readonly DrawForecast[];
  readonly forgetting: readonly Forgetting[];
};
