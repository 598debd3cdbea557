import assert from "node:assert/strict";
import { test } from "node:test";
import { forEach, given, list, paragraph, quoted, section, table, type Block } from "./blocks.ts";
import { factId, unassigned, type FactId } from "./facts.ts";
import { madeUpFacts, writtenFrom } from "./fixture/made-up.ts";
import { lay, placed } from "./layout.ts";
import { resting, sayer, template, textOf, type Said } from "./sentences.ts";

const regions = factId("program", "regions");
const empty = factId("program", "empty");
const procedure = factId("program", "procedure");
const facts = madeUpFacts([
  { id: regions, what: "the regions", owner: unassigned, value: ["Paris", "Oslo"] },
  { id: empty, what: "the exceptions", owner: unassigned, value: [] },
  { id: procedure, what: "the procedure", owner: unassigned, value: "First this.\n\n \nThen\nthat." },
]);
const say = sayer(facts);
const t = template("made-up", 1);
const name = factId("program", "organization", "name");
const heading = t.words("heading", "Heading");

test("sections are numbered through what a list made", () => {
  const sections = forEach(facts, regions, {
    none: () => say`${resting(regions)}None.`,
    some: (members) =>
      members.map(() => section(heading, [paragraph(heading), section(heading, [paragraph(heading)])])),
  });
  const laid = lay(
    writtenFrom(facts, [paragraph(heading), sections, section(heading, [paragraph(heading)])]),
  );
  assert.deepEqual(
    laid.sections.map(({ number, because, sections: inner }) => [
      number,
      because,
      inner.map((one) => one.number),
    ]),
    [
      ["1", [regions], ["1.1"]],
      ["2", [regions], ["2.1"]],
      ["3", [], []],
    ],
  );
});

test("a section, a list or a table without content is refused", () => {
  assert.throws(() => section(heading, []), /a section without content/);
  assert.throws(() => list([]), /a list without content/);
  assert.throws(() => table(heading, [{ head: heading, width: 1 }], []), /a table without content/);
  assert.throws(
    () => table(heading, [{ head: heading, width: 1 }], [[heading, heading]]),
    /2 cells under 1 heads/,
  );
  assert.throws(() => given(facts, name, () => []), /without content/);
});

test("an absent list is one hole, and an empty one is said to be empty, resting on the list", () => {
  const over = (fact: FactId, none: () => Said): Block =>
    forEach(facts, fact, { none, some: (members) => [list(members.map(() => heading))] });
  const [first] = lay(writtenFrom(facts, [over("program/absent" as FactId, () => heading)])).leaves;
  assert.equal(first?.block.kind === "paragraph" && first.block.sentences[0].kind, "hole");
  const [second] = lay(writtenFrom(facts, [over(empty, () => say`${resting(empty)}There is none.`)])).leaves;
  assert.equal(
    second?.block.kind === "paragraph" && textOf(second.block.sentences[0] as never),
    "There is none.",
  );
  assert.throws(() => over(empty, () => heading), /must rest on it/);
});

test("a text of several paragraphs is several paragraphs, each citing it", () => {
  const blocks = quoted(facts, procedure);
  const laid = lay(writtenFrom(facts, blocks));
  assert.deepEqual(
    laid.leaves.map(({ block }) => block.kind === "paragraph" && textOf(block.sentences[0] as never)),
    ["First this.", "Then that."],
  );
  assert.equal(lay(writtenFrom(facts, quoted(facts, "program/absent" as FactId))).leaves.length, 1);
});

test("what follows a section cannot belong to the one around it", () => {
  const blocks = [section(heading, [paragraph(heading)]), paragraph(heading)];
  assert.throws(() => lay(writtenFrom(facts, blocks)), /a paragraph follows section 1/);
});

test("headings nest six deep", () => {
  let block: Block = paragraph(heading);
  for (let depth = 0; depth < 6; depth++) block = section(heading, [block]);
  lay(writtenFrom(facts, [block]));
  assert.throws(() => lay(writtenFrom(facts, [section(heading, [block])])), /nested deeper than 6/);
});

test("every sentence has one place, in the order of reading", () => {
  const document = writtenFrom(facts, [
    paragraph(heading, say`${name}`),
    section(heading, [
      list([heading, [heading, heading]]),
      table(
        heading,
        [
          { head: heading, width: 1, names: true },
          { head: heading, width: 1 },
        ],
        [[heading, [heading, heading]]],
      ),
    ]),
  ]);
  const places = Array.from(placed(document), ({ place }) => place).filter(
    ({ part }) => !part.startsWith("front"),
  );
  assert.deepEqual(places, [
    { block: 1, part: "sentence", sentence: 1 },
    { block: 1, part: "sentence", sentence: 2 },
    { part: "heading", section: "1" },
    { section: "1", block: 1, part: "item", item: 1, sentence: 1 },
    { section: "1", block: 1, part: "item", item: 2, sentence: 1 },
    { section: "1", block: 1, part: "item", item: 2, sentence: 2 },
    { section: "1", block: 2, part: "caption" },
    { section: "1", block: 2, part: "head", column: 1 },
    { section: "1", block: 2, part: "head", column: 2 },
    { section: "1", block: 2, part: "cell", row: 1, column: 1, sentence: 1 },
    { section: "1", block: 2, part: "cell", row: 1, column: 2, sentence: 1 },
    { section: "1", block: 2, part: "cell", row: 1, column: 2, sentence: 2 },
  ]);
});
