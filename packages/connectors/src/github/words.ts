/** What the saved files show, what they cannot show, and what stands against them, in sentences. */
import { formatInstant, ProblemError, type EpochMs, type Interval } from "@countersign/kernel";
import type { Extraction, Lack } from "@countersign/records";
import { countWords, numberWords } from "../text/counted.ts";
import { listCommand, queryCommand } from "./command.ts";
import type { PullTally } from "./facts.ts";
import type { GithubSettings } from "./settings.ts";
import type { FileEnd } from "./values.ts";

export type FilesRead = {
  readonly ends: readonly FileEnd[];
  readonly forms: ReadonlySet<string>;
  /** Values that are not what the source provides, each with its place. */
  readonly others: readonly string[];
  readonly repositories: readonly string[];
  readonly branches: readonly string[];
  readonly items: number;
  readonly excluded: number;
  readonly tally: PullTally;
  /** The latest merge or deployment that the files hold, in the window or not. */
  readonly latest?: EpochMs;
};

/** Lengths at which `gh` and the API stop unless they are told otherwise. */
const USUAL_LIMITS: readonly number[] = [30, 100, 250, 500, 1000, 5000, 10_000, 100_000];

/**
 * A file that holds something, and nothing of what was asked for, is the wrong file: it must not pass for "none".
 * @throws ProblemError
 */
export function nothingFound(provides: string, found: FilesRead): void {
  const first = found.others[0];
  if (first === undefined || found.forms.size > 0) return;
  throw new ProblemError({
    code: "github/nothing-of-the-kind",
    what: `The files hold nothing that is a ${provides}.`,
    where: first.split(":")[0] ?? "",
    why: `The first value is ${first.slice(first.indexOf(":") + 2)}; ${countWords(found.others.length, "value")} in all.`,
    next:
      provides === "change"
        ? `save the pull requests with: ${listCommand("OWNER/NAME", "main", 100_000)}`
        : "save the deployments with: gh api --paginate repos/OWNER/NAME/deployments",
  });
}

export function queryOf(found: FilesRead): string {
  const files = found.ends.map((end) => `read ${end.read.path} (${end.read.digest})`).join("\n");
  const repository = found.repositories[0] ?? "OWNER/NAME";
  const branch = found.branches[0] ?? "main";
  if (found.forms.has("deployment"))
    return `${files}\nas saved by: gh api --paginate repos/${repository}/deployments`;
  if (found.ends.some((end) => end.pages > 0))
    return `${files}\nas saved by: ${queryCommand(repository, branch)}`;
  if (found.forms.has("rest-pull") || found.forms.has("bundle")) {
    return `${files}\nas saved by: gh api --paginate 'repos/${repository}/pulls?state=closed&base=${branch}'`;
  }
  return `${files}\nas saved by: ${listCommand(repository, branch, 100_000)}`;
}

export function extractionOf(settings: GithubSettings, found: FilesRead): Extraction {
  const reasons = [
    ...found.ends.flatMap((end) => reasonsOf(end, settings)),
    ...(found.tally.cutOff.count === 0
      ? []
      : [
          `in ${countWords(found.tally.cutOff.count, "pull request")} an inner list is cut off where the export ends it: ${found.tally.cutOff.words}`,
        ]),
    ...(found.others.length === 0
      ? []
      : [
          `${countWords(found.others.length, "value")} of the files could not be read as what the source provides, first ${found.others[0] ?? ""}`,
        ]),
  ];
  if (reasons.length > 0) return { state: "partial", reasons };
  const files = found.ends.map((end) => fileProof(end));
  const sums = `${countWords(found.items, "item")} and ${countWords(found.excluded, "exclusion")} account for all of them`;
  return { state: "complete", proof: `${files.join("; ")}; ${sums}` };
}

function fileProof(end: FileEnd): string {
  const held = `${end.read.path} was read to its end: ${countWords(end.values, "value")} in ${countWords(end.read.size, "byte")}`;
  if (end.pages === 0) return `${held}. That the file is all there was to save is its own claim`;
  return `${held}, on ${countWords(end.pages, "page")} of which the last says that none follows, and GitHub counted ${numberWords(end.total ?? 0)}`;
}

function reasonsOf(end: FileEnd, settings: GithubSettings): readonly string[] {
  const { path } = end.read;
  if (end.pages > 0) {
    return [
      ...end.errors.map((error) => `${path}: GitHub answered a page with an error: ${error}`),
      ...(end.lastPageSaysMore ? [`${path}: the last page says that more follow`] : []),
      ...(end.total !== undefined && end.total > end.values
        ? [
            `${path} holds ${numberWords(end.values)} of the ${countWords(end.total, "pull request")} that GitHub counted`,
          ]
        : []),
    ];
  }
  if (settings.limit !== undefined) {
    const reached = end.values >= settings.limit;
    return reached
      ? [`${path} holds exactly ${countWords(end.values, "value")}, the limit that it was saved with`]
      : [];
  }
  if (!USUAL_LIMITS.includes(end.values)) return [];
  return [
    `${path} holds exactly ${countWords(end.values, "value")}, at which an export may have been cut off; if it was saved with a higher limit, set limit: for the source`,
  ];
}

