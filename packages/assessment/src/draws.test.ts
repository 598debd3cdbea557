import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { itemKindOf, type Item } from "@countersign/records";
import { censusDraw, draw, enteredDraw, extendDraw, ticketOf } from "./draws.ts";
import { change, control, day } from "./example.ts";
import { seedOf, seedText, type SeedParts } from "./seed.ts";
import { byControlVersion, byField, drawStrata } from "./strata.ts";
import type { TimeZone } from "@countersign/kernel";

/** The ids of a draw that has to succeed. */
function drawn(result: ReturnType<typeof draw>): readonly string[] {
  if (!result.ok) throw new TypeError(result.error.what);
  return result.value;
}
function problemOf(result: { ok: true } | { ok: false; error: { code: string } }): string {
  return result.ok ? "none" : result.error.code;
}

// Published with Rivest's package consistent_sampler (github.com/ron-rivest/consistent_sampler), in its documentation.
test("tickets are those that Rivest's package prints", () => {
  assert.equal(
    ticketOf("AB-130", "01382438112797316654"),
    "0.26299714122838008416507544297546663599715395525154425586041245287750224561854",
  );
  const seed = "xy()134!g2n";
  assert.equal(
    ticketOf("cat", seed),
    "0.24866413894129579898796850445568128508290132707747976039848637531569373309555",
  );
  assert.equal(
    ticketOf("dog", seed),
    "0.33886035615681875183111698317327684455682722683976874746986356932751818935066",
  );
  assert.equal(
    ticketOf("goat", seed),
    "0.49599842072022713663423753308080171636735689997237236247068925068573448764387",
  );
});

test("draws are those that Rivest's package prints", () => {
  const six = ["A-1", "A-2", "A-3", "B-1", "B-2", "B-3"];
  assert.deepEqual(drawn(draw(six, "314159", 6)), ["B-2", "B-3", "A-3", "A-2", "B-1", "A-1"]);
  assert.deepEqual(drawn(draw(six.slice(3), "314159", 6)), ["B-2", "B-3", "B-1"]);
  const hundred = Array.from({ length: 100 }, (_, index) => String(index));
  assert.deepEqual(drawn(draw(hundred, "41", 10)), [
    "73",
    "51",
    "17",
    "58",
    "38",
    "42",
    "39",
    "20",
    "11",
    "67",
  ]);
  assert.deepEqual(drawn(draw(["a", "b", "c", "d"], "31", 4)), ["b", "a", "d", "c"]);
  assert.deepEqual(drawn(draw(["a", "b", "c", "d"], "77", 4)), ["b", "d", "c", "a"]);
});

const ids = fc.uniqueArray(fc.string({ maxLength: 8 }), { maxLength: 60 });
const seed = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 });

test("a draw is the ids with the smallest tickets, in the order of their tickets, whatever order they came in", () => {
  fc.assert(
    fc.property(ids, seed, fc.nat({ max: 70 }), (all, by, size) => {
      const expected = all
        .map((id) => ({ id, ticket: ticketOf(id, by) }))
        .sort((a, b) => (a.ticket < b.ticket ? -1 : 1))
        .slice(0, size)
        .map(({ id }) => id);
      assert.deepEqual(drawn(draw(all, by, size)), expected);
      assert.deepEqual(drawn(draw(all.toReversed(), by, size)), expected);
    }),
  );
});

test("a larger draw begins with the smaller one, and a part of the population keeps the order of the whole", () => {
  fc.assert(
    fc.property(ids, seed, fc.nat({ max: 30 }), fc.nat({ max: 30 }), (all, by, size, more) => {
      const smaller = drawn(draw(all, by, size));
      assert.deepEqual(drawn(extendDraw(smaller, all, by, size + more)).slice(0, smaller.length), smaller);
      const part = all.filter((_, index) => index % 3 === 0);
      const whole = drawn(draw(all, by, all.length));
      assert.deepEqual(
        drawn(draw(part, by, part.length)),
        whole.filter((id) => part.includes(id)),
      );
    }),
  );
});

