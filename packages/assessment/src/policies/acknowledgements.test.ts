import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addDays,
  epochOf,
  startOfDay,
  type Instant,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import { isOn, type Dated, type Policy } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import { policiesOnDay, type Acknowledgements, type Duty, type PolicyQuestion } from "./acknowledgements.ts";

const DAY = "2026-03-31" as LocalDate;
const zone = "America/New_York" as TimeZone;
const person = (name: string) => name as PersonId;
const day = (text: string) => text as LocalDate;

const conduct: Dated<Policy> = {
  id: "conduct",
  versions: [
    { title: "Conduct", version: "1", through: day("2025-12-31") },
    {
      title: "Code of conduct",
      version: "2",
      approvedBy: person("ada"),
      approvedOn: day("2025-12-15"),
      from: day("2026-01-01"),
    },
  ],
};

const duty = (who: string, more: Partial<Duty> = {}): Duty => ({
  id: `duty-${who}`,
  person: person(who),
  policy: "Code of conduct",
  version: "2",
  dueAt: "2026-01-31T22:00:00Z" as Instant,
  record: "rec_1",
  readAt: "2026-04-02T09:00:00Z" as Instant,
  ...more,
});
const signed = (at: string): Partial<Duty> => ({ acknowledged: true, acknowledgedAt: at as Instant });

function ask(more: Partial<PolicyQuestion>) {
  return policiesOnDay({
    policies: [conduct],
    workers: ["ada", "bo", "cy"].map((id) => ({ id: person(id) })),
    isWhole: true,
    day: DAY,
    zone,
    ...more,
  });
}
const inForce = (more: Partial<PolicyQuestion>): Acknowledgements | undefined =>
  ask(more).policies[0]?.versions[0].acknowledgements;

test("each worker of the day stands in one place: acknowledged, not, without a duty, or unknown with the reason", () => {
  assert.deepEqual(
    inForce({
      workers: ["ada", "bo", "cy", "di", "ed", "flo"].map((id) => ({ id: person(id) })),
      duties: [
        duty("ada", signed("2026-01-20T10:00:00Z")),
        duty("bo", { acknowledged: false }),
        duty("cy", signed("2026-04-01T10:00:00Z")),
        duty("di"),
        duty("ed", { acknowledged: true }),
        duty("gone", signed("2026-01-20T10:00:00Z")),
      ],
    }),
    {
      state: "counted",
      workers: 6,
      acknowledged: ["ada"],
      not: [
        { person: "bo", dueAt: "2026-01-31T22:00:00Z", readAt: "2026-04-02T09:00:00Z", record: "rec_1" },
        {
          person: "cy",
          dueAt: "2026-01-31T22:00:00Z",
          readAt: "2026-04-02T09:00:00Z",
          record: "rec_1",
          acknowledgedAt: "2026-04-01T10:00:00Z",
        },
      ],
      withoutDuty: ["flo"],
      unknown: [
        { person: "di", reason: "not-told" },
        { person: "ed", reason: "time-not-told" },
      ],
      others: 1,
    },
  );
});

test("the day ends where the company is: a signature at its last minute counts, and one after midnight does not", () => {
  const at = (time: string) => {
    const found = inForce({ workers: [{ id: person("ada") }], duties: [duty("ada", signed(time))] });
    return found?.state === "counted" ? found.acknowledged.length : undefined;
  };
  assert.deepEqual([at("2026-04-01T03:59:59Z"), at("2026-04-01T04:00:00Z")], [1, 0]);
});

test("nothing collected, nobody to acknowledge, and a name or a version that differs are unknown, and say which", () => {
  const reason = (more: Partial<PolicyQuestion>) => {
    const found = inForce(more);
    return found?.state === "unknown" ? [found.reason, ...found.versionsOnList] : [found?.state];
  };
  const ada = signed("2026-01-20T10:00:00Z");
  assert.deepEqual(reason({}), ["not-collected"]);
  assert.deepEqual(reason({ duties: [duty("ada", ada)], workers: [] }), ["no-workers", "2"]);
  assert.deepEqual(reason({ duties: [] }), ["policy-not-on-list"]);
  // One letter is another name: nothing is guessed.
  assert.deepEqual(reason({ duties: [duty("ada", { ...ada, policy: "Code of Conduct" })] }), [
    "policy-not-on-list",
  ]);
  assert.deepEqual(reason({ duties: [duty("ada", { ...ada, version: "2.0" })] }), [
    "version-not-on-list",
    "2.0",
  ]);
  assert.deepEqual(ask({ duties: [duty("ada", { policy: "Code of Conduct" })] }).unmatched, [
    { policy: "Code of Conduct", duties: 1 },
  ]);
});

test("a duty that names no version is no acknowledgement of this one, and no lack of one", () => {
  const { version: _, ...without } = duty("ada", signed("2026-01-20T10:00:00Z"));
  const found = inForce({ workers: [{ id: person("ada") }], duties: [without] });
  assert.deepEqual(found?.state === "counted" && found.unknown, [
    { person: "ada", reason: "version-not-told" },
  ]);
});

test("who is not on a list that was read in part is unknown", () => {
  const found = inForce({ duties: [duty("ada", signed("2026-01-20T10:00:00Z"))], isWhole: false });
  assert.ok(found?.state === "counted");
  assert.deepEqual(found.withoutDuty, []);
  assert.deepEqual(
    found.unknown.map(({ reason }) => reason),
    ["not-on-list", "not-on-list"],
  );
});

