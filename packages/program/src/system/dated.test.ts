import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addDays, type LocalDate } from "@countersign/kernel";
import { allOn, datedOf, isOn, on, type WrittenDated } from "./dated.ts";

const FIRST = "2025-01-01" as LocalDate;
const day = (number: number): LocalDate => addDays(FIRST, number);

type Said = { readonly owner?: string; readonly words?: string };

/** A thing with its changes on days of their own, in order, and an end after them. */
const written = fc
  .record({
    from: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    first: fc.record({ owner: fc.constantFrom("ada", "bob"), words: fc.constantFrom("a", "b") }),
    changes: fc.uniqueArray(
      fc.record(
        {
          at: fc.integer({ min: 21, max: 60 }),
          owner: fc.constantFrom("eve", "kim"),
          words: fc.constantFrom("c", "d"),
        },
        { requiredKeys: ["at"] },
      ),
      { selector: ({ at }) => at, maxLength: 6 },
    ),
    end: fc.option(fc.integer({ min: 61, max: 80 }), { nil: undefined }),
  })
  .map(({ from, first, changes, end }) => {
    const thing: WrittenDated<Said> = {
      id: "x",
      ...first,
      ...(from !== undefined && { from: day(from) }),
      ...(end !== undefined && { through: day(end) }),
      changes: [...changes]
        .sort((a, b) => a.at - b.at)
        .map(({ at, ...said }) => ({ ...said, from: day(at) })),
    };
    return thing;
  });

test("any sequence of dated changes says one thing for each day: what was said last before it", () => {
  fc.assert(
    fc.property(written, fc.integer({ min: 0, max: 90 }), (thing, number) => {
      const today = day(number);
      const isThere =
        (thing.from === undefined || thing.from <= today) &&
        (thing.through === undefined || today <= thing.through);
      let expected: Said = { owner: thing.owner ?? "", words: thing.words ?? "" };
      for (const { from, ...said } of thing.changes ?? [])
        if (from <= today) expected = { ...expected, ...said };
      const dated = datedOf(thing);
      const found = on(dated, today);
      assert.equal(dated.versions.filter((version) => isOn(version, today)).length, isThere ? 1 : 0);
      assert.deepEqual(found && { owner: found.owner, words: found.words }, isThere ? expected : undefined);
    }),
  );
});

test("days without a change between them say the same", () => {
  fc.assert(
    fc.property(written, fc.integer({ min: 0, max: 90 }), (thing, number) => {
      const starts = new Set([
        thing.from,
        ...(thing.changes ?? []).map(({ from }) => from),
        thing.through && addDays(thing.through, 1),
      ]);
      if (starts.has(day(number))) return;
      const dated = datedOf(thing);
      assert.deepEqual(on(dated, day(number)), on(dated, addDays(day(number), -1)));
    }),
  );
});

test("a thing that ended is not among those of a later day", () => {
  const gone = datedOf({ id: "old", words: "w", through: day(3) });
  const kept = datedOf({ id: "new", words: "w" });
  assert.deepEqual(
    [day(3), day(4)].map((date) => allOn([gone, kept], date).map(({ id }) => id)),
    [["old", "new"], ["new"]],
  );
});
