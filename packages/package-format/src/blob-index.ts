/** data/blobs.json: where each blob that a record names stands in the package, or why it does not. */
import { canonicalJson, err, ok, type Digest, type Result } from "@countersign/kernel";
import { compareUtf8 } from "./paths.ts";
import * as shape from "./shape.ts";

export type PresentBlob = {
  readonly digest: Digest;
  /** In bytes, as recorded with the digest. */
  readonly size: number;
  /** The blob's bytes are these files' bytes, one after the other. */
  readonly parts: readonly string[];
};

/** A file whose digest is a commitment: SHA-256 of the salt's text and the file's bytes. */
export type SaltedBlob = PresentBlob & { readonly salt: string };

/** A sealed list of which some lines are erased: the root and the count still hold, the digest no longer can. */
export type PartlyErasedList = PresentBlob & { readonly erasedLines: number };

/** A sealed list of which some lines are left out for this reader, and others may be erased. */
export type PartlyWithheldList = PartlyErasedList & {
  readonly withheldLines: number;
  /** A sentence. */
  readonly reason: string;
};

/** Left out for this reader; the reason is a sentence. */
export type WithheldBlob = { readonly digest: Digest; readonly withheld: string };

/** Erased for good; the record that says so. */
export type ErasedBlob = { readonly digest: Digest; readonly erased: string };

export type BlobEntry =
  PresentBlob | SaltedBlob | PartlyErasedList | PartlyWithheldList | WithheldBlob | ErasedBlob;
export type BlobIndex = { readonly blobs: readonly BlobEntry[] };

const present = { digest: shape.digest, parts: shape.list(shape.path), size: shape.count };

const blobIndexShape: shape.Shape<BlobIndex> = shape.object({
  blobs: shape.list<BlobEntry>(
    shape.tagged<BlobEntry>({
      withheld: shape.object({ digest: shape.digest, withheld: shape.name }),
      erased: shape.object({ digest: shape.digest, erased: shape.name }),
      withheldLines: shape.object({
        ...present,
        erasedLines: shape.count,
        withheldLines: shape.count,
        reason: shape.name,
      }),
      erasedLines: shape.object({ ...present, erasedLines: shape.count }),
      salt: shape.object({ ...present, salt: shape.salt }),
      parts: shape.object(present),
    }),
  ),
});

export function parseBlobIndex(bytes: Uint8Array | string): Result<BlobIndex, string> {
  const read = shape.readDocument(bytes, blobIndexShape);
  if (!read.ok) return read;
  const parts = new Set<string>();
  let before = "";
  for (const entry of read.value.blobs) {
    if (compareUtf8(before, entry.digest) >= 0)
      return err(`${entry.digest} is not in order, or listed twice`);
    before = entry.digest;
    if (!("parts" in entry)) continue;
    if (entry.parts.length === 0) return err(`${entry.digest} has no parts`);
    for (const part of entry.parts) {
      if (parts.has(part)) return err(`${part} is a part twice`);
      parts.add(part);
    }
  }
  return ok(read.value);
}

/**
 * Where the writer has put each blob. A blob is stored once: whoever comes second with the same digest refers to the
 * place of the first.
 */
export class BlobPlaces {
  readonly #entries = new Map<Digest, BlobEntry>();

  has(digest: Digest): boolean {
    return this.#entries.has(digest);
  }

  /** @throws TypeError when the blob has a place already (ask `has` first). */
  place(blob: Exclude<BlobEntry, WithheldBlob | ErasedBlob>): void {
    this.#add({ ...blob, parts: [...blob.parts] });
  }

  withhold(digest: Digest, reason: string): void {
    this.#add({ digest, withheld: reason });
  }

  /** @param record that says that it was erased. */
  erase(digest: Digest, record: string): void {
    this.#add({ digest, erased: record });
  }

  /** The files that hold the blob; none for one that is withheld or erased. @throws TypeError on an unplaced blob. */
  partsOf(digest: Digest): readonly string[] {
    const entry = this.#entries.get(digest);
    if (entry === undefined) throw new TypeError(`${digest} has no place in the package`);
    return "parts" in entry ? entry.parts : [];
  }

  /** The text of data/blobs.json. */
  finish(): string {
    const blobs = [...this.#entries.values()].sort((a, b) => compareUtf8(a.digest, b.digest));
    return canonicalJson({ blobs } satisfies BlobIndex);
  }

  #add(entry: BlobEntry): void {
    if (this.#entries.has(entry.digest)) throw new TypeError(`${entry.digest} has a place already`);
    this.#entries.set(entry.digest, entry);
  }
}
