/**
 * What the files of the program folder and of a catalog may hold, as JSON Schema (draft 2020-12). The same objects
 * validate, complete in an editor (packages/program/schema holds them as files), and say what is expected where a file
 * is wrong: each `description` is written to be read there.
 */
import { anchorsSchema } from "./anchors.ts";
import { categories } from "./criterion-ids.ts";
import {
  changes,
  closed,
  controlId,
  criterion,
  date,
  listOf,
  matching,
  meaning,
  name,
  populationKind,
  text,
  type Schema,
} from "./schema-parts.ts";

import { systemSchemas } from "./system/schemas.ts";

export type { Schema } from "./schema-parts.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

const identity = matching(
  "^[a-z][a-z0-9-]*:\\S.*$",
  "A system, a colon, and what it calls the person",
  "email:ada@example.com",
);
const identities = listOf(identity, "Every name under which systems know them", {
  minItems: 1,
  uniqueItems: true,
});

function file(title: string, schema: Schema): Schema {
  return { $schema: DIALECT, title, ...schema };
}

export const programSchema = file(
  "program.yaml",
  closed(
    {
      organization: closed({
        id: matching(
          "^[a-z][a-z0-9-]{1,39}$",
          "The company in records and file names: lower-case letters, digits and hyphens, at least two",
          "example",
        ),
        name: text("The company as reports print it"),
      }),
      sampleData: {
        type: "boolean",
        description: "True for an invented company: every screen and export says so",
      },
      window: closed({
        from: date("The first day of the observation window"),
        through: date("The last day of the observation window"),
        zone: text("The time zone in which its days begin and end", {
          examples: ["America/New_York", "UTC"],
        }),
      }),
      categories: listOf(
        { enum: categories, description: "A category" },
        "What the report covers; security is always in",
        {
          minItems: 1,
          uniqueItems: true,
        },
      ),
      holidays: listOf(date("A day that is no business day"), "Days that are no business days", {
        uniqueItems: true,
      }),
      controls: closed({
        adopt: {
          description: "all (of the chosen categories), or a list of ids of the catalog",
          anyOf: [{ const: "all" }, listOf(controlId, "Ids of the catalog", { uniqueItems: true })],
        },
      }),
      notRelevant: listOf(
        closed({ criterion, reason: text("Why nothing in the system answers it, as the report will say") }),
        "Criteria that do not apply, each with its reason",
      ),
      subservice: listOf(
        closed({ criterion, organization: text("Whose controls answer it") }),
        "Criteria that a subservice organization answers",
      ),
    },
    ["sampleData", "categories", "holidays", "controls", "notRelevant", "subservice"],
  ),
);

export const peopleSchema = file(
  "people.yaml",
  closed(
    {
      people: listOf(
        closed(
          {
            handle: name("A short name for use in these files", "ada"),
            name: text("The person's name"),
            identities,
            role: text("The person's role"),
            from: date("The first day at the company"),
            through: date("The last day at the company"),
          },
          ["name", "role", "from", "through"],
        ),
        "People whose several identities are one person",
      ),
      bots: listOf(
        closed({ handle: name("A short name", "merge-bot"), name: text("What it is"), identities }, ["name"]),
        "Identities that no person stands behind",
      ),
    },
    ["people", "bots"],
  ),
);

const sourceId = name("The source's id", "reviews");

export const sourcesSchema = file(
  "sources.yaml",
  closed(
    {
      sources: listOf(
        {
          type: "object",
          properties: {
            id: sourceId,
            connector: name("What reads it", "git", "github", "csv"),
            provides: { ...populationKind, description: "The kind of item that it provides" },
            keepsDays: {
              type: "integer",
              minimum: 1,
              maximum: 36_500,
              description: "For how many days the source keeps what it holds",
            },
          },
          required: ["id", "connector", "provides"],
          // The rest are the connector's own settings, which it checks itself.
          additionalProperties: true,
        },
        "Where records come from",
      ),
      gaps: listOf(
        closed({
          source: sourceId,
          from: date("The first day without records"),
          through: date("The last day without records"),
          reason: text("Why there are none"),
        }),
        "Times for which a source has no records",
      ),
      populations: listOf(
        closed(
          {
            kind: populationKind,
            from: { ...sourceId, description: "The source whose list is tested" },
            join: listOf(
              closed(
                {
                  source: sourceId,
                  key: text("The field on which items are joined", { examples: ["revision"] }),
                  unmatched: {
                    type: "object",
                    description: "Facts of an item that the joined source does not hold",
                    additionalProperties: true,
                  },
                },
                ["unmatched"],
              ),
              "Sources whose facts are added to its items",
            ),
            reconcile: listOf(
              closed({
                source: sourceId,
                key: text("The field on which the lists are compared", { examples: ["revision"] }),
              }),
              "Sources whose list must agree",
            ),
          },
          ["join", "reconcile"],
        ),
        "How the list of a kind is made, where several sources provide it",
      ),
    },
    ["sources", "gaps", "populations"],
  ),
);

