import assert from "node:assert/strict";
import { test } from "node:test";
import {
  activityIn,
  assess,
  at,
  attribute,
  control,
  controlIn,
  countsText,
  day,
  input,
  performed,
  periodic,
  person,
  program,
} from "./example.ts";
import type { AssessmentInput } from "./input.ts";
import type { Occurrence } from "./model.ts";

const quarter = { from: day("2026-04-01"), through: day("2026-06-30"), zone: "UTC" };

function run(more: Partial<AssessmentInput>, activity = periodic("review", "month", 10), window = quarter) {
  const of = program([control("GOV-01", [activity])], { window });
  return assess(input(of, more));
}

const inBrief = ({ id, state }: Occurrence) => `${id} ${state}`;

test("a month that was performed in its term operated, and says when, by whose word, and when it was recorded", () => {
  const { occurrences } = run({
    performances: [
      performed("ev_1", "2026-04-20T09:00:00Z", {
        recordedAt: "2026-04-21T09:00:00Z",
        performedBy: person("ada"),
      }),
    ],
  });
  assert.deepEqual(occurrences[0], {
    control: "GOV-01",
    version: 1,
    activity: "review",
    id: "2026-04",
    at: "2026-04-30T23:59:59.999Z",
    week: 4,
    due: "2026-05-10T23:59:59.999Z",
    state: "operated",
    attributes: [],
    performed: { at: "2026-04-20T09:00:00Z", provenance: "source" },
    recorded: "2026-04-21T09:00:00Z",
    evidence: "ev_1",
    person: person("ada"),
  });
});

test("what nobody did is missed from the instant at which the term is over, and not due before", () => {
  assert.deepEqual(run({ asOf: at("2026-05-10T23:59:59.999Z") }).occurrences.map(inBrief), [
    "2026-04 not-due",
    "2026-05 not-due",
    "2026-06 not-due",
  ]);
  const { occurrences, summary } = run({ asOf: at("2026-05-11T00:00:00Z") });
  assert.deepEqual(occurrences.map(inBrief), ["2026-04 missed", "2026-05 not-due", "2026-06 not-due"]);
  assert.deepEqual(
    summary.deviations.map(({ state, occurrence, cause, attribute: id }) => [state, occurrence, cause, id]),
    [["missed", "2026-04", "nothing was recorded that satisfies it, due by 2026-05-10", undefined]],
  );
});

test("a performance after the due instant that names its month is late, which is a deviation that operated", () => {
  const { occurrences, summary } = run({
    performances: [performed("ev_1", "2026-05-11T00:00:00Z", { occurrence: "2026-04" })],
  });
  assert.deepEqual(
    [occurrences[0]?.state, occurrences[0]?.detail, occurrences[0]?.recordedLate],
    ["late", "performed after it was due", true],
  );
  assert.deepEqual(
    summary.deviations.map(({ state, occurrence, cause }) => [state, occurrence, cause]).slice(0, 1),
    [["late", "2026-04", "performed on 2026-05-11, due by 2026-05-10"]],
  );
});

test("what is recorded after it was due is marked, whatever date it carries, and stays operated", () => {
  const { occurrences } = run({
    performances: [
      performed("ev_1", "2026-04-20T09:00:00Z", {
        recordedAt: "2026-06-01T09:00:00Z",
        provenance: "asserted",
      }),
    ],
  });
  assert.deepEqual(
    [occurrences[0]?.state, occurrences[0]?.recordedLate, occurrences[0]?.performed?.provenance],
    ["operated", true, "asserted"],
  );
});

const complete = attribute("complete", "performance.listed == performance.decided", [
  { when: "performance.decided < performance.listed", say: "entries without a decision" },
]);

