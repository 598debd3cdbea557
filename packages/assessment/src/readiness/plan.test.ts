import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addDays, type LocalDate } from "@countersign/kernel";
import type { Program } from "@countersign/program";
import {
  assess,
  at,
  attribute,
  control,
  day,
  input,
  perItem,
  performed,
  periodic,
  person,
  program,
} from "../example.ts";
import type { AssessmentInput } from "../input.ts";
import { datedPlan, type PlanEntry } from "./plan.ts";
import { readiness, type ReadinessInput } from "./readiness.ts";

const ada = person("ada");
const of = program([
  control("CHG-01", [perItem("merge", "change", [attribute("approved", "change.approvals.size() > 0")])], {
    owner: ada,
    askedFirst: 1,
  }),
  control("GOV-01", [periodic("review", "month", 10, { title: "Monthly review" })], { owner: ada }),
  control("GOV-02", [periodic("test", "year", 30, { title: "Yearly test" })], { owner: ada }),
  control("GOV-03", [periodic("board", "quarter", 5, { title: "Board" })]),
]);

function planOf(
  on: string,
  more: Partial<AssessmentInput> = {},
  given: Partial<ReadinessInput> = {},
  from: Program = of,
): readonly PlanEntry[] {
  const { summary } = assess(input(from, { asOf: at(`${on}T12:00:00Z`), ...more }));
  const found = readiness({ program: from, summary, people: [], ...given });
  return datedPlan({ program: from, summary, people: [], readiness: found });
}
const about = (plan: readonly PlanEntry[], control: string) =>
  plan.filter((each) => each.control === control).map(({ on, late, what }) => [on, late, what]);

test("missing evidence is due by the end of the term that runs, and says what stays as it is", () => {
  const plan = planOf("2025-12-15", {
    performances: [performed("r", "2025-08-20T00:00:00Z", { occurrence: "2025-07" })],
  });
  const [entry] = plan.filter(({ control: id }) => id === "GOV-01");
  assert.deepEqual([entry?.on, entry?.late, entry?.owner], ["2026-01-10", false, ada]);
  assert.equal(
    entry?.why,
    "for 2025-12 it counts if it is performed by 2026-01-10; periods that are past stay as they are",
  );
});

test("what is owed once a year and falls into the window is named with its day, unless it is done", () => {
  const yearly = ["2026-01-30", false, "Yearly test: 2025 falls into the window"];
  assert.deepEqual(about(planOf("2025-09-01"), "GOV-02"), [yearly]);
  const done = performed("t", "2025-08-20T00:00:00Z", {
    control: "GOV-02",
    activity: "test",
    occurrence: "2025",
  });
  assert.deepEqual(about(planOf("2025-09-01", { performances: [done] }), "GOV-02"), []);
});

test("before the window begins an owner must be there by its eve; once it runs each day without one is lost", () => {
  const nobody = "no person answers for it";
  const owner = (on: string) => about(planOf(on), "GOV-03").find(([, , what]) => what === nobody);
  assert.deepEqual(owner("2025-05-01"), ["2025-06-30", false, nobody]);
  assert.deepEqual(owner("2025-09-01"), ["2025-09-01", true, nobody]);
  assert.deepEqual(owner("2026-09-01"), ["2026-09-01", true, nobody]);
});

test("an activity of which no period ends in the window must be moved into it before the window ends", () => {
  const short = { ...of, window: { from: day("2025-07-01"), through: day("2025-09-30"), zone: "UTC" } };
  const [entry] = planOf("2025-08-01", {}, {}, short).filter(({ control: id }) => id === "GOV-02");
  assert.deepEqual([entry?.on, entry?.late], ["2025-09-30", false]);
  assert.match(entry?.next ?? "", /anchor/);
});

test("a source must be read on the day before it forgets, or at once where it has forgotten", () => {
  const source = { id: "idp", connector: "csv", provides: "account", settings: {}, keepsDays: 90 };
  const from = { ...of, sources: [source] };
  const read = (through: string) =>
    planOf("2026-01-20", {}, { readThrough: new Map([["idp", day(through)]]) }, from)
      .filter(({ what }) => what.startsWith("read idp"))
      .map(({ on, late, next }) => [on, late, next]);
  assert.deepEqual(read("2025-12-31"), [["2026-03-31", false, "countersign collect idp"]]);
  assert.deepEqual(read("2025-08-31"), [["2026-01-20", true, "countersign collect idp"]]);
});

test("no entry lies before the day of the question, days are in order, and what is asked first leads its day", () => {
  fc.assert(
    fc.property(fc.integer({ min: -60, max: 500 }), (days) => {
      const today = addDays(day("2025-07-01"), days);
      const plan = planOf(today);
      assert.deepEqual(planOf(today), plan);
      const order = (each: PlanEntry) => [each.on, each.askedFirst ?? 99, each.control ?? ""] as const;
      for (const [index, entry] of plan.entries()) {
        assert.ok(entry.on >= today || entry.on === addDays(day("2025-07-01"), -1));
        if (index === 0) continue;
        const [a, b] = [order(plan[index - 1] as PlanEntry), order(entry)];
        assert.ok(a[0] < b[0] || (a[0] === b[0] && (a[1] < b[1] || (a[1] === b[1] && a[2] <= b[2]))));
      }
      const open = (entry: PlanEntry): LocalDate => entry.on;
      assert.ok(plan.map(open).every((on) => on <= "2026-10-31" || on === today));
    }),
    { numRuns: 40 },
  );
});
