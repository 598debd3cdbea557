import assert from "node:assert/strict";
import { test } from "node:test";
import { epochOf, hasOnlySafeIntegers, type Json } from "@countersign/kernel";
import { itemKindOf } from "@countersign/records";
import { generateChanges, type ScaleChange } from "./scale.ts";

test("ids ascend without a repetition, and the same seed gives the same items", () => {
  let last = "";
  let count = 0;
  for (const change of generateChanges(7, 50_000)) {
    assert.ok(change.id > last);
    last = change.id;
    count++;
  }
  assert.equal(count, 50_000);
  assert.deepEqual([...generateChanges(7, 100)], [...generateChanges(7, 100)]);
  assert.notDeepEqual([...generateChanges(7, 100)], [...generateChanges(8, 100)]);
  assert.deepEqual([...generateChanges(7, 0)], []);
});

test("every item is one of the kind change, with the facts that a change control asks for", () => {
  const fields = itemKindOf("change")?.fields ?? {};
  for (const change of generateChanges(3, 500)) {
    for (const name of Object.keys(change)) assert.ok(fields[name] !== undefined, name);
    for (const [name, field] of Object.entries(fields))
      if (field.required) assert.ok(Object.hasOwn(change, name), name);
    assert.ok(hasOnlySafeIntegers(change as unknown as Json));
    assert.match(change.id, /^[0-9a-f]{40}$/);
    assert.ok(epochOf(change.lastPushedAt) < epochOf(change.mergedAt));
  }
});

test("what was planted is what a hand-written rule finds", () => {
  const items = generateChanges(5, 40_000);
  const found = { selfApproved: 0, approvedLate: 0, approvedOtherRevision: 0, checkFailed: 0, direct: 0 };
  let next = items.next();
  for (; next.done !== true; next = items.next()) count(next.value);
  assert.deepEqual(next.value, found);
  assert.ok(Object.values(found).every((one) => one > 20));

  function count(change: ScaleChange): void {
    const [approval] = change.approvals;
    if (change.direct) found.direct++;
    else if (approval?.person === change.author) found.selfApproved++;
    else if ((approval?.at ?? "") > change.mergedAt) found.approvedLate++;
    else if (approval?.revision !== change.headRevision) found.approvedOtherRevision++;
    if (change.checks.some((check) => check.outcome !== "passed")) found.checkFailed++;
  }
});
