/** What the parts of the type checker share: names in scope, the facts that are read, and the problems found so far. */
import type { FieldType } from "@countersign/records";
import type { Expression } from "./expression.ts";
import { problemAt, type RuleProblem } from "./problem.ts";
import type { Slot, Typed } from "./typed.ts";
import { typeOfFact, type FactPath, type Type } from "./types.ts";

/** The variables that a rule can read, and their types. */
export type RuleEnvironment = { readonly variables: Readonly<Record<string, FieldType>> };

export type Variable = { readonly slot: Slot; readonly fact: FieldType };

export class Checker {
  readonly problems: RuleProblem[] = [];
  readonly warnings: RuleProblem[] = [];
  /** The environment's variables, in its order. */
  readonly variables: readonly Variable[];
  readonly #source: string;
  readonly #reads = new Map<FactPath, number>();
  readonly #scope = new Map<string, Slot>();

  constructor(source: string, environment: RuleEnvironment) {
    this.#source = source;
    this.variables = Object.entries(environment.variables).map(([name, fact]) => ({
      slot: { name, type: typeOfFact(fact, name), value: undefined },
      fact,
    }));
    for (const { slot } of this.variables) this.#scope.set(slot.name, slot);
  }

  /** The facts that the rule can read, in the order of the source. */
  get reads(): readonly FactPath[] {
    return [...this.#reads.keys()];
  }

  /** Notes that a fact is read. @returns its place among the reads */
  read(path: FactPath): number {
    const known = this.#reads.get(path);
    if (known !== undefined) return known;
    this.#reads.set(path, this.#reads.size);
    return this.#reads.size - 1;
  }

  slotOf(name: string): Slot | undefined {
    return this.#scope.get(name);
  }

  get names(): readonly string[] {
    return [...this.#scope.keys()];
  }

  /** Checks what stands inside a macro, where `name` is the current element. */
  within<T>(name: string, type: Type, check: (slot: Slot) => T): T {
    const slot: Slot = { name, type, value: undefined };
    this.#scope.set(name, slot);
    try {
      return check(slot);
    } finally {
      this.#scope.delete(name);
    }
  }

  /** Notes a problem. Its return value says that there is no type to go on with. */
  refuse(at: number, code: RuleProblem["code"], message: string, suggestion?: string | undefined): undefined {
    this.problems.push(problemAt(this.#source, at, code, message, suggestion));
    return undefined;
  }

  warn(at: number, message: string, suggestion: string): void {
    this.warnings.push(problemAt(this.#source, at, "type", message, suggestion));
  }

  /** How the source writes an expression that begins at an offset, for messages; only names and fields are written out. */
  wordsOf(expression: Expression): string {
    if (expression.form === "name") return `\`${expression.name}\``;
    if (expression.form === "field") {
      const object = this.wordsOf(expression.object);
      return object.startsWith("`") ? `${object.slice(0, -1)}.${expression.name}\`` : "this";
    }
    return "this";
  }
}

/** Checks one expression; undefined when it has no type, and the checker then holds at least one problem. */
export type Check = (checker: Checker, expression: Expression) => Typed | undefined;
