/** One job reads the company's settings as each day begins; for nine days in the year it was off. */
import { addDays, type EpochMs, type LocalDate } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import { MODELS, SYSTEMS } from "./company.ts";
import { makeTable, utc, type SampleTable } from "./table.ts";

/** A setting of a resource that is watched. */
export type WatchedSetting = {
  readonly setting: string;
  readonly resource: string;
  /** The value that its control asks for. */
  readonly good: string;
  /** The value while it is not as it should be. */
  readonly bad: string;
  /** The resource exists from the window's nth day on; absent: it was there before. */
  readonly since?: number;
  /** Days of the window, both ends included, on which the bad value was read. */
  readonly lapse?: readonly [first: number, last: number];
  /** Days on which it was not read, though the job ran and nobody noticed. */
  readonly unread?: readonly [first: number, last: number];
};

const STORES = ["tenant-database", "model-weights", "dataset-lake", "retrieval-index"];
const ENDPOINTS = ["completions", "embeddings", "batch"];

function all(
  setting: string,
  resources: readonly string[],
  values: { readonly good: string; readonly bad: string },
  special: { readonly [resource: string]: Pick<WatchedSetting, "since" | "lapse" | "unread"> } = {},
): WatchedSetting[] {
  return resources.map((resource) => ({ setting, resource, ...values, ...special[resource] }));
}

const ENFORCED = { good: "enforced", bad: "optional" };
const ON = { good: "on", bad: "off" };
/** The desk for billing came into use in the course of the year. */
const BILLING_DESK_SINCE = 95;

export const WATCHED: readonly WatchedSetting[] = [
  ...all("single-sign-on", SYSTEMS, ENFORCED, { "billing-desk": { since: BILLING_DESK_SINCE } }),
  ...all("second-factor", SYSTEMS, ENFORCED, {
    "billing-desk": { since: BILLING_DESK_SINCE },
    "cloud-console": { lapse: [201, 203] },
  }),
  ...all("encryption-at-rest", STORES, ON),
  ...all("encryption-in-transit", ENDPOINTS, ON),
  ...all("backup-schedule", ["tenant-database", "model-registry"], { good: "daily", bad: "weekly" }),
  ...all("central-logging", SYSTEMS, ON, { "billing-desk": { since: BILLING_DESK_SINCE } }),
  ...all("log-retention-days", ["log-store"], { good: "400", bad: "180" }),
  ...all("endpoint-authentication", ENDPOINTS, { good: "required", bad: "none" }),
  ...all("rate-limit", ENDPOINTS, ON, { batch: { lapse: [104, 104] }, embeddings: { unread: [60, 62] } }),
  ...all("quality-monitoring", MODELS, ON, { "lumen-code": { since: 160 } }),
  ...all("vulnerability-scanning", ["api", "infrastructure", "image-registry"], ON),
];

/** The days, both ends included, on which the job was off. */
export type Outage = { readonly first: LocalDate; readonly last: LocalDate };

const OUTAGE_DAY = 126;
const OUTAGE_DAYS = 9;

/** Absent where the window is too short to hold it. */
export function outageOf(calendar: Calendar): Outage | undefined {
  if (calendar.length < OUTAGE_DAY + OUTAGE_DAYS) return undefined;
  return { first: calendar.day(OUTAGE_DAY), last: calendar.day(OUTAGE_DAY + OUTAGE_DAYS - 1) };
}

export type SampleObservation = {
  readonly id: string;
  readonly watched: WatchedSetting;
  readonly value: string;
  readonly observedAt: EpochMs;
  readonly resourceSince: EpochMs;
};

function within(n: number, days: readonly [first: number, last: number] | undefined): boolean {
  return days !== undefined && n >= days[0] && n <= days[1];
}

export function planObservations(calendar: Calendar): SampleObservation[] {
  const outage = outageOf(calendar);
  const observations: SampleObservation[] = [];
  for (let n = 1; n <= calendar.length; n++) {
    const date = calendar.day(n);
    if (outage !== undefined && date >= outage.first && date <= outage.last) continue;
    for (const watched of WATCHED) {
      const since = watched.since ?? -200;
      if (n < since || within(n, watched.unread)) continue;
      observations.push({
        id: `${date}/${watched.setting}/${watched.resource}`,
        watched,
        value: within(n, watched.lapse) ? watched.bad : watched.good,
        observedAt: calendar.at(date, 0),
        resourceSince: calendar.at(addDays(calendar.from, since - 1), 0),
      });
    }
  }
  return observations;
}

export function observationTable(observations: readonly SampleObservation[]): SampleTable {
  return makeTable<SampleObservation>(
    { source: "settings-reader", kind: "configuration" },
    [
      { header: "Observation", field: "id", cell: (row) => row.id },
      { header: "Resource", field: "resource", cell: (row) => row.watched.resource },
      { header: "Setting", field: "setting", cell: (row) => row.watched.setting },
      { header: "Value", field: "value", cell: (row) => row.value },
      {
        header: "Number",
        field: "number",
        as: "integer",
        cell: (row) => (/^\d+$/.test(row.value) ? row.value : undefined),
      },
      { header: "Read at", field: "observedAt", cell: (row) => utc(row.observedAt) },
      { header: "Resource since", field: "resourceSince", cell: (row) => utc(row.resourceSince) },
    ],
    observations,
  );
}
