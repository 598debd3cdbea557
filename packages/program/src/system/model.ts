/**
 * The system as the company describes it: what it sells and promises, what the system is made of, the data in it, the
 * models, the vendors, and the registers. Everything is dated. A member that is absent was not said: documents print a
 * hole in its place, and nothing is assumed.
 */
import type { Digest, LocalDate } from "@countersign/kernel";
import type { PersonId } from "@countersign/records";
import type { Category } from "../model.ts";
import type { Dated } from "./dated.ts";

export type ServiceKind = "api" | "web-application" | "model-hosting" | "agent" | "managed-platform";

/** What customers buy. */
export type Service = {
  readonly name: string;
  readonly kind: ServiceKind;
  readonly words?: string;
};

/** A principal service commitment, or a system requirement (DC 200, DC2). */
export type Commitment = {
  readonly kind: "commitment" | "requirement";
  readonly words: string;
  /** What is promised; the categories follow from it. */
  readonly about: Category;
  readonly saidIn: "contract" | "sla" | "privacy-notice" | "terms" | "documentation" | "law";
  /** Which document, and where in it. */
  readonly reference?: string;
  readonly services?: readonly string[];
  /** Where it promises how long data is kept: at most so many days. */
  readonly keeping?: { readonly classes: readonly DataClass[]; readonly days: number };
};

/** When the customer needs the report. At most one. */
export type ReportNeed = {
  readonly by: LocalDate;
  readonly type: "type-1" | "type-2";
  /** Whether a Type I comes before it, as a milestone. */
  readonly typeOneFirst?: boolean;
  /** Calendar days from the end of the window until the report is issued, as the auditor plans them. */
  readonly fieldworkDays?: number;
};

/** A complementary user entity control (DC6): without it the company's own controls do not meet a commitment. */
export type UserControl = {
  readonly words: string;
  readonly criteria: readonly string[];
  readonly commitments: readonly string[];
  /** Where customers are told. */
  readonly toldIn?: string;
};

/** What users should do, on which no commitment depends. */
export type UserResponsibility = { readonly words: string; readonly toldIn?: string };

export type DataClass =
  | "customer-content"
  | "customer-metadata"
  | "personal-data"
  | "model-output"
  | "telemetry"
  | "feedback-labels"
  | "training-data"
  | "model-weights"
  | "confidential"
  | "public";

export type Environment = {
  readonly name: string;
  readonly serves: "production" | "staging" | "development";
};

/** The kinds of component of DC 200, DC3. */
export type ComponentKind = "infrastructure" | "software" | "people" | "procedures" | "data";

export type Component = {
  readonly name: string;
  readonly kind: ComponentKind;
  /** What it is among its kind: "repository", "pipeline", "model-registry", "vector-index", "team". */
  readonly sort: string;
  readonly words?: string;
  /** Absent: nobody has decided. */
  readonly scope?: "in" | "out";
  readonly rationale?: string;
  readonly owner?: PersonId;
  readonly environment?: string;
  readonly holds?: readonly DataClass[];
  /** Commitments that need it. */
  readonly neededFor?: readonly string[];
  readonly vendor?: string;
  /** What connectors, spend lists and sign-on lists call it: "repo:acme/api". */
  readonly knownAs?: readonly string[];
};

export type DataOrigin = "customer-upload" | "generated" | "public" | "synthetic" | "licensed" | "observed";

/** A place where data rests. */
export type DataStore = {
  readonly name: string;
  readonly component?: string;
  readonly classes: readonly DataClass[];
  readonly origins?: readonly DataOrigin[];
  readonly purpose?: string;
  readonly training?: { readonly allowed: boolean; readonly ground?: string };
  /** `days` absent: kept until deleted on request, or for as long as the contract runs; `ground` says which. */
  readonly retention?: { readonly days?: number; readonly ground: string };
  readonly deletion?: string;
  readonly owner?: PersonId;
  readonly region?: string;
  /** What access lists call it. */
  readonly resources?: readonly string[];
};

