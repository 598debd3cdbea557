/** The situations in which a question of past access goes wrong most easily, each with its whole answer in words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PersonId } from "@countersign/records";
import { accessAsOf } from "./as-of.ts";
import type {
  AccessEvent,
  AccessFeed,
  AccessList,
  AccessObject,
  AccessQuestion,
  AccessSubject,
} from "./model.ts";
import { accessWords } from "./words.ts";

const STORE: AccessObject = { kind: "resource", name: "store" };
const TEAM: AccessObject = { kind: "group", name: "team" };
const ada: AccessSubject = { kind: "person", person: "Ada" as PersonId };
const bo: AccessSubject = { kind: "person", person: "Bo" as PersonId };
const team: AccessSubject = { kind: "group", name: "team" };
const robot: AccessSubject = { kind: "service-account", name: "robot" };

const on = (day: string): number => Date.parse(`${day}T12:00:00Z`);
const evidence = (item: string) => ({ record: "rec", population: "made-up@1", item });

type Entry = Partial<AccessList["entries"][number]> & { readonly subject: AccessSubject };
const list = (
  day: string,
  entries: readonly Entry[],
  of = STORE,
  rest: Partial<AccessList> = {},
): AccessList => ({
  source: `lists of ${of.name}`,
  of,
  takenAt: on(day),
  entries: entries.map((entry) => ({ role: "viewer", reads: true, evidence: evidence(day), ...entry })),
  ...rest,
});
const change = (
  day: string,
  action: AccessEvent["action"],
  subject: AccessSubject,
  rest: Partial<AccessEvent> = {},
): AccessEvent => ({ of: STORE, at: on(day), action, subject, evidence: evidence(day), ...rest });
const feed = (
  from: string,
  until: string,
  of: readonly AccessObject[] = [STORE],
  rest: Partial<AccessFeed> = {},
) => ({
  source: "audit-log",
  of,
  reads: [{ start: on(from), end: on(until) }],
  outages: [],
  failures: [],
  ...rest,
});

const words = accessWords({ person: (id) => id, time: (at) => at.slice(0, 10) });

/** The answer at noon of a day, as people read it: first what the whole of it is worth, then one line for each. */
function asOf(day: string, facts: Partial<AccessQuestion>): readonly string[] {
  const answer = accessAsOf({
    resources: ["store"],
    during: { start: on(day), end: on(day) + 1 },
    lists: [],
    events: [],
    feeds: [],
    sessions: [],
    sessionFeeds: [],
    grants: [],
    leavers: [],
    ...facts,
  });
  return [
    `${answer.state}, others ${answer.others.state}`,
    ...answer.principals.map((each) => {
      const who = `${words.principal(each.principal)} ${each.state}`;
      const left = each.left === undefined ? "" : ` [${words.left(each.left)}]`;
      if (each.state === "could")
        return `${who}${left}: ${each.paths.map((path) => `${path.via}: ${words.path(path)}`).join(" & ")}`;
      return `${who}${left}: ${each.state === "unknown" ? each.reasons.map(words.reason).join(" & ") : words.why(each.why, each.principal)}`;
    }),
  ];
}

const january = list("2026-01-10", [{ subject: bo }]);
const allYear = feed("2026-01-01", "2026-12-31");

test("a grant: could not before, could from then on, with the ground it was granted on", () => {
  const ground = { approvedBy: "Head" as PersonId, ticket: "ACC-1", evidence: evidence("grant") };
  const facts = {
    lists: [january],
    feeds: [allYear],
    events: [change("2026-02-03", "granted", ada, { role: "viewer", reads: true, ground })],
  };
  assert.deepEqual(asOf("2026-02-02", facts), [
    "complete, others nobody",
    "Bo could: direct: viewer on store (on the list since 2026-01-10)",
    "Ada could-not: not on the list of store of 2026-01-10, nor granted since",
  ]);
  assert.deepEqual(asOf("2026-02-03", facts), [
    "complete, others nobody",
    "Ada could: direct: viewer on store (granted 2026-02-03)",
    "Bo could: direct: viewer on store (on the list since 2026-01-10)",
  ]);
});

