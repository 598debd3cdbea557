/** Puts the invented company together: the same options give the same bytes, wherever and whenever. */
import { epochOf, formatInstant, type Instant, type LocalDate, type TimeZone } from "@countersign/kernel";
import { planAbuseCases, abuseCaseTable, type SampleAbuseCase } from "./abuse-cases.ts";
import { accountTable, planAccounts, type SampleAccount } from "./access-lists.ts";
import {
  grantTable,
  planGrants,
  planSessions,
  sessionTable,
  type SampleGrant,
  type SampleSession,
} from "./access.ts";
import { planActs, type SampleActs } from "./acts.ts";
import { alertTable, planAlerts, type SampleAlert } from "./alerts.ts";
import {
  backupTable,
  planBackups,
  planRetirements,
  retirementTable,
  type SampleBackup,
  type SampleRetirement,
} from "./backups.ts";
import { Calendar } from "./calendar.ts";
import { planChanges } from "./changes.ts";
import { ORGANIZATION, peopleOf, type SamplePerson } from "./company.ts";
import { observationTable, planObservations } from "./configuration.ts";
import {
  datasetTable,
  deletionTable,
  planDatasets,
  planDeletions,
  type SampleDataset,
  type SampleDeletion,
} from "./data.ts";
import { deployTables, planDeploys, type SampleDeploy } from "./deploys.ts";
import { acknowledgementTable, planDuties, trainingTable, type SampleDuty } from "./duties.ts";
import { planEvidence, type SampleEvidence } from "./evidence.ts";
import { sampleFiles, type SampleFile } from "./files.ts";
import { findingTable, planFindings, type SampleFinding } from "./findings.ts";
import {
  breachTable,
  incidentTable,
  planBreaches,
  planIncidents,
  type SampleBreach,
  type SampleIncident,
} from "./incidents.ts";
import { lakeTables, planLakeAccess, type LakeAccess } from "./lake-access.ts";
import { planReleases, releaseDifferences, releaseTables, type SampleRelease } from "./model-releases.ts";
import { periodsOf } from "./periods.ts";
import { planOtherPulls, type OtherPull } from "./pulls.ts";
import { SeededRandom } from "./random.ts";
import { buildRepositories, type SampleChange, type SampleRepository } from "./repositories.ts";
import { planStoreLooks, storeLookTable } from "./store-looks.ts";
import type { SampleTable } from "./table.ts";
import { planVendors, vendorTable, type SampleVendor } from "./vendors.ts";
import {
  hireTable,
  leaverTable,
  planHires,
  planLeavers,
  type SampleHire,
  type SampleLeaver,
} from "./workforce.ts";

export type SampleOptions = {
  /** Any whole number. */
  readonly seed: number;
  /** The observation window, both ends included. */
  readonly from: LocalDate;
  readonly through: LocalDate;
  readonly zone: TimeZone;
  /** Changes within the window; without it a thousand a year, with 412 deployments and 118 model releases. */
  readonly changes?: number;
  /** The text of `catalog.lock` for the catalog that the sample adopts, as the program package writes it. */
  readonly catalogLock?: string;
};

/** Everything that happened, by kind. */
export type SampleRecords = {
  readonly changes: readonly SampleChange[];
  readonly otherPulls: readonly OtherPull[];
  readonly deploys: readonly SampleDeploy[];
  readonly releases: readonly SampleRelease[];
  readonly releaseDifferences: ReturnType<typeof releaseDifferences>;
  readonly hires: readonly SampleHire[];
  readonly leavers: readonly SampleLeaver[];
  readonly trainings: readonly SampleDuty[];
  readonly acknowledgements: readonly SampleDuty[];
  readonly grants: readonly SampleGrant[];
  readonly sessions: readonly SampleSession[];
  readonly accounts: readonly SampleAccount[];
  readonly incidents: readonly SampleIncident[];
  readonly alerts: readonly SampleAlert[];
  readonly abuseCases: readonly SampleAbuseCase[];
  readonly breaches: readonly SampleBreach[];
  readonly findings: readonly SampleFinding[];
  readonly backups: readonly SampleBackup[];
  readonly retirements: readonly SampleRetirement[];
  readonly datasets: readonly SampleDataset[];
  readonly deletions: readonly SampleDeletion[];
  readonly vendors: readonly SampleVendor[];
  readonly lakeAccess: LakeAccess;
};

export type SampleCompany = {
  readonly organization: { readonly id: string; readonly name: string };
  readonly options: SampleOptions;
  /** When the sample is best assessed: some terms still run then, so that "not due" is seen. */
  readonly asOf: Instant;
  readonly people: readonly SamplePerson[];
  readonly records: SampleRecords;
  readonly repositories: readonly SampleRepository[];
  /** Evidence to be added through `evidence add`, and how each occurrence is meant to stand. */
  readonly evidence: SampleEvidence;
  /** What people decide beside the records. */
  readonly acts: SampleActs;
  /** Files below the sample's home, without the repositories. */
  readonly files: readonly SampleFile[];
};

/**
 * @throws RangeError for a window of less than 30 days, whose people would have nothing to do, and for fewer changes
 *   than there are stories to tell
 */
