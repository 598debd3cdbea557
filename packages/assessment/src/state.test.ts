import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatInstant, type JsonObject } from "@countersign/kernel";
import type { ItemLine } from "@countersign/records";
import {
  activityIn,
  assess,
  at,
  attribute,
  control,
  countsText,
  day,
  input,
  person,
  population,
  program,
  setting,
} from "./example.ts";
import type { AssessmentInput } from "./input.ts";
import type { Occurrence } from "./model.ts";

const on = attribute("on", 'configuration.value == "on"', [{ when: "true", say: "it was off" }]);
const window = { from: day("2026-03-02"), through: day("2026-03-08"), zone: "UTC" };

let count = 0;
const seen = (observedAt: string, value = "on", more: JsonObject = {}) => ({
  id: `o${String(count++).padStart(3, "0")}`,
  resource: "prod",
  setting: "mfa",
  value,
  observedAt,
  ...more,
});

function run(
  observations: readonly ReturnType<typeof seen>[],
  more: Partial<AssessmentInput> = {},
  activity = setting("mfa", [on], 26),
  zone = "UTC",
) {
  const of = program([control("IAM-01", [activity])], { window: { ...window, zone } });
  return assess(input(of, { populations: [population(of, "configuration")], ...more }), {
    configuration: observations,
  });
}

const states = (occurrences: readonly Occurrence[]) =>
  occurrences.map(({ id, state }) => `${id.slice(-2)} ${state}`).join(", ");

const daily = (days: readonly number[], value = "on") =>
  days.map((date) => seen(`2026-03-${String(date).padStart(2, "0")}T06:00:00Z`, value));

test("a setting that is observed every day operates every day, one occurrence for each local day", () => {
  const { occurrences, summary } = run(daily([1, 2, 3, 4, 5, 6, 7, 8]));
  assert.equal(
    states(occurrences),
    "02 operated, 03 operated, 04 operated, 05 operated, 06 operated, 07 operated, 08 operated",
  );
  assert.deepEqual(occurrences[0], {
    control: "IAM-01",
    version: 1,
    activity: "mfa",
    id: "prod mfa/2026-03-02",
    at: "2026-03-02T00:00:00Z",
    week: 0,
    state: "operated",
    attributes: [{ state: "operated" }],
    title: "prod",
  });
  assert.equal(activityIn(summary, "IAM-01", "mfa").expected, 7);
});

test("a day of which no observation covers a part is unknown: an observation covers so long and no longer", () => {
  const { occurrences } = run(daily([1, 2, 5, 6, 7, 8]));
  // The 2nd's observation reaches to the 3rd at 08:00; the next one is the 5th's at 06:00.
  assert.equal(
    states(occurrences),
    "02 operated, 03 unknown, 04 unknown, 05 unknown, 06 operated, 07 operated, 08 operated",
  );
  assert.deepEqual(occurrences[1]?.attributes, [
    { state: "unknown", reason: "not-collected", detail: "no observation covers a part of the day" },
  ]);
});

test("a day that is not covered because the source was out names the outage", () => {
  const { occurrences } = run(daily([1, 2, 5, 6, 7, 8]), {
    gaps: [
      {
        source: "history",
        start: at("2026-03-03T05:00:00Z"),
        end: at("2026-03-05T06:00:00Z"),
        reason: "the key had expired",
      },
    ],
  });
  const details = occurrences.map(({ attributes: [result] }) =>
    result?.state === "unknown" ? `${result.reason}: ${result.detail}` : result?.state,
  );
  assert.deepEqual(details.slice(0, 4), [
    "operated",
    "source-failed: no observation: the key had expired",
    "source-failed: no observation: the key had expired",
    "source-failed: no observation: the key had expired",
  ]);
});

test("a failing observation makes every day deviate of which it is in force for any part", () => {
  const { occurrences, summary } = run([
    ...daily([1, 2]),
    seen("2026-03-03T23:59:59Z", "off"),
    seen("2026-03-04T00:00:01Z"),
    ...daily([3, 4, 5, 6, 7, 8]),
  ]);
  assert.equal(
    states(occurrences),
    "02 operated, 03 deviated, 04 deviated, 05 operated, 06 operated, 07 operated, 08 operated",
  );
  assert.deepEqual(
    summary.deviations.map(({ occurrence, cause }) => `${occurrence}: ${cause}`),
    ["prod mfa/2026-03-03: it was off", "prod mfa/2026-03-04: it was off"],
  );
});

