/** The public face: compile a rule once, evaluate it on many items. */
import { err, ok, type Result } from "@countersign/kernel";
import type { ItemKind } from "@countersign/records";
import { check } from "./check.ts";
import { Checker, type RuleEnvironment, type Variable } from "./checker.ts";
import { bindingOf, Compiler, type Binding } from "./compile.ts";
import { isRow, type Code } from "./facts.ts";
import { parseExpression } from "./parse.ts";
import type { RuleProblem } from "./problem.ts";
import { Run, type Verdict } from "./run.ts";
import type { Slot } from "./typed.ts";
import { wordsFor, type FactPath } from "./types.ts";

/** A rule of the profile (docs/formats/rules-profile.md), checked against its environment and ready to evaluate. */
export type Rule = {
  readonly source: string;
  /** The facts that it can read, in the order of the source: "change.approvals[].at". */
  readonly reads: readonly FactPath[];
  /** What is allowed and probably not meant. */
  readonly warnings: readonly RuleProblem[];
  /** @param bindings a value for each variable of the environment, as JSON.parse gives it */
  evaluate(bindings: Readonly<Record<string, unknown>>): Verdict;
  /** For an environment of one variable, as an item kind has: the item itself, as JSON.parse gives it. */
  evaluateItem(item: unknown): Verdict;
};

/** What rules about items of a kind can read: the item, under the kind's variable. */
export function environmentOf(kind: ItemKind): RuleEnvironment {
  return { variables: { [kind.variable]: { type: "object", fields: kind.fields } } };
}

/**
 * Parses, type-checks and compiles a rule, which has to give a bool. Every problem found is returned, in the order of
 * the source; a rule that does not parse has one.
 */
export function compileRule(
  source: string,
  environment: RuleEnvironment,
): Result<Rule, readonly RuleProblem[]> {
  const parsed = parseExpression(source);
  if (!parsed.ok) return err([parsed.error]);
  const checker = new Checker(source, environment);
  const typed = check(checker, parsed.value);
  if (typed !== undefined && typed.type.is !== "bool")
    checker.refuse(
      parsed.value.at,
      "type",
      `A rule says true or false; this gives ${wordsFor(typed.type)}.`,
      "Compare it with what it should be.",
    );
  if (typed === undefined || checker.problems.length > 0) return err(inOrder(checker.problems));
  const run = new Run(checker.reads);
  const code = new Compiler(run).bool(typed);
  const { reads, warnings, variables } = checker;
  return ok(new CompiledRule({ source, reads, warnings }, code, run, variables));
}

function inOrder(problems: readonly RuleProblem[]): readonly RuleProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** Its state is reset by each evaluation, and an evaluation never yields, so one rule serves one thread's whole census. */
class CompiledRule implements Rule {
  readonly source: string;
  readonly reads: readonly FactPath[];
  readonly warnings: readonly RuleProblem[];
  readonly #code: Code<boolean>;
  readonly #run: Run;
  readonly #variables: readonly Variable[];
  readonly #bindings: readonly Binding[];
  /** The slot of the only variable, where that is an object. */
  readonly #itemSlot: Slot | undefined;

  constructor(
    about: Pick<Rule, "source" | "reads" | "warnings">,
    code: Code<boolean>,
    run: Run,
    variables: readonly Variable[],
  ) {
    this.source = about.source;
    this.reads = about.reads;
    this.warnings = about.warnings;
    this.#code = code;
    this.#run = run;
    this.#variables = variables;
    this.#bindings = variables.map(({ slot, fact }) => bindingOf(slot, fact, run));
    const [only] = variables;
    this.#itemSlot =
      only !== undefined && variables.length === 1 && only.fact.type === "object" ? only.slot : undefined;
  }

  evaluate(values: Readonly<Record<string, unknown>>): Verdict {
    const run = this.#run;
    run.begin();
    let isBound = true;
    for (const [index, bind] of this.#bindings.entries()) {
      const name = this.#variables[index]?.slot.name ?? "";
      if (!bind(Object.hasOwn(values, name) ? values[name] : undefined)) isBound = false;
    }
    return run.verdict(isBound && this.#code());
  }

  evaluateItem(item: unknown): Verdict {
    const slot = this.#itemSlot;
    if (slot !== undefined && isRow(item)) {
      const run = this.#run;
      run.begin();
      slot.value = item;
      return run.verdict(this.#code());
    }
    const [only] = this.#variables;
    if (only !== undefined && this.#variables.length === 1) return this.evaluate({ [only.slot.name]: item });
    const message = `This rule reads ${this.#variables.length} variables, and was given one item.`;
    return { kind: "error", message };
  }
}
