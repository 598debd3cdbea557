/** Who could read, over every way that leads to the resource: directly, through groups, as a service account, break-glass. */
import { formatInstant, type EpochMs } from "@countersign/kernel";
import { Coverage } from "./coverage.ts";
import { ObjectHistory, type Held, type HeldRole } from "./history.ts";
import { PrincipalTally } from "./tally.ts";
import {
  objectKey,
  subjectKey,
  type AccessAnswer,
  type AccessFeed,
  type AccessGround,
  type AccessObject,
  type AccessQuestion,
  type AccessSession,
  type AccessStep,
  type AccessSubject,
  type NoAccessReason,
  type UnknownAccessReason,
} from "./model.ts";

/** A break-glass session that began longer ago than this, and before its list begins, is taken to be over. */
export const SESSION_HOURS_MAX = 24;
const SESSION_MS_MAX = SESSION_HOURS_MAX * 3_600_000;

/** Stands on no list: what holds for it holds for everyone of whom nothing is recorded. */
const NOBODY_KNOWN = "nobody known";

/**
 * Of an instant, who could read then; of a longer time, who could at any moment of it. Never says that somebody could, or
 * could not, where the collected facts allow the opposite: that is unknown, with the reason.
 */
export function accessAsOf(question: AccessQuestion): AccessAnswer {
  return new AccessSearch(question).answer();
}

/** The way so far, from the resource down. */
type Way = {
  readonly resource: string;
  readonly steps: readonly AccessStep[];
  /** The first link that is unknown: then all of the way is. */
  readonly unknown?: UnknownAccessReason;
};

class AccessSearch {
  readonly #question: AccessQuestion;
  readonly #histories = new Map<string, ObjectHistory>();
  readonly #subjects = new Map<string, AccessSubject>();
  readonly #sessions: readonly AccessSession[];
  readonly #sessionCoverage = new Map<string, Coverage>();
  readonly #tally: PrincipalTally;
  readonly #others = new Map<string, UnknownAccessReason>();
  /** At this moment somebody unknown, or a group of whom nobody knows who, may have held something. */
  #open: UnknownAccessReason[] = [];
  readonly #usersNotCollected = new Set<string>();