test("a draw large enough to be cut on the way keeps exactly the smallest tickets", () => {
  const all = Array.from({ length: 5_000 }, (_, index) => `item-${index}`);
  const whole = drawn(draw(all, "ab", all.length));
  for (const size of [0, 1, 25, 700]) assert.deepEqual(drawn(draw(all, "ab", size)), whole.slice(0, size));
});

test("an extension of another draw is refused: an item is never swapped", () => {
  const all = ["a", "b", "c", "d", "e"];
  const base = drawn(draw(all, "31", 2));
  assert.equal(problemOf(extendDraw(base, all, "32", 4)), "draw.not-an-extension");
  assert.equal(problemOf(extendDraw(base.toReversed(), all, "31", 4)), "draw.not-an-extension");
  assert.equal(problemOf(extendDraw(base, all.slice(1), "31", 4)), "draw.not-an-extension");
  assert.equal(problemOf(extendDraw(base, all, "31", 1)), "draw.shrinks");
  assert.equal(problemOf(extendDraw(base, all, "31", 2)), "none");
});

test("ids that are there twice, read the same, or are no text are refused", () => {
  assert.equal(problemOf(draw(["a", "b", "a"], "31", 2)), "draw.duplicate-id");
  assert.equal(problemOf(draw(["caf\u00e9", "cafe\u0301"], "31", 2)), "draw.confusable-ids");
  assert.equal(problemOf(draw(["\u212a", "K"], "31", 2)), "draw.confusable-ids");
  assert.equal(problemOf(draw(["K", "\u212a"], "31", 2)), "draw.confusable-ids");
  assert.equal(problemOf(draw(["\ud800"], "31", 2)), "draw.id");
  assert.equal(problemOf(draw(["caf\u00e9", "cafe"], "31", 2)), "none");
  assert.equal(problemOf(draw(["a"], "31", -1)), "draw.size");
  assert.equal(problemOf(draw(["a"], "31", 1.5)), "draw.size");
  assert.equal(problemOf(censusDraw(["a", "a"])), "draw.duplicate-id");
});

test("no items, none drawn and all drawn are draws like any other", () => {
  assert.deepEqual(drawn(draw([], "31", 5)), []);
  assert.deepEqual(drawn(draw(["a", "b"], "31", 0)), []);
  assert.deepEqual(drawn(draw(["a", "b"], "31", 9)).length, 2);
  assert.deepEqual(drawn(censusDraw(["b", "a"])), ["b", "a"]);
});

