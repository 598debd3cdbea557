/** The law of holes: a fact that is deleted takes exactly the sentences that rest on it, and nothing else changes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { forEach, list, paragraph, section, table, type Block } from "./blocks.ts";
import { factId, unassigned, without, type Fact, type FactId, type Facts } from "./facts.ts";
import { madeUpFacts, writtenFrom } from "./fixture/made-up.ts";
import { frontFacts } from "./front.ts";
import { placed, type Placed } from "./layout.ts";
import { resting, sayer, template, textOf, type Gap, type NonEmpty, type Said } from "./sentences.ts";

/** Texts and lists are named by number; list n has n members. */
type Spec =
  | { readonly kind: "paragraph"; readonly sentences: readonly (readonly number[])[] }
  | { readonly kind: "list"; readonly sentences: readonly (readonly number[])[] }
  | { readonly kind: "table"; readonly sentences: readonly (readonly number[])[] }
  | { readonly kind: "each"; readonly list: number; readonly cites: readonly number[] }
  | { readonly kind: "section"; readonly heading: readonly number[]; readonly blocks: readonly Spec[] };

const TEXTS = 8;
const LISTS = 3;
const textId = (n: number): FactId => factId("made-up", "texts", String(n));
const listId = (n: number): FactId => factId("made-up", "lists", String(n));

const cites = fc.array(fc.nat(TEXTS - 1), { minLength: 1, maxLength: 3 });
const sentences = fc.array(cites, { minLength: 1, maxLength: 3 });
const leaf: fc.Arbitrary<Spec> = fc.oneof(
  fc.record({ kind: fc.constantFrom("paragraph", "list", "table"), sentences }),
  fc.record({ kind: fc.constant("each"), list: fc.nat(LISTS - 1), cites }),
);
const specsTo = (depth: number): fc.Arbitrary<Spec[]> =>
  fc
    .tuple(
      fc.array(leaf, { minLength: 1, maxLength: 3 }),
      depth === 0
        ? fc.constant<Spec[]>([])
        : fc.array(fc.record({ kind: fc.constant("section"), heading: cites, blocks: specsTo(depth - 1) }), {
            maxLength: 2,
          }),
    )
    .map(([leaves, sections]) => [...leaves, ...sections]);
const specs = specsTo(3);

const facts = madeUpFacts([
  ...Array.from({ length: TEXTS }, (_, n): Fact => ({
    id: textId(n),
    what: `text ${n}`,
    owner: unassigned,
    value: `words of ${n}`,
  })),
  ...Array.from({ length: LISTS }, (_, n): Fact => ({
    id: listId(n),
    what: `list ${n}`,
    owner: unassigned,
    value: Array.from({ length: n }, (__, at) => `member ${at}`),
  })),
]);

function written(specsOf: readonly Spec[], from: Facts): readonly Placed[] {
  return [
    ...placed(
      writtenFrom(
        from,
        specsOf.map((spec) => blockOf(spec, from)),
      ),
    ),
  ];
}

function blockOf(spec: Spec, from: Facts): Block {
  const say = sayer(from);
  const sentence = (ids: readonly number[]): Said => {
    const [first = textId(0), second, third] = ids.map((n): Gap => textId(n));
    if (second === undefined) return say`One: ${first}.`;
    return third === undefined ? say`Two: ${first}, ${second}.` : say`Three: ${first}, ${second}, ${third}.`;
  };
  const t = template("made-up", 1);
  switch (spec.kind) {
    case "paragraph": {
      const [first, ...rest] = spec.sentences.map(sentence);
      return paragraph(first ?? t.words("none", "none"), ...rest);
    }
    case "list":
      return list(spec.sentences.map(sentence));
    case "table":
      return table(
        t.words("caption", "Caption"),
        [{ head: t.words("head", "Head"), width: 1 }],
        spec.sentences.map((one) => [sentence(one)]),
      );
    case "each":
      return forEach(from, listId(spec.list), {
        none: () => say`${resting(listId(spec.list))}There is none.`,
        some: (members: NonEmpty<string>) => [list(members.map(() => sentence(spec.cites)))],
      });
    case "section":
      return section(
        sentence(spec.heading),
        spec.blocks.map((inner) => blockOf(inner, from)),
      );
  }
}

const shown = ({ said, because }: Placed) =>
  said.kind === "sentence"
    ? { text: textOf(said), facts: said.facts, because }
    : { missing: said.missing, facts: said.facts, because };

test("deleting a text turns exactly the sentences that cite it into holes, each at its place", () => {
  fc.assert(
    fc.property(specs, fc.nat(TEXTS - 1), (spec, n) => {
      const before = written(spec, facts);
      const after = written(spec, without(facts, textId(n)));
      assert.deepEqual(
        after.map(({ place }) => place),
        before.map(({ place }) => place),
      );
      for (const [index, one] of before.entries()) {
        const now = after[index];
        assert.ok(now !== undefined);
        if (!one.said.facts.includes(textId(n))) {
          assert.deepEqual(shown(now), shown(one));
          continue;
        }
        assert.deepEqual(now.said, {
          kind: "hole",
          facts: one.said.facts,
          missing: [{ fact: textId(n), what: `text ${n}`, owner: unassigned }],
        });
      }
    }),
  );
});

test("deleting a list puts one hole in the place of all that it made, and changes nothing else", () => {
  /** What rests on the list, run together. */
  const collapsed = (all: readonly Placed[], id: FactId): readonly unknown[] => {
    const kept: unknown[] = [];
    for (const one of all) {
      const rests = one.because.includes(id);
      if (rests && kept.at(-1) === id) continue;
      kept.push(rests ? id : shown(one));
    }
    return kept;
  };
  fc.assert(
    fc.property(specs, fc.nat(LISTS - 1), (spec, n) => {
      const id = listId(n);
      const before = written(spec, facts);
      const after = written(spec, without(facts, id));
      assert.deepEqual(collapsed(after, id), collapsed(before, id));
      const holes = after.filter(({ said }) => said.kind === "hole");
      assert.ok(holes.every(({ because, said }) => because.includes(id) && said.facts.includes(id)));
      assert.equal(holes.length, count(spec, n));
    }),
  );
});

function count(spec: readonly Spec[], n: number): number {
  return spec.reduce((sum, one) => {
    if (one.kind === "section") return sum + count(one.blocks, n);
    return sum + (one.kind === "each" && one.list === n ? 1 : 0);
  }, 0);
}

test("a deleted fact of the front is a hole on the front", () => {
  const after = written([{ kind: "paragraph", sentences: [[0]] }], without(facts, frontFacts.root));
  const holes = after.filter(({ said }) => said.kind === "hole");
  assert.deepEqual(
    holes.map(({ place }) => place),
    [{ part: "front-entry", entry: 5 }],
  );
});
