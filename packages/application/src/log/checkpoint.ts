/** The checkpoint that an export or a proof leads to: the newest published one, or one that the caller has. */
import { ProblemError, toHex } from "@countersign/kernel";
import { equalHashes, rootAt, type Checkpoint } from "@countersign/ledger";
import type { Context } from "../context.ts";

/** A checkpoint of this log in a file, with whatever signatures others have added: an anchored one, say. */
export type GivenCheckpoint = { readonly name: string; readonly note: string };

export type ChosenCheckpoint = { readonly note: string; readonly checkpoint: Checkpoint };

/** @throws ProblemError when what was given is no checkpoint of this log as it is. */
export async function chooseCheckpoint(
  ctx: Context,
  given: GivenCheckpoint | undefined,
): Promise<ChosenCheckpoint> {
  const newest = await ctx.store.newestCheckpoint(ctx.organization);
  if (newest === undefined)
    throw new ProblemError({
      code: "nothing-published",
      what: "the log has no checkpoint yet",
      next: "run a command that records something: countersign collect, countersign evidence add",
    });
  if (given === undefined) return { note: newest.note, checkpoint: opened(ctx, newest.note, "the database") };
  const checkpoint = opened(ctx, given.note, given.name);
  if (checkpoint.size > newest.size)
    throw new ProblemError({
      code: "rolled-back",
      what: `the log has ${newest.size} records, and the checkpoint ${checkpoint.size}`,
      where: given.name,
      next: "restore the newer database; nothing was written",
    });
  const root = await ctx.store.readTree(ctx.organization, (read) => rootAt(checkpoint.size, read));
  if (!equalHashes(root, checkpoint.root))
    throw new ProblemError({
      code: "forked",
      what: `the first ${checkpoint.size} records are not those of the checkpoint`,
      where: given.name,
      why: `root ${toHex(root).slice(0, 16)}… here, ${toHex(checkpoint.root).slice(0, 16)}… in the checkpoint`,
      next: "countersign fsck names what differs; keep the checkpoint, it proves the fork",
    });
  return { note: given.note, checkpoint };
}

function opened(ctx: Context, note: string, where: string): Checkpoint {
  const checkpoint = ctx.keys.openAsSigned(note);
  if (checkpoint.ok) return checkpoint.value;
  throw new ProblemError({
    code: "checkpoint-not-ours",
    what: "this is not a checkpoint of this log",
    where,
    why: checkpoint.error,
    next: "name a file of countersign/checkpoints, or no checkpoint: then the newest one is taken",
  });
}