  constructor(question: AccessQuestion) {
    this.#question = question;
    for (const { entries } of question.lists) for (const { subject } of entries) this.#meet(subject);
    for (const { subject } of question.events) this.#meet(subject);
    this.#sessions = question.sessions.filter(({ resource }) => question.resources.includes(resource));
    for (const { person } of this.#sessions) this.#meet({ kind: "person", person });
    for (const resource of question.resources) {
      const feeds = feedsOf(question.sessionFeeds, { kind: "resource", name: resource });
      if (feeds.length > 0 || this.#sessions.some((session) => session.resource === resource))
        this.#sessionCoverage.set(resource, new Coverage(feeds));
    }
    this.#prepare();
    this.#tally = new PrincipalTally(question.leavers);
  }

  #meet(subject: AccessSubject): void {
    this.#subjects.set(subjectKey(subject), subject);
  }

  /** The objects from which a resource can be reached at any time at all. */
  #prepare(): void {
    const { lists, events, feeds, readingRoles = [] } = this.#question;
    const listsOf = Map.groupBy(lists, ({ of }) => objectKey(of));
    const eventsOf = Map.groupBy(events, ({ of }) => objectKey(of));
    const waiting: AccessObject[] = this.#question.resources.map((name) => ({ kind: "resource", name }));
    for (let of = waiting.pop(); of !== undefined; of = waiting.pop()) {
      const key = objectKey(of);
      if (this.#histories.has(key)) continue;
      const history = new ObjectHistory(
        of,
        listsOf.get(key) ?? [],
        eventsOf.get(key) ?? [],
        feedsOf(feeds, of),
        readingRoles,
      );
      this.#histories.set(key, history);
      for (const subject of history.subjects()) {
        const behind = objectBehind(this.#subjects.get(subject));
        if (behind !== undefined) waiting.push(behind);
      }
    }
  }

  answer(): AccessAnswer {
    const { resources, during } = this.#question;
    const times = this.#times();
    const everyone = this.#everyone();
    for (const [i, at] of times.entries()) {
      this.#tally.begin(at, times[i + 1] ?? during.end);
      for (const resource of resources) {
        const way = { resource, steps: [] };
        this.#walk({ kind: "resource", name: resource }, way, new Map());
        this.#breakGlass(resource, at, everyone);
      }
      this.#tally.end(everyone, this.#open);
      this.#open = [];
    }
    const last = times.at(-1) ?? during.start;
    const principals = this.#tally.principals((subject) => this.#brokenBehind(subject, last));
    const reasons = [...this.#others.values()];
    const isComplete =
      reasons.length === 0 &&
      this.#usersNotCollected.size === 0 &&
      principals.every(({ state }) => state !== "unknown");
    return {
      resources,
      during: { start: formatInstant(during.start), end: formatInstant(during.end) },
      state: isComplete ? "complete" : "incomplete",
      principals,
      others: reasons.length === 0 ? { state: "nobody" } : { state: "not-excluded", reasons },
      usersNotCollected: [...this.#usersNotCollected].sort(),
      breakGlass: resources.every((name) => this.#sessionCoverage.has(name)) ? "collected" : "not-collected",
    };
  }

  /** Of a member of a group, or a user of a service account, that lost its own way: why it did. */
  #brokenBehind(subject: AccessSubject, at: EpochMs): NoAccessReason {
    const key = subjectKey(subject);
    for (const holder of this.#subjects.values()) {
      const behind = objectBehind(holder);
      const history = behind === undefined ? undefined : this.#histories.get(objectKey(behind));
      const why = this.#tally.whyOf(holder);
      if (why !== undefined && history?.held(key, at).state === "yes") return why;
    }
    const of: AccessObject = { kind: "resource", name: this.#question.resources[0] ?? "" };
    const held = this.#histories.get(objectKey(of))?.held(key, at);
    return held?.state === "no" ? held.why : { kind: "not-listed", of, at: formatInstant(at) };
  }

  /** Persons and service accounts that ever stand on something from which the resources can be reached. */
  #everyone(): readonly AccessSubject[] {
    const keys = new Set([...this.#histories.values()].flatMap((history) => [...history.subjects()]));
    for (const { person } of this.#sessions) keys.add(subjectKey({ kind: "person", person }));
    return [...keys].flatMap((key) => {
      const subject = this.#subjects.get(key);
      return subject === undefined || subject.kind === "group" ? [] : [subject];
    });
  }

  /** Between two of these times nothing can change: one moment stands for all until the next. */
  #times(): readonly EpochMs[] {
    const { start, end } = this.#question.during;
    const times = new Set<EpochMs>([start]);
    const add = (at: EpochMs): void => {
      // What a list shows holds at its own instant; the moment after it is another question.
      for (const each of [at, at + 1]) if (each > start && each < end) times.add(each);
    };
    for (const history of this.#histories.values()) for (const at of history.times()) add(at);
    for (const { startedAt, endedAt, expiresAt } of this.#sessions)
      for (const at of [startedAt, endedAt, expiresAt]) if (at !== undefined) add(at);
    for (const coverage of this.#sessionCoverage.values())
      for (const edge of coverage.edges()) for (const at of [edge, edge + SESSION_MS_MAX]) add(at);
    return [...times].sort((a, b) => a - b);
  }

  /** @param seen how each object was reached on the way to this resource; again only if it is surer now */
  #walk(of: AccessObject, way: Way, seen: Map<string, "yes" | "unknown">): void {
    const key = objectKey(of);
    const state = way.unknown === undefined ? "yes" : "unknown";
    if (seen.get(key) === "yes" || seen.get(key) === state) return;
    seen.set(key, state);
    const history = this.#histories.get(key);
    if (history === undefined) return;
    const at = this.#tally.at;
    const other = history.held(NOBODY_KNOWN, at);
    if (other.state === "unknown") this.#notExcluded(way.unknown ?? other.reason);
    for (const subjectName of history.subjects()) {
      const subject = this.#subjects.get(subjectName);
      if (subject === undefined) continue;
      this.#link(subject, of, history.held(subjectName, at), way, seen);
    }
  }

  #link(
    subject: AccessSubject,
    of: AccessObject,
    held: Held,
    way: Way,
    seen: Map<string, "yes" | "unknown">,
  ): void {
    if (held.state === "no") return this.#tally.broken(subject, held.why);
    const roles = held.state === "yes" ? held.roles : [undefined];
    for (const role of roles) {
      const unknown = way.unknown ?? (held.state === "unknown" ? held.reason : undefined);
      const next: Way = {
        resource: way.resource,
        steps: role === undefined ? way.steps : [this.#step(subject, of, role), ...way.steps],
        ...(unknown === undefined ? {} : { unknown }),
      };
      const behind = objectBehind(subject);
      const isKnown = behind !== undefined && this.#histories.get(objectKey(behind))?.isKnown === true;
      if (subject.kind !== "group") this.#reached(subject, next);
      if (behind === undefined) continue;
      if (isKnown) this.#walk(behind, next, seen);
      else if (subject.kind === "group") {
        const reason: UnknownAccessReason = { kind: "members-not-collected", of: behind };
        this.#tally.unknown(subject, unknown ?? reason);
        this.#notExcluded(reason);
      } else if (subject.kind === "service-account") this.#usersNotCollected.add(subject.name);
    }
  }

  #reached(subject: AccessSubject, way: Way): void {
    if (way.unknown !== undefined) return this.#tally.unknown(subject, way.unknown);
    const middle = way.steps.slice(1).map((step) => step.subject.kind);
    const via = middle.includes("service-account")
      ? "service-account"
      : middle.includes("group")
        ? "group"
        : "direct";
    this.#tally.could(subject, { resource: way.resource, via, steps: way.steps });
  }

  #step(subject: AccessSubject, of: AccessObject, held: HeldRole): AccessStep {
    const { role, since } = held;
    const grant = this.#grantOf(subject, of, held);
    const ground: AccessGround | undefined = held.ground ?? grant?.ground;
    return {
      subject,
      of,
      role,
      since:
        grant !== undefined && since.how === "listed"
          ? { at: formatInstant(grant.grantedAt), how: "granted" }
          : since,
      evidence: grant === undefined ? held.evidence : [...held.evidence, grant.ground.evidence],
      ...(ground === undefined ? {} : { ground }),
    };
  }

  /** The grant that the entry names; else the person's last one of this role before the access is first known. */
  #grantOf(subject: AccessSubject, of: AccessObject, held: HeldRole) {
    const { grants } = this.#question;
    if (held.grant !== undefined) return grants.find(({ id }) => id === held.grant);
    if (subject.kind !== "person" || of.kind !== "resource") return undefined;
    const since = Date.parse(held.since.at);
    return grants
      .filter(
        (each) =>
          each.person === subject.person &&
          each.resource === of.name &&
          (each.role === undefined || held.role === "" || each.role === held.role) &&
          each.grantedAt <= since,
      )
      .sort((a, b) => a.grantedAt - b.grantedAt)
      .at(-1);
  }

  #breakGlass(resource: string, at: EpochMs, everyone: readonly AccessSubject[]): void {
    const coverage = this.#sessionCoverage.get(resource);
    if (coverage === undefined) return;
    const of: AccessObject = { kind: "resource", name: resource };
    if (!coverage.tells(at - SESSION_MS_MAX, at)) {
      const gap = coverage.gapWithin(at - SESSION_MS_MAX, at);
      const reason: UnknownAccessReason = {
        kind: "not-told-between",
        of,
        ...(gap === undefined ? {} : { gap }),
      };
      this.#notExcluded(reason, "session");
      for (const subject of everyone) if (subject.kind === "person") this.#tally.unknown(subject, reason);
    }
    for (const session of this.#sessions) {
      if (session.resource !== resource || session.startedAt > at) continue;
      const subject: AccessSubject = { kind: "person", person: session.person };
      const { startedAt, endedAt, expiresAt = Infinity, ground, evidence } = session;
      if (endedAt !== undefined ? endedAt <= at : expiresAt <= at) continue;
      if (endedAt === undefined && at > startedAt)
        this.#tally.unknown(subject, {
          kind: "session-end-not-told",
          of,
          at: formatInstant(startedAt),
          evidence,
        });
      else
        this.#tally.could(subject, {
          resource,
          via: "break-glass",
          steps: [
            {
              subject,
              of,
              role: "",
              since: { at: formatInstant(startedAt), how: "session" },
              evidence: [evidence],
              ...(ground === undefined ? {} : { ground }),
            },
          ],
        });
    }
  }

  #notExcluded(reason: UnknownAccessReason, about = ""): void {
    this.#open.push(reason);
    const key = `${about}\n${reason.kind}\n${objectKey(reason.of)}`;
    if (!this.#others.has(key)) this.#others.set(key, reason);
  }
}

function feedsOf(feeds: readonly AccessFeed[], of: AccessObject): readonly AccessFeed[] {
  const key = objectKey(of);
  return feeds.filter((feed) => feed.of.some((each) => objectKey(each) === key));
}

/** Where it is listed who stands behind a subject: a group's members, a service account's users. */
function objectBehind(subject: AccessSubject | undefined): AccessObject | undefined {
  if (subject === undefined || subject.kind === "person") return undefined;
  return { kind: subject.kind === "group" ? "group" : "resource", name: subject.name };
}
