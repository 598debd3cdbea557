/** What a spreadsheet's cell may hold, and how a value that a spreadsheet would run is made harmless. */
import type { PackageView } from "@countersign/application/ports";
import type { Json } from "@countersign/kernel";
import type { PersonId } from "@countersign/records";

export type Cell = string | number;

/** Excel's limit for the text of one cell. */
const CELL_LENGTH_MAX = 32_767;
const CUT = " … (cut: whole in the package's data)";

/** A formula's first character, also in its full-width and small forms. */
const SIGN = /[=+\-@\uff0b\uff0d\uff1d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b]/;
/** What a spreadsheet skips before it: spaces, invisible characters, quotes and apostrophes. */
const SKIPPED = /[\s\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"']/;
const CONTROL_FIRST = /^[\t\r\n]/;

/** At the start of the text, and of every line in it, where a pasted cell would be split. One pass: texts may be long. */
function holdsFormula(text: string): boolean {
  let begins = true;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === "\n" || character === "\r") begins = true;
    else if (begins && !SKIPPED.test(character)) {
      if (SIGN.test(character)) return true;
      begins = false;
    }
  }
  return false;
}

const PLAIN = /^[A-Za-z0-9][ -~]*$/;

/** What an XML 1.0 document cannot hold, and what a reader could not see. */
const UNSTORABLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd]|\p{Noncharacter_Code_Point}/gu;

/** The pictures of the C0 control characters stand at U+2400 in the same order. */
function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20
    ? String.fromCharCode(0x2400 + code)
    : `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
}

/**
 * A text that no spreadsheet takes for a formula: a leading apostrophe where it could be one. Exact values stand in the
 * package's data; spreadsheets are for reading.
 */
export function safeText(text: string): string {
  // Most texts are one line of ASCII that begins with a letter or a digit.
  if (text.length <= CELL_LENGTH_MAX && PLAIN.test(text)) return text;
  const held = text.toWellFormed().replace(UNSTORABLE, picture);
  const risky = holdsFormula(held) || CONTROL_FIRST.test(held);
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

/** A fact as one cell: text and numbers as they are, yes and no, anything nested as JSON, its members as they stand. */
export function factCell(value: Json | undefined): Cell {
  if (value === undefined || value === null) return "";
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return JSON.stringify(value);
}
