/** A backup as it is read: strictly, part by part, each held against the manifest before anything is made of it. */
import { digestOf, epochOf, parseCanonicalJson, ProblemError, type Result } from "@countersign/kernel";
import { leafHash, parseCheckpointUnsafe, type Hash } from "@countersign/ledger";
import {
  BACKUP_BYTES_PATH,
  BACKUP_CHECKPOINTS_STEM,
  BACKUP_FILES_STEM,
  BACKUP_HEADER_PATH,
  BACKUP_KEYS_PATH,
  backupCheckpointReader,
  backupFileReader,
  filePartPath,
  linePartPath,
  MANIFEST_PATH,
  openZip,
  parseBackupHeader,
  parseBackupKeys,
  parseManifest,
  PART_BYTES_MAX,
  readEntryWhole,
  RECORDS_STEM,
  type BackupFile,
  type BackupHeader,
  type BackupKeys,
  type ManifestFile,
  type RandomAccess,
  type ZipEntry,
} from "@countersign/package-format";
import { RECORD_BYTES_MAX, type LedgerRecord } from "@countersign/records";
import type { StoredCheckpoint } from "../ports/index.ts";

/** The manifest of the largest file that a zip of ours can be. */
const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;
/** So many records, or checkpoints, are handed over together. */
const PAGE = 1_000;

export type BackedUpRecord = {
  readonly id: string;
  readonly type: string;
  /** Its bytes, as text. */
  readonly entry: string;
  readonly leaf: Hash;
  readonly record: LedgerRecord;
};

export type OpenBackup = {
  /** As people see the file. */
  readonly name: string;
  readonly header: BackupHeader;
  /** In the order of the log. @throws ProblemError `backup-damaged`, as all that reads here does. */
  records(): Generator<readonly BackedUpRecord[]>;
  checkpoints(): Generator<readonly StoredCheckpoint[]>;
  /** Each file, whose bytes have to be read through before the next one is asked for. */
  files(): Generator<{ readonly file: BackupFile; readonly bytes: Iterable<Uint8Array> }>;
  /** Undefined for a backup without keys. */
  keys(): BackupKeys | undefined;
  /** @param where a part of the backup, or what stands in it. */
  damaged(where: string, why: string): ProblemError;
};

/** @throws ProblemError `not-a-backup`, or `backup-damaged` for one that was cut, changed or not finished. */
export function openBackup(source: RandomAccess, name: string): OpenBackup {
  const damaged = damagedIn(name);
  const zip = openZip(source);
  if (!zip.ok) throw notABackup(name, zip.error.message);
  const [fault] = zip.value.faults;
  if (fault !== undefined) throw damaged(fault.where, fault.message);
  const { entries } = zip.value;
  const manifestEntry = entries.get(MANIFEST_PATH);
  if (manifestEntry === undefined || !entries.has(BACKUP_HEADER_PATH))
    throw notABackup(name, `it holds no ${manifestEntry === undefined ? MANIFEST_PATH : BACKUP_HEADER_PATH}`);
  const read = (entry: ZipEntry, max: number): Uint8Array => {
    const bytes = readEntryWhole(source, entry, max);
    if (!bytes.ok) throw damaged(entry.path, bytes.error);
    return bytes.value;
  };
  const manifest = parseManifest(read(manifestEntry, MANIFEST_BYTES_MAX));
  if (!manifest.ok) throw damaged(MANIFEST_PATH, manifest.error);
  const listed = new Map(manifest.value.files.map((file) => [file.path, file]));
  for (const path of listed.keys()) if (!entries.has(path)) throw damaged(path, "it is listed, and not here");
  for (const path of entries.keys())
    if (path !== MANIFEST_PATH && !listed.has(path)) throw damaged(path, "it is here, and not listed");
  const bytesOf = (path: string): Uint8Array => {
    const [entry, expected] = [entries.get(path), listed.get(path)];
    if (entry === undefined || expected === undefined) throw damaged(path, "it is missing");
    return sameBytes(read(entry, PART_BYTES_MAX), expected, damaged);
  };
  const header = parseBackupHeader(bytesOf(BACKUP_HEADER_PATH));
  if (!header.ok) throw damaged(BACKUP_HEADER_PATH, header.error);
  refuseOtherFiles(listed, header.value, damaged);
  return new Backup(name, header.value, listed, bytesOf, damaged);
}

