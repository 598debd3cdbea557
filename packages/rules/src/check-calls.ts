/** Functions and methods. A name that CEL has and the profile leaves out gets an answer of its own. */
import { checkMacro, isMacro } from "./check-macros.ts";
import type { Check, Checker } from "./checker.ts";
import type { Expression } from "./expression.ts";
import { parseDurationLiteral, parseTimestampLiteral } from "./instant.ts";
import { MAX_PATTERN_LENGTH } from "./limits.ts";
import { DURATION_PARTS, partInZone, TIMESTAMP_PARTS } from "./parts.ts";
import { compilePattern } from "./pattern.ts";
import { nearestName } from "./problem.ts";
import type { TextSearch, Typed } from "./typed.ts";
import { BOOL, DURATION, INT, TIMESTAMP, wordsFor, type Type } from "./types.ts";

export type Call = Extract<Expression, { form: "call" }>;

const FUNCTIONS = ["size", "has", "timestamp", "duration"];
const SEARCHES: readonly string[] = ["startsWith", "endsWith", "contains"] satisfies TextSearch[];
const METHODS_OF: { readonly [type in Type["is"]]: readonly string[] } = {
  list: ["all", "exists", "exists_one", "filter", "map", "size"],
  string: [...SEARCHES, "matches", "size"],
  timestamp: Object.keys(TIMESTAMP_PARTS),
  duration: Object.keys(DURATION_PARTS),
  int: [],
  bool: [],
  object: [],
};
const METHODS: readonly string[] = [...new Set(Object.values(METHODS_OF).flat())];

/** What other languages call the profile's functions and methods. */
const OTHER_NAMES: { readonly [name: string]: string | undefined } = {
  any: "exists",
  some: "exists",
  every: "all",
  forAll: "all",
  includes: "contains",
  count: "size",
  len: "size",
  length: "size",
};

/** Standard functions and macros of CEL that the profile leaves out, and what to write instead. */
const LEFT_OUT: { readonly [name: string]: string | undefined } = {
  bool: "Facts have their types already.",
  bytes: undefined,
  double: 'Write whole numbers, or duration("1.5h") for a time span.',
  dyn: "Facts have their types already.",
  int: "Facts have their types already.",
  string: "Compare values of the same type.",
  type: "Facts have their types already.",
  uint: "Write the number as an int.",
  bind: "Write the expression out where it is used.",
  now: "A rule reads no clock: compare the item's own timestamps.",
  getMilliseconds: 'Compare durations: later - earlier <= duration("1500ms").',
};

export function checkCall(checker: Checker, call: Call, check: Check): Typed | undefined {
  return call.target === undefined
    ? checkFunction(checker, call, check)
    : checkMethod(checker, { ...call, target: call.target }, check);
}

function checkFunction(checker: Checker, call: Call, check: Check): Typed | undefined {
  const [argument] = call.arguments;
  if (!FUNCTIONS.includes(call.name)) return refuseUnknown(checker, call, "function");
  if (argument === undefined || call.arguments.length > 1) return refuseCount(checker, call, "one argument");
  if (call.name === "has") return checkHas(checker, argument, check);
  if (call.name !== "size") return checkTimeLiteral(checker, call, argument);
  const of = check(checker, argument);
  return of === undefined ? undefined : checkSize(checker, argument.at, of);
}

function checkSize(checker: Checker, at: number, of: Typed): Typed | undefined {
  if (of.type.is === "list" || of.type.is === "string") return { op: "size", type: INT, of };
  return checker.refuse(at, "type", `size() takes a list or a string, not ${wordsFor(of.type)}.`);
}

function checkHas(checker: Checker, argument: Expression, check: Check): Typed | undefined {
  if (argument.form !== "field")
    return checker.refuse(
      argument.at,
      "type",
      "has() asks for a field of an item.",
      "Write has(change.mergedBy).",
    );
  const field = check(checker, argument);
  if (field?.op !== "field") return undefined;
  if (field.required)
    checker.warn(argument.nameAt, `\`${field.path}\` is required, so has() is always true.`, "Take it out.");
  return { op: "has", type: BOOL, field };
}

function checkTimeLiteral(checker: Checker, { name }: Call, argument: Expression): Typed | undefined {
  if (argument.form !== "literal" || typeof argument.value !== "string")
    return checker.refuse(
      argument.at,
      "not-in-profile",
      `${name}() takes a text in quotes, so that it is checked before the rule runs.`,
      name === "timestamp" ? "Facts that are timestamps need no conversion." : undefined,
    );
  const isTimestamp = name === "timestamp";
  const value = isTimestamp ? parseTimestampLiteral(argument.value) : parseDurationLiteral(argument.value);
  if (value !== undefined) return { op: "literal", type: isTimestamp ? TIMESTAMP : DURATION, value };
  return isTimestamp
    ? checker.refuse(
        argument.at,
        "type",
        "This is not a time with its zone, exact to the millisecond at most.",
        'Write it as in timestamp("2026-01-31T17:00:00Z").',
      )
    : checker.refuse(
        argument.at,
        "type",
        "This is not a time span, exact to the millisecond at most.",
        'Write numbers with the units h, m, s and ms, as in duration("1h30m").',
      );
}

type Method = Call & { readonly target: Expression };

