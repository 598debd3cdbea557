/** CSV as RFC 4180 writes it, in parts whose size is bounded, whatever the number of rows. */
import { PART_BYTES_MAX } from "@countersign/package-format";
import { safeCell, type Cell } from "./cells.ts";

/** A part also ends at the size at which a package cuts every file, so that no reader has to hold more. */
export const CSV_ROWS_MAX = 250_000;

/** So many bytes of unfinished parts are held at most, over all lists. */
const HELD_BYTES_MAX = 8 * PART_BYTES_MAX;

/** One record: CRLF at its end, quotes where the text needs them, formulas made harmless. */
export function csvRecord(cells: readonly Cell[]): string {
  return `${cells.map((cell) => csvField(String(safeCell(cell)))).join(",")}\r\n`;
}

function csvField(text: string): string {
  // Quoting a leading apostrophe or space too keeps importers from trimming it.
  return /[",\r\n]|^[\s']|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An excel that opens CSV by double click reads UTF-8 only after this mark. */
const BYTE_ORDER_MARK = "\ufeff";

export type CsvPart = { readonly path: string; readonly bytes: Uint8Array };

type Open = {
  readonly stem: string;
  readonly head: string;
  chunks: Buffer[];
  text: string;
  bytes: number;
  rows: number;
  part: number;
};

const CHUNK = 64 * 1024;

/** Takes the rows of several lists in any order and gives parts as they fill up. */
export class CsvParts {
  readonly #open = new Map<string, Open>();
  readonly #rowsMax: number;
  readonly #bytesMax: number;
  #held = 0;

  constructor(limits: { readonly rows?: number; readonly bytes?: number } = {}) {
    this.#rowsMax = limits.rows ?? CSV_ROWS_MAX;
    this.#bytesMax = limits.bytes ?? PART_BYTES_MAX;
  }

  /** @param stem the path without part number and extension. */
  open(stem: string, head: readonly string[]): void {
    this.#open.set(stem, { stem, head: csvRecord(head), chunks: [], text: "", bytes: 0, rows: 0, part: 1 });
  }

  /** @throws TypeError on a list that was not opened. */
  *add(stem: string, cells: readonly Cell[]): Generator<CsvPart> {
    const list = this.#open.get(stem);
    if (list === undefined) throw new TypeError(`${stem} is not open`);
    const record = csvRecord(cells);
    const size = Buffer.byteLength(record);
    if (list.rows > 0 && (list.rows >= this.#rowsMax || list.bytes + size > this.#bytesMax))
      yield this.#cut(list);
    if (list.rows === 0) this.#write(list, BYTE_ORDER_MARK + list.head);
    this.#write(list, record);
    list.rows++;
    if (this.#held > HELD_BYTES_MAX) {
      const largest = [...this.#open.values()].reduce((a, b) => (b.bytes > a.bytes ? b : a));
      yield this.#cut(largest);
    }
  }

  *finish(): Generator<CsvPart> {
    for (const list of this.#open.values()) if (list.rows > 0) yield this.#cut(list);
  }

  #write(list: Open, text: string): void {
    const size = Buffer.byteLength(text);
    list.text += text;
    list.bytes += size;
    this.#held += size;
    if (list.text.length < CHUNK) return;
    list.chunks.push(Buffer.from(list.text));
    list.text = "";
  }

  #cut(list: Open): CsvPart {
    list.chunks.push(Buffer.from(list.text));
    const part = {
      path: `${list.stem}.${String(list.part).padStart(3, "0")}.csv`,
      bytes: Buffer.concat(list.chunks, list.bytes),
    };
    this.#held -= list.bytes;
    list.chunks = [];
    list.text = "";
    list.bytes = 0;
    list.rows = 0;
    list.part++;
    return part;
  }
}
