/** A sealed list of which records say that lines were erased: each of them only a leaf, and the root as it was. */
import { toHex } from "@countersign/kernel";
import { erasedLine, leafOnly, lineLeaf, ListReader } from "@countersign/ledger";
import type { ListRef } from "@countersign/records";

export class ErasedList {
  readonly #reader: ListReader;
  /** Lines that are erased, in what comes out of here. */
  erased = 0;
  /** Lines that were still whole. */
  whole = 0;
  #unsaid: string | undefined;

  /**
   * @param leaves of the lines that records say were erased.
   * @param onLine is handed each line with its newline, an erased one as its leaf, whether it was still whole or not.
   */
  constructor(leaves: ReadonlySet<string>, onLine?: (line: Buffer) => void) {
    this.#reader = new ListReader((line) => {
      const leaf = lineLeaf(line);
      const gone = leafOnly(line) !== undefined;
      const named = leaves.has(toHex(leaf));
      if (named) this.erased++;
      if (named && !gone) this.whole++;
      if (gone && !named) this.#unsaid ??= toHex(leaf);
      onLine?.(Buffer.from(`${named ? erasedLine(leaf) : line.toString("utf8")}\n`));
    });
  }

  push(piece: Uint8Array): void {
    this.#reader.push(piece);
  }

  /** @returns why it is not the list that was recorded. */
  fault(recorded: Pick<ListRef, "count" | "root"> | undefined): string | undefined {
    const found = this.#reader.finish();
    if (!found.ok) return found.error;
    if (this.#unsaid !== undefined)
      return `a line of it is erased, and no record says so: its leaf is ${this.#unsaid}`;
    if (found.value.root === recorded?.root && found.value.count === recorded.count) return undefined;
    return `its lines have the root ${found.value.root}, recorded ${recorded?.root ?? "as no list"}`;
  }
}
