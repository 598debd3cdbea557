import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatInstant, type JsonObject, type LocalDate } from "@countersign/kernel";
import type { Program } from "@countersign/program";
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
} from "../example.ts";
import type { AssessmentInput } from "../input.ts";
import type { PopulationUse } from "../model.ts";
import { rehearsalVerdicts, type RehearsalInput } from "./verdict.ts";
import { rehearsalWindow } from "./window.ts";

const approved = attribute("approved", "change.approvals.size() > 0", [
  { when: "change.approvals.size() == 0", say: "nobody approved it" },
]);
const window = { from: day("2026-04-01"), through: day("2026-06-30"), zone: "UTC" };
const startsOn = day("2026-07-01");
const approvals = [{ person: person("bob"), at: "2026-05-01T00:00:00Z" }];
const reconciled: PopulationUse["completeness"] = {
  state: "reconciled",
  reconciliation: "rec-1",
  resolved: 0,
};
const merged = (owner: boolean = true): Program =>
  program(
    [
      control("CHG-01", [perItem("merge", "change", [approved])], {
        ...(owner && { owner: person("ada") }),
      }),
    ],
    { window },
  );
const reviewed = program([control("GOV-01", [periodic("review", "month", 10)], { owner: person("ada") })], {
  window,
});
const asOf = at("2026-07-20T00:00:00Z");

function verdictOf(
  of: Program,
  more: Partial<AssessmentInput>,
  changes: readonly (JsonObject & { readonly id: string })[] = [],
  given: Partial<RehearsalInput> = {},
) {
  const { summary } = assess(input(of, { asOf, ...more }), { change: changes });
  const [found] = rehearsalVerdicts({ program: of, summary, people: [], startsOn, ...given });
  assert.ok(found);
  return found;
}
const listed = (of: Program, use: Partial<PopulationUse> = { completeness: reconciled }) => ({
  populations: [population(of, "change", { use })],
});
const good = change("a", "2026-05-02T00:00:00Z", { approvals });
const words = ({ reasons }: ReturnType<typeof verdictOf>) =>
  reasons.map(({ verdict, what, next }) => `${verdict}: ${what} → ${next}`);

test("what operated on a whole and reconciled list, with an owner who is there, is a go", () => {
  const found = verdictOf(merged(), listed(merged()), [good]);
  assert.equal(found.verdict, "go");
  assert.deepEqual(found.reasons, []);
  assert.deepEqual(found.activities, [
    { id: "merge", title: "merge title", version: 1, verdict: "go", operated: 1, due: 1 },
  ]);
});

test("one deviation is a not-yet, and is named with its cause", () => {
  const bad = change("b", "2026-05-03T00:00:00Z", { approvals: [] });
  const found = verdictOf(merged(), listed(merged()), [good, bad]);
  assert.equal(found.verdict, "not-yet");
  assert.deepEqual(words(found), [
    "not-yet: merge title: 1 of 2 deviated, were late or were missed (b: nobody approved it) → mend what led to it, then countersign rehearse again",
  ]);
});

test("a list that nothing confirms, that differs, or that is not whole is a not-yet", () => {
  const with_ = (use: Partial<PopulationUse>) => words(verdictOf(merged(), listed(merged(), use), [good]));
  assert.match(with_({}).join(), /not-yet: merge title: no second source shows/);
  assert.match(
    with_({ completeness: { state: "differences", reconciliation: "r", unresolved: 2, resolved: 0 } }).join(),
    /not-yet: .*differ in 2/,
  );
  assert.match(
    with_({ completeness: reconciled, extraction: { state: "partial", reasons: ["a page"] } }).join(),
    /not-yet: .*the list from history is partial: a page → countersign collect history --dry-run/,
  );
});

test("an owner who is missing, has left, or comes later is a not-yet", () => {
  assert.match(words(verdictOf(merged(false), listed(merged()), [good])).join(), /no person answers/);
  const ada = person("ada");
  const here = (days: { from?: LocalDate; through?: LocalDate }) =>
    verdictOf(merged(), listed(merged()), [good], { people: [{ id: ada, ...days }] });
  assert.match(words(here({ through: day("2026-06-30") })).join(), /has left by 2026-07-01/);
  assert.match(words(here({ from: day("2026-07-02") })).join(), /comes on 2026-07-02/);
  assert.equal(here({ from: day("2026-07-01"), through: day("2026-07-01") }).verdict, "go");
});

