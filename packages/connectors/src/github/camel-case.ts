/**
 * The pull requests of `gh pr list --json …` and of a GraphQL answer: the same names, lists bare in the one and as
 * connections (`nodes`, `totalCount`, `pageInfo`) in the other.
 */
import type { EpochMs, Json } from "@countersign/kernel";
import { asInstant, asList, asNumber, asObject, asText, member, present } from "../json/access.ts";
import { checkOf, latestRuns, runOutcome, statusOutcome } from "./checks.ts";
import { actorOf, GHOST, type Actor, type Check, type CommitAuthor, type Pull, type Review } from "./pull.ts";

/** `gh` asks for this many of each inner list and says nothing where there are more. */
const INNER_LIMIT = 100;

export function pullOfCamelCase(value: Json): Pull {
  const reviews = listOf(value, "reviews");
  const commits = listOf(value, "commits");
  const contexts = contextsOf(value, commits);
  const labels = listOf(value, "labels");
  const mergedBy = asObject(member(value, "mergedBy"));
  const optional = {
    url: asText(member(value, "url")),
    mergedBy: mergedBy === undefined ? undefined : actor(mergedBy),
    mergedAt: asInstant(member(value, "mergedAt")),
    mergeCommit: asText(member(value, "mergeCommit", "oid")),
    base: asText(member(value, "baseRefName")),
    headRevision: asText(member(value, "headRefOid")),
    reviews: reviews?.entries.flatMap(reviewOf),
    checks: contexts === undefined ? undefined : latestRuns(contexts.entries.map(contextOf)),
    lastCommittedAt: lastCommit(commits, value),
    commitAuthors: commits?.whole === true ? commits.entries.flatMap(authorsOf) : undefined,
    labels: labels?.entries.flatMap((label) => asText(member(label, "name")) ?? []),
  };
  return {
    number: asNumber(member(value, "number")) ?? 0,
    title: asText(member(value, "title")) ?? "",
    author: actor(member(value, "author")),
    ...present(optional),
    cutOff: [
      ...(reviews?.whole === false ? ["reviews"] : []),
      ...(contexts?.whole === false ? ["checks"] : []),
    ],
  };
}

type Inner = { readonly entries: readonly Json[]; readonly whole: boolean };

function listOf(value: Json, name: string): Inner | undefined {
  const found = member(value, name);
  const bare = asList(found);
  if (bare !== undefined) return { entries: bare, whole: bare.length < INNER_LIMIT };
  const nodes = asList(member(found, "nodes"));
  if (nodes === undefined) return undefined;
  const total = asNumber(member(found, "totalCount"));
  const more = member(found, "pageInfo", "hasNextPage") === true || (total ?? 0) > nodes.length;
  const mayBeMore = total === undefined && nodes.length >= INNER_LIMIT;
  return { entries: nodes, whole: !more && !mayBeMore };
}

function actor(value: Json | undefined): Actor {
  const object = asObject(value);
  if (object === undefined) return GHOST;
  const bot = member(object, "is_bot") === true || member(object, "__typename") === "Bot";
  return actorOf(asText(member(object, "login")), asText(member(object, "name")), bot);
}

const STATES: { readonly [state: string]: Review["state"] } = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  DISMISSED: "dismissed",
};

function reviewOf(value: Json): readonly Review[] {
  const state = STATES[asText(member(value, "state")) ?? ""];
  // Comments decide nothing, and a pending review was never submitted.
  if (state === undefined) return [];
  const at = asInstant(member(value, "submittedAt"));
  const revision = asText(member(value, "commit", "oid"));
  return [{ by: actor(member(value, "author")), state, ...present({ at, revision }) }];
}

/** `gh` hands the contexts over as `statusCheckRollup`, null where no check ran; a query finds them at the last commit. */
function contextsOf(value: Json, commits: Inner | undefined): Inner | undefined {
  const bare = asObject(value)?.statusCheckRollup;
  if (bare !== undefined)
    return bare === null ? { entries: [], whole: true } : listOf(value, "statusCheckRollup");
  const commit = asObject(member(commits?.entries.at(-1), "commit"));
  const rollup = commit?.statusCheckRollup;
  if (commit === undefined || rollup === undefined) return undefined;
  return rollup === null ? { entries: [], whole: true } : listOf(rollup, "contexts");
}

function contextOf(value: Json): Check {
  const text = (...path: readonly string[]): string | undefined => asText(member(value, ...path));
  const startedAt = asInstant(member(value, "startedAt") ?? member(value, "createdAt"));
  if (text("context") !== undefined) {
    return checkOf([text("context")], statusOutcome(text("state")), startedAt, startedAt);
  }
  const workflow = text("workflowName") ?? text("checkSuite", "workflowRun", "workflow", "name");
  const outcome = runOutcome(text("status"), text("conclusion"));
  return checkOf([workflow, text("name")], outcome, startedAt, asInstant(member(value, "completedAt")));
}

function lastCommit(commits: Inner | undefined, value: Json): EpochMs | undefined {
  // A list that was cut off at its end does not hold the last commit; a query asks for the last one alone.
  const last = commits?.entries.at(-1);
  const oid = asText(member(last, "oid") ?? member(last, "commit", "oid"));
  if (oid === undefined || oid !== asText(member(value, "headRefOid"))) return undefined;
  return asInstant(member(last, "committedDate") ?? member(last, "commit", "committedDate"));
}

function authorsOf(commit: Json): readonly CommitAuthor[] {
  const found = member(commit, "authors") ?? member(commit, "commit", "authors");
  const authors = asList(found) ?? asList(member(found, "nodes")) ?? [];
  return authors.map((author) =>
    present({
      login: asText(member(author, "login")) ?? asText(member(author, "user", "login")),
      name: asText(member(author, "name")),
      email: asText(member(author, "email")),
    }),
  );
}
