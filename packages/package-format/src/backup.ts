/**
 * What a backup holds and where (docs/formats/backup.md). Shapes are made where they are used, and not when this file is
 * loaded: the stand-alone verifier, which reads no backups, is then built without them.
 */
import { canonicalJson, err, ok, type Digest, type Instant, type Result } from "@countersign/kernel";
import { checkPackagePath } from "./paths.ts";
import * as shape from "./shape.ts";

export const BACKUP_FORMAT = "countersign-backup-1";
export const BACKUP_KEYS_FORMAT = "countersign-backup-keys-1";

/** Manifest and records stand where a package has them. */
export const BACKUP_HEADER_PATH = "backup.json";
export const BACKUP_KEYS_PATH = "keys.json";
export const BACKUP_CHECKPOINTS_STEM = "ledger/checkpoints";
export const BACKUP_FILES_STEM = "files/index";
/** The bytes of all files one behind the other, in the order of the index; cut anywhere. */
export const BACKUP_BYTES_PATH = "files/bytes";

export type BackupHeader = {
  readonly format: typeof BACKUP_FORMAT;
  readonly organization: string;
  readonly origin: string;
  /** When the log's row was made; in no signature. */
  readonly logCreatedAt: Instant;
  /** The newest: how many records there are, and their root in base64. */
  readonly checkpoint: { readonly size: number; readonly root: string };
  readonly checkpoints: number;
  readonly files: { readonly count: number; readonly bytes: number };
  /** Names of the migrations of the database that it was made from, in their order. */
  readonly schema: readonly string[];
  /** Whether keys.json is in it. */
  readonly keys: boolean;
};

export function formatBackupHeader(header: BackupHeader): string {
  return canonicalJson(header);
}

export function parseBackupHeader(bytes: Uint8Array): Result<BackupHeader, string> {
  const read = shape.readDocument<BackupHeader>(
    bytes,
    shape.object({
      format: shape.literal(BACKUP_FORMAT),
      organization: shape.name,
      origin: shape.name,
      logCreatedAt: shape.instant,
      checkpoint: shape.object({ size: shape.count, root: shape.name }),
      checkpoints: shape.count,
      files: shape.object({ count: shape.count, bytes: shape.count }),
      schema: shape.list(shape.name),
      keys: shape.boolean,
    }),
  );
  if (!read.ok) return read;
  const { organization, checkpoint } = read.value;
  // It names a folder of the workspace.
  const safe = checkPackagePath(organization);
  if (!safe.ok || organization.includes("/")) return err("organization: not the id of one");
  return checkpoint.size > 0 ? read : err("checkpoint.size: a log without records is not backed up");
}

/** A published checkpoint, one line of `ledger/checkpoints`; size and root are the note's own. */
export type BackupCheckpoint = {
  readonly note: string;
  /** By the machine's clock; in no signature. */
  readonly publishedAt: Instant;
  readonly clockWentBack: boolean;
};

export function formatBackupCheckpoint(checkpoint: BackupCheckpoint): string {
  return canonicalJson(checkpoint);
}

/** Reads lines of checkpoints: one reader serves them all. */
export function backupCheckpointReader(): (line: Uint8Array) => Result<BackupCheckpoint, string> {
  const one = shape.object({
    note: shape.name,
    publishedAt: shape.instant,
    clockWentBack: shape.boolean,
  });
  return (line) => shape.readDocument<BackupCheckpoint>(line, one);
}

/** A stored file, one line of `files/index`. */
export type BackupFile = {
  readonly digest: Digest;
  /** Of the bytes as they stand in the backup. */
  readonly size: number;
  /** Opens the commitment that the digest is. */
  readonly salt?: string;
  /** Of a sealed list: so many of its lines are only leaves, and the digest is that of before. */
  readonly erasedLines?: number;
};

export function formatBackupFile(file: BackupFile): string {
  return canonicalJson(file);
}

/** Reads lines of files: one reader serves them all. */
export function backupFileReader(): (line: Uint8Array) => Result<BackupFile, string> {
  const plain = { digest: shape.digest, size: shape.count };
  const one = shape.tagged<BackupFile>({
    salt: shape.object({ ...plain, salt: shape.salt }),
    erasedLines: shape.object({ ...plain, erasedLines: shape.count }),
    digest: shape.object(plain),
  });
  return (line) => shape.readDocument(line, one);
}

/** Private keys as PKCS #8 PEM, and the directory's key; all of it is secret. */
export type BackupKeys = {
  readonly format: typeof BACKUP_KEYS_FORMAT;
  readonly organization: string;
  readonly log: readonly string[];
  readonly attestation: readonly string[];
  /** 64 hex digits; empty where the log has named nobody yet. */
  readonly directory: string;
};

export function formatBackupKeys(keys: BackupKeys): string {
  return canonicalJson({ ...keys, log: keys.log.toSorted(), attestation: keys.attestation.toSorted() });
}

/** What is wrong with it never repeats what it says. */
export function parseBackupKeys(bytes: Uint8Array): Result<BackupKeys, string> {
  const read = shape.readDocument<BackupKeys>(
    bytes,
    shape.object({
      format: shape.literal(BACKUP_KEYS_FORMAT),
      organization: shape.name,
      log: shape.list(shape.name),
      attestation: shape.list(shape.name),
      directory: shape.string,
    }),
  );
  if (!read.ok) return err(`not the keys of a backup: ${read.error}`);
  return /^(?:[0-9a-f]{64})?$/.test(read.value.directory)
    ? ok(read.value)
    : err("directory: 64 lowercase hex digits are needed");
}
