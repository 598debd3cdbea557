/**
 * What can happen to a change, and what that means in the words of a change control. The table is written by hand, so
 * that it can stand as an oracle beside rules that are evaluated.
 */

export type ChangeStory =
  /** A person who is not the author approved the merged revision before the merge; every check passed. */
  | "reviewed"
  /** As above, opened by the bot that raises dependencies. */
  | "bot-opened"
  /** Approved, pushed to, and approved again: the last approval stands on the merged revision. */
  | "approved-again"
  /** One reviewer's approval was dismissed, another's stands. */
  | "dismissed-and-approved"
  /** The author approved it from a second account of their own. */
  | "self-approved"
  | "approved-after-merge"
  /** A commit was pushed between the only approval and the merge. */
  | "pushed-after-approval"
  /** The only approval was dismissed before the merge. */
  | "approval-dismissed"
  /** Merged without any review. */
  | "unapproved"
  /** Only a bot approved it. */
  | "bot-approved"
  /** Pushed to the branch without a pull request. */
  | "direct-push"
  /** A check had failed when it was merged. */
  | "checks-failed"
  /** No check ran on the merged revision. */
  | "checks-missing";

/** The facts of a change that a rule can ask for, as the generator knows them. */
export type ChangeTruth = {
  /** A standing approval by a person other than the author (and their other accounts), not by a bot. */
  readonly approvedByAnother: boolean;
  /** Such an approval was given before the merge. */
  readonly approvedBeforeMerge: boolean;
  /** Such an approval was given, at whatever time, on the revision that was merged. */
  readonly approvedRevision: boolean;
  /** At least one check ran on the merged revision, and none of them failed. */
  readonly checksPassed: boolean;
  readonly throughPullRequest: boolean;
};

const GOOD: ChangeTruth = {
  approvedByAnother: true,
  approvedBeforeMerge: true,
  approvedRevision: true,
  checksPassed: true,
  throughPullRequest: true,
};
const NO_APPROVAL: ChangeTruth = {
  ...GOOD,
  approvedByAnother: false,
  approvedBeforeMerge: false,
  approvedRevision: false,
};

export const CHANGE_TRUTH: { readonly [story in ChangeStory]: ChangeTruth } = {
  reviewed: GOOD,
  "bot-opened": GOOD,
  "approved-again": GOOD,
  "dismissed-and-approved": GOOD,
  "self-approved": NO_APPROVAL,
  "approved-after-merge": { ...GOOD, approvedBeforeMerge: false },
  "pushed-after-approval": { ...GOOD, approvedRevision: false },
  "approval-dismissed": NO_APPROVAL,
  unapproved: NO_APPROVAL,
  "bot-approved": NO_APPROVAL,
  "direct-push": { ...NO_APPROVAL, checksPassed: false, throughPullRequest: false },
  "checks-failed": { ...GOOD, checksPassed: false },
  "checks-missing": { ...GOOD, checksPassed: false },
};

/** How many of a thousand changes tell each story; the rest are reviewed. Each is told at least once. */
export const TOLD_PER_THOUSAND: readonly (readonly [ChangeStory, number])[] = [
  ["bot-opened", 82],
  ["approved-again", 60],
  ["dismissed-and-approved", 6],
  ["self-approved", 2],
  ["approved-after-merge", 3],
  ["pushed-after-approval", 5],
  ["approval-dismissed", 2],
  ["unapproved", 1],
  ["bot-approved", 1],
  ["direct-push", 3],
  ["checks-failed", 2],
  ["checks-missing", 1],
];

/** Fewer changes than this cannot tell every story. */
export const CHANGES_MIN = 50;
