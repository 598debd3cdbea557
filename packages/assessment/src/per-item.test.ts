import assert from "node:assert/strict";
import { test } from "node:test";
import type { ItemLine } from "@countersign/records";
import {
  activityIn,
  assess,
  at,
  attribute,
  change,
  control,
  controlIn,
  countsText,
  day,
  input,
  line,
  perItem,
  person,
  population,
  program,
} from "./example.ts";

const approved = attribute(
  "approved-by-other",
  "change.approvals.exists(a, !a.bot && a.person != change.author)",
  [
    { when: "change.approvals.size() == 0", say: "nobody approved it" },
    { when: "true", say: "only its author approved it" },
  ],
);
const approvedBefore = attribute(
  "approved-before",
  "change.approvals.exists(a, a.person != change.author && a.at <= change.mergedAt)",
);
const checked = attribute("checks", 'change.checks.exists(c, c.outcome == "passed")');

const byAda = { person: person("ada"), bot: false, via: "Reviewed-by" };
const byBo = { person: person("bo"), bot: false, via: "Reviewed-by" };
const passed = [{ name: "ci", outcome: "passed" }];

function run(items: readonly ReturnType<typeof change>[], attributes = [approved, checked]) {
  const of = program([control("CHG-01", [perItem("review", "change", attributes)])]);
  const lacks = [
    { field: "change.approvals[].at", reason: "a commit trailer has no time", suppliedBy: "github" },
  ];
  return assess(input(of, { populations: [population(of, "change", { lacks })] }), { change: items });
}

test("an item operated when every attribute is true, and carries its week, person and title", () => {
  const { occurrences } = run([change("c1", "2025-07-08T10:00:00Z", { approvals: [byBo], checks: passed })]);
  assert.deepEqual(occurrences, [
    {
      control: "CHG-01",
      version: 1,
      activity: "review",
      id: "c1",
      at: "2025-07-08T10:00:00Z",
      week: 1,
      state: "operated",
      attributes: [{ state: "operated" }, { state: "operated" }],
      person: person("ada"),
      title: "change c1",
    },
  ]);
});

test("one false attribute makes the item deviated, with the first cause whose condition is true", () => {
  const { occurrences, summary } = run([
    change("c1", "2025-07-08T10:00:00Z", { approvals: [byAda], checks: passed }),
    change("c2", "2025-07-09T10:00:00Z", { approvals: [], checks: [{ name: "ci", outcome: "failed" }] }),
  ]);
  assert.deepEqual(
    occurrences.map(({ state, attributes }) => [state, attributes]),
    [
      ["deviated", [{ state: "deviated", cause: "only its author approved it" }, { state: "operated" }]],
      [
        "deviated",
        [
          { state: "deviated", cause: "nobody approved it" },
          { state: "deviated", cause: `the rule is false: ${checked.expression}` },
        ],
      ],
    ],
  );
  assert.deepEqual(
    summary.deviations.map(({ occurrence, attribute: id, cause, person: who, state }) => [
      occurrence,
      id,
      cause,
      who,
      state,
    ]),
    [
      ["c1", "approved-by-other", "only its author approved it", person("ada"), "deviated"],
      ["c2", "approved-by-other", "nobody approved it", person("ada"), "deviated"],
      ["c2", "checks", `the rule is false: ${checked.expression}`, person("ada"), "deviated"],
    ],
  );
});

test("deviated outranks unknown, and unknown outranks operated", () => {
  const { occurrences } = run([
    change("c1", "2025-07-08T10:00:00Z", { approvals: [byAda] }),
    change("c2", "2025-07-08T10:00:00Z", { approvals: [byBo] }),
  ]);
  assert.deepEqual(
    occurrences.map(({ state }) => state),
    ["deviated", "unknown"],
  );
});

test("an absent fact is unknown in the source's own words, and names the connector that would supply it", () => {
  const { summary } = run(
    [change("c1", "2025-07-08T10:00:00Z", { approvals: [byBo], checks: passed })],
    [approvedBefore],
  );
  assert.deepEqual(activityIn(summary, "CHG-01", "review").attributes[0]?.unknowns, [
    {
      reason: "source-lacks-fact",
      detail: "a commit trailer has no time",
      suppliedBy: "github",
      count: 1,
      instead: [],
    },
  ]);
});

