/**
 * What is known of one object: who held which role at which time, exactly, or why it cannot be told.
 *
 * A list says who held access when it was taken; a change says what holds from then on, and nothing of before. What is
 * known at one time holds at another only if a feed tells every change in between, and there was none.
 */
import { formatInstant, type EpochMs } from "@countersign/kernel";
import { Coverage } from "./coverage.ts";
import {
  subjectKey,
  weightOf,
  type AccessEvent,
  type AccessFeed,
  type AccessGround,
  type AccessList,
  type AccessObject,
  type AccessStep,
  type KnownAt,
  type NoAccessReason,
  type UnknownAccessReason,
} from "./model.ts";

/** Of the way from one subject to one object. */
export type Held =
  | {
      readonly state: "yes";
      /** One for each role that reads. */
      readonly roles: readonly HeldRole[];
    }
  | { readonly state: "no"; readonly why: NoAccessReason }
  | { readonly state: "unknown"; readonly reason: UnknownAccessReason };

export type HeldRole = Pick<AccessStep, "role" | "since" | "evidence"> & {
  readonly ground?: AccessGround;
  readonly grant?: string;
};

type ListEntry = AccessList["entries"][number];

/** A time at which the sources settle whether a role was held. */
type Point = { readonly at: EpochMs; readonly role: string } &
  /** The entries of the role; of none, the role was not held. */
  (
    | { readonly by: "list"; readonly entries: readonly ListEntry[] }
    /** `event`: the change that granted or changed it; with `gone`, the one that ended it. */
    | { readonly by: "event"; readonly event: AccessEvent; readonly gone: boolean }
    | { readonly by: "unclear" }
  );

type Statement = { readonly at: EpochMs; readonly reads: boolean };

/** Stands for every role that nothing names: who holds none of the named ones may still hold another. */
const ANY_OTHER = Symbol("any other role");
type Role = string | typeof ANY_OTHER;

export class ObjectHistory {
  readonly of: AccessObject;
  readonly coverage: Coverage;
  readonly #lists: readonly AccessList[];
  readonly #entries: readonly ReadonlyMap<string, readonly ListEntry[]>[];
  readonly #events = new Map<string, AccessEvent[]>();
  readonly #statements = new Map<string, Statement[]>();
  readonly #readingRoles: ReadonlySet<string>;
  readonly #sources: readonly string[];

  constructor(
    of: AccessObject,
    lists: readonly AccessList[],
    events: readonly AccessEvent[],
    feeds: readonly AccessFeed[],
    readingRoles: readonly string[],
  ) {
    this.of = of;
    this.coverage = new Coverage(feeds);
    this.#lists = lists.toSorted((a, b) => a.takenAt - b.takenAt);
    this.#entries = this.#lists.map(({ entries }) =>
      Map.groupBy(entries, (each) => subjectKey(each.subject)),
    );
    for (const event of events.toSorted((a, b) => a.at - b.at)) {
      const key = subjectKey(event.subject);
      const kept = this.#events.get(key);
      if (kept === undefined) this.#events.set(key, [event]);
      else kept.push(event);
      this.#state(event, event.at);
    }
    for (const list of this.#lists) for (const entry of list.entries) this.#state(entry, list.takenAt);
    for (const statements of this.#statements.values()) statements.sort((a, b) => a.at - b.at);
    this.#readingRoles = new Set(readingRoles);
    this.#sources = [...new Set(this.#lists.map(({ source }) => source))];
  }

  #state({ role = "", reads }: Pick<ListEntry, "role" | "reads">, at: EpochMs): void {
    if (reads === undefined) return;
    const statements = this.#statements.get(role);
    if (statements === undefined) this.#statements.set(role, [{ at, reads }]);
    else statements.push({ at, reads });
  }

  get isKnown(): boolean {
    return this.#lists.length > 0 || this.#events.size > 0 || this.coverage.isFed;
  }