/** From the window's start to the latest time at which the files can show what had happened. */
export function coversOf(interval: Interval, settings: GithubSettings, found: FilesRead): Interval {
  const after = found.ends.flatMap((end) => (end.savedAfter === undefined ? [] : [end.savedAfter]));
  // A merge at the very instant is still in the files.
  const known = [...after, ...(found.latest === undefined ? [] : [found.latest + 1])];
  const saved = settings.savedAt ?? (known.length === 0 ? interval.start : Math.max(...known));
  return { start: interval.start, end: Math.max(interval.start, Math.min(interval.end, saved)) };
}

export function lacksOf(provides: string, found: FilesRead): readonly Lack[] {
  if (provides === "deploy") {
    return [
      {
        field: "deploy.outcome",
        reason: "a deployment does not say how it ended; its statuses do",
        suppliedBy: "csv",
      },
      {
        field: "deploy.approvedBy",
        reason: "a deployment does not name who approved it; the run's approvals do",
        suppliedBy: "csv",
      },
      {
        field: "deploy.approvedAt",
        reason: "a deployment does not say when it was approved",
        suppliedBy: "csv",
      },
      {
        field: "deploy.emergency",
        reason: "GitHub does not say which deployments were an emergency",
        suppliedBy: "csv",
      },
    ];
  }
  const { tally } = found;
  const without = (count: number, field: string, reason: string): readonly Lack[] =>
    count === tally.changes
      ? []
      : [
          {
            field: `change.${field}`,
            reason: `${reason} of ${numberWords(tally.changes - count)} of ${countWords(tally.changes, "change")}`,
            suppliedBy: "github",
          },
        ];
  const always = (field: string, reason: string, suppliedBy: string): Lack => ({
    field: `change.${field}`,
    reason,
    suppliedBy,
  });
  return [
    ...without(tally.withReviews, "approvals", "the export holds no reviews"),
    ...without(tally.withReviews, "dismissedApprovals", "the export holds no reviews"),
    ...without(tally.withChecks, "checks", "the export holds no checks"),
    ...without(tally.withHead, "headRevision", "the export does not name the last revision"),
    ...without(tally.withLastPush, "lastPushedAt", "the export does not hold the last commit, only its id,"),
    ...without(tally.withMergedBy, "mergedBy", "the export does not name who merged"),
    always("committer", "a pull request does not name the committer", "git"),
    always("authoredAt", "a pull request does not say when its commit was written", "git"),
    always("trailers", "a pull request has no trailers", "git"),
    always("signature", "the export does not hold signatures", "git"),
    always("tickets", "the export does not hold the message", "git"),
    always("bypasses", "the export does not say whether a rule of the branch was bypassed", "github"),
  ];
}

export function cautionsOf(provides: string, settings: GithubSettings, found: FilesRead): readonly string[] {
  const common = [
    "The files were saved by a person and hold what they hold: that nothing is missing is shown only by reconciliation with git's first-parent history.",
    ...(settings.savedAt === undefined && found.latest !== undefined
      ? [
          `When the files were saved is not said; the latest time that they hold is ${formatInstant(found.latest)}.`,
        ]
      : []),
  ];
  if (provides === "deploy") return common;
  const { tally } = found;
  const plainLogins = found.forms.has("gh-pull") && found.ends.some((end) => end.pages === 0);
  return [
    ...common,
    "A direct push is in no pull request; git has it.",
    "A pull request that was merged by rebasing names the last of its commits alone; the earlier ones match none when git's changes are joined with these.",
    "Reviews and checks are as they stood when the files were saved; GitHub does not say when a review was dismissed, nor whether it had approved.",
    ...(tally.withLastPush > 0
      ? [
          "When a revision was pushed is not in the export: the last commit's own date stands for it, and the push came then or later.",
        ]
      : []),
    ...(plainLogins && tally.withReviews > 0
      ? [
          "gh pr list names an app that reviews by its plain login, as if it were a person; list such logins as bots in people.yaml.",
        ]
      : []),
    ...(tally.unlistedBots.size > 0
      ? [
          `GitHub calls ${[...tally.unlistedBots].toSorted().join(", ")} bots and people.yaml does not list them; they were counted as bots.`,
        ]
      : []),
    ...(tally.ghosts.count > 0
      ? [
          `In ${countWords(tally.ghosts.count, "pull request")} the author or a reviewer is an account that was deleted (${tally.ghosts.words}); GitHub calls all such accounts ghost, so that they cannot be told apart.`,
        ]
      : []),
  ];
}
