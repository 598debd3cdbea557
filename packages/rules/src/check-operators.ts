/** The types that operators take and give. */
import type { Check, Checker } from "./checker.ts";
import type { BinaryOperator, Expression } from "./expression.ts";
import type { ComparisonOperator, Typed } from "./typed.ts";
import { BOOL, DURATION, INT, STRING, TIMESTAMP, isScalar, wordsFor, type Type } from "./types.ts";

type Form<F extends Expression["form"]> = Extract<Expression, { form: F }>;

export function checkNot(
  checker: Checker,
  { operand: written }: Form<"not" | "negate">,
  check: Check,
): Typed | undefined {
  const operand = check(checker, written);
  if (operand === undefined) return undefined;
  if (operand.type.is === "bool") return { op: "not", type: BOOL, operand };
  return checker.refuse(
    written.at,
    "type",
    `\`!\` takes a bool, not ${wordsFor(operand.type)}.`,
    boolHint(operand.type),
  );
}

export function checkNegate(
  checker: Checker,
  { operand: written }: Form<"not" | "negate">,
  check: Check,
): Typed | undefined {
  const operand = check(checker, written);
  if (operand === undefined) return undefined;
  if (operand.type.is === "int") return { op: "negate", type: INT, operand };
  const suggestion =
    operand.type.is === "duration" ? 'Write the sign inside the quotes: duration("-1h").' : undefined;
  return checker.refuse(
    written.at,
    "type",
    `A minus sign takes an int, not ${wordsFor(operand.type)}.`,
    suggestion,
  );
}

export function checkLogic(
  checker: Checker,
  { operator, operands: written }: Form<"logic">,
  check: Check,
): Typed | undefined {
  const operands: Typed[] = [];
  for (const one of written) {
    const operand = check(checker, one);
    if (operand === undefined) continue;
    if (operand.type.is === "bool") operands.push(operand);
    else
      checker.refuse(
        one.at,
        "type",
        `\`${operator}\` joins bools; ${checker.wordsOf(one)} is ${wordsFor(operand.type)}.`,
        boolHint(operand.type),
      );
  }
  if (operands.length < written.length) return undefined;
  return { op: "logic", type: BOOL, operator, operands };
}

export function checkChoose(checker: Checker, expression: Form<"choose">, check: Check): Typed | undefined {
  const condition = check(checker, expression.condition);
  const yes = check(checker, expression.yes);
  const no = check(checker, expression.no);
  if (condition !== undefined && condition.type.is !== "bool")
    return checker.refuse(
      expression.condition.at,
      "type",
      `The condition before \`?\` is a bool, not ${wordsFor(condition.type)}.`,
      boolHint(condition.type),
    );
  if (condition === undefined || yes === undefined || no === undefined) return undefined;
  if (yes.type.is !== no.type.is)
    return checker.refuse(
      expression.no.at,
      "type",
      `Both sides of \`:\` have one type; the left is ${wordsFor(yes.type)}, the right is ${wordsFor(no.type)}.`,
    );
  if (!isScalar(yes.type))
    return checker.refuse(
      expression.yes.at,
      "not-in-profile",
      `\`? :\` chooses between single values, not between ${yes.type.is}s.`,
      "Choose between the results: put what you ask of them on both sides of `:`.",
    );
  return { op: "choose", type: yes.type, condition, yes, no };
}

export function checkBinary(checker: Checker, expression: Form<"binary">, check: Check): Typed | undefined {
  const left = check(checker, expression.left);
  const right = check(checker, expression.right);
  if (left === undefined || right === undefined) return undefined;
  const { operator } = expression;
  if (operator === "in") return checkIn(checker, expression, left, right);
  if (isComparison(operator)) return checkComparison(checker, expression, operator, left, right);
  const type = resultOf(operator, left.type, right.type);
  if (type === undefined)
    return checker.refuse(
      expression.at,
      "type",
      `There is no \`${operator}\` between ${wordsFor(left.type)} and ${wordsFor(right.type)}.`,
      arithmeticHint(left.type, right.type),
    );
  if (type === STRING) return { op: "concat", type, left, right };
  return { op: "arithmetic", type, operator, left, right };
}

type Arithmetic = Exclude<BinaryOperator, ComparisonOperator | "in">;

function isComparison(operator: BinaryOperator): operator is ComparisonOperator {
  return /^(?:[=!]=|[<>]=?)$/.test(operator);
}

