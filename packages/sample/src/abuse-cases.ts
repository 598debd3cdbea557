/** Signals of abuse or misuse of the API. */
import type { EpochMs } from "@countersign/kernel";
import { HOUR_MS, type Calendar } from "./calendar.ts";
import { employedOn, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, numbered, utc, type SampleTable } from "./table.ts";

export type AbuseStory =
  | "in-order"
  | "reviewed-late"
  | "no-action"
  /** The export says nothing of its review. */
  | "not-recorded"
  /** Raised so shortly before the export that nobody had looked yet. */
  | "still-open";
export type SampleAbuseCase = {
  readonly id: string;
  readonly story: AbuseStory;
  readonly rule: string;
  readonly raisedAt: EpochMs;
  readonly reviewedAt: EpochMs;
  readonly reviewedBy: SamplePerson;
  readonly decision: string;
  readonly actionRequired: boolean;
};

const ABUSE_CASES_A_YEAR = 96;
const ABUSE_STORIES = new Map<number, AbuseStory>([
  [31, "reviewed-late"],
  [38, "no-action"],
  [46, "not-recorded"],
]);
const ABUSE_RULES = [
  "credential harvesting",
  "bulk account creation",
  "policy evasion by encoding",
  "scraped resale",
];

export function planAbuseCases(
  calendar: Calendar,
  people: readonly SamplePerson[],
  random: SeededRandom,
): SampleAbuseCase[] {
  const times = calendar.anyTimes(calendar.inProportion(ABUSE_CASES_A_YEAR, 50), random);
  return times.map((raisedAt, index) => {
    const told = ABUSE_STORIES.get(index) ?? "in-order";
    const date = calendar.dateAt(raisedAt);
    const reviewers = people.filter((one) => one.role === "trust-and-safety" && employedOn(one, date));
    const reviewedAt = raisedAt + (told === "reviewed-late" ? 96 : random.integer(1, 66)) * HOUR_MS;
    const story = reviewedAt > calendar.exportedAt ? "still-open" : told;
    const actionRequired = story === "no-action" || (story === "in-order" && random.chance(0.55));
    return {
      id: numbered("abuse", index),
      story,
      rule: random.pick(ABUSE_RULES),
      raisedAt,
      reviewedAt,
      reviewedBy: random.pick(reviewers),
      decision: actionRequired ? "suspend the key" : "no misuse found",
      actionRequired,
    };
  });
}

export function abuseCaseTable(cases: readonly SampleAbuseCase[]): SampleTable {
  const reviewed = (row: SampleAbuseCase) => row.story !== "not-recorded" && row.story !== "still-open";
  const acted = (row: SampleAbuseCase) => reviewed(row) && row.actionRequired && row.story !== "no-action";
  const said = (row: SampleAbuseCase) => (row.story === "not-recorded" ? undefined : reviewed(row));
  return makeTable<SampleAbuseCase>(
    { source: "abuse-cases", kind: "abuse-case" },
    [
      { header: "Case", field: "id", cell: (row) => row.id },
      { header: "Detection", field: "rule", cell: (row) => row.rule },
      { header: "Detection version", field: "ruleVersion", cell: () => "3" },
      { header: "Raised", field: "raisedAt", cell: (row) => utc(row.raisedAt) },
      { header: "Reviewed", field: "reviewed", as: "yes-no", cell: said },
      {
        header: "Reviewed at",
        field: "reviewedAt",
        cell: (row) => (reviewed(row) ? utc(row.reviewedAt) : undefined),
      },
      {
        header: "Reviewed by",
        field: "reviewedBy",
        as: "email",
        cell: (row) => (reviewed(row) ? row.reviewedBy.email : undefined),
      },
      { header: "Decided", field: "decided", as: "yes-no", cell: said },
      { header: "Decision", field: "decision", cell: (row) => (reviewed(row) ? row.decision : undefined) },
      {
        header: "Action needed",
        field: "actionRequired",
        as: "yes-no",
        cell: (row) => (reviewed(row) ? row.actionRequired : undefined),
      },
      {
        header: "Action taken",
        field: "acted",
        as: "yes-no",
        cell: (row) => (reviewed(row) && row.actionRequired ? acted(row) : undefined),
      },
      { header: "Action", field: "action", cell: (row) => (acted(row) ? "key suspended" : undefined) },
      {
        header: "Acted at",
        field: "actedAt",
        cell: (row) => (acted(row) ? utc(row.reviewedAt + HOUR_MS) : undefined),
      },
    ],
    cases,
  );
}
