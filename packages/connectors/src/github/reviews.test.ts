import assert from "node:assert/strict";
import { test } from "node:test";
import type { PersonId } from "@countersign/records";
import type { Review } from "./pull.ts";
import { approvalsOf, type Given } from "./reviews.ts";

const MERGED_AT = 100;

function given(person: string, state: Review["state"], at: number): Given {
  return { person: { id: person as PersonId, bot: false }, by: { login: person, bot: false }, state, at };
}

/** "bo@3" for each, in the order given. */
function judged(reviews: readonly Given[]): {
  readonly standing: readonly string[];
  readonly withdrawn: readonly string[];
} {
  const { standing, withdrawn } = approvalsOf(reviews, MERGED_AT);
  const words = (review: Given): string => `${review.person.id}@${review.at ?? 0}`;
  return { standing: standing.map(words), withdrawn: withdrawn.map(words) };
}

test("of each person's reviews before the merge the last one decides, in whatever order they are listed", () => {
  assert.deepEqual(judged([given("bo", "approved", 2), given("bo", "changes-requested", 1)]), {
    standing: ["bo@2"],
    withdrawn: [],
  });
  assert.deepEqual(judged([given("bo", "changes-requested", 2), given("bo", "approved", 1)]), {
    standing: [],
    withdrawn: ["bo@1"],
  });
  assert.deepEqual(judged([given("bo", "approved", 1), given("bo", "approved", 2)]).standing, ["bo@2"]);
  assert.deepEqual(judged([given("bo", "approved", 1), given("cy", "changes-requested", 2)]).standing, [
    "bo@1",
  ]);
});

test("a dismissal ends what the same person approved before it, and not what was approved after", () => {
  assert.deepEqual(judged([given("bo", "approved", 1), given("bo", "dismissed", 2)]), {
    standing: [],
    withdrawn: ["bo@1", "bo@2"],
  });
  assert.deepEqual(judged([given("bo", "dismissed", 1), given("bo", "approved", 2)]), {
    standing: ["bo@2"],
    withdrawn: ["bo@1"],
  });
});

test("what comes after the merge takes nothing back, and an approval that came late stands with its time", () => {
  assert.deepEqual(judged([given("bo", "approved", 1), given("bo", "changes-requested", 101)]).standing, [
    "bo@1",
  ]);
  assert.deepEqual(judged([given("bo", "approved", 100), given("bo", "approved", 101)]).standing, ["bo@100"]);
  assert.deepEqual(judged([given("bo", "changes-requested", 1), given("bo", "approved", 101)]).standing, [
    "bo@101",
  ]);
  assert.deepEqual(judged([given("bo", "changes-requested", 101)]).standing, []);
});
