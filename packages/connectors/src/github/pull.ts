/** A merged pull request as every form of export can be brought to it. What a form does not carry is absent. */
import type { EpochMs } from "@countersign/kernel";

export type Actor = {
  /** As GitHub's own pages show it: an app's ends in "[bot]". */
  readonly login: string;
  readonly name?: string;
  /** Whether the export itself calls the account a bot. */
  readonly bot: boolean;
};

export type Review = {
  readonly by: Actor;
  readonly state: "approved" | "changes-requested" | "dismissed";
  readonly at?: EpochMs;
  readonly revision?: string;
};

export type Check = {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped" | "pending";
  readonly startedAt?: EpochMs;
  readonly at?: EpochMs;
};

export type CommitAuthor = { readonly login?: string; readonly name?: string; readonly email?: string };

export type Pull = {
  readonly number: number;
  readonly title: string;
  readonly url?: string;
  readonly author: Actor;
  readonly mergedBy?: Actor;
  readonly mergedAt?: EpochMs;
  readonly mergeCommit?: string;
  readonly base?: string;
  readonly headRevision?: string;
  readonly reviews?: readonly Review[];
  readonly checks?: readonly Check[];
  /** Committer date of the last commit: it was pushed then or later. */
  readonly lastCommittedAt?: EpochMs;
  /** Authors of all commits of the pull request. */
  readonly commitAuthors?: readonly CommitAuthor[];
  readonly labels?: readonly string[];
  /** Lists that may be longer than the export shows, in words. */
  readonly cutOff: readonly string[];
};

/** An account that was deleted; GitHub shows it as "ghost". */
export const GHOST: Actor = { login: "ghost", bot: false };

/** `gh` writes an app's login as "app/dependabot", the REST API as "dependabot[bot]", the GraphQL API as "dependabot". */
export function actorOf(login: string | undefined, name: string | undefined, saidToBeBot: boolean): Actor {
  if (login === undefined || login === "app/") return GHOST;
  const plain = login.replace(/^app\//, "").replace(/\[bot\]$/, "");
  const bot = saidToBeBot || plain !== login;
  return { login: bot ? `${plain}[bot]` : plain, bot, ...(name === undefined ? {} : { name }) };
}
