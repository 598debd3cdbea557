import assert from "node:assert/strict";
import { test } from "node:test";
import type { PersonId } from "@countersign/records";
import { paragraph, section } from "./blocks.ts";
import { factId, factsOf, unassigned, type Fact, type FactId } from "./facts.ts";
import { lay } from "./layout.ts";
import { madeUpFacts, writtenFrom } from "./fixture/made-up.ts";
import {
  exactly,
  isMade,
  listed,
  resting,
  sayer,
  template,
  textOf,
  worded,
  type Said,
  type Sentence,
} from "./sentences.ts";

const name = factId("program", "organization", "name");
const owner = factId("program", "controls", { id: "CHG-01", version: 1 }, "owner");
const regions = factId("program", "regions");
const facts = factsOf([
  { id: name, what: "the name", owner: unassigned, value: "Example  \n AI" },
  {
    id: owner,
    what: "the owner of CHG-01",
    owner: { kind: "person", id: "p1" as PersonId, name: "Ada Example" },
    value: undefined,
  },
  { id: regions, what: "the regions", owner: unassigned, value: ["Paris", "Oslo"] },
] satisfies Fact[]);
const say = sayer(facts);

function words(said: Said): string {
  assert.equal(said.kind, "sentence");
  return textOf(said as Sentence);
}

test("a sentence says its facts in the template's words, and cites each once", () => {
  const said = say`${name} runs in ${listed(regions, "no region")}; ${name} says so.`;
  assert.equal(words(said), "Example AI runs in Paris, Oslo; Example AI says so.");
  assert.deepEqual(said.facts, [name, regions]);
});

test("a sentence that needs an absent fact is a hole that says what is missing and who owns it", () => {
  const said = say`${name} has ${owner} answer for ${resting("program/nothing/here" as FactId)}it.`;
  assert.equal(said.kind, "hole");
  assert.deepEqual(said.kind === "hole" && said.missing, [
    { fact: owner, what: "the owner of CHG-01", owner: { kind: "person", id: "p1", name: "Ada Example" } },
    { fact: "program/nothing/here", what: "program/nothing/here", owner: unassigned },
  ]);
  assert.deepEqual(said.facts, [name, owner, "program/nothing/here"]);
});

test("a sentence without a fact does not type-check and is not made", () => {
  // @ts-expect-error: a template needs at least one gap
  const bare = () => say`The company encrypts its data.`;
  assert.throws(bare, /no fact stands behind "The company encrypts its data\."/);
  // @ts-expect-error: a text is no fact id
  const typed = () => say`The company encrypts ${"its data"}.`;
  assert.throws(typed, /"its data" is no fact id/);
  // @ts-expect-error: nor where somebody built a reference around it
  const built = () => say`${{ fact: "all of it", words: () => "encrypts its data" }}`;
  assert.throws(built, /"all of it" is no fact id/);
});

test("a document refuses a sentence that was written by hand, copied or parsed", () => {
  const real = say`${name}`;
  const t = template("made-up", 1);
  const forged: Said = { ...real };
  assert.equal(isMade(real), true);
  assert.equal(isMade(forged), false);
  for (const said of [forged, JSON.parse(JSON.stringify(real)) as Said])
    for (const block of [paragraph(said), section(said, [paragraph(real)])]) {
      const document = writtenFrom(madeUpFacts(), [block]);
      assert.throws(() => lay(document), /no fact stands behind/);
    }
  lay(writtenFrom(madeUpFacts(), [section(t.words("a", "A"), [paragraph(real)])]));
});

test("a made sentence cannot be changed", () => {
  const said = say`${name}`;
  assert.throws(() => Object.assign(said, { facts: [owner] }), TypeError);
  assert.throws(() => (said.facts as unknown as FactId[]).push(owner), TypeError);
});

test("what is exact keeps its line breaks and spaces", () => {
  const rule = factId("program", "rule");
  const saying = sayer(factsOf([{ id: rule, what: "the rule", owner: unassigned, value: "a ==\n  b" }]));
  const said = saying`  It holds where  ${exactly(rule)} `;
  assert.equal(words(said), "It holds where a ==\n  b");
});

test("characters that nobody sees, or that reorder text, are written out", () => {
  const id = factId("program", "x");
  const saying = sayer(
    factsOf([
      {
        id,
        what: "a\u202eb",
        owner: { kind: "role", role: "c\u0000d" },
        value: "a\u202eb\u0007\ufffe\ud800\r\nc",
      },
    ]),
  );
  assert.equal(words(saying`${id}`), "a[U+202E]b\u2407[U+FFFE]\ufffd c");
  const hole = sayer(
    factsOf([{ id, what: "a\u202eb", owner: { kind: "role", role: "c\u0000d" }, value: undefined }]),
  )`${id}`;
  assert.deepEqual(hole.kind === "hole" && hole.missing, [
    { fact: id, what: "a[U+202E]b", owner: { kind: "role", role: "c\u2400d" } },
  ]);
});

test("an empty list is said in the template's words", () => {
  const saying = sayer(factsOf([{ id: regions, what: "the regions", owner: unassigned, value: [] }]));
  assert.equal(words(saying`It runs in ${listed(regions, "no region")}.`), "It runs in no region.");
});

test("a fact of another kind than the template takes it for is a mistake of the template", () => {
  assert.throws(() => say`${regions}`, /for a text, number or yes and no/);
  assert.throws(() => say`${listed(name, "none")}`, /for a list/);
});

test("a template's own words cite the template, and one part has one text", () => {
  const t = template("made-up", 3);
  assert.deepEqual(t.words("scope", "What is in scope").facts, ["template/made-up@3/scope"]);
  assert.throws(() => t.words("scope", "What is not"), /stands for/);
});

test("a sentence of nothing but silent facts is refused", () => {
  assert.throws(() => say`${resting(name)}`, /says nothing/);
  assert.throws(() => say`${worded(name, () => " ")}`, /says nothing/);
});
