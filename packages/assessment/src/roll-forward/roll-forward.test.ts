import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addDays, formatInstant, intervalOf, type LocalDate, type TimeZone } from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";
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
  population,
  program,
} from "../example.ts";
import { carriedFrom, nextRetest, retestOf, seenOf, type CarriedDeviation, type Seen } from "./carried.ts";
import { wholeMonthsOf, nextWindow, whyNotNext } from "./next-window.ts";

const zones = ["UTC", "America/New_York", "Pacific/Apia", "Asia/Beirut", "America/Sao_Paulo"] as const;
const date = fc
  .date({ min: new Date("2009-01-01"), max: new Date("2034-12-31"), noInvalidDate: true })
  .map((value) => value.toISOString().slice(0, 10) as LocalDate);
const windows = fc
  .tuple(date, fc.integer({ min: 0, max: 800 }), fc.constantFrom(...zones))
  .map(([from, days, zone]): WindowBody => ({ from, through: addDays(from, days), zone }));
const period = (window: WindowBody) => intervalOf({ ...window, zone: window.zone as TimeZone });

test("two windows abut in every zone: the next begins at the instant at which the last one ends", () => {
  fc.assert(
    fc.property(windows, fc.option(date, { nil: undefined }), (window, through) => {
      const found = nextWindow(window, through);
      if (!found.ok) return;
      const next = found.value;
      assert.equal(next.from, addDays(window.through, 1));
      assert.equal(period(next).start, period(window).end);
      assert.ok(next.through >= next.from);
      assert.equal(whyNotNext(window, next), undefined);
    }),
  );
});

test("a window of whole months is followed by as many; one that has none needs its last day said", () => {
  const window = { from: day("2025-07-01"), through: day("2026-06-30"), zone: "UTC" };
  const next = nextWindow(window);
  assert.deepEqual(next.ok && next.value, { from: "2026-07-01", through: "2027-06-30", zone: "UTC" });
  assert.equal(wholeMonthsOf({ from: day("2025-11-15"), through: day("2026-02-14") }), 3);
  assert.equal(wholeMonthsOf({ from: day("2024-02-29"), through: day("2025-02-27") }), 12);
  const odd = { ...window, through: day("2026-06-29") };
  const refused = nextWindow(odd);
  assert.equal(!refused.ok && refused.error.code, "roll-forward-length");
  assert.equal(nextWindow(odd, "2026-12-31").ok, true);
  for (const wrong of ["2026-06-29", "2026-02-30", "soon"]) assert.equal(nextWindow(odd, wrong).ok, false);
});

test("a window that leaves days out, takes days twice, or changes the zone is not the next one", () => {
  const window = { from: day("2025-07-01"), through: day("2026-06-30"), zone: "UTC" };
  const why = (from: string, zone = "UTC") =>
    whyNotNext(window, { from: day(from), through: day("2027-06-30"), zone })?.what;
  assert.equal(why("2026-07-01"), undefined);
  assert.match(why("2026-07-02") ?? "", /would be in no window/);
  assert.match(why("2026-06-30") ?? "", /would be in two windows/);
  assert.match(why("2026-07-01", "Europe/Berlin") ?? "", /zone is another/);
});

const approved = attribute("approved", "change.approvals.size() > 0");
const checked = attribute("checked", "change.checks.size() > 0");
const of = program([
  control("CHG-01", [perItem("merge", "change", [approved, checked])]),
  control("GOV-01", [periodic("review", "month", 10)]),
]);

