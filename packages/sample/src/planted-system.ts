/**
 * What is wrong on purpose in what the company says of its system, and what its lists of access and its stores show: known from
 * the stories, as everything else that was planted. Nothing here looks at a file that was written.
 */
import { addDays, type LocalDate } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import type { SampleCompany } from "./generate.ts";
import { lakeLogGapOf, LAKE } from "./lake-access.ts";
import { HELD_STORE } from "./store-looks.ts";
import { unfiltered } from "./system/data.ts";
import { SECOND_PROVIDER_DAY, servedReleases, versionIdOf } from "./system/models.ts";
import { performedOn, type SystemParts } from "./system/parts.ts";
import { NOTICE_HOURS, OVERDUE_FINDING, UNDECIDED_SUMMARY } from "./system/registers.ts";
import { vendorIdOf } from "./system/vendors.ts";

/** A gap of the program, as `gaps` is to find it on the sample's own date. */
export type PlantedGap = {
  /** The code of the check that finds it. */
  readonly code: string;
  /** Begins one of the facts that the gap names; the day of the version may follow the id. */
  readonly fact: string;
  readonly story: string;
};

/** Who could read the training data on a day, by handle; `unknown` where nothing can tell. */
export type PlantedAccess = {
  readonly resource: string;
  readonly on: LocalDate;
  readonly handle: string;
  readonly state: "could" | "could-not" | "unknown";
  readonly story: string;
};

export function plantedGaps(sample: SampleCompany, calendar: Calendar): readonly PlantedGap[] {
  const parts: SystemParts = { ...sample, calendar, performances: sample.evidence.performances };
  const { incidents, vendors } = sample.records;
  const date = (at: number) => calendar.dateAt(at);
  const asOf = date(calendar.asOf);
  const gaps: PlantedGap[] = [];
  const plant = (code: string, fact: string, story: string) =>
    gaps.push({ code, fact: `program/${fact}`, story });

  if (calendar.length > SECOND_PROVIDER_DAY) {
    plant(
      "model-id-alias",
      "modelVersions/cinder-current",
      "requests to the second provider name its newest model",
    );
    plant(
      "vendor-report-gap",
      "vendorReviews/cindermap-",
      "the second provider's report ended in November, and no bridge letter was asked for",
    );
  }
  for (const { name } of vendors.filter(({ termsRead }) => !termsRead))
    plant("vendor-without-contract", `vendors/${vendorIdOf(name)}`, "nobody has read its terms");
  for (const incident of incidents.filter(({ detectedAt }) => date(detectedAt) <= asOf)) {
    const id = `incidents/${incident.id.toLowerCase()}/`;
    if (incident.summary === UNDECIDED_SUMMARY)
      plant("incident-undecided", `${id}disclosure`, "whether the description tells of it was not decided");
    if (incident.reviewedAt === undefined)
      plant("incident-without-post-mortem", `${id}postMortem`, "it is over, and its review was not held");
    const last = addDays(date(incident.detectedAt), Math.ceil(NOTICE_HOURS / 24));
    if (incident.noticeSentAt !== undefined && date(incident.noticeSentAt) > last)
      plant("incident-notice-late", `${id}noticeSentOn`, "the notice went out after 81 hours");
  }
  if (addDays(performedOn(parts, "PEN-01"), 90) < asOf)
    plant("finding-overdue", `findings/${OVERDUE_FINDING}/`, "ninety days have passed, and it is not fixed");
  const dataset = unfiltered(parts);
  if (dataset !== undefined)
    plant(
      "dataset-without-opt-out-filter",
      `datasetVersions/${dataset}/`,
      "the form does not say that the filter ran",
    );
  const leaver = sample.people.find(({ handle }) => handle === "lorcan");
  if (leaver?.through !== undefined && leaver.through < asOf)
    plant("owner-left", "stores/batch-results/owner", "its owner left in winter, and nobody took it over");
  for (const model of ["lumen-small", "lumen-large", "lumen-embed", "lumen-code"]) {
    const current = servedReleases(parts, model).at(-1);
    // Of one that is out of use by then nobody asks any more.
    if (current?.story === "no-lineage")
      plant(
        "model-version-without-data",
        `modelVersions/${versionIdOf(current)}`,
        "its inventory names no data",
      );
    if (current === undefined) plant("model-without-version", `models/${model}`, "it was never released");
  }
  return gaps;
}

/** Stores whose oldest entry was past its term at the last look of the window. */
export function plantedPastTerm(sample: SampleCompany): readonly string[] {
  const tested = sample.evidence.performances.some(({ control }) => control === "BCP-01");
  return tested ? [HELD_STORE] : [];
}

/** Questions of access to the training data with the answer that each story gives. */
export function plantedAccess(sample: SampleCompany, calendar: Calendar): readonly PlantedAccess[] {
  const { brief, sessions } = sample.records.lakeAccess;
  const answers: PlantedAccess[] = [];
  const answer = (on: LocalDate, handle: string, state: PlantedAccess["state"], story: string) =>
    answers.push({ resource: LAKE, on, handle, state, story });
  if (brief !== undefined) {
    const { person, from, through } = brief;
    answer(addDays(from, 1), person.handle, "could", "granted and taken back between two lists");
    answer(addDays(through, 2), person.handle, "could-not", "after it was taken back");
  }
  const leaver = sample.records.leavers.find(({ person }) => person.handle === "tamsel");
  if (leaver?.removedAt !== undefined) {
    answer(addDays(leaver.lastDay, 2), "tamsel", "could", "left, and the group was not told yet");
    answer(addDays(calendar.dateAt(leaver.removedAt), 1), "tamsel", "could-not", "taken out of the group");
  }
  for (const { person, startedAt } of sessions) {
    answer(calendar.dateAt(startedAt), person.handle, "could", "a session for an incident");
    const gap = lakeLogGapOf(calendar);
    if (gap !== undefined)
      answer(gap.from, person.handle, "unknown", "nothing tells what changed while the lake's log was off");
  }
  return answers;
}
