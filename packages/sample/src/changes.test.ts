import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOfWeek, type LocalDate, type TimeZone } from "@countersign/kernel";
import { Calendar } from "./calendar.ts";
import { CHANGE_TRUTH, TOLD_PER_THOUSAND } from "./change-stories.ts";
import { planChanges, type PlannedChange } from "./changes.ts";
import { employedOn, peopleOf } from "./company.ts";
import { SeededRandom } from "./random.ts";
import { defaultSample } from "./test-support/default-sample.ts";

const calendar = new Calendar(
  "2025-07-01" as LocalDate,
  "2026-06-30" as LocalDate,
  "America/New_York" as TimeZone,
);
const people = peopleOf(calendar);
const BOT_LOGINS = ["stampling"];

/** Worked out from the pushes, reviews and checks alone, as a code host would show them. */
function seenIn(change: PlannedChange) {
  const own = [
    change.author?.login,
    ...(change.author?.others ?? []).map((other) => other.replace("github:", "")),
  ];
  const last = new Map(
    change.reviews.filter((review) => review.state !== "COMMENTED").map((review) => [review.login, review]),
  );
  const standing = [...last.values()].filter(
    (review) =>
      review.state === "APPROVED" && !own.includes(review.login) && !BOT_LOGINS.includes(review.login),
  );
  const head = change.pushes.at(-1)?.revision;
  return {
    approvedByAnother: standing.length > 0,
    approvedBeforeMerge: standing.some((review) => review.at <= change.mergedAt),
    approvedRevision: standing.some((review) => review.revision === head),
    checksPassed: change.checks.length > 0 && change.checks.every((check) => check.conclusion === "SUCCESS"),
    throughPullRequest: change.story !== "direct-push",
  };
}

test("what is seen of a change is what its story says, for every story and many seeds", () => {
  for (let seed = 0; seed < 12; seed++) {
    const changes = planChanges(calendar, people, 300, new SeededRandom(seed));
    const told = new Set(changes.map((change) => change.story));
    for (const [story] of TOLD_PER_THOUSAND) assert.ok(told.has(story), story);
    for (const change of changes) {
      assert.deepEqual(
        seenIn(change),
        CHANGE_TRUTH[change.story],
        `seed ${seed}, ${change.story}: ${change.title}`,
      );
    }
  }
});

test("a thousand changes tell each story as often as the table says", () => {
  const counts = Map.groupBy(
    defaultSample().records.changes.filter((change) => change.inWindow),
    (change) => change.story,
  );
  for (const [story, told] of TOLD_PER_THOUSAND) assert.equal(counts.get(story)?.length, told, story);
});

test("events follow each other: opened, pushed, checked, approved, merged, by people who work there that day", () => {
  for (const change of defaultSample().records.changes) {
    const { pushes, checks, mergedAt } = change;
    const label = `${change.story} ${change.title}`;
    assert.ok(change.createdAt <= mergedAt, label);
    for (const [index, push] of pushes.entries()) {
      assert.ok(push.at < mergedAt && push.at >= (pushes[index - 1]?.at ?? 0), label);
    }
    for (const check of checks) {
      assert.ok(check.startedAt > (pushes.at(-1)?.at ?? 0) && check.endedAt > check.startedAt, label);
      assert.ok(check.endedAt < mergedAt, label);
    }
    for (const review of change.reviews) assert.ok(review.at > (pushes[0]?.at ?? 0), label);
    const date = calendar.dateAt(mergedAt);
    for (const person of [change.author, change.mergedBy, change.coAuthor]) {
      if (person !== undefined) assert.ok(employedOn(person, date), label);
    }
    assert.ok(dayOfWeek(date) <= 5, label);
    assert.notEqual(change.coAuthor?.login, change.reviews.at(-1)?.login ?? "nobody", label);
  }
});

test("changes just outside the window are there and not counted in it", () => {
  const outside = defaultSample().records.changes.filter((change) => !change.inWindow);
  const dates = outside.map((change) => calendar.dateAt(change.mergedAt));
  assert.ok(dates.some((date) => date < calendar.from) && dates.some((date) => date > calendar.through));
  assert.ok(dates.every((date) => !calendar.holds(date)));
});

test("commits stand in the order of their dates, each with a date of its own", () => {
  for (const name of ["api", "infrastructure"]) {
    const own = defaultSample().records.changes.filter((change) => change.repository === name);
    for (const [index, change] of own.entries()) assert.ok(change.mergedAt > (own[index - 1]?.mergedAt ?? 0));
  }
});