test("an absent fact that no lack speaks of is named with its source", () => {
  const { occurrences } = run([change("c1", "2025-07-08T10:00:00Z", { approvals: [byBo] })], [checked]);
  assert.deepEqual(occurrences[0]?.attributes, [
    { state: "unknown", reason: "source-lacks-fact", detail: "the source history has no change.checks" },
  ]);
});

test("where checks are absent the result says what the record carries instead, and who gave it", () => {
  const carried = (id: string, by: string) =>
    change(id, "2025-07-08T10:00:00Z", {
      approvals: [byBo],
      bypasses: [{ name: "TryBot-Bypass", by: person(by) }, { name: "Emergency" }],
    });
  const { occurrences, summary } = run([
    carried("c1", "ada"),
    carried("c2", "bo"),
    change("c3", "2025-07-08T10:00:00Z", { approvals: [byBo] }),
  ]);
  assert.deepEqual(occurrences[0]?.attributes[1], {
    state: "unknown",
    reason: "source-lacks-fact",
    detail: "the source history has no change.checks",
    instead: [{ name: "TryBot-Bypass", by: person("ada") }, { name: "Emergency" }],
  });
  assert.deepEqual(activityIn(summary, "CHG-01", "review").attributes[1]?.unknowns, [
    {
      reason: "source-lacks-fact",
      detail: "the source history has no change.checks",
      count: 3,
      instead: [
        { name: "Emergency", count: 2, byActor: 0 },
        { name: "TryBot-Bypass", count: 2, byActor: 1 },
      ],
    },
  ]);
});

test("a bypass does not stand beside an absent fact that it has nothing to do with", () => {
  const tickets = attribute("ticket", "change.tickets.size() > 0");
  const { occurrences } = run(
    [change("c1", "2025-07-08T10:00:00Z", { bypasses: [{ name: "Emergency" }] })],
    [tickets],
  );
  assert.equal(JSON.stringify(occurrences[0]?.attributes).includes("Emergency"), false);
  const untimed = change("c2", "2025-07-08T10:00:00Z", {
    approvals: [byBo],
    bypasses: [{ name: "Emergency" }],
  });
  const [timeless] = run([untimed], [approvedBefore]).occurrences;
  assert.equal(timeless?.state, "unknown");
  assert.equal(JSON.stringify(timeless?.attributes).includes("Emergency"), false);
});

test("a rule that cannot be evaluated or compiled is a rule error, never operated", () => {
  const malformed = run([change("c1", "2025-07-08T10:00:00Z", { approvals: "bo" })], [approved]);
  assert.equal(malformed.occurrences[0]?.state, "unknown");
  assert.match(JSON.stringify(malformed.occurrences[0]?.attributes), /"reason":"rule-error"/);
  const broken = run([change("c1", "2025-07-08T10:00:00Z")], [attribute("broken", "change.aprovals.size()")]);
  assert.match(JSON.stringify(broken.occurrences[0]?.attributes), /"rule-error".*does not compile/);
});

test("an item belongs to the window of its cut-off time, to the millisecond; the others are counted", () => {
  const ok = { approvals: [byBo], checks: passed };
  const { occurrences, summary } = run([
    change("a", "2025-06-30T23:59:59.999Z", ok),
    change("b", "2025-07-01T00:00:00Z", ok),
    change("c", "2026-06-30T23:59:59.999Z", ok),
    change("d", "2026-07-01T00:00:00Z", ok),
    change("e", "2025-07-01 10:00", ok),
    change("f", "2025-07-01T12:00:00+02:00", ok),
  ]);
  assert.deepEqual(
    occurrences.map(({ id, at: instant, week }) => [id, instant, week]),
    [
      ["b", "2025-07-01T00:00:00Z", 0],
      ["c", "2026-06-30T23:59:59.999Z", summary.weeks.length - 1],
      ["f", "2025-07-01T10:00:00Z", 0],
    ],
  );
  assert.deepEqual(summary.populations[0]?.outside, [
    { reason: "mergedAt lies before the window", count: 1 },
    { reason: "mergedAt lies after the window", count: 1 },
    { reason: "mergedAt cannot be read, so no window holds it", count: 1 },
  ]);
});

