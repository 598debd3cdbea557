import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assess,
  at,
  attribute,
  change,
  control,
  controlIn,
  day,
  input,
  performed,
  perItem,
  periodic,
  population,
  program,
  setting,
} from "./example.ts";
import type { ControlVersion } from "@countersign/program";

const checked = attribute("checks", "change.checks.size() > 0");
const passed = { checks: [{ name: "ci", outcome: "passed" }] };

function run(
  controls: readonly ControlVersion[],
  more: Parameters<typeof input>[1],
  lines: Parameters<typeof assess>[1] = {},
) {
  const of = program(controls);
  const populations = ["change", "configuration"].map((kind) => population(of, kind));
  return assess(input(of, { mode: "as-of", populations, ...more }), lines);
}

const review = control("CHG-01", [perItem("review", "change", [checked])]);

test("the instance is the latest at or before the as-of time of which all facts are known", () => {
  const { summary, occurrences } = run(
    [review],
    { asOf: at("2025-09-01T00:00:00Z") },
    {
      change: [
        change("a", "2025-08-01T00:00:00Z", passed),
        change("b", "2025-08-20T00:00:00Z", passed),
        change("c", "2025-08-25T00:00:00Z"),
        change("d", "2025-09-02T00:00:00Z", passed),
      ],
    },
  );
  assert.deepEqual(
    summary.walkthroughs.map(({ control: id, designed, implemented, instance }) => [
      id,
      designed,
      implemented,
      instance?.id,
    ]),
    [["CHG-01", true, "shown", "b"]],
  );
  assert.deepEqual(occurrences, [summary.walkthroughs[0]?.instance]);
});

test("nothing is counted as of a date: no counts, no deviations, no zero", () => {
  const { summary } = run(
    [review],
    { asOf: at("2025-09-01T00:00:00Z") },
    {
      change: [change("a", "2025-08-01T00:00:00Z", { checks: [] })],
    },
  );
  const counted = controlIn(summary, "CHG-01");
  assert.ok(Object.values(counted.counts).every((count) => count === 0));
  assert.deepEqual(
    [summary.deviations, counted.activities[0]?.nothing, counted.activities[0]?.expected],
    [[], undefined, 0],
  );
  assert.deepEqual(summary.walkthroughs[0]?.implemented, "not-shown");
  assert.equal(summary.walkthroughs[0]?.instance?.state, "deviated");
});

test("where no instance has all its facts, implementation is unknown and the instance says which fact is absent", () => {
  const { summary } = run(
    [review],
    { asOf: at("2025-09-01T00:00:00Z") },
    {
      change: [change("a", "2025-08-01T00:00:00Z")],
    },
  );
  assert.deepEqual(
    [summary.walkthroughs[0]?.implemented, summary.walkthroughs[0]?.instance?.attributes[0]?.state],
    ["unknown", "unknown"],
  );
});

test("without any instance implementation is not shown; missed and not due are no instances", () => {
  const { summary } = run([control("GOV-01", [periodic("review", "month", 10)])], {
    asOf: at("2025-09-01T00:00:00Z"),
  });
  assert.deepEqual(summary.walkthroughs, [{ control: "GOV-01", designed: true, implemented: "not-shown" }]);
});

test("a periodic activity is walked through by its latest performance, though its period still runs", () => {
  const { summary } = run([control("GOV-01", [periodic("review", "month", 10)])], {
    asOf: at("2025-09-05T00:00:00Z"),
    performances: [
      performed("ev_1", "2025-08-20T00:00:00Z"),
      performed("ev_2", "2025-09-02T00:00:00Z", { occurrence: "2025-09" }),
    ],
  });
  assert.deepEqual(
    [summary.walkthroughs[0]?.implemented, summary.walkthroughs[0]?.instance?.evidence],
    ["shown", "ev_2"],
  );
});

test("a setting is walked through by its latest day", () => {
  const on = attribute("on", 'configuration.value == "on"');
  const observed = {
    id: "o1",
    resource: "prod",
    setting: "mfa",
    value: "on",
    observedAt: "2025-08-20T00:00:00Z",
  };
  const { summary } = run(
    [control("IAM-01", [setting("mfa", [on], 50)])],
    { asOf: at("2025-09-01T00:00:00Z") },
    { configuration: [observed] },
  );
  assert.equal(summary.walkthroughs[0]?.instance?.id, "prod mfa/2025-08-21");
});

test("design is that of the version in force at the date, and an instance of an earlier version does not show a later one", () => {
  const early = control("CHG-01", [perItem("review", "change", [checked])], {
    effectiveThrough: day("2025-08-15"),
  });
  const late = control("CHG-01", [perItem("review", "change", [checked])], {
    version: 2,
    effectiveFrom: day("2025-08-16"),
    ownerRole: " ",
  });
  const lines = { change: [change("a", "2025-08-10T00:00:00Z", passed)] };
  const shown = (asOf: string) => run([early, late], { asOf: at(asOf) }, lines).summary.walkthroughs[0];
  const before = shown("2025-08-15T12:00:00Z");
  assert.deepEqual([before?.designed, before?.implemented, before?.instance?.id], [true, "shown", "a"]);
  const after = shown("2025-08-16T00:00:00Z");
  assert.deepEqual([after?.designed, after?.implemented], [false, "not-shown"]);
});

test("a control is designed only with a statement, an owner's role, activities, and attributes for what is tested item by item", () => {
  const designed = (more: Partial<ControlVersion>) =>
    run([control("X-01", [perItem("review", "change", [checked])], more)], {}).summary.walkthroughs[0]
      ?.designed;
  assert.equal(designed({}), true);
  assert.equal(designed({ statement: "" }), false);
  assert.equal(designed({ ownerRole: "" }), false);
  assert.equal(designed({ activities: [] }), false);
  assert.equal(designed({ activities: [perItem("review", "change", [])] }), false);
  assert.equal(designed({ activities: [periodic("review", "month", 1)] }), true);
  assert.equal(designed({ effectiveThrough: day("2025-08-01") }), false);
});
