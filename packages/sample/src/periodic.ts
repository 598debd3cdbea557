/** What the sample does once a month, quarter, half-year or year, and how each time went. */
import type { JsonObject } from "@countersign/kernel";
import type { Rhythm } from "./periods.ts";

/** How one time went. */
export type Told =
  | "operated"
  /** Performed after it was due. */
  | "late"
  /** Not performed at all. */
  | "missed"
  /** Performed, and not as the statement says. */
  | "deviated"
  /** Performed, and the record does not say what the statement asks. */
  | "unknown"
  | "not-applicable";

/** A periodic activity of the catalog, as the sample performs it. */
export type PeriodicPlan = {
  readonly control: string;
  readonly activity: string;
  readonly every: Rhythm;
  /** The catalog's due rule. */
  readonly due: { readonly days: number; readonly calendar: "calendar" | "business" };
  readonly title: string;
  /** A handle. */
  readonly by: string;
  /** Business days after the period's end on which it is performed; below zero: before it. */
  readonly after: number;
  /** By order of the periods; the last one stands for all that follow. */
  readonly told: readonly Told[];
  /** What the record of a time that operated says; persons stand by handle. */
  readonly facts: JsonObject;
  /** What it says instead when told as deviated, and which fact it leaves out when told as unknown. */
  readonly deviates?: { readonly facts: JsonObject; readonly attribute: string; readonly why: string };
  readonly hides?: { readonly fact: string; readonly attribute: string };
  /** Days after which it is performed when told as late, counted like `after`. */
  readonly lateAfter?: number;
  /** Order of a period for which it is performed in the last half hour before it is late. */
  readonly lastMoment?: number;
  /** Order of a period for which it is performed twice. */
  readonly twice?: number;
  /** No longer owed for periods that end on or after this day of the window. */
  readonly untilDay?: number;
};

const BOARD = ["avelin", "bessamy", "emrin"];
const none = { days: 0, calendar: "calendar" } as const;

/** The day of the window from which the company has no office any more. */
export const OFFICE_CLOSED_DAY = 244;

