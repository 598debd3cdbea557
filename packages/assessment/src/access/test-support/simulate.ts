/**
 * For tests: an invented system in which accesses come and go, what its sources happen to show of that, and who could
 * really read. The answer is made from the former and held against the latter.
 */
import fc from "fast-check";
import type { PersonId } from "@countersign/records";
import {
  objectKey,
  subjectKey,
  type AccessEvent,
  type AccessList,
  type AccessObject,
  type AccessQuestion,
  type AccessSession,
  type AccessSubject,
  type Outage,
} from "../model.ts";

export const HOUR = 3_600_000;
export const HOURS = 120;

const person = (name: string): AccessSubject => ({ kind: "person", person: name as PersonId });
const group = (name: string): AccessSubject => ({ kind: "group", name });
export const SERVICE: AccessSubject = { kind: "service-account", name: "svc" };
export const PERSONS = ["ada", "bo", "cy"].map(person);
const STORE: AccessObject = { kind: "resource", name: "store" };
/** The store, two groups of which one may hold the other, and the users of a service account. */
export const OBJECTS: readonly AccessObject[] = [
  STORE,
  { kind: "group", name: "g" },
  { kind: "group", name: "h" },
  { kind: "resource", name: "svc" },
];
const HOLDERS: readonly (readonly AccessSubject[])[] = [
  [...PERSONS, group("g"), group("h"), SERVICE],
  [...PERSONS, group("h")],
  [...PERSONS, group("g"), SERVICE],
  PERSONS,
];
const READS: { readonly [role: string]: boolean } = { viewer: true, billing: false };

type Act = {
  readonly at: number;
  readonly object: number;
  readonly holder: number;
  readonly action: "grant" | "remove" | "remove-all" | "change" | "move";
  readonly role: string;
  readonly lasts: number | undefined;
};

/** Every change that was made, in order, and every role that somebody held after it. */
type Change = AccessEvent & { readonly reads: boolean };

export type World = {
  readonly changes: readonly Change[];
  readonly sessions: readonly AccessSession[];
};

export const aWorld: fc.Arbitrary<World> = fc
  .record({
    acts: fc.array(
      fc.record({
        at: fc.integer({ min: 1, max: HOURS }),
        object: fc.nat(OBJECTS.length - 1),
        holder: fc.nat(5),
        action: fc.constantFrom<Act["action"][]>(
          "grant",
          "grant",
          "grant",
          "remove",
          "remove-all",
          "change",
          "move",
        ),
        role: fc.constantFrom("viewer", "viewer", "billing"),
        lasts: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined, freq: 4 }),
      }),
      { maxLength: 24 },
    ),
    sessions: fc.array(
      fc.record({
        at: fc.integer({ min: 1, max: HOURS }),
        lasts: fc.integer({ min: 1, max: 20 }),
        who: fc.nat(PERSONS.length - 1),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ acts, sessions }) => ({
    changes: changesOf(acts.toSorted((a, b) => a.at - b.at)),
    sessions: sessions.map(({ at, lasts, who }, i): AccessSession => {
      const startedAt = at * HOUR;
      const subject = PERSONS[who];
      if (subject?.kind !== "person") throw new Error("sessions are of persons");
      const evidence = { record: "rec-s", population: "sessions@1", item: `s${i}` };
      return {
        person: subject.person,
        resource: "store",
        startedAt,
        endedAt: startedAt + lasts * HOUR,
        evidence,
      };
    }),
  }));

function changesOf(acts: readonly Act[]): Change[] {
  const changes: Change[] = [];
  const add = (act: Act, at: number, rest: Pick<AccessEvent, "action"> & Partial<AccessEvent>): void => {
    const of = OBJECTS[act.object] ?? STORE;
    const holders = HOLDERS[act.object] ?? PERSONS;
    const subject = holders[act.holder % holders.length] ?? SERVICE;
    const role = of.kind === "group" || rest.role === undefined ? {} : { role: rest.role };
    const from = of.kind === "group" || rest.fromRole === undefined ? {} : { fromRole: rest.fromRole };
    const reads = of.kind === "group" || READS[rest.role ?? ""] === true;
    const ends = rest.expiresAt === undefined ? {} : { expiresAt: rest.expiresAt };
    const evidence = { record: "rec-e", population: "changes@1", item: `e${changes.length}` };
    changes.push({ of, subject, at, action: rest.action, reads, evidence, ...role, ...from, ...ends });
  };
  for (const act of acts) {
    const at = act.at * HOUR;
    const other = act.role === "viewer" ? "billing" : "viewer";
    const expiresAt = act.lasts === undefined ? undefined : at + act.lasts * HOUR;
    const ends = expiresAt === undefined ? {} : { expiresAt };
    if (act.action === "grant") {
      add(act, at, { action: "granted", role: act.role, ...ends });
      // A feed tells an end that comes by itself, too.
      if (expiresAt !== undefined) add(act, expiresAt, { action: "removed", role: act.role });
    } else if (act.action === "remove") add(act, at, { action: "removed", role: act.role });
    else if (act.action === "remove-all") add(act, at, { action: "removed" });
    else if (act.action === "change") add(act, at, { action: "changed", role: act.role });
    else add(act, at, { action: "changed", role: act.role, fromRole: other });
  }
  return changes.sort((a, b) => a.at - b.at);
}