type Damaged = OpenBackup["damaged"];

const damagedIn =
  (name: string): Damaged =>
  (where, why) =>
    new ProblemError({
      code: "backup-damaged",
      what: "the backup is damaged, and was not restored",
      where: `${name}: ${where}`,
      why,
      next: "restore another backup; a copy of this one elsewhere may be whole",
    });

function notABackup(name: string, why: string): ProblemError {
  return new ProblemError({
    code: "not-a-backup",
    what: "this is not a whole backup that countersign made",
    where: name,
    why,
    next: "give the path that countersign backup create printed; a file that ends in .partial was not finished",
  });
}

function sameBytes(bytes: Uint8Array, expected: ManifestFile, damaged: Damaged): Uint8Array {
  if (bytes.length === expected.size && digestOf(bytes) === expected.digest) return bytes;
  throw damaged(expected.path, "its bytes are not those that the manifest lists");
}

const stems = [RECORDS_STEM, BACKUP_CHECKPOINTS_STEM, BACKUP_FILES_STEM];
/** Byte parts are named as those of a file that does not fit in one. */
const bytePart = (part: number): string => filePartPath(BACKUP_BYTES_PATH, Number.MAX_SAFE_INTEGER, part);

/** What no reader of ours would look at is not a backup's; and no part is missing in between. */
function refuseOtherFiles(
  listed: ReadonlyMap<string, ManifestFile>,
  header: BackupHeader,
  damaged: Damaged,
): void {
  const known = new Set([BACKUP_HEADER_PATH, ...(header.keys ? [BACKUP_KEYS_PATH] : [])]);
  if (header.keys && !listed.has(BACKUP_KEYS_PATH)) throw damaged(BACKUP_KEYS_PATH, "it is missing");
  for (const stem of stems) for (const path of partsOf(listed, (n) => linePartPath(stem, n))) known.add(path);
  for (const path of partsOf(listed, bytePart)) known.add(path);
  for (const path of listed.keys()) if (!known.has(path)) throw damaged(path, "a backup has no such part");
}

function* partsOf(listed: ReadonlyMap<string, ManifestFile>, path: (part: number) => string) {
  for (let part = 0; listed.has(path(part)); part++) yield path(part);
}

class Backup implements OpenBackup {
  readonly name: string;
  readonly header: BackupHeader;
  readonly damaged: Damaged;
  readonly #listed: ReadonlyMap<string, ManifestFile>;
  readonly #bytesOf: (path: string) => Uint8Array;

  constructor(
    name: string,
    header: BackupHeader,
    listed: ReadonlyMap<string, ManifestFile>,
    bytesOf: (path: string) => Uint8Array,
    damaged: Damaged,
  ) {
    this.name = name;
    this.header = header;
    this.damaged = damaged;
    this.#listed = listed;
    this.#bytesOf = bytesOf;
  }

  *records(): Generator<readonly BackedUpRecord[]> {
    let count = 0;
    for (const page of this.#pages(RECORDS_STEM, (line, where) => this.#record(line, where))) {
      count += page.length;
      yield page;
    }
    if (count !== this.header.checkpoint.size)
      throw this.damaged(RECORDS_STEM, `${count} records, and ${this.header.checkpoint.size} were backed up`);
  }

