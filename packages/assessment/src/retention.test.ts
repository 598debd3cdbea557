import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  DAY_MS,
  epochOf,
  formatInstant,
  type Instant,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import { noSystem, type DataStore, type System } from "@countersign/program";
import { retained, type StoreLook } from "./retention.ts";

const UTC = "UTC" as TimeZone;
const START = epochOf("2026-01-01T00:00:00Z");
const day = (number: number): Instant => formatInstant(START + number * DAY_MS);

// Made up.
function systemWith(retention: DataStore["retention"], later?: { from: LocalDate; days: number }): System {
  const said = {
    name: "Prompt log",
    classes: ["customer-content"] as const,
    ...(retention && { retention }),
  };
  return {
    ...noSystem,
    stores: [
      {
        id: "prompts",
        versions: [
          said,
          ...(later === undefined
            ? []
            : [{ ...said, retention: { days: later.days, ground: "notice" }, from: later.from }]),
        ],
      },
    ],
  };
}
const look = (at: number, more: Partial<StoreLook>): StoreLook => ({
  id: `l-${at}`,
  store: "prompts",
  listedAt: day(at),
  record: "r",
  ...more,
});
const thirty = systemWith({ days: 30, ground: "notice" });
const only = (system: System, looks: readonly StoreLook[], at: number) => {
  const [found] = retained(system, looks, day(at), UTC);
  assert.ok(found);
  return found;
};

test("what was still there after its term is told with the day on which the term was over", () => {
  const found = only(thirty, [look(50, { oldestAt: day(10) })], 50);
  assert.equal(found.state, "past-term");
  assert.equal(found.state === "past-term" && found.since, day(40));
});

test("a look speaks of its own time: what has passed its term since is unknown", () => {
  assert.equal(only(thirty, [look(35, { oldestAt: day(10) })], 35).state, "within-term");
  const later = only(thirty, [look(35, { oldestAt: day(10) })], 50);
  assert.deepEqual([later.state, "reason" in later && later.reason], ["unknown", "not-looked-since"]);
  // Whatever came into an empty store after the look is younger than the look.
  assert.equal(only(thirty, [look(35, { empty: true })], 65).state, "within-term");
  assert.equal(only(thirty, [look(35, { empty: true })], 66).state, "unknown");
});

test("what is not said, not looked at, or not told by the source is unknown, each for its own reason", () => {
  const reason = (system: System, looks: readonly StoreLook[]) => {
    const found = only(system, looks, 50);
    return found.state === "unknown" ? found.reason : found.state;
  };
  assert.equal(reason(systemWith(undefined), [look(50, { empty: true })]), "retention-not-said");
  assert.equal(reason(thirty, []), "not-looked");
  assert.equal(reason(thirty, [look(51, { empty: true })]), "not-looked");
  assert.equal(reason(thirty, [look(50, {})]), "look-lacks-oldest");
  assert.equal(reason(systemWith({ ground: "until the contract ends" }), []), "no-term-in-days");
});

test("the term that held on the day of the look is the one that counts", () => {
  const system = systemWith({ days: 90, ground: "notice" }, { from: "2026-02-10" as LocalDate, days: 30 });
  const old = { ...system.stores[0] };
  const stores: System["stores"] = [
    {
      id: "prompts",
      versions: (old.versions ?? []).map((version, index) =>
        index === 0 ? { ...version, through: "2026-02-09" as LocalDate } : version,
      ),
    },
  ];
  assert.equal(only({ ...system, stores }, [look(39, { oldestAt: day(0) })], 39).state, "within-term");
  assert.equal(only({ ...system, stores }, [look(41, { oldestAt: day(0) })], 41).state, "past-term");
});

test("never wrong about a store that deletes when it likes: past-term and within-term are what is there", () => {
  const entry = fc.record({ came: fc.integer({ min: 0, max: 60 }), gone: fc.integer({ min: 1, max: 80 }) });
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 6 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 4 }),
      fc.integer({ min: 0, max: 60 }),
      (entries, looks, at) => {
        const there = (time: number) =>
          entries.filter(({ came, gone }) => came <= time && time < came + gone).map(({ came }) => came);
        const taken = looks.map((time) => {
          const held = there(time);
          return look(time, held.length === 0 ? { empty: true } : { oldestAt: day(Math.min(...held)) });
        });
        const found = only(thirty, taken, at);
        if (found.state === "within-term") assert.ok(there(at).every((came) => at - came <= 30));
        if (found.state === "past-term") {
          const seen = (epochOf(found.look?.listedAt ?? "") - START) / DAY_MS;
          assert.ok(there(seen).some((came) => seen - came > 30));
        }
      },
    ),
  );
});