/** Data that moves; an end is a store, a component, a vendor, or `customers`. */
export type DataFlow = {
  readonly sender: string;
  readonly receiver: string;
  readonly classes: readonly DataClass[];
  readonly purpose?: string;
};

/** What a customer's contract says of training; customers stand under the company's own opaque ids. */
export type CustomerTerms = {
  readonly training: "allowed" | "prohibited" | "not-said";
  readonly contract?: string;
};

/** One version of a data set: fixed bytes with a digest. */
export type DatasetVersion = {
  readonly dataset: string;
  readonly version: string;
  readonly store?: string;
  readonly digest?: Digest;
  readonly origins?: readonly DataOrigin[];
  /** Customers whose data is in it; empty: none; absent: not known. */
  readonly customers?: readonly string[];
  /** Dataset versions that it was made from. */
  readonly madeFrom?: readonly string[];
  readonly intake?: { readonly approvedBy: PersonId; readonly approvedOn: LocalDate };
  readonly optOutFilter?: {
    readonly ranOn: LocalDate;
    readonly removed: number;
    readonly listDigest?: Digest;
  };
};

export type Model = {
  readonly name: string;
  readonly party: "first" | "third";
  /** Of a third party's model. */
  readonly vendor?: string;
  readonly owner?: PersonId;
  readonly risk?: "low" | "medium" | "high";
  readonly intendedUse?: string;
  readonly endpoints?: readonly string[];
};

/** One version of a model, as it is served from its first day through its last. */
export type ModelVersion = {
  readonly model: string;
  readonly version: string;
  /** Of a first-party model: what is deployed. */
  readonly digest?: Digest;
  /** Of a third party's model: the id that requests name. */
  readonly providerId?: string;
  /** Ids of dataset versions; empty: made from none of ours; absent: not known. */
  readonly trainedOn?: readonly string[];
  readonly code?: string;
  readonly basedOn?: string;
};

export type Subservice = {
  readonly is: boolean;
  readonly why: string;
  readonly method?: "carve-out" | "inclusive";
  readonly services?: string;
  readonly criteria?: readonly string[];
  /** Complementary subservice organization controls that we assume, and our control that watches them. */
  readonly controls?: readonly {
    readonly id: string;
    readonly words: string;
    readonly criteria: readonly string[];
    readonly monitoredBy?: string;
  }[];
};

export type Vendor = {
  readonly name: string;
  readonly provides?: string;
  readonly tier?: "critical" | "high" | "medium" | "low";
  readonly owner?: PersonId;
  readonly dataSent?: readonly DataClass[];
  readonly regions?: readonly string[];
  readonly terms?: {
    readonly reference?: string;
    /** Days; 0: nothing is kept. */
    readonly retentionDays?: number;
    readonly training?: "allowed" | "prohibited" | "not-said";
    readonly subProcessors?: readonly string[];
  };
  readonly subservice?: Subservice;
  /** What spend lists, sign-on lists and egress lists call it. */
  readonly knownAs?: readonly string[];
};

/** A review of a vendor, with the vendor's own report where there is one. */
export type VendorReview = {
  readonly vendor: string;
  readonly on: LocalDate;
  readonly by: PersonId;
  readonly report?: {
    readonly kind: "soc-2-type-2" | "soc-2-type-1" | "iso-27001" | "other";
    readonly auditor?: string;
    readonly from?: LocalDate;
    readonly through: LocalDate;
    readonly opinion?: "unqualified" | "qualified" | "adverse" | "disclaimer";
    /** Whether its scope covers the product that we use. */
    readonly coversProduct?: boolean;
    readonly exceptions?: readonly string[];
    readonly bridgeLetterThrough?: LocalDate;
    readonly carvedOut?: readonly string[];
    /** The vendor's complementary user entity controls, each with our control that does it. */
    readonly userControls?: readonly { readonly words: string; readonly control?: string }[];
  };
  readonly conclusion?: string;
};

