import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson, digestOf, type JsonObject } from "@countersign/kernel";
import { paragraph, section, table, type WrittenDocument } from "./blocks.ts";
import { factId, unassigned, without, type Facts } from "./facts.ts";
import { ada, madeUpFacts, writtenFrom } from "./fixture/made-up.ts";
import { sayer, template } from "./sentences.ts";
import { parseSidecar, sidecarOf, sidecarText } from "./sidecar.ts";

const title = factId("program", "controls", { id: "CHG-01", version: 2 }, "title");
const procedure = factId("program", "controls", { id: "CHG-01", version: 2 }, "procedure");
const all = madeUpFacts([
  { id: title, what: "the title of CHG-01", owner: unassigned, value: "Changes are approved" },
  { id: procedure, what: "the procedure of CHG-01", owner: ada, value: "Ask somebody else." },
]);

function madeUp(facts: Facts): WrittenDocument {
  const say = sayer(facts);
  const t = template("made-up", 1);
  return writtenFrom(facts, [
    section(say`CHG-01: ${title}`, [
      paragraph(say`The control ${title} is followed thus: ${procedure}`, t.words("end", "That is all.")),
      table(say`Parts of ${title}`, [{ head: t.words("head", "part"), width: 1 }], [[say`${procedure}`]]),
    ]),
  ]);
}

test("the sidecar gives each sentence its place, its words and its facts", () => {
  const { sentences, holes, ...rest } = sidecarOf(madeUp(all));
  assert.deepEqual(rest, {
    format: "countersign-document-sidecar-1",
    document: "made-up",
    version: 1,
    sampleData: false,
    asOf: "2026-06-30T12:00:00Z",
    program: digestOf("program"),
  });
  assert.deepEqual(holes, []);
  assert.deepEqual(sentences.slice(-6), [
    { place: { part: "heading", section: "1" }, text: "CHG-01: Changes are approved", facts: [title] },
    {
      place: { section: "1", block: 1, part: "sentence", sentence: 1 },
      text: "The control Changes are approved is followed thus: Ask somebody else.",
      facts: [title, procedure],
    },
    {
      place: { section: "1", block: 1, part: "sentence", sentence: 2 },
      text: "That is all.",
      facts: ["template/made-up@1/end"],
    },
    {
      place: { section: "1", block: 2, part: "caption" },
      text: "Parts of Changes are approved",
      facts: [title],
    },
    {
      place: { section: "1", block: 2, part: "head", column: 1 },
      text: "part",
      facts: ["template/made-up@1/head"],
    },
    {
      place: { section: "1", block: 2, part: "cell", row: 1, column: 1, sentence: 1 },
      text: "Ask somebody else.",
      facts: [procedure],
    },
  ]);
});

test("a hole is in the sidecar with the absent fact and its owner", () => {
  const missing = [{ fact: procedure, what: "the procedure of CHG-01", owner: ada }];
  assert.deepEqual(sidecarOf(madeUp(without(all, procedure))).holes, [
    { place: { section: "1", block: 1, part: "sentence", sentence: 1 }, missing, facts: [title, procedure] },
    {
      place: { section: "1", block: 2, part: "cell", row: 1, column: 1, sentence: 1 },
      missing,
      facts: [procedure],
    },
  ]);
});

test("the same facts give the same bytes, and what is written is read back", () => {
  for (const facts of [all, without(all, title)]) {
    const text = sidecarText(madeUp(facts));
    assert.equal(sidecarText(madeUp(facts)), text);
    const parsed = parseSidecar(Buffer.from(text));
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.error);
    assert.deepEqual(parsed.value, sidecarOf(madeUp(facts)));
  }
});

test("a sidecar that is not what the format says is refused, with the reason", () => {
  const sidecar = JSON.parse(sidecarText(madeUp(without(all, procedure)))) as {
    [member: string]: unknown;
    sentences: JsonObject[];
    holes: JsonObject[];
  };
  const [sentence = {}] = sidecar.sentences;
  const [hole = {}] = sidecar.holes;
  const withSentence = (change: JsonObject) => ({ ...sidecar, sentences: [{ ...sentence, ...change }] });
  const withHole = (change: JsonObject) => ({ ...sidecar, holes: [{ ...hole, ...change }] });
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [[], /is not an object/],
    [{ ...sidecar, format: "countersign-document-sidecar-2" }, /is not in the format/],
    [{ ...sidecar, more: 1 }, /absent, unknown or of another kind/],
    [{ ...sidecar, version: 0 }, /absent, unknown or of another kind/],
    [{ ...sidecar, program: "sha256:0" }, /absent, unknown or of another kind/],
    [{ ...sidecar, asOf: "yesterday" }, /absent, unknown or of another kind/],
    [withSentence({ facts: [] }), /^sentences\[0\] is not/],
    [withSentence({ facts: ["the company"] }), /^sentences\[0\] is not/],
    [withSentence({ facts: ["a/b", "a/b"] }), /^sentences\[0\] is not/],
    [withSentence({ because: [] }), /^sentences\[0\] is not/],
    [withSentence({ text: "" }), /^sentences\[0\] is not/],
    [withSentence({ place: { part: "sentence", block: 0, sentence: 1 } }), /^sentences\[0\] is not/],
    [
      withSentence({ place: { part: "sentence", section: "1.", block: 1, sentence: 1 } }),
      /^sentences\[0\] is not/,
    ],
    [withSentence({ place: { part: "heading" } }), /^sentences\[0\] is not/],
    [withSentence({ place: { part: "cell", block: 1, row: 1, column: 1 } }), /^sentences\[0\] is not/],
    [{ ...sidecar, sentences: [sentence, sentence] }, /^sentences\[1\] is the second at its place/],
    [
      { ...sidecar, holes: [{ ...hole, place: sentence["place"] ?? null }] },
      /^holes\[0\] is the second at its/,
    ],
    [withHole({ missing: [] }), /^holes\[0\] is not/],
    [withHole({ facts: [title] }), /^holes\[0\] misses what it does not cite/],
    [
      withHole({ missing: [{ fact: procedure, what: "x", owner: { kind: "nobody" } }] }),
      /^holes\[0\] is not/,
    ],
  ];
  for (const [value, reason] of cases) {
    const parsed = parseSidecar(canonicalJson(value));
    assert.match(parsed.ok ? "accepted" : parsed.error, reason, canonicalJson(value).slice(0, 300));
  }
  assert.equal(parseSidecar(`${canonicalJson(sidecar)}\n`).ok, false);
  assert.equal(parseSidecar("{").ok, false);
});
