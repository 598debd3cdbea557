/** Releases of models, prompts, guardrails and retrieval indexes: the registry's list, and what the servers loaded. */
import type { EpochMs } from "@countersign/kernel";
import { HOUR_MS, MINUTE_MS, type Calendar } from "./calendar.ts";
import { employedOn, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, numbered, utc, type SampleTable } from "./table.ts";

export type ReleaseStory =
  /** Evaluated, met, approved by another person, all before it served; rollback, data, code and owner are named. */
  | "gated"
  /** What serves is not what was evaluated. */
  | "other-digest"
  /** Approved three hours after it began to serve. */
  | "approved-after"
  /** Approved by the person who released it. */
  | "self-approved"
  | "threshold-not-met"
  /** No version is named to roll back to. */
  | "no-rollback"
  /** The registry's old form did not ask for the evaluation, so the export says nothing of it. */
  | "old-form"
  /** The inventory names no data manifest. */
  | "no-lineage";

export type SampleRelease = {
  readonly id: string;
  readonly story: ReleaseStory;
  readonly model: string;
  readonly version: string;
  readonly deployedAt: EpochMs;
  readonly releasedBy: SamplePerson;
  readonly approvedBy: SamplePerson;
  readonly approvedAt: EpochMs;
  /** Of what serves. */
  readonly digest: string;
  readonly evaluatedDigest: string;
  readonly evaluatedAt: EpochMs;
  readonly rollbackTo: string | undefined;
  readonly dataDigest: string;
  readonly codeRevision: string;
  readonly owner: SamplePerson;
};

const ARTEFACTS = [
  { name: "lumen-small", weight: 4 },
  { name: "lumen-large", weight: 3 },
  { name: "lumen-embed", weight: 2 },
  { name: "lumen-code", weight: 3 },
  { name: "assistant prompt", weight: 6 },
  { name: "safety guardrail", weight: 5 },
  { name: "help index", weight: 4 },
];

/** Where in the year, from 0 to 1, a release tells another story than `gated`. */
const TOLD: readonly (readonly [ReleaseStory, number])[] = [
  ["old-form", 0.01],
  ["old-form", 0.03],
  ["no-lineage", 0.14],
  ["self-approved", 0.22],
  ["approved-after", 0.41],
  ["no-rollback", 0.53],
  ["other-digest", 0.67],
  ["threshold-not-met", 0.88],
];

/** @returns so many releases in the order of their times */
export function planReleases(
  calendar: Calendar,
  people: readonly SamplePerson[],
  count: number,
  random: SeededRandom,
): SampleRelease[] {
  const stories = new Map(TOLD.map(([story, part]) => [Math.floor(part * count), story]));
  const days = calendar.businessDays(calendar.from, calendar.through);
  const times = Array.from(
    { length: count },
    () => calendar.workingTime(random.pick(days), random) - 30 * MINUTE_MS,
  );
  times.sort((a, b) => a - b);
  const versions = new Map<string, number>();
  return times.map((deployedAt, index) => {
    const story = stories.get(index) ?? "gated";
    const model = random.weighted(ARTEFACTS, (artefact) => artefact.weight).name;
    const minor = (versions.get(model) ?? 6) + 1;
    versions.set(model, minor);
    return planOne(
      calendar,
      people,
      { id: numbered("rel", index, 3), story, model, minor, deployedAt },
      random,
    );
  });
}

function planOne(
  calendar: Calendar,
  people: readonly SamplePerson[],
  about: { id: string; story: ReleaseStory; model: string; minor: number; deployedAt: EpochMs },
  random: SeededRandom,
): SampleRelease {
  const { id, story, model, minor, deployedAt } = about;
  const date = calendar.dateAt(deployedAt);
  const makers = people.filter((person) => person.role === "ml-engineer" && employedOn(person, date));
  const releasedBy = random.pick(makers);
  const approvers = people.filter(
    (person) =>
      person !== releasedBy &&
      employedOn(person, date) &&
      ["ml-engineer", "head-of-engineering", "security-engineer"].includes(person.role),
  );
  const approvedBy = story === "self-approved" ? releasedBy : random.pick(approvers);
  const approvedAt =
    story === "approved-after"
      ? deployedAt + 3 * HOUR_MS
      : calendar.workingTimeBefore(deployedAt, 10, random);
  const evaluatedAt = calendar.workingTimeBefore(Math.min(approvedAt, deployedAt), 30, random);
  const digest = `sha256:${random.hex(64)}`;
  return {
    id,
    story,
    model,
    version: `2.${minor}.0`,
    deployedAt,
    releasedBy,
    approvedBy,
    approvedAt,
    digest,
    evaluatedDigest: story === "other-digest" ? `sha256:${random.hex(64)}` : digest,
    evaluatedAt,
    rollbackTo: story === "no-rollback" ? undefined : `2.${minor - 1}.0`,
    dataDigest: `sha256:${random.hex(64)}`,
    codeRevision: random.hex(40),
    owner: random.pick(makers),
  };
}

