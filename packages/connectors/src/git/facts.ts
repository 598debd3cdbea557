/** From a commit to the facts of a change. Nothing is judged here: what the commit does not say is left out. */
import { formatInstant, type EpochMs, type JsonObject } from "@countersign/kernel";
import type { IdentityHints, KnownPerson, PersonResolver } from "@countersign/application/ports";
import type { Commit, Ident } from "./commit.ts";
import { checkOutcome } from "./outcome.ts";
import { peopleIn, peopleInFull, type Named } from "./people.ts";
import { PULL_REQUEST_KEYS, type GitSettings } from "./settings.ts";
import { cut, cutTitle } from "./text.ts";
import { ticketsIn } from "./tickets.ts";
import { foldKey, KeySet, parseTrailers, type Trailer } from "./trailers.ts";

const MOST_REMEMBERED = 20_000;

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

/** A trailer with the people it names, each already opaque. */
type Read = Trailer & {
  readonly folded: string;
  readonly people: readonly (Named & { readonly known: KnownPerson })[];
};

/** The settings in the form in which each commit is read. */
export class FactReader {
  readonly #settings: GitSettings;
  readonly #resolve: PersonResolver;
  /** The same few people stand in every commit. */
  readonly #resolved = new Map<string, KnownPerson>();
  readonly #approvals: KeySet;
  readonly #checks: KeySet;
  readonly #links: KeySet;
  readonly #known: KeySet;

