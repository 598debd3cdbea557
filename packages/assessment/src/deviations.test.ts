import assert from "node:assert/strict";
import { test } from "node:test";
import { createHash } from "node:crypto";
import {
  assess,
  at,
  attribute,
  change,
  control,
  day,
  input,
  perItem,
  person,
  population,
  program,
} from "./example.ts";
import { deviationId } from "./deviations.ts";
import type { AssessmentInput } from "./input.ts";

const two = attribute("two-checks", "change.checks.size() >= 2");
const linked = attribute("linked", "change.tickets.size() > 0");
const of = program([
  control("CHG-01", [perItem("review", "change", [two, linked])]),
  control("CHG-02", [perItem("late", "change", [two])]),
]);
const bad = (id: string, mergedAt: string, author = "ada") =>
  change(id, mergedAt, { author: person(author), checks: [], tickets: ["T-1"] });

function run(items: readonly ReturnType<typeof bad>[], more: Partial<AssessmentInput> = {}) {
  return assess(input(of, { populations: [population(of, "change")], ...more }), { change: items }).summary;
}

const id = deviationId({ control: "CHG-01", activity: "review", attribute: "two-checks", occurrence: "c1" });

test("a deviation's id is derived from what it is about alone, so every run gives it the same", () => {
  const digest = createHash("sha256").update('["CHG-01","review","two-checks","c1"]').digest("hex");
  assert.equal(id, `dev_${digest.slice(0, 12)}`);
  const missed = createHash("sha256").update('["CHG-01","review",null,"2026-05"]').digest("hex");
  assert.equal(
    deviationId({ control: "CHG-01", activity: "review", occurrence: "2026-05" }),
    `dev_${missed.slice(0, 12)}`,
  );
  const one = run([bad("c1", "2025-08-01T00:00:00Z")]);
  const more = run([bad("c0", "2025-07-08T00:00:00Z"), bad("c1", "2025-08-01T00:00:00Z")]);
  assert.equal(one.deviations[0]?.id, id);
  assert.ok(more.deviations.some((deviation) => deviation.id === id));
});

test("deviations stand in the order of time, also where one instant has milliseconds and another has none", () => {
  const summary = run([
    bad("b", "2025-08-01T00:00:00.500Z"),
    bad("c", "2025-08-01T00:00:01Z"),
    bad("a", "2025-08-01T00:00:00Z"),
  ]);
  assert.deepEqual(
    summary.deviations.map(({ occurrence, control: of_ }) => `${occurrence} ${of_}`),
    ["a CHG-01", "a CHG-02", "b CHG-01", "b CHG-02", "c CHG-01", "c CHG-02"],
  );
});

test("a response stands beside a deviation and removes nothing", () => {
  const body = {
    deviation: id,
    cause: "the check was off",
    response: "accepted",
    correctiveAction: "it is on again",
    retest: "25 of 25",
    person: person("cy"),
  };
  const summary = run([bad("c1", "2025-08-01T00:00:00Z")], {
    responses: [{ record: "r1", recordedAt: at("2026-01-01T00:00:00Z"), body }],
  });
  assert.deepEqual(summary.deviations[0]?.responses, [
    {
      record: "r1",
      cause: "the check was off",
      response: "accepted",
      correctiveAction: "it is on again",
      retest: "25 of 25",
      at: "2026-01-01T00:00:00Z",
    },
  ]);
  assert.equal(summary.controls[0]?.counts.deviated, 1);
  assert.deepEqual(summary.deviations[1]?.responses, []);
});

test("an approved exception stands beside what it names until its last day, and changes no result", () => {
  const exception = (more: Partial<AssessmentInput["exceptions"][number]["body"]>) => ({
    record: "x1",
    recordedAt: 0,
    body: {
      exception: "x1",
      control: "CHG-01",
      items: ["c1"],
      until: day("2025-08-01"),
      compensatingControl: "MON-01",
      reason: "migration",
      approver: person("cy"),
      ...more,
    },
  });
  const shown = (more: Parameters<typeof exception>[0]) => {
    const summary = run([bad("c1", "2025-08-01T23:00:00Z")], { exceptions: [exception(more)] });
    assert.equal(summary.controls[0]?.counts.deviated, 1);
    return summary.deviations.map(({ control: on, exceptions }) => `${on} ${exceptions.length}`);
  };
  assert.deepEqual(shown({}), ["CHG-01 1", "CHG-02 0"]);
  assert.deepEqual(shown({ attribute: "two-checks" }), ["CHG-01 1", "CHG-02 0"]);
  assert.deepEqual(shown({ attribute: "linked" }), ["CHG-01 0", "CHG-02 0"]);
  assert.deepEqual(shown({ items: [] }), ["CHG-01 1", "CHG-02 0"]);
  assert.deepEqual(shown({ items: ["c2"] }), ["CHG-01 0", "CHG-02 0"]);
  assert.deepEqual(shown({ until: day("2025-07-31") }), ["CHG-01 0", "CHG-02 0"]);
});

test("a withdrawn finding leaves the list only when a run no longer finds it, and the withdrawal stays listed", () => {
  const body = {
    deviation: id,
    run: "run_1",
    laterRun: "run_2",
    reason: "an alias was unknown",
    person: person("bo"),
    approver: person("cy"),
  };
  const withdrawals = [{ record: "w1", recordedAt: at("2026-01-01T00:00:00Z"), body }];
  const still = run([bad("c1", "2025-08-01T00:00:00Z")], { withdrawals });
  assert.equal(still.deviations[0]?.id, id);
  assert.deepEqual(still.withdrawn, [
    { record: "w1", at: "2026-01-01T00:00:00Z", ...body, stillFound: true },
  ]);
  const mended = run([], { withdrawals });
  assert.deepEqual([mended.deviations, mended.withdrawn?.[0]?.stillFound], [[], false]);
  assert.equal("withdrawn" in run([]), false);
});

test("concentration names the persons and weeks that hold at least two of a control's deviations", () => {
  const summary = run([
    bad("a", "2025-08-04T00:00:00Z"),
    bad("b", "2025-08-05T00:00:00Z"),
    bad("c", "2025-09-01T00:00:00Z"),
    bad("d", "2025-10-01T00:00:00Z", "bo"),
  ]);
  assert.deepEqual(
    summary.concentrations.filter((each) => each.control === "CHG-01"),
    [
      { control: "CHG-01", by: "person", key: person("ada"), deviations: 3, of: 4 },
      { control: "CHG-01", by: "week", key: "2025-08-04", deviations: 2, of: 4 },
    ],
  );
  assert.deepEqual(run([bad("a", "2025-08-04T00:00:00Z")]).concentrations, []);
});
