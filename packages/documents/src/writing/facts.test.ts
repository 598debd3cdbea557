import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalDate } from "@countersign/kernel";
import fc from "fast-check";
import { factId, factsOf, parseFactId, unassigned, without, type Fact, type FactId } from "./facts.ts";

const fact = (id: string, value: Fact["value"]): Fact => ({
  id: id as FactId,
  what: `the ${id}`,
  owner: unassigned,
  value,
});

test("a fact id is its steps, with the version of what it speaks of", () => {
  assert.equal(
    factId("program", "controls", { id: "CHG-01", version: 2 }, "statement"),
    "program/controls/CHG-01@2/statement",
  );
  assert.equal(
    factId("program", "stores", { id: "logs", from: "2026-03-01" as LocalDate }, "purpose"),
    "program/stores/logs@2026-03-01/purpose",
  );
  assert.equal(factId("program", "people", "p:1a", "name"), "program/people/p:1a/name");
});

test("an id of the company's own cannot stand for another fact", () => {
  assert.equal(
    factId("program", "controls", { id: "a/b@2 ü'(!)*", version: 1 }, "title"),
    "program/controls/a%2Fb%402%20%C3%BC%27%28%21%29%2A@1/title",
  );
  const segment = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
  fc.assert(
    fc.property(fc.array(segment, { minLength: 2, maxLength: 4 }), (steps) => {
      const id = factId(...steps);
      assert.equal(parseFactId(id).ok, true, id);
      assert.deepEqual(
        id.split("/").map((step) => decodeURIComponent(step)),
        steps.map((step) => step.toWellFormed()),
      );
    }),
  );
});

test("what is no fact id is told apart from one", () => {
  for (const [text, reason] of [
    ["program", "has fewer than two segments"],
    ["", "has fewer than two segments"],
    ["program//title", "has an empty segment"],
    ["program/a b", 'has the segment "a b", which is not encoded'],
    ["program/a@0", 'has the segment "a@0", which is not encoded'],
    ["program/a@2026-3-1", 'has the segment "a@2026-3-1", which is not encoded'],
    ["program/a%2f", 'has the segment "a%2f", which is not encoded'],
    ["The company has/controls", 'has the segment "The company has", which is not encoded'],
    [`program/${"a".repeat(2_000)}`, "longer than 2000 characters"],
  ] as const) {
    const parsed = parseFactId(text);
    assert.equal(!parsed.ok && parsed.error, reason, text);
  }
  assert.throws(() => factId("program"), /at least two segments/);
  assert.throws(() => factId("program", ""), /not empty/);
  assert.throws(() => factId("program", { id: "a", version: 0 }), /whole number/);
  assert.throws(() => factId("program", { id: "a", from: "2026-3-1" as LocalDate }), /YYYY-MM-DD/);
});

test("an id that nobody declared is absent and unassigned", () => {
  const found = factsOf([]).find("program/a" as FactId);
  assert.deepEqual(found, { id: "program/a", what: "program/a", owner: unassigned, value: undefined });
});

test("a text of spaces states nothing, and an empty list states that there is none", () => {
  const facts = factsOf([fact("program/a", " \n\t "), fact("program/b", [])]);
  assert.equal(facts.find("program/a" as FactId).value, undefined);
  assert.deepEqual(facts.find("program/b" as FactId).value, []);
});

test("two facts of one id, a false id and a broken number are mistakes of whoever gathers them", () => {
  assert.throws(() => factsOf([fact("program/a", "x"), fact("program/a", "y")]), /second fact program\/a/);
  assert.throws(() => factsOf([fact("program", "x")]), /fewer than two segments/);
  assert.throws(() => factsOf([fact("program/a", 0.5)]), /numbers are whole/);
});

test("a deleted fact keeps its name and its owner", () => {
  const facts = without(factsOf([fact("program/a", "x"), fact("program/b", "y")]), "program/a" as FactId);
  assert.deepEqual(facts.find("program/a" as FactId), fact("program/a", undefined));
  assert.equal(facts.find("program/b" as FactId).value, "y");
});