/** One release that the registry lists and no server loaded, and one that a server loaded and no registry lists. */
export function releaseDifferences(releases: readonly SampleRelease[], random: SeededRandom) {
  const unserved = releases[Math.floor(releases.length * 0.31)];
  return { unserved: unserved?.digest, unregistered: `sha256:${random.hex(64)}` };
}

export function releaseTables(
  releases: readonly SampleRelease[],
  differences: ReturnType<typeof releaseDifferences>,
): SampleTable[] {
  const old = (row: SampleRelease) => row.story === "old-form";
  const registry = makeTable<SampleRelease>(
    { source: "model-registry", kind: "model-release" },
    [
      { header: "Release", field: "id", cell: (row) => row.id },
      { header: "Model", field: "model", cell: (row) => row.model },
      { header: "Version", field: "version", cell: (row) => row.version },
      { header: "Serving since", field: "deployedAt", cell: (row) => utc(row.deployedAt) },
      { header: "Released by", field: "releasedBy", as: "email", cell: (row) => row.releasedBy.email },
      { header: "Approved", field: "approved", as: "yes-no", cell: () => "yes" },
      { header: "Approved by", field: "approvedBy", as: "email", cell: (row) => row.approvedBy.email },
      { header: "Approved at", field: "approvedAt", cell: (row) => utc(row.approvedAt) },
      { header: "Served digest", field: "digest", cell: (row) => row.digest },
      {
        header: "Evaluated",
        field: "evaluated",
        as: "yes-no",
        cell: (row) => (old(row) ? undefined : "yes"),
      },
      {
        header: "Evaluated digest",
        field: "evaluatedDigest",
        cell: (row) => (old(row) ? undefined : row.evaluatedDigest),
      },
      {
        header: "Evaluated at",
        field: "evaluatedAt",
        cell: (row) => (old(row) ? undefined : utc(row.evaluatedAt)),
      },
      {
        header: "Against threshold",
        field: "evaluationOutcome",
        cell: (row) => (old(row) ? undefined : row.story === "threshold-not-met" ? "not-met" : "met"),
      },
      {
        header: "Rollback named",
        field: "rollbackNamed",
        as: "yes-no",
        cell: (row) => row.rollbackTo !== undefined,
      },
      { header: "Rollback to", field: "rollbackTo", cell: (row) => row.rollbackTo },
      {
        header: "Data recorded",
        field: "dataRecorded",
        as: "yes-no",
        cell: (row) => row.story !== "no-lineage",
      },
      {
        header: "Data manifest",
        field: "dataDigest",
        cell: (row) => (row.story === "no-lineage" ? undefined : row.dataDigest),
      },
      { header: "Code recorded", field: "codeRecorded", as: "yes-no", cell: () => "yes" },
      { header: "Code revision", field: "codeRevision", cell: (row) => row.codeRevision },
      { header: "Owner named", field: "owned", as: "yes-no", cell: () => "yes" },
      { header: "Owner", field: "owner", as: "email", cell: (row) => row.owner.email },
    ],
    releases,
  );
  return [registry, servingLog(releases, differences)];
}

function servingLog(
  releases: readonly SampleRelease[],
  differences: ReturnType<typeof releaseDifferences>,
): SampleTable {
  const loaded = releases
    .filter((release) => release.digest !== differences.unserved)
    .map((release) => ({ model: release.model, digest: release.digest, at: release.deployedAt + 12_000 }));
  const between = releases[Math.floor(releases.length * 0.59)];
  if (between !== undefined) {
    loaded.push({
      model: "safety guardrail",
      digest: differences.unregistered,
      at: between.deployedAt + 5 * HOUR_MS,
    });
  }
  loaded.sort((a, b) => a.at - b.at);
  return makeTable<(typeof loaded)[number]>(
    { source: "serving-log", kind: "model-release" },
    [
      { header: "Load", field: "id", cell: (row) => `load-${row.digest.slice(7, 19)}` },
      { header: "Model", field: "model", cell: (row) => row.model },
      { header: "Digest", field: "digest", cell: (row) => row.digest },
      { header: "First request", field: "deployedAt", cell: (row) => utc(row.at) },
    ],
    loaded,
  );
}
