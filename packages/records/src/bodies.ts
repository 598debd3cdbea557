/** The kinds of record, and what each one says. A type that is not here is kept and verified, but means nothing to us. */
import type { Digest, Instant, JsonObject, LocalDate } from "@countersign/kernel";
import type { MonthClosedBody } from "./month-closed.ts";
import type { BlobRef, ListRef, PersonId, Timed } from "./record.ts";
import type { SignedBundleBody } from "./signed-bundle.ts";

export type WindowBody = {
  readonly from: LocalDate;
  readonly through: LocalDate;
  readonly zone: string;
};

/** What extraction shows: that everything asked for was read, with its proof, or why not. */
export type Extraction =
  | { readonly state: "complete"; readonly proof: string }
  | { readonly state: "partial"; readonly reasons: readonly string[] }
  | { readonly state: "failed"; readonly reasons: readonly string[] };

/** A fact that the source cannot give, and where it could come from. */
export type Lack = {
  /** As rules read it: "change.approvals[].at". */
  readonly field: string;
  /** "a commit trailer has no time" */
  readonly reason: string;
  /** The connector or record that would supply it. */
  readonly suppliedBy: string;
};

export type PopulationBody = {
  readonly population: string;
  readonly kind: string;
  readonly source: string;
  /** 1 for the first pull; a new pull is a new version, and both stay. */
  readonly version: number;
  readonly window: WindowBody;
  /** The half-open instants derived from the window. */
  readonly start: Instant;
  readonly end: Instant;
  readonly cutOff: string;
  readonly cutOffRule: string;
  /** Exactly what was asked of the source, so that it can be asked again. */
  readonly query: string;
  readonly parameters: JsonObject;
  readonly collector: {
    readonly name: string;
    readonly version: string;
    readonly mapping?: Digest;
  };
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  /** How many pages or files were read. */
  readonly pages: number;
  readonly rowsRead: number;
  readonly extraction: Extraction;
  /** What the read covers in time; a part of the window outside it is a gap. */
  readonly covers: { readonly start: Instant; readonly end: Instant };
  readonly lacks: readonly Lack[];
  readonly items: ListRef;
  /** Rows that were read and are not items: `{id, reason}`. */
  readonly exclusions: ListRef;
  readonly raw: readonly BlobRef[];
  /** Populations that this one was joined from, by record id. */
  readonly joinedFrom: readonly string[];
  /** Sentences a reader must see beside every figure drawn from it. */
  readonly cautions: readonly string[];
};

export type ReconciliationBody = {
  readonly reconciliation: string;
  readonly kind: string;
  readonly key: string;
  /** Record ids and versions of the two populations. */
  readonly left: { readonly population: string; readonly record: string; readonly count: number };
  readonly right: { readonly population: string; readonly record: string; readonly count: number };
  readonly matched: number;
  /** `{id, key}` of the items that one side alone holds. */
  readonly onlyLeft: ListRef;
  readonly onlyRight: ListRef;
  /** Keys held twice on a side: never merged silently. */
  readonly duplicates: ListRef;
};

export type AssessmentBody = {
  readonly run: string;
  readonly mode: "as-of" | "window";
  readonly window: WindowBody;
  readonly asOf: Instant;
  readonly program: Digest;
  readonly rules: string;
  readonly populations: readonly {
    readonly record: string;
    readonly population: string;
    readonly root: string;
    readonly count: number;
  }[];
  /** One line per occurrence: its state, and the result of each attribute. */
  readonly results: ListRef;
  /** The summary that the screens print: canonical JSON. */
  readonly summary: BlobRef;
  /** Index of the last record that the run took into account. */
  readonly throughIndex: number;
};

/** Where the auditor's nonce came from: the one thing that keeps management from picking. */
export type NonceOrigin =
  | { readonly kind: "auditor-signed"; readonly key: string; readonly signature: string }
  | { readonly kind: "typed-by-management" };

