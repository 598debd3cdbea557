import assert from "node:assert/strict";
import { test } from "node:test";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { checkExpression, parseCatalog } from "@countersign/program";
import { probabilityAtMost, sampleSize, upperDeviationLimit } from "./hypergeometric.ts";
import { sizeFromTable } from "./size-tables.ts";

const catalogFolder = join(import.meta.dirname, "../../../catalog");
const catalog = parseCatalog(
  globSync("**/*.yaml", { cwd: catalogFolder }).map((path) => ({
    path,
    text: readFileSync(join(catalogFolder, path), "utf8"),
  })),
  { check: checkExpression },
);
assert.ok(catalog.ok);
const sizeTables = catalog.value.sampleSizes.tables;

/** C(n, k) exactly. */
function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let result = 1n;
  for (let i = 0; i < k; i++) result = (result * BigInt(n - i)) / BigInt(i + 1);
  return result;
}

function exactly(found: number, population: number, deviations: number, sampled: number): number {
  let sum = 0n;
  for (let i = 0; i <= found; i++)
    sum += choose(deviations, i) * choose(population - deviations, sampled - i);
  return Number((sum * 10n ** 15n) / choose(population, sampled)) / 1e15;
}

function sizeOf(
  population: number,
  confidence: number,
  tolerableRate: number,
  expected: number | { rate: number },
) {
  const result = sampleSize({
    population,
    confidence,
    tolerableRate,
    expected: typeof expected === "number" ? { deviations: expected } : expected,
  });
  assert.ok(result.ok);
  return result.value;
}

test("the probability is that of exact counting in whole numbers", () => {
  const question = fc
    .tuple(fc.integer({ min: 1, max: 120 }), fc.nat(), fc.nat(), fc.nat())
    .map(([population, deviations, sampled, found]) => ({
      population,
      deviations: deviations % (population + 1),
      sampled: sampled % (population + 1),
      found: found % (population + 1),
    }));
  fc.assert(
    fc.property(question, ({ population, deviations, sampled, found }) => {
      const probability = probabilityAtMost(found, { population, deviations, sampled });
      assert.ok(Math.abs(probability - exactly(found, population, deviations, sampled)) < 1e-12);
    }),
    { numRuns: 500 },
  );
});

test("it does not vanish where its first terms are too small for a number", () => {
  const half = probabilityAtMost(1_000, { population: 1_000_000, deviations: 10_000, sampled: 100_000 });
  assert.ok(half > 0.5 && half < 0.52, String(half));
});

test("sample sizes of large populations are the published ones", () => {
  const large = (confidence: number, rate: number) => sizeOf(1_000_000, confidence, rate, 0).size;
  assert.deepEqual(
    [large(0.9, 0.1), large(0.9, 0.09), large(0.95, 0.1), large(0.9, 0.05), large(0.95, 0.05)],
    [22, 25, 29, 45, 59],
  );
  // With an expected rate of 1 and of 2 percent, at 95 percent confidence and 5 percent tolerable.
  assert.deepEqual(sizeOf(1_000_000, 0.95, 0.05, { rate: 0.01 }), { size: 93, allowed: 1, tooMany: 50_001 });
  assert.deepEqual(sizeOf(1_000_000, 0.95, 0.05, { rate: 0.02 }), { size: 181, allowed: 4, tooMany: 50_001 });
});

test("upper limits are the published ones", () => {
  const limit = (found: number, sampled: number) =>
    Math.round(upperDeviationLimit({ population: 1_000_000, sampled, found, confidence: 0.9 }).rate * 1_000) /
    10;
  assert.deepEqual(
    [limit(0, 25), limit(1, 25), limit(2, 25), limit(1, 40), limit(1, 60)],
    [8.8, 14.7, 19.9, 9.4, 6.3],
  );
});

test("the table of 40 CFR 80.127 keeps its own promise for every population: 95 percent, none expected, 10 tolerable", () => {
  const table = sizeTables.find(({ id }) => id === "cfr-40-80-127");
  assert.ok(table !== undefined);
  for (let population = 1; population <= 3_000; population++) {
    const size = sizeFromTable(table, population) ?? 0;
    const deviations = Math.floor(population / 10) + 1;
    assert.ok(probabilityAtMost(0, { population, deviations, sampled: size }) <= 0.05, `N = ${population}`);
    assert.ok(sizeOf(population, 0.95, 0.1, 0).size <= size, `N = ${population}`);
  }
  assert.deepEqual(
    [19, 25, 26, 40, 41, 65, 66, 100_000].map((population) => sizeFromTable(table, population)),
    [19, 19, 20, 20, 25, 25, 29, 29],
  );
});

test("the smallest sample supports the conclusion, and one fewer does not", () => {
  const question = fc.record({
    population: fc.integer({ min: 1, max: 400 }),
    confidence: fc.constantFrom(0.8, 0.9, 0.95, 0.99),
    tolerableRate: fc.constantFrom(0.02, 0.05, 0.07, 0.1, 0.2),
    found: fc.nat({ max: 3 }),
  });
  fc.assert(
    fc.property(question, ({ population, confidence, tolerableRate, found }) => {
      const { size, allowed, tooMany } = sizeOf(population, confidence, tolerableRate, found);
      assert.deepEqual([allowed, tooMany], [found, Math.floor(tolerableRate * population + 1e-9) + 1]);
      const limit = (sampled: number) =>
        upperDeviationLimit({ population, sampled, found: Math.min(found, sampled), confidence }).deviations;
      if (size < population) assert.ok(limit(size) < tooMany, "the limit is within the tolerable rate");
      if (size > found) assert.ok(limit(size - 1) >= tooMany, "one fewer is not enough");
    }),
  );
});

test("a census has no doubt left: its limit is what was found", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (population, some) => {
      const found = some % (population + 1);
      assert.equal(
        upperDeviationLimit({ population, sampled: population, found, confidence: 0.95 }).deviations,
        found,
      );
    }),
  );
});

test("one release of 25 that deviates, out of 118, has its limit beside it and not in its place", () => {
  const limit = upperDeviationLimit({ population: 118, sampled: 25, found: 1, confidence: 0.9 });
  assert.equal(limit.deviations, 16);
});

test("questions that no sample answers are refused with the reason", () => {
  const why = (more: object) => {
    const result = sampleSize({
      population: 100,
      confidence: 0.9,
      tolerableRate: 0.1,
      expected: { deviations: 0 },
      ...more,
    });
    return result.ok ? "none" : result.error.why;
  };
  assert.match(why({ confidence: 1 }) ?? "", /confidence/);
  assert.match(why({ tolerableRate: 0 }) ?? "", /tolerable/);
  assert.match(why({ population: 1.5 }) ?? "", /population/);
  assert.match(why({ expected: { rate: 0.1 } }) ?? "", /not below the tolerable/);
  assert.match(why({ expected: { deviations: -1 } }) ?? "", /expected deviations/);
  assert.equal(why({ population: 0 }), "none");
});

test("every size table says where it is from and on what basis, and never asks for more than there is", () => {
  for (const table of sizeTables) {
    assert.ok(table.source !== "" && table.note !== "");
    for (let population = 0; population <= 300; population++) {
      const size = sizeFromTable(table, population);
      assert.ok(size === undefined || (size <= population && (population === 0 || size > 0)));
    }
  }
});
