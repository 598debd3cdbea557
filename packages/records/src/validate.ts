/** Untrusted facts become an item here and nowhere else: what does not fit its kind is refused with the field and the reason. */
import { parseInstant, parseLocalDate, type Json, type JsonObject } from "@countersign/kernel";
import type { Fields, FieldType, ItemKind } from "./schema.ts";

/** @returns undefined when the item fits, else what is wrong, with the path of the field. */
export function whyNotItem(kind: ItemKind, item: JsonObject): string | undefined {
  return whyNotFields(kind.fields, item, "");
}

/** Facts of a kind without the required ones: for evidence whose facts come in parts. */
export function whyNotFacts(kind: ItemKind, facts: JsonObject): string | undefined {
  for (const [name, value] of Object.entries(facts)) {
    const field = kind.fields[name];
    if (field === undefined) return `${kind.kind} has no fact ${name}`;
    const wrong = whyNotValue(field.type, value, name);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function whyNotFields(fields: Fields, object: JsonObject, path: string): string | undefined {
  for (const name of Object.keys(object)) {
    // Own members only: "__proto__" and its like are not fields.
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const at = path === "" ? name : `${path}.${name}`;
    if (field === undefined) return `${at}: not a fact of this kind`;
    const value = object[name];
    if (value === undefined) continue;
    const wrong = whyNotValue(field.type, value, at);
    if (wrong !== undefined) return wrong;
  }
  for (const [name, field] of Object.entries(fields))
    if (field.required && object[name] === undefined)
      return `${path === "" ? name : `${path}.${name}`}: missing`;
  return undefined;
}

function whyNotValue(type: FieldType, value: Json, at: string): string | undefined {
  switch (type.type) {
    case "string":
    case "person":
      return typeof value === "string" ? undefined : `${at}: not text`;
    case "int":
      return Number.isSafeInteger(value) ? undefined : `${at}: not a whole number`;
    case "bool":
      return typeof value === "boolean" ? undefined : `${at}: neither true nor false`;
    case "timestamp":
      return typeof value === "string" && value.endsWith("Z") && parseInstant(value).ok
        ? undefined
        : `${at}: not an instant in UTC`;
    case "date":
      return typeof value === "string" && parseLocalDate(value).ok ? undefined : `${at}: not a date`;
    case "list": {
      if (!Array.isArray(value)) return `${at}: not a list`;
      for (const element of value as readonly Json[]) {
        const wrong = whyNotValue(type.of, element, `${at}[]`);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    }
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? whyNotFields(type.fields, value as JsonObject, at)
        : `${at}: not an object`;
  }
}