function checkMethod(checker: Checker, call: Method, check: Check): Typed | undefined {
  const { target: written, name } = call;
  // The name before the point may be no variable but another engine's extension, as in math.greatest(…).
  if (written.form === "name" && ["cel", "math", "optional", "strings"].includes(written.name))
    if (checker.slotOf(written.name) === undefined)
      return checker.refuse(
        written.at,
        "not-in-profile",
        `The profile has no \`${written.name}.${name}\`.`,
        LEFT_OUT[name],
      );
  const target = check(checker, written);
  if (isMacro(name)) return checkMacro(checker, call, name, target, check);
  if (!METHODS.includes(name))
    return refuseUnknown(checker, call, "method", target && METHODS_OF[target.type.is]);
  if (name === "size") {
    if (call.arguments.length > 0) return refuseCount(checker, call, "no argument");
    return target && checkSize(checker, written.at, target);
  }
  if (Object.hasOwn(TIMESTAMP_PARTS, name)) return target && checkPart(checker, call, target);
  const [argument] = call.arguments;
  if (argument === undefined || call.arguments.length > 1) return refuseCount(checker, call, "one argument");
  const sought = check(checker, argument);
  if (target === undefined || sought === undefined) return undefined;
  if (target.type.is !== "string") return refuseTarget(checker, call, target, "a string");
  if (sought.type.is !== "string")
    return checker.refuse(argument.at, "type", `${name}() takes a string, not ${wordsFor(sought.type)}.`);
  if (isSearch(name)) return { op: "search", type: BOOL, how: name, text: target, sought };
  return checkMatches(checker, argument, target);
}

function isSearch(name: string): name is TextSearch {
  return SEARCHES.includes(name);
}

function checkMatches(checker: Checker, argument: Expression, text: Typed): Typed | undefined {
  if (argument.form !== "literal" || typeof argument.value !== "string")
    return checker.refuse(
      argument.at,
      "not-in-profile",
      "matches() takes a pattern in quotes, so that it is checked before the rule runs.",
    );
  if (argument.value.length > MAX_PATTERN_LENGTH)
    return checker.refuse(
      argument.at,
      "limit",
      `A pattern has at most ${MAX_PATTERN_LENGTH} characters; this one has ${argument.value.length}.`,
    );
  const pattern = compilePattern(argument.value);
  if (pattern.ok) return { op: "matches", type: BOOL, text, pattern: pattern.value };
  return checker.refuse(
    argument.at,
    "not-in-profile",
    `This is not a pattern of RE2: ${pattern.error}.`,
    "Patterns have no look-around and no back-references, which can take for ever.",
  );
}

function checkPart(checker: Checker, call: Method, of: Typed): Typed | undefined {
  const { name } = call;
  const [zone] = call.arguments;
  if (of.type.is === "duration") {
    const part = Object.hasOwn(DURATION_PARTS, name) ? DURATION_PARTS[name] : undefined;
    if (part === undefined) return refuseTarget(checker, call, of, "a timestamp", LEFT_OUT[name]);
    if (zone !== undefined) return refuseCount(checker, call, "no argument on a duration");
    return { op: "part", type: INT, of, part };
  }
  const part = TIMESTAMP_PARTS[name];
  if (of.type.is !== "timestamp" || part === undefined) return refuseTarget(checker, call, of, "a timestamp");
  if (zone === undefined) return { op: "part", type: INT, of, part };
  if (call.arguments.length > 1) return refuseCount(checker, call, "at most a time zone");
  if (zone.form !== "literal" || typeof zone.value !== "string")
    return checker.refuse(
      zone.at,
      "not-in-profile",
      `${name}() takes a time zone in quotes.`,
      `Write .${name}("America/New_York").`,
    );
  const inZone = partInZone(part, zone.value);
  if (inZone !== undefined) return { op: "part", type: INT, of, part: inZone };
  return checker.refuse(
    zone.at,
    "type",
    `There is no time zone "${zone.value}".`,
    'Write an IANA name ("Europe/Berlin") or an offset with its sign ("+01:00").',
  );
}

function refuseTarget(
  checker: Checker,
  call: Method,
  target: Typed,
  expected: string,
  suggestion?: string,
): undefined {
  return checker.refuse(
    call.target.at,
    "type",
    `${call.name}() is asked of ${expected}, not of ${wordsFor(target.type)}.`,
    suggestion,
  );
}

function refuseCount(checker: Checker, call: Call, expected: string): undefined {
  return checker.refuse(call.nameAt, "type", `${call.name}() takes ${expected}.`);
}

/** @param own the functions, or the methods of what stands before the point */
function refuseUnknown(
  checker: Checker,
  call: Call,
  what: "function" | "method",
  own: readonly string[] = what === "function" ? FUNCTIONS : METHODS,
): undefined {
  const { name, nameAt } = call;
  const other = what === "function" ? METHODS : FUNCTIONS;
  if (other.includes(name)) {
    const [is, example] = what === "function" ? ["method", `x.${name}(…)`] : ["function", `${name}(x)`];
    return checker.refuse(nameAt, "type", `${name}() is a ${is}.`, `Write ${example}.`);
  }
  if (Object.hasOwn(LEFT_OUT, name))
    return checker.refuse(nameAt, "not-in-profile", `The profile has no ${name}().`, LEFT_OUT[name]);
  return checker.refuse(nameAt, "unknown-name", `The profile has no ${name}().`, hint(name, own));
}

function hint(name: string, known: readonly string[]): string | undefined {
  const near = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : nearestName(name, known);
  if (near !== undefined) return `Did you mean ${near}()?`;
  if (known.length === 0) return undefined;
  return `There are ${known.map((one) => `${one}()`).join(", ")}.`;
}