test("a fact that the source does not tell, a shown zero, and what is not due yet cannot be told", () => {
  const unknown = verdictOf(merged(), listed(merged()), [change("a", "2026-05-02T00:00:00Z")]);
  assert.equal(unknown.verdict, "cannot-tell");
  assert.match(words(unknown).join(), /of 1 it is unknown whether they operated/);
  const zero = verdictOf(merged(), listed(merged()));
  assert.deepEqual([zero.verdict, zero.reasons.length], ["cannot-tell", 1]);
  assert.match(words(zero).join(), /it did not occur: the list is shown to be empty/);
  const early = verdictOf(reviewed, { asOf: at("2026-04-05T00:00:00Z") });
  assert.equal(early.verdict, "cannot-tell");
  assert.match(words(early).join(), /3 are not due yet/);
});

test("evidence that was given is a go, and evidence that was not is a not-yet with the command", () => {
  const given = ["2026-04", "2026-05", "2026-06"].map((month, index) =>
    performed(`r${index}`, `${month}-28T00:00:00Z`, { occurrence: month }),
  );
  assert.equal(verdictOf(reviewed, { performances: given }).verdict, "go");
  const two = verdictOf(reviewed, { performances: given.slice(1) });
  assert.deepEqual(
    [two.verdict, two.reasons[0]?.next],
    ["not-yet", "countersign evidence add FILE --control GOV-01 --activity review"],
  );
  // A ledger that began after it was due: nobody knows whether it was missed, and nothing was given all the same.
  const none = verdictOf(reviewed, { recordingSince: at("2026-07-19T00:00:00Z") });
  assert.deepEqual(words(none), [
    "not-yet: review title: no evidence was given for 3 that were due → countersign evidence add FILE --control GOV-01 --activity review",
  ]);
});

test("a source that could not be read, or that no source is, is named for the controls that need its list", () => {
  const sources = [{ id: "api", connector: "git", provides: "change", settings: {} }];
  const of = { ...merged(), sources };
  assert.match(
    words(verdictOf(of, {}, [], { unread: new Map([["api", "no repository there"]]) })).join(),
    /api could not be read: no repository there → countersign collect api --dry-run/,
  );
  assert.match(words(verdictOf(merged(), {})).join(), /no list of change was read → name a source/);
});

test("an activity that did not occur keeps a control whose other activity operated from being a go", () => {
  const yearly = periodic("yearly", "year", 10);
  const of = program(
    [control("CHG-01", [perItem("merge", "change", [approved]), yearly], { owner: person("ada") })],
    { window },
  );
  const found = verdictOf(of, listed(of), [good]);
  assert.equal(found.verdict, "cannot-tell");
  assert.deepEqual(
    found.activities.map(({ id, verdict }) => [id, verdict]),
    [
      ["merge", "go"],
      ["yearly", "cannot-tell"],
    ],
  );
});

test("a control that takes effect with the window was in force on no rehearsed day", () => {
  const of = program(
    [
      control("CHG-01", [perItem("merge", "change", [approved])], {
        owner: person("ada"),
        effectiveFrom: startsOn,
      }),
    ],
    { window },
  );
  assert.match(words(verdictOf(of, listed(of), [good])).join(), /no version of it was in force/);
});

const some = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const changesOf = fc.uniqueArray(
  fc
    .record({
      id: fc.uuid(),
      mergedAt: fc
        .integer({ min: at("2026-03-20T00:00:00Z"), max: at("2026-07-10T00:00:00Z") })
        .map((ms) => formatInstant(ms)),
      facts: some<JsonObject>({ approvals }, { approvals }, { approvals: [] }, {}),
    })
    .map(({ id, mergedAt, facts }) => change(id, mergedAt, facts)),
  { selector: ({ id }) => id, maxLength: 12 },
);
const performances = fc.uniqueArray(
  fc
    .record({
      record: fc.uuid(),
      occurrence: some("2026-04", "2026-05", "2026-06", "2026-07"),
      on: some("2026-04-20", "2026-05-30", "2026-06-30", "2026-07-30"),
    })
    .map(({ record, occurrence, on }) => performed(record, `${on}T00:00:00Z`, { occurrence })),
  { selector: ({ record }) => record, maxLength: 5 },
);

