import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { matchPerformances, type Performed, type Term } from "./matching.ts";

/** Three months of ten units each, due three units after their end. */
const terms: readonly Term[] = [
  { id: "A", start: 0, due: 13 },
  { id: "B", start: 10, due: 23 },
  { id: "C", start: 20, due: 33 },
];

const done = (performedAt: number, occurrence?: string): Performed => ({
  record: `at ${performedAt} ${occurrence ?? ""}`,
  performedAt,
  recordedAt: performedAt,
  ...(occurrence !== undefined && { occurrence }),
});

test("a performance that names no occurrence counts for the earliest due one whose term holds it", () => {
  assert.deepEqual(matchPerformances(terms, [done(11)]), [0, -1, -1]);
  assert.deepEqual(matchPerformances(terms, [done(13)]), [-1, 0, -1]);
});

test("two performances in one month do not cure the month before", () => {
  assert.deepEqual(matchPerformances(terms, [done(24), done(26)]), [-1, -1, 0]);
});

test("a performance that names an occurrence counts for it and for nothing else", () => {
  assert.deepEqual(matchPerformances(terms, [done(11, "B"), done(12, "B")]), [-1, 0, -1]);
  assert.deepEqual(matchPerformances(terms, [done(11, "Z")]), [-1, -1, -1]);
});

test("a late performance satisfies only the occurrence that it names", () => {
  assert.deepEqual(matchPerformances(terms, [done(30, "A")]), [0, -1, -1]);
});

test("nothing counts for a period that had not begun", () => {
  assert.deepEqual(matchPerformances(terms, [done(9, "B")]), [-1, -1, -1]);
  assert.deepEqual(matchPerformances(terms, [done(-1)]), [-1, -1, -1]);
});

test("a late performance that names an occurrence does not displace one in time that names none", () => {
  assert.deepEqual(matchPerformances(terms, [done(40, "A"), done(5)]), [1, -1, -1]);
});

test("one that names its occurrence leaves the other to those that name none, in whatever order they were recorded", () => {
  assert.deepEqual(matchPerformances(terms, [done(11), done(12, "A")]), [1, 0, -1]);
});

const someTerms = fc
  .array(fc.record({ length: fc.integer({ min: 1, max: 10 }), grace: fc.integer({ min: 0, max: 15 }) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => {
    let start = 0;
    return parts.map(({ length, grace }, index): Term => {
      const term = { id: `T${index}`, start, due: start + length + grace };
      start += length;
      return term;
    });
  });
const somePerformances = fc.array(
  fc.record(
    {
      record: fc.string({ minLength: 4, maxLength: 6 }),
      performedAt: fc.integer({ min: -5, max: 90 }),
      recordedAt: fc.integer({ min: 0, max: 99 }),
      occurrence: fc.integer({ min: 0, max: 9 }).map((index) => `T${index}`),
    },
    { requiredKeys: ["record", "performedAt", "recordedAt"] },
  ),
  { maxLength: 12 },
);

test("one performance satisfies at most one occurrence, which began before it and which it names or is in time for", () => {
  fc.assert(
    fc.property(someTerms, somePerformances, (some, performances) => {
      const matched = matchPerformances(some, performances);
      const used = matched.filter((index) => index !== -1);
      assert.equal(new Set(used).size, used.length);
      for (const [at, index] of matched.entries()) {
        const term = some[at];
        const performed = performances[index];
        if (term === undefined || performed === undefined) continue;
        assert.ok(performed.performedAt >= term.start);
        if (performed.occurrence === undefined) assert.ok(performed.performedAt < term.due);
        else assert.equal(performed.occurrence, term.id);
      }
    }),
  );
});

test("the order in which performances are given plays no part", () => {
  const distinct = somePerformances.filter(
    (list) => new Set(list.map((each) => each.record)).size === list.length,
  );
  fc.assert(
    fc.property(someTerms, distinct, (some, performances) => {
      const names = (list: readonly Performed[]) =>
        matchPerformances(some, list).map((index) => list[index]?.record);
      assert.deepEqual(names(performances.toReversed()), names(performances));
    }),
  );
});

test("as many occurrences are satisfied in time as any assignment of unnamed performances could satisfy", () => {
  /** The largest matching, by trying every performance for every term. */
  const most = (some: readonly Term[], times: readonly number[]): number => {
    const [first, ...rest] = times;
    if (first === undefined) return 0;
    let best = most(some, rest);
    for (const [index, term] of some.entries()) {
      if (first < term.start || first >= term.due) continue;
      best = Math.max(best, 1 + most(some.toSpliced(index, 1), rest));
    }
    return best;
  };
  const times = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 });
  fc.assert(
    fc.property(
      someTerms.filter((some) => some.length <= 5),
      times,
      (some, all) => {
        const matched = matchPerformances(
          some,
          all.map((time) => done(time)),
        );
        assert.equal(matched.filter((index) => index !== -1).length, most(some, all));
      },
    ),
  );
});
