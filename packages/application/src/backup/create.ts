/**
 * Everything that a workspace needs to go on, in one file (docs/formats/backup.md). The size of the log is fixed before the
 * first byte is written: what is recorded later is not in it, so that two backups of one size are the same bytes.
 */
import { formatInstant, ProblemError, toHex, type Digest } from "@countersign/kernel";
import { equalHashes, leafHash, TreeHasher } from "@countersign/ledger";
import {
  BACKUP_BYTES_PATH,
  BACKUP_CHECKPOINTS_STEM,
  BACKUP_FILES_STEM,
  BACKUP_FORMAT,
  BACKUP_HEADER_PATH,
  BACKUP_KEYS_FORMAT,
  BACKUP_KEYS_PATH,
  formatBackupCheckpoint,
  formatBackupFile,
  formatBackupHeader,
  formatBackupKeys,
  MANIFEST_PATH,
  ManifestBuilder,
  PartCutter,
  RECORDS_STEM,
  type Part,
} from "@countersign/package-format";
import { publish } from "../append.ts";
import type { Context } from "../context.ts";
import { Erasures } from "../erasures.ts";
import { PREFIXES } from "../fsck/files.ts";
import { readRecord } from "../fsck/mentions.ts";
import type { Archive, Archives, PublishedCheckpoint } from "../ports/index.ts";
import { ErasedList } from "./erased-list.ts";
import { NamedByRecords } from "./named.ts";

export type BackupRequest = {
  /** Given the size of the log, where to write. */
  readonly path: (size: number) => string;
  /** Whether private keys go into it: whoever has it can then sign for the log. */
  readonly withKeys: boolean;
};

export type CreatedBackup = {
  readonly path: string;
  /** Of the file, in bytes. */
  readonly size: number;
  readonly records: number;
  readonly checkpoints: number;
  readonly files: { readonly count: number; readonly bytes: number };
  readonly keys: boolean;
};

/** @throws ProblemError for a log or a file that is not what was recorded: a backup of it would look like one of a sound log. */
export async function createBackup(
  ctx: Context,
  archives: Archives,
  request: BackupRequest,
): Promise<CreatedBackup> {
  const newest = await publish(ctx);
  const row = await ctx.store.log(ctx.organization);
  if (newest === undefined || row === undefined)
    throw new ProblemError({
      code: "backup-empty",
      what: "nothing is recorded yet, so there is nothing to back up",
      next: "countersign collect SOURCE",
    });
  const keys = request.withKeys ? await secretsOf(ctx) : undefined;
  const path = request.path(newest.size);
  const archive = archives.create(path, "backup");
  try {
    const backup = new BackupFiles(archive);
    const named = await addRecords(ctx, backup, newest);
    const checkpoints = await addCheckpoints(ctx, backup, newest.size);
    const files = await addFiles(ctx, backup, named);
    if (keys !== undefined) await backup.add({ path: BACKUP_KEYS_PATH, bytes: Buffer.from(keys) });
    const header = formatBackupHeader({
      format: BACKUP_FORMAT,
      organization: ctx.organization,
      origin: row.origin,
      logCreatedAt: formatInstant(row.createdAt),
      checkpoint: { size: newest.size, root: Buffer.from(newest.root).toString("base64") },
      checkpoints,
      files,
      schema: ctx.store.schema,
      keys: keys !== undefined,
    });
    await backup.add({ path: BACKUP_HEADER_PATH, bytes: Buffer.from(header) });
    // Last: a file without it is not whole, whatever became of its directory.
    await archive.add(MANIFEST_PATH, Buffer.from(backup.manifest.finish()));
    const size = await archive.finish();
    return { path, size, records: newest.size, checkpoints, files, keys: keys !== undefined };
  } catch (error) {
    archive.discard();
    throw error;
  }
}

class BackupFiles {
  readonly manifest = new ManifestBuilder();
  readonly #archive: Archive;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  async add(...parts: readonly Part[]): Promise<void> {
    for (const { path, bytes } of parts) {
      this.manifest.add(path, bytes);
      await this.#archive.add(path, bytes);
    }
  }
}

async function addRecords(
  ctx: Context,
  backup: BackupFiles,
  newest: PublishedCheckpoint,
): Promise<NamedByRecords> {
  const named = new NamedByRecords();
  const tree = new TreeHasher();
  const cutter = PartCutter.lines(RECORDS_STEM);
  const absent: { readonly digest: Digest; readonly record: string }[] = [];
  for await (const page of ctx.store.entries(ctx.organization, 0, newest.size)) {
    for (const { entry, index } of page) {
      const bytes = Buffer.from(`${entry}\n`);
      tree.append(leafHash(bytes.subarray(0, -1)));
      await backup.add(...cutter.push(bytes));
      const record = readRecord(entry);
      if (record === undefined) throw damaged(`index ${index}`, "it is no record");
      for (const digest of named.add(record))
        if (!ctx.blobs.has(digest)) absent.push({ digest, record: record.id });
    }
    ctx.say(`backup: records ${tree.size} of ${newest.size}`);
  }
  await backup.add(...cutter.finish());
  if (tree.size !== newest.size || !equalHashes(tree.root(), newest.root))
    throw damaged(
      `checkpoint of size ${newest.size}`,
      "the records have another root than the one that was signed",
    );
  const erasures = named.erasures();
  const missing = absent.find(({ digest }) => erasures.recordOf(digest) === undefined);
  if (missing !== undefined) {
    await refuseIfErased(ctx, missing.digest);
    throw damaged(missing.digest, `it is not stored, and record ${missing.record} names it`);
  }
  return named;
}

