/**
 * A workspace from a backup: files first, then keys, then the whole log in one transaction, then a check of all of it. What
 * is interrupted is done again from the beginning: nothing that was written is in its way.
 */
import { epochOf, fromHex, ProblemError } from "@countersign/kernel";
import { equalHashes, TreeHasher } from "@countersign/ledger";
import { RECORDS_STEM, type BackupKeys } from "@countersign/package-format";
import type { Context } from "../context.ts";
import { fsck, type Fsck } from "../fsck/fsck.ts";
import { personsIn } from "../fsck/people.ts";
import { loadKeyChain } from "../key-chain.ts";
import type { RestoredLog } from "../ports/index.ts";
import { fileCheck, type CheckedBackup } from "./check.ts";
import type { OpenBackup } from "./open.ts";

export type RestoreOptions = {
  /** Of the backup itself or of another one; absent: nothing can be recorded afterwards. */
  readonly keys?: BackupKeys;
  /** An earlier attempt was interrupted here: what it has put in place stays. */
  readonly again: boolean;
};

export type Restored = {
  readonly records: number;
  readonly checkpoints: number;
  readonly files: { readonly count: number; readonly bytes: number };
  readonly persons: number;
  /** Whether the keys that the log needs next are here. */
  readonly signs: boolean;
  readonly directoryKey: boolean;
  readonly check: Pick<Fsck, "entries" | "blobs" | "lists">;
};

/** Codes of what a sound log says of its own past: it was so when the backup was made, and comes back with it. */
const OF_THE_LOG: ReadonlySet<string> = new Set(["clock-back"]);

/**
 * @param checked what `checkBackup` returned for it.
 * @throws ProblemError `log-exists` before anything is written; `restore-differs` at the end.
 */
export async function restoreBackup(
  ctx: Context,
  backup: OpenBackup,
  checked: CheckedBackup,
  options: RestoreOptions,
): Promise<Restored> {
  const there = await isThere(ctx, backup, options.again);
  restoreFiles(ctx, backup, checked);
  const { keys } = options;
  for (const purpose of ["log", "attestation"] as const)
    for (const pem of keys?.[purpose] ?? []) ctx.keys.ring.put(purpose, pem);
  if (!there) await restoreLog(ctx, backup, checked, keys);
  ctx.keys.follow(await loadKeyChain(ctx));
  const found = await fsck(ctx);
  const faults = found.faults.filter(({ code }) => !OF_THE_LOG.has(code));
  const [fault] = faults;
  if (fault !== undefined)
    throw new ProblemError({
      code: "restore-differs",
      what: `what was restored is not what the backup holds: ${faults.length} faults`,
      where: fault.where,
      why: fault.message,
      next: "countersign fsck names them all; look at the machine's memory and disk, and restore into another place",
    });
  const directory = await ctx.store.transaction(ctx.organization, (tx) => tx.directoryKey());
  const { header } = backup;
  return {
    records: header.checkpoint.size,
    checkpoints: header.checkpoints,
    files: header.files,
    persons: found.persons,
    signs: ctx.keys.chain.log.every(
      (key) => key.endedAt !== undefined || ctx.keys.privateKey("log", key.key) !== undefined,
    ),
    directoryKey: directory !== undefined,
    check: { entries: found.entries, blobs: found.blobs, lists: found.lists },
  };
}

async function isThere(ctx: Context, { header }: OpenBackup, again: boolean): Promise<boolean> {
  const log = await ctx.store.log(ctx.organization);
  if (log === undefined) return false;
  const newest = await ctx.store.newestCheckpoint(ctx.organization);
  const root = Buffer.from(newest?.root ?? []).toString("base64");
  if (again && newest?.size === header.checkpoint.size && root === header.checkpoint.root) return true;
  throw new ProblemError({
    code: "log-exists",
    what: `the database holds a log of ${ctx.organization} already`,
    where: `${log.size} records`,
    why: "a backup is restored into an empty place only: two logs cannot become one",
    next: "name another database, or another folder; nothing was written",
  });
}

function restoreFiles(ctx: Context, backup: OpenBackup, { named }: CheckedBackup): void {
  const erasures = named.erasures();
  let count = 0;
  for (const { file, bytes } of backup.files()) {
    const check = fileCheck(backup, named, erasures, file);
    // In place of what an interrupted restore of another backup may have left: of a list, other lines.
    const writer = file.salt === undefined ? ctx.blobs.replace(file.digest) : ctx.blobs.create(file.salt);
    try {
      for (const piece of bytes) {
        check.push(piece);
        writer.write(piece);
      }
      check.finish();
    } catch (error) {
      writer.discard();
      throw error;
    }
    writer.finish();
    ctx.say(`restore: files ${++count} of ${backup.header.files.count}`);
  }
}

async function restoreLog(
  ctx: Context,
  backup: OpenBackup,
  { named }: CheckedBackup,
  keys: BackupKeys | undefined,
): Promise<void> {
  const { header } = backup;
  const log = { origin: header.origin, createdAt: epochOf(header.logCreatedAt) };
  await ctx.store.restore(ctx.organization, log, async (into) => {
    await restoreRecords(ctx, backup, into);
    for (const page of backup.checkpoints()) await into.checkpoints(page);
    // From the lists that were put in place before: as fsck --repair would.
    await into.putPeople([...personsIn(ctx.blobs, named.directory).values()]);
    if (keys !== undefined && keys.directory !== "") await into.directoryKey(fromHex(keys.directory));
  });
}

async function restoreRecords(ctx: Context, backup: OpenBackup, into: RestoredLog): Promise<void> {
  const { checkpoint } = backup.header;
  const tree = new TreeHasher();
  for (const page of backup.records()) {
    for (const { leaf } of page) tree.append(leaf);
    await into.append(page);
    ctx.say(`restore: records ${tree.size} of ${checkpoint.size}`);
  }
  // The file was read a second time; what it gave now has to be what was checked.
  if (!equalHashes(tree.root(), Buffer.from(checkpoint.root, "base64")))
    throw backup.damaged(RECORDS_STEM, "the file changed while it was restored");
}
