/** Where an interrupted check goes on. Operational: it holds no fact, and without it a check begins anew. */
import { ProblemError, toHex, type Digest, type EpochMs } from "@countersign/kernel";
import { rootAt } from "@countersign/ledger";
import type { Context } from "../context.ts";
import type { StoreCheck, StoreCursor, StoreFault } from "../ports/index.ts";

export type FsckCursor = {
  readonly version: 1;
  readonly organization: string;
  readonly origin: string;
  readonly savedAt: EpochMs;
  /** The newest checkpoint when it was saved: a log that does not continue it is another log. */
  readonly checkpoint: { readonly size: number; readonly root: string };
  /** While records are read: where, with the tree's edge. */
  readonly log?: StoreCursor;
  /** After they were read: what was found. */
  readonly store?: StoreCheck;
  /** Records whose files were looked at, and folders whose files were read. */
  readonly named: number;
  readonly stored: number;
  readonly files: number;
  readonly unnamed: readonly string[];
  readonly unnamedCount: number;
  readonly damaged: readonly (readonly [Digest, "damaged" | "missing"])[];
  readonly faults: readonly StoreFault[];
};

/** Keeps one cursor in the workspace. */
export type CursorPlace = {
  /** @returns undefined where there is none, or none of this version. */
  read(): FsckCursor | undefined;
  write(cursor: FsckCursor): void;
  clear(): void;
};

/** How many records of the log were read already. */
export function recordsRead(cursor: FsckCursor): number {
  return cursor.store?.entries ?? cursor.log?.size ?? 0;
}

/** @throws ProblemError when the log is not the one that the cursor was saved in, or was cut back since. */
export async function continuesLog(ctx: Context, cursor: FsckCursor): Promise<void> {
  const { size, root } = cursor.checkpoint;
  const refuse = (why: string): never => {
    throw new ProblemError({
      code: "fsck-cursor",
      what: "the interrupted check cannot go on: it was of another log, or of this one before it was changed",
      why,
      next: "countersign fsck, without --resume, checks everything from the beginning",
    });
  };
  if (cursor.organization !== ctx.organization || cursor.origin !== ctx.keys.origin)
    refuse(`it was of ${cursor.origin}, this is ${ctx.keys.origin}`);
  const newest = await ctx.store.newestCheckpoint(ctx.organization);
  const now = newest?.size ?? 0;
  if (now < size) refuse(`it saw ${size} records, and the newest checkpoint here has ${now}`);
  let found: string;
  try {
    found = toHex(await ctx.store.readTree(ctx.organization, (read) => rootAt(size, read)));
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (found !== root) refuse(`the first ${size} records had the root ${root}, and have ${found}`);
}
