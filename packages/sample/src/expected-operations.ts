/** What was planted in signals, findings, backups, data, assets and vendors. */
import { DAY_MS, type EpochMs, type LocalDate } from "@countersign/kernel";
import type { SampleAbuseCase } from "./abuse-cases.ts";
import type { SampleAlert } from "./alerts.ts";
import type { SampleBackup, SampleRetirement } from "./backups.ts";
import { HOUR_MS, type Calendar } from "./calendar.ts";
import type { SampleDataset, SampleDeletion } from "./data.ts";
import { FIX_DAYS, type SampleFinding } from "./findings.ts";
import type { SampleBreach, SampleIncident } from "./incidents.ts";
import { deviated, expectActivity, unknown, type ExpectedActivity, type Verdict } from "./oracle.ts";
import type { SampleVendor } from "./vendors.ts";

function verdict(good: boolean, why: string): Verdict {
  return good ? "operated" : deviated(why);
}

/** Done within a term that runs from a time on. */
function within(from: EpochMs, done: EpochMs | undefined, term: number): Verdict {
  if (done === undefined) return deviated("not done");
  return verdict(done - from <= term, "done late");
}

export function expectSignals(
  calendar: Calendar,
  signals: {
    readonly incidents: readonly SampleIncident[];
    readonly alerts: readonly SampleAlert[];
    readonly cases: readonly SampleAbuseCase[];
    readonly breaches: readonly SampleBreach[];
  },
  abuseReviewFrom: LocalDate | undefined,
): ExpectedActivity[] {
  const { incidents, alerts, cases, breaches } = signals;
  const noted = incidents.filter((incident) => incident.noticeRequired);
  // In a window that is too short to hold the change, the control is in force from its first day on.
  const from = abuseReviewFrom ?? calendar.from;
  const inForce = cases.filter((one) => calendar.dateAt(one.raisedAt) >= from);
  return [
    expectActivity(
      { control: "INC-01", activity: "review", source: "incidents" },
      ["reviewed-in-time"],
      incidents.map(({ id, story }) => ({
        id,
        notDue: story === "still-open",
        verdicts: { "reviewed-in-time": verdict(story !== "reviewed-late", "after 37 days") },
      })),
    ),
    expectActivity(
      { control: "INC-01", activity: "notice", source: "incidents" },
      ["told-in-time"],
      noted.map(({ id, story }) => ({
        id,
        verdicts: { "told-in-time": verdict(story !== "told-late", "after 81 hours") },
      })),
    ),
    expectActivity(
      { control: "ALR-01", activity: "triage", source: "alerts" },
      ["judged-in-time", "verdict-recorded"],
      alerts.map(({ id, story }) => ({
        id,
        verdicts:
          story === "not-recorded"
            ? { "judged-in-time": unknown(story), "verdict-recorded": unknown(story) }
            : {
                "judged-in-time": verdict(story !== "judged-late" && story !== "not-judged", story),
                "verdict-recorded": verdict(story !== "no-verdict" && story !== "not-judged", story),
              },
      })),
    ),
    expectActivity(
      { control: "ABU-01", activity: "case", source: "abuse-cases" },
      ["reviewed-in-time", "decision-recorded", "action-taken"],
      inForce.map(({ id, story }) => ({
        id,
        notDue: story === "still-open",
        verdicts:
          story === "not-recorded"
            ? {
                "reviewed-in-time": unknown(story),
                "decision-recorded": unknown(story),
                "action-taken": unknown(story),
              }
            : {
                "reviewed-in-time": verdict(story !== "reviewed-late", "after 96 hours"),
                "action-taken": verdict(story !== "no-action", story),
              },
      })),
    ),
    expectActivity(
      { control: "MDL-04", activity: "breach", source: "quality-breaches" },
      ["ticket-in-time"],
      breaches.map(({ id, late }) => ({
        id,
        verdicts: { "ticket-in-time": verdict(!late, "after 31 hours") },
      })),
    ),
  ];
}

export function expectFindings(calendar: Calendar, findings: readonly SampleFinding[]): ExpectedActivity[] {
  return (["critical", "high", "medium"] as const).map((severity) => {
    const term = FIX_DAYS[severity] * DAY_MS;
    return expectActivity(
      { control: "VUL-01", activity: severity, source: "scanner-findings" },
      ["fixed-in-time"],
      findings
        .filter((finding) => finding.severity === severity)
        .map(({ id, foundAt, fixedAt }) => ({
          id,
          notDue: fixedAt === undefined && foundAt + term > calendar.asOf,
          verdicts: { "fixed-in-time": within(foundAt, fixedAt, term) },
        })),
    );
  });
}

export function expectStores(
  calendar: Calendar,
  stores: {
    readonly backups: readonly SampleBackup[];
    readonly retirements: readonly SampleRetirement[];
    readonly datasets: readonly SampleDataset[];
    readonly deletions: readonly SampleDeletion[];
    readonly vendors: readonly SampleVendor[];
  },
): ExpectedActivity[] {
  const { backups, retirements, datasets, deletions, vendors } = stores;
  const term = 30 * DAY_MS;
  return [
    expectActivity(
      { control: "BCP-01", activity: "run", source: "backup-runs" },
      ["failure-handled"],
      backups.map((run) => ({
        id: run.id,
        verdicts: {
          "failure-handled": run.failed ? within(run.startedAt, run.handledAt, 24 * HOUR_MS) : "operated",
        },
      })),
    ),
    expectActivity(
      { control: "AST-01", activity: "retirement", source: "asset-retirements" },
      ["wiped-before", "proof-kept"],
      retirements
        .filter((retirement) => !retirement.unreadable)
        .map(({ id, proofKept }) => ({
          id,
          verdicts: { "proof-kept": verdict(proofKept, "no log of the wipe") },
        })),
    ),
    expectActivity(
      { control: "DAT-01", activity: "intake", source: "dataset-catalogue" },
      ["rights-recorded", "classified", "scanned", "approved-by-another"],
      datasets.map((dataset) => ({
        id: dataset.id,
        verdicts: {
          scanned: verdict(dataset.scanned, "not scanned"),
          "approved-by-another": verdict(dataset.approvedBy !== dataset.addedBy, "approved by who added it"),
        },
      })),
    ),
    expectActivity(
      { control: "DAT-02", activity: "deletion", source: "deletions" },
      ["deleted-in-time", "every-store"],
      deletions.map(({ id, raisedAt, deletedAt }) => ({
        id,
        notDue: deletedAt === undefined && raisedAt + term > calendar.asOf,
        verdicts: {
          "deleted-in-time": within(raisedAt, deletedAt, term),
          "every-store": deletedAt === undefined ? unknown("not said") : "operated",
        },
      })),
    ),
    expectActivity(
      { control: "VEN-01", activity: "onboarding", source: "vendors" },
      ["assessed-before-use", "terms-read"],
      vendors
        .filter((vendor) => calendar.holds(calendar.dateAt(vendor.onboardedAt)))
        .map((vendor) => ({
          id: vendor.id,
          verdicts: {
            "assessed-before-use": verdict(
              vendor.assessedAt <= vendor.onboardedAt,
              "assessed after first use",
            ),
            "terms-read": verdict(vendor.termsRead, "the terms were not read"),
          },
        })),
    ),
  ];
}
