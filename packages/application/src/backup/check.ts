/** Everything in a backup against everything else in it, before anything is written anywhere. */
import { Digester, ProblemError } from "@countersign/kernel";
import {
  equalHashes,
  newestKey,
  parseCheckpointUnsafe,
  parseVerifierKey,
  TreeHasher,
  type Hash,
  type KeyChain,
} from "@countersign/ledger";
import { fingerprintOf, RECORDS_STEM, type BackupFile, type Fingerprint } from "@countersign/package-format";
import type { OutsideCheckpoint } from "../context.ts";
import type { Erasures } from "../erasures.ts";
import { compareCheckpoints } from "../organization.ts";
import type { StoredCheckpoint } from "../ports/index.ts";
import { openAsSigned } from "../workspace-keys.ts";
import { ErasedList } from "./erased-list.ts";
import { NamedByRecords } from "./named.ts";
import type { OpenBackup } from "./open.ts";

export type CheckedBackup = {
  readonly named: NamedByRecords;
  readonly chain: KeyChain;
  /** Of the newest log key: to be compared with one that was got by another way. */
  readonly fingerprint: Fingerprint;
  /** How many checkpoints that are kept outside it extends. */
  readonly compared: number;
};

export type BackupTarget = {
  /**
   * Checkpoints beside the program: a backup that is older than one of them, or forked from it, is refused as a database
   * would be.
   */
  readonly outside: readonly OutsideCheckpoint[];
  /** Names of the migrations that this version knows. */
  readonly schema: readonly string[];
  readonly say: (line: string) => void;
};

/** @throws ProblemError `backup-damaged` with the place, `newer-backup`, `rolled-back`, `forked`, `outside-checkpoint` */
export function checkBackup(backup: OpenBackup, { outside, schema, say }: BackupTarget): CheckedBackup {
  refuseNewer(backup, schema);
  const { named, rootAt } = checkTree(backup, outside, say);
  const chain = named.chain();
  checkSignatures(backup, chain);
  const key = parseVerifierKey(newestKey(chain, "log")?.key ?? "");
  if (!key.ok) throw backup.damaged(RECORDS_STEM, "no record names the log's keys");
  const { size } = backup.header.checkpoint;
  const compared = compareCheckpoints(outside, chain, { what: "backup", size, rootAt });
  checkFiles(backup, named, say);
  backup.keys();
  return { named, chain, fingerprint: fingerprintOf(key.value.publicKey), compared };
}

/** What a later version recorded may mean more than this one can tell. */
function refuseNewer({ header, name }: OpenBackup, schema: readonly string[]): void {
  const newer = header.schema.filter((migration) => !schema.includes(migration));
  if (newer.length === 0) return;
  throw new ProblemError({
    code: "newer-backup",
    what: `the backup was made by a newer version of countersign (it has ${newer.join(", ")})`,
    where: name,
    next: "restore it with that version or a later one; nothing was written",
  });
}

/** Grows the tree, and meets each checkpoint where it has its size. */
function checkTree(backup: OpenBackup, outside: readonly OutsideCheckpoint[], say: (line: string) => void) {
  const named = new NamedByRecords();
  const tree = new TreeHasher();
  const wanted = new Set(outside.flatMap(({ note }) => sizeOf(note)));
  const roots = new Map<number, Hash>();
  const checkpoints = flat(backup.checkpoints());
  let next = checkpoints.next();
  for (const page of backup.records()) {
    for (const { record, leaf } of page) {
      named.add(record);
      tree.append(leaf);
      if (wanted.has(tree.size)) roots.set(tree.size, tree.root());
      if (next.done === true || next.value.size !== tree.size) continue;
      if (!equalHashes(next.value.root, tree.root()))
        throw backup.damaged(`checkpoint of size ${tree.size}`, "the records before it have another root");
      next = checkpoints.next();
    }
    say(`backup: records ${tree.size} of ${backup.header.checkpoint.size} checked`);
  }
  // Reads on to the end, where the last one is held against the number of records.
  if (next.done !== true)
    throw backup.damaged(`checkpoint of size ${next.value.size}`, "there are fewer records");
  if (Buffer.from(tree.root()).toString("base64") !== backup.header.checkpoint.root)
    throw backup.damaged(RECORDS_STEM, "the records have another root than the backup says");
  const rootAt = (size: number): Hash => {
    const root = roots.get(size);
    if (root === undefined) throw new RangeError(`no root was kept at size ${size}`);
    return root;
  };
  return { named, rootAt };
}

