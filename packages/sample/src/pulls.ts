/** Saved reviews: what `gh pr list --state all --json …` writes for one repository, invented host and all. */
import { formatInstant, type EpochMs, type JsonObject } from "@countersign/kernel";
import { HOUR_MS, MINUTE_MS, type Calendar } from "./calendar.ts";
import type { RepositoryName } from "./changes.ts";
import { DEPENDENCY_BOT, FORGE, SAMPLE_MARK, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import type { SampleChange } from "./repositories.ts";

/** Pull requests that never reached `main`: closed, or merged to another branch. */
export type OtherPull = {
  readonly repository: RepositoryName;
  readonly number: number;
  readonly title: string;
  readonly author: SamplePerson;
  readonly createdAt: EpochMs;
  readonly endedAt: EpochMs;
  readonly mergedTo: string | undefined;
};

const ABANDONED = ["try a second cache", "draft: another scheduler", "spike: stream over one socket"];
const OTHER_BRANCH = "long-term-support";

/** @param changes in the order of their merges */
export function planOtherPulls(
  calendar: Calendar,
  changes: readonly SampleChange[],
  people: readonly SamplePerson[],
  random: SeededRandom,
): OtherPull[] {
  const count = Math.max(4, Math.round(changes.length / 70));
  const taken = Math.max(0, ...changes.map((change) => change.number ?? 0));
  const authors = people.filter(
    (person) => person.writes > 5 && person.from < calendar.from && person.through === undefined,
  );
  const days = calendar.businessDays(calendar.from, calendar.through);
  return Array.from({ length: count }, (_, index) => {
    const createdAt = calendar.workingTime(days.length === 0 ? calendar.from : random.pick(days), random);
    return {
      repository: "api",
      number: taken + 1 + index,
      title:
        index % 4 === 3 ? "gateway: carry a fix to long-term support" : `gateway: ${random.pick(ABANDONED)}`,
      author: random.pick(authors),
      createdAt,
      endedAt: createdAt + random.integer(1, 40) * HOUR_MS,
      mergedTo: index % 4 === 3 ? OTHER_BRANCH : undefined,
    };
  });
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
  const author = accountOf(change.author);
  const url = pullUrl(change.repository, number);
  const head = change.pushes.at(-1)?.revision ?? change.revision;
  const gitAuthor = change.author ?? DEPENDENCY_BOT;
  return {
    author: accountJson(author),
    baseRefName: "main",
    body: `${SAMPLE_MARK}${change.ticket === undefined ? "" : `\n\nTicket: ${change.ticket}`}`,
    closedAt: time(change.mergedAt),
    commits: change.pushes.map((push) => ({
      authoredDate: time(push.at - MINUTE_MS),
      authors: [{ email: gitAuthor.email, id: "", login: author.login, name: gitAuthor.name }],
      committedDate: time(push.at),
      messageBody: "",
      messageHeadline: change.title,
      oid: push.revision,
    })),
    createdAt: time(change.createdAt),
    headRefName: `work/${number}`,
    headRefOid: head,
    isDraft: false,
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
    state: "MERGED",
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
    updatedAt: time(Math.max(change.mergedAt, ...change.reviews.map((review) => review.at))),
    url,
  };
}

function otherPullJson(pull: OtherPull, revision: string): JsonObject {
  const author = accountOf(pull.author);
  const merged = pull.mergedTo !== undefined;
  return {
    author: accountJson(author),
    baseRefName: pull.mergedTo ?? "main",
    body: SAMPLE_MARK,
    closedAt: time(pull.endedAt),
    commits: [],
    createdAt: time(pull.createdAt),
    headRefName: `work/${pull.number}`,
    headRefOid: revision,
    isDraft: false,
    labels: LABELS,
    mergeCommit: merged ? { oid: [...revision].reverse().join("") } : null,
    mergedAt: merged ? time(pull.endedAt) : null,
    mergedBy: merged ? accountJson(author) : null,
    number: pull.number,
    reviews: [],
    state: merged ? "MERGED" : "CLOSED",
    statusCheckRollup: [],
    title: pull.title,
    updatedAt: time(pull.endedAt),
    url: pullUrl(pull.repository, pull.number),
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
  for (const pull of others) {
    if (pull.repository === repository)
      rows.push({ createdAt: pull.createdAt, json: otherPullJson(pull, random.hex(40)) });
  }
  rows.sort((a, b) => b.createdAt - a.createdAt);
  return `${JSON.stringify(rows.map((row) => row.json))}\n`;
}