test("the window is the zone's: an item late on the last evening in New York is in it", () => {
  const window = { from: day("2025-07-01"), through: day("2026-06-30"), zone: "America/New_York" };
  const of = program([control("CHG-01", [perItem("review", "change", [approved])])], { window });
  const items = [change("in", "2026-07-01T03:59:59Z"), change("out", "2026-07-01T04:00:00Z")];
  const { occurrences } = assess(input(of, { populations: [population(of, "change")] }), { change: items });
  assert.deepEqual(
    occurrences.map(({ id }) => id),
    ["in"],
  );
});

test("what lies after the as-of time has not happened yet", () => {
  const of = program([control("CHG-01", [perItem("review", "change", [checked])])]);
  const items = [
    change("a", "2025-08-01T00:00:00Z", { checks: passed }),
    change("b", "2025-08-01T00:00:00.001Z", { checks: passed }),
  ];
  const { occurrences, summary } = assess(
    input(of, { asOf: at("2025-08-01T00:00:00Z"), populations: [population(of, "change")] }),
    { change: items },
  );
  assert.deepEqual(
    occurrences.map(({ id }) => id),
    ["a"],
  );
  assert.deepEqual(summary.populations[0]?.outside, [
    { reason: "mergedAt lies after the as-of time", count: 1 },
  ]);
});

test("what an activity's rule leaves out is excluded with the rule as its reason; where that is unknown, so is the result", () => {
  const where = "!change.direct";
  const of = program([control("CHG-01", [perItem("review", "change", [checked], { where })])]);
  const { occurrences, summary } = assess(input(of, { populations: [population(of, "change")] }), {
    change: [
      change("a", "2025-07-08T10:00:00Z", { direct: true, checks: passed }),
      change("b", "2025-07-08T10:00:00Z", { direct: false, checks: passed }),
      change("c", "2025-07-08T10:00:00Z", { checks: passed }),
    ],
  });
  assert.deepEqual(
    occurrences.map(({ id, state, detail }) => [id, state, detail]),
    [
      ["b", "operated", undefined],
      ["c", "unknown", "whether it is owed is not known: the source history has no change.direct"],
    ],
  );
  const review = activityIn(summary, "CHG-01", "review");
  assert.deepEqual(review.excluded, [{ reason: "left out by the rule: !change.direct", count: 1 }]);
  assert.equal(review.expected, 2);
});

test("while an item's term runs it is not due, unless everything has operated; when it is over it is judged", () => {
  const removed = attribute("removed", 'leaver.accessRemovedAt - leaver.endedAt <= duration("24h")');
  const of = program([control("IAM-03", [perItem("removal", "leaver", [removed], { termHours: 24 })])]);
  const leaver = (id: string, more = {}) => ({
    id,
    person: person(id),
    endedAt: "2025-09-01T12:00:00Z",
    ...more,
  });
  const items = [
    leaver("done", { accessRemovedAt: "2025-09-01T13:00:00Z" }),
    leaver("open"),
    leaver("tardy", { accessRemovedAt: "2025-09-03T13:00:00Z" }),
  ];
  const statesAt = (asOf: string) =>
    assess(input(of, { asOf: at(asOf), populations: [population(of, "leaver")] }), {
      leaver: items,
    }).occurrences.map(({ state, attributes }) => `${state} ${attributes.length}`);
  assert.deepEqual(statesAt("2025-09-02T11:59:59Z"), ["operated 1", "not-due 0", "not-due 0"]);
  assert.deepEqual(statesAt("2025-09-02T12:00:00Z"), ["operated 1", "unknown 1", "deviated 1"]);
});

test("an erased item is unknown in every activity that could owe it, and says that its time is gone too", () => {
  const of = program([
    control("CHG-01", [perItem("review", "change", [approved, checked])]),
    control("CHG-02", [perItem("after", "change", [checked])]),
  ]);
  const lines = new Map<string, readonly ItemLine[]>([["change", [{ erased: "ab".repeat(32) }]]]);
  const { occurrences, summary } = assess(input(of, { populations: [population(of, "change")] }), lines);
  const erased = { state: "unknown", reason: "erased", detail: "the item was erased; its leaf remains" };
  assert.deepEqual(
    occurrences.map(({ control: id, id: item, state, attributes, week }) => [
      id,
      item,
      state,
      attributes,
      week,
    ]),
    [
      ["CHG-01", `erased:${"ab".repeat(32)}`, "unknown", [erased, erased], summary.weeks.length - 1],
      ["CHG-02", `erased:${"ab".repeat(32)}`, "unknown", [erased], summary.weeks.length - 1],
    ],
  );
});

