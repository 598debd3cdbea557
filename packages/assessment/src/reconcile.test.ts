import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { itemKindOf, type Item, type RecordBodies } from "@countersign/records";
import { person } from "./example.ts";
import { completenessOf, createReconciler } from "./reconcile.ts";

const deploy = itemKindOf("deploy");
if (deploy === undefined) throw new TypeError("no kind deploy");
const kind = deploy;
const item = (id: string, revision?: string): Item => (revision === undefined ? { id } : { id, revision });

function reconcile(left: readonly Item[], right: readonly Item[]) {
  const reconciler = createReconciler(kind, "revision");
  for (const each of left) reconciler.left(each);
  for (const each of right) reconciler.right(each);
  return reconciler.finish();
}

test("forty rows that are missing on one side are named, with the count that does not agree", () => {
  const all = Array.from({ length: 412 }, (_, index) =>
    item(`d${String(index).padStart(3, "0")}`, `r${index}`),
  );
  const hidden = all.filter((_, index) => index % 10 === 0 && index < 400);
  const shown = all.filter((each) => !hidden.includes(each));
  const result = reconcile(shown, all);
  assert.deepEqual([result.left, result.right, result.matched], [372, 412, 372]);
  assert.deepEqual(
    result.onlyRight.map(({ id }) => id),
    hidden.map(({ id }) => id),
  );
  assert.deepEqual(completenessOf({ id: "rec_1", ...result }, []), {
    state: "differences",
    reconciliation: "rec_1",
    unresolved: 40,
    resolved: 0,
  });
});

test("a key that is held twice is never merged: its items on both sides are listed with the reason", () => {
  const result = reconcile(
    [item("a", "1"), item("b", "1"), item("c", "2"), item("d", "3")],
    [item("x", "1"), item("y", "2"), item("z", "2"), item("v", "3")],
  );
  assert.equal(result.matched, 1);
  assert.deepEqual([result.onlyLeft, result.onlyRight], [[], []]);
  assert.deepEqual(
    result.duplicates.map(({ side, id, reason }) => `${side} ${id}: ${reason}`),
    [
      "left a: 2 items of this side hold this revision",
      "left b: 2 items of this side hold this revision",
      "left c: the other side holds this revision 2 times",
      "right x: the other side holds this revision 2 times",
      "right y: 2 items of this side hold this revision",
      "right z: 2 items of this side hold this revision",
    ],
  );
});

test("an item without the key, or with an empty one, is listed and matches nothing", () => {
  const result = reconcile([item("a"), item("b", "")], [item("c"), item("d", "")]);
  assert.deepEqual(
    result.duplicates.map(({ side, id, key, reason }) => [side, id, key, reason]),
    [
      ["left", "a", "", "it has no revision"],
      ["left", "b", "", "it has no revision"],
      ["right", "c", "", "it has no revision"],
      ["right", "d", "", "it has no revision"],
    ],
  );
});

test("a kind is reconciled only on a key that it declares", () => {
  assert.throws(() => createReconciler(kind, "service"), /deploy is not reconciled on service/);
});

const items = fc.uniqueArray(
  fc.record({
    id: fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 1, maxLength: 3 }),
    revision: fc.constantFrom("1", "2", "3", "4", "5", "6", ""),
  }),
  { selector: ({ id }) => id, maxLength: 12 },
);

test("every item ends in exactly one place, whichever side is called left and in whatever order the items come", () => {
  fc.assert(
    fc.property(items, items, (left, right) => {
      const result = reconcile(left, right);
      const own = (side: string) => result.duplicates.filter((each) => each.side === side).length;
      assert.equal(result.matched + result.onlyLeft.length + own("left"), left.length);
      assert.equal(result.matched + result.onlyRight.length + own("right"), right.length);
      assert.deepEqual(reconcile(left.toReversed(), right.toReversed()), result);
      const mirrored = reconcile(right, left);
      assert.deepEqual([mirrored.onlyLeft, mirrored.onlyRight], [result.onlyRight, result.onlyLeft]);
    }),
  );
});

test("a list reconciled with itself differs in nothing but ambiguous keys", () => {
  fc.assert(
    fc.property(items, (list) => {
      const result = reconcile(list, list);
      assert.deepEqual([result.onlyLeft, result.onlyRight], [[], []]);
    }),
  );
});

const resolved = (
  ids: readonly string[],
  resolution: RecordBodies["difference.resolved"]["resolution"],
  reconciliation = "rec_1",
): RecordBodies["difference.resolved"] => ({
  reconciliation,
  ids,
  resolution,
  reason: "-",
  person: person("cy"),
});

test("differences are settled one by one, and completeness is reconciled only when none is left", () => {
  const result = {
    id: "rec_1",
    ...reconcile([item("a", "1"), item("b", "2"), item("n")], [item("x", "1"), item("y", "9")]),
  };
  const state = (...resolutions: RecordBodies["difference.resolved"][]) => {
    const completeness = completenessOf(result, resolutions);
    return completeness.state === "differences"
      ? `${completeness.unresolved} open, ${completeness.resolved} settled`
      : completeness.state === "reconciled"
        ? `reconciled, ${completeness.resolved} settled`
        : completeness.state;
  };
  assert.equal(state(), "3 open, 0 settled");
  assert.equal(state(resolved(["b"], "explained")), "2 open, 1 settled");
  assert.equal(state(resolved(["b", "n", "y"], "source-error")), "reconciled, 3 settled");
  assert.equal(state(resolved(["b", "n", "y"], "explained", "rec_2")), "3 open, 0 settled");
});

test("that an item of the other source belongs to the population settles nothing: the population lacks it", () => {
  const result = { id: "rec_1", ...reconcile([item("b", "2")], [item("y", "9")]) };
  assert.deepEqual(completenessOf(result, [resolved(["b", "y"], "belongs-to-population")]), {
    state: "differences",
    reconciliation: "rec_1",
    unresolved: 1,
    resolved: 1,
  });
});