/** What each holder of an object held at a time: role to when it ends. */
function stateOf(world: World, of: AccessObject, at: number): Map<string, Map<string, number>> {
  const state = new Map<string, Map<string, number>>();
  for (const change of world.changes) {
    if (change.at > at || objectKey(change.of) !== objectKey(of)) continue;
    const key = subjectKey(change.subject);
    const roles = state.get(key) ?? new Map<string, number>();
    state.set(key, roles);
    const { role = "", fromRole } = change;
    if (change.action === "removed" && role === "") roles.clear();
    else if (change.action === "removed") roles.delete(role);
    else if (change.action === "changed" && fromRole === undefined) roles.clear();
    else if (fromRole !== undefined) roles.delete(fromRole);
    if (change.action !== "removed") roles.set(role, change.expiresAt ?? Infinity);
  }
  for (const roles of state.values()) for (const [role, end] of roles) if (end <= at) roles.delete(role);
  return state;
}

/** Who could read the store at one instant, by key; without `throughService`, as nobody but themselves. */
export function couldRead(world: World, at: number, throughService = true): ReadonlySet<string> {
  const states = new Map(OBJECTS.map((of) => [objectKey(of), stateOf(world, of, at)]));
  const reached = new Set<string>();
  const open = [objectKey(STORE)];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (reached.has(key)) continue;
    reached.add(key);
    for (const [holder, roles] of states.get(key) ?? []) {
      const reads = [...roles.keys()].some((role) => key.startsWith("group:") || READS[role] === true);
      if (!reads) continue;
      if (holder.startsWith("group:")) open.push(holder);
      else reached.add(holder);
      if (throughService && holder === subjectKey(SERVICE)) open.push("resource:svc");
    }
  }
  for (const { person: who, startedAt, endedAt = 0 } of world.sessions)
    if (startedAt <= at && at < endedAt) reached.add(`person:${who}`);
  return reached;
}

/** Every instant within a time at which somebody's access may differ from the instant before. */
export function instantsWithin(world: World, start: number, end: number): readonly number[] {
  const times = [
    ...world.changes.map(({ at }) => at),
    ...world.sessions.flatMap(({ startedAt, endedAt = 0 }) => [startedAt, endedAt]),
  ];
  return [start, ...times.filter((at) => at > start && at < end)];
}

/** What was collected of a world, whole or with holes. */
export type Seen = Pick<AccessQuestion, "lists" | "events" | "feeds" | "sessions" | "sessionFeeds">;

type Span = readonly [from: number, length: number];
const span = fc.tuple(fc.integer({ min: 0, max: HOURS }), fc.integer({ min: 1, max: HOURS }));
const outages: fc.Arbitrary<readonly Span[]> = fc.array(span, { maxLength: 2 });
/** Half of the feeds are read whole: most answers would be unknown otherwise. */
const reads: fc.Arbitrary<readonly Span[]> = fc.oneof(
  fc.constant([[-48, 1_000]] as const),
  fc.array(span, { maxLength: 3 }),
);
const intervals = (of: readonly Span[]): Outage[] =>
  of.map(([start, length]) => ({ start: start * HOUR, end: (start + length) * HOUR, reason: "made up" }));

const oneIn = (n: number): fc.Arbitrary<boolean> => fc.integer({ min: 1, max: n }).map((each) => each === n);

/** Lists at some times, of which some are not whole or of a second source; feeds with holes; a part of the changes. */
export const someHoles = fc.record({
  lists: fc.array(
    fc.record({
      at: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: HOURS })),
      object: fc.nat(OBJECTS.length - 1),
      whole: oneIn(8).map((is) => !is),
      second: oneIn(20),
      told: oneIn(3).map((is) => !is),
      kept: fc.nat(),
    }),
    { maxLength: 12 },
  ),
  feeds: fc.array(
    fc.record({
      of: fc.oneof(fc.constant(OBJECTS), fc.subarray([...OBJECTS], { minLength: 1 })),
      reads,
      outages: fc.oneof(fc.constant([]), outages),
    }),
    { maxLength: 3 },
  ),
  kept: fc.nat(),
  sessions: fc.record({ reads, outages: fc.oneof(fc.constant([]), outages) }),
});
type Holes = typeof someHoles extends fc.Arbitrary<infer T> ? T : never;

