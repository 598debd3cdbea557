/**
 * Where facts are kept. One transaction holds the change and its records, or neither happens.
 */
import type { Digest, EpochMs } from "@countersign/kernel";
import type { Checkpoint, Hash, HashReader } from "@countersign/ledger";
import type { LedgerRecord, ListRef, PersonId, RecordType, StateRow } from "@countersign/records";

/** Signs what the sequencer publishes. The private key stays behind it. */
export type CheckpointSigner = { readonly origin: string; sign(checkpoint: Checkpoint): string };

export type Transaction = {
  /**
   * Inserts the record unindexed, and folds it into state. Durable when the transaction commits. An id names one record
   * for ever: the same record again changes nothing, so that a use case whose answer was lost may be sent again.
   * @throws ProblemError `record-id-taken` for another record under the same id.
   */
  append(record: LedgerRecord): Promise<void>;
  /** Many at once, for bulk loads; the same promise. */
  appendAll(records: readonly LedgerRecord[]): Promise<void>;
  /** Rows of state in the order their records were written. */
  state<T extends RecordType>(kind: T): Promise<StateRow<T>[]>;
  stateOf<T extends RecordType>(kind: T, key: string): Promise<StateRow<T> | undefined>;
  /** Holds until the transaction ends, so that two processes do not both take the same next version. */
  lock(name: string): Promise<void>;
  /**
   * 32 bytes, the same ever after. @param fresh becomes the key where there is none, unless records were made with one:
   * another key would give the same persons other ids. @returns undefined where there is none.
   */
  directoryKey(fresh?: Uint8Array): Promise<Uint8Array | undefined>;
  people(): Promise<DirectoryEntry[]>;
  putPeople(entries: readonly DirectoryEntry[]): Promise<void>;
  removePeople(ids: readonly PersonId[]): Promise<void>;
};

export type DirectoryEntry = {
  readonly id: PersonId;
  readonly name: string;
  readonly identities: readonly string[];
  readonly bot: boolean;
};

/** What a receipt can say of its record. */
export type ReceiptState =
  | { readonly state: "unknown" }
  | { readonly state: "durable" }
  | { readonly state: "sequenced" | "published"; readonly index: number };

export type PlacedEntry = { readonly index: number; readonly id: string; readonly entry: string };

