/** The command that records a performance or reads a population: exactly what an engineer types. */
import { itemKindOf, type FieldType } from "@countersign/records";
import { compileRule, environmentOf } from "@countersign/rules";
import type { PeriodicActivity, Program } from "../model.ts";

/** Facts that have options of their own, or that the command counts by itself. */
const given: ReadonlySet<string> = new Set(["id", "performedAt", "performedBy", "documents"]);

/**
 * `countersign evidence add …`, as words: what the rules of the activity read is asked for, so that none of them is
 * unknown.
 * @param occurrence a period that is owed; absent: PERIOD stands for it
 */
export function evidenceCommand(
  control: string,
  activity: PeriodicActivity,
  occurrence = "PERIOD",
): readonly string[] {
  const facts = factsRead(activity);
  return [
    "countersign evidence add FILE",
    `--control ${control}`,
    `--activity ${activity.id}`,
    `--occurrence ${occurrence}`,
    "--performed-at DATE",
    "--by PERSON",
    ...facts.map(({ name, type }) => `--fact ${name}=${placeholder(type)}`),
  ];
}

export type FactRead = { readonly name: string; readonly type: FieldType };

/** The facts of a performance that the activity's attributes read, in the order of the kind. */
export function factsRead({ attributes }: Pick<PeriodicActivity, "attributes">): readonly FactRead[] {
  const kind = itemKindOf("performance");
  if (kind === undefined) return [];
  const environment = environmentOf(kind);
  const read = new Set<string>();
  for (const { expression } of attributes) {
    const rule = compileRule(expression, environment);
    // A rule that does not compile is a problem of the program, which is told where the program is read.
    if (!rule.ok) continue;
    for (const path of rule.value.reads) read.add(path.split(/[.[]/)[1] ?? "");
  }
  return Object.entries(kind.fields)
    .filter(([name]) => read.has(name) && !given.has(name))
    .map(([name, { type }]) => ({ name, type }));
}

function placeholder(type: FieldType): string {
  switch (type.type) {
    case "bool":
      return "TRUE-OR-FALSE";
    case "int":
      return "NUMBER";
    case "person":
      return "PERSON";
    case "list":
      return `${placeholder(type.of)},${placeholder(type.of)}`;
    default:
      return "TEXT";
  }
}

/** Ids of the sources from which a population is made: the list, what is joined, what it is compared with. */
export function sourcesOf(program: Pick<Program, "populations">, population: string): readonly string[] {
  const plan = program.populations.find(({ kind }) => kind === population);
  if (plan === undefined) return [];
  return [...new Set([plan.from, ...[...plan.join, ...plan.reconcile].map(({ source }) => source)])];
}

export function collectCommand(sources: readonly string[]): readonly string[] {
  return ["countersign collect", ...sources];
}
