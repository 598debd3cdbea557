/**
 * The types of facts. One small schema language serves the readers of files (what to parse), the rules (what to
 * type-check) and the documents (what to print beside a value).
 */

export type FieldType =
  | { readonly type: "string" }
  /** An opaque person id. The directory of names is kept apart, so that it can be erased. */
  | { readonly type: "person" }
  /** Within plus or minus 2^53-1. */
  | { readonly type: "int" }
  | { readonly type: "bool" }
  /** Canonical UTC text: "2026-03-05T22:52:12Z", with milliseconds only where there are any. */
  | { readonly type: "timestamp" }
  /** A local date: "2026-03-05". Compares as text. */
  | { readonly type: "date" }
  | { readonly type: "list"; readonly of: FieldType }
  | { readonly type: "object"; readonly fields: Fields };

export type Field = {
  readonly type: FieldType;
  /** A required fact is always in the item; an optional one may be absent, and a rule that reads it is then unknown. */
  readonly required: boolean;
  /** What the fact says, for the reader of a result. */
  readonly words: string;
};

export type Fields = { readonly [name: string]: Field };

export type ItemKind = {
  /** As programs and records name it: "change", "access-grant". */
  readonly kind: string;
  /** As rules name it: "change", "accessGrant". */
  readonly variable: string;
  readonly words: string;
  /** The required timestamp that places an item in the window. */
  readonly cutOff: string;
  /** The written cut-off rule, and what happens to an item that straddles the window's end. */
  readonly cutOffWords: string;
  /** The fields that name the same thing in two sources; populations are reconciled and joined on one of them. */
  readonly keys: readonly string[];
  /** The person whose act the item is, for concentration by person. */
  readonly actor?: string;
  /** The field that names an item to a person (a subject line, a system). */
  readonly title?: string;
  /** `id` is in every kind: unique in its population, the bytes by which items are sorted and drawn. */
  readonly fields: Fields;
};

export const text: FieldType = { type: "string" };
export const person: FieldType = { type: "person" };
export const integer: FieldType = { type: "int" };
export const bool: FieldType = { type: "bool" };
export const timestamp: FieldType = { type: "timestamp" };
export const date: FieldType = { type: "date" };
export const listOf = (of: FieldType): FieldType => ({ type: "list", of });
export const object = (fields: Fields): FieldType => ({ type: "object", fields });

export const required = (type: FieldType, words: string): Field => ({
  type,
  required: true,
  words,
});
export const optional = (type: FieldType, words: string): Field => ({
  type,
  required: false,
  words,
});