/** Heads or tails, again and again, from one number (the generator of Numerical Recipes). */
function coin(seed: number): () => boolean {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >= 0x8000_0000;
  };
}

export function seenWith(world: World, holes: Holes): Seen {
  const keeps = coin(holes.kept);
  const covers = (start: number, reads: readonly Outage[], outages: readonly Outage[]): boolean =>
    reads.some((read) => read.start <= start && start < read.end) &&
    !outages.some((outage) => outage.start <= start && start < outage.end);
  const feeds = holes.feeds.map(({ of, reads, outages }, i) => ({
    source: `feed-${i}`,
    of,
    reads: intervals(reads),
    outages: intervals(outages),
    failures: [],
  }));
  const told = world.changes.filter((change) => {
    const isTold = feeds.some(
      (feed) =>
        feed.of.some((of) => objectKey(of) === objectKey(change.of)) &&
        covers(change.at, feed.reads, feed.outages),
    );
    return isTold || keeps();
  });
  // Some sources of changes know roles by name only.
  const events = told.map(({ reads: does, ...change }) => (keeps() ? { ...change, reads: does } : change));
  const isListed = (object: number) => holes.lists.some((list) => list.object === object && !list.second);
  const [reads, outages] = [intervals(holes.sessions.reads), intervals(holes.sessions.outages)];
  return {
    events,
    feeds,
    lists: holes.lists.flatMap(({ at, object, whole, second, told: tells, kept }) => {
      // A second source lists a part, and is no source to go by where it is the only one.
      if (second && !isListed(object)) return [];
      const stands = coin(kept);
      return listOf(world, OBJECTS[object] ?? STORE, at * HOUR, {
        source: second ? "second" : "first",
        told: tells,
        keeps: () => (whole && !second) || stands(),
        ...(whole ? {} : { incomplete: "a part of its rows could not be read" }),
      });
    }),
    sessions: world.sessions
      .filter(({ startedAt }) => covers(startedAt, reads, outages) || keeps())
      .map(({ endedAt, ...session }) =>
        keeps() && endedAt !== undefined ? { ...session, endedAt } : session,
      ),
    sessionFeeds: [{ source: "sessions", of: [STORE], reads, outages, failures: [] }],
  };
}

/** A list of every object at the beginning, and every change since. */
export function seenWhole(world: World): Seen {
  const always = { start: -48 * HOUR, end: 1_000 * HOUR };
  const feed = { source: "feed", reads: [always], outages: [], failures: [] };
  return {
    lists: OBJECTS.map((of) => listOf(world, of, 0, { source: "first", told: true, keeps: () => true })),
    events: world.changes,
    feeds: [{ ...feed, of: OBJECTS }],
    sessions: world.sessions,
    sessionFeeds: [{ ...feed, of: [STORE] }],
  };
}

function listOf(
  world: World,
  of: AccessObject,
  takenAt: number,
  options: {
    readonly source: string;
    /** Whether it says which roles read. */
    readonly told: boolean;
    readonly keeps: () => boolean;
    readonly incomplete?: string;
  },
): AccessList {
  const all = HOLDERS.flat();
  const entries = [...stateOf(world, of, takenAt)].flatMap(([key, roles]) =>
    [...roles].flatMap(([role, end]) => {
      const subject = all.find((each) => subjectKey(each) === key);
      if (subject === undefined || !options.keeps()) return [];
      const evidence = {
        record: "rec-l",
        population: "lists@1",
        item: `${objectKey(of)}/${takenAt}/${key}/${role}`,
      };
      return [
        {
          subject,
          evidence,
          ...(role === "" ? {} : { role }),
          ...(end === Infinity ? {} : { expiresAt: end }),
          ...(options.told ? { reads: READS[role] === true } : {}),
        },
      ];
    }),
  );
  return {
    source: options.source,
    of,
    takenAt,
    entries,
    ...(options.incomplete === undefined ? {} : { incomplete: options.incomplete }),
  };
}

/** Hides what a feed that is said to be whole must tell: the lie that the laws have to catch. */
export function withoutChanges(seen: Seen): Seen {
  return { ...seen, events: [] };
}

export const questionOf = (seen: Seen, start: number, end: number): AccessQuestion => ({
  resources: ["store"],
  during: { start, end },
  grants: [],
  leavers: [],
  ...seen,
});
