/** Incidents, and times that a promised quality metric left its threshold. */
import { DAY_MS, type EpochMs } from "@countersign/kernel";
import { HOUR_MS, MINUTE_MS, type Calendar } from "./calendar.ts";
import { employedOn, MODELS, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, numbered, utc, type SampleTable } from "./table.ts";

export type IncidentStory = "in-order" | "reviewed-late" | "told-late" | "still-open";
export type SampleIncident = {
  readonly id: string;
  readonly story: IncidentStory;
  readonly summary: string;
  readonly severity: string;
  readonly detectedAt: EpochMs;
  readonly resolvedAt: EpochMs;
  readonly handledBy: SamplePerson;
  readonly reviewedAt: EpochMs | undefined;
  readonly noticeRequired: boolean;
  readonly noticeSentAt: EpochMs | undefined;
};

const INCIDENTS: readonly {
  part: number;
  story: IncidentStory;
  summary: string;
  severity: string;
  notice: boolean;
}[] = [
  {
    part: 0.06,
    story: "in-order",
    summary: "streaming answers stalled in one region",
    severity: "2",
    notice: false,
  },
  {
    part: 0.17,
    story: "in-order",
    summary: "usage counted twice for batch jobs",
    severity: "3",
    notice: false,
  },
  {
    part: 0.29,
    story: "reviewed-late",
    summary: "a rate limit was off for one endpoint",
    severity: "2",
    notice: false,
  },
  {
    part: 0.4,
    story: "in-order",
    summary: "a prompt cache answered across two keys of one tenant",
    severity: "1",
    notice: true,
  },
  {
    part: 0.52,
    story: "in-order",
    summary: "a model answered with another model's stop words",
    severity: "3",
    notice: false,
  },
  {
    part: 0.66,
    story: "told-late",
    summary: "error logs held prompts of one tenant",
    severity: "1",
    notice: true,
  },
  {
    part: 0.79,
    story: "in-order",
    summary: "a provider's outage outlasted the fallback's quota",
    severity: "2",
    notice: true,
  },
  {
    part: 0.97,
    story: "still-open",
    summary: "a canary pool served an expired prompt",
    severity: "3",
    notice: false,
  },
];

export function planIncidents(
  calendar: Calendar,
  people: readonly SamplePerson[],
  random: SeededRandom,
): SampleIncident[] {
  return INCIDENTS.map((about, index) => {
    const date = calendar.day(Math.max(1, Math.floor(about.part * calendar.length)));
    const detectedAt = calendar.at(date, random.integer(2, 21), random.integer(0, 59));
    const leads = people.filter(
      (one) => ["site-reliability", "security-engineer"].includes(one.role) && employedOn(one, date),
    );
    const reviewDays = about.story === "reviewed-late" ? 37 : random.integer(4, 16);
    return {
      id: numbered("INC", index, 3),
      story: about.story,
      summary: about.summary,
      severity: about.severity,
      detectedAt,
      resolvedAt: detectedAt + random.integer(35, 500) * MINUTE_MS,
      handledBy: random.pick(leads),
      reviewedAt: about.story === "still-open" ? undefined : detectedAt + reviewDays * DAY_MS,
      noticeRequired: about.notice,
      noticeSentAt: about.notice
        ? detectedAt + (about.story === "told-late" ? 81 : random.integer(6, 60)) * HOUR_MS
        : undefined,
    };
  });
}

export function incidentTable(incidents: readonly SampleIncident[]): SampleTable {
  return makeTable<SampleIncident>(
    { source: "incidents", kind: "incident" },
    [
      { header: "Incident", field: "id", cell: (row) => row.id },
      { header: "Summary", field: "summary", cell: (row) => row.summary },
      { header: "Severity", field: "severity", cell: (row) => row.severity },
      { header: "Detected", field: "detectedAt", cell: (row) => utc(row.detectedAt) },
      { header: "Acknowledged", field: "acknowledgedAt", cell: (row) => utc(row.detectedAt + 9 * MINUTE_MS) },
      { header: "Resolved", field: "resolvedAt", cell: (row) => utc(row.resolvedAt) },
      { header: "Lead", field: "handledBy", as: "email", cell: (row) => row.handledBy.email },
      { header: "Reviewed", field: "reviewed", as: "yes-no", cell: (row) => row.reviewedAt !== undefined },
      { header: "Review held", field: "reviewedAt", cell: (row) => utc(row.reviewedAt) },
      { header: "Notice needed", field: "noticeRequired", as: "yes-no", cell: (row) => row.noticeRequired },
      {
        header: "Notice sent",
        field: "noticeSent",
        as: "yes-no",
        cell: (row) => (row.noticeRequired ? row.noticeSentAt !== undefined : undefined),
      },
      { header: "Notice sent at", field: "noticeSentAt", cell: (row) => utc(row.noticeSentAt) },
    ],
    incidents,
  );
}

export type SampleBreach = {
  readonly id: string;
  readonly late: boolean;
  readonly metric: string;
  readonly model: string;
  readonly detectedAt: EpochMs;
  readonly ticketedAt: EpochMs;
};

export function planBreaches(calendar: Calendar, random: SeededRandom): SampleBreach[] {
  return calendar.anyTimes(calendar.inProportion(21, 8), random).map((detectedAt, index) => ({
    id: numbered("breach", index, 3),
    late: index === 5,
    metric: random.pick(["answer latency, 95th percentile", "refusal rate", "tool call accuracy"]),
    model: random.pick(MODELS),
    detectedAt,
    ticketedAt: detectedAt + (index === 5 ? 31 * 60 : random.integer(1, 90)) * MINUTE_MS,
  }));
}

export function breachTable(breaches: readonly SampleBreach[]): SampleTable {
  return makeTable<SampleBreach>(
    { source: "quality-breaches", kind: "quality-breach" },
    [
      { header: "Breach", field: "id", cell: (row) => row.id },
      { header: "Metric", field: "metric", cell: (row) => row.metric },
      { header: "Model", field: "model", cell: (row) => row.model },
      { header: "Detected", field: "detectedAt", cell: (row) => utc(row.detectedAt) },
      { header: "Ticketed", field: "ticketed", as: "yes-no", cell: () => "yes" },
      { header: "Ticket opened", field: "ticketedAt", cell: (row) => utc(row.ticketedAt) },
      { header: "Ticket", field: "ticket", cell: (row) => `QUA-${row.id.slice(-3)}` },
    ],
    breaches,
  );
}
