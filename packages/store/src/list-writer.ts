/**
 * Sorts lines by item id and seals them into a blob. Up to a bound they are sorted in memory; beyond it sorted runs go
 * to temporary files and are merged, so that a list of any length takes bounded memory.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ProblemError } from "@countersign/kernel";
import { ListLeaves } from "@countersign/ledger";
import type { ListRef } from "@countersign/records";
import type { Blobs, ListWriter } from "@countersign/application/ports";
import { compareIds, mergeRows, readRun, writeRun, type Row } from "./list-runs.ts";

const RUN_BYTES = 32 << 20;
/** Lines are kept in buffers of this size; the first ones are smaller, since most lists are. */
const SLAB_BYTES = 1 << 20;
const FIRST_BYTES = 16 << 10;
const NEWLINE = 10;

export class SortingListWriter implements ListWriter {
  readonly #blobs: Blobs;
  readonly #temporary: string;
  readonly #uniqueName: () => string;
  readonly #runBytes: number;
  readonly #runs: string[] = [];
  #rows: Row[] = [];
  /** Where lines go, one behind the other, as bytes: as texts they would take several times the room. */
  #slab: Buffer = Buffer.alloc(0);
  /** From 1: the first line, too, has a byte in front of it. */
  #used = 1;
  /** In all slabs since the last run. */
  #total = 0;

  constructor(blobs: Blobs, temporary: string, uniqueName: () => string, runBytes = RUN_BYTES) {
    this.#blobs = blobs;
    this.#temporary = temporary;
    this.#uniqueName = uniqueName;
    this.#runBytes = runBytes;
  }

  add(id: string, line: string): void {
    // A UTF-16 unit takes at most three bytes.
    this.#makeRoom(line.length * 3 + 1);
    const bytes = this.#slab;
    const start = this.#used;
    const end = start + bytes.write(line, start);
    bytes[end] = NEWLINE;
    this.#used = end + 1;
    this.#total += end + 1 - start;
    this.#rows.push({ id, bytes, start, end });
    if (this.#total >= this.#runBytes) this.#spill();
  }

  finish(): ListRef {
    const leaves = new ListLeaves();
    const blob = this.#blobs.create();
    let previous: string | undefined;
    try {
      for (const { id, bytes, start, end } of this.#sorted()) {
        if (id === previous)
          throw new ProblemError({
            code: "duplicate-id",
            what: `two items have the id ${JSON.stringify(id)}`,
          });
        previous = id;
        leaves.addLine(bytes, start, end);
        blob.write(bytes.subarray(start, end + 1));
      }
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

  /** Rows lie where they were written: a full slab is left to them, and a new one begun. */
  #makeRoom(size: number): void {
    if (this.#used + size <= this.#slab.length) return;
    const next = Math.min(Math.max(this.#slab.length * 2, FIRST_BYTES), SLAB_BYTES);
    this.#slab = Buffer.allocUnsafe(Math.max(next, size + 1));
    this.#used = 1;
  }

  #cleanUp(): void {
    for (const run of this.#runs) rmSync(run, { force: true });
    this.#runs.length = 0;
    this.#rows = [];
    this.#slab = Buffer.alloc(0);
    this.#used = 1;
    this.#total = 0;
  }

  #spill(): void {
    this.#rows.sort(byId);
    const path = join(this.#temporary, this.#uniqueName());
    this.#runs.push(path);
    writeRun(path, this.#rows);
    // What the slabs hold is in the file.
    this.#rows = [];
    this.#used = 1;
    this.#total = 0;
  }

  #sorted(): Iterable<Row> {
    this.#rows.sort(byId);
    if (this.#runs.length === 0) return this.#rows;
    return mergeRows([this.#rows[Symbol.iterator](), ...this.#runs.map((path) => readRun(path))]);
  }
}

function byId(a: Row, b: Row): number {
  return compareIds(a.id, b.id);
}
