/** From recorded populations to what the question of past access is answered from. Every version counts: a source may forget. */
import { epochOf, formatInstant, type EpochMs, type JsonObject } from "@countersign/kernel";
import type {
  AccessEvent,
  AccessEvidence,
  AccessFeed,
  AccessGround,
  AccessList,
  AccessObject,
  AccessQuestion,
  AccessSubject,
  Outage,
} from "@countersign/assessment";
import type { Item, PersonId } from "@countersign/records";
import type { LogState } from "../log-state.ts";
import type { PopulationRow } from "../populations.ts";
import type { Blobs } from "../ports/index.ts";
import { itemLinesOf } from "../read-list.ts";

export type AccessFacts = Omit<AccessQuestion, "resources" | "during" | "readingRoles">;

/** One version of a population that an answer may rest on. */
export type AccessPopulation = {
  readonly population: string;
  readonly record: string;
  readonly kind: string;
  readonly source: string;
  readonly items: number;
  readonly extraction: "complete" | "partial" | "failed";
  readonly cautions: readonly string[];
};

export const ACCESS_KINDS: readonly string[] = [
  "access-entry",
  "account",
  "group-member",
  "access-event",
  "session",
  "leaver",
  "access-grant",
];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type ListEntry = AccessList["entries"][number];
type OpenList = Mutable<Omit<AccessList, "entries">> & { readonly entries: ListEntry[] };

export function readAccessFacts(
  blobs: Blobs,
  log: LogState,
): { readonly facts: AccessFacts; readonly populations: readonly AccessPopulation[] } {
  const rows = log
    .rows("population.collected")
    // What is joined repeats what it was joined from.
    .filter(({ body }) => ACCESS_KINDS.includes(body.kind) && body.joinedFrom.length === 0);
  const reading = new AccessReading(blobs, log);
  for (const row of rows) reading.take(row);
  return {
    facts: reading.facts(),
    populations: rows.map(({ record, body }) => ({
      population: nameOf(body),
      record,
      kind: body.kind,
      source: body.source,
      items: body.items.count,
      extraction: body.extraction.state,
      cautions: body.cautions,
    })),
  };
}

const nameOf = (body: PopulationRow["body"]): string => `${body.population}@${body.version}`;

class AccessReading {
  readonly #blobs: Blobs;
  readonly #outages: ReadonlyMap<string, readonly Outage[]>;
  readonly #failures: ReadonlyMap<string, readonly Outage[]>;
  /** By what an item is in its source: a later version says it anew. */
  readonly #lists = new Map<string, AccessList>();
  readonly #events = new Map<string, AccessEvent>();
  readonly #sessions = new Map<string, AccessQuestion["sessions"][number]>();
  readonly #grants = new Map<string, AccessQuestion["grants"][number]>();
  readonly #leavers = new Map<string, AccessQuestion["leavers"][number]>();
  readonly #feeds: AccessFeed[] = [];
  readonly #sessionFeeds: AccessFeed[] = [];

