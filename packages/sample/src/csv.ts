/** Comma-separated text as spreadsheets and admin consoles export it (RFC 4180): CRLF, quotes where they are needed. */

export type Cell = string | number | boolean | undefined;

/** Stands in a column of its own in every row, so that no export can be mistaken for a real one. */
export const SAMPLE_COLUMN = "Sample data";
export const SAMPLE_CELL = "invented";

function cellText(cell: Cell): string {
  if (cell === undefined) return "";
  const text = typeof cell === "boolean" ? (cell ? "yes" : "no") : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @returns the whole file's text; every row carries the sample mark in its last column. */
export function csvText(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  let text = [...header, SAMPLE_COLUMN].map(cellText).join(",") + "\r\n";
  for (const row of rows) {
    if (row.length !== header.length) {
      throw new TypeError(`a row of ${row.length} cells under ${header.length} columns`);
    }
    text += [...row, SAMPLE_CELL].map(cellText).join(",") + "\r\n";
  }
  return text;
}
