/** The parts that several files share: dates, names, and what a control says. */
import type { JsonObject } from "@countersign/kernel";
import { itemKinds } from "@countersign/records";
import { criterionIds } from "./criterion-ids.ts";

export type Schema = JsonObject;

/** Members that may be absent are listed in `optional`; anything else that is not named is refused. */
export function closed(
  members: { readonly [name: string]: Schema },
  optional: readonly string[] = [],
): Schema {
  return {
    type: "object",
    properties: members,
    required: Object.keys(members).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

export const text = (description: string, more: JsonObject = {}): Schema => ({
  type: "string",
  minLength: 1,
  description,
  ...more,
});
export const matching = (pattern: string, description: string, ...examples: readonly string[]): Schema => ({
  type: "string",
  pattern,
  description,
  examples,
});
export const listOf = (items: Schema, description: string, more: JsonObject = {}): Schema => ({
  type: "array",
  items,
  description,
  ...more,
});

/** By it a reader of schemas knows that a text is a day. */
export const DATE_PATTERN = "^\\d{4}-\\d{2}-\\d{2}$";

export const date = (description: string): Schema =>
  matching(DATE_PATTERN, `${description}: a date, year first`, "2025-07-01");
export const name = (description: string, ...examples: readonly string[]): Schema =>
  matching("^[a-z][a-z0-9-]{0,39}$", `${description}: lower-case letters, digits and hyphens`, ...examples);
export const controlId = matching(
  "^[A-Z][A-Z0-9]{1,9}-[0-9]{1,3}$",
  "The control's id: capitals, a hyphen, a number",
  "IAM-03",
);
export const criterion: Schema = {
  enum: criterionIds,
  description: "One of the 61 trust services criteria",
  examples: ["CC6.2"],
};
export const populationKind: Schema = {
  enum: itemKinds.map((kind) => kind.kind),
  description: "The kind of item",
  examples: ["change"],
};
const expression = text("A rule over the item that gives true or false (CEL)");

const attribute = closed(
  {
    id: name("The attribute's id", "removed-in-time"),
    label: text("Short, for a table", { maxLength: 60 }),
    words: text("The words of the control's statement that it tests, exactly as they stand there"),
    expression,
    causes: listOf(
      closed({
        when: expression,
        say: text("What is said of an item for which `when` is the first true one"),
      }),
      "What to say of an item for which the attribute deviated",
    ),
  },
  ["causes"],
);

const activityBase = {
  id: name("The activity's id, unique in its control", "review"),
  title: text("What is done, in a few words"),
  evidence: text("What a person would add as evidence, and what it must show"),
  attributes: listOf(attribute, "What the statement says, one rule for each thing", { minItems: 1 }),
};

const activity: Schema = {
  type: "object",
  required: ["kind"],
  discriminator: { propertyName: "kind" },
  oneOf: [
    closed(
      {
        kind: { const: "per-item", description: "Owed once for each item of a population" },
        ...activityBase,
        population: populationKind,
        where: text("Which items owe it (CEL); without it, all do"),
        termHours: {
          type: "integer",
          minimum: 1,
          maximum: 87_600,
          description: "Whole hours from the item's cut-off time during which it is not due yet",
        },
      },
      ["where", "termHours"],
    ),
    closed(
      {
        kind: { const: "periodic", description: "Owed once in each period" },
        ...activityBase,
        every: {
          enum: ["day", "week", "month", "quarter", "half-year", "year"],
          description: "How often it is owed",
        },
        anchor: matching(
          "^(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$",
          "Month and day on which a year, half-year or quarter starts",
          "02-01",
        ),
        due: {
          ...closed({
            days: { type: "integer", minimum: 0, maximum: 366, description: "Days after the period's end" },
            calendar: { enum: ["calendar", "business"], description: "Which days count" },
          }),
          description: "When it is due: days after the period's end",
        },
      },
      ["anchor"],
    ),
    closed(
      {
        kind: { const: "state", description: "A setting that must hold all the time" },
        ...activityBase,
        population: { const: "configuration", description: "Observations of settings" },
        where: text("Which observations speak of it (CEL)"),
        coversHours: {
          type: "integer",
          minimum: 1,
          maximum: 8_784,
          description: "How many hours an observation covers at most",
        },
      },
      ["where"],
    ),
  ],
};

export const meaning = {
  title: text("What the control is called", { maxLength: 80 }),
  statement: text("What is promised, in words that can be tested"),
  criteria: listOf(criterion, "The criteria that it answers", { minItems: 1, uniqueItems: true }),
  ownerRole: text("The role that answers for it"),
  procedure: text("What a person does, in plain words"),
  activities: listOf(activity, "When it is owed, and what is tested", { minItems: 1 }),
};

export const changes = {
  ...meaning,
  activities: listOf(activity, "Whole activities: each replaces the one with the same id, or is added", {
    minItems: 1,
  }),
  withoutActivities: listOf(
    name("An activity's id"),
    "Activities of the catalog's entry that are not done here",
    {
      minItems: 1,
      uniqueItems: true,
    },
  ),
  owner: name("A handle of people.yaml", "ada"),
};