  constructor(blobs: Blobs, log: LogState) {
    this.#blobs = blobs;
    const told = <T extends { readonly source: string }>(each: T, outage: Outage) => ({
      source: each.source,
      outage,
    });
    this.#outages = bySource(
      log.rows("source.gap").map(({ body }) => told(body, outageOf(body.start, body.end, body.reason))),
    );
    this.#failures = bySource(
      log
        .rows("collection.failed")
        .map(({ body }) =>
          told(
            body,
            outageOf(body.covers.start, body.covers.end, `the read failed: ${body.reasons.join("; ")}`),
          ),
        ),
    );
  }

  facts(): AccessFacts {
    return {
      lists: [...this.#lists.values()],
      events: [...this.#events.values()],
      feeds: this.#feeds,
      sessions: [...this.#sessions.values()],
      sessionFeeds: this.#sessionFeeds,
      grants: [...this.#grants.values()],
      leavers: [...this.#leavers.values()],
    };
  }

  take(row: PopulationRow): void {
    const { body } = row;
    const lists = new Map<string, OpenList>();
    /** Lines whose facts are gone or name nobody: whoever is missing from a list may be one of them. */
    let unread = 0;
    for (const line of itemLinesOf(this.#blobs, body.items)) {
      const isTaken = "item" in line && this.#item(row, line.item, lists);
      if (!isTaken) unread++;
    }
    const incomplete = whyIncomplete(body, unread);
    for (const [key, list] of lists)
      this.#lists.set(key, incomplete === undefined ? list : { ...list, incomplete });
    if (body.kind === "access-event") this.#feeds.push(...this.#feedOf(body, incomplete));
    if (body.kind === "session") this.#sessionFeeds.push(...this.#feedOf(body, incomplete));
  }

  /** @returns whether the item could be placed */
  #item(row: PopulationRow, item: Item, lists: Map<string, OpenList>): boolean {
    const { body, record } = row;
    const evidence: AccessEvidence = { record, population: nameOf(body), item: item.id };
    const key = `${body.source}\n${item.id}`;
    switch (body.kind) {
      case "access-entry":
      case "account":
      case "group-member":
        return this.#entry(body, item, evidence, lists);
      case "access-event": {
        const event = eventOf(item, evidence);
        if (event !== undefined) this.#events.set(key, event);
        return event !== undefined;
      }
      case "session":
        this.#sessions.set(key, {
          person: personIn(item, "person") ?? ("" as PersonId),
          resource: textIn(item, "system") ?? "",
          startedAt: epochOf(textIn(item, "startedAt") ?? ""),
          ...timesIn(item, "endedAt", "expiresAt"),
          ...groundIn(item, evidence),
          evidence,
        });
        return true;
      case "access-grant":
        this.#grants.set(key, {
          id: item.id,
          person: personIn(item, "person") ?? ("" as PersonId),
          resource: textIn(item, "system") ?? "",
          ...textsIn(item, "role"),
          grantedAt: epochOf(textIn(item, "grantedAt") ?? ""),
          ground: groundIn(item, evidence).ground ?? { evidence },
        });
        return true;
      default:
        this.#leavers.set(key, {
          person: personIn(item, "person") ?? ("" as PersonId),
          endedAt: epochOf(textIn(item, "endedAt") ?? ""),
          ...timesIn(item, "accessRemovedAt"),
          evidence,
        });
        return true;
    }
  }

  #entry(
    body: PopulationRow["body"],
    item: Item,
    evidence: AccessEvidence,
    lists: Map<string, OpenList>,
  ): boolean {
    const of: AccessObject =
      body.kind === "group-member"
        ? { kind: "group", name: textIn(item, "inGroup") ?? "" }
        : { kind: "resource", name: textIn(item, body.kind === "account" ? "system" : "resource") ?? "" };
    const takenAt = epochOf(textIn(item, "listedAt") ?? "");
    const key = `${body.source}\n${of.kind}:${of.name}\n${takenAt}`;
    const list: OpenList = lists.get(key) ?? { source: body.source, of, takenAt, entries: [] };
    lists.set(key, list);
    const subject = body.kind === "account" ? accountHolder(item) : subjectOf(item);
    if (subject === undefined) return false;
    list.entries.push({
      subject,
      ...textsIn(item, "role", "grant"),
      ...boolsIn(item, "reads", "active"),
      ...timesIn(item, "expiresAt"),
      evidence,
    });
    const removedAt = textIn(item, "removedAt");
    if (removedAt !== undefined)
      this.#events.set(`${body.source}\n${item.id}`, {
        of,
        subject,
        at: epochOf(removedAt),
        action: "removed",
        evidence,
      });
    return true;
  }

  #feedOf(body: PopulationRow["body"], incomplete: string | undefined): readonly AccessFeed[] {
    const { watches } = body.parameters;
    if (!Array.isArray(watches)) return [];
    const of = (watches as readonly unknown[]).flatMap((name): AccessObject[] =>
      typeof name !== "string"
        ? []
        : name.startsWith("group:")
          ? [{ kind: "group", name: name.slice("group:".length) }]
          : [{ kind: "resource", name }],
    );
    const start = epochOf(body.covers.start);
    // A read tells nothing of what came after it began, whatever it was asked for.
    const end = Math.min(epochOf(body.covers.end), epochOf(body.startedAt));
    const failed = this.#failures.get(body.source) ?? [];
    return [
      {
        source: body.source,
        of,
        reads: incomplete === undefined ? [{ start, end }] : [],
        outages: this.#outages.get(body.source) ?? [],
        failures: incomplete === undefined ? failed : [...failed, { start, end, reason: incomplete }],
      },
    ];
  }
}

