/** What holds for every program and every set of records. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatInstant, type JsonObject } from "@countersign/kernel";
import type { ItemLine } from "@countersign/records";
import {
  assess,
  at,
  attribute,
  change,
  control,
  day,
  input,
  line,
  perItem,
  performed,
  periodic,
  person,
  population,
  program,
  setting,
  textOf,
  type Outcome,
} from "./example.ts";
import { createAssessor } from "./assessor.ts";
import type { AssessmentInput } from "./input.ts";
import { occurrenceStates, type Counts } from "./model.ts";

const window = { from: day("2026-02-11"), through: day("2026-04-17"), zone: "Europe/Berlin" };
const approved = attribute("approved", "change.approvals.exists(a, a.person != change.author)", [
  { when: "change.approvals.size() == 0", say: "nobody approved it" },
]);
const checked = attribute("checked", 'change.checks.exists(c, c.outcome == "passed")');
const complete = attribute("complete", "performance.listed == performance.decided");
const on = attribute("on", 'configuration.value == "on"');
const reviewing = [
  perItem("review", "change", [approved, checked], { where: "!change.direct" }),
  perItem("aftermath", "change", [checked], { termHours: 48 }),
];
const of = program(
  [
    control("CHG-01", reviewing, { effectiveThrough: day("2026-03-01") }),
    control("CHG-01", reviewing.slice(0, 1), {
      version: 2,
      effectiveFrom: day("2026-03-10"),
      effectiveThrough: day("2026-04-05"),
    }),
    control("GOV-01", [periodic("review", "week", 3, { attributes: [complete] }), periodic("log", "day", 0)]),
    control("IAM-01", [setting("mfa", [on], 30)]),
  ],
  { window },
);

const first = at("2026-02-08T00:00:00Z");
const last = at("2026-04-20T00:00:00Z");
const time = fc.integer({ min: first, max: last }).map((ms) => formatInstant(ms));
const who = fc.constantFrom("ada", "bo", "cy").map(person);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });

const changeLine: fc.Arbitrary<ItemLine> = fc
  .record({
    id: fc.uuid(),
    mergedAt: time,
    author: who,
    approvals: maybe(
      fc.array(fc.record({ person: who, bot: fc.constant(false), via: fc.constant("review") }), {
        maxLength: 2,
      }),
    ),
    checks: maybe(
      fc.array(fc.record({ name: fc.constant("ci"), outcome: fc.constantFrom("passed", "failed") }), {
        maxLength: 2,
      }),
    ),
    direct: maybe(fc.boolean()),
    bypasses: maybe(
      fc.array(fc.record({ name: fc.constantFrom("Bypass", "Emergency"), by: who }), { maxLength: 2 }),
    ),
    erased: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ id, mergedAt, erased, ...facts }) =>
    erased === 0
      ? { erased: id }
      : line(change(id, mergedAt, JSON.parse(JSON.stringify(facts)) as JsonObject)),
  );
const observationLine: fc.Arbitrary<ItemLine> = fc
  .record({
    id: fc.uuid(),
    observedAt: time,
    resource: fc.constantFrom("a", "b"),
    setting: fc.constantFrom("mfa", "sso"),
    value: fc.constantFrom("on", "on", "on", "off"),
  })
  .map((facts) => line(facts));
const performance = fc
  .record({
    record: fc.uuid(),
    activity: fc.constantFrom("review", "log"),
    performedAt: time,
    recordedAt: time,
    occurrence: maybe(fc.constantFrom("2026-W08", "2026-W10", "2026-03-03")),
    facts: fc.constantFrom<JsonObject>({}, { listed: 1, decided: 1 }, { listed: 2, decided: 1 }),
    erased: fc.boolean(),
  })
  .map(({ record, performedAt, occurrence, erased, ...more }) =>
    performed(record, performedAt, {
      ...more,
      ...(occurrence !== undefined && { occurrence }),
      ...(erased && { erased }),
    }),
  );

type Case = { readonly of: AssessmentInput; readonly lines: ReadonlyMap<string, readonly ItemLine[]> };
const cases: fc.Arbitrary<Case> = fc
  .record({
    asOf: fc.integer({ min: first, max: last }),
    changes: fc.array(changeLine, { maxLength: 40 }),
    observations: fc.array(observationLine, { maxLength: 25 }),
    performances: fc.array(performance, { maxLength: 15 }),
    excused: fc.array(fc.constantFrom("2026-W08", "2026-W12", "2026-03-03"), { maxLength: 2 }),
  })
  .map(({ asOf, changes, observations, performances, excused }) => ({
    of: input(of, {
      asOf,
      populations: [population(of, "change"), population(of, "configuration")],
      performances,
      notApplicable: excused.map((occurrence) => ({
        record: `na ${occurrence}`,
        recordedAt: 0,
        body: { control: "GOV-01", activity: "review", occurrence, reason: "-", approver: person("cy") },
      })),
    }),
    lines: new Map([
      ["change", changes],
      ["configuration", observations],
    ]),
  }));

const zero = (): Record<keyof Counts, number> => ({
  operated: 0,
  late: 0,
  missed: 0,
  deviated: 0,
  unknown: 0,
  "not-due": 0,
  "not-applicable": 0,
});
const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0);

function check(law: (outcome: Outcome, given: Case) => void, numRuns = 60): void {
  fc.assert(
    fc.property(cases, (given) => law(assess(given.of, given.lines), given)),
    { numRuns },
  );
}

test("every count is the sum of its weeks, and a control's counts are the sum of its activities'", () => {
  check(({ summary }) => {
    for (const each of summary.controls) {
      for (const state of occurrenceStates) {
        assert.equal(each.counts[state], sum(each.weeks.map((week) => week[state])));
        assert.equal(each.counts[state], sum(each.activities.map((activity) => activity.counts[state])));
        for (const activity of each.activities) {
          assert.equal(activity.counts[state], sum(activity.weeks.map((week) => week[state])));
        }
      }
      for (const activity of each.activities) {
        assert.equal(activity.weeks.length, summary.weeks.length);
        for (const row of activity.attributes) {
          const totals = [row.operated, row.deviated, row.unknown, row.notApplicable];
          for (const [index, total] of totals.entries()) {
            assert.equal(total, sum(row.weeks.map((week) => week[index] ?? Number.NaN)));
          }
          assert.equal(row.unknown, sum(row.unknowns.map(({ count }) => count)));
          assert.equal(row.deviated, sum(row.causes.map(({ count }) => count)));
        }
      }
    }
  });
});

test("counting the emitted occurrences again gives the summary", () => {
  check(({ summary, occurrences }) => {
    for (const each of summary.controls) {
      for (const activity of each.activities) {
        const own = occurrences.filter(
          ({ control: id, activity: name, version }) =>
            id === each.id && name === activity.id && version === activity.version,
        );
        const counts = zero();
        for (const { state } of own) counts[state]++;
        assert.deepEqual(activity.counts, counts);
        assert.equal(activity.expected, own.filter(({ state }) => state !== "not-applicable").length);
        for (const [week] of summary.weeks.entries()) {
          const inWeek = zero();
          for (const occurrence of own) if (occurrence.week === week) inWeek[occurrence.state]++;
          assert.deepEqual(activity.weeks[week], inWeek);
        }
        for (const [index, row] of activity.attributes.entries()) {
          const count = (state: string) =>
            own.filter(({ attributes }) => attributes[index]?.state === state).length;
          assert.deepEqual(
            [row.operated, row.deviated, row.unknown, row.notApplicable],
            ["operated", "deviated", "unknown", "not-applicable"].map(count),
          );
        }
      }
    }
    const owned = sum(
      summary.controls.flatMap(({ activities }) =>
        activities.map(({ counts }) => sum(Object.values(counts))),
      ),
    );
    assert.equal(owned, occurrences.length);
  });
});

test("every occurrence has one place, its instant lies in its week, and its state follows from its attributes", () => {
  check(({ summary, occurrences }) => {
    const places = occurrences.map((each) => JSON.stringify([each.control, each.activity, each.id]));
    assert.equal(new Set(places).size, places.length);
    for (const { at: instant, week, state, attributes } of occurrences) {
      const date = new Date(Date.parse(instant)).toLocaleDateString("sv-SE", { timeZone: window.zone });
      const span = summary.weeks[week];
      assert.ok(
        span !== undefined && span.from <= date && date <= span.through,
        `${instant} in week ${week}`,
      );
      const results = new Set(attributes.map((result) => result.state));
      if (state === "operated")
        assert.deepEqual(
          [...results].filter((each) => each !== "operated"),
          [],
        );
      if (state !== "deviated") assert.equal(results.has("deviated") && state !== "late", false);
      if (state === "deviated") assert.ok(results.has("deviated"));
    }
  });
});

test("each deviated attribute and each late or missed occurrence is a deviation, and nothing else is", () => {
  check(({ summary, occurrences }) => {
    const expected = occurrences.flatMap((each) => {
      const isLate =
        each.state === "late" ||
        (each.due !== undefined &&
          each.performed !== undefined &&
          each.state !== "not-applicable" &&
          Date.parse(each.performed.at) > Date.parse(each.due));
      const overdue = each.state === "missed" || isLate ? 1 : 0;
      return Array.from(
        { length: overdue + each.attributes.filter((result) => result.state === "deviated").length },
        () => each.id,
      );
    });
    assert.deepEqual(summary.deviations.map(({ occurrence }) => occurrence).sort(), expected.sort());
    assert.equal(new Set(summary.deviations.map(({ id }) => id)).size, summary.deviations.length);
  });
});

test("every line of a population is owed, excluded, or outside, for each activity that reads it", () => {
  check(({ summary, occurrences }, { lines, of: given }) => {
    const changes = lines.get("change") ?? [];
    const outside = sum(
      summary.populations.find(({ kind }) => kind === "change")?.outside?.map(({ count }) => count) ?? [],
    );
    for (const activity of ["review", "aftermath"]) {
      const summaries = summary.controls.flatMap(({ activities }) =>
        activities.filter(({ id, kind }) => id === activity && kind === "per-item"),
      );
      const owed = occurrences.filter(
        ({ control: id, activity: name }) => id === "CHG-01" && name === activity,
      ).length;
      const excluded = sum(summaries.flatMap((each) => each.excluded.map(({ count }) => count)));
      // Before the window there is no version that an erased item could be owed under.
      const unowed =
        given.asOf < at("2026-02-10T23:00:00Z") ? changes.filter((each) => "erased" in each).length : 0;
      assert.equal(owed + excluded + outside + unowed, changes.length);
    }
  });
});

test("the same input gives the same bytes", () => {
  fc.assert(
    fc.property(cases, (given) => {
      assert.equal(textOf(assess(given.of, given.lines)), textOf(assess(given.of, given.lines)));
    }),
    { numRuns: 20 },
  );
});

test("as of a date, nothing is counted and only instances are emitted", () => {
  check((_, given) => {
    const { summary, occurrences } = assess({ ...given.of, mode: "as-of" }, given.lines);
    assert.ok(summary.controls.every(({ counts }) => sum(Object.values(counts)) === 0));
    assert.deepEqual([summary.deviations, summary.concentrations], [[], []]);
    assert.deepEqual(
      occurrences,
      summary.walkthroughs.flatMap(({ instance }) => instance ?? []),
    );
    for (const { performed: done, at: when } of occurrences) {
      assert.ok(Date.parse(done?.at ?? when) <= given.of.asOf);
    }
  }, 30);
});

test("an answer to a deviation never changes a count", () => {
  check(({ summary }, given) => {
    const responses = summary.deviations.map(({ id }) => ({
      record: `r ${id}`,
      recordedAt: 0,
      body: { deviation: id, cause: "-", response: "-", person: person("cy") },
    }));
    const exceptions = summary.controls.map(({ id }) => ({
      record: `x ${id}`,
      recordedAt: 0,
      body: {
        exception: "x",
        control: id,
        items: [],
        until: day("2030-01-01"),
        compensatingControl: "-",
        reason: "-",
        approver: person("cy"),
      },
    }));
    const answered = assess({ ...given.of, responses, exceptions }, given.lines).summary;
    assert.deepEqual(answered.controls, summary.controls);
    assert.deepEqual(
      answered.deviations.map(({ id }) => id),
      summary.deviations.map(({ id }) => id),
    );
  }, 20);
});

test("streaming what finish emits gives the same occurrences as its list, and the same summary", () => {
  fc.assert(
    fc.property(fc.array(performance, { maxLength: 6 }), (performances) => {
      const given = input(of, { performances, populations: [population(of, "configuration")] });
      const listed = assess(given);
      const streamed: unknown[] = [];
      const end = createAssessor(given).finish((each) => void streamed.push(each));
      assert.deepEqual([streamed, end.occurrences, end.summary], [listed.occurrences, [], listed.summary]);
    }),
    { numRuns: 10 },
  );
});
