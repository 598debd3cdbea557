/**
 * What was planted, as the generator knows it from its own stories: the oracle that an assessment of the sample is
 * compared with. Nothing here evaluates a rule of the catalog.
 */
import type { LocalDate } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import { CHANGE_TRUTH, type ChangeStory } from "./change-stories.ts";
import { CONCENTRATED_ON } from "./changes.ts";
import { outageOf } from "./configuration.ts";
import type { PlannedOccurrence } from "./evidence.ts";
import { expectChanges, expectReleases } from "./expected-changes.ts";
import { expectFindings, expectSignals, expectStores } from "./expected-operations.ts";
import { expectAccess, expectDuties, expectHires, expectLeavers } from "./expected-people.ts";
import { expectStates, type ExpectedState } from "./expected-states.ts";
import { calendarOf, type SampleCompany, type SampleRecords } from "./generate.ts";
import type { ExpectedActivity } from "./oracle.ts";
import {
  plantedAccess,
  plantedGaps,
  plantedPastTerm,
  type PlantedAccess,
  type PlantedGap,
} from "./planted-system.ts";
import { controlChangesOf } from "./program-folder.ts";

export type PlantedChange = {
  readonly revision: string;
  readonly repository: string;
  readonly number: number | undefined;
  readonly story: ChangeStory;
  /** The author's handle. */
  readonly author: string;
};

export type PlantedFacts = {
  /** Items of each source that lie in the window. */
  readonly populations: readonly { readonly source: string; readonly kind: string; readonly count: number }[];
  readonly perItem: readonly ExpectedActivity[];
  readonly periodic: readonly PlannedOccurrence[];
  readonly states: readonly ExpectedState[];
  /** Every change in the window whose story is not one that operates. */
  readonly deviatedChanges: readonly PlantedChange[];
  /** Whom deviations of changes gather at, and how many of all. */
  readonly concentration: { readonly handle: string; readonly deviations: number; readonly of: number };
  readonly gaps: readonly {
    readonly source: string;
    readonly from: LocalDate;
    readonly through: LocalDate;
  }[];
  /** Keys that one of two reconciled lists alone holds. */
  readonly differences: readonly {
    readonly kind: string;
    readonly left: string;
    readonly right: string;
    readonly key: string;
    readonly onlyLeft: readonly string[];
    readonly onlyRight: readonly string[];
  }[];
  /** Days on which a control is new, changes its wording, or ends. */
  readonly controlChanges: readonly {
    readonly control: string;
    readonly from: LocalDate;
    readonly what: string;
  }[];
  /** Rows that no reader can place, so that the read of their list is partial. */
  readonly unreadable: readonly { readonly source: string; readonly item: string; readonly why: string }[];
  /** Controls for which the sample holds no records at all. */
  readonly withoutRecords: readonly string[];
  /** What the company leaves unsaid of its system, or says wrong, on the sample's own date; nothing else is to be found. */
  readonly programGaps: readonly PlantedGap[];
  /** Stores that hold data past its term at the last look. */
  readonly pastTerm: readonly string[];
  readonly access: readonly PlantedAccess[];
};

export function plantedFacts(sample: SampleCompany): PlantedFacts {
  const calendar = calendarOf(sample.options);
  const { records } = sample;
  const deviatedChanges = deviationsOf(records);
  const outage = outageOf(calendar);
  const changes = controlChangesOf(calendar);
  const { unserved, unregistered } = records.releaseDifferences;
  return {
    populations: populationsOf(calendar, records),
    perItem: expectPerItem(calendar, records, changes),
    periodic: sample.evidence.occurrences,
    states: expectStates(calendar),
    deviatedChanges,
    concentration: {
      handle: CONCENTRATED_ON,
      deviations: deviatedChanges.filter((change) => change.author === CONCENTRATED_ON).length,
      of: deviatedChanges.length,
    },
    gaps:
      outage === undefined ? [] : [{ source: "settings-reader", from: outage.first, through: outage.last }],
    differences: [
      {
        kind: "deploy",
        left: "deploy-pipeline",
        right: "cluster-audit-log",
        key: "revision",
        onlyLeft: [],
        onlyRight: [],
      },
      {
        kind: "model-release",
        left: "model-registry",
        right: "serving-log",
        key: "digest",
        onlyLeft: unserved === undefined ? [] : [unserved],
        onlyRight: [unregistered],
      },
    ],
    controlChanges: [
      ...dated("ABU-01", changes.abuseReview, "new"),
      ...dated("IAM-03", changes.leaverWording, "5 days become 24 hours"),
      ...dated("PHY-01", changes.officeClosed, "retired"),
    ],
    unreadable: records.retirements
      .filter((retirement) => retirement.unreadable)
      .map(({ id }) => ({ source: "asset-retirements", item: id, why: "30 February is no day" })),
    withoutRecords: ["END-01", "IAM-06"],
    programGaps: plantedGaps(sample, calendar),
    pastTerm: plantedPastTerm(sample),
    access: plantedAccess(sample, calendar),
  };
}