export type DrawBody = {
  readonly draw: string;
  readonly population: string;
  /** The frozen population's record. */
  readonly frozen: string;
  readonly method: "seeded" | "auditor-entered" | "census";
  readonly purpose: string;
  readonly size: number;
  readonly stratum?: { readonly field: string; readonly value: string };
  /** The lines that are hashed to the seed; present for a seeded draw. */
  readonly seed?: {
    readonly origin: string;
    readonly checkpointSize: number;
    readonly checkpointRoot: string;
    readonly populationIndex: number;
    readonly populationRoot: string;
    readonly count: number;
    readonly nonce: string;
    readonly hex: string;
  };
  readonly nonceOrigin: NonceOrigin;
  readonly drawnBy: "auditor" | "management";
  /** Item ids in the order of the draw; an extension begins with the ids of the draw it extends. */
  readonly items: readonly string[];
  readonly extends?: string;
};

/** A checkpoint in the hands of somebody outside (docs/formats/anchors.md). */
export type AnchorBody = {
  readonly anchor: string;
  readonly kind: "time-stamp" | "cosignature" | "letter";
  /** As anchors.yaml names it. */
  readonly target: string;
  /** Toward whom: the name in the authority's certificate, the witness's name, or a recipient's part; never a person. */
  readonly toward: string;
  /** The month that it was due for: "2026-11". */
  readonly period: string;
  /** The root in base64, as the note spells it. */
  readonly checkpoint: { readonly size: number; readonly root: string };
  /** The signed note itself; a cosignature is one of its lines. */
  readonly note: BlobRef;
  /** By the authority's or the witness's clock (`source`); of a letter, by this machine's (`asserted`). */
  readonly at: Timed;
  /** Of a time stamp: the answer, and the root certificates that it was checked against. Of a letter: the letter. */
  readonly files: readonly BlobRef[];
  /** The witness's verifier key. */
  readonly key?: string;
  /** How a letter left: written as a file for somebody to send, or handed to the machine's mail program. */
  readonly handedBy?: "file" | "mail";
};

/** What a key signs: checkpoints, or statements. One key never does both. */
export type KeyPurpose = "log" | "attestation";

/** What an erasure was asked for: one file, one item of a population wherever it stands, or one person's names. */
export type ErasureOf =
  | { readonly kind: "file" }
  /** The item's id is left out: it may be what is to be forgotten. */
  | { readonly kind: "item"; readonly population: string }
  | { readonly kind: "person"; readonly person: PersonId };

/** The decision and what follows from it: recorded first, carried out after. */
export type ErasureBody = {
  /** One erasure may take several records, which share this id. */
  readonly erasure: string;
  readonly of: ErasureOf;
  readonly reason: string;
  /** Who has it done, and a second person who approves it. */
  readonly person: PersonId;
  readonly approver: PersonId;
  /** Files whose bytes and salts are removed. */
  readonly files: readonly Digest[];
  /** A copy, without the bytes of what was erased, that takes a file's place. */
  readonly copies: readonly { readonly of: Digest; readonly copy: BlobRef }[];
  /** Lines of sealed lists, each by the list's digest and its leaf, that become their leaf. */
  readonly lines: readonly { readonly list: Digest; readonly leaf: string }[];
  /** What runs had found for an item, by control and activity: an erasure hides no deviation. */
  readonly found: readonly {
    readonly run: string;
    readonly control: string;
    readonly activity: string;
    readonly state: string;
  }[];
};

