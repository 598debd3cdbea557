/** The parts of the system's files: a thing with dates, ids that refer to other things, classes and origins of data. */
import type { JsonObject } from "@countersign/kernel";
import { closed, criterion, date, listOf, matching, name, text, type Schema } from "../schema-parts.ts";
import type { Collection } from "./model.ts";

/** What an id may name: a thing of a collection, a person, a control, a file with a policy's text, or (`everyone`) `customers`. */
export type Target = Collection | "person" | "control" | "policy-text" | "everyone";

/** The lists of a file, by the collections that they fill. */
export type FileSchema = { readonly [collection in Collection]?: Schema };

/** JSON Schema keyword of ours: the value is the id of one of these, which the reader looks up. */
export const REFERS_TO = "refersTo";

export const thingId = matching(
  "^[a-z][a-z0-9-]{0,59}$",
  "The id by which other files and commands name it: lower-case letters, digits and hyphens",
  "prompt-logs",
);

export const idOf = (targets: Target | readonly Target[], description: string): Schema => ({
  type: "string",
  minLength: 1,
  description,
  [REFERS_TO]: typeof targets === "string" ? [targets] : targets,
});

export const person = (description: string): Schema => ({
  ...idOf("person", `${description}: a handle of people.yaml`),
  examples: ["ada"],
});

export const oneOf = (values: readonly string[], description: string): Schema => ({
  enum: values,
  description,
});
export const listOfIds = (targets: Target | readonly Target[], description: string): Schema =>
  listOf(idOf(targets, "An id"), description, { uniqueItems: true });
export const texts = (description: string): Schema =>
  listOf(text("One of them"), description, { uniqueItems: true });
export const criteriaOf = (description: string): Schema =>
  listOf(criterion, description, { uniqueItems: true });
export const flag = (description: string): Schema => ({ type: "boolean", description });
export const whole = (description: string, most: number): Schema => ({
  type: "integer",
  minimum: 0,
  maximum: most,
  description,
});
export const digest = (description: string): Schema =>
  matching("^sha256:[0-9a-f]{64}$", `${description}: sha256, a colon, and 64 hex digits`);

export const levels = oneOf(["low", "medium", "high"], "Low, medium or high");
export const severities = oneOf(["critical", "high", "medium", "low"], "How severe it is");

export const dataClasses = listOf(
  oneOf(
    [
      "customer-content",
      "customer-metadata",
      "personal-data",
      "model-output",
      "telemetry",
      "feedback-labels",
      "training-data",
      "model-weights",
      "confidential",
      "public",
    ],
    "A class of data",
  ),
  "The classes of data",
  { uniqueItems: true },
);

export const origins = listOf(
  oneOf(
    ["customer-upload", "generated", "public", "synthetic", "licensed", "observed"],
    "Where data comes from",
  ),
  "Where the data comes from",
  { uniqueItems: true },
);

/**
 * A list of things of one collection. Each has an id, may have a first and a last day, and says under `changes` what was
 * different from a later day on.
 */
export function things(
  description: string,
  members: { readonly [name: string]: Schema },
  optional: readonly string[],
): Schema {
  const from = date("The first day on which this holds");
  const withDates: JsonObject = {
    id: thingId,
    ...members,
    from,
    through: date("The last day on which it is there"),
    changes: listOf(
      closed({ from: date("The first day on which this is different"), ...members }, Object.keys(members)),
      "What changed later, in the order of days; what is not said stays as it was",
      { minItems: 1 },
    ),
  };
  return listOf(
    closed(withDates as { readonly [name: string]: Schema }, [...optional, "from", "through", "changes"]),
    description,
  );
}

export { closed, criterion, date, listOf, matching, name, text, type Schema };
