/** From a merged pull request to the facts of a change. What the export does not carry is left out, and counted. */
import { formatInstant, type JsonObject } from "@countersign/kernel";
import type { IdentityHints, KnownPerson, PersonResolver } from "@countersign/application/ports";
import { present } from "../json/access.ts";
import { Counted } from "../text/counted.ts";
import { GHOST, type Actor, type CommitAuthor, type Pull } from "./pull.ts";
import { approvalsOf, type Given } from "./reviews.ts";
import type { GithubSettings } from "./settings.ts";

/** A pull request that names where it was merged to and when: what is needed for it to be a change. */
export type Merged = Pull & { readonly mergeCommit: string; readonly mergedAt: number };

/** What the facts left out or had to take on trust, for the words of the outcome. */
export class PullTally {
  changes = 0;
  withReviews = 0;
  withChecks = 0;
  withLastPush = 0;
  withHead = 0;
  withMergedBy = 0;
  readonly ghosts = new Counted();
  readonly cutOff = new Counted();
  /** Accounts that GitHub calls bots and the program does not. */
  readonly unlistedBots = new Set<string>();
}

export class PullReader {
  readonly tally = new PullTally();
  readonly #settings: GithubSettings;
  readonly #resolve: PersonResolver;

  readonly #source: string;

  constructor(source: string, settings: GithubSettings, resolve: PersonResolver) {
    this.#source = source;
    this.#settings = settings;
    this.#resolve = resolve;
  }

  read(pull: Merged): JsonObject & { readonly id: string } {
    const author = this.#person(pull.author);
    const label = `#${pull.number}`;
    this.#count(pull, label);
    const reviews = pull.reviews?.map((review) => ({ ...review, person: this.#person(review.by) }));
    const emergency = this.#settings.emergencyLabels.length > 0 && pull.labels !== undefined;
    const optional = {
      mergedBy: pull.mergedBy === undefined ? undefined : this.#person(pull.mergedBy).id,
      coAuthors: this.#coAuthors(pull.commitAuthors, author),
      headRevision: pull.headRevision,
      lastPushedAt: pull.lastCommittedAt === undefined ? undefined : formatInstant(pull.lastCommittedAt),
      checks: pull.checks?.map(({ name, outcome, at }) => ({
        name,
        outcome,
        ...present({ at: at === undefined ? undefined : formatInstant(at) }),
      })),
      emergency: emergency
        ? pull.labels?.some((name) => this.#settings.emergencyLabels.includes(name))
        : undefined,
    };
    return {
      id: pull.mergeCommit,
      repository: this.#settings.repository ?? repositoryOf(pull) ?? this.#source,
      branch: pull.base ?? "",
      revision: pull.mergeCommit,
      title: pull.title,
      author: author.id,
      authorIsBot: author.bot,
      mergedAt: formatInstant(pull.mergedAt),
      ...(reviews === undefined ? {} : approvalFacts(reviews, pull.mergedAt)),
      ...present(optional),
      pullRequest: pull.url ?? label,
      direct: false,
    };
  }

  #count(pull: Merged, label: string): void {
    const { tally } = this;
    tally.changes += 1;
    if (pull.reviews !== undefined) tally.withReviews += 1;
    if (pull.checks !== undefined) tally.withChecks += 1;
    if (pull.lastCommittedAt !== undefined) tally.withLastPush += 1;
    if (pull.headRevision !== undefined) tally.withHead += 1;
    if (pull.mergedBy !== undefined) tally.withMergedBy += 1;
    if (pull.cutOff.length > 0) tally.cutOff.add(`${label} (${pull.cutOff.join(", ")})`);
    const actors = [pull.author, ...(pull.reviews ?? []).map((review) => review.by)];
    if (actors.some((actor) => actor.login === GHOST.login)) tally.ghosts.add(label);
  }

  /** What GitHub itself calls a bot is one, whether or not the program lists it: an app's approval is nobody's. */
  #person(actor: Actor): KnownPerson {
    const known = this.#resolve({
      login: { system: "github", login: actor.login },
      ...(actor.name === undefined ? {} : { name: actor.name }),
    });
    if (!actor.bot || known.bot) return known;
    this.tally.unlistedBots.add(actor.login);
    return { id: known.id, bot: true };
  }

  #coAuthors(
    authors: readonly CommitAuthor[] | undefined,
    author: KnownPerson,
  ): readonly string[] | undefined {
    if (authors === undefined) return undefined;
    const ids = authors.flatMap((one) => {
      const hints: IdentityHints = {
        ...(one.email === undefined ? {} : { email: one.email }),
        ...(one.login === undefined ? {} : { login: { system: "github", login: one.login } }),
        ...(one.name === undefined ? {} : { name: one.name }),
      };
      return Object.keys(hints).length === 0 ? [] : [this.#resolve(hints).id];
    });
    return [...new Set(ids)].filter((id) => id !== author.id);
  }
}

function approvalFacts(reviews: readonly Given[], mergedAt: number): JsonObject {
  const { standing, withdrawn } = approvalsOf(reviews, mergedAt);
  const when = (review: Given): { readonly at?: string } =>
    present({ at: review.at === undefined ? undefined : formatInstant(review.at) });
  return {
    approvals: standing.map((review) => ({
      person: review.person.id,
      bot: review.person.bot,
      via: "review",
      ...when(review),
      ...present({ revision: review.revision }),
    })),
    dismissedApprovals: withdrawn.map((review) => ({ person: review.person.id, ...when(review) })),
  };
}

/** "https://github.com/lumen/api/pull/12" → "lumen/api" */
export function repositoryOf(pull: Pull): string | undefined {
  return /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/pull\/\d+/.exec(pull.url ?? "")?.[1];
}
