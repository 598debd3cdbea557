/** The ledger of a package: its key, its checkpoint, and every record from the first to the checkpoint's last. */
import { toHex } from "@countersign/kernel";
import {
  equalHashes,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  TreeHasher,
  type Checkpoint,
  type Hash,
  type NoteVerifier,
} from "@countersign/ledger";
import { CHECKPOINT_PATH, linePartPath, LOG_KEY_PATH, RECORDS_STEM } from "@countersign/package-format";
import type { Faults } from "./faults.ts";
import { LogFacts } from "./log-facts.ts";
import type { PackageFiles } from "./package-files.ts";
import { readRecord } from "./record.ts";

export type LogCheck = {
  readonly facts: LogFacts;
  readonly records: number;
  readonly logKey: NoteVerifier | undefined;
  readonly checkpoint: Checkpoint | undefined;
  /** Whether all records could be read: only then a root says something. */
  readonly complete: boolean;
  /** Roots of the first n records, for the sizes that were asked for. */
  readonly rootsAt: ReadonlyMap<number, Hash>;
};

export type LogHead = {
  readonly logKey: NoteVerifier | undefined;
  readonly checkpoint: Checkpoint | undefined;
};

/** The key and the checkpoint, before the records: older checkpoints are opened with the key. */
export function readLogHead(files: PackageFiles, faults: Faults): LogHead {
  const keyText = readText(files, LOG_KEY_PATH);
  const noteText = readText(files, CHECKPOINT_PATH);
  const key = keyText === undefined ? undefined : parseVerifierKey(keyText);
  if (key?.ok === false) faults.add("log-key", LOG_KEY_PATH, key.error);
  const logKey = key?.ok === true ? key.value : undefined;
  if (logKey === undefined || noteText === undefined) return { logKey, checkpoint: undefined };
  const opened = openCheckpoint(noteText, logKey);
  if (!opened.ok) faults.add("checkpoint", CHECKPOINT_PATH, opened.error);
  return { logKey, checkpoint: opened.ok ? opened.value : undefined };
}

export function readText(files: PackageFiles, path: string): string | undefined {
  const bytes = files.readWhole(path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}

/** @param sizes at which the root is wanted. */
export function checkLog(
  files: PackageFiles,
  head: LogHead,
  sizes: ReadonlySet<number>,
  faults: Faults,
): LogCheck {
  const reader = new RecordReader(sizes, faults);
  let complete = true;
  for (let part = 0; ; part++) {
    const path = linePartPath(RECORDS_STEM, part);
    if (!files.has(path)) break;
    reader.startPart(path);
    if (files.read(path, (bytes) => reader.push(bytes)) === undefined) complete = false;
    reader.endPart();
  }
  const { facts, tree } = reader;
  const { logKey, checkpoint } = head;
  if (checkpoint !== undefined && complete) compareHead(checkpoint, tree, faults);
  if (logKey !== undefined) compareKey(head, facts, faults);
  return { facts, records: tree.size, logKey, checkpoint, complete, rootsAt: reader.rootsAt };
}

function compareHead(checkpoint: Checkpoint, tree: TreeHasher, faults: Faults): void {
  if (checkpoint.size !== tree.size) {
    const message = `${tree.size} records are here, the checkpoint has ${checkpoint.size}`;
    faults.add("checkpoint-root", RECORDS_STEM, message);
  } else if (!equalHashes(checkpoint.root, tree.root())) {
    const message = `the records have the root ${toHex(tree.root())}, the checkpoint ${toHex(checkpoint.root)}`;
    faults.add("checkpoint-root", RECORDS_STEM, message);
  }
}

function compareKey({ logKey, checkpoint }: LogHead, facts: LogFacts, faults: Faults): void {
  const named = facts.logKey === undefined ? undefined : parseVerifierKey(facts.logKey);
  if (named === undefined) return;
  if (!named.ok) faults.add("log-key", "record 0", `the log's key: ${named.error}`);
  else if (named.value.name !== logKey?.name || Buffer.compare(named.value.publicKey, logKey.publicKey) !== 0)
    faults.add("log-key", LOG_KEY_PATH, "not the key that the log's first record names");
  if (checkpoint !== undefined && facts.origin !== checkpoint.origin)
    faults.add(
      "checkpoint",
      CHECKPOINT_PATH,
      `of ${checkpoint.origin}; the log's first record says ${facts.origin}`,
    );
}

/** Takes the records in their order, whatever slices they come in. */
class RecordReader {
  readonly facts = new LogFacts();
  readonly rootsAt = new Map<number, Hash>();
  readonly tree = new TreeHasher();
  readonly #sizes: ReadonlySet<number>;
  readonly #faults: Faults;
  #path = "";
  #line = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(sizes: ReadonlySet<number>, faults: Faults) {
    this.#sizes = sizes;
    this.#faults = faults;
    if (sizes.has(0)) this.rootsAt.set(0, this.tree.root());
  }

  startPart(path: string): void {
    this.#path = path;
    this.#line = 0;
  }

  push(bytes: Buffer): void {
    const buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let start = 0;
    for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10, start)) {
      this.#take(buffer.subarray(start, end));
      start = end + 1;
    }
    this.#rest = Buffer.from(buffer.subarray(start));
  }

  endPart(): void {
    if (this.#rest.length === 0) return;
    this.#faults.add("record", this.#path, "the last line has no newline");
    this.#take(this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  #take(line: Buffer): void {
    const index = this.tree.size;
    this.#line++;
    const record = readRecord(line);
    if (record.ok) this.facts.add(index, record.value, this.#faults);
    else this.#faults.add("record", `record ${index} (${this.#path} line ${this.#line})`, record.error);
    this.tree.append(leafHash(line));
    if (this.#sizes.has(this.tree.size)) this.rootsAt.set(this.tree.size, this.tree.root());
  }
}