test("an item counts for the version in force at its time; versions, gaps between them and retirement split the window", () => {
  const wide = attribute("wide", "change.checks.size() >= 0");
  const strict = attribute("strict", "change.checks.size() >= 2");
  const of = program([
    control("CHG-01", [perItem("review", "change", [wide])], {
      effectiveFrom: day("2025-08-01"),
      effectiveThrough: day("2025-10-31"),
    }),
    control("CHG-01", [perItem("review", "change", [strict])], {
      version: 2,
      effectiveFrom: day("2025-12-01"),
      effectiveThrough: day("2026-03-31"),
      statement: "two checks",
    }),
  ]);
  const one = { checks: passed };
  const { occurrences, summary } = assess(input(of, { populations: [population(of, "change")] }), {
    change: [
      change("a", "2025-07-31T23:59:59Z", one),
      change("b", "2025-08-01T00:00:00Z", one),
      change("c", "2025-10-31T23:59:59Z", one),
      change("d", "2025-11-01T00:00:00Z", one),
      change("e", "2025-12-01T00:00:00Z", one),
      change("f", "2026-04-01T00:00:00Z", one),
    ],
  });
  assert.deepEqual(
    occurrences.map(({ id, version, state }) => [id, version, state]),
    [
      ["b", 1, "operated"],
      ["c", 1, "operated"],
      ["e", 2, "deviated"],
    ],
  );
  const summed = controlIn(summary, "CHG-01");
  assert.deepEqual(summed.versions, [
    { version: 1, from: "2025-08-01", through: "2025-10-31", statement: "CHG-01 statement" },
    { version: 2, from: "2025-12-01", through: "2026-03-31", statement: "two checks" },
  ]);
  assert.deepEqual(summed.notInForce, [
    { from: "2025-07-01", through: "2025-07-31" },
    { from: "2025-11-01", through: "2025-11-30" },
    { from: "2026-04-01", through: "2026-06-30" },
  ]);
  assert.equal(summed.statement, "two checks");
  assert.equal(countsText(summed.counts), "operated 2, deviated 1");
  assert.deepEqual(activityIn(summary, "CHG-01", "review", 2).excluded, [
    { reason: "no version that asks for it was in force at its time", count: 3 },
  ]);
});

test("a control that is in force nowhere in the window is listed as such, with nothing owed", () => {
  const of = program([
    control("OLD-01", [perItem("review", "change", [checked])], { effectiveThrough: day("2025-06-30") }),
  ]);
  const { occurrences, summary } = assess(input(of, { populations: [population(of, "change")] }), {
    change: [change("a", "2025-08-01T00:00:00Z", { checks: passed })],
  });
  assert.deepEqual(occurrences, []);
  const old = controlIn(summary, "OLD-01");
  assert.deepEqual([old.title, old.activities, old.versions], ["OLD-01 title", [], []]);
  assert.deepEqual(old.notInForce, [{ from: "2025-07-01", through: "2026-06-30" }]);
});

test("a record of not-applicable stands with reason and approver, and says what the finding would have been", () => {
  const of = program([control("CHG-01", [perItem("review", "change", [approved, checked])])]);
  const body = {
    control: "CHG-01",
    activity: "review",
    occurrence: "c1",
    reason: "an import of history",
    approver: person("cy"),
  };
  const { occurrences, summary } = assess(
    input(of, {
      populations: [population(of, "change")],
      notApplicable: [{ record: "r1", recordedAt: at("2026-01-01T00:00:00Z"), body }],
    }),
    { change: [change("c1", "2025-07-08T10:00:00Z", { approvals: [byAda], checks: passed })] },
  );
  const result = { state: "not-applicable", reason: "an import of history", approver: person("cy") };
  assert.equal(occurrences[0]?.state, "not-applicable");
  assert.deepEqual(occurrences[0]?.attributes, [result, result]);
  assert.equal(occurrences[0]?.detail, "without this record it would be deviated");
  const review = activityIn(summary, "CHG-01", "review");
  assert.deepEqual(
    [review.expected, review.counts["not-applicable"], review.attributes[0]?.notApplicable],
    [0, 1, 1],
  );
  assert.equal(review.nothing, undefined);
});