export function generateSample(options: SampleOptions): SampleCompany {
  const calendar = new Calendar(options.from, options.through, options.zone);
  if (calendar.length < 30) throw new RangeError("a sample needs a window of at least 30 days");
  const random = new SeededRandom(options.seed);
  const people = peopleOf(calendar);
  const changeCount = options.changes ?? Math.max(60, Math.round((1000 * calendar.length) / 365));
  const planned = planChanges(calendar, people, changeCount, random.fork("changes"));
  const { repositories, changes } = buildRepositories(calendar, planned, byHandle(people, "bessamy"));
  const records = planRecords(calendar, people, changes, changeCount, random);
  const asOf = calendar.dateAt(calendar.asOf);
  const lists = Map.groupBy(records.accounts, (account) => account.list);
  const evidence = planEvidence(calendar, people, lists, asOf, random.fork("evidence"));
  const { occurrences } = evidence;
  const { hires, leavers, releases } = records;
  const acts = planActs(calendar, {
    occurrences,
    hires,
    leavers,
    releases,
    unserved: records.releaseDifferences.unserved,
  });
  const recovery = evidence.performances.find(({ control }) => control === "BCP-01");
  const heldSince = recovery === undefined ? undefined : epochOf(recovery.performed.at);
  const tables = [
    ...tablesOf(calendar, records, random.fork("tables")),
    ...lakeTables(records.lakeAccess),
    storeLookTable(planStoreLooks(calendar, heldSince)),
  ];
  return {
    organization: ORGANIZATION,
    options,
    asOf: formatInstant(calendar.asOf),
    people,
    records,
    repositories,
    evidence,
    acts,
    files: sampleFiles(
      calendar,
      { people, records, tables, evidence, acts, catalogLock: options.catalogLock },
      random.fork("files"),
    ),
  };
}

export function calendarOf(options: SampleOptions): Calendar {
  return new Calendar(options.from, options.through, options.zone);
}

function byHandle(people: readonly SamplePerson[], handle: string): SamplePerson {
  const person = people.find((one) => one.handle === handle);
  if (person === undefined) throw new TypeError(`nobody has the handle ${handle}`);
  return person;
}

/** By order: the quarter whose review forgets a removal, which `periodic.ts` tells as deviated. */
const FORGETFUL_REVIEW = 1;

function planRecords(
  calendar: Calendar,
  people: readonly SamplePerson[],
  changes: readonly SampleChange[],
  changeCount: number,
  random: SeededRandom,
): SampleRecords {
  const releases = planReleases(
    calendar,
    people,
    Math.max(40, Math.round((118 * calendar.length) / 365)),
    random.fork("releases"),
  );
  const duty = (prefix: string, day: number) =>
    planDuties(calendar, people, { prefix, assigned: calendar.day(day), days: 30 }, random.fork(prefix));
  const leavers = planLeavers(calendar, people);
  const incidents = planIncidents(calendar, people, random.fork("incidents"));
  const lists = periodsOf("quarter", calendar).map(({ id, through }, index) => ({
    name: id,
    taken: calendar.dayAfter(through),
    forgets: index === FORGETFUL_REVIEW,
  }));
  return {
    changes,
    otherPulls: planOtherPulls(calendar, changes, people, random.fork("other pulls")),
    deploys: planDeploys(calendar, changes, people, Math.round(0.412 * changeCount), random.fork("deploys")),
    releases,
    releaseDifferences: releaseDifferences(releases, random.fork("release differences")),
    hires: planHires(calendar, people, random.fork("hires")),
    leavers,
    trainings: duty("course", 62),
    acknowledgements: duty("signature", 190),
    grants: planGrants(calendar, people, random.fork("grants")),
    sessions: planSessions(calendar, people, random.fork("sessions")),
    accounts: planAccounts(
      calendar,
      people,
      // A list that is not reviewed yet when the exports are taken is not among them.
      lists.filter(({ taken }) => calendar.holds(taken)),
      random.fork("accounts"),
    ),
    incidents,
    alerts: planAlerts(calendar, people, random.fork("alerts")),
    abuseCases: planAbuseCases(calendar, people, random.fork("abuse cases")),
    breaches: planBreaches(calendar, random.fork("breaches")),
    findings: planFindings(calendar, random.fork("findings")),
    backups: planBackups(calendar, people, random.fork("backups")),
    retirements: planRetirements(calendar, people, random.fork("retirements")),
    datasets: planDatasets(calendar, people, random.fork("datasets")),
    deletions: planDeletions(calendar, random.fork("deletions")),
    vendors: planVendors(calendar, people, random.fork("vendors")),
    lakeAccess: planLakeAccess(calendar, people, { leavers, incidents }),
  };
}

function tablesOf(calendar: Calendar, records: SampleRecords, random: SeededRandom): SampleTable[] {
  return [
    ...deployTables(calendar, records.deploys, random),
    ...releaseTables(records.releases, records.releaseDifferences),
    hireTable(calendar, records.hires),
    leaverTable(records.leavers),
    trainingTable(records.trainings),
    acknowledgementTable(records.acknowledgements),
    grantTable(records.grants),
    sessionTable(calendar, records.sessions),
    accountTable(records.accounts),
    incidentTable(records.incidents),
    alertTable(records.alerts),
    abuseCaseTable(records.abuseCases),
    breachTable(records.breaches),
    findingTable(records.findings),
    backupTable(records.backups),
    retirementTable(calendar, records.retirements),
    datasetTable(records.datasets),
    deletionTable(records.deletions),
    vendorTable(records.vendors),
    observationTable(planObservations(calendar)),
  ];
}
