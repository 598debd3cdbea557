/** Making records, and publishing them: the two steps that every use case shares. */
import { formatInstant, toHex, type Digest, type Random } from "@countersign/kernel";
import { parseCheckpointUnsafe, SALT_BYTES } from "@countersign/ledger";
import type { LedgerRecord, RecordBodies, RecordType, Timed } from "@countersign/records";
import type { Context } from "./context.ts";
import type { PublishedCheckpoint } from "./ports/index.ts";

export function newId(random: Random, prefix: string): string {
  return `${prefix}_${toHex(random.bytes(12))}`;
}

/** For what is kept under a commitment: a fresh one each time, so that nothing of it can be guessed once it is erased. */
export function newSalt(random: Random): string {
  return toHex(random.bytes(SALT_BYTES));
}

/** @param options.occurredAt when the fact came about; absent: now, by this machine's own clock. */
export function makeRecord<T extends RecordType>(
  ctx: Context,
  type: T,
  subject: string,
  body: RecordBodies[T],
  options: { readonly occurredAt?: Timed; readonly digests?: readonly Digest[] } = {},
): LedgerRecord<T> {
  const recordedAt = formatInstant(ctx.clock.now());
  const record = {
    type,
    version: 1,
    organization: ctx.organization,
    id: newId(ctx.random, "rec"),
    recordedAt,
    occurredAt: options.occurredAt ?? { at: recordedAt, provenance: "source" },
    actor: ctx.actor,
    subject,
    body,
    digests: [...new Set(options.digests ?? [])].sort(),
  } as const;
  // The compiler does not follow a generic member through the union of records.
  return record as unknown as LedgerRecord<T>;
}

/** Gives durable records their index, publishes the checkpoint, and writes it beside the program. */
export async function publish(ctx: Context): Promise<PublishedCheckpoint | undefined> {
  const published = await ctx.store.sequence(ctx.organization, ctx.keys, ctx.clock.now());
  if (published !== undefined) await keepOutside(ctx, published);
  return published;
}

/** One process at a time, and never back: an earlier checkpoint whose writer was slower would leave records unanchored. */
async function keepOutside(ctx: Context, { size, note }: PublishedCheckpoint): Promise<void> {
  if (ctx.outside.read().some((kept) => kept.note === note)) return;
  await ctx.store.transaction(ctx.organization, async (tx) => {
    await tx.lock("checkpoint outside");
    const later = ctx.outside.read().some((kept) => {
      const checkpoint = parseCheckpointUnsafe(kept.note);
      return checkpoint.ok && checkpoint.value.size > size;
    });
    if (!later) ctx.outside.write(note);
  });
}
