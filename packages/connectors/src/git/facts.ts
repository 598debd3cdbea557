/** From a commit to the facts of a change. Nothing is judged here: what the commit does not say is left out. */
import { formatInstant, type EpochMs, type JsonObject } from "@countersign/kernel";
import type { IdentityHints, KnownPerson, PersonResolver } from "@countersign/application/ports";
import type { Commit, Ident } from "./commit.ts";
import { checkOutcome } from "./outcome.ts";
import { namesSomebody, peopleIn, type Named } from "./people.ts";
import { PULL_REQUEST_KEYS, type GitSettings } from "./settings.ts";
import { ticketsIn } from "./tickets.ts";
import { foldKey, KeySet, parseTrailers, type Trailer } from "./trailers.ts";

const LONGEST_TITLE = 500;
const LONGEST_VALUE = 2000;

export type ChangeFacts = {
  readonly facts: JsonObject;
  /** Whether an approval trailer names anybody; without one the facts say nothing of approvals. */
  readonly approved: boolean;
  readonly checked: boolean;
  readonly reviewedElsewhere: boolean;
  /** An approver is known by a bare name only, so that a second identity would go unseen. */
  readonly nameOnly: boolean;
  /** An approver has the author's name and is not known to be the author. */
  readonly namesake: boolean;
};

export type Placed = {
  readonly repository: string;
  readonly branch: string;
  readonly revision: string;
  readonly mergedAt: EpochMs;
};

/** The settings in the form in which each commit is read. */
export class FactReader {
  readonly #settings: GitSettings;
  readonly #person: PersonResolver;
  readonly #approvals: KeySet;
  readonly #checks: KeySet;
  readonly #links: KeySet;
  readonly #known: KeySet;

