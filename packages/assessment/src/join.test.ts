import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { itemKindOf, type Item, type ItemLine } from "@countersign/records";
import { at, change, person } from "./example.ts";
import { createJoin, type JoinedRead } from "./join.ts";

const found = itemKindOf("change");
if (found === undefined) throw new TypeError("no kind change");
const kind = found;
const unmatched = { approvals: [], checks: [], direct: true };
const read: JoinedRead = {
  record: "rec-reviews",
  isComplete: true,
  covers: { start: at("2025-07-01T00:00:00Z"), end: at("2025-09-01T00:00:00Z") },
};
const line = (item: Item, file: string): ItemLine => ({
  item,
  raw: [{ file, offset: 0, length: 9 }],
  salt: "00",
});
const approval = { person: person("bo"), bot: false, via: "review", at: "2025-07-30T00:00:00Z" };
const base = (id: string, more = {}) => line(change(id, "2025-08-01T00:00:00Z", more), "history.log");
const review = (revision: string, more = {}) =>
  line({ id: `pr-${revision}`, revision, ...more }, "pulls.json");

function join(joined: readonly ItemLine[], lines: readonly ItemLine[], of: JoinedRead = read) {
  const each = createJoin(kind, "revision", unmatched, of);
  for (const add of joined) each.add(add);
  return { filled: lines.map((own) => each.fill(own, "rec-history")), counts: each.counts() };
}

test("an item takes the facts that it lacks from its match, and keeps its own, its id and both raw references", () => {
  const { filled, counts } = join(
    [review("c1", { title: "another title", approvals: [approval], pullRequest: "17" })],
    [base("c1")],
  );
  assert.deepEqual(filled[0], {
    item: change("c1", "2025-08-01T00:00:00Z", { approvals: [approval], pullRequest: "17" }),
    raw: [
      { file: "history.log", offset: 0, length: 9, record: "rec-history" },
      { file: "pulls.json", offset: 0, length: 9, record: "rec-reviews" },
    ],
  });
  assert.deepEqual(counts, { matched: 1, shownUnmatched: 0, unmatched: 0, ambiguous: 0 });
});

test("without a match in a complete read that covers its time, an item takes the facts of the unmatched", () => {
  const { filled, counts } = join(
    [review("other")],
    [base("c1", { checks: [{ name: "ci", outcome: "passed" }] })],
  );
  assert.deepEqual(filled[0]?.item, {
    ...change("c1", "2025-08-01T00:00:00Z"),
    checks: [{ name: "ci", outcome: "passed" }],
    approvals: [],
    direct: true,
  });
  assert.equal(counts.shownUnmatched, 1);
});

test("where the absence of a match is not shown, the facts stay absent", () => {
  const own = change("c1", "2025-08-01T00:00:00Z");
  const stays = (joined: readonly ItemLine[], of: JoinedRead, lines = [base("c1")]) => {
    const { filled, counts } = join(joined, lines, of);
    assert.deepEqual(filled[0]?.item, (lines[0] as { item: Item }).item);
    assert.equal(counts.unmatched, 1);
  };
  assert.ok(own.id);
  stays([], { ...read, isComplete: false });
  stays([], { ...read, covers: { start: read.covers.start, end: at("2025-08-01T00:00:00Z") } });
  stays([], { ...read, covers: { start: at("2025-08-01T00:00:00.001Z"), end: read.covers.end } });
  // An erased line, or one without a key, may be the match.
  stays([{ erased: "ab".repeat(32) }], read);
  stays([line({ id: "pr-9" }, "pulls.json")], read);
  // Without a key of its own it has no match to look for.
  const { revision: _, ...keyless } = change("c1", "2025-08-01T00:00:00Z");
  stays([], read, [line(keyless as Item, "history.log")]);
});

test("a key that two joined items hold gives no facts at all", () => {
  const { filled, counts } = join(
    [review("c1", { approvals: [approval] }), review("c1", { approvals: [] })],
    [base("c1")],
  );
  assert.deepEqual(filled[0]?.item, change("c1", "2025-08-01T00:00:00Z"));
  assert.deepEqual([filled[0]?.raw.length, counts.ambiguous], [1, 1]);
});

test("an erased line stays as it is", () => {
  assert.deepEqual(join([], [{ erased: "ab".repeat(32) }]).filled, [undefined]);
});

test("no fact of an item is ever overwritten or lost, whatever is joined to it", () => {
  const facts = fc.dictionary(
    fc.constantFrom("title", "approvals", "checks", "direct", "author", "x"),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(facts, facts, fc.boolean(), (own, other, isMatched) => {
      const item = { ...own, id: "c1", revision: "r1", mergedAt: "2025-08-01T00:00:00Z" } as Item;
      const joined = { ...other, id: "pr", revision: isMatched ? "r1" : "r2" } as Item;
      const { filled } = join([line(joined, "p")], [line(item, "h")]);
      for (const [name, value] of Object.entries(item)) assert.deepEqual(filled[0]?.item[name], value);
      const gained = Object.keys(filled[0]?.item ?? {}).filter((name) => !Object.hasOwn(item, name));
      const allowed = Object.keys(isMatched ? joined : unmatched);
      assert.deepEqual(
        gained.filter((name) => !allowed.includes(name)),
        [],
      );
    }),
  );
});
