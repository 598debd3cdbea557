/**
 * Markup that cannot be forgotten to escape: a tagged template escapes every value that is not itself markup. Values
 * come from source systems, so they are hostile until shown otherwise: control characters and the characters that
 * reorder text are made visible, so that what a reader sees is what the record holds.
 */

/** Escaped markup. Only this module makes it. */
export type Markup = { readonly markup: string; readonly __brand: "Markup" };

export type Value = Markup | string | number | false | undefined | readonly Value[];

const made = new WeakSet<object>();

function make(markup: string): Markup {
  // The brand has no runtime part: membership in `made` is what a forged object cannot have.
  const value = { markup } as Markup;
  made.add(value);
  return value;
}

function isMarkup(value: unknown): value is Markup {
  return typeof value === "object" && value !== null && made.has(value);
}

/** `html\`<p>${text}</p>\``: text is escaped for elements and for attributes in double quotes alike. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let layout = layouts.get(parts);
  if (layout === undefined) layouts.set(parts, (layout = parts.map(withoutIndentation)));
  let markup = layout[0] ?? "";
  for (let i = 0; i < values.length; i++) markup += render(values[i]) + (layout[i + 1] ?? "");
  return make(markup);
}

/** The indentation of the source is for its readers; in the page one line break stands for it. Never applied to values. */
const layouts = new WeakMap<TemplateStringsArray, readonly string[]>();

function withoutIndentation(part: string): string {
  return part.replace(/\s*\n\s*/g, "\n");
}

/** Text whose spaces and line breaks stay as they are. */
export function preformatted(text: string): Markup {
  // A browser drops one line break after the tag: this one, and never one of the text's own.
  return make(`<pre>\n${escapeText(text)}</pre>`);
}

function render(value: Value): string {
  if (value === undefined || value === false) return "";
  if (typeof value === "string") return escapeText(value);
  if (typeof value === "number") return String(value);
  if (isMarkup(value)) return value.markup;
  if (Array.isArray(value)) return (value as readonly Value[]).map(render).join("");
  // A forged object (parsed from data, say) is shown as text rather than trusted.
  return escapeText(JSON.stringify(value));
}

export const nothing: Markup = make("");

export function join(values: readonly Value[], between: Value): Markup {
  return make(values.map(render).join(render(between)));
}

/** For this package's own constants (a stylesheet, a shape), never for data. */
export function constant(markup: string): Markup {
  return make(markup);
}

const ENTITIES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** C0 but tab and newline, DEL, C1, line separators, and the characters that change the direction of text. */
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text for an element or a double-quoted attribute. */
export function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "")
    .replace(/\r\n/g, "\n")
    .replace(INVISIBLE, (character) => showInvisible(character));
}

/** A control character as its picture, DEL too; any other by its code point: "[U+202E]". */
export function showInvisible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // The pictures of C0 stand at U+2400 in the same order.
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
}
