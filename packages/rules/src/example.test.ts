/** The item kind that the golden tables and the examples of docs/formats/rules-profile.md speak of. */
import type { Field, FieldType, ItemKind } from "@countersign/records";

const text: FieldType = { type: "string" };
const person: FieldType = { type: "person" };
const timestamp: FieldType = { type: "timestamp" };
const required = (type: FieldType): Field => ({ type, required: true, words: "" });
const optional = (type: FieldType): Field => ({ type, required: false, words: "" });
const listOf = (fields: Readonly<Record<string, Field>>): FieldType => ({
  type: "list",
  of: { type: "object", fields },
});

/** A fixed copy of a part of the real kind, so that the tables change only when the language does. */
export const exampleKind: ItemKind = {
  kind: "change",
  variable: "change",
  words: "a change",
  cutOff: "mergedAt",
  cutOffWords: "when it was merged",
  keys: ["id"],
  fields: {
    id: required(text),
    title: required(text),
    author: required(person),
    mergedAt: required(timestamp),
    mergedBy: optional(person),
    day: optional({ type: "date" }),
    lines: optional({ type: "int" }),
    emergency: optional({ type: "bool" }),
    headRevision: optional(text),
    tickets: optional({ type: "list", of: text }),
    links: optional({ type: "list", of: text }),
    approvals: optional(
      listOf({
        person: required(person),
        bot: required({ type: "bool" }),
        at: optional(timestamp),
        revision: optional(text),
      }),
    ),
    checks: optional(listOf({ name: required(text), outcome: optional(text) })),
    origin: optional({
      type: "object",
      fields: { repository: required(text), branch: optional(text) },
    }),
  },
};

/** A change of that kind with every fact. */
export const exampleChange = {
  id: "c1",
  title: "Lower the limit",
  author: "p1",
  mergedAt: "2026-03-05T22:52:12Z",
  mergedBy: "p2",
  day: "2026-03-05",
  lines: 12,
  emergency: false,
  headRevision: "f00",
  tickets: ["SEC-7"],
  links: [],
  approvals: [
    { person: "p1", bot: false, at: "2026-03-05T20:00:00Z", revision: "f00" },
    { person: "p2", bot: false, at: "2026-03-05T22:52:11.999Z", revision: "f00" },
  ],
  checks: [{ name: "build", outcome: "passed" }],
  origin: { repository: "api", branch: "main" },
};
