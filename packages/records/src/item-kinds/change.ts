import {
  bool,
  listOf,
  object,
  optional,
  person,
  required,
  text,
  timestamp,
  type ItemKind,
} from "../schema.ts";

export const change: ItemKind = {
  kind: "change",
  variable: "change",
  words: "a change that reached a branch customers are served from",
  cutOff: "mergedAt",
  cutOffWords:
    "A change belongs to the window in which it reached the branch (git: the committer date of the first-parent commit). What happened to it before the window counts as history.",
  keys: ["revision", "id"],
  actor: "author",
  title: "title",
  fields: {
    id: required(text, "the revision, unique in its repository"),
    repository: required(text, "the repository's name in the program"),
    branch: required(text, "the branch that the change reached"),
    revision: required(text, "the commit on the branch"),
    title: required(text, "the first line of the message"),
    author: required(person, "who wrote the change"),
    authorIsBot: required(bool, "whether the program lists the author as a bot"),
    committer: optional(person, "who committed it, as git names it"),
    mergedBy: optional(person, "who merged it"),
    authoredAt: optional(timestamp, "when it was written, as its author's clock says"),
    mergedAt: required(timestamp, "when it reached the branch"),
    coAuthors: optional(listOf(person), "who else is named as an author"),
    approvals: optional(
      listOf(
        object({
          person: required(person, "who approved"),
          bot: required(bool, "whether the program lists the approver as a bot"),
          via: required(text, "where the source says so: a trailer's key, or a review"),
          at: optional(timestamp, "when the approval was given"),
          revision: optional(text, "the revision that was approved"),
        }),
      ),
      "approvals that stand: what a reviewer withdrew or a maintainer dismissed is not among them",
    ),
    dismissedApprovals: optional(
      listOf(
        object({
          person: required(person, "who had approved"),
          at: optional(timestamp, "when the approval had been given"),
        }),
      ),
      "approvals that were dismissed or replaced by a later review",
    ),
    headRevision: optional(text, "the last revision of the branch that was merged"),
    lastPushedAt: optional(timestamp, "when the last revision was pushed before the merge"),
    checks: optional(
      listOf(
        object({
          name: required(text, "the check"),
          outcome: required(text, "passed, failed, skipped or pending"),
          at: optional(timestamp, "when it ended"),
          by: optional(person, "who or what reported it"),
        }),
      ),
      "automatic checks on the merged revision",
    ),
    bypasses: optional(
      listOf(object({ name: required(text, "the bypass"), by: optional(person, "who gave it") })),
      "what the record carries instead of a check or an approval",
    ),
    pullRequest: optional(text, "the pull request or review that carried it"),
    direct: optional(bool, "whether it reached the branch without a pull request"),
    tickets: optional(listOf(text), "tickets that it names"),
    links: optional(listOf(text), "reviews and changes that it links to"),
    emergency: optional(bool, "whether it was declared an emergency"),
    signature: optional(text, "none, or the kind of signature that the commit carries (not checked)"),
    trailers: optional(
      listOf(
        object({
          key: required(text, "the trailer's key"),
          value: optional(text, "its value, where it names no person"),
          person: optional(person, "the person it names"),
        }),
      ),
      "every trailer of the message, in its order",
    ),
  },
};
