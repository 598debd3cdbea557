import assert from "node:assert/strict";
import { test } from "node:test";
import {
  activityIn,
  assess,
  at,
  attribute,
  control,
  day,
  input,
  perItem,
  periodic,
  population,
  program,
  change,
} from "./example.ts";
import type { PopulationInput } from "./model.ts";

const window = { from: day("2026-04-01"), through: day("2026-06-30"), zone: "UTC" };
const checked = attribute("checks", "change.checks.size() > 0");
const of = program(
  [
    control("CHG-01", [perItem("review", "change", [checked])]),
    control("INC-01", [perItem("handling", "incident", [])]),
    control("GOV-01", [periodic("review", "year", 30)]),
  ],
  {
    window,
    sources: [
      { id: "tickets", connector: "csv", provides: "incident", settings: {} },
      { id: "reviews", connector: "github", provides: "change", settings: {} },
      { id: "mirror", connector: "git", provides: "change", settings: {} },
    ],
    populations: [
      {
        kind: "change",
        from: "history",
        join: [{ source: "reviews", key: "revision", unmatched: {} }],
        reconcile: [{ source: "mirror", key: "revision" }],
      },
    ],
  },
);
const complete = { state: "complete", proof: "the list ended" } as const;
const reconciled = { state: "reconciled", reconciliation: "rec_1", resolved: 0 } as const;

function run(populations: readonly PopulationInput[], gaps: Parameters<typeof input>[1] = {}, lines = {}) {
  return assess(input(of, { populations, ...gaps }), lines).summary;
}

const nothing = (summary: ReturnType<typeof run>, id: string, activity: string) =>
  activityIn(summary, id, activity).nothing;

test("a zero is recorded only by a complete read of the whole window, reconciled, without an outage in it", () => {
  const zero = (
    use: Partial<PopulationInput["use"]>,
    covers = population(of, "incident").covers,
    gaps = {},
  ) =>
    nothing(
      run([population(of, "incident", { use: { source: "tickets", ...use }, covers })], gaps),
      "INC-01",
      "handling",
    );
  const { start, end } = population(of, "incident").covers;
  const outage = (source: string) => ({
    gaps: [{ source, start: at("2026-05-01T00:00:00Z"), end: at("2026-05-02T00:00:00Z"), reason: "off" }],
  });
  const differences = { state: "differences", reconciliation: "rec_1", unresolved: 1, resolved: 4 } as const;

  assert.equal(zero({ extraction: complete, completeness: reconciled }), "recorded-zero");
  assert.equal(zero({ extraction: complete }), "zero-not-shown");
  assert.equal(zero({ extraction: complete, completeness: differences }), "zero-not-shown");
  assert.equal(
    zero({ extraction: { state: "partial", reasons: ["a page failed"] }, completeness: reconciled }),
    "zero-not-shown",
  );
  assert.equal(zero({ completeness: reconciled }, { start: start + 1, end }), "zero-not-shown");
  assert.equal(zero({ completeness: reconciled }, { start, end: end - 1 }), "zero-not-shown");
  assert.equal(zero({ completeness: reconciled }, { start, end }, outage("tickets")), "zero-not-shown");
  assert.equal(zero({ completeness: reconciled }, { start, end }, outage("history")), "recorded-zero");
});

test("without a population, and after a read that failed, there are no records: that is no zero", () => {
  const none = run([]);
  assert.equal(nothing(none, "INC-01", "handling"), "no-records");
  assert.equal(activityIn(none, "INC-01", "handling").expected, 0);
  const failed = run([
    population(of, "incident", {
      use: { source: "tickets", extraction: { state: "failed", reasons: ["401"] } },
    }),
  ]);
  assert.equal(nothing(failed, "INC-01", "handling"), "no-records");
  assert.deepEqual(failed.gaps, [
    {
      source: "tickets",
      start: "2026-04-01T00:00:00Z",
      end: "2026-07-01T00:00:00Z",
      reason: "the read failed: 401",
      controls: ["INC-01"],
    },
  ]);
  assert.ok(failed.warnings.includes("The read of tickets (incident) failed: 401."));
});

test("a partial read is judged as far as it goes, and says so", () => {
  const partial = { state: "partial", reasons: ["the clone is shallow"] } as const;
  const summary = run(
    [population(of, "change", { use: { extraction: partial } })],
    {},
    {
      change: [change("a", "2026-05-01T00:00:00Z", { checks: [{ name: "ci", outcome: "passed" }] })],
    },
  );
  const review = activityIn(summary, "CHG-01", "review");
  assert.deepEqual([review.counts.operated, review.population?.extraction], [1, partial]);
  assert.ok(
    summary.warnings.includes(
      "The read of history (change) is partial: the clone is shallow. What it holds is judged; what it lacks is not known.",
    ),
  );
});

test("what a read does not cover of the window is a gap, but what lies after the as-of time is none yet", () => {
  const covers = { start: at("2026-04-10T00:00:00Z"), end: at("2026-06-01T00:00:00Z") };
  const summary = run([population(of, "change", { covers })], { asOf: at("2026-06-05T00:00:00Z") });
  assert.deepEqual(
    summary.gaps.map(({ start, end, reason, controls }) => [start, end, reason, controls]),
    [
      ["2026-04-01T00:00:00Z", "2026-04-10T00:00:00Z", "the read does not cover it", ["CHG-01"]],
      ["2026-06-01T00:00:00Z", "2026-06-05T00:00:00Z", "the read does not cover it", ["CHG-01"]],
    ],
  );
});

test("a declared outage is cut at the window, and starves the controls whose facts come from the source", () => {
  const gap = (source: string, start: string, end: string) => ({
    source,
    start: at(start),
    end: at(end),
    reason: "off",
  });
  const { gaps } = run([population(of, "change")], {
    gaps: [
      gap("reviews", "2026-06-20T00:00:00Z", "2026-08-01T00:00:00Z"),
      gap("history", "2026-01-01T00:00:00Z", "2026-04-02T00:00:00Z"),
      gap("mirror", "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z"),
      gap("evidence", "2026-05-03T00:00:00Z", "2026-05-04T00:00:00Z"),
      gap("history", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"),
    ],
  });
  assert.deepEqual(
    gaps.map(({ source, start, end, controls }) => [source, start, end, controls]),
    [
      ["history", "2026-04-01T00:00:00Z", "2026-04-02T00:00:00Z", ["CHG-01"]],
      // The mirror only confirms the list; no fact comes from it.
      ["mirror", "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z", []],
      ["evidence", "2026-05-03T00:00:00Z", "2026-05-04T00:00:00Z", ["GOV-01"]],
      ["reviews", "2026-06-20T00:00:00Z", "2026-07-01T00:00:00Z", ["CHG-01"]],
    ],
  );
});

test("the program's own warnings come first, and the count of late records is passed on", () => {
  const summary = run([], { warnings: ["CC6.4 is answered by nothing."], recordedAfterWindow: 7 });
  assert.equal(summary.warnings[0], "CC6.4 is answered by nothing.");
  assert.match(summary.warnings[1] ?? "", /^GOV-01 review: no period of it ends in the window/);
  assert.equal(summary.recordedAfterWindow, 7);
});
