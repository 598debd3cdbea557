/** Sorted runs of lines in temporary files: what does not fit into memory waits there until it is merged. */
import { closeSync, openSync, readSync, writeSync } from "node:fs";

/** A line lies in [start, end) of `bytes`, followed by its newline; the byte in front of it is there and may be lent. */
export type Row = {
  readonly id: string;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
};

const CHUNK = 1 << 20;
const TAB = 9;
const NEWLINE = 10;

/** Each row as its id in JSON, which holds no tab, a tab, and the line with its newline. */
export function writeRun(path: string, rows: readonly Row[]): void {
  const file = openSync(path, "wx", 0o600);
  let chunk: Uint8Array[] = [];
  let size = 0;
  const flush = (): void => {
    const bytes = Buffer.concat(chunk, size);
    let written = 0;
    while (written < size) written += writeSync(file, bytes, written);
    chunk = [];
    size = 0;
  };
  try {
    for (const { id, bytes, start, end } of rows) {
      const head = Buffer.from(`${JSON.stringify(id)}\t`);
      chunk.push(head, bytes.subarray(start, end + 1));
      size += head.length + end + 1 - start;
      if (size >= CHUNK) flush();
    }
    flush();
  } finally {
    closeSync(file);
  }
}

export function* readRun(path: string): Generator<Row, undefined> {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const count = readSync(file, chunk, 0, CHUNK, null);
      if (count === 0) return undefined;
      // A buffer of its own: the row that was given last still lies in the one before.
      const bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        const tab = bytes.indexOf(TAB, start);
        yield { id: JSON.parse(bytes.toString("utf8", start, tab)) as string, bytes, start: tab + 1, end };
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
  } finally {
    closeSync(file);
  }
}

/** Rows of several sorted sources in one order. */
export function* mergeRows(sources: readonly Iterator<Row>[]): Generator<Row> {
  const heads = sources.flatMap((rows) => {
    const next = rows.next();
    return next.done === true ? [] : [{ rows, row: next.value }];
  });
  while (heads.length > 0) {
    let least = 0;
    for (let i = 1; i < heads.length; i++) {
      const head = heads[i];
      const best = heads[least];
      if (head !== undefined && best !== undefined && compareIds(head.row.id, best.row.id) < 0) least = i;
    }
    const head = heads[least];
    if (head === undefined) return;
    yield head.row;
    const next = head.rows.next();
    if (next.done === true) heads.splice(least, 1);
    else head.row = next.value;
  }
}

/** By UTF-8 bytes, as other languages sort them; UTF-16 units order surrogates below U+E000 and up. */
export function compareIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? aboveSurrogates(x) - aboveSurrogates(y) : x - y;
  }
  return a.length - b.length;
}

/** A surrogate stands for a code point above all of those that have one unit. */
function aboveSurrogates(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
