/** Words for what the parser could not read: what stands there, and what people who write it usually mean. */
import type { ParseError } from "@marcbachmann/cel-js";
import { problemAt, type RuleProblem } from "./problem.ts";

const BY_CODE: { readonly [code: string]: readonly [message: string, suggestion?: string] } = {
  unterminated_string: ["This text has no closing quote."],
  unterminated_triple_quoted_string: ["This text has no closing quotes."],
  newline_in_string: ["This text runs over the end of its line.", "Write \\n for a new line."],
  invalid_macro_argument: [
    "The first argument of all, exists, exists_one, filter and map is one plain name.",
    "Write change.approvals.exists(a, a.bot): `a` stands for each element in turn.",
  ],
  invalid_exponent: ["This is not a number."],
  invalid_integer: ["This is not a number."],
  invalid_hex_integer: ["This is not a number."],
  invalid_number: ["This is not a number."],
};

/** What is written in other languages, and its spelling in CEL. */
const SPELLINGS: { readonly [word: string]: string } = {
  and: "Write `&&` for and.",
  or: "Write `||` for or.",
  not: "Write `!` for not.",
  is: "Write `==` for equality.",
  "=": "Write `==` for equality.",
  "&": "Write `&&` for and.",
  "|": "Write `||` for or.",
  ";": "A rule is one expression: join its parts with `&&`.",
  "“": "Write straight quotes.",
  "”": "Write straight quotes.",
  "‘": "Write straight quotes.",
  "’": "Write straight quotes.",
};

export function syntaxProblem(source: string, error: ParseError): RuleProblem {
  const at = Math.min(error.range?.start ?? 0, source.length);
  if (error.code === "limit_exceeded")
    return problemAt(source, at, "limit", "The rule is too large.", "Split it into several attributes.");
  const known = BY_CODE[error.code];
  if (known !== undefined) return problemAt(source, at, "syntax", ...known);
  if (error.code.includes("escape"))
    return problemAt(source, at, "syntax", "This escape is not one of CEL's.", "Write \\\\ for a backslash.");
  const found = wordAt(source, at);
  if (error.code === "reserved_identifier")
    return problemAt(source, at, "syntax", `\`${found}\` is a word that CEL reserves.`);
  if (found === "")
    return problemAt(
      source,
      at,
      "syntax",
      "The rule ends too early.",
      "Close every bracket, and give every operator a value on both sides.",
    );
  if (found === "{")
    return problemAt(source, at, "not-in-profile", "The profile does not build messages or maps.");
  if (found === "?") return problemAt(source, at, "not-in-profile", "The profile has no optional values.");
  const before = /(\w+|<)\s*$/.exec(source.slice(0, at))?.[1] ?? "";
  const suggestion =
    SPELLINGS[found] ??
    (before === "not" ? SPELLINGS["not"] : undefined) ??
    (before === "<" && found === ">" ? "Write `!=` for inequality." : undefined);
  return problemAt(source, at, "syntax", `\`${found}\` is not expected here.`, suggestion);
}

/** The word, number or single character at an offset; empty at the end. */
function wordAt(source: string, at: number): string {
  return /^(?:\w+|.)/su.exec(source.slice(at))?.[0] ?? "";
}

const MARKS =
  /\/\/[^\n]*|"""(?:\\.|[^\\])*?"""|'''(?:\\.|[^\\])*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\S/gs;

/**
 * Finds what the parser accepts beyond CEL's grammar (language definition, "Syntax"), so that every rule of ours is one
 * to other engines: a comma after the last argument of a call, and a `? :` without brackets between `?` and `:`.
 * @param source a text that has been parsed, so that its brackets and quotes match
 */
export function laxityOf(source: string): RuleProblem | undefined {
  // For every open bracket, whether a `?` inside it still waits for its `:`.
  const waiting: boolean[] = [false];
  let commaAt: number | undefined;
  for (const { 0: mark, index: at } of source.matchAll(MARKS)) {
    if (mark.startsWith("//")) continue;
    if (mark === ")" && commaAt !== undefined)
      return problemAt(
        source,
        commaAt,
        "syntax",
        "The last argument of a call has a comma after it.",
        "Take the comma away.",
      );
    commaAt = mark === "," ? at : undefined;
    if (mark === "(" || mark === "[") waiting.push(false);
    else if (mark === ")" || mark === "]") waiting.pop();
    else if (mark === ":") waiting[waiting.length - 1] = false;
    else if (mark === "?") {
      if (waiting.at(-1) === true)
        return problemAt(
          source,
          at,
          "syntax",
          "A second `?` stands between `?` and its `:`.",
          "Put the inner `… ? … : …` in brackets.",
        );
      waiting[waiting.length - 1] = true;
    }
  }
  return undefined;
}
