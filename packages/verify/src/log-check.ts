/** The ledger of a package: its key, its checkpoint, and every record from the first to the checkpoint's last. */
import { toHex, type Instant } from "@countersign/kernel";
import {
  equalHashes,
  leafHash,
  parseCheckpointUnsafe,
  TreeHasher,
  type Checkpoint,
  type Hash,
  type NoteVerifier,
} from "@countersign/ledger";
import {
  CHECKPOINT_PATH,
  handoverPath,
  linePartPath,
  LOG_KEY_PATH,
  RECORDS_STEM,
} from "@countersign/package-format";
import type { Faults } from "./faults.ts";
import { checkKeys, type KeyCheck } from "./key-check.ts";
import { LogFacts } from "./log-facts.ts";
import type { PackageFiles } from "./package-files.ts";
import { readRecord } from "./record.ts";

export type LogCheck = {
  readonly facts: LogFacts;
  readonly records: number;
  readonly keys: KeyCheck;
  /** The newest log key. */
  readonly logKey: NoteVerifier | undefined;
  readonly checkpoint: Checkpoint | undefined;
  /** Whether all records could be read: only then a root says something. */
  readonly complete: boolean;
  /** Roots of the first n records, for the sizes that were asked for. */
  readonly rootsAt: ReadonlyMap<number, Hash>;
  /** The latest time that one of the first n records claims, for the same sizes. */
  readonly latestAt: ReadonlyMap<number, Instant>;
};

/** The ledger's small files, which nobody has judged yet: their keys are named by the records. */
export type LogHead = {
  readonly keyText: string | undefined;
  readonly note: string | undefined;
  /** The first stands for the first rotation. */
  readonly handovers: readonly string[];
};

export function readLogHead(files: PackageFiles): LogHead {
  const keyText = readText(files, LOG_KEY_PATH);
  const handovers: string[] = [];
  for (let rotation = 1; files.has(handoverPath(rotation)); rotation++)
    handovers.push(readText(files, handoverPath(rotation)) ?? "");
  return { keyText: keyText?.replace(/\n$/, ""), note: readText(files, CHECKPOINT_PATH), handovers };
}

export function readText(files: PackageFiles, path: string): string | undefined {
  const bytes = files.readWhole(path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}

/** @param sizes at which the root is wanted, beside those of the handovers. */
export function checkLog(
  files: PackageFiles,
  head: LogHead,
  sizes: ReadonlySet<number>,
  faults: Faults,
): LogCheck {
  const claimed = head.handovers.flatMap((note) => {
    const checkpoint = parseCheckpointUnsafe(note);
    return checkpoint.ok ? [checkpoint.value.size] : [];
  });
  const reader = new RecordReader(new Set([...sizes, ...claimed]), faults);
  let complete = true;
  for (let part = 0; ; part++) {
    const path = linePartPath(RECORDS_STEM, part);
    if (!files.has(path)) break;
    reader.startPart(path);
    if (files.read(path, (bytes) => reader.push(bytes)) === undefined) complete = false;
    reader.endPart();
  }
  const { facts, tree, rootsAt } = reader;
  const keys = checkKeys(head, facts, rootsAt, complete, faults);
  const { logKey, checkpoint } = keys;
  if (checkpoint !== undefined && complete) compareHead(checkpoint, tree, faults);
  if (checkpoint !== undefined && facts.origin !== undefined && facts.origin !== checkpoint.origin)
    faults.add(
      "checkpoint",
      CHECKPOINT_PATH,
      `of ${checkpoint.origin}; the log's first record says ${facts.origin}`,
    );
  return {
    facts,
    records: tree.size,
    keys,
    logKey,
    checkpoint,
    complete,
    rootsAt,
    latestAt: reader.latestAt,
  };
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

/** Takes the records in their order, whatever slices they come in. */
class RecordReader {
  readonly facts = new LogFacts();
  readonly rootsAt = new Map<number, Hash>();
  readonly latestAt = new Map<number, Instant>();
  readonly tree = new TreeHasher();
  readonly #sizes: ReadonlySet<number>;
  readonly #faults: Faults;
  #latest: Instant | undefined;
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
    if (record.ok) {
      this.facts.add(index, record.value, this.#faults);
      const { recordedAt } = record.value;
      if (this.#latest === undefined || recordedAt > this.#latest) this.#latest = recordedAt;
    } else this.#faults.add("record", `record ${index} (${this.#path} line ${this.#line})`, record.error);
    this.tree.append(leafHash(line));
    if (!this.#sizes.has(this.tree.size)) return;
    this.rootsAt.set(this.tree.size, this.tree.root());
    if (this.#latest !== undefined) this.latestAt.set(this.tree.size, this.#latest);
  }
}
