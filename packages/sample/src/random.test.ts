import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SeededRandom } from "./random.ts";

const draws = (random: SeededRandom, count = 50) => Array.from({ length: count }, () => random.next());

test("the same seed gives the same numbers, another seed gives others", () => {
  assert.deepEqual(draws(new SeededRandom(7)), draws(new SeededRandom(7)));
  assert.notDeepEqual(draws(new SeededRandom(7)), draws(new SeededRandom(8)));
  // Seeds that differ above 32 bits differ as well.
  assert.notDeepEqual(draws(new SeededRandom(7)), draws(new SeededRandom(7 + 2 ** 32)));
});

test("a fork does not depend on what was drawn before, and forks differ by their label", () => {
  const fresh = new SeededRandom(3).fork("deploys");
  const used = new SeededRandom(3);
  draws(used);
  const numbers = draws(used.fork("deploys"));
  assert.deepEqual(numbers, draws(fresh));
  assert.notDeepEqual(numbers, draws(used.fork("releases")));
  // A fork of a fork keeps the label of each.
  assert.notDeepEqual(draws(used.fork("a").fork("c")), draws(used.fork("b").fork("c")));
});

test("whole numbers stay between both ends and reach them", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: 0, max: 5 }),
      (seed, from, room) => {
        const random = new SeededRandom(seed);
        const seen = new Set(Array.from({ length: 400 }, () => random.integer(from, from + room)));
        assert.deepEqual(
          [...seen].sort((a, b) => a - b),
          Array.from({ length: room + 1 }, (_, index) => from + index),
        );
      },
    ),
    { numRuns: 50 },
  );
});

test("picks follow their weights, and what weighs nothing is never picked", () => {
  const random = new SeededRandom(11);
  const counts = new Map<string, number>();
  for (let i = 0; i < 8000; i++) {
    const name = random.weighted(["none", "one", "three"], (member) =>
      member === "none" ? 0 : member === "one" ? 1 : 3,
    );
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  assert.equal(counts.get("none"), undefined);
  assert.ok(Math.abs((counts.get("three") ?? 0) - 6000) < 200);
  assert.throws(() => random.pick([]), RangeError);
  assert.throws(() => random.weighted(["x"], () => 0), RangeError);
});

test("a sample has no member twice", () => {
  const random = new SeededRandom(5);
  const list = Array.from({ length: 30 }, (_, index) => index);
  const taken = random.some(list, 12);
  assert.equal(new Set(taken).size, 12);
  assert.equal(random.some(list, 99).length, 30);
});