test("attributes of the performance decide: false deviates, absent is unknown and says what to add", () => {
  const { occurrences, summary } = run(
    {
      performances: [
        performed("ev_1", "2026-04-20T09:00:00Z", { facts: { listed: 10, decided: 10 } }),
        performed("ev_2", "2026-05-20T09:00:00Z", {
          facts: { listed: 10, decided: 9 },
          performedBy: person("bo"),
        }),
        performed("ev_3", "2026-06-20T09:00:00Z", { facts: { listed: 10 } }),
      ],
    },
    periodic("review", "month", 10, { attributes: [complete] }),
  );
  assert.deepEqual(
    occurrences.map(({ state, attributes }) => [state, attributes]),
    [
      ["operated", [{ state: "operated" }]],
      ["deviated", [{ state: "deviated", cause: "entries without a decision" }]],
      [
        "unknown",
        [
          {
            state: "unknown",
            reason: "source-lacks-fact",
            detail: "the evidence has no performance.decided",
            suppliedBy: "countersign evidence add",
          },
        ],
      ],
    ],
  );
  assert.deepEqual(
    summary.deviations.map(({ occurrence, attribute: id, person: who }) => [occurrence, id, who]),
    [["2026-05", "complete", person("bo")]],
  );
});

test("late and deviated is shown as deviated, and both deviations are listed", () => {
  const { occurrences, summary } = run(
    {
      asOf: at("2026-05-20T00:00:00Z"),
      performances: [
        performed("ev_1", "2026-05-12T00:00:00Z", {
          occurrence: "2026-04",
          facts: { listed: 2, decided: 1 },
        }),
      ],
    },
    periodic("review", "month", 10, { attributes: [complete] }),
  );
  assert.deepEqual(
    [occurrences[0]?.state, occurrences[0]?.detail],
    ["deviated", "performed after it was due"],
  );
  assert.deepEqual(
    summary.deviations.map(({ state, attribute: id }) => [state, id]),
    [
      ["late", undefined],
      ["deviated", "complete"],
    ],
  );
});

test("late with a fact that is absent is late: what is known outranks what is not", () => {
  const { occurrences } = run(
    { performances: [performed("ev_1", "2026-05-12T00:00:00Z", { occurrence: "2026-04" })] },
    periodic("review", "month", 10, { attributes: [complete] }),
  );
  assert.equal(occurrences[0]?.state, "late");
  assert.equal(occurrences[0]?.attributes[0]?.state, "unknown");
});

test("erased evidence is unknown: its record stays, and it is neither missed nor operated", () => {
  const { occurrences } = run({
    performances: [performed("ev_1", "2026-04-20T09:00:00Z", { erased: true })],
  });
  assert.deepEqual(
    [occurrences[0]?.state, occurrences[0]?.detail, occurrences[0]?.evidence],
    ["unknown", "the evidence was erased; its record remains", "ev_1"],
  );
});

test("while keeping evidence itself failed, what is not recorded is unknown and not missed", () => {
  const { occurrences, summary } = run(
    {
      gaps: [
        {
          source: "evidence",
          start: at("2026-04-28T00:00:00Z"),
          end: at("2026-04-30T00:00:00Z"),
          reason: "moving house",
        },
      ],
    },
    periodic("review", "month", 10, { attributes: [complete] }),
  );
  assert.deepEqual(occurrences.map(inBrief), ["2026-04 unknown", "2026-05 missed", "2026-06 missed"]);
  assert.deepEqual(occurrences[0]?.attributes, [
    { state: "unknown", reason: "source-failed", detail: "evidence was not kept: moving house" },
  ]);
  assert.deepEqual(summary.gaps[0]?.controls, ["GOV-01"]);
});

test("not applicable stands with reason and approver, and names what it stands in for", () => {
  const { occurrences, summary } = run({
    notApplicable: [
      {
        record: "r1",
        recordedAt: at("2026-07-01T00:00:00Z"),
        body: {
          control: "GOV-01",
          activity: "review",
          occurrence: "2026-05",
          reason: "the board was dissolved",
          approver: person("cy"),
        },
      },
    ],
  });
  assert.deepEqual(
    [occurrences[1]?.state, occurrences[1]?.detail, occurrences[1]?.notApplicable],
    [
      "not-applicable",
      "without this record it would be missed",
      { reason: "the board was dissolved", approver: person("cy") },
    ],
  );
  assert.equal(activityIn(summary, "GOV-01", "review").expected, 2);
  assert.equal(summary.deviations.length, 2);
});

