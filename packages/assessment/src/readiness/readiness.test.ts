import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { LocalDate } from "@countersign/kernel";
import {
  categories,
  categoryOf,
  criterionIds,
  type ControlVersion,
  type Program,
} from "@countersign/program";
import {
  assess,
  attribute,
  at,
  change,
  control,
  day,
  input,
  performed,
  periodic,
  perItem,
  person,
  population,
  program,
} from "../example.ts";
import type { Readiness } from "./model.ts";
import { readiness, type ReadinessInput } from "./readiness.ts";
import { bounded, together } from "./steps.ts";

const approved = attribute("approved", "change.approvals.size() > 0");
const merged = (activities = [perItem("merge", "change", [approved])]): Program =>
  program([control("CHG-01", activities, { owner: person("ada") })]);
const approvals = [{ person: person("bob"), at: "2026-01-01T00:00:00Z" }];

/** Readiness after an assessment of a program with some changes of which some have an approval. */
function changesWith(of: Program, good: number, bad: number, more: Partial<ReadinessInput> = {}): Readiness {
  const reconciled = { state: "reconciled", reconciliation: "rec-1", resolved: 0 } as const;
  const lines = [
    ...Array.from({ length: good }, (_, n) =>
      change(`a-${String(n).padStart(3, "0")}`, "2026-01-02T00:00:00Z", { approvals }),
    ),
    ...Array.from({ length: bad }, (_, n) =>
      change(`b-${String(n).padStart(3, "0")}`, "2026-01-02T00:00:00Z", { approvals: [] }),
    ),
  ];
  const { summary } = assess(
    input(of, { populations: [population(of, "change", { use: { completeness: reconciled } })] }),
    { change: lines },
  );
  return readiness({ program: of, summary, people: [], ...more });
}

const criterionIn = ({ criteria }: Readiness, id: string) => {
  const found = criteria.find(({ criterion }) => criterion === id);
  assert.ok(found);
  return found;
};
const stepsIn = (found: Readiness, id: string) => {
  const criterion = criterionIn(found, id);
  assert.equal(criterion.answeredBy, "controls");
  return criterion.answeredBy === "controls" ? Object.values(criterion.steps).join(" ") : "";
};
const lacking = (found: Readiness, id: string) =>
  criterionIn(found, id).missing.map(({ step, what }) => `${step}: ${what}`);

test("a control with an owner, a reconciled list and no deviation is ready, and lacks nothing", () => {
  const found = changesWith(merged(), 3, 0);
  assert.equal(stepsIn(found, "CC8.1"), "yes yes yes yes");
  assert.deepEqual(lacking(found, "CC8.1"), []);
});

test("deviations, an owner who left, and a list that nothing reconciles each cost the step that they belong to", () => {
  assert.equal(stepsIn(changesWith(merged(), 3, 1), "CC8.1"), "yes yes partly yes");
  assert.equal(stepsIn(changesWith(merged(), 0, 2), "CC8.1"), "yes yes no yes");
  const left = { people: [{ id: person("ada"), through: day("2026-05-01") }] };
  const found = changesWith(merged(), 3, 0, left);
  // What rests on a design that is partly one is at most partly there.
  assert.equal(stepsIn(found, "CC8.1"), "partly partly partly yes");
  assert.deepEqual(lacking(found, "CC8.1"), ["designed: its owner has left"]);
  const { summary } = assess(input(merged(), { populations: [population(merged(), "change")] }), {
    change: [change("a", "2026-01-02T00:00:00Z", { approvals })],
  });
  const alone = readiness({ program: merged(), summary, people: [] });
  assert.equal(stepsIn(alone, "CC8.1"), "yes yes yes partly");
});

