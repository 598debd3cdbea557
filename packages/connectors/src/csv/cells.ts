/** From the text of a cell to a fact. What cannot be read is refused in words; an empty cell is no fact. */
import { err, ok, type Json, type Result, type TimeZone } from "@countersign/kernel";
import type { IdentityHints } from "@countersign/application/ports";
import { firstSecond, lastSecond, readInstant, type DateFormat } from "./local-time.ts";

/** How a cell is to be read. */
export type As =
  | {
      readonly kind:
        | "text"
        | "email"
        | "name"
        | "handle"
        | "integer"
        | "yes-no"
        /** True when the cell holds anything, false when it is empty: for an event whose time is the only trace of it. */
        | "filled"
        | "instant"
        | "start-of-day"
        | "end-of-day"
        | "date";
    }
  | { readonly kind: "login"; readonly system: string }
  | { readonly kind: "list"; readonly separator: string; readonly each: As };

export type CellContext = { readonly zone: TimeZone | undefined; readonly dates: DateFormat };

/** People are resolved only once the row is known to be an item, so that nobody is recorded for a row that is not. */
export type Read =
  { readonly json: Json } | { readonly person: IdentityHints } | { readonly list: readonly Read[] };

const YES = new Set(["yes", "y", "true", "t", "1"]);
const NO = new Set(["no", "n", "false", "f", "0"]);
const ADDRESS = /^[^\s@<>]+@[^\s@<>]+$/;

export function readCell(text: string, as: As, context: CellContext): Result<Read, string> {
  switch (as.kind) {
    case "text":
      return ok({ json: text });
    case "name":
      return ok({ person: { name: text } });
    case "handle":
      return ok({ person: { login: { system: "handle", login: text } } });
    case "login":
      return ok({ person: { login: { system: as.system, login: text } } });
    case "email":
      // The address itself is personal and is not repeated in the reason.
      return ADDRESS.test(text) ? ok({ person: { email: text } }) : err("it is not an email address");
    case "integer":
      return integer(text);
    case "yes-no":
      return yesNo(text);
    case "filled":
      return ok({ json: text !== "" });
    case "list":
      return list(text, as, context);
    default:
      return time(text, as.kind, context);
  }
}

function integer(text: string): Result<Read, string> {
  const value = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? ok({ json: value }) : err(`${shown(text)} is not a whole number`);
}

function yesNo(text: string): Result<Read, string> {
  const folded = text.toLowerCase();
  if (YES.has(folded)) return ok({ json: true });
  if (NO.has(folded)) return ok({ json: false });
  return err(`${shown(text)} is neither yes nor no`);
}

function list(
  text: string,
  as: Extract<As, { readonly kind: "list" }>,
  context: CellContext,
): Result<Read, string> {
  const entries: Read[] = [];
  for (const part of text.split(as.separator)) {
    const trimmed = part.trim();
    if (trimmed === "") continue;
    const entry = readCell(trimmed, as.each, context);
    if (!entry.ok) return entry;
    entries.push(entry.value);
  }
  return ok({ list: entries });
}

function time(
  text: string,
  kind: "instant" | "start-of-day" | "end-of-day" | "date",
  context: CellContext,
): Result<Read, string> {
  if (kind === "instant") {
    const instant = readInstant(text, context.zone, context.dates);
    return instant.ok
      ? ok({ json: instant.value })
      : err(`${shown(text)} is ${instant.error}${hintFor(instant.error)}`);
  }
  const date = context.dates.parse(text);
  if (!date.ok) return err(`${shown(text)} is ${date.error}`);
  if (kind === "date") return ok({ json: date.value });
  if (context.zone === undefined)
    return err(`${shown(text)} is a date without a zone; set zone: for the source`);
  return ok({
    json:
      kind === "start-of-day" ? firstSecond(context.zone, date.value) : lastSecond(context.zone, date.value),
  });
}

function hintFor(trouble: string): string {
  if (trouble === "a time without a zone") return "; set zone: for the source, e.g. zone: Europe/Berlin";
  if (trouble === "a date without a time") return "; read the column as: start-of-day or as: end-of-day";
  return "";
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…`.toWellFormed() : text);
}