test("a grant of the list of grants is the ground of an access that only an access list shows", () => {
  const answer = accessAsOf({
    resources: ["store"],
    during: { start: on("2026-01-10"), end: on("2026-01-10") + 1 },
    lists: [january],
    events: [],
    feeds: [],
    sessions: [],
    sessionFeeds: [],
    leavers: [],
    grants: [
      {
        id: "G-9",
        person: "Bo" as PersonId,
        resource: "store",
        role: "viewer",
        grantedAt: on("2025-11-02"),
        ground: { ticket: "ACC-9", approved: true, evidence: evidence("G-9") },
      },
    ],
  });
  const [first] = answer.principals;
  assert.ok(first?.state === "could");
  const [step] = first.paths[0]?.steps ?? [];
  assert.ok(step !== undefined);
  assert.equal(words.ground(step), "approved, ACC-9");
  assert.deepEqual(step.since, { at: "2025-11-02T12:00:00Z", how: "granted" });
  assert.deepEqual(
    step.evidence.map(({ item }) => item),
    ["2026-01-10", "G-9"],
  );
});

test("a role change: what the new role lets its holder do decides, and a role that no source explains is unknown", () => {
  const changed = (reads?: boolean) => ({
    lists: [january],
    feeds: [allYear],
    events: [
      change("2026-02-20", "changed", bo, { role: "billing", ...(reads === undefined ? {} : { reads }) }),
    ],
  });
  assert.match(asOf("2026-02-19", changed(false))[1] ?? "", /^Bo could: /);
  assert.deepEqual(asOf("2026-02-21", changed(false)), [
    "complete, others nobody",
    "Bo could-not: has billing on store (2026-02-20), which does not let its holder read",
  ]);
  assert.deepEqual(asOf("2026-02-21", changed()), [
    "incomplete, others nobody",
    "Bo unknown: no source says whether the role billing on store lets its holder read",
  ]);
});

test("a leaver: could until the system took it away, whatever the list of leavers says", () => {
  const facts = {
    lists: [january],
    feeds: [allYear],
    events: [change("2026-03-12", "removed", bo)],
    leavers: [
      {
        person: "Bo" as PersonId,
        endedAt: on("2026-03-10"),
        accessRemovedAt: on("2026-03-11"),
        evidence: evidence("L-1"),
      },
    ],
  };
  const left = "[left 2026-03-10; the list of leavers says that the last access was removed 2026-03-11]";
  assert.equal(
    asOf("2026-03-11", facts)[1],
    `Bo could ${left}: direct: viewer on store (on the list since 2026-01-10)`,
  );
  assert.equal(
    asOf("2026-03-12", facts)[1],
    `Bo could-not ${left}: viewer on store was taken away 2026-03-12`,
  );
});

test("a group: its members could while they belonged to it and it had access; members nobody listed are unknown", () => {
  const facts = {
    lists: [
      list("2026-01-10", [{ subject: team }]),
      list("2026-01-10", [{ subject: ada }, { subject: bo }], TEAM),
    ],
    feeds: [feed("2026-01-01", "2026-12-31", [STORE, TEAM])],
    events: [
      change("2026-03-02", "removed", bo, { of: TEAM }),
      change("2026-04-02", "removed", team, { role: "viewer" }),
    ],
  };
  assert.deepEqual(asOf("2026-03-03", facts), [
    "complete, others nobody",
    "Ada could: group: member of group team (on the list since 2026-01-10), whose members have viewer on store (on the list since 2026-01-10)",
    "Bo could-not: membership in group team was taken away 2026-03-02",
  ]);
  assert.equal(
    asOf("2026-04-03", facts)[1],
    "Ada could-not: viewer of group team on store was taken away 2026-04-02",
  );
  const [whole, ...rest] = asOf("2026-01-10", {
    lists: [list("2026-01-10", [{ subject: team }, { subject: ada }])],
  });
  assert.equal(whole, "incomplete, others not-excluded");
  assert.ok(
    rest.includes("the members of group team unknown: no list of the members of group team was collected"),
  );
});

