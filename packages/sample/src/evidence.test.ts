import assert from "node:assert/strict";
import { test } from "node:test";
import { itemKindOf } from "@countersign/records";
import { factsWithIds } from "./evidence.ts";
import { defaultSample } from "./test-support/default-sample.ts";

const { evidence, acts, people, files, asOf } = defaultSample();

test("the monthly control has one occurrence at least of each state", () => {
  const states = evidence.occurrences.filter((one) => one.control === "CAP-01").map((one) => one.state);
  assert.equal(states.length, 12);
  assert.deepEqual([...new Set(states)].sort(), [
    "deviated",
    "late",
    "missed",
    "not-applicable",
    "not-due",
    "operated",
    "unknown",
  ]);
});

test("the two late months differ in who says when they were performed", () => {
  const late = evidence.occurrences.filter((one) => one.control === "CAP-01" && one.state === "late");
  const provenance = late.map(
    (one) =>
      evidence.performances.find((each) => each.control === "CAP-01" && each.occurrence === one.occurrence)
        ?.performed.provenance,
  );
  assert.deepEqual(provenance, ["source", "asserted"]);
});

test("one month was performed twice, and the month that was missed stays missed", () => {
  const performed = evidence.performances.filter((one) => one.control === "CAP-01");
  assert.equal(performed.filter((one) => one.occurrence === "2026-03").length, 2);
  assert.equal(performed.filter((one) => one.occurrence === "2025-09").length, 0);
});

test("a term that holds a change of the clock is used to its last half hour", () => {
  // Five business days after Friday 31 October: Friday 7 November, whose end is 05:00Z after the clock went back on the 2nd.
  const october = evidence.performances.find(
    (one) => one.control === "CAP-01" && one.occurrence === "2025-10",
  );
  assert.match(october?.performed.at ?? "", /^2025-11-08T04:[345]\d:/);
});

test("nothing is performed after the sample's own date, and every occurrence that operated has evidence with a file", () => {
  for (const one of evidence.performances) {
    assert.ok(one.performed.at < asOf);
    assert.ok(one.files.length > 0);
    for (const path of one.files)
      assert.ok(
        files.some((file) => file.path === path),
        path,
      );
  }
  for (const one of evidence.occurrences) {
    const performed = evidence.performances.some(
      (each) =>
        each.control === one.control && each.activity === one.activity && each.occurrence === one.occurrence,
    );
    const expected = !["missed", "not-due", "not-applicable"].includes(one.state);
    assert.equal(performed, expected, `${one.control} ${one.activity} ${one.occurrence}`);
  }
});

test("facts are facts of a performance, and the people in them work here", () => {
  const kind = itemKindOf("performance");
  const handles = new Set(people.map((person) => person.handle));
  const asked: string[] = [];
  for (const { facts, performedBy } of evidence.performances) {
    assert.ok(handles.has(performedBy));
    for (const fact of Object.keys(facts)) assert.ok(kind?.fields[fact] !== undefined, fact);
    factsWithIds(facts, (handle) => (asked.push(handle), handle));
  }
  for (const handle of [
    ...asked,
    ...acts.notApplicable.map((one) => one.approver),
    ...acts.responses.map((one) => one.owner),
  ]) {
    assert.ok(handles.has(handle), handle);
  }
  assert.deepEqual(
    factsWithIds(
      { reviewedBy: "corvan", attendees: ["a", "b"], decisions: ["a"], listed: 3 },
      (handle) => `p-${handle}`,
    ),
    { reviewedBy: "p-corvan", attendees: ["p-a", "p-b"], decisions: ["a"], listed: 3 },
  );
});

test("an access review counts the accounts of its own list", () => {
  const review = evidence.performances.find(
    (one) => one.control === "IAM-04" && one.occurrence === "2025-Q4",
  );
  const accounts = defaultSample().records.accounts.filter((account) => account.list === "2025-Q4");
  assert.equal(review?.facts.listed, accounts.length);
  const removals = accounts.filter((account) => account.decision === "remove");
  assert.equal(review?.facts.removalsDecided, removals.length);
  assert.equal(Number(review?.facts.removalsProven), removals.length - 1);
});
