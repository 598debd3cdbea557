/** What a spreadsheet's cell may hold, and how a value that a spreadsheet would run is made harmless. */
import type { PackageView } from "@countersign/application/ports";
import { canonicalJson, type Json } from "@countersign/kernel";
import type { PersonId } from "@countersign/records";

export type Cell = string | number;

/** Excel's limit for the text of one cell. */
const CELL_LENGTH_MAX = 32_767;
const CUT = " … (cut: whole in the package's data)";

/**
 * A formula's first character: also in its full-width forms, and also after the spaces and invisible characters that a
 * spreadsheet skips, and at the start of a line within the cell (where a pasted cell would be split).
 */
const FORMULA =
  /(?:^|[\r\n])[\s\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"']*[=+\-@\uff0b\uff0d\uff1d\uff20\u2212\ufe63\ufe62\ufe66\ufe6b]/u;
const CONTROL_FIRST = /^[\t\r\n]/;

/** An XML 1.0 document cannot hold these; a lone surrogate is not text. */
// oxlint-disable-next-line no-control-regex -- naming control characters is the point
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * A text that no spreadsheet takes for a formula: a leading apostrophe where it could be one. Exact values stand in the
 * package's data; spreadsheets are for reading.
 */
export function safeText(text: string): string {
  const held = text.toWellFormed().replace(NOT_XML, "\ufffd");
  // A name of Object.prototype ("constructor") would be looked up instead of stored by the workbook's writer.
  const risky = FORMULA.test(held) || CONTROL_FIRST.test(held) || held in Object.prototype;
  const safe = risky ? `'${held}` : held;
  return safe.length <= CELL_LENGTH_MAX
    ? safe
    : `${safe.slice(0, CELL_LENGTH_MAX - CUT.length).toWellFormed()}${CUT}`;
}

export function safeCell(cell: Cell): Cell {
  return typeof cell === "number" ? cell : safeText(cell);
}

/** The name where the directory gives one, else the opaque id. */
export function personCell(view: PackageView, id: PersonId | undefined): string {
  if (id === undefined) return "";
  return view.names.get(id)?.name ?? id;
}

/** A fact as one cell: text and numbers as they are, yes and no, anything nested as canonical JSON. */
export function factCell(value: Json | undefined): Cell {
  if (value === undefined || value === null) return "";
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return canonicalJson(value);
}