export const PERIODIC_PLANS: readonly PeriodicPlan[] = [
  {
    control: "GOV-01",
    activity: "meeting",
    every: "quarter",
    due: { days: 30, calendar: "calendar" },
    title: "Minutes of the oversight meeting",
    by: "avelin",
    after: 9,
    lateAfter: 30,
    told: ["operated", "late", "operated"],
    facts: {
      attendees: BOARD,
      decisions: ["raise the budget for guardrail tests", "accept the risk register"],
    },
  },
  {
    control: "IAM-04",
    activity: "review",
    every: "quarter",
    due: { days: 15, calendar: "calendar" },
    title: "Access review",
    by: "ulric",
    after: 6,
    lateAfter: 13,
    told: ["operated", "deviated", "late", "operated"],
    // Counts come from the list of accounts.
    facts: { complete: true, reviewedBy: "corvan" },
    deviates: {
      facts: {},
      attribute: "removals-proven",
      why: "one account that was to be removed is on the later list",
    },
  },
  {
    control: "MON-01",
    activity: "quarterly",
    every: "quarter",
    due: { days: 30, calendar: "calendar" },
    title: "Testing of controls",
    by: "farrow",
    after: 15,
    told: ["operated", "operated", "unknown", "operated"],
    facts: { listed: 12, decided: 12, reviewedBy: "corvan", issues: 3, issuesOwned: 3 },
    hides: { fact: "issuesOwned", attribute: "issues-owned" },
  },
  {
    control: "PHY-01",
    activity: "review",
    every: "quarter",
    due: { days: 15, calendar: "calendar" },
    title: "Review of badge holders",
    by: "emrin",
    after: 5,
    told: ["operated"],
    untilDay: OFFICE_CLOSED_DAY,
    facts: { complete: true, listed: 31, decided: 31, removalsDecided: 2, removalsProven: 2 },
  },
  {
    control: "PHY-01",
    activity: "provider-report",
    every: "year",
    due: none,
    title: "Reading of the hosting provider's report",
    by: "farrow",
    after: -40,
    told: ["operated"],
    untilDay: OFFICE_CLOSED_DAY,
    facts: { listed: 1, decided: 1 },
  },
  {
    // One of each state, in the order of the months. The term of the fourth holds a change of the clock.
    control: "CAP-01",
    activity: "monthly",
    every: "month",
    due: { days: 5, calendar: "business" },
    title: "Capacity review",
    by: "vesper",
    after: 3,
    lateAfter: 8,
    lastMoment: 3,
    twice: 8,
    told: [
      "operated",
      "late",
      "missed",
      "operated",
      "operated",
      "deviated",
      "not-applicable",
      "unknown",
      "operated",
      "late",
      "operated",
    ],
    facts: {
      covers: ["capacity", "quotas", "fallback"],
      decisions: ["keep the reserve of the large pool at a fifth"],
    },
    deviates: {
      facts: { covers: ["capacity", "quotas"] },
      attribute: "topics-covered",
      why: "the fallback was not reviewed",
    },
    hides: { fact: "decisions", attribute: "decided" },
  },
  {
    control: "DAT-02",
    activity: "retention",
    every: "month",
    due: { days: 5, calendar: "business" },
    title: "Log of the retention job",
    by: "silas",
    after: 2,
    lateAfter: 8,
    told: [
      "operated",
      "operated",
      "operated",
      "operated",
      "deviated",
      "operated",
      "operated",
      "late",
      "operated",
    ],
    facts: { outcome: "succeeded", listed: 7, decided: 7 },
    deviates: {
      facts: { decided: 6 },
      attribute: "ran-everywhere",
      why: "the job ran in six of seven stores",
    },
  },
  {
    control: "MDL-02",
    activity: "drill",
    every: "half-year",
    due: none,
    title: "Rollback drill",
    by: "quenby",
    after: -18,
    told: ["operated", "deviated"],
    facts: { outcome: "succeeded", minutes: 22 },
    deviates: { facts: { minutes: 41 }, attribute: "in-time", why: "the rollback took 41 minutes" },
  },
  {
    control: "BCP-01",
    activity: "recovery-test",
    every: "year",
    due: none,
    title: "Recovery test",
    by: "ulric",
    after: -29,
    told: ["operated"],
    facts: {
      covers: ["databases", "model-artefacts"],
      withinTarget: true,
      minutes: 96,
      outcome: "succeeded",
    },
  },
  {
    control: "COM-01",
    activity: "yearly",
    every: "year",
    due: none,
    title: "Check of what is published",
    by: "emrin",
    after: -20,
    told: ["missed"],
    facts: { covers: ["commitments", "status", "reporting"] },
  },
  {
    control: "DOC-01",
    activity: "yearly",
    every: "year",
    due: none,
    title: "Review of policies",
    by: "farrow",
    after: -50,
    told: ["operated"],
    facts: { listed: 14, decided: 14, reviewedBy: "corvan" },
  },
  {
    control: "GOV-03",
    activity: "yearly",
    every: "year",
    due: none,
    title: "Roles and duties",
    by: "delphine",
    after: -61,
    told: ["deviated"],
    facts: { listed: 22, decided: 22, reviewedBy: "avelin" },
    deviates: {
      facts: { reviewedBy: "delphine" },
      attribute: "approved-by-another",
      why: "approved by the preparer",
    },
  },
  {
    control: "INC-02",
    activity: "yearly",
    every: "year",
    due: none,
    title: "Incident exercise",
    by: "corvan",
    after: -35,
    told: ["operated"],
    facts: {
      covers: ["model-failure"],
      attendees: ["ulric", "ginevra", "quenby"],
      issues: 5,
      issuesOwned: 5,
    },
  },
  {
    control: "NET-01",
    activity: "rules",
    every: "year",
    due: none,
    title: "Review of boundary rules",
    by: "vesper",
    after: -44,
    told: ["operated"],
    facts: { listed: 63, decided: 63, reviewedBy: "ginevra" },
  },
  {
    control: "PEN-01",
    activity: "yearly",
    every: "year",
    due: none,
    title: "Penetration test and red team",
    by: "farrow",
    after: -25,
    told: ["operated"],
    facts: { covers: ["application", "models"], issues: 11, issuesOwned: 11 },
  },
  {
    control: "RSK-01",
    activity: "yearly",
    every: "year",
    due: none,
    title: "Risk assessment",
    by: "corvan",
    after: -55,
    told: ["operated"],
    facts: { covers: ["fraud", "change", "ai"], listed: 34, decided: 34, reviewedBy: "avelin" },
  },
  {
    control: "VEN-01",
    activity: "yearly",
    every: "year",
    due: none,
    title: "Review of vendors",
    by: "farrow",
    after: -15,
    lateAfter: 10,
    told: ["late"],
    facts: { listed: 10, decided: 10 },
  },
];