function dated(control: string, from: LocalDate | undefined, what: string) {
  return from === undefined ? [] : [{ control, from, what }];
}

function deviationsOf(records: SampleRecords): PlantedChange[] {
  return records.changes
    .filter((change) => change.inWindow && Object.values(CHANGE_TRUTH[change.story]).includes(false))
    .map((change) => ({
      revision: change.revision,
      repository: change.repository,
      number: change.number,
      story: change.story,
      author: change.author?.handle ?? "patchling",
    }));
}

function expectPerItem(
  calendar: Calendar,
  records: SampleRecords,
  changes: ReturnType<typeof controlChangesOf>,
): ExpectedActivity[] {
  const { incidents, alerts, breaches } = records;
  return [
    ...expectChanges(records.changes),
    ...expectReleases(records.releases),
    ...expectHires(records.hires),
    expectLeavers(calendar, records.leavers, changes.leaverWording),
    expectDuties(
      { control: "HR-02", activity: "yearly", source: "training", attribute: "trained-by-due-date" },
      records.trainings,
    ),
    expectDuties(
      {
        control: "GOV-02",
        activity: "each-version",
        source: "policy-signatures",
        attribute: "acknowledged-by-due-date",
      },
      records.acknowledgements,
    ),
    ...expectAccess(records.grants, records.sessions),
    ...expectSignals(
      calendar,
      { incidents, alerts, cases: records.abuseCases, breaches },
      changes.abuseReview,
    ),
    ...expectFindings(calendar, records.findings),
    ...expectStores(calendar, records),
  ];
}

function populationsOf(calendar: Calendar, records: SampleRecords): PlantedFacts["populations"] {
  const inWindow = records.changes.filter((change) => change.inWindow);
  const vendors = records.vendors.filter((vendor) => calendar.holds(calendar.dateAt(vendor.onboardedAt)));
  const { unserved } = records.releaseDifferences;
  const counts: readonly (readonly [source: string, kind: string, count: number])[] = [
    ["history", "change", inWindow.length],
    ["reviews", "change", inWindow.filter((change) => change.number !== undefined).length],
    ["deploy-pipeline", "deploy", records.deploys.length],
    ["cluster-audit-log", "deploy", records.deploys.length],
    ["model-registry", "model-release", records.releases.length],
    ["serving-log", "model-release", records.releases.length + (unserved === undefined ? 1 : 0)],
    ["hr-joiners", "hire", records.hires.length],
    ["hr-leavers", "leaver", records.leavers.filter((leaver) => calendar.holds(leaver.lastDay)).length],
    ["training", "training", records.trainings.length],
    ["policy-signatures", "acknowledgement", records.acknowledgements.length],
    ["access-grants", "access-grant", records.grants.length],
    ["privileged-sessions", "session", records.sessions.length],
    ["access-lists", "account", records.accounts.length],
    ["incidents", "incident", records.incidents.length],
    ["alerts", "alert", records.alerts.length],
    ["abuse-cases", "abuse-case", records.abuseCases.length],
    ["quality-breaches", "quality-breach", records.breaches.length],
    ["scanner-findings", "finding", records.findings.length],
    ["backup-runs", "backup", records.backups.length],
    ["asset-retirements", "asset-retirement", records.retirements.filter((one) => !one.unreadable).length],
    ["dataset-catalogue", "dataset", records.datasets.length],
    ["deletions", "deletion", records.deletions.length],
    ["vendors", "vendor", vendors.length],
    ["lake-lists", "access-entry", records.lakeAccess.lists.length],
    ["lake-groups", "group-member", records.lakeAccess.members.length],
    ["lake-changes", "access-event", records.lakeAccess.changes.length],
    ["break-glass", "session", records.lakeAccess.sessions.length],
  ];
  return counts.map(([source, kind, count]) => ({ source, kind, count }));
}