test("over many seeds every item is drawn about equally often", () => {
  const all = Array.from({ length: 10 }, (_, index) => `i${index}`);
  const times = new Map(all.map((id) => [id, 0]));
  const draws = 5_000;
  for (let nonce = 0; nonce < draws; nonce++) {
    for (const id of drawn(draw(all, `seed ${nonce}`, 3))) times.set(id, (times.get(id) ?? 0) + 1);
  }
  // Chi-square with 9 degrees of freedom: above 33.7 once in 10,000. Draws are without replacement, which only lowers it.
  const expected = (draws * 3) / all.length;
  const chiSquare = [...times.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  assert.ok(chiSquare < 33.7, String(chiSquare));
});

test("what the auditor entered is the draw, if every id is in the population, once", () => {
  assert.deepEqual(drawn(enteredDraw(["a", "b", "c"], ["c", "a"])), ["c", "a"]);
  assert.equal(problemOf(enteredDraw(["a", "b"], ["z"])), "draw.unknown-id");
  assert.equal(problemOf(enteredDraw(["a", "b"], ["a", "a"])), "draw.duplicate-id");
});

const parts: SeedParts = {
  origin: "countersign.example/lumen",
  checkpointSize: 120,
  checkpointRoot: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  populationIndex: 17,
  populationRoot: "11".repeat(32),
  count: 412,
  nonce: "5a".repeat(32),
};

test("the seed's bytes are eight lines, and its digest is that of an independent program", () => {
  const text = seedText(parts);
  assert.equal(
    text.ok ? text.value : text.error.why,
    `countersign/sample/v1\ncountersign.example/lumen\n120\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n17\n${"11".repeat(32)}\n412\n${"5a".repeat(32)}\n`,
  );
  const seeded = seedOf(parts);
  assert.equal(seeded.ok && seeded.value, "70d499062705358f80b4a503ee24febd5e78db92f009d186102b6d86fc278a26");
  assert.deepEqual(drawn(draw(["a", "b", "c", "d", "e"], seeded.ok ? seeded.value : "", 3)), ["a", "c", "d"]);
});

test("every part of the seed counts: another nonce, root, count, place or log is another draw", () => {
  const base = seedOf(parts);
  const changes: Partial<SeedParts>[] = [
    { origin: "countersign.example/other" },
    { checkpointSize: 121 },
    { checkpointRoot: "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" },
    { populationIndex: 18 },
    { populationRoot: "12".repeat(32) },
    { count: 411 },
    { nonce: "5b".repeat(32) },
  ];
  const seeds = changes.map((each) => seedOf({ ...parts, ...each }));
  const texts = [base, ...seeds].map((each) => (each.ok ? each.value : "problem"));
  assert.equal(new Set(texts).size, changes.length + 1);
  assert.equal(texts.includes("problem"), false);
});

test("a seed that could be read in two ways, or was steered, is refused", () => {
  const refused = (more: Partial<SeedParts>) => {
    const result = seedOf({ ...parts, ...more });
    return result.ok ? "none" : result.error.why;
  };
  assert.match(refused({ origin: "a\nb" }) ?? "", /line break/);
  assert.match(refused({ nonce: "5A".repeat(32) }) ?? "", /nonce/);
  assert.match(refused({ nonce: "5a" }) ?? "", /nonce/);
  assert.match(refused({ populationRoot: "11" }) ?? "", /population's root/);
  assert.match(refused({ checkpointRoot: "AAAA" }) ?? "", /checkpoint's root/);
  assert.match(refused({ count: -1 }) ?? "", /count/);
  assert.match(refused({ populationIndex: 120 }) ?? "", /recorded after it/);
});

const found = itemKindOf("change");
if (found === undefined) throw new TypeError("no kind change");
const kind = found;
const zone = "UTC" as TimeZone;
const versions = [
  control("CHG-01", [], { effectiveThrough: day("2025-09-30") }),
  control("CHG-01", [], { version: 2, effectiveFrom: day("2025-10-01") }),
];
const items: readonly Item[] = Array.from({ length: 60 }, (_, index) =>
  change(`c${index}`, index < 40 ? "2025-09-30T23:59:59Z" : "2025-10-01T00:00:00Z", {
    branch: index % 2 === 0 ? "main" : "release",
  }),
);

test("strata by control version and by field are drawn from separately, in the order of the whole", () => {
  const byVersion = drawStrata(
    items,
    byControlVersion(versions, kind, zone),
    "31",
    new Map([
      ["1", 5],
      ["2", 3],
    ]),
  );
  assert.ok(byVersion.ok);
  assert.deepEqual(
    byVersion.value.map(({ value, count, items: ids_ }) => [value, count, ids_.length]),
    [
      ["1", 40, 5],
      ["2", 20, 3],
    ],
  );
  const whole = drawn(
    draw(
      items.map(({ id }) => id),
      "31",
      items.length,
    ),
  );
  const late = whole.filter((id) => Number(id.slice(1)) >= 40);
  assert.deepEqual(byVersion.value[1]?.items, late.slice(0, 3));
  const branches = drawStrata(
    items,
    byField("branch"),
    "31",
    new Map([
      ["main", 2],
      ["release", 2],
    ]),
  );
  assert.deepEqual(branches.ok && branches.value.map(({ count }) => count), [30, 30]);
});

test("a stratum that holds nothing, and items that no stratum holds, are refused", () => {
  assert.equal(
    problemOf(drawStrata(items, byField("branch"), "31", new Map([["main", 2]]))),
    "draw.outside-strata",
  );
  const empty = new Map([
    ["main", 1],
    ["release", 1],
    ["other", 1],
  ]);
  assert.equal(problemOf(drawStrata(items, byField("branch"), "31", empty)), "draw.empty-stratum");
});
