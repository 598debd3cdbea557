/** The type checker: names, fields and literals here, operators and calls in the files beside it. */
import { checkCall } from "./check-calls.ts";
import { checkBinary, checkChoose, checkLogic, checkNegate, checkNot } from "./check-operators.ts";
import type { Checker } from "./checker.ts";
import type { Expression } from "./expression.ts";
import { didYouMean } from "./problem.ts";
import type { Typed } from "./typed.ts";
import { BOOL, INT, STRING, isScalar, typeOfFact, wordsFor } from "./types.ts";

export function check(checker: Checker, expression: Expression): Typed | undefined {
  switch (expression.form) {
    case "literal": {
      const { value } = expression;
      const type = typeof value === "boolean" ? BOOL : typeof value === "number" ? INT : STRING;
      return { op: "literal", type, value };
    }
    case "name":
      return checkName(checker, expression);
    case "field":
      return checkField(checker, expression);
    case "index":
      return checkIndex(checker, expression);
    case "list":
      return checkList(checker, expression);
    case "not":
      return checkNot(checker, expression, check);
    case "negate":
      return checkNegate(checker, expression, check);
    case "logic":
      return checkLogic(checker, expression, check);
    case "binary":
      return checkBinary(checker, expression, check);
    case "choose":
      return checkChoose(checker, expression, check);
    case "call":
      return checkCall(checker, expression, check);
  }
}

type Form<F extends Expression["form"]> = Extract<Expression, { form: F }>;

function checkName(checker: Checker, { name, at }: Form<"name">): Typed | undefined {
  const slot = checker.slotOf(name);
  if (slot !== undefined) return { op: "variable", type: slot.type, slot };
  const known = checker.names;
  return checker.refuse(
    at,
    "unknown-name",
    `There is no \`${name}\` here.`,
    didYouMean(name, known) ?? `Start from ${list(known)}.`,
  );
}

function checkField(checker: Checker, expression: Form<"field">): Typed | undefined {
  const object = check(checker, expression.object);
  if (object === undefined) return undefined;
  const { name, nameAt } = expression;
  const { type } = object;
  if (type.is !== "object") {
    const message = `${capital(checker.wordsOf(expression.object))} is ${wordsFor(type)} and has no fields.`;
    const suggestion =
      type.is === "list"
        ? `Ask its elements one by one: .exists(x, x.${name} …) or .all(x, x.${name} …).`
        : undefined;
    return checker.refuse(nameAt, "type", message, suggestion);
  }
  const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
  if (field === undefined) {
    const known = Object.keys(type.fields);
    return checker.refuse(
      nameAt,
      "unknown-name",
      `\`${type.path}\` has no field \`${name}\`.`,
      didYouMean(name, known) ?? `It has ${list(known)}.`,
    );
  }
  const path = `${type.path}.${name}`;
  return {
    op: "field",
    type: typeOfFact(field.type, path),
    object,
    name,
    fact: field.type,
    required: field.required,
    path,
    read: checker.read(path),
  };
}

function checkIndex(checker: Checker, expression: Form<"index">): Typed | undefined {
  const from = check(checker, expression.list);
  const index = check(checker, expression.index);
  if (from === undefined || index === undefined) return undefined;
  if (from.type.is !== "list") {
    const what = from.type.is === "object" ? "the fields of an object" : wordsFor(from.type);
    const suggestion = from.type.is === "object" ? "Write a field with a point: change.author." : undefined;
    return checker.refuse(
      expression.index.at,
      "type",
      `Square brackets take an element of a list, not ${what}.`,
      suggestion,
    );
  }
  if (index.type.is !== "int")
    return checker.refuse(
      expression.index.at,
      "type",
      `The place of an element is an int, not ${wordsFor(index.type)}.`,
      "The first element is [0].",
    );
  return { op: "index", type: from.type.of, list: from, index };
}

function checkList(checker: Checker, expression: Form<"list">): Typed | undefined {
  const elements = expression.elements.map((element) => check(checker, element));
  const [first] = elements;
  if (expression.elements.length === 0)
    return checker.refuse(
      expression.at,
      "not-in-profile",
      "An empty list has no type here.",
      "To ask whether a list is empty, write size(change.tickets) == 0.",
    );
  if (first === undefined) return undefined;
  const known: Typed[] = [];
  for (const [index, element] of elements.entries()) {
    const at = expression.elements[index]?.at ?? expression.at;
    if (element === undefined) return undefined;
    if (!isScalar(element.type))
      return checker.refuse(
        at,
        "not-in-profile",
        `A list in a rule holds single values, not ${wordsFor(element.type)}.`,
      );
    if (element.type.is !== first.type.is)
      return checker.refuse(
        at,
        "type",
        `The elements of a list have one type; the first is ${wordsFor(first.type)}, this is ${wordsFor(element.type)}.`,
      );
    known.push(element);
  }
  return { op: "list", type: { is: "list", of: first.type }, elements: known };
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
