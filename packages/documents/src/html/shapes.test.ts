import assert from "node:assert/strict";
import { test } from "node:test";
import type { Counts } from "@countersign/assessment";
import { countsInWords, mostNotable, shownState, stateOrder, stateShapes } from "./shapes.ts";

const none: Counts = {
  operated: 0,
  late: 0,
  missed: 0,
  deviated: 0,
  unknown: 0,
  "not-due": 0,
  "not-applicable": 0,
};

test("every state has a form, a glyph and a word of its own", () => {
  const shapes = Object.values(stateShapes);
  assert.equal(shapes.length, stateOrder.length + 1);
  for (const member of ["svg", "glyph", "word"] as const)
    assert.equal(new Set(shapes.map((one) => one[member])).size, shapes.length, member);
  for (const { glyph } of shapes) assert.equal(glyph.length, 1);
});

test("a week shows the state that must not be overlooked, with that state's own count", () => {
  assert.deepEqual(shownState({ ...none, operated: 16, deviated: 1 }), { state: "deviated", count: 1 });
  assert.deepEqual(shownState({ ...none, operated: 16, unknown: 2 }), { state: "unknown", count: 2 });
  assert.deepEqual(shownState(none), { state: "nothing", count: 0 });
  assert.deepEqual([...mostNotable].sort(), [...stateOrder].sort());
});

test("counts in words name every state that is not zero", () => {
  assert.equal(countsInWords({ ...none, operated: 16, "not-due": 1 }), "16 operated, 1 not due");
  assert.equal(countsInWords(none), "nothing owed");
});