function whyIncomplete({ extraction }: PopulationRow["body"], unread: number): string | undefined {
  if (extraction.state !== "complete") return extraction.reasons.join("; ");
  if (unread > 0)
    return `${unread} of its lines ${unread === 1 ? "was erased or names" : "were erased or name"} no holder`;
  return undefined;
}

function eventOf(item: Item, evidence: AccessEvidence): AccessEvent | undefined {
  const [resource, inGroup] = [textIn(item, "resource"), textIn(item, "inGroup")];
  const subject = subjectOf(item);
  if (subject === undefined || (resource === undefined) === (inGroup === undefined)) return undefined;
  const action = textIn(item, "action")?.toLowerCase();
  const isKnown = action === "granted" || action === "changed" || action === "removed";
  return {
    of: inGroup === undefined ? { kind: "resource", name: resource ?? "" } : { kind: "group", name: inGroup },
    subject,
    at: epochOf(textIn(item, "changedAt") ?? ""),
    action: isKnown ? action : "unclear",
    // A membership has no roles that matter here: it is held, or it is not.
    ...(inGroup === undefined ? textsIn(item, "role", "fromRole", "grant") : textsIn(item, "grant")),
    ...boolsIn(item, "reads"),
    ...timesIn(item, "expiresAt"),
    ...groundIn(item, evidence),
    evidence,
  };
}

/** Exactly one of the three; anything else could be anybody. */
function subjectOf(item: Item): AccessSubject | undefined {
  const person = personIn(item, "person");
  const [service, group] = [textIn(item, "serviceAccount"), textIn(item, "group")];
  const found: AccessSubject[] = [
    ...(person === undefined ? [] : [{ kind: "person", person } as const]),
    ...(service === undefined ? [] : [{ kind: "service-account", name: service } as const]),
    ...(group === undefined ? [] : [{ kind: "group", name: group } as const]),
  ];
  return found.length === 1 ? found[0] : undefined;
}

/** An account of nobody in particular stands under its own id: the list has no other name for it. */
function accountHolder(item: Item): AccessSubject | undefined {
  const person = personIn(item, "person");
  if (person !== undefined) return { kind: "person", person };
  return item["service"] === true ? { kind: "service-account", name: item.id } : undefined;
}

function groundIn(item: Item, evidence: AccessEvidence): { readonly ground?: AccessGround } {
  const [approvedBy, approvedAt] = [personIn(item, "approvedBy"), textIn(item, "approvedAt")];
  const said = {
    ...textsIn(item, "ticket"),
    ...boolsIn(item, "approved"),
    ...(approvedBy === undefined ? {} : { approvedBy }),
    ...(approvedAt === undefined ? {} : { approvedAt: formatInstant(epochOf(approvedAt)) }),
  };
  return Object.keys(said).length === 0 ? {} : { ground: { ...said, evidence } };
}

/** Items were checked against their kind when they were collected; what is optional may be absent. */
function textIn(item: JsonObject, name: string): string | undefined {
  const value = item[name];
  return typeof value === "string" ? value : undefined;
}

const personIn = (item: JsonObject, name: string) => textIn(item, name) as PersonId | undefined;

function textsIn<K extends string>(item: JsonObject, ...names: readonly K[]): { [name in K]?: string } {
  return pick(names, (name) => textIn(item, name));
}

function boolsIn<K extends string>(item: JsonObject, ...names: readonly K[]): { [name in K]?: boolean } {
  return pick(names, (name) => (typeof item[name] === "boolean" ? item[name] : undefined));
}

function timesIn<K extends string>(item: JsonObject, ...names: readonly K[]): { [name in K]?: EpochMs } {
  return pick(names, (name) => {
    const text = textIn(item, name);
    return text === undefined ? undefined : epochOf(text);
  });
}

function pick<K extends string, T>(
  names: readonly K[],
  read: (name: K) => T | undefined,
): { [name in K]?: T } {
  const found: { [name in K]?: T } = {};
  for (const name of names) {
    const value = read(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function outageOf(start: string, end: string, reason: string): Outage {
  return { start: epochOf(start), end: epochOf(end), reason };
}

function bySource(
  told: readonly { readonly source: string; readonly outage: Outage }[],
): ReadonlyMap<string, readonly Outage[]> {
  const grouped = Map.groupBy(told, ({ source }) => source);
  return new Map([...grouped].map(([source, each]) => [source, each.map(({ outage }) => outage)]));
}