async function addCheckpoints(ctx: Context, backup: BackupFiles, size: number): Promise<number> {
  const cutter = PartCutter.lines(BACKUP_CHECKPOINTS_STEM);
  let count = 0;
  for await (const page of ctx.store.checkpoints(ctx.organization, size))
    for (const { note, publishedAt, clockWentBack } of page) {
      const line = formatBackupCheckpoint({ note, publishedAt: formatInstant(publishedAt), clockWentBack });
      await backup.add(...cutter.push(Buffer.from(`${line}\n`)));
      count++;
    }
  await backup.add(...cutter.finish());
  return count;
}

/** Every file that a record names, in the order of digests; not what a read that failed has left. */
async function addFiles(
  ctx: Context,
  backup: BackupFiles,
  named: NamedByRecords,
): Promise<CreatedBackup["files"]> {
  const erasures = named.erasures();
  const index = PartCutter.lines(BACKUP_FILES_STEM);
  // How much there will be is not known yet: named as if it were too much for one part.
  const bytes = PartCutter.bytes(BACKUP_BYTES_PATH, Number.MAX_SAFE_INTEGER);
  const files = { count: 0, bytes: 0 };
  for (const prefix of PREFIXES)
    for (const digest of ctx.blobs.stored(prefix).digests.toSorted()) {
      if (!named.digests.has(digest) || erasures.recordOf(digest) !== undefined) continue;
      let size = 0;
      let erasedLines: number | undefined;
      try {
        const write = async (piece: Uint8Array): Promise<void> => {
          size += piece.length;
          await backup.add(...bytes.push(piece));
        };
        erasedLines = await copyFile(ctx, named, erasures, digest, write);
      } catch (error) {
        if (error instanceof ProblemError) await refuseIfErased(ctx, digest, erasures);
        throw error;
      }
      const salt = ctx.blobs.saltOf(digest);
      const line = formatBackupFile({
        digest,
        size,
        ...(salt === undefined ? {} : { salt }),
        ...(erasedLines === undefined ? {} : { erasedLines }),
      });
      await backup.add(...index.push(Buffer.from(`${line}\n`)));
      files.count++;
      files.bytes += size;
      ctx.say(`backup: files ${files.count}, ${files.bytes} bytes`);
    }
  if (files.count !== named.filesLeft(erasures))
    throw damaged(
      "stored files",
      `${named.filesLeft(erasures)} are named by records, and ${files.count} are here`,
    );
  await backup.add(...bytes.finish(), ...index.finish());
  return files;
}

/** @returns how many lines of a list are erased; undefined for what is copied as it stands. */
async function copyFile(
  { blobs }: Context,
  named: NamedByRecords,
  erasures: Erasures,
  digest: Digest,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<number | undefined> {
  const leaves = erasures.leavesOf(digest);
  if (leaves === undefined) {
    if (blobs.check(digest) !== "intact") throw damaged(digest, "its bytes have another digest");
    for (const piece of blobs.stream(digest)) await write(piece);
    return undefined;
  }
  // The record may be here before its lines are gone: what it erases is not carried on.
  let lines: Buffer[] = [];
  const list = new ErasedList(leaves, (line) => lines.push(line));
  for (const piece of blobs.stream(digest)) {
    list.push(piece);
    await write(Buffer.concat(lines));
    lines = [];
  }
  const fault = list.fault(named.lists.get(digest));
  if (fault !== undefined) throw damaged(digest, fault);
  return list.erased;
}

/** What is erased while a backup is made is neither in it nor missed by it. */
async function refuseIfErased(ctx: Context, digest: Digest, before?: Erasures): Promise<void> {
  const now = new Erasures(await ctx.store.transaction(ctx.organization, (tx) => tx.state("data.erased")));
  const file = now.recordOf(digest) !== undefined;
  const lines = (now.leavesOf(digest)?.size ?? 0) > (before?.leavesOf(digest)?.size ?? 0);
  if (!file && !lines) return;
  throw new ProblemError({
    code: "backup-moving",
    what: "something was erased while the backup was made; no backup was written",
    where: digest,
    next: "run countersign backup create again",
  });
}

function damaged(where: string, why: string): ProblemError {
  return new ProblemError({
    code: "backup-of-damage",
    what: "what is stored is not what was recorded, so no backup was written",
    where,
    why,
    next: "countersign fsck names all that is damaged; keep the backups from before, and a copy of the workspace as it is",
  });
}

async function secretsOf(ctx: Context): Promise<string> {
  const { ring } = ctx.keys;
  if (ctx.keys.absent)
    throw new ProblemError({
      code: "backup-without-keys",
      what: "this workspace does not hold the log's private keys, so a backup cannot have them",
      next: "countersign backup create without --with-keys",
    });
  const directory = await ctx.store.transaction(ctx.organization, (tx) => tx.directoryKey());
  return formatBackupKeys({
    format: BACKUP_KEYS_FORMAT,
    organization: ctx.organization,
    log: ring.privateKeys("log"),
    attestation: ring.privateKeys("attestation"),
    directory: directory === undefined ? "" : toHex(directory),
  });
}
