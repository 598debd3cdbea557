/** From the cells of a row to the facts of an item. */
import type { Json, JsonObject } from "@countersign/kernel";
import type { PersonResolver } from "@countersign/application/ports";
import { readCell, type Read } from "./cells.ts";
import type { Located } from "./header.ts";
import type { CsvSettings } from "./settings.ts";

export type RowFacts = {
  /** Facts that name nobody. */
  readonly facts: JsonObject;
  /** Facts that name somebody, to be resolved once the row is an item. */
  readonly people: readonly (readonly [string, Read])[];
  /** Optional facts whose cells are empty. */
  readonly empty: readonly string[];
};

/** @returns why the row is no item, in words, where it is none. */
export function readItem(
  cells: readonly string[],
  columns: readonly Located[],
  settings: CsvSettings,
): RowFacts | string {
  const context = { zone: settings.zone, dates: settings.dates };
  const reads: (readonly [string, Read])[] = settings.constants.map(({ field, read }) => [field, read]);
  const empty: string[] = [];
  for (const { plan, positions } of columns) {
    const parts = positions.map((position) => (cells[position] ?? "").trim());
    const named = plan.columns.map((name) => JSON.stringify(name)).join(" and ");
    if (plan.as.kind !== "filled" && parts.some((part) => part === "")) {
      if (plan.required) return `the column ${named} is empty, and ${plan.field} is always needed`;
      empty.push(plan.field);
      continue;
    }
    const written = parts.join("/");
    const text = plan.values === undefined ? written : plan.values.get(written);
    if (text === undefined)
      return `the column ${named} holds ${JSON.stringify(written)}, which the mapping's values do not have`;
    const read = readCell(text, plan.as, context);
    if (!read.ok) return `the column ${named} cannot be read: ${read.error}`;
    reads.push([plan.field, read.value]);
  }
  const facts = reads.flatMap(([field, read]) => ("json" in read ? [[field, read.json] as const] : []));
  return { facts: Object.fromEntries(facts), people: reads.filter(([, read]) => !("json" in read)), empty };
}

export function resolved(row: RowFacts, person: PersonResolver): JsonObject {
  const people = row.people.map(([field, read]) => [field, valueOf(read, person)] as const);
  return { ...row.facts, ...Object.fromEntries(people) };
}

function valueOf(read: Read, person: PersonResolver): Json {
  if ("json" in read) return read.json;
  return "person" in read ? person(read.person).id : read.list.map((entry) => valueOf(entry, person));
}