  /** Everyone who ever stands here, by key. */
  subjects(): ReadonlySet<string> {
    return new Set([...this.#entries.flatMap((entries) => [...entries.keys()]), ...this.#events.keys()]);
  }

  /** Times at which an answer can change. */
  times(): readonly EpochMs[] {
    const ends = this.#lists.flatMap(({ entries }) => entries.flatMap(({ expiresAt }) => expiresAt ?? []));
    const changes = [...this.#events.values()].flat();
    return [
      ...this.#lists.map(({ takenAt }) => takenAt),
      ...ends,
      ...changes.flatMap(({ at, expiresAt }) => (expiresAt === undefined ? [at] : [at, expiresAt])),
      ...this.coverage.edges(),
    ];
  }

  /** Whether a subject could read (of a group: belonged to it) at a time. A key that stands nowhere is whoever else. */
  held(key: string, at: EpochMs): Held {
    const roles: HeldRole[] = [];
    const whys: NoAccessReason[] = [];
    const unknown: UnknownAccessReason[] = [];
    for (const role of this.#rolesOf(key)) {
      const found = this.#roleAt(key, role, at);
      if (found.state === "yes") roles.push(...found.roles);
      else if (found.state === "no") whys.push(found.why);
      else unknown.push(found.reason);
    }
    if (roles.length > 0) return { state: "yes", roles };
    // The named roles come first: what is unknown of one of them says more than what is unknown of any other.
    const [reason] = unknown;
    if (reason !== undefined) return { state: "unknown", reason };
    const [why] = whys.toSorted((a, b) => weightOf(b) - weightOf(a));
    return { state: "no", why: why ?? { kind: "not-listed", of: this.of, at: formatInstant(at) } };
  }

  #rolesOf(key: string): readonly Role[] {
    const entries = this.#entries.flatMap((each) => each.get(key) ?? []);
    const events = this.#events.get(key) ?? [];
    const named = new Set([
      ...entries.map(({ role = "" }) => role),
      ...events.flatMap(({ action, role = "", fromRole }) => [
        ...(action === "unclear" || (action === "removed" && role === "") ? [] : [role]),
        ...(fromRole === undefined ? [] : [fromRole]),
      ]),
    ]);
    return [...named, ANY_OTHER];
  }

  #roleAt(key: string, role: Role, at: EpochMs): Held {
    const before = this.#before(key, role, at);
    if (before !== undefined && this.coverage.tells(before.at, at)) return this.#valueOf(before, key, at);
    const after = this.#after(key, role, at);
    // An event says nothing of the time before it; a list holds backwards as long as nothing changed.
    if (after?.by === "list" && this.coverage.tells(at, after.at)) return this.#valueOf(after, key, at);
    return { state: "unknown", reason: this.#untold(before, after, at) };
  }

  /** The last point up to a time, itself included; at one instant a change counts and not the list. */
  #before(key: string, role: Role, at: EpochMs): Point | undefined {
    const events = (this.#events.get(key) ?? []).filter((event) => event.at <= at && touches(event, role));
    const event = eventPoint(events, role);
    for (let i = this.#lists.length - 1; i >= 0; i--) {
      const list = this.#lists[i];
      if (list === undefined || list.takenAt > at) continue;
      if (event !== undefined && event.at >= list.takenAt) return event;
      const point = this.#listPoint(i, key, role);
      if (point !== undefined) return point;
    }
    return event;
  }

  #after(key: string, role: Role, at: EpochMs): Point | undefined {
    const first = (this.#events.get(key) ?? []).find((event) => event.at > at && touches(event, role));
    for (const [i, list] of this.#lists.entries()) {
      if (list.takenAt <= at) continue;
      if (first !== undefined && first.at <= list.takenAt) break;
      const point = this.#listPoint(i, key, role);
      if (point !== undefined) return point;
    }
    return first === undefined ? undefined : eventPoint([first], role);
  }

  #listPoint(index: number, key: string, role: Role): Point | undefined {
    const list = this.#lists[index];
    if (list === undefined) return undefined;
    const name = typeof role === "string" ? role : "";
    const entries = (this.#entries[index]?.get(key) ?? []).filter((each) => (each.role ?? "") === role);
    if (entries.length > 0) return { at: list.takenAt, role: name, by: "list", entries };
    // Who is missing from a list that is not the whole list may have held it all the same.
    const isWhole = list.incomplete === undefined && this.#sources.length === 1;
    return isWhole ? { at: list.takenAt, role: name, by: "list", entries } : undefined;
  }

  #valueOf(point: Point, key: string, at: EpochMs): Held {
    const { of } = this;
    if (point.by === "unclear")
      return { state: "unknown", reason: { kind: "change-unclear", of, at: formatInstant(point.at) } };
    const entries = point.by === "list" ? point.entries : [point.event];
    // One role may stand on a list twice; the entry that gives most is the one that counts.
    const found = entries.map((entry) => this.#entryAt(point, entry, key, at));
    return (
      found.find(({ state }) => state === "yes") ??
      found.find(({ state }) => state === "unknown") ??
      found[0] ?? { state: "no", why: { kind: "not-listed", of, at: formatInstant(point.at) } }
    );
  }

  #entryAt(
    point: Exclude<Point, { readonly by: "unclear" }>,
    entry: ListEntry,
    key: string,
    at: EpochMs,
  ): Held {
    const { of } = this;
    const { role } = point;
    const no = (kind: Exclude<NoAccessReason["kind"], "not-listed">, since: EpochMs): Held => ({
      state: "no",
      why: { kind, of, subject: entry.subject, at: formatInstant(since), role, evidence: entry.evidence },
    });
    if (point.by === "event" && point.gone) return no("removed", point.at);
    if (entry.expiresAt !== undefined && at >= entry.expiresAt) return no("expired", entry.expiresAt);
    if (entry.active === false) return no("inactive", point.at);
    const reads = of.kind === "group" ? true : (entry.reads ?? this.#readsAt(role, at));
    if (reads === undefined) return { state: "unknown", reason: { kind: "role-not-told", of, role } };
    if (!reads) return no("role-does-not-read", point.at);
    const ground = point.by === "event" ? point.event.ground : undefined;
    const held: HeldRole = {
      role,
      since: this.#sinceOf(point, key),
      evidence: [entry.evidence],
      ...(ground === undefined ? {} : { ground }),
      ...(entry.grant === undefined ? {} : { grant: entry.grant }),
    };
    return { state: "yes", roles: [held] };
  }

  /** What the sources say of a role elsewhere, as far as every change is told from there to here. */
  #readsAt(role: string, at: EpochMs): boolean | undefined {
    if (this.#readingRoles.has(role)) return true;
    const statements = this.#statements.get(role) ?? [];
    const last = statements.findLast((each) => each.at <= at && this.coverage.tells(each.at, at));
    const one = last ?? statements.find((each) => each.at > at && this.coverage.tells(at, each.at));
    const agree = statements.every((each) => each.at !== one?.at || each.reads === one.reads);
    return agree ? one?.reads : undefined;
  }

  /** Back over points that are joined without a hole, to the change that began it, or the first list that shows it. */
  #sinceOf(point: Point, key: string): AccessStep["since"] {
    let first = point;
    while (first.by === "list") {
      const earlier = this.#before(key, first.role, first.at - 1);
      const isHeld =
        earlier !== undefined &&
        earlier.by !== "unclear" &&
        (earlier.by === "list" ? earlier.entries.length > 0 : !earlier.gone);
      if (!isHeld || !this.coverage.tells(earlier.at, first.at)) break;
      first = earlier;
    }
    const how = first.by !== "event" ? "listed" : first.event.action === "changed" ? "changed" : "granted";
    return { at: formatInstant(first.at), how };
  }

  #untold(before: Point | undefined, after: Point | undefined, at: EpochMs): UnknownAccessReason {
    const { of } = this;
    if (before?.by === "unclear" && this.coverage.tells(before.at, at))
      return { kind: "change-unclear", of, at: formatInstant(before.at) };
    if (!this.isKnown) return { kind: "not-collected", of };
    if (this.#lists.length > 0 && before === undefined && after === undefined) {
      if (this.#sources.length > 1) return { kind: "several-lists", of, sources: this.#sources };
      const list = this.#lists.findLast(({ takenAt }) => takenAt <= at) ?? this.#lists[0];
      if (list?.incomplete !== undefined)
        return {
          kind: "list-incomplete",
          of,
          at: formatInstant(list.takenAt),
          reason: list.incomplete,
        };
    }
    const first = before?.at ?? at;
    const last = before === undefined ? (after?.at ?? at) : at;
    const gap = this.coverage.tells(first, last) ? undefined : this.coverage.gapWithin(first, last);
    return {
      kind: "not-told-between",
      of,
      ...(before === undefined ? {} : { before: known(before) }),
      ...(after === undefined ? {} : { after: known(after) }),
      ...(gap === undefined ? {} : { gap }),
    };
  }
}

function known(point: Point): KnownAt {
  const at = formatInstant(point.at);
  if (point.by === "list") {
    const entry = point.entries.find(({ active }) => active !== false) ?? point.entries[0];
    const held = entry !== undefined && entry.active !== false;
    return { at, by: "list", held, ...(entry === undefined ? {} : { evidence: entry.evidence }) };
  }
  if (point.by === "unclear") return { at, by: "event", held: false };
  return { at, by: "event", held: !point.gone, evidence: point.event.evidence };
}

/** Whether an event settles a role. */
function touches({ action, role = "", fromRole }: AccessEvent, asked: Role): boolean {
  switch (action) {
    case "unclear":
      return true;
    case "granted":
      return role === asked;
    case "removed":
      return role === "" || role === asked;
    case "changed":
      return fromRole === undefined || role === asked || fromRole === asked;
  }
}

/** The last of events that touch a role; several at one instant have to agree. */
function eventPoint(events: readonly AccessEvent[], role: Role): Point | undefined {
  const last = events.at(-1);
  if (last === undefined) return undefined;
  const name = typeof role === "string" ? role : "";
  const together = events.filter(({ at }) => at === last.at);
  const isGone = (event: AccessEvent) =>
    event.action === "removed" || (event.action === "changed" && (event.role ?? "") !== role);
  const agree = together.every((event) => event.action !== "unclear" && isGone(event) === isGone(last));
  if (!agree) return { at: last.at, role: name, by: "unclear" };
  return { at: last.at, role: name, by: "event", event: last, gone: isGone(last) };
}
