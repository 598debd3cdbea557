/** Reading sealed lists back from blobs, line by line. */
import { ProblemError, toHex, type Digest } from "@countersign/kernel";
import type { Occurrence } from "@countersign/assessment";
import { leafOnly, lineLeaf, ListReader } from "@countersign/ledger";
import type { Item, ItemLine, ListRef, RawRef } from "@countersign/records";
import type { Blobs } from "./ports/index.ts";

const NEWLINE = 10;

/** Whole lines are decoded so many bytes at a time: few calls, and what is made of them stays in the processor's cache. */
const LINES_BYTES = 64 * 1024;

/** Some lines together, without the last one's newline. Memory is one piece of the file, and one line if it is longer. */
function* textsOf(blobs: Blobs, digest: Digest): Generator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for (const piece of blobs.stream(digest)) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let start = 0;
    if (rest.length > 0) {
      // The line that the piece before had begun. A newline never stands inside a canonical line.
      start = chunk.indexOf(NEWLINE) + 1;
      if (start === 0) {
        rest = Buffer.concat([rest, chunk]);
        continue;
      }
      yield Buffer.concat([rest, chunk.subarray(0, start - 1)]).toString("utf8");
    }
    for (let end = lastLineEnd(chunk, start); end >= start; end = lastLineEnd(chunk, start)) {
      yield chunk.toString("utf8", start, end);
      start = end + 1;
    }
    // A copy: the piece need not outlive its turn.
    rest = Buffer.from(chunk.subarray(start));
  }
}

/** The last newline within LINES_BYTES from `start`, or the first one after them; -1 where none is left. */
function lastLineEnd(chunk: Buffer, start: number): number {
  if (start >= chunk.length) return -1;
  const last = chunk.lastIndexOf(NEWLINE, Math.min(start + LINES_BYTES, chunk.length) - 1);
  return last >= start ? last : chunk.indexOf(NEWLINE, start);
}

/** Lines as text, without newline. */
export function* linesOf(blobs: Blobs, digest: Digest): Generator<string> {
  for (const text of textsOf(blobs, digest)) yield* text.split("\n");
}

export function* itemLinesOf(blobs: Blobs, list: ListRef): Generator<ItemLine> {
  for (const text of textsOf(blobs, list.digest))
    for (const line of text.split("\n")) yield JSON.parse(line) as ItemLine;
}

/**
 * @param erased the leaves that records say were erased from it; absent: none
 * @throws ProblemError when the stored list is not the one that its record names, or a line is erased and no record says so.
 */
export function checkList(
  blobs: Blobs,
  list: ListRef,
  name: string,
  erased?: ReadonlySet<string>,
): { readonly erased: number } {
  let unsaid: string | undefined;
  let count = 0;
  const reader = new ListReader((line) => {
    const rest = leafOnly(line);
    if (rest === undefined) return;
    const leaf = toHex(rest.leaf);
    count++;
    if (erased?.has(leaf) !== true) unsaid = leaf;
  });
  for (const piece of blobs.stream(list.digest)) reader.push(piece);
  const found = reader.finish();
  if (!found.ok || found.value.root !== list.root || found.value.count !== list.count)
    throw new ProblemError({
      code: "list-damaged",
      what: `${name} is not the list that was recorded`,
      where: list.digest,
      why: found.ok ? `root ${found.value.root}, recorded ${list.root}` : found.error,
      next: "countersign fsck",
    });
  if (unsaid !== undefined)
    throw new ProblemError({
      code: "list-damaged",
      what: `a line of ${name} is erased, and no record says so`,
      where: list.digest,
      why: `its leaf is ${unsaid}`,
      next: "restore the file from a backup",
    });
  return { erased: count };
}

/** What a line of results says; nothing, once it is erased. */
export function occurrenceIn(line: string): Occurrence | undefined {
  return (JSON.parse(line) as { readonly item?: Occurrence }).item;
}

/** The leaves of the lines that are about something; erased ones are about nothing any more. */
export function leavesWhere(
  blobs: Blobs,
  list: ListRef,
  isAbout: (item: Item, raw: readonly RawRef[]) => boolean,
): { readonly list: Digest; readonly leaf: string }[] {
  const found: { list: Digest; leaf: string }[] = [];
  if (list.count === 0 || !blobs.has(list.digest)) return found;
  for (const text of linesOf(blobs, list.digest)) {
    const line = JSON.parse(text) as ItemLine;
    if ("erased" in line || !isAbout(line.item, line.raw ?? [])) continue;
    found.push({ list: list.digest, leaf: toHex(lineLeaf(Buffer.from(text))) });
  }
  return found;
}
