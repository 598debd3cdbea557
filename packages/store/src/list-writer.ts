/**
 * Sorts lines by item id and seals them into a blob. Up to a bound they are sorted in memory; beyond it sorted runs go
 * to temporary files and are merged, so that a list of any length takes bounded memory.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ProblemError } from "@countersign/kernel";
import { ListLeaves } from "@countersign/ledger";
import type { ListRef } from "@countersign/records";
import type { Blobs, ListWriter } from "@countersign/application/ports";

const RUN_BYTES = 64 << 20;
/** In characters: lines are sealed and written so many at a time. */
const LINES_AT_ONCE = 8 * 1024;

type Row = { readonly id: string; readonly line: string };

export class SortingListWriter implements ListWriter {
  readonly #blobs: Blobs;
  readonly #temporary: string;
  readonly #uniqueName: () => string;
  readonly #runBytes: number;
  readonly #runs: string[] = [];
  #rows: Row[] = [];
  #bytes = 0;

  constructor(blobs: Blobs, temporary: string, uniqueName: () => string, runBytes = RUN_BYTES) {
    this.#blobs = blobs;
    this.#temporary = temporary;
    this.#uniqueName = uniqueName;
    this.#runBytes = runBytes;
  }

  add(id: string, line: string): void {
    this.#rows.push({ id, line });
    this.#bytes += line.length + id.length;
    if (this.#bytes >= this.#runBytes) this.#spill();
  }

  finish(): ListRef {
    const leaves = new ListLeaves();
    const blob = this.#blobs.create();
    let previous: string | undefined;
    let lines = "";
    try {
      for (const { id, line } of this.#sorted()) {
        if (id === previous)
          throw new ProblemError({
            code: "duplicate-id",
            what: `two items have the id ${JSON.stringify(id)}`,
          });
        previous = id;
        lines += `${line}\n`;
        if (lines.length < LINES_AT_ONCE) continue;
        blob.write(leaves.addLines(lines));
        lines = "";
      }
      blob.write(leaves.addLines(lines));
    } catch (error) {
      blob.discard();
      throw error;
    } finally {
      this.#cleanUp();
    }
    return { count: leaves.count, root: leaves.root(), ...blob.finish() };
  }

  discard(): void {
    this.#cleanUp();
  }

  #cleanUp(): void {
    for (const run of this.#runs) rmSync(run, { force: true });
    this.#runs.length = 0;
    this.#rows = [];
  }

  #spill(): void {
    this.#rows.sort(byId);
    const path = join(this.#temporary, this.#uniqueName());
    const file = openSync(path, "wx", 0o600);
    this.#runs.push(path);
    let chunk = "";
    for (const { id, line } of this.#rows) {
      chunk += `${JSON.stringify(id)}\t${line}\n`;
      if (chunk.length > 1 << 20) {
        writeWhole(file, chunk);
        chunk = "";
      }
    }
    writeWhole(file, chunk);
    closeSync(file);
    this.#rows = [];
    this.#bytes = 0;
  }

  *#sorted(): Iterable<Row> {
    this.#rows.sort(byId);
    if (this.#runs.length === 0) {
      yield* this.#rows;
      return;
    }
    const heads = [this.#rows[Symbol.iterator](), ...this.#runs.map((path) => readRun(path))].map((rows) => ({
      rows,
      next: rows.next(),
    }));
    for (;;) {
      let least: (typeof heads)[number] | undefined;
      for (const head of heads) {
        if (head.next.done === true) continue;
        if (least === undefined || byId(head.next.value, least.next.value as Row) < 0) least = head;
      }
      if (least === undefined) return;
      yield least.next.value as Row;
      least.next = least.rows.next();
    }
  }
}

/** By UTF-8 bytes, as other languages sort them; UTF-16 order differs above U+FFFF. */
function byId(a: Row, b: Row): number {
  if (a.id === b.id) return 0;
  // Most ids are ASCII, where code units and bytes agree.
  return isAscii(a.id) && isAscii(b.id)
    ? a.id < b.id
      ? -1
      : 1
    : Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

function* readRun(path: string): Generator<Row, undefined> {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(1 << 20);
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const count = readSync(file, buffer, 0, buffer.length, null);
      if (count === 0) return undefined;
      const bytes = Buffer.concat([rest, buffer.subarray(0, count)]);
      let start = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        const text = bytes.toString("utf8", start, end);
        const tab = text.indexOf("\t");
        yield { id: JSON.parse(text.slice(0, tab)) as string, line: text.slice(tab + 1) };
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
  } finally {
    closeSync(file);
  }
}