test("deviated outranks an uncovered part of the same day", () => {
  const { occurrences } = run([...daily([1]), seen("2026-03-02T12:00:00Z", "off")]);
  assert.deepEqual(
    [occurrences[0]?.state, occurrences[1]?.state, occurrences[2]?.state],
    ["deviated", "deviated", "unknown"],
  );
});

test("two observations of one instant that differ are both in force: the failing one is not hidden", () => {
  for (const values of [
    ["on", "off"],
    ["off", "on"],
  ]) {
    const { occurrences } = run([
      ...daily([1, 2, 3]),
      ...values.map((value) => seen("2026-03-04T06:00:00Z", value)),
    ]);
    // Until the observation's cover ends, on the 5th at 08:00.
    assert.deepEqual([occurrences[2]?.state, occurrences[3]?.state], ["deviated", "deviated"]);
  }
});

test("a resource owes from the date that its source states, else from its first observation", () => {
  const stated = run([
    seen("2026-03-05T18:00:00Z", "on", { resourceSince: "2026-03-05T12:00:00Z" }),
    ...daily([6, 7, 8]).map((each) => ({ ...each, resourceSince: "2026-03-05T12:00:00Z" })),
  ]);
  assert.equal(states(stated.occurrences), "05 unknown, 06 operated, 07 operated, 08 operated");
  assert.equal(stated.occurrences[0]?.at, "2026-03-05T12:00:00Z");
  const observed = run(daily([5, 6, 7, 8]));
  assert.equal(states(observed.occurrences), "05 operated, 06 operated, 07 operated, 08 operated");
});

test("a day that has not ended at the as-of time is not judged yet", () => {
  const { occurrences } = run(daily([1, 2, 3]), { asOf: at("2026-03-04T00:00:00Z") });
  assert.equal(states(occurrences), "02 operated, 03 operated");
});

test("days are local days: the day on which the clocks change has 23 hours and needs no more", () => {
  const observations = [7, 8]
    .map((date) => seen(`2026-03-0${date}T05:00:00Z`))
    .concat(seen("2026-03-09T04:00:00Z"));
  // New York: 8 March starts at 05:00Z and ends at 04:00Z of the 9th.
  const { occurrences } = run(observations, {}, setting("mfa", [on], 23), "America/New_York");
  assert.equal(states(occurrences), "07 unknown, 08 operated");
});

test("what an activity's rule leaves out does not speak of it; what it cannot tell is unknown", () => {
  const activity = setting("mfa", [on], 26, { where: 'configuration.changeTicket == ""' });
  const { occurrences, summary } = run(
    [
      ...daily([1, 2, 3, 4, 5]).map((each) => ({ ...each, changeTicket: "" })),
      seen("2026-03-03T07:00:00Z", "off", { changeTicket: "T-1" }),
      seen("2026-03-05T07:00:00Z", "off"),
    ],
    { asOf: at("2026-03-06T00:00:00Z") },
    activity,
  );
  assert.equal(states(occurrences), "02 operated, 03 operated, 04 operated, 05 unknown");
  assert.deepEqual(activityIn(summary, "IAM-01", "mfa").excluded, [
    { reason: 'left out by the rule: configuration.changeTicket == ""', count: 1 },
  ]);
});