  #record(line: Buffer, where: string): BackedUpRecord {
    if (line.length > RECORD_BYTES_MAX) throw this.damaged(where, "a record that is too long");
    const json = parseCanonicalJson(line);
    if (!json.ok) throw this.damaged(where, json.error);
    // Written by a version of ours, which had checked it; what the tree does not cover is looked at here.
    const record = json.value as unknown as LedgerRecord | null;
    const { id, type, organization, body } = record ?? {};
    if (record === null || typeof id !== "string" || typeof type !== "string" || typeof body !== "object")
      throw this.damaged(where, "it is no record");
    if (organization !== this.header.organization)
      throw this.damaged(where, "it is a record of another organization");
    return { id, type, entry: line.toString("utf8"), leaf: leafHash(line), record };
  }

  *checkpoints(): Generator<readonly StoredCheckpoint[]> {
    const read = backupCheckpointReader();
    let [before, count] = [0, 0];
    const pages = this.#pages(BACKUP_CHECKPOINTS_STEM, (line, where): StoredCheckpoint => {
      const { note, publishedAt, clockWentBack } = this.#read(read(line), where);
      const { size, root } = this.#read(parseCheckpointUnsafe(note), where);
      if (size <= before) throw this.damaged(where, `the checkpoint of size ${size} is not in order`);
      before = size;
      count++;
      return { size, root, note, publishedAt: epochOf(publishedAt), clockWentBack };
    });
    yield* pages;
    if (before !== this.header.checkpoint.size || count !== this.header.checkpoints)
      throw this.damaged(
        BACKUP_CHECKPOINTS_STEM,
        `${count} checkpoints up to size ${before}, and ${this.header.checkpoints} up to size ${this.header.checkpoint.size} were backed up`,
      );
  }

  *files(): Generator<{ readonly file: BackupFile; readonly bytes: Iterable<Uint8Array> }> {
    const read = backupFileReader();
    const bytes = new ByteStream(partsOf(this.#listed, bytePart), this.#bytesOf);
    let [before, count] = ["", 0];
    for (const page of this.#pages(BACKUP_FILES_STEM, (line, where) => this.#read(read(line), where)))
      for (const file of page) {
        if (file.digest <= before) throw this.damaged(BACKUP_FILES_STEM, `${file.digest} is not in order`);
        before = file.digest;
        count++;
        const end = bytes.at + file.size;
        yield { file, bytes: bytes.take(file.size) };
        if (bytes.at !== end) throw this.damaged(file.digest, "its bytes end before they should");
      }
    const { files } = this.header;
    if (count !== files.count || bytes.at !== files.bytes || !bytes.ended())
      throw this.damaged(
        BACKUP_FILES_STEM,
        `${count} files of ${bytes.at} bytes, and ${files.count} of ${files.bytes} were backed up`,
      );
  }

  keys(): BackupKeys | undefined {
    if (!this.header.keys) return undefined;
    const keys = this.#read(parseBackupKeys(this.#bytesOf(BACKUP_KEYS_PATH)), BACKUP_KEYS_PATH);
    if (keys.organization === this.header.organization) return keys;
    throw this.damaged(BACKUP_KEYS_PATH, "they are another organization's");
  }

  #read<T>(result: Result<T, string>, where: string): T {
    if (!result.ok) throw this.damaged(where, result.error);
    return result.value;
  }

  /** What each line says, in pages. Every part ends with a line's end. */
  *#pages<T>(stem: string, read: (line: Buffer, where: string) => T): Generator<readonly T[]> {
    let page: T[] = [];
    for (const path of partsOf(this.#listed, (part) => linePartPath(stem, part))) {
      const bytes = Buffer.from(this.#bytesOf(path));
      let [start, line] = [0, 1];
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        page.push(read(bytes.subarray(start, end), `${path} line ${line}`));
        [start, line] = [end + 1, line + 1];
        if (page.length < PAGE) continue;
        yield page;
        page = [];
      }
      if (start !== bytes.length) throw this.damaged(path, "its last line has no end");
    }
    if (page.length > 0) yield page;
  }
}

/** The bytes of all parts one behind the other; one part is held at a time. */
class ByteStream {
  readonly #parts: Iterator<string>;
  readonly #bytesOf: (path: string) => Uint8Array;
  #part: Uint8Array = new Uint8Array();
  #used = 0;
  at = 0;

  constructor(parts: Iterator<string>, bytesOf: (path: string) => Uint8Array) {
    this.#parts = parts;
    this.#bytesOf = bytesOf;
  }

  /** Ends early where there are no more. */
  *take(size: number): Generator<Uint8Array> {
    for (let left = size; left > 0;) {
      if (this.ended()) return;
      const piece = this.#part.subarray(this.#used, this.#used + left);
      this.#used += piece.length;
      this.at += piece.length;
      left -= piece.length;
      yield piece;
    }
  }

  /** Whether nothing is left. */
  ended(): boolean {
    while (this.#used === this.#part.length) {
      const next = this.#parts.next();
      if (next.done === true) return true;
      this.#part = this.#bytesOf(next.value);
      this.#used = 0;
    }
    return false;
  }
}
