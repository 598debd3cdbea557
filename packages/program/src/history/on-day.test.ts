import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addDays, canonicalJson, type JsonObject, type LocalDate } from "@countersign/kernel";
import type { Program } from "../model.ts";
import { isOn } from "../system/dated.ts";
import { applyChanges, diffPrograms, type Change } from "./diff.ts";
import { day, programs } from "../test-support/programs.ts";
import { programOn } from "./on-day.ts";
import { collections, hasDays } from "./parts.ts";

/** What is said on a day, by part and id, once days and numbers of days are left out. */
function saidOn(program: Program, today: LocalDate): ReadonlyMap<string, JsonObject> {
  const { controls, system } = programOn(program, today);
  const all = [
    ...controls.map(({ effectiveFrom: _, effectiveThrough: __, ...said }) => ["controls", said] as const),
    ...collections.flatMap((name) =>
      (system?.[name] ?? []).map(({ from: _, through: __, ...said }) => [name, said] as const),
    ),
  ];
  const found = new Map<string, JsonObject>();
  for (const [part, { id, ...said }] of all) {
    assert.ok(!found.has(`${part} ${id}`), `two sayings of ${part} ${id} on ${today}`);
    found.set(`${part} ${id}`, said as unknown as JsonObject);
  }
  return found;
}

/** The same, told by what each change says of that day, in the order in which the changes were recorded. */
function replayed(
  history: readonly (readonly Change[])[],
  today: LocalDate,
): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const changes of history)
    for (const change of changes) {
      if (!hasDays(change.part) || !isOn(change, today)) continue;
      const key = `${change.part} ${change.thing}`;
      if (change.change === "removed") found.delete(key);
      else {
        const said = new Map(Object.entries(found.get(key) ?? {}));
        for (const { member, after } of change.members)
          if (after === undefined) said.delete(member);
          else said.set(member, after);
        found.set(key, Object.fromEntries(said));
      }
    }
  return found;
}

const sorted = (said: ReadonlyMap<string, JsonObject>) => canonicalJson(Object.fromEntries(said));
const dayOf = fc.integer({ min: -1, max: 95 }).map(day);

test("any sequence of dated changes gives one program for each day: what each of them says of it, in turn", () => {
  fc.assert(
    fc.property(fc.array(programs, { minLength: 1, maxLength: 4 }), dayOf, (sequence, today) => {
      const history = sequence.map((program, index) => diffPrograms(sequence[index - 1], program));
      const last = history.reduce<Program | undefined>(
        (program, diff) => applyChanges(program, diff),
        undefined,
      );
      assert.ok(last !== undefined);
      assert.equal(
        sorted(saidOn(last, today)),
        sorted(
          replayed(
            history.map(({ changes }) => changes),
            today,
          ),
        ),
      );
    }),
  );
});

test("from one day to the next a program changes only where something begins or has ended", () => {
  fc.assert(
    fc.property(programs, dayOf, (program, today) => {
      const stretches = [
        ...program.controls.map(({ effectiveFrom, effectiveThrough }) => [effectiveFrom, effectiveThrough]),
        ...collections.flatMap((name) =>
          (program.system?.[name] ?? []).flatMap(({ versions }) =>
            versions.map(({ from, through }) => [from, through]),
          ),
        ),
      ];
      const yesterday = addDays(today, -1);
      if (stretches.some(([from, through]) => from === today || through === yesterday)) return;
      assert.equal(sorted(saidOn(program, today)), sorted(saidOn(program, yesterday)));
    }),
  );
});

test("a program that describes no system has none on any day", () => {
  fc.assert(
    fc.property(programs, dayOf, (program, today) => {
      assert.equal("system" in programOn(program, today), program.system !== undefined);
    }),
  );
});