  constructor(settings: GitSettings, person: PersonResolver) {
    this.#settings = settings;
    this.#resolve = person;
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
    const who = this.#person(author);
    const committer = hintsOf(commit.committer);
    const headers = [commit.author, commit.committer].filter((ident) => ident !== undefined);
    const trailers = parseTrailers(commit.message, this.#known).map((trailer) =>
      this.#readTrailer(trailer, headers),
    );
    const approvers = trailers
      .filter((trailer) => this.#approvals.has(trailer.key))
      .flatMap((one) => one.people);
    const approvals = this.#approvalsIn(trailers);
    const checks = this.#checksIn(trailers);
    const coAuthors = trailers.filter((one) => one.folded === "co-authored-by").flatMap((one) => one.people);
    const title = cutTitle(commit.message);
    const pullRequest = firstValue(trailers, PULL_REQUEST_KEYS);
    return {
      facts: {
        ...placed,
        mergedAt: formatInstant(placed.mergedAt),
        title,
        author: who.id,
        authorIsBot: who.bot,
        ...(committer === undefined ? {} : { committer: this.#person(committer).id }),
        ...(commit.author?.at === undefined ? {} : { authoredAt: formatInstant(commit.author.at) }),
        ...(coAuthors.length === 0 ? {} : { coAuthors: distinct(coAuthors.map((one) => one.known.id)) }),
        ...(approvals.length === 0 ? {} : { approvals }),
        ...(checks.length === 0 ? {} : { checks }),
        ...(pullRequest === undefined ? {} : { pullRequest }),
        bypasses: this.#bypassesIn(trailers),
        tickets: ticketsIn(commit.message, this.#settings.ticketPatterns),
        links: this.#linksIn(title, trailers),
        signature: commit.signature,
        trailers: trailers.flatMap(asFacts),
      },
      approved: approvals.length > 0,
      checked: checks.length > 0,
      reviewedElsewhere: trailers.some((one) => one.folded === "reviewed-on" || one.folded === "change-id"),
      nameOnly: approvers.some((one) => one.email === undefined),
      namesake: approvers.some((one) => sameName(one.name, author.name) && one.known.id !== who.id),
    };
  }

  /**
   * A value names people where the trailer's key says so ("-by", an approval), or where it has the form of a name with
   * an address. A bare name that a header of the same commit bears means that person, address and all: otherwise an
   * author could approve the change under a name alone and pass for somebody else.
   */
  #readTrailer(trailer: Trailer, headers: readonly Ident[]): Read {
    const folded = foldKey(trailer.key);
    const speaksOfPeople = folded.endsWith("-by") || folded === "cc" || this.#approvals.has(folded);
    const whole = headers.find((ident) => sameName(ident.name, trailer.value));
    const named: readonly Named[] = !speaksOfPeople
      ? peopleInFull(trailer.value)
      : whole === undefined
        ? peopleIn(trailer.value)
        : [{ name: whole.name }];
    const people = named.map((one) => {
      const full = one.email === undefined ? withAddress(one, headers) : one;
      return { ...full, known: this.#person(full) };
    });
    return { ...trailer, folded, people };
  }

  #person(hints: IdentityHints): KnownPerson {
    const key = `${hints.email ?? ""}\n${hints.name ?? ""}`;
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const fresh = this.#resolve(hints);
    if (this.#resolved.size < MOST_REMEMBERED) this.#resolved.set(key, fresh);
    return fresh;
  }

  #approvalsIn(trailers: readonly Read[]): readonly JsonObject[] {
    const seen = new Set<string>();
    return trailers.flatMap((trailer) => {
      if (!this.#approvals.has(trailer.folded)) return [];
      return trailer.people.flatMap(({ known }) => {
        const same = `${known.id} ${trailer.folded}`;
        if (seen.has(same)) return [];
        seen.add(same);
        return [{ person: known.id, bot: known.bot, via: trailer.key }];
      });
    });
  }

  #checksIn(trailers: readonly Read[]): readonly JsonObject[] {
    return trailers.flatMap((trailer) => {
      if (!this.#checks.has(trailer.folded)) return [];
      const by = trailer.people[0]?.known.id;
      return [
        { name: trailer.key, outcome: checkOutcome(trailer.value), ...(by === undefined ? {} : { by }) },
      ];
    });
  }

  #bypassesIn(trailers: readonly Read[]): readonly JsonObject[] {
    return trailers.flatMap((trailer): readonly JsonObject[] => {
      if (!this.#settings.bypassPattern.test(trailer.key)) return [];
      if (trailer.people.length === 0) return [{ name: trailer.key }];
      return trailer.people.map((one) => ({ name: trailer.key, by: one.known.id }));
    });
  }

  #linksIn(title: string, trailers: readonly Read[]): readonly string[] {
    const linked = trailers.filter((trailer) => this.#links.has(trailer.folded) && trailer.value !== "");
    // GitHub's own titles: "Merge pull request #12 from …" and, for a squash, "… (#12)".
    const merged = /^Merge pull request (#\d+) /.exec(title) ?? /\((#\d+)\)$/.exec(title);
    const number = merged?.[1];
    return distinct([
      ...linked.map((trailer) => cut(trailer.value)),
      ...(number === undefined ? [] : [number]),
    ]);
  }
}

function withAddress(named: Named, headers: readonly Ident[]): Named {
  const same = headers.find((ident) => ident.email !== "" && sameName(ident.name, named.name));
  return same === undefined ? named : { name: same.name, email: same.email };
}

function asFacts(trailer: Read): readonly JsonObject[] {
  if (trailer.people.length === 0) return [{ key: trailer.key, value: cut(trailer.value) }];
  return trailer.people.map((one) => ({ key: trailer.key, person: one.known.id }));
}

function firstValue(trailers: readonly Read[], keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const found = trailers.find((trailer) => trailer.folded === foldKey(key) && trailer.value !== "");
    if (found !== undefined) return cut(found.value);
  }
  return undefined;
}

function hintsOf(ident: Ident | undefined): IdentityHints | undefined {
  if (ident === undefined || (ident.name === "" && ident.email === "")) return undefined;
  return {
    ...(ident.email === "" ? {} : { email: ident.email }),
    ...(ident.name === "" ? {} : { name: ident.name }),
  };
}

function sameName(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (left === right) return left !== "";
  return left.length === right.length && left !== "" && left.toLowerCase() === right.toLowerCase();
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
