/** An export of a system: its rows, and how its columns name the facts of an item kind. */
import { formatInstant, zoneOffset, type EpochMs, type Json, type JsonObject } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import { csvText, type Cell } from "./csv.ts";

export type TableColumn<Row> = {
  readonly header: string;
  /** The fact that the column holds; absent for a column that nobody reads. */
  readonly field?: string;
  /** How the text is to be read, where the fact's own type does not say it. */
  readonly as?: string;
  readonly cell: (row: Row) => Cell;
};

export type SampleTable = {
  /** The source's id in sources.yaml. */
  readonly source: string;
  /** The item kind that it provides. */
  readonly kind: string;
  /** Relative to the sample's home. */
  readonly path: string;
  /** Whether a column holds dates without a zone. */
  readonly dated: boolean;
  /** Resources and groups of which it is said to tell every change (or session). */
  readonly watches?: readonly string[];
  /** The mapping, as sources.yaml writes it. */
  readonly columns: JsonObject;
  readonly rows: number;
  readonly text: string;
};

export function makeTable<Row>(
  about: { readonly source: string; readonly kind: string; readonly watches?: readonly string[] },
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): SampleTable {
  const mapping: { [field: string]: Json } = {};
  let dated = false;
  for (const { header, field, as } of columns) {
    if (field === undefined) continue;
    mapping[field] = as === undefined ? header : { column: header, as };
    dated ||= as === "start-of-day" || as === "end-of-day";
  }
  return {
    ...about,
    path: `exports/${about.source}.csv`,
    dated,
    columns: mapping,
    rows: rows.length,
    text: csvText(
      columns.map((column) => column.header),
      rows.map((row) => columns.map((column) => column.cell(row))),
    ),
  };
}

/** RFC 3339 in UTC, as most systems export it; an empty cell where there is no time. */
export function utc(at: EpochMs | undefined): Cell {
  return at === undefined ? undefined : formatInstant(Math.floor(at / 1000) * 1000);
}

/** RFC 3339 with the company's own offset, as some systems export it. */
export function withOffset(calendar: Calendar, at: EpochMs | undefined): Cell {
  if (at === undefined) return undefined;
  const minutes = Math.round(zoneOffset(calendar.zone, at) / 60_000);
  const size = Math.abs(minutes);
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${formatInstant(Math.floor((at + minutes * 60_000) / 1000) * 1000).slice(0, 19)}${offset}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** `dep-00042`: a number that keeps its order as text. */
export function numbered(prefix: string, index: number, digits = 4): string {
  return `${prefix}-${String(index + 1).padStart(digits, "0")}`;
}