test("the version in force is told first, with the approval that holds for a year, and the versions before it", () => {
  const [policy, ...more] = ask({
    duties: [duty("bo", { ...signed("2025-06-01T10:00:00Z"), policy: "Conduct", version: "1" })],
  }).policies;
  assert.equal(more.length, 0);
  assert.deepEqual(
    [policy?.title, policy?.approvedOn, policy?.approvalThrough],
    ["Code of conduct", "2025-12-15", "2026-12-15"],
  );
  assert.deepEqual(
    policy?.versions.map(({ version, acknowledgements }) => [
      version,
      acknowledgements.state === "counted" ? acknowledgements.acknowledged : acknowledgements.reason,
    ]),
    [
      ["2", "version-not-on-list"],
      ["1", ["bo"]],
    ],
  );
  assert.deepEqual(
    ask({ day: day("2025-12-31") }).policies.map(({ title, versions }) => [title, versions.length]),
    [["Conduct", 1]],
  );
});

test("a new approval of the same version is no new version, and who acknowledged it has", () => {
  const policies: Dated<Policy>[] = [
    {
      id: "access",
      versions: [
        { title: "Access", version: "1", approvedOn: day("2025-01-01"), through: day("2025-12-31") },
        { title: "Access", version: "1", approvedOn: day("2026-01-01"), from: day("2026-01-01") },
      ],
    },
  ];
  const [policy] = ask({ policies }).policies;
  assert.deepEqual(
    [policy?.versions.length, policy?.versions[0].from, policy?.approvedOn],
    [1, undefined, "2026-01-01"],
  );
});

test("a title that two policies have names neither of them, and an id names its own", () => {
  const policies = ["conduct", "second"].map((id) => ({ id, versions: [{ title: "Code", version: "2" }] }));
  const said = signed("2026-01-20T10:00:00Z");
  const found = ask({
    policies,
    duties: [duty("ada", { ...said, policy: "Code" }), duty("bo", { ...said, policy: "second" })],
  });
  assert.deepEqual(found.unmatched, [{ policy: "Code", duties: 1 }]);
  assert.deepEqual(
    found.policies.map(({ versions: [{ acknowledgements: its }] }) =>
      its.state === "counted" ? its.acknowledged : its.reason,
    ),
    ["policy-not-on-list", ["bo"]],
  );
});

test("a policy that ended before the day, or begins after it, is not told", () => {
  const policies = [
    { id: "old", versions: [{ title: "Old", version: "1", through: day("2026-03-30") }] },
    { id: "new", versions: [{ title: "New", version: "1", from: day("2026-04-01") }] },
  ];
  assert.deepEqual(ask({ policies }).policies, []);
});

const names = fc.constantFrom("ada", "bo", "cy", "di");
const instants = fc.integer({ min: -40, max: 40 }).map((hours) => {
  const at = startOfDay(zone, addDays(DAY, 1)) + hours * 3_600_000;
  return new Date(at).toISOString().replace(".000", "") as Instant;
});
const duties = fc.array(
  fc
    .record(
      {
        who: names,
        policy: fc.constantFrom("conduct", "Code of conduct", "Conduct", "Other"),
        version: fc.constantFrom("1", "2"),
        acknowledged: fc.boolean(),
        acknowledgedAt: instants,
        readAt: instants,
      },
      { requiredKeys: ["who", "policy", "readAt"] },
    )
    .map(({ who, version, ...more }) => {
      const { version: _, ...plain } = duty(who);
      return { ...plain, ...(version !== undefined && { version }), ...more };
    }),
  { maxLength: 8 },
);
const workers = fc.uniqueArray(
  fc.record(
    {
      id: names.map(person),
      from: fc.constantFrom(day("2026-01-01"), day("2026-04-01")),
      through: fc.constantFrom(day("2026-03-30"), day("2026-12-31")),
    },
    { requiredKeys: ["id"] },
  ),
  { selector: ({ id }) => id },
);

test("whatever the lists say, each worker of the day is in one place, and only a signature before the day's end counts", () => {
  let counted = 0;
  fc.assert(
    fc.property(duties, workers, fc.boolean(), (all, people, isWhole) => {
      const found = inForce({ duties: all, workers: people, isWhole });
      if (found?.state !== "counted") return;
      counted += 1;
      const { acknowledged, not, withoutDuty, unknown } = found;
      const places = [
        acknowledged,
        not.map((each) => each.person),
        withoutDuty,
        unknown.map((each) => each.person),
      ].flat();
      const expected = people.filter((each) => isOn(each, DAY)).map(({ id }) => id);
      assert.deepEqual([...places].sort(), [...expected].sort());
      const end = startOfDay(zone, addDays(DAY, 1));
      const proves = (each: Duty) =>
        each.policy !== "Other" &&
        each.version === "2" &&
        each.acknowledged === true &&
        epochOf(each.acknowledgedAt ?? each.readAt) < end;
      for (const id of expected)
        assert.equal(
          acknowledged.includes(id),
          all.some((each) => each.person === id && proves(each)),
          id,
        );
    }),
    { numRuns: 500 },
  );
  assert.ok(counted > 100, `${counted} of the cases were counted`);
});

test("more is never known from less: without a duty nobody has acknowledged who had not before", () => {
  fc.assert(
    fc.property(duties, workers, fc.nat(7), (all, people, without) => {
      const before = inForce({ duties: all, workers: people });
      const after = inForce({ duties: all.filter((_, index) => index !== without), workers: people });
      if (after?.state !== "counted") return;
      assert.ok(before?.state === "counted");
      for (const id of after.acknowledged) assert.ok(before.acknowledged.includes(id), id);
    }),
    { numRuns: 300 },
  );
});
