/** A schema with a fact of every type, and items of it, for the property tests. */
import type { FieldType } from "@countersign/records";
import fc from "fast-check";
import type { RuleEnvironment } from "./checker.ts";

const text: FieldType = { type: "string" };
const person: FieldType = { type: "person" };
const int: FieldType = { type: "int" };
const bool: FieldType = { type: "bool" };
const timestamp: FieldType = { type: "timestamp" };
const required = (type: FieldType) => ({ type, required: true, words: "" });
const optional = (type: FieldType) => ({ type, required: false, words: "" });

/** One field of every type, required and optional, at the top, inside an object and inside lists. */
export const environment: RuleEnvironment = {
  variables: {
    item: {
      type: "object",
      fields: {
        author: required(person),
        title: optional(text),
        count: required(int),
        limit: optional(int),
        direct: required(bool),
        draft: optional(bool),
        at: required(timestamp),
        due: optional(timestamp),
        day: optional({ type: "date" }),
        approvals: optional({
          type: "list",
          of: {
            type: "object",
            fields: {
              person: required(person),
              bot: required(bool),
              at: optional(timestamp),
              weight: optional(int),
            },
          },
        }),
        tickets: optional({ type: "list", of: text }),
        times: optional({ type: "list", of: timestamp }),
        sizes: required({ type: "list", of: int }),
        meta: optional({
          type: "object",
          fields: { owner: optional(person), level: required(int) },
        }),
      },
    },
  },
};

export const smallText = fc.constantFrom("", "a", "b", "ab", "Ab", "a-1", "é", "😀");
export const smallInt = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -3, max: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER) },
);
const day = fc.constantFrom("2024-02-29", "2025-12-31", "2026-01-01");
/** Close to each other, at year ends and on a leap day, with and without milliseconds. */
const instant = fc
  .tuple(day, fc.constantFrom("00:00:00Z", "00:00:00.001Z", "12:34:56Z", "23:59:59.999Z"))
  .map(([date, time]) => `${date}T${time}`);

const approval = fc.record({
  person: smallText,
  bot: fc.boolean(),
  at: instant,
  weight: smallInt,
});

const wholeItem = {
  author: smallText,
  title: smallText,
  count: smallInt,
  limit: smallInt,
  direct: fc.boolean(),
  draft: fc.boolean(),
  at: instant,
  due: instant,
  day,
  approvals: fc.array(approval, { maxLength: 3 }),
  tickets: fc.array(smallText, { maxLength: 3 }),
  times: fc.array(instant, { maxLength: 3 }),
  sizes: fc.array(smallInt, { maxLength: 3 }),
  meta: fc.record({ owner: smallText, level: smallInt }),
};

/** Every fact is there. */
export const fullItem = fc.record(wholeItem);

/** Optional facts may be absent, at every level. */
export const sparseItem = fc.record(
  {
    ...wholeItem,
    approvals: fc.array(
      fc.record(
        { person: smallText, bot: fc.boolean(), at: instant, weight: smallInt },
        { requiredKeys: ["person", "bot"] },
      ),
      { maxLength: 3 },
    ),
    meta: fc.record({ owner: smallText, level: smallInt }, { requiredKeys: ["level"] }),
  },
  { requiredKeys: ["author", "count", "direct", "at", "sizes"] },
);
