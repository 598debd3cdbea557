/** Whatever happened and whatever was seen of it: the answer is never wrong, and exact where every change is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { accessAsOf } from "./as-of.ts";
import { subjectKey, type AccessAnswer } from "./model.ts";
import {
  aWorld,
  couldRead,
  HOUR,
  HOURS,
  instantsWithin,
  PERSONS,
  questionOf,
  SERVICE,
  seenWhole,
  seenWith,
  someHoles,
  withoutChanges,
  type World,
} from "./test-support/simulate.ts";

const RUNS = Number(process.env["ACCESS_RUNS"] ?? 1_500);
const EVERYONE = [...PERSONS, SERVICE].map(subjectKey);
/** An instant, or a time of some hours, at an odd millisecond now and then. */
const aTime = fc
  .tuple(
    fc.integer({ min: 0, max: HOURS * 4 }),
    fc.constantFrom(-1, 0, 0, 0, 1),
    fc.constantFrom(1, 1, HOUR, 12 * HOUR, 24 * HOUR),
  )
  .map(([quarter, odd, length]) => {
    const start = (quarter * HOUR) / 4 + odd;
    return { start, end: start + length };
  });

function stateIn(answer: AccessAnswer, key: string): string {
  const found = answer.principals.find(({ principal }) => subjectKey(principal) === key);
  if (found !== undefined) return found.state;
  return answer.others.state === "nobody" ? "could-not" : "unknown";
}

/** What of the answer is not so. */
function untruths(answer: AccessAnswer, world: World, start: number, end: number): string[] {
  const times = instantsWithin(world, start, end);
  // Who may act as a service account is left open where it says so.
  const asThemselves = answer.usersNotCollected.length > 0;
  const said = EVERYONE.flatMap((key) => {
    const could = times.some((at) => couldRead(world, at).has(key));
    const couldAlone = times.some((at) => couldRead(world, at, !asThemselves).has(key));
    const state = stateIn(answer, key);
    return (state === "could" && !could) || (state === "could-not" && couldAlone) ? [`${key} ${state}`] : [];
  });
  const during = answer.principals.flatMap(({ principal, ...access }) =>
    access.state !== "could"
      ? []
      : access.paths.flatMap((path) =>
          path.during.flatMap((part) => {
            const [from, until] = [Date.parse(part.start), Date.parse(part.end)];
            const isSo = instantsWithin(world, from, until).every((at) =>
              couldRead(world, at).has(subjectKey(principal)),
            );
            return isSo ? [] : [`${subjectKey(principal)} from ${part.start} until ${part.end}`];
          }),
        ),
  );
  return [...said, ...during];
}

test("whatever is missing, nobody is said to could or could not who did the opposite", () => {
  fc.assert(
    fc.property(aWorld, someHoles, aTime, (world, holes, { start, end }) => {
      const answer = accessAsOf(questionOf(seenWith(world, holes), start, end));
      assert.deepEqual(untruths(answer, world, start, end), []);
    }),
    { numRuns: RUNS },
  );
});

test("with a list at the beginning and every change since, the answer is complete and exactly what was so", () => {
  fc.assert(
    fc.property(aWorld, aTime, (world, { start, end }) => {
      const answer = accessAsOf(questionOf(seenWhole(world), Math.max(0, start), end));
      if (hasClash(world)) return;
      assert.equal(answer.state, "complete");
      assert.deepEqual(untruths(answer, world, Math.max(0, start), end), []);
    }),
    { numRuns: 1_500 },
  );
});

/** Two changes of one holder's access at one instant have no order that a source could tell. */
function hasClash({ changes }: World): boolean {
  const keys = changes.map(({ at, of, subject }) => `${at} ${of.kind}:${of.name} ${subjectKey(subject)}`);
  return new Set(keys).size < keys.length;
}

test("a feed that hides changes is caught by the same law: it can fail", () => {
  const law = fc.property(aWorld, aTime, (world, { start, end }) => {
    const answer = accessAsOf(questionOf(withoutChanges(seenWhole(world)), Math.max(0, start), end));
    return untruths(answer, world, Math.max(0, start), end).length === 0;
  });
  assert.equal(fc.check(law, { numRuns: 1_500 }).failed, true);
});

test("what the laws look at is not all unknown: each state comes up, and complete answers too", () => {
  const seen = new Map<string, number>();
  const count = (name: string) => seen.set(name, (seen.get(name) ?? 0) + 1);
  fc.assert(
    fc.property(aWorld, someHoles, aTime, (world, holes, { start, end }) => {
      const answer = accessAsOf(questionOf(seenWith(world, holes), start, end));
      count(answer.state);
      for (const { state, ...access } of answer.principals) {
        count(state);
        if ("reasons" in access) for (const { kind } of access.reasons) count(kind);
        if ("paths" in access) for (const { via } of access.paths) count(via);
      }
    }),
    { numRuns: 1_500, seed: 7 },
  );
  for (const name of [
    "complete",
    "incomplete",
    "could",
    "could-not",
    "unknown",
    "direct",
    "group",
    "break-glass",
    "not-told-between",
    "role-not-told",
    "session-end-not-told",
  ])
    assert.ok((seen.get(name) ?? 0) > 3, `${name}: ${seen.get(name) ?? 0} of ${JSON.stringify([...seen])}`);
});
