/** One record by itself: its bytes, and the proof that the log has it (C2SP tlog-proof). */
import { ProblemError } from "@countersign/kernel";
import {
  formatTlogProof,
  inclusionProof,
  keysCounting,
  leafHash,
  verifyInclusion,
  type Checkpoint,
} from "@countersign/ledger";
import type { Context } from "../context.ts";
import { chooseCheckpoint, type GivenCheckpoint } from "./checkpoint.ts";

export type RecordProof = {
  readonly id: string;
  readonly index: number;
  /** Canonical JSON, byte for byte what was hashed. */
  readonly record: string;
  /** The proof file. Its extra line holds the verifier keys of the log that count at its checkpoint, one a line. */
  readonly proof: string;
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: string };
};

/**
 * @param wanted the record's id, or its index in decimal
 * @param given absent: the newest published checkpoint
 */
export async function proveRecord(
  ctx: Context,
  wanted: string,
  given?: GivenCheckpoint,
): Promise<RecordProof> {
  const { note, checkpoint } = await chooseCheckpoint(ctx, given);
  const index = await indexOf(ctx, wanted, checkpoint);
  const entry = await entryAt(ctx, index);
  const path = await ctx.store.readTree(ctx.organization, (read) =>
    inclusionProof(index, checkpoint.size, read),
  );
  if (!verifyInclusion(leafHash(Buffer.from(entry.entry)), index, checkpoint.size, path, checkpoint.root))
    throw new ProblemError({
      code: "record-unproven",
      what: `record ${entry.id}, index ${index}, does not lead to the checkpoint of ${checkpoint.size} records`,
      why: "its bytes, or the tree over them, are damaged in the database",
      next: "countersign fsck names what is damaged, and what is proven all the same",
    });
  const { origin, size } = checkpoint;
  return {
    id: entry.id,
    index,
    record: entry.entry,
    proof: formatTlogProof({ index, path, checkpoint: note, extra: keysAt(ctx, size) }),
    checkpoint: { origin, size, root: Buffer.from(checkpoint.root).toString("base64") },
  };
}

/** A reader who has the fingerprint only finds the key here: a fingerprint opens no signature. */
function keysAt({ keys }: Context, size: number): Uint8Array {
  const counting = keysCounting(keys.chain, "log", size);
  return Buffer.from(counting.map(({ key }) => `${key}\n`).join(""));
}

async function indexOf(ctx: Context, wanted: string, { size }: Checkpoint): Promise<number> {
  const receipt = /^\d{1,15}$/.test(wanted)
    ? { state: "published", index: Number(wanted) }
    : await ctx.store.receipt(ctx.organization, wanted);
  if (!("index" in receipt)) {
    const durable = receipt.state === "durable";
    throw new ProblemError({
      code: durable ? "record-unpublished" : "unknown-record",
      what: durable
        ? `record ${wanted} is kept, and has no place in the log yet`
        : `no record of this log has the id ${JSON.stringify(wanted)}`,
      next: durable
        ? "run a command that records something: it gives every record its place"
        : `name a record by its id, as receipts and countersign explain print it, or by its index, 0 to ${size - 1}`,
    });
  }
  if (receipt.index < size) return receipt.index;
  throw new ProblemError({
    code: "record-beyond",
    what: `the checkpoint has ${size} records, and the record asked for is at index ${receipt.index}`,
    next: `name an index from 0 to ${size - 1}, or a newer checkpoint`,
  });
}

async function entryAt(
  ctx: Context,
  index: number,
): Promise<{ readonly id: string; readonly entry: string }> {
  for await (const [entry] of ctx.store.entries(ctx.organization, index, index + 1))
    if (entry !== undefined) return entry;
  throw new ProblemError({
    code: "log-damaged",
    what: `the record at index ${index} is not in the database`,
    next: "countersign fsck names what is damaged",
  });
}
