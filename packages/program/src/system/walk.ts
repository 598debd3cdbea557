/**
 * Goes through a value with its schema, so that what the schema says of a leaf (it is a day; it names a thing) is acted on in
 * one place for every file.
 */
import type { Json, JsonObject } from "@countersign/kernel";
import { DATE_PATTERN } from "../schema-parts.ts";
import type { DataPath } from "../yaml-file.ts";
import { REFERS_TO, type Schema, type Target } from "./parts.ts";

export type Leaf = {
  readonly path: DataPath;
  readonly text: string;
  readonly isDate: boolean;
  /** What the text may name; absent where it names nothing. */
  readonly targets?: readonly Target[];
};

/**
 * @param value what satisfies the schema
 * @param visit is shown each text; what it gives stands in its place
 * @returns the value with the texts exchanged
 */
export function mapTexts(
  schema: Schema,
  value: Json,
  visit: (leaf: Leaf) => string,
  path: DataPath = [],
): Json {
  if (typeof value === "string") {
    const targets = schema[REFERS_TO] as readonly Target[] | undefined;
    return visit({ path, text: value, isDate: schema.pattern === DATE_PATTERN, ...(targets && { targets }) });
  }
  if (Array.isArray(value)) {
    const items = (schema.items ?? {}) as JsonObject;
    return value.map((each, index) => mapTexts(items, each as Json, visit, [...path, index]));
  }
  if (typeof value !== "object" || value === null) return value;
  const members = (schema.properties ?? {}) as { readonly [name: string]: JsonObject };
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, member]) => [
      name,
      mapTexts(members[name] ?? {}, member as Json, visit, [...path, name]),
    ]),
  );
}
