/** The first record of a log, and the check of a log against what is kept outside it. */
import { ProblemError, toHex } from "@countersign/kernel";
import {
  equalHashes,
  openTimeStamp,
  parseCheckpointUnsafe,
  rootAt,
  type Hash,
  type KeyChain,
} from "@countersign/ledger";
import { makeRecord, publish } from "./append.ts";
import type { Context, OutsideCheckpoint } from "./context.ts";
import { carryOutErasures } from "./erasures.ts";
import { loadKeyChain } from "./key-chain.ts";
import { mendKeys } from "./keys.ts";
import { openAsSigned } from "./workspace-keys.ts";

/**
 * Creates the organization's log when there is none, and refuses one that is older than a checkpoint kept outside it.
 * @param reading whether a log whose private keys are elsewhere is opened all the same: nothing is recorded then.
 */
export async function openOrganization(
  ctx: Context,
  { reading = false }: { readonly reading?: boolean } = {},
): Promise<{ readonly created: boolean }> {
  await ctx.store.createLog(ctx.organization, ctx.keys.origin, ctx.clock.now());
  const created = await ctx.store.transaction(ctx.organization, async (tx) => {
    await tx.lock("log");
    if ((await tx.stateOf("log.created", "log")) !== undefined) return false;
    const { origin } = ctx.keys;
    await tx.append(makeRecord(ctx, "log.created", ctx.organization, { origin, ...ctx.keys.begin() }));
    return true;
  });
  ctx.keys.follow(await loadKeyChain(ctx));
  const signs = !(reading && ctx.keys.absent);
  if (signs) requireLogKeys(ctx);
  // A log that begins anew beside an old checkpoint has lost its history: say so before anything is written over it.
  await compareWithOutside(ctx);
  if (created) await publish(ctx);
  await carryOutErasures(ctx);
  if (signs) for (const line of await mendKeys(ctx)) ctx.say(line);
  return { created };
}

/** A checkpoint needs the signature of every key that has not ended. */
function requireLogKeys({ keys }: Context): void {
  const needed = keys.chain.log.filter((key) => key.endedAt === undefined);
  if (needed.every(({ key }) => keys.privateKey("log", key) !== undefined)) return;
  throw new ProblemError({
    code: "log-key",
    what: keys.absent
      ? "the log was made with keys that are not in this workspace: it can be read and checked, and nothing can be recorded"
      : "the log was made with another key than this workspace holds",
    next: "restore keys/ of the workspace that made it, or restore the backup once more with its keys: countersign backup restore BACKUP --keys-from BACKUP_WITH_KEYS",
  });
}

/** @throws ProblemError that names the checkpoint when the database is older than it, or has forked from it. */
export async function compareWithOutside(ctx: Context): Promise<number> {
  // Read ahead of the database: what another process publishes in between must not look like records that are missing here.
  const kept = ctx.outside.read();
  const newest = await ctx.store.newestCheckpoint(ctx.organization);
  const size = newest?.size ?? 0;
  if (kept.length === 0) return 0;
  const sizes = kept.flatMap(({ note }) => {
    const claimed = parseCheckpointUnsafe(note);
    return claimed.ok && claimed.value.size <= size ? [claimed.value.size] : [];
  });
  const roots = await ctx.store.readTree(
    ctx.organization,
    (read) => new Map(sizes.map((at) => [at, rootAt(at, read)])),
  );
  return compareCheckpoints(kept, ctx.keys.chain, {
    what: "database",
    size,
    rootAt(outside) {
      const root = roots.get(outside);
      if (root === undefined) throw new RangeError(`no root at ${outside}`);
      return root;
    },
  });
}

/** A log as it is here: in a database, or in a backup that is to become one. */
export type LogHere = {
  readonly what: "database" | "backup";
  readonly size: number;
  /** @param size from 1 to that of the log. */
  readonly rootAt: (size: number) => Hash;
};

/** @returns how many there were. @throws ProblemError that names the first checkpoint that the log does not extend. */
export function compareCheckpoints(
  kept: readonly OutsideCheckpoint[],
  chain: KeyChain,
  log: LogHere,
): number {
  const { what, size } = log;
  const looked = `looked at ${kept.map(({ name, stamp }) => (stamp === undefined ? name : `${name} with its time stamp`)).join(", ")}`;
  for (const { name, note, stamp } of kept) {
    const opened = openAsSigned(note, chain);
    if (!opened.ok)
      throw new ProblemError({
        code: "outside-checkpoint",
        what: "a checkpoint kept beside the program is not one of this log",
        where: name,
        why: opened.error,
        next: "if the workspace was begun anew on purpose, move the old checkpoint files away; they still prove the old log",
      });
    if (stamp !== undefined) refuseForeignStamp(name, note, stamp);
    const { size: outside, root } = opened.value;
    if (outside > size)
      throw new ProblemError({
        code: "rolled-back",
        what: `the ${what} is older than a checkpoint kept outside it: ${size} records, the checkpoint has ${outside}`,
        where: name,
        why: `records that were acknowledged are missing; an old copy of the database may have been restored (${looked})`,
        next: `restore the newer ${what}; nothing was written`,
      });
    if (outside > 0 && !equalHashes(log.rootAt(outside), root))
      throw new ProblemError({
        code: "forked",
        what: `the first ${outside} records are not those of a checkpoint kept outside`,
        where: name,
        why: `root ${toHex(log.rootAt(outside)).slice(0, 16)}… here, ${toHex(root).slice(0, 16)}… in the checkpoint (${looked})`,
        next:
          what === "database"
            ? "countersign fsck names what differs; keep the checkpoint, it proves the fork"
            : "this backup is of another log; keep the checkpoint, it proves the fork",
      });
  }
  return kept.length;
}

/** A stamp that is not over the checkpoint beside it proves nothing: one of the two files is not what was kept. */
function refuseForeignStamp(name: string, note: string, stamp: Uint8Array): void {
  const why = whyForeignStamp(note, stamp);
  if (why === undefined) return;
  throw new ProblemError({
    code: "outside-stamp",
    what: "the time stamp beside a checkpoint is not one of that checkpoint",
    where: name.replace(/\.checkpoint$/, ".tsr"),
    why,
    next: "restore both files from the company's own history; nothing was written",
  });
}

/** @returns undefined for a stamp of this note, and for one that cannot be checked on this machine. */
export function whyForeignStamp(note: string, stamp: Uint8Array): string | undefined {
  const opened = openTimeStamp(stamp, { message: Buffer.from(note) });
  return opened.ok || opened.error.code === "algorithm" ? undefined : opened.error.message;
}
