/** Reading sealed lists back from blobs, line by line. */
import { ProblemError, type Digest } from "@countersign/kernel";
import { ListReader } from "@countersign/ledger";
import type { ItemLine, ListRef } from "@countersign/records";
import type { Blobs } from "./ports/index.ts";

/** Lines as text, without newline. Memory is one chunk of the file. */
export function* linesOf(blobs: Blobs, digest: Digest): Generator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for (const piece of blobs.stream(digest)) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const last = buffer.lastIndexOf(10);
    if (last < 0) {
      rest = Buffer.from(buffer);
      continue;
    }
    // One decoding and one split for the whole chunk: a newline never stands inside a canonical line.
    yield* buffer.toString("utf8", 0, last).split("\n");
    rest = Buffer.from(buffer.subarray(last + 1));
  }
}

export function* itemLinesOf(blobs: Blobs, list: ListRef): Generator<ItemLine> {
  for (const line of linesOf(blobs, list.digest)) yield JSON.parse(line) as ItemLine;
}

/** @throws ProblemError when the stored list is not the one that its record names. */
export function checkList(blobs: Blobs, list: ListRef, name: string): void {
  const reader = new ListReader();
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
}
