/** What the read shows and what it cannot show, in sentences. */
import type { Extraction, Lack } from "@countersign/records";
import { countWords, numberWords, type Counted } from "../text/counted.ts";
import type { BranchRead } from "./history.ts";
import type { Repository } from "./repository.ts";
import type { GitSettings } from "./settings.ts";
import type { Tally } from "./tally.ts";

export function extractionOf(repositories: readonly Repository[], reads: readonly BranchRead[]): Extraction {
  const reasons = reads.flatMap((read) => reasonsOf(read, repositories));
  if (reasons.length > 0) return { state: "partial", reasons };
  const empty = repositories
    .filter((repository) => repository.branches.length === 0)
    .map((repository) => `${repository.settings.name} holds no commit at all`);
  return { state: "complete", proof: [...reads.map(proofOf), ...empty].join("; ") };
}

function proofOf(read: BranchRead): string {
  const { repository, branch, walk } = read;
  const counted =
    read.counted === 0
      ? ""
      : ` (${numberWords(read.counted)} more are on a branch read before and counted there)`;
  return (
    `${repository}, branch ${branch.name}: ${countWords(walk.steps, "first-parent commit")} listed from ${branch.tip} back to the first one, ` +
    `${walk.last?.oid ?? branch.tip}, each the first parent of the one before it; ${numberWords(read.inWindow)} of them were committed in the window${counted}, ` +
    "and the id of each was computed again from its bytes"
  );
}

function reasonsOf(read: BranchRead, repositories: readonly Repository[]): readonly string[] {
  const { repository, branch, walk } = read;
  const place = `${repository}, branch ${branch.name}`;
  const shallow = repositories.some((one) => one.settings.name === repository && one.shallow);
  if (walk.failure !== undefined) {
    const last = walk.last === undefined ? "before the first commit" : `after ${walk.last.oid}`;
    return [
      `${place}: the history could not be followed ${last} (${walk.failure}); objects are missing, as in a partial clone or a damaged repository`,
    ];
  }
  const cut = !read.reachesRoot && walk.holes.length === 0;
  return [
    ...walk.holes.slice(0, 5).map((hole) => `${place}: the listing has a hole: ${hole}`),
    ...(cut && shallow
      ? [
          `${place}: this is a shallow clone, which ends at ${walk.last?.oid ?? branch.tip}; what came before is not in it (git fetch --unshallow brings it)`,
        ]
      : []),
    ...(cut && !shallow
      ? [
          `${place}: the listing ends at ${walk.last?.oid ?? branch.tip}, which is not the first commit of the history`,
        ]
      : []),
    ...(read.replaced.length === 0
      ? []
      : [
          `${place}: ${read.replaced.length} of its commits have a replacement or a graft in this repository (first ${read.replaced[0] ?? ""}); the original commits were read`,
        ]),
    ...read.faults.slice(0, 5).map((fault) => `${place}: ${fault}`),
    ...(read.faults.length > 5 ? [`${place}: ${read.faults.length - 5} more commits could not be read`] : []),
  ];
}

/** Facts that a commit does not carry, each with the source that has them. */
export function lacksOf(settings: GitSettings, tally: Tally): readonly Lack[] {
  const elsewhere = tally.reviewedElsewhere > 0 ? "the review system" : "github";
  const lack = (field: string, reason: string, suppliedBy: string): Lack => ({
    field: `change.${field}`,
    reason,
    suppliedBy,
  });
  return [
    ...missing("approval", settings.approvalKeys, tally.changes, tally.approved, settings.whenAbsent).map(
      (reason) => lack("approvals", reason, "github"),
    ),
    lack("approvals[].at", "a commit trailer has no time", elsewhere),
    lack("approvals[].revision", "a trailer does not name the revision that was reviewed", elsewhere),
    lack(
      "dismissedApprovals",
      "a commit does not tell of approvals that were withdrawn or dismissed",
      elsewhere,
    ),
    lack("headRevision", "a commit does not name the last revision that was pushed for review", elsewhere),
    lack("lastPushedAt", "a commit does not say when its last revision was pushed", elsewhere),
    lack("mergedBy", "git names who committed, which need not be who merged", elsewhere),
    ...missing("check", settings.checkKeys, tally.changes, tally.checked, "unknown").map((reason) =>
      lack("checks", reason, "github"),
    ),
    lack("checks[].at", "a commit trailer has no time", elsewhere),
    ...(tally.changes > tally.withPullRequest
      ? [lack("pullRequest", "no trailer names the pull request or review", "github")]
      : []),
    lack("direct", "git does not know which commits came by a pull request", elsewhere),
    lack("emergency", "git does not say which changes were declared an emergency", "csv"),
  ];
}

function missing(
  word: string,
  keys: readonly string[],
  changes: number,
  withOne: number,
  whenAbsent: GitSettings["whenAbsent"],
): readonly string[] {
  const without = changes - withOne;
  if (without === 0) return [];
  const named = `no ${word} trailer (${keys.join(", ")})`;
  if (withOne === 0) return [`${named} on any of ${countWords(changes, "change")} in the window`];
  if (whenAbsent === "no-approval") return [];
  return [`${named} on ${numberWords(without)} of ${countWords(changes, "change")} in the window`];
}

export function cautionsOf(
  repositories: readonly Repository[],
  reads: readonly BranchRead[],
  tally: Tally,
): readonly string[] {
  const { approved, namesake, nameOnly, encoding } = tally;
  const where = (counted: Counted): string => `${countWords(counted.count, "change")} (${counted.words})`;
  return [
    "Git history can be rewritten before it is read; the id of each branch's tip fixes what was read here.",
    "A change is placed in the window by its committer date, which is what the clock of the committing machine said.",
    ...(approved > 0
      ? [
          "A trailer is text that whoever committed could type: git does not show that the person it names approved.",
        ]
      : []),
    ...reads.flatMap((read) => read.branch.cautions),
    ...repositories.flatMap(ofRepository),
    ...(namesake.count > 0
      ? [
          `An approver bears the author's name under another identity in ${where(namesake)}; if they are one person, list both identities in people.yaml.`,
        ]
      : []),
    ...(nameOnly.count > 0
      ? [`An approver is named without an address, and told apart by the name alone, in ${where(nameOnly)}.`]
      : []),
    ...(encoding.count > 0
      ? [
          `The text is not in the encoding that it claims in ${where(encoding)}; what could not be read is shown as U+FFFD, and the raw bytes are kept.`,
        ]
      : []),
  ];
}

function ofRepository(repository: Repository): readonly string[] {
  const { settings, lastFetch, replaced } = repository;
  return [
    ...(lastFetch === undefined
      ? []
      : [
          `Repository ${settings.name} was last fetched at ${lastFetch}; what its origin received after that is not in it.`,
        ]),
    ...(replaced.size === 0
      ? []
      : [
          `Repository ${settings.name} holds ${replaced.size} replacements or grafts of commits; they were ignored and the original commits read.`,
        ]),
  ];
}