export type RecordBodies = {
  "log.created": {
    readonly origin: string;
    readonly logKey: string;
    readonly attestationKey: string;
  };
  /** Both keys sign from here until a record ends the old one (docs/formats/keys.md). */
  "key.rotated": {
    readonly purpose: KeyPurpose;
    /** As `log.created` spells a key of this purpose. */
    readonly key: string;
    /** The newest key of the purpose until now. */
    readonly replaces: string;
    /** When the workspace means to retire the old key: an announcement. The record that retires it is what counts. */
    readonly overlapUntil: Instant;
  };
  "key.retired": {
    readonly purpose: KeyPurpose;
    readonly key: string;
    /** What became of it in the workspace. */
    readonly privateKey: "deleted" | "kept";
  };
  "key.revoked": {
    readonly purpose: KeyPurpose;
    readonly key: string;
    /** Above this size of the log a signature of the key counts for nothing. */
    readonly fromSize: number;
    readonly reason: string;
    readonly person: PersonId;
  };
  "program.recorded": {
    readonly program: BlobRef;
    /** The program that was the newest before it; null for the first one. */
    readonly basedOn: Digest | null;
    /** Why it was changed, in words that somebody gave; absent where nobody was asked. */
    readonly reason?: string;
    /** Who decided the change; absent where nobody said. */
    readonly person?: PersonId;
    readonly catalog: string;
    readonly window: WindowBody;
    /** The files it was read from. */
    readonly files: readonly { readonly path: string; readonly digest: Digest }[];
    readonly warnings: readonly string[];
    /** True for the invented company: every screen and export says so. */
    readonly sampleData: boolean;
  };
  "checkpoint.anchored": AnchorBody;
  "directory.extended": { readonly entries: ListRef };
  "population.collected": PopulationBody;
  "collection.failed": {
    readonly source: string;
    readonly kind: string;
    readonly startedAt: Instant;
    readonly finishedAt: Instant;
    readonly covers: { readonly start: Instant; readonly end: Instant };
    readonly reasons: readonly string[];
  };
  "source.gap": {
    readonly source: string;
    readonly start: Instant;
    readonly end: Instant;
    readonly reason: string;
  };
  "population.reconciled": ReconciliationBody;
  "difference.resolved": {
    readonly reconciliation: string;
    readonly ids: readonly string[];
    readonly resolution: "explained" | "source-error" | "belongs-to-population" | "outside-population";
    readonly reason: string;
    readonly person: PersonId;
  };
  "population.frozen": {
    readonly population: string;
    readonly record: string;
    readonly root: string;
    readonly count: number;
    /** Stands beside every result drawn from it. */
    readonly warnings: readonly string[];
  };
  "evidence.added": {
    readonly control: string;
    readonly activity: string;
    /** The occurrence that it is for, as the person named it: a period ("2026-05", "2026-Q2") or an item's id. */
    readonly occurrence?: string;
    readonly performed: Timed;
    readonly performedBy?: PersonId;
    /** Facts of the kind `performance`, as typed or read from a file. */
    readonly facts: JsonObject;
    readonly files: readonly BlobRef[];
    readonly note?: string;
    /** What was verified of a signed file among them. */
    readonly signed?: SignedBundleBody;
  };
  "window.rolled-forward": {
    readonly previous: WindowBody;
    /** Begins on the day after the last one of `previous`. */
    readonly next: WindowBody;
    /** The last assessment run over the previous window. */
    readonly run: string;
    /** Its deviations, without those withdrawn since: `{id, control, version, activity, attribute?, occurrence, at, state}`. */
    readonly carried: ListRef;
    readonly person: PersonId;
    readonly reason?: string;
  };
  "assessment.run": AssessmentBody;
  "deviation.responded": {
    readonly deviation: string;
    readonly cause: string;
    readonly response: string;
    readonly correctiveAction?: string;
    readonly owner?: PersonId;
    readonly due?: LocalDate;
    readonly retest?: string;
    readonly person: PersonId;
  };
  "deviation.withdrawn": {
    readonly deviation: string;
    /** The run whose finding was ours, and the run after the mapping was mended. */
    readonly run: string;
    readonly laterRun: string;
    readonly reason: string;
    readonly person: PersonId;
    readonly approver: PersonId;
  };
  "exception.approved": {
    readonly exception: string;
    readonly control: string;
    readonly attribute?: string;
    readonly items: readonly string[];
    readonly until: LocalDate;
    readonly compensatingControl: string;
    readonly reason: string;
    readonly approver: PersonId;
  };
  "occurrence.not-applicable": {
    readonly control: string;
    readonly activity: string;
    readonly occurrence: string;
    readonly reason: string;
    readonly approver: PersonId;
  };
  "sample.drawn": DrawBody;
  "data.erased": ErasureBody;
  "month.closed": MonthClosedBody;
  "package.created": {
    readonly package: string;
    readonly manifest: Digest;
    readonly run: string;
    readonly size: number;
    readonly checkpointSize: number;
  };
};

export type RecordType = keyof RecordBodies;