test("a performance dated after the as-of time has not happened, and one before its period never counts", () => {
  const { occurrences, summary } = run({
    asOf: at("2026-05-15T00:00:00Z"),
    performances: [
      performed("ev_1", "2026-05-16T00:00:00Z"),
      performed("ev_2", "2026-03-31T23:59:59Z", { occurrence: "2026-04" }),
      performed("ev_3", "2026-05-02T00:00:00Z", { occurrence: "2026-13" }),
      // Of the window before: nothing to warn of, and nothing to count.
      performed("ev_4", "2026-04-02T00:00:00Z", { occurrence: "2026-03" }),
    ],
  });
  assert.deepEqual(occurrences.map(inBrief), ["2026-04 missed", "2026-05 not-due", "2026-06 not-due"]);
  assert.deepEqual(summary.warnings, [
    'Evidence ev_2 names "2026-04" of GOV-01 review, whose period had not begun when it was performed; it counts for nothing.',
    'Evidence ev_3 names "2026-13" of GOV-01 review, which is not owed in this window; it counts for nothing here.',
  ]);
});

test("an occurrence belongs to the version in force on its period's last day, and performances to all versions alike", () => {
  const window = { from: day("2026-01-01"), through: day("2026-06-30"), zone: "UTC" };
  const of = program(
    [
      control("GOV-01", [periodic("review", "month", 10)], { effectiveThrough: day("2026-03-15") }),
      control("GOV-01", [periodic("review", "quarter", 5)], { version: 2, effectiveFrom: day("2026-03-16") }),
    ],
    { window },
  );
  const { occurrences, summary } = assess(
    input(of, {
      performances: [performed("ev_1", "2026-02-03T00:00:00Z"), performed("ev_2", "2026-02-20T00:00:00Z")],
    }),
  );
  assert.deepEqual(
    occurrences.map(({ version, id, state }) => `${version} ${id} ${state}`),
    ["1 2026-01 operated", "1 2026-02 operated", "2 2026-Q1 missed", "2 2026-Q2 missed"],
  );
  assert.equal(countsText(controlIn(summary, "GOV-01").counts), "operated 2, missed 2");
});

test("a yearly activity of which no period ends in the window is not tested, and the program is warned of it", () => {
  const { occurrences, summary } = run({}, periodic("review", "year", 30));
  assert.deepEqual(occurrences, []);
  assert.equal(activityIn(summary, "GOV-01", "review").nothing, "no-occurrence-due");
  assert.deepEqual(summary.warnings, [
    "GOV-01 review: no period of it ends in the window while the control is in force, so its operation is not tested.",
  ]);
});

test("what was due before the ledger began, and of which nothing was ever recorded, is unknown and not missed", () => {
  const began = at("2026-06-20T00:00:00Z");
  const never = run({ recordingSince: began });
  // April and May were due before the ledger began, June after it.
  assert.deepEqual(never.occurrences.map(inBrief), ["2026-04 unknown", "2026-05 unknown", "2026-06 missed"]);
  assert.equal(
    run({ recordingSince: at("2026-08-01T00:00:00Z") }).summary.controls[0]?.activities[0]?.nothing,
    "no-records",
  );
  assert.deepEqual(run({ recordingSince: at("2026-08-01T00:00:00Z") }).summary.deviations, []);
  // One record shows that evidence was kept: what is not there was not done.
  const once = run({ recordingSince: began, performances: [performed("ev_1", "2026-04-20T09:00:00Z")] });
  assert.deepEqual(once.occurrences.map(inBrief), ["2026-04 operated", "2026-05 missed", "2026-06 missed"]);
});
