/**
 * A monthly control with one occurrence of each state, the same late recording once with a source's time and once with
 * an asserted one, two performances in one month, and a due rule in business days across a change of the clocks. What is
 * expected is written out cell by cell, by hand, from the calendar.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assess,
  at,
  attribute,
  control,
  day,
  input,
  performed,
  periodic,
  person,
  program,
  activityIn,
} from "./example.ts";

const reviewed = attribute("reviewed", "performance.reviewedBy != performance.performedBy", [
  { when: "true", say: "reviewed by the person who performed it" },
]);
const due = { days: 5, calendar: "business" } as const;
const of = program([control("IAM-04", [periodic("review", "month", 5, { attributes: [reviewed], due })])], {
  window: { from: day("2025-07-01"), through: day("2026-06-30"), zone: "America/New_York" },
  holidays: [day("2025-09-01"), day("2025-12-25"), day("2026-01-01")],
});

const ada = person("ada");
const bo = person("bo");
const done = (record: string, when: string, more: Parameters<typeof performed>[2] = {}) =>
  performed(record, when, {
    control: "IAM-04",
    performedBy: ada,
    facts: { reviewedBy: bo },
    ...more,
  });

const outcome = assess(
  input(of, {
    asOf: at("2026-06-30T16:00:00Z"),
    performances: [
      // July: in the month.
      done("ev_jul", "2025-07-30T15:00:00Z"),
      // August: named, and after its term.
      done("ev_aug", "2025-09-10T15:00:00Z", { occurrence: "2025-08" }),
      // September: in its term, reviewed by the same person.
      done("ev_sep", "2025-10-02T15:00:00Z", { facts: { reviewedBy: ada } }),
      // October: on the last evening of its term, an hour later by UTC than before the change of the clocks.
      done("ev_oct", "2025-11-08T04:30:00Z"),
      // November: no reviewer is recorded.
      done("ev_nov", "2025-12-01T15:00:00Z", { facts: {} }),
      // January and February: performed in time by their dates and recorded late, once by a source, once by a person.
      done("ev_jan", "2026-01-29T15:00:00Z", { recordedAt: "2026-03-20T15:00:00Z", provenance: "source" }),
      done("ev_feb", "2026-02-26T15:00:00Z", { recordedAt: "2026-03-20T15:00:00Z", provenance: "asserted" }),
      // April: twice, which does not cure March.
      done("ev_apr", "2026-04-10T15:00:00Z"),
      done("ev_apr2", "2026-04-20T15:00:00Z"),
    ],
    notApplicable: [
      {
        record: "r_dec",
        recordedAt: at("2026-01-10T15:00:00Z"),
        body: {
          control: "IAM-04",
          activity: "review",
          occurrence: "2025-12",
          reason: "the systems were off",
          approver: person("cy"),
        },
      },
    ],
  }),
);

test("each month has its state, its due instant, its times with their provenance, and its evidence", () => {
  const cells = outcome.occurrences.map((each) =>
    [
      each.id,
      each.state,
      `due ${each.due}`,
      each.performed === undefined ? "-" : `${each.performed.at} ${each.performed.provenance}`,
      each.recorded ?? "-",
      each.recordedLate === true ? "recorded late" : "-",
      each.evidence ?? "-",
      `week ${each.week}`,
    ].join(" | "),
  );
  assert.deepEqual(cells, [
    // 31 July is a Thursday: Fri 1, Mon 4, Tue 5, Wed 6, Thu 7 August. New York is four hours behind UTC.
    "2025-07 | operated | due 2025-08-08T03:59:59.999Z | 2025-07-30T15:00:00Z source | 2025-07-30T15:00:00Z | - | ev_jul | week 4",
    // 31 August is a Sunday, 1 September a holiday: Tue 2 to Mon 8 September.
    "2025-08 | late | due 2025-09-09T03:59:59.999Z | 2025-09-10T15:00:00Z source | 2025-09-10T15:00:00Z | recorded late | ev_aug | week 8",
    // 30 September is a Tuesday: Wed 1 to Tue 7 October.
    "2025-09 | deviated | due 2025-10-08T03:59:59.999Z | 2025-10-02T15:00:00Z source | 2025-10-02T15:00:00Z | - | ev_sep | week 13",
    // 31 October is a Friday: Mon 3 to Fri 7 November. The clocks changed on 2 November: five hours behind UTC.
    "2025-10 | operated | due 2025-11-08T04:59:59.999Z | 2025-11-08T04:30:00Z source | 2025-11-08T04:30:00Z | - | ev_oct | week 17",
    // 30 November is a Sunday: Mon 1 to Fri 5 December.
    "2025-11 | unknown | due 2025-12-06T04:59:59.999Z | 2025-12-01T15:00:00Z source | 2025-12-01T15:00:00Z | - | ev_nov | week 21",
    // 31 December is a Wednesday, 1 January a holiday: Fri 2 to Thu 8 January.
    "2025-12 | not-applicable | due 2026-01-09T04:59:59.999Z | - | - | - | - | week 26",
    // 31 January is a Saturday: Mon 2 to Fri 6 February.
    "2026-01 | operated | due 2026-02-07T04:59:59.999Z | 2026-01-29T15:00:00Z source | 2026-03-20T15:00:00Z | recorded late | ev_jan | week 30",
    // 28 February is a Saturday: Mon 2 to Fri 6 March, before the clocks change on the 8th.
    "2026-02 | operated | due 2026-03-07T04:59:59.999Z | 2026-02-26T15:00:00Z asserted | 2026-03-20T15:00:00Z | recorded late | ev_feb | week 34",
    // 31 March is a Tuesday: Wed 1 to Tue 7 April. The first of April's two performances came three days later.
    "2026-03 | missed | due 2026-04-08T03:59:59.999Z | - | - | - | - | week 39",
    // 30 April is a Thursday: Fri 1 to Thu 7 May.
    "2026-04 | operated | due 2026-05-08T03:59:59.999Z | 2026-04-10T15:00:00Z source | 2026-04-10T15:00:00Z | - | ev_apr | week 43",
    // 31 May is a Sunday: Mon 1 to Fri 5 June.
    "2026-05 | missed | due 2026-06-06T03:59:59.999Z | - | - | - | - | week 47",
    // 30 June is a Tuesday: Wed 1 to Tue 7 July, after the as-of time.
    "2026-06 | not-due | due 2026-07-08T03:59:59.999Z | - | - | - | - | week 52",
  ]);
});

test("the counts, the weeks and the deviations say the same", () => {
  const review = activityIn(outcome.summary, "IAM-04", "review");
  assert.deepEqual(review.counts, {
    operated: 5,
    late: 1,
    missed: 2,
    deviated: 1,
    unknown: 1,
    "not-due": 1,
    "not-applicable": 1,
  });
  assert.equal(review.expected, 11);
  const weeks = review.weeks.flatMap((week, index) =>
    Object.entries(week).flatMap(([state, count]) => (count === 0 ? [] : [`${index} ${state} ${count}`])),
  );
  assert.deepEqual(weeks, [
    "4 operated 1",
    "8 late 1",
    "13 deviated 1",
    "17 operated 1",
    "21 unknown 1",
    "26 not-applicable 1",
    "30 operated 1",
    "34 operated 1",
    "39 missed 1",
    "43 operated 1",
    "47 missed 1",
    "52 not-due 1",
  ]);
  assert.deepEqual(
    review.attributes.map(({ operated, deviated, unknown, notApplicable }) => [
      operated,
      deviated,
      unknown,
      notApplicable,
    ]),
    [[6, 1, 1, 1]],
  );
  assert.deepEqual(
    outcome.summary.deviations.map(
      ({ occurrence, state, cause, week }) => `${occurrence} ${state} week ${week}: ${cause}`,
    ),
    [
      "2025-08 late week 8: performed on 2025-09-10, due by 2025-09-08",
      "2025-09 deviated week 13: reviewed by the person who performed it",
      "2026-03 missed week 39: nothing was recorded that satisfies it, due by 2026-04-07",
      "2026-05 missed week 47: nothing was recorded that satisfies it, due by 2026-06-05",
    ],
  );
});