test("days without records, and days without a version, are told with their dates, and nothing is whole", () => {
  const gap = {
    source: "forge",
    start: at("2025-11-03T12:00:00Z"),
    end: at("2025-11-11T12:00:00Z"),
    reason: "the connector was disconnected",
  };
  const ended = { ...merged().controls[0], effectiveThrough: day("2026-05-31") } as ControlVersion;
  const again = { ...merged().controls[0], version: 2, effectiveFrom: day("2026-06-11") } as ControlVersion;
  const of = { ...merged(), controls: [ended, again] };
  const reconciled = { state: "reconciled", reconciliation: "rec-1", resolved: 0 } as const;
  const { summary } = assess(
    input(of, {
      gaps: [gap],
      populations: [population(of, "change", { use: { source: "forge", completeness: reconciled } })],
    }),
    { change: [change("a", "2026-01-02T00:00:00Z", { approvals })] },
  );
  const found = readiness({ program: of, summary, people: [] });
  assert.equal(stepsIn(found, "CC8.1"), "partly partly partly partly");
  assert.deepEqual(lacking(found, "CC8.1"), [
    "designed: no version was in force from 2026-06-01 through 2026-06-10",
    "evidenced: forge has no records from 2025-11-03 through 2025-11-11: the connector was disconnected",
  ]);
  const { summary: nothing } = assess(input(of, { gaps: [gap] }));
  assert.match(stepsIn(readiness({ program: of, summary: nothing, people: [] }), "CC8.1"), / no$/);
});

test("nothing collected is unknown, never operating", () => {
  const { summary } = assess(input(merged()));
  const found = readiness({ program: merged(), summary, people: [] });
  assert.equal(stepsIn(found, "CC8.1"), "yes unknown unknown no");
  assert.match(lacking(found, "CC8.1").join(), /nothing was collected/);
});

test("an approval that the source does not tell is unknown, and names no one as ready", () => {
  const { summary } = assess(input(merged(), { populations: [population(merged(), "change")] }), {
    change: [change("a", "2026-01-02T00:00:00Z")],
  });
  assert.equal(
    stepsIn(readiness({ program: merged(), summary, people: [] }), "CC8.1"),
    "yes unknown unknown no",
  );
});

test("what is still to come is at risk where the past, or the owner, speaks against it", () => {
  const of = program([
    control("GOV-01", [periodic("review", "quarter", 10)], { owner: person("ada"), criteria: ["CC1.2"] }),
    control("GOV-02", [periodic("review", "quarter", 10)], { owner: person("ada"), criteria: ["CC1.2"] }),
  ]);
  const { summary } = assess(
    input(of, {
      asOf: at("2026-01-20T00:00:00Z"),
      performances: [
        performed("r1", "2025-09-20T00:00:00Z", { occurrence: "2025-Q3" }),
        performed("r2", "2025-12-20T00:00:00Z", { occurrence: "2025-Q4" }),
      ],
    }),
  );
  const { atRisk } = readiness({ program: of, summary, people: [] });
  assert.deepEqual(
    atRisk.map(({ control: id, toCome, why }) => [id, toCome, ...why]),
    [["GOV-02", 2, "2 of 2 so far deviated, were late or were missed"]],
  );
});

test("a draw's chance to meet a known deviation is the hypergeometric one", () => {
  const found = changesWith(merged(), 9, 1, { sizes: [1, 5, 10, 25] });
  assert.deepEqual(found.draws[0]?.meets, [
    { size: 1, perTenThousand: 1_000 },
    { size: 5, perTenThousand: 5_000 },
    { size: 10, perTenThousand: 10_000 },
    { size: 25, perTenThousand: 10_000 },
  ]);
  assert.equal(changesWith(merged(), 9, 1).draws[0]?.meets.length, 0);
});

test("a source that forgets is told with the day on which the first unread day is lost", () => {
  const source = { id: "idp", connector: "csv", provides: "account", settings: {}, keepsDays: 90 };
  const of = { ...merged(), sources: [source] };
  const { summary } = assess(input(of, { asOf: at("2026-01-20T00:00:00Z") }));
  const lost = (through: string | undefined) =>
    readiness({
      program: of,
      summary,
      people: [],
      ...(through !== undefined && { readThrough: new Map([["idp", through as LocalDate]]) }),
    }).forgetting.map(({ unreadFrom, lostOn, lostAlready }) => [unreadFrom, lostOn, lostAlready]);
  assert.deepEqual(lost("2025-12-31"), [["2026-01-01", "2026-04-01", false]]);
  assert.deepEqual(lost(undefined), [["2025-07-01", "2025-09-29", true]]);
  assert.deepEqual(lost("2026-06-30"), []);
});