test("what is carried is exactly the deviations of the last run, without those withdrawn since", () => {
  const facts = fc.constantFrom(
    { approvals: [], checks: [] },
    { approvals: [{ person: "p_b" }], checks: [] },
    { approvals: [{ person: "p_b" }], checks: [{ name: "ci", outcome: "passed" }] },
  );
  fc.assert(
    fc.property(
      fc.array(facts, { maxLength: 8 }),
      fc.array(fc.nat({ max: 40 }), { maxLength: 5 }),
      (changes, withdrawn) => {
        const { summary } = assess(
          input(of, { populations: [population(of, "change")] }),
          new Map([
            ["change", changes.map((each, index) => line(change(`c${index}`, "2025-08-02T00:00:00Z", each)))],
          ]),
        );
        const ids = summary.deviations.map(({ id }) => id);
        const gone = new Set(withdrawn.flatMap((index) => ids[index] ?? []));
        const carried = carriedFrom(summary, gone);
        assert.deepEqual(
          carried.map(({ id }) => id),
          ids.filter((id) => !gone.has(id)).sort(),
        );
        for (const each of carried) {
          const found = summary.deviations.find(({ id }) => id === each.id);
          assert.deepEqual(
            [each.control, each.activity, each.attribute, each.occurrence, each.state],
            [found?.control, found?.activity, found?.attribute, found?.occurrence, found?.state],
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});

const carried = (more: Partial<CarriedDeviation> = {}): CarriedDeviation => ({
  id: "dev_000000000001",
  control: "GOV-01",
  version: 1,
  activity: "review",
  occurrence: "2025-05",
  at: formatInstant(at("2025-05-31T23:59:59Z")),
  state: "missed",
  ...more,
});
const seen = (occurrence: string, on: string, result: Seen["result"]): Seen => ({
  occurrence,
  at: at(`${on}T12:00:00Z`),
  result,
});
const utc = "UTC" as TimeZone;
const state = (list: readonly Seen[], action?: string) =>
  retestOf(list, action === undefined ? undefined : day(action), utc).state;

test("an operated occurrence retests, one that deviated has deviated again, and nothing is not yet", () => {
  assert.equal(state([]), "not-yet");
  assert.equal(state([seen("a", "2025-08-02", "operated")]), "operated");
  assert.equal(
    state([seen("a", "2025-08-02", "operated"), seen("b", "2025-09-02", "deviated")]),
    "deviated-again",
  );
  // An order that would hide it: the deviation came first.
  assert.equal(
    state([seen("b", "2025-07-02", "deviated"), seen("a", "2025-08-02", "operated")]),
    "deviated-again",
  );
});

test("only what came after the corrective action's day retests it, and a later day improves nothing", () => {
  const both = [seen("a", "2025-07-20", "deviated"), seen("b", "2025-08-20", "operated")];
  assert.equal(state(both, "2025-07-31"), "operated");
  assert.equal(state([seen("b", "2025-08-20", "operated")], "2025-08-20"), "not-yet");
  assert.equal(state([seen("a", "2025-07-20", "deviated")], "2026-01-01"), "deviated-again");
});

const rank = { "deviated-again": 0, "not-yet": 1, operated: 2 };
const someSeen = fc.record({
  occurrence: fc.uuid(),
  at: fc.integer({ min: at("2025-07-01T00:00:00Z"), max: at("2026-06-30T00:00:00Z") }),
  result: fc.constantFrom<Seen["result"]>("operated", "deviated", "nothing"),
});
const action = fc.option(fc.constantFrom(day("2025-08-01"), day("2025-12-31"), day("2026-05-01")), {
  nil: undefined,
});

test("a retest never improves without an occurrence that operated: not by others, and not by another day", () => {
  fc.assert(
    fc.property(
      fc.array(someSeen, { maxLength: 8 }),
      fc.array(someSeen, { maxLength: 4 }),
      action,
      action,
      (list, more, before, after) => {
        const old = retestOf(list, before, utc);
        const others = more.filter(({ result }) => result !== "operated");
        assert.ok(rank[retestOf([...list, ...others], before, utc).state] <= rank[old.state]);
        if (old.state === "operated")
          assert.ok(list.some((each) => each.occurrence === old.occurrence && each.result === "operated"));
        const none = list.filter(({ result }) => result !== "operated");
        assert.equal(retestOf(none, before, utc).state, retestOf(none, after, utc).state);
        assert.deepEqual(retestOf(list.toReversed(), before, utc), old);
      },
    ),
  );
});

test("an occurrence is seen in the attribute that deviated, and not in another", () => {
  const { occurrences } = assess(
    input(of, {
      populations: [population(of, "change")],
      performances: [performed("r", "2025-08-02T00:00:00Z", { occurrence: "2025-07" })],
    }),
    {
      change: [
        change("a", "2025-08-02T00:00:00Z", { approvals: [{ person: "p_b" }], checks: [] }),
        change("b", "2025-08-03T00:00:00Z", { approvals: [], checks: [{ name: "ci", outcome: "passed" }] }),
        change("c", "2025-08-04T00:00:00Z", { checks: [] }),
      ],
    },
  );
  const results = (of_: CarriedDeviation) =>
    occurrences
      .flatMap((each) => seenOf(of_, each, of) ?? [])
      .map((each) => `${each.occurrence} ${each.result}`);
  const merge = { control: "CHG-01", activity: "merge", occurrence: "old" };
  assert.deepEqual(results(carried({ ...merge, attribute: "approved" })), [
    "a operated",
    "b deviated",
    "c nothing",
  ]);
  assert.deepEqual(results(carried({ ...merge, attribute: "checked" })), [
    "a deviated",
    "b operated",
    "c deviated",
  ]);
  assert.deepEqual(results(carried({ ...merge, attribute: "gone" })), [
    "a nothing",
    "b nothing",
    "c nothing",
  ]);
  assert.deepEqual(results(carried({ ...merge, attribute: "approved", occurrence: "a" })), [
    "b deviated",
    "c nothing",
  ]);
  assert.deepEqual(results(carried()).slice(0, 2), ["2025-07 operated", "2025-08 deviated"]);
});

test("what is not retested says when it can be: the next due day, the next item, or that there is none", () => {
  const on = at("2025-09-05T00:00:00Z");
  assert.deepEqual(nextRetest(carried(), of, on), { when: "due", period: "2025-08", by: "2025-09-10" });
  assert.deepEqual(nextRetest(carried(), of, at("2026-08-01T00:00:00Z")).when, "none");
  const merge = carried({ control: "CHG-01", activity: "merge", attribute: "approved" });
  assert.deepEqual(nextRetest(merge, of, on), { when: "next-item", kind: "change" });
  assert.equal(nextRetest({ ...merge, attribute: "gone" }, of, on).when, "none");
  assert.equal(nextRetest(carried({ control: "OLD-01" }), of, on).when, "none");
});
