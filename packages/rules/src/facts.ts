/** Reading facts out of JSON: the type is checked at each read, and what is absent or malformed is noted. */
import type { FieldType } from "@countersign/records";
import { accessorOf, type Accessor, type Row } from "./accessors.ts";
import { epochOfCanonical, isDate } from "./instant.ts";
import type { Run } from "./run.ts";
import type { FieldRead, Slot } from "./typed.ts";
import type { FactPath } from "./types.ts";

export type Code<T> = () => T;

/** The stand-in for an object that could not be read. Its fields are not read, so they are not absent either. */
export const NOTHING: Row = Object.freeze({});
/** The stand-in for a list that could not be read. */
export const NO_ELEMENTS: readonly unknown[] = Object.freeze([]);

export function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where a field's object comes from: a variable that holds it, or code that finds it or gives NOTHING. */
export type ObjectSource = Slot | Code<Row>;

/** @param wanted false for the field's opposite, as in `!a.bot` */
export function boolField(field: FieldRead, object: ObjectSource, run: Run, wanted: boolean): Code<boolean> {
  const access = accessorOf(field.name);
  const refuse = refusalOf(field, run);
  if (typeof object !== "function")
    return () => {
      const value = access(rowIn(object));
      return typeof value === "boolean" ? value === wanted : refuse(value, false);
    };
  const raw = rawField(object, access);
  return () => {
    const value = raw();
    return typeof value === "boolean" ? value === wanted : refuse(value, false);
  };
}

export function textField(field: FieldRead, object: ObjectSource, run: Run): Code<string> {
  if (field.fact.type === "date") return dateField(field, object, run);
  const access = accessorOf(field.name);
  const refuse = refusalOf(field, run);
  if (typeof object !== "function")
    return () => {
      const value = access(rowIn(object));
      return typeof value === "string" ? value : refuse(value, "");
    };
  const raw = rawField(object, access);
  return () => {
    const value = raw();
    return typeof value === "string" ? value : refuse(value, "");
  };
}

function dateField(field: FieldRead, object: ObjectSource, run: Run): Code<string> {
  const raw = rawField(object, accessorOf(field.name));
  const refuse = refusalOf(field, run);
  return () => {
    const value = raw();
    return typeof value === "string" && isDate(value) ? value : refuse(value, "");
  };
}

export function intField(field: FieldRead, object: ObjectSource, run: Run): Code<number> {
  const raw = rawField(object, accessorOf(field.name));
  const refuse = refusalOf(field, run);
  return () => {
    const value = raw();
    return typeof value === "number" && Number.isSafeInteger(value) ? value : refuse(value, 0);
  };
}

/** Epoch milliseconds. Remembers the last text: a macro compares each element with the same instant of the item. */
export function timestampField(field: FieldRead, object: ObjectSource, run: Run): Code<number> {
  const raw = rawField(object, accessorOf(field.name));
  const refuse = refusalOf(field, run);
  let lastText = "1970-01-01T00:00:00Z";
  let last = 0;
  return () => {
    const value = raw();
    if (typeof value !== "string") return refuse(value, 0);
    if (value === lastText) return last;
    const at = epochOfCanonical(value);
    if (Number.isNaN(at)) return refuse(value, 0);
    lastText = value;
    last = at;
    return at;
  };
}

export function listField(field: FieldRead, object: ObjectSource, run: Run): Code<readonly unknown[]> {
  const access = accessorOf(field.name);
  const refuse = refusalOf(field, run);
  if (typeof object !== "function")
    return () => {
      const value = access(rowIn(object));
      return Array.isArray(value) ? value : refuse(value, NO_ELEMENTS);
    };
  const raw = rawField(object, access);
  return () => {
    const value = raw();
    return Array.isArray(value) ? value : refuse(value, NO_ELEMENTS);
  };
}

export function objectField(field: FieldRead, object: ObjectSource, run: Run): Code<Row> {
  const raw = rawField(object, accessorOf(field.name));
  const refuse = refusalOf(field, run);
  return () => {
    const value = raw();
    return isRow(value) ? value : refuse(value, NOTHING);
  };
}

/** A slot of an object type holds a row: whoever filled it has checked that. */
export function rowIn(slot: Slot): Row {
  return slot.value as Row;
}

/** The field's value as it stands in the item, undefined if it is absent, NOTHING if the object could not be read. */
function rawField(object: ObjectSource, access: Accessor): Code<unknown> {
  if (typeof object !== "function") return () => access(rowIn(object));
  return () => {
    const row = object();
    return row === NOTHING ? NOTHING : access(row);
  };
}

/** Notes why a value is not the fact that the schema promises, and gives the stand-in. */
export type Refusal = <T>(value: unknown, standIn: T) => T;

export function refusalOf(field: FieldRead, run: Run): Refusal {
  return (value, standIn) => {
    if (value === NOTHING) return standIn;
    if (value !== undefined) run.fail(malformed(field.path, field.fact, value));
    else if (field.required) run.fail(`Malformed item: the required fact \`${field.path}\` is missing.`);
    else run.absent(field.read);
    return standIn;
  };
}

export function malformed(path: FactPath, fact: FieldType, value: unknown): string {
  return `Malformed item: \`${path}\` is ${wordsForJson(value)}, not ${wordsForFact(fact)}.`;
}

function wordsForFact(fact: FieldType): string {
  switch (fact.type) {
    case "bool":
      return "true or false";
    case "int":
      return "an integer within ±(2^53-1)";
    case "timestamp":
      return 'an instant in UTC as in "2026-03-05T22:52:12Z"';
    case "date":
      return 'a date as in "2026-03-05"';
    case "object":
      return "an object";
    case "list":
      return "a list";
    case "person":
      return "a person's id";
    case "string":
      return "a string";
  }
}

function wordsForJson(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string")
    return value.length <= 40 ? JSON.stringify(value) : `${JSON.stringify(value.slice(0, 40))}…`;
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  return `a ${typeof value}`;
}

/**
 * Reads an element of a list, or a variable's own value, as the fact that the schema promises there.
 * @returns undefined after noting that it is malformed
 */
export type ElementReader = (value: unknown) => unknown;

export function elementReader(fact: FieldType, path: FactPath, run: Run): ElementReader {
  const isSound = soundnessOf(fact);
  const refuse = (value: unknown): undefined => {
    run.fail(malformed(path, fact, value));
    return undefined;
  };
  if (fact.type === "timestamp")
    return (value) => {
      const at = typeof value === "string" ? epochOfCanonical(value) : Number.NaN;
      return Number.isNaN(at) ? refuse(value) : at;
    };
  return (value) => (isSound(value) ? value : refuse(value));
}

function soundnessOf(fact: FieldType): (value: unknown) => boolean {
  switch (fact.type) {
    case "bool":
      return (value) => typeof value === "boolean";
    case "int":
      return Number.isSafeInteger;
    case "string":
    case "person":
    case "timestamp":
      return (value) => typeof value === "string";
    case "date":
      return (value) => typeof value === "string" && isDate(value);
    case "list":
      return Array.isArray;
    case "object":
      return isRow;
  }
}