test("groups in one another, even in a ring, end", () => {
  const OTHER: AccessObject = { kind: "group", name: "other" };
  const other: AccessSubject = { kind: "group", name: "other" };
  const lists = [
    list("2026-01-10", [{ subject: team }]),
    list("2026-01-10", [{ subject: other }], TEAM),
    list("2026-01-10", [{ subject: team }, { subject: ada }], OTHER),
  ];
  assert.equal(
    asOf("2026-01-10", { lists })[1],
    "Ada could: group: member of group other (on the list since 2026-01-10), whose members belong to group team (on the list since 2026-01-10), whose members have viewer on store (on the list since 2026-01-10)",
  );
});

test("a service account is named, and so is whoever may act as it; where nobody lists them, the answer says so", () => {
  const lists = [list("2026-01-10", [{ subject: robot }])];
  assert.deepEqual(asOf("2026-01-10", { lists }), [
    "incomplete, others nobody",
    "service account robot could: direct: viewer on store (on the list since 2026-01-10)",
  ]);
  const ROBOT: AccessObject = { kind: "resource", name: "robot" };
  assert.deepEqual(asOf("2026-01-10", { lists: [...lists, list("2026-01-10", [{ subject: ada }], ROBOT)] }), [
    "complete, others nobody",
    "Ada could: service-account: viewer on robot (on the list since 2026-01-10), which has viewer on store (on the list since 2026-01-10)",
    "service account robot could: direct: viewer on store (on the list since 2026-01-10)",
  ]);
});

test("a gap in collection: unknown within and after it, with the gap; known again from the next list on", () => {
  const gap = { start: on("2026-03-01"), end: on("2026-03-05"), reason: "the log was off" };
  const facts = {
    lists: [january, list("2026-04-10", [{ subject: bo }])],
    feeds: [feed("2026-01-01", "2026-12-31", [STORE], { outages: [gap] })],
  };
  assert.deepEqual(asOf("2026-02-28", facts), [
    "complete, others nobody",
    "Bo could: direct: viewer on store (on the list since 2026-01-10)",
  ]);
  assert.deepEqual(asOf("2026-03-03", facts), [
    "incomplete, others not-excluded",
    "Bo unknown: store: on the list of 2026-01-10, on the list of 2026-04-10; audit-log does not tell 2026-03-01 to 2026-03-05 (the log was off)",
  ]);
  // After the gap every change up to the next list is told, and there was none: the list holds backwards.
  assert.equal(asOf("2026-03-06", facts)[0], "complete, others nobody");
});

test("added and removed between two lists: seen where a feed tells it, and not excluded where none does", () => {
  const lists = [january, list("2026-04-10", [{ subject: bo }])];
  const events = [
    change("2026-02-10", "granted", ada, { role: "viewer", reads: true }),
    change("2026-02-12", "removed", ada, { role: "viewer" }),
  ];
  assert.equal(
    asOf("2026-02-11", { lists, events, feeds: [allYear] })[1],
    "Ada could: direct: viewer on store (granted 2026-02-10)",
  );
  assert.equal(
    asOf("2026-02-13", { lists, events, feeds: [allYear] })[2],
    "Ada could-not: viewer on store was taken away 2026-02-12",
  );
  assert.deepEqual(asOf("2026-02-11", { lists }), [
    "incomplete, others not-excluded",
    "Bo unknown: store: on the list of 2026-01-10, on the list of 2026-04-10; no source of changes tells what was in between",
  ]);
});

test("what no source speaks of is unknown, and no empty list", () => {
  assert.deepEqual(asOf("2026-02-11", {}), ["incomplete, others not-excluded"]);
  const answer = asOf("2026-02-11", { lists: [list("2026-02-11", [{ subject: bo }], TEAM)] });
  assert.deepEqual(answer, ["incomplete, others not-excluded"]);
});