test("settings of resources are told apart, and a version judges the days in its own part of the window", () => {
  const strict = attribute("strict", 'configuration.value == "on" && configuration.setting == "mfa"');
  const of = program(
    [
      control("IAM-01", [setting("mfa", [on], 26)], { effectiveThrough: day("2026-03-04") }),
      control("IAM-01", [setting("mfa", [strict], 26)], { version: 2, effectiveFrom: day("2026-03-05") }),
    ],
    { window },
  );
  const observations = ["mfa", "sso"].flatMap((name) =>
    daily([3, 4, 5, 6]).map((each) => ({ ...each, setting: name })),
  );
  const { occurrences } = assess(
    input(of, { asOf: at("2026-03-07T00:00:00Z"), populations: [population(of, "configuration")] }),
    { configuration: observations },
  );
  assert.deepEqual(
    occurrences.map(({ id, version, state }) => `${version} ${id} ${state}`),
    [
      "1 prod mfa/2026-03-03 operated",
      "1 prod mfa/2026-03-04 operated",
      "1 prod sso/2026-03-03 operated",
      "1 prod sso/2026-03-04 operated",
      "2 prod mfa/2026-03-05 operated",
      "2 prod mfa/2026-03-06 operated",
      "2 prod sso/2026-03-05 deviated",
      "2 prod sso/2026-03-06 deviated",
    ],
  );
});

test("a resource that was last seen before the window still owes it: that it is gone was not shown", () => {
  const { occurrences } = run([seen("2026-02-20T00:00:00Z")]);
  assert.equal(occurrences.length, 7);
  assert.ok(occurrences.every(({ state }) => state === "unknown"));
});

test("erased observations leave their days uncovered, and the summary says how many", () => {
  const of = program([control("IAM-01", [setting("mfa", [on], 26)])], { window });
  const lines = new Map<string, readonly ItemLine[]>([["configuration", [{ erased: "ab".repeat(32) }]]]);
  const { occurrences, summary } = assess(
    input(of, { populations: [population(of, "configuration")] }),
    lines,
  );
  assert.deepEqual(occurrences, []);
  assert.match(summary.warnings.join(), /1 observations of history were erased/);
});

test("a day's not-applicable record names the finding that it stands in for", () => {
  const body = {
    control: "IAM-01",
    activity: "mfa",
    occurrence: "prod mfa/2026-03-02",
    reason: "the system was off",
    approver: person("cy"),
  };
  const { occurrences } = run([seen("2026-03-01T23:00:00Z", "off")], {
    notApplicable: [{ record: "r", recordedAt: 0, body }],
  });
  assert.deepEqual(
    [occurrences[0]?.state, occurrences[0]?.detail],
    ["not-applicable", "without this record it would be deviated"],
  );
});

test("day by day the result is what looking at every minute would give", () => {
  const minutes = 60_000;
  const start = at("2026-03-02T00:00:00Z");
  const observation = fc.record({
    minute: fc.integer({ min: -1_500, max: 4_400 }),
    value: fc.constantFrom("on", "off"),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(observation, { maxLength: 8, selector: ({ minute }) => minute }),
      fc.integer({ min: 1, max: 30 }),
      (observations, hours) => {
        const items = observations.map(({ minute, value }) =>
          seen(formatInstant(start + minute * minutes), value),
        );
        const { occurrences } = run(items, { asOf: at("2026-03-05T00:00:00Z") }, setting("mfa", [on], hours));
        const since = Math.max(0, Math.min(...observations.map(({ minute }) => minute)));
        for (const [index, date] of [2, 3, 4].entries()) {
          const from = Math.max(index * 1_440, since);
          const until = (index + 1) * 1_440;
          const id = `prod mfa/2026-03-0${date}`;
          const found = occurrences.find((each) => each.id === id)?.state;
          const values = new Set<string>();
          for (let minute = from; minute < until; minute++) {
            const last = observations
              .filter((each) => each.minute <= minute)
              .sort((a, b) => b.minute - a.minute)[0];
            values.add(last === undefined || minute >= last.minute + hours * 60 ? "none" : last.value);
          }
          const expected =
            from >= until || observations.length === 0
              ? undefined
              : values.has("off")
                ? "deviated"
                : values.has("none")
                  ? "unknown"
                  : "operated";
          assert.equal(found, expected, id);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("counts of many resources are the sum of their days", () => {
  const items = Array.from({ length: 50 }, (_, index) => ({
    ...seen("2026-03-02T00:00:00Z", index % 10 === 0 ? "off" : "on"),
    resource: `r${index}`,
  }));
  const { summary } = run(items, { asOf: at("2026-03-03T00:00:00Z") });
  assert.equal(countsText(activityIn(summary, "IAM-01", "mfa").counts), "operated 45, deviated 5");
});
