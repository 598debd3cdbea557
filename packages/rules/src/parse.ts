/**
 * Reads a rule's source into the syntax tree of the profile. The grammar is CEL's own, read by a CEL parser; what that
 * parser accepts beyond the language definition, and what the profile leaves out, is refused here.
 */
import { parse as parseCel, ParseError, type ASTNode } from "@marcbachmann/cel-js";
import { err, ok, type Result } from "@countersign/kernel";
import type { Expression } from "./expression.ts";
import { MAX_DEPTH, MAX_LIST_LITERAL, MAX_SOURCE_LENGTH } from "./limits.ts";
import { problemAt, type RuleProblem } from "./problem.ts";
import { laxityOf, syntaxProblem } from "./syntax-problem.ts";

/** Ends the reading at the first thing that is refused; never leaves this file. */
class Refusal extends Error {
  readonly problem: RuleProblem;

  constructor(problem: RuleProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

export function parseExpression(source: string): Result<Expression, RuleProblem> {
  if (source.length > MAX_SOURCE_LENGTH) {
    const message = `A rule has at most ${MAX_SOURCE_LENGTH} characters; this one has ${source.length}.`;
    return err(problemAt("", 0, "limit", message, "Split it into several attributes."));
  }
  if (source.trim() === "") return err(problemAt(source, 0, "syntax", "The rule is empty."));
  if (!source.isWellFormed())
    return err(problemAt("", 0, "syntax", "The rule is not well-formed Unicode text."));
  let tree: ASTNode;
  try {
    tree = parseCel(source).ast;
  } catch (error) {
    if (error instanceof ParseError) return err(syntaxProblem(source, error));
    // A rule of eight thousand brackets or signs can exhaust the stack of the recursive parser.
    if (error instanceof RangeError) return err(problemAt("", 0, "limit", TOO_DEEP, SPLIT));
    throw error;
  }
  const laxity = laxityOf(source);
  if (laxity !== undefined) return err(laxity);
  try {
    return ok(new Conversion(source).convert(tree, 1));
  } catch (error) {
    if (error instanceof Refusal) return err(error.problem);
    throw error;
  }
}

const TOO_DEEP = `The rule is nested more than ${MAX_DEPTH} levels deep.`;
const SPLIT = "Split it into several attributes.";

class Conversion {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  convert(node: ASTNode, depth: number): Expression {
    const at = node.start;
    if (depth > MAX_DEPTH) throw this.#refusal(at, "limit", TOO_DEEP, SPLIT);
    const below = (child: ASTNode) => this.convert(child, depth + 1);
    switch (node.op) {
      case "value":
        return { form: "literal", at, value: this.#literal(node.args, at, false) };
      case "id":
        return { form: "name", at, name: this.#name(node.args, at) };
      case ".": {
        const [object, name] = node.args;
        return { form: "field", at, object: below(object), name, nameAt: node.pos };
      }
      case "[]":
        return { form: "index", at, list: below(node.args[0]), index: below(node.args[1]) };
      case "list":
        return { form: "list", at, elements: this.#elements(node.args, at).map(below) };
      case "call":
      case "rcall":
        return this.#call(node, below);
      case "!_":
        return { form: "not", at, operand: below(node.args) };
      case "-_":
        // CEL's grammar gives a literal its sign; the parser reads a minus and a literal.
        if (node.args.op === "value" && typeof node.args.args === "bigint")
          return { form: "literal", at, value: this.#literal(node.args.args, at, true) };
        return { form: "negate", at, operand: below(node.args) };
      case "&&":
      case "||":
        return { form: "logic", at, operator: node.op, operands: chainOf(node).map(below) };
      case "?:":
        return this.#choose(node.args, at, below);
      case "map":
        throw this.#refusal(at, "not-in-profile", "The profile has no maps.");
      case ".?":
      case "[?]":
        throw this.#refusal(at, "not-in-profile", "The profile has no optional values.");
      default: {
        const [left, right] = node.args;
        const { op: operator } = node;
        return { form: "binary", at, operator, left: below(left), right: below(right) };
      }
    }
  }

  #literal(value: unknown, at: number, negative: boolean): boolean | number | string {
    if (typeof value === "boolean" || typeof value === "string") return value;
    if (typeof value === "bigint") {
      const number = Number(negative ? -value : value);
      if (Number.isSafeInteger(number)) return number + 0;
      throw this.#refusal(
        at,
        "limit",
        "This integer lies outside ±9007199254740991 (2^53-1), beyond which not every reader of JSON is exact.",
      );
    }
    const [what, suggestion] =
      typeof value === "number"
        ? ["floating-point numbers", 'Write whole numbers, or duration("1.5h") for a time span.']
        : value === null
          ? ["null", "A rule that reads an absent fact is unknown by itself."]
          : value instanceof Uint8Array
            ? ["bytes", "Write a text without the letter before its quotes."]
            : ["unsigned integers", "Write the number without the letter u."];
    throw this.#refusal(at, "not-in-profile", `The profile has no ${what}.`, suggestion);
  }

  #name(name: string, at: number): string {
    if (!name.startsWith("__")) return name;
    throw this.#refusal(
      at,
      "not-in-profile",
      "Names that begin with two underscores belong to the engines that run CEL.",
    );
  }

  #elements(elements: readonly ASTNode[], at: number): readonly ASTNode[] {
    if (elements.length <= MAX_LIST_LITERAL) return elements;
    const message = `A list in a rule has at most ${MAX_LIST_LITERAL} elements; this one has ${elements.length}.`;
    throw this.#refusal(at, "limit", message, SPLIT);
  }

  #call(node: Extract<ASTNode, { op: "call" | "rcall" }>, below: (child: ASTNode) => Expression): Expression {
    const at = node.start;
    const [name, target, args] = node.op === "call" ? [node.args[0], undefined, node.args[1]] : node.args;
    const nameAt = target === undefined ? at : this.#source.indexOf(name, target.end);
    const converted = { form: "call", at, name, nameAt, arguments: args.map(below) } as const;
    return target === undefined ? converted : { ...converted, target: below(target) };
  }

  #choose(
    [condition, yes, no]: readonly [ASTNode, ASTNode, ASTNode],
    at: number,
    below: (child: ASTNode) => Expression,
  ): Expression {
    return { form: "choose", at, condition: below(condition), yes: below(yes), no: below(no) };
  }

  #refusal(at: number, code: RuleProblem["code"], message: string, suggestion?: string): Refusal {
    return new Refusal(problemAt(this.#source, at, code, message, suggestion));
  }
}

/** The operands of a chain of one operator, in order: a && b && c has three, however it is bracketed on the left. */
function chainOf(node: Extract<ASTNode, { op: "&&" | "||" }>): readonly ASTNode[] {
  const operands: ASTNode[] = [];
  let left: ASTNode = node;
  while (left.op === node.op) {
    const [next, right] = left.args as readonly [ASTNode, ASTNode];
    operands.push(right);
    left = next;
  }
  operands.push(left);
  return operands.reverse();
}