test("every criterion of the chosen categories appears once, and privacy's only with privacy", () => {
  fc.assert(
    fc.property(fc.subarray([...categories.slice(1)]), (more) => {
      const chosen = categories.filter((each) => each === "security" || more.includes(each));
      const of = program([control("CHG-01", [perItem("merge", "change", [approved])])], {
        categories: chosen,
        notRelevant: [{ criterion: "CC6.4", reason: "no rooms" }],
        subservice: [{ criterion: "CC6.5", organization: "Cloud" }],
      });
      const { summary } = assess(input(of));
      const { criteria } = readiness({ program: of, summary, people: [] });
      assert.deepEqual(
        criteria.map(({ criterion }) => criterion).sort(),
        criterionIds.filter((id) => chosen.includes(categoryOf(id))).toSorted(),
      );
      assert.equal(criteria.find(({ criterion }) => criterion === "CC6.4")?.answeredBy, "not-relevant");
      assert.equal(criteria.find(({ criterion }) => criterion === "CC6.5")?.answeredBy, "subservice");
      assert.equal(criteria.find(({ criterion }) => criterion === "CC8.1")?.answeredBy, "controls");
      assert.equal(criteria.find(({ criterion }) => criterion === "CC1.1")?.answeredBy, "nothing");
    }),
  );
});

test("what is asked first and lacks something comes first; a gap of the program costs the design", () => {
  const of = program([
    control("GOV-01", [periodic("review", "year", 10)], { criteria: ["CC1.2"], owner: person("ada") }),
    control("CHG-01", [perItem("merge", "change", [approved])], { owner: person("ada"), askedFirst: 2 }),
    control("IAM-01", [perItem("merge", "change", [approved])], {
      owner: person("ada"),
      criteria: ["CC6.1"],
      askedFirst: 1,
    }),
  ]);
  const gap = { criteria: ["CC1.2"], what: "no vendor was reviewed", next: "review it" };
  const { summary } = assess(input(of));
  const { criteria } = readiness({ program: of, summary, people: [], designGaps: [gap] });
  assert.deepEqual(
    criteria.slice(0, 2).map(({ criterion }) => criterion),
    ["CC6.1", "CC8.1"],
  );
  const gov = criteria.find(({ criterion }) => criterion === "CC1.2");
  assert.ok(gov?.answeredBy === "controls" && gov.steps.designed === "partly");
  assert.equal(gov.missing[0]?.what, "no vendor was reviewed");
});

const state = fc.constantFrom("yes", "partly", "no", "unknown", "did-not-occur" as const);

test("no step is better than the one that it rests on, and nothing operates without evidence", () => {
  const rank = { no: 0, unknown: 1, partly: 2, "did-not-occur": 3, yes: 3 };
  fc.assert(
    fc.property(
      fc.record({ designed: state, implemented: state, operating: state, evidenced: state }),
      (given) => {
        const found = bounded(given);
        assert.ok(rank[found.implemented] <= rank[found.designed]);
        assert.ok(rank[found.operating] <= rank[found.implemented]);
        if (found.evidenced === "no") assert.ok(rank[found.operating] <= rank.unknown);
        for (const step of ["designed", "implemented", "operating"] as const)
          assert.ok(rank[found[step]] <= rank[given[step]]);
        assert.deepEqual(bounded(found), found);
      },
    ),
  );
});

test("several parts are all of it only where each is; what did not occur adds nothing", () => {
  fc.assert(
    fc.property(fc.array(state, { minLength: 1, maxLength: 5 }), (parts) => {
      const whole = together(parts);
      if (whole === "partly") assert.ok(parts.some((part) => part === "yes" || part === "partly"));
      if (whole === "yes") assert.ok(parts.every((part) => part === "yes" || part === "did-not-occur"));
      assert.equal(together([...parts, "did-not-occur"]), whole);
      assert.equal(together(parts.toReversed()), whole);
    }),
  );
});
