import assert from "node:assert/strict";
import { test } from "node:test";
import { parse as parseElsewhere } from "@bufbuild/cel";
import fc from "fast-check";
import { environment } from "./generate-items.test.ts";
import { rules } from "./generate-rules.test.ts";
import { parseExpression } from "./parse.ts";
import { compileRule } from "./rule.ts";

const NAMES = ["true", "null", "item", "item.count", "a", "has", "size", " in ", "é"];
const NUMBERS = ["0", "12", "007", "0x1F", "1.5", "2u"];
const MARKS = ["(", ")", "[", "]", "{", "}", ",", "?", ":", ".", "!", "-", "+", "==", "<", "&&", "||"];
const QUOTES = ['"', "'", '"""', "r'a\\b'", "'\\n'", "'\\x41'", "b'x'", "`", "\\"];
const SPACES = [" ", "\n", "\t", "\r\n", "// note\n"];
const fragments = fc.constantFrom(...NAMES, ...NUMBERS, ...MARKS, ...QUOTES, ...SPACES, ...SPACES);

/** A rule of the profile with a few fragments put in, taken out or put in place of what stood there. */
const damaged = fc
  .tuple(
    rules(),
    fc.array(fc.tuple(fc.nat(200), fc.constantFrom(0, 0, 1, 2), fragments), { minLength: 1, maxLength: 2 }),
  )
  .map(([source, edits]) => {
    let text = source;
    for (const [place, length, fragment] of edits) {
      const at = place % (text.length + 1);
      text = text.slice(0, at) + fragment + text.slice(at + length);
    }
    return text;
  });

test("what we accept, another engine's parser reads too", () => {
  let accepted = 0;
  const property = fc.property(damaged, (source) => {
    // That engine misreads names that begin with a literal ("trueish"), and space between empty brackets.
    if (/\b(?:true|false|null)\w|\(\s+\)/.test(source) || !compileRule(source, environment).ok) return;
    accepted++;
    // CEL ends a comment with a line; the text of a rule may end with the comment.
    assert.doesNotThrow(() => parseElsewhere(`${source}\n`), source);
  });
  // A fixed seed: what that engine refuses wrongly may not be all that stands above.
  fc.assert(property, { numRuns: Number(process.env["RULES_RUNS"] ?? 6000), seed: 20_260_305 });
  assert.ok(accepted > 100, `${accepted} damaged rules were accepted`);
});

test("compiling has an answer for any text at all, with a place inside it", () => {
  const anyText = fc.oneof(
    damaged,
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.array(fragments, { maxLength: 30 }).map((parts) => parts.join("")),
  );
  const property = fc.property(anyText, (source) => {
    const compiled = compileRule(source, environment);
    if (compiled.ok) return;
    assert.notEqual(compiled.error.length, 0);
    const lines = source.split("\n");
    for (const { line, column, message } of compiled.error) {
      assert.match(message, /\.$/);
      assert.ok(line >= 1 && line <= lines.length, source);
      assert.ok(column >= 1 && column <= [...(lines[line - 1] ?? "")].length + 1, source);
    }
  });
  fc.assert(property, { numRuns: 2000 });
});

test("a chain of && is one level deep, brackets and other operators are one each", () => {
  const isRead = (source: string) => parseExpression(source).ok;
  assert.ok(isRead(`true${" && true".repeat(800)}`));
  assert.ok(isRead(`1${" + 1".repeat(31)}`));
  assert.ok(!isRead(`1${" + 1".repeat(32)}`));
  assert.ok(!isRead(`${"!".repeat(32)}true`));
});

for (const [what, source] of [
  ["signs", "-".repeat(7_990) + "x"],
  ["brackets", "(".repeat(7_990)],
  ["indexes", "a" + "[0".repeat(3_900)],
  ["choices", "a?b:".repeat(1_990) + "c"],
  ["calls", "f(".repeat(3_900)],
] as const)
  test(`thousands of nested ${what} are refused and exhaust nothing`, () => {
    const parsed = parseExpression(source);
    assert.ok(!parsed.ok);
    assert.equal(parsed.error.code, "limit");
  });