function sizeOf(note: string): number[] {
  const read = parseCheckpointUnsafe(note);
  return read.ok ? [read.value.size] : [];
}

function* flat(pages: Iterable<readonly StoredCheckpoint[]>): Generator<StoredCheckpoint, undefined> {
  for (const page of pages) yield* page;
  return undefined;
}

function checkSignatures(backup: OpenBackup, chain: KeyChain): void {
  for (const page of backup.checkpoints())
    for (const { note, size } of page) {
      const opened = openAsSigned(note, chain);
      if (!opened.ok) throw backup.damaged(`checkpoint of size ${size}`, opened.error);
      if (opened.value.origin !== backup.header.origin)
        throw backup.damaged(`checkpoint of size ${size}`, `it is of the log ${opened.value.origin}`);
    }
}

/** Exactly the files that records name and nothing erased, each with its own digest, each list with its root. */
function checkFiles(backup: OpenBackup, named: NamedByRecords, say: (line: string) => void): void {
  const erasures = named.erasures();
  let count = 0;
  for (const { file, bytes } of backup.files()) {
    const check = fileCheck(backup, named, erasures, file);
    for (const piece of bytes) check.push(piece);
    check.finish();
    say(`backup: files ${++count} of ${backup.header.files.count} checked`);
  }
  if (count !== named.filesLeft(erasures))
    throw backup.damaged(
      "files",
      `records name ${named.filesLeft(erasures)} that are not erased, and ${count} are here`,
    );
}

/** Takes a file's bytes. Nothing is written under its digest before `finish` has returned. */
export function fileCheck(
  backup: OpenBackup,
  named: NamedByRecords,
  erasures: Erasures,
  file: BackupFile,
): { push(piece: Uint8Array): void; finish(): void } {
  const { digest } = file;
  if (!named.digests.has(digest)) throw backup.damaged(digest, "no record names this file");
  if (erasures.recordOf(digest) !== undefined)
    throw backup.damaged(digest, `record ${erasures.recordOf(digest)} says that it was erased`);
  const leaves = erasures.leavesOf(digest);
  if ((leaves !== undefined) !== (file.erasedLines !== undefined))
    throw backup.damaged(digest, "records say otherwise of its lines");
  if (leaves !== undefined) return listCheck(backup, named, file, leaves);
  const digester = new Digester(file.salt);
  return {
    push: (piece) => {
      digester.update(piece);
    },
    finish() {
      const found = digester.finish().digest;
      if (found !== digest) throw backup.damaged(digest, `its bytes have the digest ${found}`);
    },
  };
}

function listCheck(
  backup: OpenBackup,
  named: NamedByRecords,
  file: BackupFile,
  leaves: ReadonlySet<string>,
): { push(piece: Uint8Array): void; finish(): void } {
  const list = new ErasedList(leaves);
  return {
    push: (piece) => {
      list.push(piece);
    },
    finish() {
      const fault = list.fault(named.lists.get(file.digest));
      if (fault !== undefined) throw backup.damaged(file.digest, fault);
      if (list.whole > 0 || list.erased !== file.erasedLines || list.erased !== leaves.size)
        throw backup.damaged(
          file.digest,
          `records say that ${leaves.size} of its lines were erased, and ${list.erased - list.whole} are`,
        );
    },
  };
}