export type Policy = {
  readonly title: string;
  readonly owner?: PersonId;
  readonly criteria?: readonly string[];
  /** The version in force from the first day of this entry. */
  readonly version: string;
  readonly approvedBy?: PersonId;
  readonly approvedOn?: LocalDate;
  /** A file of the folder `policies/`, and the digest of what it held when the program was read. */
  readonly text?: string;
  readonly textDigest?: Digest;
};

export type Risk = {
  readonly title: string;
  readonly words?: string;
  readonly likelihood?: "low" | "medium" | "high";
  readonly impact?: "low" | "medium" | "high";
  readonly treatment?: "mitigate" | "accept" | "transfer" | "avoid";
  readonly owner?: PersonId;
  readonly criteria?: readonly string[];
  readonly controls?: readonly string[];
  /** MITRE ATLAS techniques and mitigations: "AML.T0051". */
  readonly atlas?: readonly string[];
  /** OWASP Top 10 for LLM applications, 2025: "LLM01". */
  readonly owasp?: readonly string[];
  readonly reviewedOn?: LocalDate;
};

/** A person's decision, with the reason. */
export type Decision = {
  readonly significant: boolean;
  readonly reason: string;
  readonly by: PersonId;
  readonly on: LocalDate;
};

export type Incident = {
  readonly title: string;
  readonly exercise?: boolean;
  readonly severity?: "critical" | "high" | "medium" | "low";
  readonly detectedOn: LocalDate;
  readonly resolvedOn?: LocalDate;
  readonly timeline?: readonly { readonly on: LocalDate; readonly words: string }[];
  readonly owner?: PersonId;
  /** Hours within which customers are to be told, by contract. */
  readonly noticeHours?: number;
  readonly noticeSentOn?: LocalDate;
  readonly postMortem?: string;
  /** Whether the description must tell of it (DC 200, DC4). */
  readonly disclosure?: Decision;
};

export type Finding = {
  readonly title: string;
  readonly foundBy: "penetration-test" | "red-team" | "internal-review" | "deviation" | "other";
  readonly severity?: "critical" | "high" | "medium" | "low";
  readonly foundOn: LocalDate;
  readonly owner?: PersonId;
  readonly due?: LocalDate;
  readonly fixedOn?: LocalDate;
  readonly retestedOn?: LocalDate;
  readonly retestedBy?: PersonId;
  readonly controls?: readonly string[];
};

/** A change to the system, and whether it is significant (DC 200, DC9; Type II only). */
export type SystemChange = {
  readonly words: string;
  readonly on: LocalDate;
  readonly disclosure?: Decision;
};

/** Every collection, under the name that fact ids and commands use. */
export type System = {
  readonly services: readonly Dated<Service>[];
  readonly commitments: readonly Dated<Commitment>[];
  readonly reportNeeds: readonly Dated<ReportNeed>[];
  readonly userControls: readonly Dated<UserControl>[];
  readonly userResponsibilities: readonly Dated<UserResponsibility>[];
  readonly environments: readonly Dated<Environment>[];
  readonly components: readonly Dated<Component>[];
  readonly stores: readonly Dated<DataStore>[];
  readonly flows: readonly Dated<DataFlow>[];
  readonly customers: readonly Dated<CustomerTerms>[];
  readonly datasetVersions: readonly Dated<DatasetVersion>[];
  readonly models: readonly Dated<Model>[];
  readonly modelVersions: readonly Dated<ModelVersion>[];
  readonly vendors: readonly Dated<Vendor>[];
  readonly vendorReviews: readonly Dated<VendorReview>[];
  readonly policies: readonly Dated<Policy>[];
  readonly risks: readonly Dated<Risk>[];
  readonly incidents: readonly Dated<Incident>[];
  readonly findings: readonly Dated<Finding>[];
  readonly changes: readonly Dated<SystemChange>[];
};

export type Collection = keyof System;
