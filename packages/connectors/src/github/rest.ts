/**
 * The pull requests of the REST API: the bare list of `repos/O/R/pulls?state=closed`, or a bundle of one pull request
 * with the answers that belong to it: `{pull, reviews, commits, check_runs, statuses}`, each as its endpoint gives it.
 */
import type { Json } from "@countersign/kernel";
import { asInstant, asList, asNumber, asObject, asText, member, present } from "../json/access.ts";
import { checkOf, latestRuns, runOutcome, statusOutcome } from "./checks.ts";
import { actorOf, GHOST, type Actor, type Check, type CommitAuthor, type Pull, type Review } from "./pull.ts";

/** "Lists a maximum of 250 commits for a pull request" (GitHub REST, list commits on a pull request). */
const MOST_COMMITS = 250;

export type Beside = {
  readonly reviews?: Json | undefined;
  readonly commits?: Json | undefined;
  readonly checkRuns?: Json | undefined;
  readonly statuses?: Json | undefined;
};

export function pullOfRest(value: Json, beside: Beside = {}): Pull {
  const headRevision = asText(member(value, "head", "sha"));
  const reviews = asList(beside.reviews);
  const commits = asList(beside.commits);
  const runs = inner(beside.checkRuns, "check_runs");
  const statuses = inner(beside.statuses, "statuses");
  const checks = [
    ...(runs ?? []).filter((run) => isOf(run, headRevision)).map(runOf),
    ...(statuses ?? []).map(statusOf),
  ];
  const mergedBy = asObject(member(value, "merged_by"));
  const last = commits?.at(-1);
  const optional = {
    url: asText(member(value, "html_url")),
    mergedBy: mergedBy === undefined ? undefined : actor(mergedBy),
    mergedAt: asInstant(member(value, "merged_at")),
    mergeCommit: asText(member(value, "merge_commit_sha")),
    base: asText(member(value, "base", "ref")),
    headRevision,
    reviews: reviews?.flatMap(reviewOf),
    checks: runs === undefined && statuses === undefined ? undefined : latestRuns(checks),
    lastCommittedAt:
      asText(member(last, "sha")) === headRevision
        ? asInstant(member(last, "commit", "committer", "date"))
        : undefined,
    commitAuthors:
      commits === undefined || commits.length >= MOST_COMMITS ? undefined : commits.map(authorOf),
    labels: asList(member(value, "labels"))?.flatMap((label) => asText(member(label, "name")) ?? []),
  };
  const total = asNumber(member(beside.checkRuns, "total_count"));
  return {
    number: asNumber(member(value, "number")) ?? 0,
    title: asText(member(value, "title")) ?? "",
    author: actor(member(value, "user")),
    ...present(optional),
    cutOff: total !== undefined && total > (runs?.length ?? 0) ? ["checks"] : [],
  };
}

function inner(value: Json | undefined, name: string): readonly Json[] | undefined {
  return asList(value) ?? asList(member(value, name));
}

/** A check on an earlier revision says nothing of the one that was merged. */
function isOf(run: Json, headRevision: string | undefined): boolean {
  const revision = asText(member(run, "head_sha"));
  return revision === undefined || headRevision === undefined || revision === headRevision;
}

function actor(value: Json | undefined): Actor {
  const object = asObject(value);
  if (object === undefined) return GHOST;
  return actorOf(
    asText(member(object, "login")),
    asText(member(object, "name")),
    member(object, "type") === "Bot",
  );
}

const STATES: { readonly [state: string]: Review["state"] } = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  DISMISSED: "dismissed",
};

function reviewOf(value: Json): readonly Review[] {
  const state = STATES[(asText(member(value, "state")) ?? "").toUpperCase()];
  if (state === undefined) return [];
  const at = asInstant(member(value, "submitted_at"));
  const revision = asText(member(value, "commit_id"));
  return [{ by: actor(member(value, "user")), state, ...present({ at, revision }) }];
}

function runOf(value: Json): Check {
  const text = (name: string): string | undefined => asText(member(value, name));
  const outcome = runOutcome(text("status"), text("conclusion"));
  return checkOf(
    [text("name")],
    outcome,
    asInstant(member(value, "started_at")),
    asInstant(member(value, "completed_at")),
  );
}

function statusOf(value: Json): Check {
  const at = asInstant(member(value, "updated_at") ?? member(value, "created_at"));
  return checkOf([asText(member(value, "context"))], statusOutcome(asText(member(value, "state"))), at, at);
}

function authorOf(commit: Json): CommitAuthor {
  return present({
    login: asText(member(commit, "author", "login")),
    name: asText(member(commit, "commit", "author", "name")),
    email: asText(member(commit, "commit", "author", "email")),
  });
}
