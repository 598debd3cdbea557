/**
 * The program as every other part reads it: what the company promises, resolved from the catalog and its own folder.
 * This is also the canonical JSON that the ledger records (`program.recorded`) and the package carries.
 */
import type { Digest, JsonObject, LocalDate } from "@countersign/kernel";
import type { PersonId, WindowBody } from "@countersign/records";
import type { Collection, System } from "./system/model.ts";

export type Category = "security" | "availability" | "confidentiality" | "processing-integrity" | "privacy";

export type Criterion = {
  readonly id: string;
  readonly category: Category;
  /** Our own paraphrase; the criterion's text is the AICPA's. */
  readonly words: string;
  readonly pointsOfFocus: number;
};

/** One thing the statement says, as a rule over one item. */
export type Attribute = {
  readonly id: string;
  /** Short, for a table: "approved by another person". */
  readonly label: string;
  /** The words of the control's statement that it tests, verbatim. */
  readonly words: string;
  /** CEL in our profile (docs/formats/rules-profile.md). */
  readonly expression: string;
  /** What to say of an item for which the attribute deviated: the first whose `when` is true. */
  readonly causes: readonly { readonly when: string; readonly say: string }[];
};

export type Frequency = "day" | "week" | "month" | "quarter" | "half-year" | "year";

export type ActivityBase = {
  readonly id: string;
  readonly title: string;
  /** What a person would add as evidence, and what it must show. */
  readonly evidence: string;
  readonly attributes: readonly Attribute[];
};

/** Owed once per item of a population. */
export type PerItemActivity = ActivityBase & {
  readonly kind: "per-item";
  readonly population: string;
  /** CEL: which items owe it; absent: all. What is left out is excluded with this rule as the reason. */
  readonly where?: string;
  /** An item whose term is still running at the as-of date is not due: hours from the item's cut-off time. */
  readonly termHours?: number;
};

/**
 * Owed once per period. Periods are calendar periods in the program's zone; a year starts on `anchor` (month and day).
 * An occurrence belongs to the window in which its period ends; it is due `due.days` after that.
 */
export type PeriodicActivity = ActivityBase & {
  readonly kind: "periodic";
  readonly every: Frequency;
  /** "MM-DD": where a year, half-year or quarter starts; 01-01 unless said. */
  readonly anchor?: string;
  readonly due: { readonly days: number; readonly calendar: "calendar" | "business" };
};

/** A setting that must hold all the time. Attributes are rules over an observation. */
export type StateActivity = ActivityBase & {
  readonly kind: "state";
  readonly population: "configuration";
  /** CEL: which observations speak of it. */
  readonly where?: string;
  /** An observation covers at most this long; what no observation covers is unknown. */
  readonly coversHours: number;
};

export type Activity = PerItemActivity | PeriodicActivity | StateActivity;

/** One version of a control. Versions of one id follow each other without overlap; each splits the window. */
export type ControlVersion = {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly statement: string;
  readonly criteria: readonly string[];
  readonly ownerRole: string;
  readonly owner?: PersonId;
  readonly effectiveFrom?: LocalDate;
  readonly effectiveThrough?: LocalDate;
  readonly procedure: string;
  readonly activities: readonly Activity[];
  /** Catalog entry and version that it was taken from, and which members the company changed. */
  readonly from?: {
    readonly catalog: string;
    readonly id: string;
    readonly changed: readonly string[];
  };
  /** 1 is what customers ask for first; absent: not among those. */
  readonly askedFirst?: number;
};

export type Person = {
  readonly id: PersonId;
  /** "email:ada@example.com", "github:ada", "name:Ada Example": compared in lower case. */
  readonly identities: readonly string[];
  readonly bot: boolean;
  readonly name?: string;
  readonly role?: string;
  readonly from?: LocalDate;
  readonly through?: LocalDate;
};

export type Source = {
  readonly id: string;
  readonly connector: string;
  /** The item kind that it provides. */
  readonly provides: string;
  /** For how many days the source keeps what it holds; absent: not said. */
  readonly keepsDays?: number;
  /** The connector's own settings, checked by the connector. */
  readonly settings: JsonObject;
};

/** How the population of a kind is made from sources. */
export type PopulationPlan = {
  readonly kind: string;
  /** The source whose list is tested. */
  readonly from: string;
  /** Sources whose facts are joined to its items on a key; a fact of `from` is never overwritten. */
  readonly join: readonly {
    readonly source: string;
    readonly key: string;
    readonly unmatched: JsonObject;
  }[];
  /** Sources whose list must agree. */
  readonly reconcile: readonly { readonly source: string; readonly key: string }[];
};

export type NotRelevant = { readonly criterion: string; readonly reason: string };
/** The written procedure of a control, as the folder held it: `procedures/CONTROL.md`, its block and what people wrote. */
export type ProcedureText = { readonly control: string; readonly textDigest: Digest };
export type AnsweredBySubservice = { readonly criterion: string; readonly organization: string };

export type Program = {
  readonly format: "countersign-program-1";
  readonly organization: { readonly id: string; readonly name: string };
  readonly sampleData: boolean;
  readonly window: WindowBody;
  readonly categories: readonly Category[];
  readonly holidays: readonly LocalDate[];
  readonly catalog: string;
  readonly controls: readonly ControlVersion[];
  readonly sources: readonly Source[];
  readonly populations: readonly PopulationPlan[];
  readonly notRelevant: readonly NotRelevant[];
  readonly subservice: readonly AnsweredBySubservice[];
  /** In the order of the controls' ids; absent where none is written down. */
  readonly procedures?: readonly ProcedureText[];
  /** What the company says of its system; absent where its folder has no such file. */
  readonly system?: System;
  /** Collections whose list stands in its file and is empty: the company says that there are none. Absent: none is said so. */
  readonly none?: readonly Collection[];
};
