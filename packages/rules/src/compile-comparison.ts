/** Comparisons, with shapes of their own for the ones that rules are made of: a field with a field or with a text. */
import type { Compiler } from "./compile.ts";
import { accessorOf } from "./accessors.ts";
import { refusalOf, rowIn, type Code } from "./facts.ts";
import { compareInstants, NOT_INSTANTS } from "./instant.ts";
import { compareText } from "./text.ts";
import type { ComparisonOperator, FieldRead, Typed } from "./typed.ts";

type Comparison = Extract<Typed, { op: "compare" }>;

export function compileComparison(compiler: Compiler, node: Comparison): Code<boolean> {
  const { operator } = node;
  switch (node.left.type.is) {
    case "bool":
      return equality(operator, compiler.bool(node.left), compiler.bool(node.right));
    case "string": {
      const fused = compileFieldEquality(compiler, node);
      if (fused !== undefined) return fused;
      const left = compiler.text(node.left);
      const right = compiler.text(node.right);
      if (operator === "==" || operator === "!=") return equality(operator, left, right);
      const order = () => {
        const first = left();
        return compareText(first, right());
      };
      return compareWithNumber(operator, order, 0);
    }
    case "timestamp": {
      const fused = compileInstantComparison(compiler, node);
      if (fused !== undefined) return fused;
      return compareNumbers(operator, compiler.number(node.left), compiler.number(node.right));
    }
    default: {
      const left = compiler.number(node.left);
      if (node.right.op === "literal" && typeof node.right.value === "number")
        return compareWithNumber(operator, left, node.right.value);
      return compareNumbers(operator, left, compiler.number(node.right));
    }
  }
}

/**
 * `a.person != change.author` and `c.outcome == "succeeded"`, which most rules are made of, in one closure instead of
 * three: it measured twice as fast.
 */
function compileFieldEquality(compiler: Compiler, node: Comparison): Code<boolean> | undefined {
  const { operator, left, right } = node;
  if (operator !== "==" && operator !== "!=") return undefined;
  if (!isFieldOfVariable(left)) return undefined;
  const wanted = operator === "==";
  const slot = left.object.slot;
  const access = accessorOf(left.name);
  const refuse = refusalOf(left, compiler.run);
  if (right.op === "literal") {
    const literal = right.value;
    return () => {
      const value = access(rowIn(slot));
      return typeof value === "string" ? (value === literal) === wanted : refuse(value, false);
    };
  }
  if (!isFieldOfVariable(right)) return undefined;
  const otherSlot = right.object.slot;
  const otherAccess = accessorOf(right.name);
  const otherRefuse = refusalOf(right, compiler.run);
  return () => {
    const value = access(rowIn(slot));
    const other = otherAccess(rowIn(otherSlot));
    if (typeof value === "string" && typeof other === "string") return (value === other) === wanted;
    if (typeof value !== "string") refuse(value, "");
    return typeof other === "string" ? false : otherRefuse(other, false);
  };
}

/** `a.at <= change.mergedAt`: two facts of variables, compared as they stand. */
function compileInstantComparison(compiler: Compiler, node: Comparison): Code<boolean> | undefined {
  const { operator, left, right } = node;
  if (!isFieldOfVariable(left) || !isFieldOfVariable(right)) return undefined;
  const access = accessorOf(left.name);
  const otherAccess = accessorOf(right.name);
  const { slot } = left.object;
  const { slot: otherSlot } = right.object;
  const { less, same, greater } = outcomesOf(operator);
  const slowly = compareNumbers(operator, compiler.number(left), compiler.number(right));
  return () => {
    const value = access(rowIn(slot));
    const other = otherAccess(rowIn(otherSlot));
    if (typeof value !== "string" || typeof other !== "string") return slowly();
    const order = compareInstants(value, other);
    if (order === NOT_INSTANTS) return slowly();
    return order < 0 ? less : order > 0 ? greater : same;
  };
}

type FieldOfVariable = FieldRead & { readonly object: Extract<Typed, { op: "variable" }> };

function isFieldOfVariable(node: Typed): node is FieldOfVariable {
  return node.op === "field" && node.object.op === "variable" && node.fact.type !== "date";
}

function equality<T extends boolean | string>(
  operator: ComparisonOperator,
  left: Code<T>,
  right: Code<T>,
): Code<boolean> {
  if (operator === "==")
    return () => {
      const first = left();
      return first === right();
    };
  return () => {
    const first = left();
    return first !== right();
  };
}

function compareNumbers(
  operator: ComparisonOperator,
  left: Code<number>,
  right: Code<number>,
): Code<boolean> {
  const { less, same, greater } = outcomesOf(operator);
  return () => {
    const first = left();
    const second = right();
    return first < second ? less : first > second ? greater : same;
  };
}

/** With a number that stands in the rule, as in `size(change.tickets) > 0`. */
function compareWithNumber(operator: ComparisonOperator, left: Code<number>, second: number): Code<boolean> {
  const { less, same, greater } = outcomesOf(operator);
  return () => {
    const first = left();
    return first < second ? less : first > second ? greater : same;
  };
}

/** What an operator says when its left side is less than, the same as or greater than its right. */
function outcomesOf(operator: ComparisonOperator) {
  return {
    less: operator === "<" || operator === "<=" || operator === "!=",
    same: operator === "==" || operator === "<=" || operator === ">=",
    greater: operator === ">" || operator === ">=" || operator === "!=",
  };
}

/** Reads every element, so that a malformed one is never passed over. */
export function compileIn(compiler: Compiler, node: Extract<Typed, { op: "in" }>): Code<boolean> {
  const { run } = compiler;
  const value = compiler.value(node.value);
  const literals = literalsOf(node.list);
  if (literals !== undefined) return () => literals.has(value());
  const list = compiler.list(node.list);
  const read = compiler.reader(node.list);
  return () => {
    const sought = value();
    const elements = list();
    if (!run.visit(elements.length)) return false;
    let found = false;
    for (const element of elements) if (read(element) === sought) found = true;
    return found;
  };
}

function literalsOf(list: Typed): ReadonlySet<unknown> | undefined {
  if (list.op !== "list") return undefined;
  const values = new Set<unknown>();
  for (const element of list.elements) {
    if (element.op !== "literal") return undefined;
    values.add(element.value);
  }
  return values;
}