test("beyond a thousand distinct details, further unknowns are counted together and the row says so", () => {
  const items = Array.from({ length: 1_203 }, (_, i) =>
    change(`c${String(i).padStart(4, "0")}`, "2025-07-08T10:00:00Z", { approvals: `text ${i}` }),
  );
  const { summary } = run(items, [approved]);
  const unknowns = activityIn(summary, "CHG-01", "review").attributes[0]?.unknowns ?? [];
  assert.equal(unknowns.length, 1_001);
  assert.deepEqual(
    [unknowns[0]?.count, unknowns[0]?.detail],
    [203, "other details: more than 1000 are not listed one by one"],
  );
  assert.equal(
    unknowns.reduce((sum, row) => sum + row.count, 0),
    1_203,
  );
});

test("a line of a population that the assessment does not know is refused", () => {
  const of = program([control("CHG-01", [perItem("review", "change", [checked])])]);
  assert.throws(
    () => assess(input(of), new Map([["change", [line(change("a", "2025-08-01T00:00:00Z"))]]])),
    /no population rec-change/,
  );
});

test("neighbours that lack different facts have each its own reason", () => {
  const both = attribute("both", "change.tickets.size() > 0 && change.checks.size() > 0");
  const at_ = "2025-07-08T10:00:00Z";
  const { occurrences } = run(
    [change("a", at_, { tickets: ["T"] }), change("b", at_, { checks: passed }), change("c", at_)],
    [both],
  );
  assert.deepEqual(
    occurrences.map(({ attributes: [result] }) =>
      result?.state === "unknown" ? result.detail : result?.state,
    ),
    [
      "the source history has no change.checks",
      "the source history has no change.tickets",
      "the source history has no change.tickets; the source history has no change.checks",
    ],
  );
});

test("a control that begins on day 60 and is reworded on day 120 splits obligations, populations and results", () => {
  const within = (hours: number) =>
    perItem("removal", "leaver", [
      attribute("in-time", `leaver.accessRemovedAt - leaver.endedAt <= duration("${hours}h")`),
    ]);
  const of = program([
    control("IAM-03", [within(120)], {
      statement: "within 5 days",
      effectiveFrom: day("2025-08-29"),
      effectiveThrough: day("2025-10-27"),
    }),
    control("IAM-03", [within(24)], {
      version: 2,
      statement: "within 24 hours",
      effectiveFrom: day("2025-10-28"),
    }),
  ]);
  const leaver = (id: string, endedAt: string, accessRemovedAt: string) => ({
    id,
    person: person(id),
    endedAt,
    accessRemovedAt,
  });
  const { occurrences, summary } = assess(input(of, { populations: [population(of, "leaver")] }), {
    leaver: [
      leaver("a", "2025-08-28T23:00:00Z", "2025-12-01T00:00:00Z"),
      leaver("b", "2025-10-27T23:00:00Z", "2025-10-30T00:00:00Z"),
      leaver("c", "2025-10-28T00:00:00Z", "2025-10-30T00:00:00Z"),
    ],
  });
  assert.deepEqual(
    occurrences.map(({ id, version, state }) => `${id} ${version} ${state}`),
    ["b 1 operated", "c 2 deviated"],
  );
  const split = controlIn(summary, "IAM-03");
  assert.deepEqual(split.notInForce, [{ from: "2025-07-01", through: "2025-08-28" }]);
  assert.deepEqual(
    split.versions.map(
      ({ version, from, through, statement }) => `${version} ${from} ${through} ${statement}`,
    ),
    ["1 2025-08-29 2025-10-27 within 5 days", "2 2025-10-28 2026-06-30 within 24 hours"],
  );
  assert.deepEqual(
    split.activities.map(({ version, expected, excluded }) => [version, expected, excluded.length]),
    [
      [1, 1, 0],
      [2, 1, 1],
    ],
  );
});