  constructor(settings: GitSettings, person: PersonResolver) {
    this.#settings = settings;
    this.#person = person;
    this.#approvals = new KeySet(settings.approvalKeys);
    this.#checks = new KeySet(settings.checkKeys);
    this.#links = new KeySet(settings.linkKeys);
    this.#known = new KeySet([
      ...settings.approvalKeys,
      ...settings.checkKeys,
      ...settings.linkKeys,
      ...PULL_REQUEST_KEYS,
    ]);
  }

  /** @returns undefined when the commit names no author at all. */
  read(commit: Commit, placed: Placed): ChangeFacts | undefined {
    const author = hintsOf(commit.author);
    if (author === undefined) return undefined;
    const headers = [commit.author, commit.committer].filter((ident) => ident !== undefined);
    const trailers = parseTrailers(commit.message, this.#known);
    const people = trailers.map((trailer) => this.#peopleOf(trailer, headers));
    const who = this.#person(author);
    const committer = hintsOf(commit.committer);
    const approvals = this.#approvalsIn(trailers, people);
    const checks = this.#checksIn(trailers, people);
    const title = titleOf(commit.message);
    const coAuthors = distinct(
      matching(trailers, people, (key) => foldKey(key) === "co-authored-by").map(
        (one) => this.#person(one).id,
      ),
    );
    const pullRequest = firstValue(trailers, PULL_REQUEST_KEYS);
    const optionalFacts = {
      ...(committer === undefined ? {} : { committer: this.#person(committer).id }),
      ...(commit.author?.at === undefined ? {} : { authoredAt: formatInstant(commit.author.at) }),
      ...(coAuthors.length === 0 ? {} : { coAuthors }),
      ...(approvals.length === 0 ? {} : { approvals }),
      ...(checks.length === 0 ? {} : { checks }),
      ...(pullRequest === undefined ? {} : { pullRequest }),
    };
    const approvers = matching(trailers, people, (key) => this.#approvals.has(key));
    return {
      facts: {
        ...placed,
        mergedAt: formatInstant(placed.mergedAt),
        title,
        author: who.id,
        authorIsBot: who.bot,
        ...optionalFacts,
        bypasses: this.#bypassesIn(trailers, people),
        tickets: ticketsIn(commit.message, this.#settings.ticketPatterns),
        links: this.#linksIn(title, trailers),
        signature: commit.signature,
        trailers: this.#allOf(trailers, people),
      },
      approved: approvals.length > 0,
      checked: checks.length > 0,
      reviewedElsewhere: trailers.some((trailer) =>
        ["reviewed-on", "change-id"].includes(foldKey(trailer.key)),
      ),
      nameOnly: approvers.some((one) => one.email === undefined),
      namesake: approvers.some((one) => sameName(one.name, author.name) && this.#person(one).id !== who.id),
    };
  }

  /**
   * A value names people where the trailer's key says so ("-by", an approval), or where it has the form of a name with
   * an address. A bare name that a header of the same commit bears means that person, address and all: otherwise an
   * author could approve the change under a name alone and pass for somebody else.
   */
  #peopleOf(trailer: Trailer, headers: readonly Ident[]): readonly Named[] {
    const key = foldKey(trailer.key);
    const speaksOfPeople = /-by$|^cc$/.test(key) || this.#approvals.has(key);
    if (!speaksOfPeople && !namesSomebody(trailer.value)) return [];
    const whole = headers.find((ident) => sameName(ident.name, trailer.value));
    const named: readonly Named[] = whole === undefined ? peopleIn(trailer.value) : [{ name: whole.name }];
    return named.map((one) => {
      if (one.email !== undefined) return one;
      const same = headers.find((ident) => ident.email !== "" && sameName(ident.name, one.name));
      return same === undefined ? one : { name: same.name, email: same.email };
    });
  }

  #approvalsIn(trailers: readonly Trailer[], people: readonly (readonly Named[])[]): readonly JsonObject[] {
    const approvals = trailers.flatMap((trailer, index) => {
      if (!this.#approvals.has(trailer.key)) return [];
      return (people[index] ?? []).map((one) => {
        const approver = this.#person(one);
        return { person: approver.id, bot: approver.bot, via: trailer.key };
      });
    });
    const seen = new Set<string>();
    return approvals.filter((approval) => {
      const same = `${approval.person} ${foldKey(approval.via)}`;
      return !seen.has(same) && seen.add(same) !== undefined;
    });
  }

  #checksIn(trailers: readonly Trailer[], people: readonly (readonly Named[])[]): readonly JsonObject[] {
    return trailers.flatMap((trailer, index) => {
      if (!this.#checks.has(trailer.key)) return [];
      const by = this.#idOf(people[index]?.[0]);
      return [
        { name: trailer.key, outcome: checkOutcome(trailer.value), ...(by === undefined ? {} : { by }) },
      ];
    });
  }

  #bypassesIn(trailers: readonly Trailer[], people: readonly (readonly Named[])[]): readonly JsonObject[] {
    return trailers.flatMap((trailer, index): readonly JsonObject[] => {
      if (!this.#settings.bypassPattern.test(trailer.key)) return [];
      const named = people[index] ?? [];
      if (named.length === 0) return [{ name: trailer.key }];
      return named.map((one) => ({ name: trailer.key, by: this.#person(one).id }));
    });
  }

  #linksIn(title: string, trailers: readonly Trailer[]): readonly string[] {
    const linked = trailers.filter((trailer) => this.#links.has(trailer.key) && trailer.value !== "");
    // GitHub's own titles: "Merge pull request #12 from …" and, for a squash, "… (#12)".
    const merged = /^Merge pull request (#\d+) /.exec(title) ?? /\((#\d+)\)$/.exec(title);
    const number = merged?.[1];
    return distinct([
      ...linked.map((trailer) => cut(trailer.value)),
      ...(number === undefined ? [] : [number]),
    ]);
  }

  #allOf(trailers: readonly Trailer[], people: readonly (readonly Named[])[]): readonly JsonObject[] {
    return trailers.flatMap((trailer, index): readonly JsonObject[] => {
      const named = people[index] ?? [];
      if (named.length === 0) return [{ key: trailer.key, value: cut(trailer.value) }];
      return named.map((one) => ({ key: trailer.key, person: this.#person(one).id }));
    });
  }

  #idOf(named: Named | undefined): KnownPerson["id"] | undefined {
    return named === undefined ? undefined : this.#person(named).id;
  }
}

function matching(
  trailers: readonly Trailer[],
  people: readonly (readonly Named[])[],
  wanted: (key: string) => boolean,
): readonly Named[] {
  return trailers.flatMap((trailer, index) => (wanted(trailer.key) ? (people[index] ?? []) : []));
}

function firstValue(trailers: readonly Trailer[], keys: readonly string[]): string | undefined {
  const values = keys.map((key) => trailers.find((trailer) => foldKey(trailer.key) === foldKey(key))?.value);
  const found = values.find((value) => value !== undefined && value !== "");
  return found === undefined ? undefined : cut(found);
}

function hintsOf(ident: Ident | undefined): IdentityHints | undefined {
  if (ident === undefined || (ident.name === "" && ident.email === "")) return undefined;
  return {
    ...(ident.email === "" ? {} : { email: ident.email }),
    ...(ident.name === "" ? {} : { name: ident.name }),
  };
}

function titleOf(message: string): string {
  const line = message.trimStart().split(/\r?\n/, 1)[0] ?? "";
  const title = line.trim();
  return title.length <= LONGEST_TITLE ? title : `${cutAt(title, LONGEST_TITLE)}…`;
}

function cut(value: string): string {
  return value.length <= LONGEST_VALUE ? value : `${cutAt(value, LONGEST_VALUE)}…`;
}

/** Never between the halves of a surrogate pair, which canonical JSON refuses. */
function cutAt(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

function sameName(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  const folded = left.trim().toLowerCase();
  return folded !== "" && folded === right.trim().toLowerCase();
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