function resultOf(operator: Arithmetic, left: Type, right: Type): Type | undefined {
  if (left.is === "int" && right.is === "int") return INT;
  if (operator !== "+" && operator !== "-") return undefined;
  if (left.is === "duration" && right.is === "duration") return DURATION;
  if (left.is === "timestamp" && right.is === "duration") return TIMESTAMP;
  if (operator === "-") return left.is === "timestamp" && right.is === "timestamp" ? DURATION : undefined;
  if (left.is === "duration" && right.is === "timestamp") return TIMESTAMP;
  return left.is === "string" && right.is === "string" ? STRING : undefined;
}

function arithmeticHint(left: Type, right: Type): string | undefined {
  const types = [left.is, right.is];
  if (types.includes("int") && (types.includes("timestamp") || types.includes("duration")))
    return 'Write a time span as a duration: duration("24h").';
  if (types.includes("list")) return "The profile does not join lists: ask each of them.";
  return undefined;
}

function checkComparison(
  checker: Checker,
  expression: Form<"binary">,
  operator: ComparisonOperator,
  left: Typed,
  right: Typed,
): Typed | undefined {
  if (left.type.is !== right.type.is)
    return checker.refuse(
      expression.at,
      "type",
      `\`${operator}\` compares values of one type; the left is ${wordsFor(left.type)}, the right is ${wordsFor(right.type)}.`,
      comparisonHint(left.type, right.type),
    );
  if (!isScalar(left.type))
    return checker.refuse(
      expression.at,
      "not-in-profile",
      `\`${operator}\` compares single values, not ${left.type.is}s.`,
      left.type.is === "list"
        ? "Ask for its size() or its elements: .exists(x, …), .all(x, …)."
        : "Compare their fields.",
    );
  const equality = operator === "==" || operator === "!=";
  if (left.type.is === "bool" && !equality)
    return checker.refuse(expression.at, "type", "Bools have no order.", "Use `==`, `!=` or `!`.");
  if (left.type.is === "string") warnOfPerson(checker, expression, left, right);
  return { op: "compare", type: BOOL, operator, left, right };
}

/** A rule that names a person by hand is almost always a mistake: the item holds ids, and never a name or an address. */
function warnOfPerson(checker: Checker, expression: Form<"binary">, left: Typed, right: Typed): void {
  const [written, fact] =
    left.op === "literal" ? [expression.left, right] : right.op === "literal" ? [expression.right, left] : [];
  if (written === undefined || fact?.type.is !== "string" || fact.type.person !== true) return;
  checker.warn(
    written.at,
    "This text is compared with an opaque person id, which is never a name or an address.",
    "Compare one person with another: a.person != change.author.",
  );
}

function comparisonHint(left: Type, right: Type): string | undefined {
  const types = [left.is, right.is];
  if (types.includes("string") && types.includes("timestamp"))
    return 'Write the text as a timestamp: timestamp("2026-01-31T00:00:00Z").';
  if (types.includes("string") && types.includes("duration"))
    return 'Write the text as a duration: duration("24h").';
  if (types.includes("int") && types.includes("duration"))
    return 'Write a time span as a duration: duration("24h").';
  if (types.includes("list") && types.includes("int")) return "Write size(…) around the list.";
  if (types.includes("list")) return "Write `in` to ask whether a list holds a value.";
  return undefined;
}

function checkIn(checker: Checker, expression: Form<"binary">, value: Typed, list: Typed): Typed | undefined {
  if (list.type.is !== "list") {
    const suggestion = list.type.is === "string" ? 'Write text.contains("part").' : undefined;
    return checker.refuse(
      expression.right.at,
      "type",
      `\`in\` looks in a list, not in ${wordsFor(list.type)}.`,
      suggestion,
    );
  }
  if (!isScalar(list.type.of) || !isScalar(value.type))
    return checker.refuse(
      expression.at,
      "not-in-profile",
      "`in` looks for single values.",
      "Ask the elements: .exists(x, x.name == …).",
    );
  if (list.type.of.is !== value.type.is)
    return checker.refuse(
      expression.at,
      "type",
      `The list holds ${list.type.of.is}s; the value on the left is ${wordsFor(value.type)}.`,
    );
  return { op: "in", type: BOOL, value, list };
}

function boolHint(type: Type): string | undefined {
  if (type.is === "list") return "To ask whether it has elements, write size(…) > 0.";
  return type.is === "string" || type.is === "int" ? "Compare it with a value." : undefined;
}
