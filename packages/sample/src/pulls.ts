/** Saved reviews: what `gh pr list --state merged --limit 100000 --json …` writes for one repository of an invented host. */
import { formatInstant, type EpochMs, type JsonObject } from "@countersign/kernel";
import { HOUR_MS, type Calendar } from "./calendar.ts";
import type { RepositoryName } from "./changes.ts";
import { DEPENDENCY_BOT, FORGE, SERVICES, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import type { SampleChange } from "./repositories.ts";

/** Pull requests of `api` that were merged to a branch that customers are not served from. */
export type OtherPull = {
  readonly number: number;
  readonly title: string;
  readonly author: SamplePerson;
  readonly createdAt: EpochMs;
  readonly mergedAt: EpochMs;
};

const OTHER_BRANCH = "long-term-support";
/** More than there are, so that the list is known to end where it ends. */
export const PULLS_LIMIT = 100_000;

/** @param changes in the order of their merges */
export function planOtherPulls(
  calendar: Calendar,
  changes: readonly SampleChange[],
  people: readonly SamplePerson[],
  random: SeededRandom,
): OtherPull[] {
  const count = Math.max(3, Math.round(changes.length / 150));
  const taken = Math.max(0, ...changes.map((change) => change.number ?? 0));
  const authors = people.filter(
    (person) => person.writes > 5 && person.from < calendar.from && person.through === undefined,
  );
  return calendar.workingTimes(count, random).map((createdAt, index) => ({
    number: taken + 1 + index,
    title: `${random.pick(SERVICES)}: carry a fix to long-term support`,
    author: random.pick(authors),
    createdAt,
    mergedAt: createdAt + random.integer(1, 40) * HOUR_MS,
  }));
}

type Account = { readonly login: string; readonly name: string; readonly bot: boolean };

function accountOf(person: SamplePerson | undefined): Account {
  if (person === undefined) return { login: "app/patchling", name: DEPENDENCY_BOT.name, bot: true };
  return { login: person.login ?? person.handle, name: person.name, bot: false };
}

function accountJson(account: Account): JsonObject {
  return {
    id: `U_${Buffer.from(account.login).toString("base64url")}`,
    is_bot: account.bot,
    login: account.login,
    name: account.name,
  };
}

function time(at: EpochMs): string {
  return formatInstant(Math.floor(at / 1000) * 1000);
}

const LABELS: readonly JsonObject[] = [
  { id: "LA_sample", name: "sample-data", description: "Invented by a generator", color: "ededed" },
];

function pullUrl(repository: string, number: number): string {
  return `https://${FORGE}/lumen/${repository}/pull/${number}`;
}

function pullJson(change: SampleChange, number: number): JsonObject {
  const url = pullUrl(change.repository, number);
  return {
    author: accountJson(accountOf(change.author)),
    baseRefName: "main",
    createdAt: time(change.createdAt),
    headRefName: `work/${number}`,
    headRefOid: change.pushes.at(-1)?.revision ?? change.revision,
    isCrossRepository: false,
    labels: LABELS,
    mergeCommit: { oid: change.revision },
    mergedAt: time(change.mergedAt),
    mergedBy: accountJson(accountOf(change.mergedBy)),
    number,
    reviews: change.reviews.map((review, index) => ({
      author: { login: review.login },
      authorAssociation: "MEMBER",
      body: "",
      commit: { oid: review.revision },
      id: `PRR_${change.repository}_${number}_${index + 1}`,
      includesCreatedEdit: false,
      reactionGroups: [],
      state: review.state,
      submittedAt: time(review.at),
    })),
    statusCheckRollup: change.checks.map((check) => ({
      __typename: "CheckRun",
      completedAt: time(check.endedAt),
      conclusion: check.conclusion,
      detailsUrl: `${url}/checks`,
      name: check.name,
      startedAt: time(check.startedAt),
      status: "COMPLETED",
      workflowName: "verify",
    })),
    title: change.title,
    url,
  };
}

function otherPullJson(pull: OtherPull, random: SeededRandom): JsonObject {
  const author = accountJson(accountOf(pull.author));
  return {
    author,
    baseRefName: OTHER_BRANCH,
    createdAt: time(pull.createdAt),
    headRefName: `work/${pull.number}`,
    headRefOid: random.hex(40),
    isCrossRepository: false,
    labels: LABELS,
    mergeCommit: { oid: random.hex(40) },
    mergedAt: time(pull.mergedAt),
    mergedBy: author,
    number: pull.number,
    reviews: [],
    statusCheckRollup: null,
    title: pull.title,
    url: pullUrl("api", pull.number),
  };
}

/** One repository's file: an array, newest first, on one line. */
export function pullsText(
  repository: RepositoryName,
  changes: readonly SampleChange[],
  others: readonly OtherPull[],
  random: SeededRandom,
): string {
  const rows: { readonly createdAt: EpochMs; readonly json: JsonObject }[] = [];
  for (const change of changes) {
    if (change.repository !== repository || change.number === undefined) continue;
    rows.push({ createdAt: change.createdAt, json: pullJson(change, change.number) });
  }
  for (const pull of repository === "api" ? others : []) {
    rows.push({ createdAt: pull.createdAt, json: otherPullJson(pull, random) });
  }
  rows.sort((a, b) => b.createdAt - a.createdAt);
  return `${JSON.stringify(rows.map((row) => row.json))}\n`;
}
