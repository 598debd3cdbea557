/** What is accepted and refused, word for word: accepted.golden.txt and refused.golden.txt beside this file. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { exampleKind } from "./example.test.ts";
import { MAX_LIST_LITERAL, MAX_PATTERN_LENGTH, MAX_SOURCE_LENGTH } from "./limits.ts";
import type { RuleProblem } from "./problem.ts";
import { compileRule, environmentOf } from "./rule.ts";

type Case = { readonly source: string; readonly answer: string };

/** Blocks of a rule and, indented by four spaces, what the compiler answers. Lines that begin with # are headings. */
function casesIn(file: string): readonly Case[] {
  const text = readFileSync(new URL(file, import.meta.url), "utf8").replace(/^#.*\n/gm, "");
  return text
    .split(/\n{2,}/)
    .filter((block) => block.trim() !== "")
    .map((block) => {
      const lines = block.replace(/^\n+|\n+$/g, "").split("\n");
      const answered = lines.findIndex((line) => line.startsWith("    "));
      return {
        source: lines.slice(0, answered).join("\n"),
        answer: lines
          .slice(answered)
          .map((line) => line.trim())
          .join("\n"),
      };
    });
}

function worded({ line, column, code, message, suggestion }: RuleProblem): string {
  const place = `${line}:${column} ${code}: ${message}`;
  return suggestion === undefined ? place : `${place} ${suggestion}`;
}

function answerTo(source: string): string {
  const compiled = compileRule(source, environmentOf(exampleKind));
  if (!compiled.ok) return compiled.error.map(worded).join("\n");
  const { reads, warnings } = compiled.value;
  return [`reads ${reads.join(" ") || "nothing"}`, ...warnings.map(worded)].join("\n");
}

function oneLine(source: string): string {
  return source.replaceAll("\n", " ⏎ ");
}

const accepted = casesIn("accepted.golden.txt");
const refused = casesIn("refused.golden.txt");

for (const { source, answer } of refused)
  test(`refuses ${oneLine(source)}`, () => {
    assert.equal(answerTo(source), answer);
  });

for (const { source, answer } of accepted)
  test(`accepts ${oneLine(source)}`, () => {
    assert.equal(answerTo(source), answer);
  });

test("the tables refuse more than they accept", () => {
  assert.ok(refused.length > accepted.length && accepted.length > 30);
  assert.ok(refused.every(({ answer }) => !answer.startsWith("reads")));
  assert.ok(accepted.every(({ answer }) => answer.startsWith("reads")));
});

test("what is too large is refused with its size, and what just fits is not", () => {
  const title = (length: number) => `change.title != "${"x".repeat(length - 18)}"`;
  assert.match(answerTo(title(MAX_SOURCE_LENGTH)), /^reads/);
  assert.equal(
    answerTo(title(MAX_SOURCE_LENGTH + 1)),
    "1:1 limit: A rule has at most 8000 characters; this one has 8001. Split it into several attributes.",
  );
  const list = (length: number) => `1 in [${Array(length).fill("1").join(",")}]`;
  assert.match(answerTo(list(MAX_LIST_LITERAL)), /^reads/);
  assert.equal(
    answerTo(list(MAX_LIST_LITERAL + 1)),
    "1:6 limit: A list in a rule has at most 500 elements; this one has 501. Split it into several attributes.",
  );
  const pattern = (length: number) => `change.title.matches("${"x".repeat(length)}")`;
  assert.match(answerTo(pattern(MAX_PATTERN_LENGTH)), /^reads/);
  assert.equal(
    answerTo(pattern(MAX_PATTERN_LENGTH + 1)),
    "1:22 limit: A pattern has at most 256 characters; this one has 257.",
  );
});

test("a rule of nothing, of half a character, and one in another language are refused at their place", () => {
  assert.equal(answerTo(""), "1:1 syntax: The rule is empty.");
  assert.equal(answerTo(" \n "), "1:1 syntax: The rule is empty.");
  assert.equal(answerTo('"\ud800" == ""'), "1:1 syntax: The rule is not well-formed Unicode text.");
  assert.equal(
    answerTo("change.title ==\n  “x”"),
    "2:3 syntax: `“` is not expected here. Write straight quotes.",
  );
});
