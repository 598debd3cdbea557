/**
 * A record: one fact that the ledger keeps, as canonical JSON of at most 65,535 bytes (the entry length of
 * tlog-tiles is a uint16). Whatever grows with the data is a list kept in a blob; its record holds root and count.
 */
import type { Digest, Instant, JsonObject } from "@countersign/kernel";
import type { RecordBodies, RecordType } from "./bodies.ts";

export const RECORD_BYTES_MAX = 65_535;

/** Who says when: the producing system, a file's metadata, or a person who typed it. */
export type Provenance = "source" | "file" | "asserted";

export type Timed = { readonly at: Instant; readonly provenance: Provenance };

/** Who made the record. Persons stand under opaque ids; how they were authenticated is said, not implied. */
export type Actor =
  | { readonly kind: "person"; readonly id: PersonId; readonly authenticated: Authentication }
  | { readonly kind: "service"; readonly id: string; readonly authenticated: Authentication };

/** `operating-system`: whoever could run commands as the workspace's user. */
export type Authentication = "operating-system" | "session" | "api-key" | "signature";

export type PersonId = string & { readonly __brand: "PersonId" };

export type LedgerRecord<T extends RecordType = RecordType> = {
  readonly [K in T]: {
    readonly type: K;
    /** Version of this type's body. */
    readonly version: 1;
    readonly organization: string;
    /** Unique per record; the receipt that a use case hands out. */
    readonly id: string;
    readonly recordedAt: Instant;
    readonly occurredAt: Timed;
    readonly actor: Actor;
    /** What the record is about: a population, a control, a deviation. */
    readonly subject: string;
    readonly body: RecordBodies[K];
    /** The blobs that it speaks of. */
    readonly digests: readonly Digest[];
  };
}[T];

/**
 * A list that grows with the data: NDJSON lines `{"item":…,"salt":"…"}` sorted by item id, each line a leaf of an
 * RFC 6962 tree. The salt is part of the leaf, so that a guessable item cannot be confirmed from its hash; an erased
 * line is `{"erased":"<leaf hash>"}` and leaves the root as it was.
 */
export type ListRef = {
  readonly count: number;
  /** Hex of the tree's root over the lines. */
  readonly root: string;
  /** Of the NDJSON bytes as first stored. */
  readonly digest: Digest;
  readonly size: number;
};

export type BlobRef = {
  readonly digest: Digest;
  /**
   * The digest is a commitment: SHA-256 of a salt, kept beside the bytes and erased with them, and the bytes. What was
   * erased cannot be guessed from it. Absent for a plain SHA-256.
   */
  readonly salted?: true;
  readonly size: number;
  readonly name: string;
  readonly mediaType: string;
};

/** A population item: `id` and the facts of its kind. */
export type Item = JsonObject & { readonly id: string };

/** Where an item came from: a slice of the raw bytes that the read kept. */
export type RawRef = {
  /** Name of the raw file in the population's record. */
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  /** In a joined population: the record of the population that holds the file. */
  readonly record?: string;
};

/** One line of a population's list, as it stands in the NDJSON (members in this order: canonical JSON sorts them). */
export type ItemLine =
  | { readonly item: Item; readonly raw: readonly RawRef[]; readonly salt: string }
  /** An erased item: its leaf remains, its facts do not. */
  | { readonly erased: string };

/** A line as a package may hold it: left out for the package's reader, whoever keeps the list has it. */
export type PackagedLine = ItemLine | { readonly withheld: string };
