/** The types of values in the profile, and how the types of facts become them. */
import type { Field, FieldType } from "@countersign/records";

export type Scalar = "bool" | "int" | "string" | "timestamp" | "duration";

/** Where a fact stands in an item: "change.approvals[].at". */
export type FactPath = string;

export type Type =
  | {
      readonly is: Scalar;
      /** An opaque person id: a string that no literal can sensibly be compared with. */
      readonly person?: true;
    }
  | {
      readonly is: "list";
      readonly of: Type;
      /** The list stands in the item as it came: its elements are checked when they are reached. */
      readonly facts?: { readonly type: FieldType; readonly path: FactPath };
    }
  | {
      readonly is: "object";
      readonly fields: Readonly<Record<string, Field>>;
      readonly path: FactPath;
    };

export type ListType = Extract<Type, { is: "list" }>;
export type ObjectType = Extract<Type, { is: "object" }>;

export const BOOL: Type = { is: "bool" };
export const INT: Type = { is: "int" };
export const STRING: Type = { is: "string" };
export const TIMESTAMP: Type = { is: "timestamp" };
export const DURATION: Type = { is: "duration" };

export function typeOfFact(type: FieldType, path: FactPath): Type {
  switch (type.type) {
    case "bool":
    case "int":
    case "string":
    case "timestamp":
      return { is: type.type };
    case "date":
      return STRING;
    case "person":
      return { is: "string", person: true };
    case "list": {
      const elementPath = `${path}[]`;
      return {
        is: "list",
        of: typeOfFact(type.of, elementPath),
        facts: { type: type.of, path: elementPath },
      };
    }
    case "object":
      return { is: "object", fields: type.fields, path };
  }
}

export function isScalar(type: Type): boolean {
  return type.is !== "list" && type.is !== "object";
}

/** With its article: "a string", "an int", "a list of strings". */
export function wordsFor(type: Type): string {
  if (type.is === "list") return `a list of ${plural(type.of)}`;
  return type.is === "int" || type.is === "object" ? `an ${type.is}` : `a ${type.is}`;
}

function plural(type: Type): string {
  return type.is === "list" ? `lists of ${plural(type.of)}` : `${type.is}s`;
}