export type Store = {
  /** @throws what `work` throws, after rolling back; nothing of it is kept then. */
  transaction<T>(organization: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Creates the log's row. Idempotent. @throws ProblemError when the organization's log has another origin. */
  createLog(organization: string, origin: string, at: EpochMs): Promise<void>;
  /**
   * Appends one record by itself, as `Transaction.append` does, in one transaction with others that are submitted at the
   * same time. Durable when it resolves.
   */
  submit(record: LedgerRecord): Promise<void>;
  /**
   * Gives every durable record its index, extends the tree, reads back what was committed, and publishes a signed
   * checkpoint over it. One sequencer works on a log at a time; a call waits for another's lease. Indices are never reused
   * and never skipped, and no two checkpoints contradict each other, whatever holders stall or end in between.
   * @throws ProblemError `read-back-differs` when what is stored is not what was written; nothing is signed then.
   * @returns the newest checkpoint, or undefined while the log is empty.
   */
  sequence(
    organization: string,
    signer: CheckpointSigner,
    now: EpochMs,
  ): Promise<PublishedCheckpoint | undefined>;
  newestCheckpoint(organization: string): Promise<PublishedCheckpoint | undefined>;
  /** The smallest checkpoint that covers the record at `index`. */
  checkpointCovering(organization: string, index: number): Promise<PublishedCheckpoint | undefined>;
  /** The checkpoints of at most this size whose clock was earlier than that of the one before, the smallest first. */
  clockSteps(organization: string, through: number): Promise<readonly ClockStep[]>;
  receipt(organization: string, id: string): Promise<ReceiptState>;
  /** Entries [from, through) in index order, in pages. */
  entries(organization: string, from: number, through: number): AsyncIterable<readonly PlacedEntry[]>;
  /**
   * What `work` makes of complete subtrees: roots and proofs. It is called twice, first over hashes of zeros, to learn
   * which tiles it reads: only those are loaded. So it reads the same places whatever the hashes are, and does nothing else.
   * @throws ProblemError `tree-damaged` when one of them is not there.
   */
  readTree<T>(organization: string, work: (read: HashReader) => T): Promise<T>;
  leafOf(organization: string, index: number): Promise<Hash | undefined>;
  /** Names of the migrations that the database was made with, in their order. */
  readonly schema: readonly string[];
  /** The log's row; undefined where there is no log. */
  log(
    organization: string,
  ): Promise<{ readonly origin: string; readonly createdAt: EpochMs; readonly size: number } | undefined>;
  /** Every checkpoint of at most this size, the smallest first, in pages. */
  checkpoints(organization: string, through: number): AsyncIterable<readonly StoredCheckpoint[]>;
  /**
   * A log from a backup, in one transaction: all that `work` hands over, or nothing. `work` may be called again after a
   * failure that left no trace.
   * @throws ProblemError `log-exists` when the organization has a log, or records.
   */
  restore(
    organization: string,
    log: { readonly origin: string; readonly createdAt: EpochMs },
    work: (into: RestoredLog) => Promise<void>,
  ): Promise<void>;
  /** Names every place where the database contradicts itself, and says what is proven all the same. */
  check(organization: string, options: StoreCheckOptions): Promise<StoreCheck>;
  close(): Promise<void>;
};

/** `still`: what can be proven although this is damaged. */
export type StoreFault = {
  readonly code: string;
  readonly where: string;
  readonly message: string;
  readonly still?: string;
};

export type StoreCheckOptions = {
  /** That the log's key is for. */
  readonly origin: string;
  /** @returns what the log's key signed, or why it did not. */
  readonly openNote: (note: string) => { size: number; root: Hash } | string;
  /** @param rows of state that were compared, after the records. */
  readonly progress: (done: number, of: number, rows?: number) => void;
  /** Checkpoints of this log that somebody outside holds, opened already. */
  readonly outside?: readonly { readonly name: string; readonly size: number; readonly root: Hash }[];
  /** Goes on where an earlier check stopped. What lies before is not read again. */
  readonly from?: StoreCursor;
  /** Is handed a cursor from time to time. */
  readonly save?: (cursor: StoreCursor) => void;
  /** Asked between pages. */
  readonly stopped?: () => boolean;
  /** Writes projections again that differ, where the facts that they follow from are proven. */
  readonly repair?: boolean;
};

/** Where a check stopped: the tree's edge and what was found so far. Only the store looks inside. */
export type StoreCursor = { readonly size: number; readonly found: unknown };

export type StoreCheck = {
  readonly entries: number;
  readonly faults: readonly StoreFault[];
  /** By code, how many more there are than are named. */
  readonly more: { readonly [code: string]: number };
  readonly proven: ProvenRecords;
  /** How many stored checkpoints hold, in signature and root. */
  readonly checkpoints: { readonly good: number; readonly of: number };
  /** The first record that was not looked at, when it was asked to stop. */
  readonly stoppedAt?: number;
  readonly repaired?: Repaired;
};

/** Records that have an inclusion proof to a signed checkpoint, whatever else is damaged. */
export type ProvenRecords = {
  readonly records: number;
  readonly of: number;
  /** Size of the signed checkpoint that proves them. */
  readonly throughSize: number;
  /** Whether the records alone lead to it, or the hashes that are stored beside damaged ones. */
  readonly by: "records" | "stored-hashes" | "tiles";
  /** Indices below that size whose bytes are not what was signed; the first thousand. */
  readonly except: readonly number[];
  readonly exceptCount: number;
};

export type Repaired = {
  readonly tiles: number;
  readonly stateRows: number;
  /** Why something was left as it is. */
  readonly left: readonly string[];
};

export type PublishedCheckpoint = { readonly size: number; readonly root: Hash; readonly note: string };

/** `at` is earlier than `before`, the time of the checkpoint ahead of it; neither is in a signature. */
export type ClockStep = { readonly size: number; readonly at: EpochMs; readonly before: EpochMs };

export type StoredCheckpoint = PublishedCheckpoint & {
  readonly publishedAt: EpochMs;
  readonly clockWentBack: boolean;
};

/** Takes a log as it was: records in the order of their indices, from 0 on, with the tree and the state that follow. */
export type RestoredLog = {
  /** @param entries their bytes are stored as they are; whoever calls has checked them. */
  append(
    entries: readonly {
      readonly id: string;
      readonly type: string;
      readonly entry: string;
      readonly leaf: Hash;
    }[],
  ): Promise<void>;
  checkpoints(checkpoints: readonly StoredCheckpoint[]): Promise<void>;
  putPeople(entries: readonly DirectoryEntry[]): Promise<void>;
  directoryKey(key: Uint8Array): Promise<void>;
};

/** Bytes by digest. What is written is on disk before the digest is handed out. */
export type Blobs = {
  /** @param salt makes the digest a commitment; the salt is kept with the bytes, and is no part of them. */
  put(bytes: Uint8Array, salt?: string): { readonly digest: Digest; readonly size: number };
  create(salt?: string): BlobWriter;
  has(digest: Digest): boolean;
  /** Of a blob that was put under a salt. @throws ProblemError when the blob is missing. */
  saltOf(digest: Digest): string | undefined;
  /** @throws ProblemError when the blob is missing. */
  read(digest: Digest): Uint8Array;
  readRange(digest: Digest, offset: number, length: number): Uint8Array;
  /** Pieces of up to 1 MiB. */
  stream(digest: Digest): Iterable<Uint8Array>;
  /** What is stored under digests that begin with these two hexadecimal digits, and names there that are no digest's. */
  stored(prefix: string): { readonly digests: readonly Digest[]; readonly strange: readonly string[] };
  /** Re-hashes the stored bytes. */
  check(digest: Digest): "intact" | "damaged" | "missing";
  /** Removes the bytes, and the salt with them. What is not there is removed already. */
  erase(digest: Digest): void;
  /** Other bytes under the same digest, for a list that keeps its root; the old ones stay until the new ones are on disk. */
  replace(digest: Digest): BlobWriter;
  /** Which erasures were carried out here. A backup brings its own list along, so that what it brings back is erased again. */
  isErasureDone(record: string): boolean;
  noteErasureDone(record: string): void;
};

export type BlobWriter = {
  readonly size: number;
  write(bytes: Uint8Array): { readonly offset: number; readonly length: number };
  finish(): { readonly digest: Digest; readonly size: number };
  discard(): void;
};

/** Sorts what arrives in any order by id, seals it and keeps it as a blob. */
export type ListWriter = {
  /** @param line a sealed line without newline; ids are unique or the list is refused. */
  add(id: string, line: string): void;
  finish(): ListRef;
  discard(): void;
};
export type ListWriterFactory = () => ListWriter;