test("a control is never a go with a deviation, an unknown, no evidence, or a list that is not shown to be whole", () => {
  const of = program(
    [
      control("CHG-01", [perItem("merge", "change", [approved])], { owner: person("ada") }),
      control("GOV-01", [periodic("review", "month", 10)], { owner: person("ada") }),
      control("GOV-02", [perItem("merge", "change", [approved]), periodic("review", "month", 10)], {}),
    ],
    { window },
  );
  let goes = 0;
  fc.assert(
    fc.property(
      fc.record({
        changes: changesOf,
        performances,
        asOf: some(asOf, at("2026-05-15T00:00:00Z"), at("2026-04-01T00:00:00Z")),
        completeness: some<PopulationUse["completeness"]>(reconciled, { state: "not-shown", reason: "one" }),
        extraction: some<PopulationUse["extraction"]>(
          { state: "complete", proof: "the list ended" },
          { state: "partial", reasons: ["a page"] },
        ),
        gap: fc.boolean(),
      }),
      ({ changes, gap, completeness, extraction, ...more }) => {
        const start = at("2026-05-01T00:00:00Z");
        const gaps = gap ? [{ source: "history", start, end: start + 86_400_000, reason: "outage" }] : [];
        const given = input(of, { ...more, gaps, ...listed(of, { completeness, extraction }) });
        const { summary, occurrences } = assess(given, new Map([["change", changes.map(line)]]));
        for (const found of rehearsalVerdicts({ program: of, summary, people: [], startsOn })) {
          const own = occurrences.filter((each) => each.control === found.control);
          assert.equal(found.verdict === "go", found.reasons.length === 0);
          if (found.verdict !== "go") continue;
          goes++;
          assert.ok(own.some(({ state }) => state === "operated"));
          assert.ok(own.every(({ state }) => state === "operated" || state === "not-due"));
          assert.notEqual(found.owner, undefined);
          if (found.control !== "CHG-01") continue;
          assert.equal(completeness.state, "reconciled");
          assert.equal(extraction.state, "complete");
          assert.equal(gap, false);
        }
      },
    ),
    { numRuns: 400 },
  );
  assert.ok(goes > 10, "the generated cases hold goes");
});

test("the days: three months before a window that has not begun, else those that were named", () => {
  const of = { from: day("2026-07-01"), through: day("2027-06-30"), zone: "Europe/Berlin" };
  const found = rehearsalWindow(of, day("2026-05-02"));
  assert.deepEqual(found.ok && found.value, {
    from: "2026-04-01",
    through: "2026-06-30",
    zone: "Europe/Berlin",
  });
  const code = (today: string, asked = {}) => {
    const refused = rehearsalWindow(of, day(today), asked);
    return refused.ok ? "ok" : refused.error.code;
  };
  assert.equal(code("2026-07-01"), "rehearsal-dates");
  assert.equal(code("2026-07-01", { from: "2026-04-01", through: "2026-06-30" }), "ok");
  assert.equal(code("2026-07-01", { from: "2026-04-01" }), "rehearsal-dates");
  assert.equal(code("2026-07-01", { from: "2026-04-31", through: "2026-06-30" }), "rehearsal-dates");
  assert.equal(code("2026-05-02", { from: "2026-06-01", through: "2026-07-01" }), "rehearsal-in-window");
  assert.equal(code("2026-05-02", { from: "2027-06-30", through: "2027-07-01" }), "rehearsal-in-window");
  assert.equal(code("2026-03-31"), "rehearsal-not-begun");
});

test("a rehearsal shares no day with the window, whatever is asked", () => {
  const date = fc
    .date({ min: new Date("2024-01-01"), max: new Date("2029-12-31"), noInvalidDate: true })
    .map((value) => value.toISOString().slice(0, 10) as LocalDate);
  fc.assert(
    fc.property(
      date,
      date,
      date,
      fc.option(fc.tuple(date, date), { nil: undefined }),
      (a, b, today, asked) => {
        const [from, through] = a < b ? [a, b] : [b, a];
        const found = rehearsalWindow(
          { from, through, zone: "UTC" },
          today,
          asked && { from: asked[0], through: asked[1] },
        );
        if (!found.ok) return;
        assert.ok(found.value.through < from || found.value.from > through);
        assert.ok(found.value.from <= found.value.through && found.value.from <= today);
      },
    ),
  );
});
