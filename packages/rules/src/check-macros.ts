/** Macros over lists: all, exists, exists_one, filter and map. */
import type { Call } from "./check-calls.ts";
import type { Check, Checker } from "./checker.ts";
import type { Quantifier, Slot, Typed } from "./typed.ts";
import { BOOL, wordsFor, type ListType } from "./types.ts";

type Macro = Quantifier | "filter" | "map";

export function isMacro(name: string): name is Macro {
  return ["all", "exists", "exists_one", "filter", "map"].includes(name);
}

export function checkMacro(
  checker: Checker,
  call: Call,
  name: Macro,
  list: Typed | undefined,
  check: Check,
): Typed | undefined {
  const [variable, first, second] = call.arguments;
  const count = call.arguments.length;
  if (variable === undefined || first === undefined || count > (name === "map" ? 3 : 2))
    return checker.refuse(
      call.nameAt,
      "type",
      `${name}() takes a name and ${name === "map" ? "a value for each element" : "a condition"}.`,
      `Write .${name}(x, …): \`x\` stands for each element in turn.`,
    );
  if (variable.form !== "name")
    return checker.refuse(variable.at, "syntax", `The first argument of ${name}() is a plain name.`);
  if (checker.slotOf(variable.name) !== undefined)
    return checker.refuse(
      variable.at,
      "not-in-profile",
      `\`${variable.name}\` has a meaning here already.`,
      "Take another name for the element.",
    );
  if (list === undefined) return undefined;
  const { type } = list;
  if (type.is !== "list")
    return checker.refuse(
      call.target?.at ?? call.at,
      "type",
      `${name}() is asked of a list, not of ${wordsFor(type)}.`,
    );
  return checker.within(variable.name, type.of, (slot) => {
    if (name === "map") return checkMap(checker, { list, slot }, [first, second], check);
    const predicate = checkPredicate(checker, name, first, check);
    if (predicate === undefined) return undefined;
    if (name === "filter") return { op: "collect", type, list, slot, predicate };
    return { op: "quantifier", type: BOOL, name, list, slot, predicate };
  });
}

type Argument = Call["arguments"][number];

function checkMap(
  checker: Checker,
  over: { readonly list: Typed; readonly slot: Slot },
  [first, second]: readonly [Argument, Argument | undefined],
  check: Check,
): Typed | undefined {
  if (second === undefined) {
    const transform = check(checker, first);
    return transform && { op: "collect", type: listOf(transform), ...over, transform };
  }
  const predicate = checkPredicate(checker, "map", first, check);
  const transform = check(checker, second);
  if (predicate === undefined || transform === undefined) return undefined;
  return { op: "collect", type: listOf(transform), ...over, predicate, transform };
}

function listOf(element: Typed): ListType {
  return { is: "list", of: element.type };
}

function checkPredicate(checker: Checker, name: Macro, written: Argument, check: Check): Typed | undefined {
  const predicate = check(checker, written);
  if (predicate === undefined || predicate.type.is === "bool") return predicate;
  return checker.refuse(
    written.at,
    "type",
    `The condition of ${name}() is a bool, not ${wordsFor(predicate.type)}.`,
  );
}
