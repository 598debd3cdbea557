/** Security alerts. */
import type { EpochMs } from "@countersign/kernel";
import { MINUTE_MS, type Calendar } from "./calendar.ts";
import { employedOn, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, numbered, utc, type SampleTable } from "./table.ts";

export type AlertStory = "in-time" | "judged-late" | "not-judged" | "no-verdict" | "not-recorded";
export type SampleAlert = {
  readonly id: string;
  readonly story: AlertStory;
  readonly rule: string;
  readonly severity: string;
  readonly firedAt: EpochMs;
  readonly triagedAt: EpochMs;
  readonly triagedBy: SamplePerson;
  readonly verdict: string;
};

const ALERTS_A_YEAR = 164;
const ALERT_STORIES = new Map<number, AlertStory>([
  [9, "judged-late"],
  [23, "judged-late"],
  [24, "judged-late"],
  [37, "not-judged"],
  [48, "no-verdict"],
  [61, "judged-late"],
  [70, "not-recorded"],
]);
const ALERT_RULES = [
  "sign-in from a new country",
  "key used from two networks",
  "role raised outside a session",
  "egress to an unknown host",
  "log source silent",
  "image without a signature",
];

export function planAlerts(
  calendar: Calendar,
  people: readonly SamplePerson[],
  random: SeededRandom,
): SampleAlert[] {
  const times = calendar.anyTimes(calendar.inProportion(ALERTS_A_YEAR, 75), random);
  return times.map((firedAt, index) => {
    const story = ALERT_STORIES.get(index) ?? "in-time";
    const date = calendar.dateAt(firedAt);
    const onCall = people.filter(
      (one) => ["security-engineer", "site-reliability"].includes(one.role) && employedOn(one, date),
    );
    const minutes = story === "judged-late" ? random.integer(25, 70) * 60 : random.integer(6, 20 * 60);
    return {
      id: numbered("alert", index),
      story,
      rule: random.pick(ALERT_RULES),
      severity: random.weighted(["low", "medium", "high"], (severity) => (severity === "high" ? 1 : 4)),
      firedAt,
      triagedAt: firedAt + minutes * MINUTE_MS,
      triagedBy: random.pick(onCall),
      verdict: random.weighted(["benign", "expected", "malicious"], (verdict) =>
        verdict === "malicious" ? 1 : 9,
      ),
    };
  });
}

export function alertTable(alerts: readonly SampleAlert[]): SampleTable {
  const judged = (row: SampleAlert) => row.story !== "not-judged" && row.story !== "not-recorded";
  return makeTable<SampleAlert>(
    { source: "alerts", kind: "alert" },
    [
      { header: "Alert", field: "id", cell: (row) => row.id },
      { header: "Rule", field: "rule", cell: (row) => row.rule },
      { header: "Severity", field: "severity", cell: (row) => row.severity },
      { header: "Fired at", field: "firedAt", cell: (row) => utc(row.firedAt) },
      {
        header: "Judged",
        field: "triaged",
        as: "yes-no",
        cell: (row) => (row.story === "not-recorded" ? undefined : judged(row)),
      },
      {
        header: "Judged at",
        field: "triagedAt",
        cell: (row) => (judged(row) ? utc(row.triagedAt) : undefined),
      },
      {
        header: "Judged by",
        field: "triagedBy",
        as: "email",
        cell: (row) => (judged(row) ? row.triagedBy.email : undefined),
      },
      {
        header: "Verdict recorded",
        field: "verdictRecorded",
        as: "yes-no",
        cell: (row) => (row.story === "not-recorded" ? undefined : judged(row) && row.story !== "no-verdict"),
      },
      {
        header: "Verdict",
        field: "verdict",
        cell: (row) => (judged(row) && row.story !== "no-verdict" ? row.verdict : undefined),
      },
    ],
    alerts,
  );
}
