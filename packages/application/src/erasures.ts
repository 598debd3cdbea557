/** What the log says was erased, for everybody who would otherwise miss it; and the carrying out of what it says. */
import type { Digest } from "@countersign/kernel";
import { erasedLine, lineLeaf } from "@countersign/ledger";
import { toHex } from "@countersign/kernel";
import type { BlobRef, ErasureBody, StateRow } from "@countersign/records";
import type { Context } from "./context.ts";
import type { Blobs } from "./ports/index.ts";

type Row = Pick<StateRow<"data.erased">, "record" | "body">;

/** Questions about erasures, answered from the records. */
export class Erasures {
  readonly rows: readonly Row[];
  readonly #files = new Map<Digest, string>();
  readonly #copies = new Map<Digest, BlobRef>();
  readonly #lines = new Map<Digest, Set<string>>();

  constructor(rows: readonly Row[]) {
    this.rows = rows;
    for (const { record, body } of rows) {
      for (const digest of body.files) this.#files.set(digest, record);
      for (const { of, copy } of body.copies) this.#copies.set(of, copy);
      for (const { list, leaf } of body.lines) {
        const leaves = this.#lines.get(list);
        if (leaves === undefined) this.#lines.set(list, new Set([leaf]));
        else leaves.add(leaf);
      }
    }
  }

  /** The record that says that a file was erased. */
  recordOf(digest: Digest): string | undefined {
    return this.#files.get(digest);
  }

  /** The copy that stands in for an erased file today, where there is one: the copy of a copy is the last. */
  copyOf(digest: Digest): BlobRef | undefined {
    let copy = this.#copies.get(digest);
    for (let next = copy; next !== undefined; next = this.#copies.get(next.digest)) copy = next;
    return copy === undefined || this.#files.has(copy.digest) ? undefined : copy;
  }

  /** The leaves of a list's erased lines. */
  leavesOf(list: Digest): ReadonlySet<string> | undefined {
    return this.#lines.get(list);
  }
}

/**
 * Carries out what records say was erased and is still there: after an erasure, and at every opening, since a process may
 * have been killed in between, or a backup may have brought back what was gone.
 */
export async function carryOutErasures(ctx: Context): Promise<number> {
  const rows = await ctx.store.transaction(ctx.organization, (tx) => tx.state("data.erased"));
  let done = 0;
  for (const row of rows) {
    if (ctx.blobs.isErasureDone(row.record)) continue;
    carryOut(ctx.blobs, row.body);
    ctx.blobs.noteErasureDone(row.record);
    done++;
  }
  return done;
}

function carryOut(blobs: Blobs, body: ErasureBody): void {
  for (const digest of body.files) blobs.erase(digest);
  const lines = Map.groupBy(body.lines, (line) => line.list);
  for (const [list, erased] of lines)
    if (blobs.has(list)) eraseLines(blobs, list, new Set(erased.map(({ leaf }) => leaf)));
}

const NEWLINE = 10;

/** Each line whose leaf is named becomes its leaf; a line that is erased already stays as it is. */
function eraseLines(blobs: Blobs, list: Digest, leaves: ReadonlySet<string>): void {
  const writer = blobs.replace(list);
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (const piece of blobs.stream(list)) {
      const buffer = Buffer.concat([rest, piece]);
      let start = 0;
      for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
        const line = buffer.subarray(start, end);
        const leaf = lineLeaf(line);
        writer.write(
          leaves.has(toHex(leaf)) ? Buffer.from(`${erasedLine(leaf)}\n`) : buffer.subarray(start, end + 1),
        );
        start = end + 1;
      }
      rest = Buffer.from(buffer.subarray(start));
    }
    // A list ends with a newline; what does not is damaged, and stays so for fsck to name.
    writer.write(rest);
    writer.finish();
  } catch (error) {
    writer.discard();
    throw error;
  }
}