test("a list that is not whole, and two lists of one resource, show who could and not who could not", () => {
  const partial = { ...january, incomplete: "2 of 9 rows could not be read" };
  const other = list("2026-01-10", [{ subject: ada }], STORE, { source: "another" });
  assert.deepEqual(asOf("2026-01-10", { lists: [partial] }), [
    "incomplete, others not-excluded",
    "Bo could: direct: viewer on store (on the list since 2026-01-10)",
  ]);
  assert.deepEqual(asOf("2026-01-10", { lists: [january, other] }), [
    "incomplete, others not-excluded",
    "Ada could: direct: viewer on store (on the list since 2026-01-10)",
    "Bo could: direct: viewer on store (on the list since 2026-01-10)",
  ]);
});

test("an access that ends by itself is over at that time, and an account that cannot sign in could not", () => {
  const lists = [
    list("2026-01-10", [
      { subject: ada, expiresAt: on("2026-01-20") },
      { subject: bo, active: false },
    ]),
  ];
  assert.deepEqual(asOf("2026-01-20", { lists, feeds: [allYear] }), [
    "complete, others nobody",
    "Ada could-not: viewer on store ended by itself 2026-01-20",
    "Bo could-not: Bo could not sign in, as the list of store of 2026-01-10 says",
  ]);
});

test("of a day, whoever could at any moment of it could, and the moments are said", () => {
  const start = Date.parse("2026-02-12T00:00:00Z");
  const answer = accessAsOf({
    resources: ["store"],
    during: { start, end: start + 86_400_000 },
    lists: [january],
    events: [
      change("2026-02-10", "granted", ada, { role: "viewer", reads: true }),
      change("2026-02-12", "removed", ada, { role: "viewer" }),
    ],
    feeds: [allYear],
    sessions: [
      {
        person: "Cy" as PersonId,
        resource: "store",
        startedAt: start + 3_600_000,
        endedAt: start + 7_200_000,
        evidence: evidence("s1"),
      },
    ],
    sessionFeeds: [{ ...allYear, source: "sessions" }],
    grants: [],
    leavers: [],
  });
  const during = (name: string) =>
    answer.principals.flatMap((each) =>
      each.state === "could" && words.principal(each.principal) === name
        ? each.paths.map((path) => [path.via, path.during])
        : [],
    );
  assert.deepEqual(during("Ada"), [
    ["direct", [{ start: "2026-02-12T00:00:00Z", end: "2026-02-12T12:00:00Z" }]],
  ]);
  assert.deepEqual(during("Cy"), [
    ["break-glass", [{ start: "2026-02-12T01:00:00Z", end: "2026-02-12T02:00:00Z" }]],
  ]);
  assert.equal(answer.state, "complete");
});

test("a feed tells nothing of the instant at which it ends", () => {
  const facts = { lists: [january], feeds: [feed("2026-01-01", "2026-02-20")] };
  assert.match(asOf("2026-02-19", facts)[1] ?? "", /^Bo could: /);
  assert.match(asOf("2026-02-20", facts)[1] ?? "", /^Bo unknown: .*no complete read covers it/);
});

test("two changes at one instant that contradict each other, and one that says nothing, leave it open until the next", () => {
  const at = "2026-02-20";
  const both = [
    change(at, "removed", bo, { role: "viewer" }),
    change(at, "granted", bo, { role: "viewer", reads: true }),
  ];
  for (const events of [both, both.toReversed(), [change(at, "unclear", bo)]]) {
    const facts: Partial<AccessQuestion> = {
      lists: [january],
      feeds: [allYear],
      events: [...events, change("2026-02-24", "removed", bo)],
    };
    assert.equal(
      asOf("2026-02-21", facts)[1],
      "Bo unknown: the change of store at 2026-02-20 does not say what it came to",
    );
    assert.match(asOf("2026-02-24", facts)[1] ?? "", /^Bo could-not: /);
  }
});
