/** What the readable part of an audit package is drawn from. Everything here is computed already; a renderer only shows it. */
import type { Instant } from "@countersign/kernel";
import type {
  BlobRef,
  DrawBody,
  ErasureBody,
  ItemLine,
  PersonId,
  PopulationBody,
  RecordBodies,
  ReconciliationBody,
} from "@countersign/records";
import type { Occurrence, ProgramGap, Summary } from "@countersign/assessment";
import type { Criterion, Program } from "@countersign/program";

/** A record as the package shows it: where it stands in the log. */
export type Placed<Body> = {
  readonly record: string;
  readonly index: number;
  readonly recordedAt: Instant;
  readonly body: Body;
};

export type PopulationView = {
  readonly population: Placed<PopulationBody>;
  readonly reconciliations: readonly {
    readonly reconciliation: Placed<ReconciliationBody>;
    readonly onlyLeft: readonly { readonly id: string; readonly key: string }[];
    readonly onlyRight: readonly { readonly id: string; readonly key: string }[];
    readonly resolutions: readonly Placed<RecordBodies["difference.resolved"]>[];
  }[];
  readonly frozen?: Placed<RecordBodies["population.frozen"]>;
  readonly exclusions: readonly { readonly id: string; readonly reason: string }[];
  /** Paths inside the package. */
  readonly paths: {
    readonly items: string;
    readonly header: string;
    /** Those that are here: not what was erased or is withheld; of an erased file the copy without what was erased. */
    readonly raw: readonly { readonly name: string; readonly path: string; readonly size: number }[];
  };
};

/** One deviation or unknown that gets a page of its own: from raw bytes to result. */
export type ItemView = {
  readonly occurrence: Occurrence;
  readonly line: ItemLine | undefined;
  readonly population: string | undefined;
  /** The slices of the raw files that the item points at, decoded for display (undecodable bytes replaced, long ones cut and said so). */
  readonly raw: readonly {
    readonly file: string;
    readonly path: string;
    readonly offset: number;
    readonly length: number;
    readonly text: string;
    readonly cut: boolean;
  }[];
  /** Inclusion of the item's line in the population's tree, and of the population's record in the log. */
  readonly proof:
    | {
        readonly leafIndex: number;
        readonly leafHash: string;
        readonly path: readonly string[];
        readonly root: string;
        readonly count: number;
        readonly record: string;
        readonly recordIndex: number;
      }
    | undefined;
};

export type VerificationView = {
  readonly origin: string;
  readonly logKey: string;
  /** Short form to compare by another way: four groups of four hex digits. */
  readonly fingerprint: string;
  readonly attestationFingerprint: string;
  readonly keyMadeAt: Instant;
  readonly checkpoint: { readonly size: number; readonly root: string; readonly text: string };
  readonly firstOutsideAnchor: Instant | undefined;
  /** What the check shows, and what it does not: sentences. */
  readonly shows: readonly string[];
  readonly doesNotShow: readonly string[];
};

export type EvidenceView = Placed<RecordBodies["evidence.added"]> & {
  readonly files: readonly (BlobRef & {
    /** Undefined for a file that is not in the package. */
    readonly path: string | undefined;
    readonly gone?: "erased" | "withheld";
  })[];
};

export type PackageView = {
  readonly name: string;
  readonly createdAt: Instant;
  readonly generator: string;
  readonly program: Program;
  readonly criteria: readonly Criterion[];
  readonly summary: Summary;
  readonly run: string;
  readonly populations: readonly PopulationView[];
  /** Every deviation, and the unknown items of attributes with at most 200 of them. */
  readonly items: readonly ItemView[];
  /** Every occurrence of the periodic activities, so that a control's page can list one row a period. */
  readonly occurrences: readonly Occurrence[];
  readonly evidence: readonly EvidenceView[];
  readonly draws: readonly Placed<DrawBody>[];
  /** What the program lacked at the run's time; absent: left out for this reader, with the items. */
  readonly programGaps: readonly ProgramGap[] | undefined;
  /** What was read, in order: collections, failures, runs. */
  readonly activity: readonly {
    readonly index: number;
    readonly at: Instant;
    readonly type: string;
    readonly words: string;
  }[];
  readonly verification: VerificationView;
  /** What was left out for this reader, and why: sentences. */
  readonly redactions: readonly string[];
  /** What was erased for good, by whose decision. */
  readonly erasures: readonly Placed<ErasureBody>[];
  /** Names by opaque id, for those whom the directory still names. */
  readonly names: ReadonlyMap<PersonId, { readonly name: string; readonly identities: readonly string[] }>;
};

export type Page = { readonly path: string; readonly content: string | Uint8Array };

/** Spreadsheets are written from the streams themselves, since they may be large. */
export type SheetSource = {
  /** The result lines of a control's activity with their items, in list order. */
  readonly rows: () => Iterable<{ readonly occurrence: Occurrence; readonly line: ItemLine | undefined }>;
};

export type Documents = {
  readonly pages: (view: PackageView) => Iterable<Page>;
  /** One workbook of every item and attribute while it fits (Excel's 1,048,576 rows), else CSV parts. */
  readonly sheets: (view: PackageView, source: SheetSource) => AsyncIterable<Page>;
};