export const controlSchema = file("controls/ID.yaml", {
  ...closed(
    {
      id: controlId,
      ...changes,
      versions: listOf(
        closed(
          {
            from: date("The first day on which it is in force"),
            retired: { const: true, description: "Nothing is owed from this day on" },
            ...changes,
          },
          ["from", "retired", ...Object.keys(changes)],
        ),
        "The control's versions, in order; each says what changes from its first day on",
        { minItems: 1 },
      ),
    },
    [...Object.keys(changes), "versions"],
  ),
});

export const lockSchema = file(
  "catalog.lock",
  closed({
    catalog: name("The catalog"),
    version: { type: "integer", minimum: 1, description: "The catalog's version" },
    digest: matching("^sha256:[0-9a-f]{64}$", "The digest of the catalog's content"),
  }),
);

export const programLockSchema = file(
  "program.lock",
  closed({
    basedOn: matching(
      "^(?:nothing|sha256:[0-9a-f]{64})$",
      "The recorded program that these files were changed from, or `nothing`",
    ),
  }),
);

export const catalogControlSchema = file(
  "catalog/controls/ID.yaml",
  closed(
    {
      id: controlId,
      ...meaning,
      askedFirst: { type: "integer", minimum: 1, description: "1 is what customers ask for first" },
    },
    ["askedFirst"],
  ),
);

export const catalogSchema = file(
  "catalog/starter.yaml",
  closed({
    name: name("The catalog's name", "starter"),
    version: { type: "integer", minimum: 1, description: "Raised when the meaning of any control changes" },
  }),
);

export const criteriaSchema = file(
  "catalog/criteria.yaml",
  closed({
    criteria: listOf(
      closed({
        id: criterion,
        category: { enum: categories, description: "The criterion's category" },
        pointsOfFocus: { type: "integer", minimum: 1, description: "How many points of focus it has" },
        words: text("Our own paraphrase"),
      }),
      "The 61 criteria",
    ),
  }),
);

const count = (description: string): Schema => ({ type: "integer", minimum: 0, description });

export const sampleSizesSchema = file(
  "catalog/sample-sizes.yaml",
  closed({
    note: text("What stands beside every table"),
    tables: listOf(
      closed({
        id: name("The table's id"),
        source: text("Where it was published"),
        note: text("What it is for, and how good the source is"),
        rows: listOf(
          closed(
            {
              every: {
                enum: ["day", "week", "month", "quarter", "half-year", "year", "item"],
                description: "How often the control operates; item: many times, without a rhythm",
              },
              through: count("The last population size of the row; without it, every larger one"),
              words: text("The size as it was published"),
              rule: closed(
                {
                  all: { const: true, description: "Every item" },
                  fixed: count("So many items"),
                  percent: count("A share of the population, rounded up"),
                  atLeast: count("Not fewer than"),
                  atMost: count("Not more than"),
                },
                ["all", "fixed", "percent", "atLeast", "atMost"],
              ),
            },
            ["every", "through", "rule"],
          ),
          "The table's rows",
          { minItems: 1 },
        ),
      }),
      "Published tables",
    ),
  }),
);

/** The schemas that editors are pointed to, by file name. */
export const publishedSchemas: { readonly [file: string]: Schema } = {
  "program.schema.json": programSchema,
  "people.schema.json": peopleSchema,
  "sources.schema.json": sourcesSchema,
  "anchors.schema.json": anchorsSchema,
  "control.schema.json": controlSchema,
  "catalog-control.schema.json": catalogControlSchema,
  ...Object.fromEntries(
    Object.entries(systemSchemas).map(([file, schema]) => [file.replace(".yaml", ".schema.json"), schema]),
  ),
};
