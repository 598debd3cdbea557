import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalDate } from "@countersign/kernel";
import type { ControlVersion, Program } from "../model.ts";
import { parsed } from "../test-support/files.ts";
import { catalogUpgrade, isOfCatalogAlone } from "./catalog-upgrade.ts";
import { diffPrograms } from "./diff.ts";

const now: Program = parsed({}).program;

/** The program as it was under an earlier catalog, of which some controls said something else. */
function earlier(changed: (control: ControlVersion) => Partial<ControlVersion> | undefined): Program {
  return {
    ...now,
    catalog: "starter-0 sha256:00",
    controls: now.controls.map((control) => ({
      ...control,
      ...(control.from && { from: { ...control.from, catalog: "starter-0" } }),
      ...changed(control),
    })),
  };
}

function upgraded(before: Program, recordedOn: string, after = now) {
  const { changes } = diffPrograms(before, after);
  return { changes, upgrade: catalogUpgrade(before, after, changes, recordedOn as LocalDate) };
}

test("another catalog inside the window names the controls that say something else, and the days that are past", () => {
  const { changes, upgrade } = upgraded(
    earlier(({ id }) => (id === "CHG-01" ? { statement: "Changes are looked at." } : undefined)),
    "2025-07-11",
  );
  assert.equal(upgrade?.before, "starter-0");
  assert.deepEqual(upgrade?.controls, [
    {
      control: "CHG-01",
      change: "changed",
      members: ["statement"],
      from: "2025-07-01",
      through: "2026-06-30",
      pastDays: 10,
    },
  ]);
  const ids = new Set(now.controls.map(({ id }) => id));
  assert.equal(upgrade?.unchanged, ids.size - 1);
  assert.equal(changes.filter(isOfCatalogAlone).length, ids.size - 1);
});

test("before the window no day is past, and after it all are; a change of the owner is none of the catalog's", () => {
  const before = earlier(({ id }) =>
    id === "CHG-01"
      ? { procedure: "Ask." }
      : id === "IAM-01"
        ? { ownerRole: "nobody", owner: "p-x" as never }
        : undefined,
  );
  const past = (on: string) =>
    upgraded(before, on).upgrade?.controls.map(({ control, pastDays }) => [control, pastDays]);
  assert.deepEqual(past("2025-07-01"), [
    ["CHG-01", 0],
    ["IAM-01", 0],
  ]);
  assert.deepEqual(past("2027-01-01"), [
    ["CHG-01", 365],
    ["IAM-01", 365],
  ]);
  const ownerAlone = earlier(({ id }) => (id === "IAM-01" ? { owner: "p-x" as never } : undefined));
  assert.deepEqual(upgraded(ownerAlone, "2026-01-01").upgrade?.controls, []);
});

test("a control that the company holds to its earlier words until a day changes from that day on", () => {
  const before = earlier(() => undefined);
  const day = "2026-01-01" as LocalDate;
  const split: Program = {
    ...now,
    controls: now.controls.flatMap((control): readonly ControlVersion[] =>
      control.id === "CHG-01"
        ? [
            { ...control, effectiveThrough: "2025-12-31" as LocalDate },
            { ...control, version: 2, effectiveFrom: day, statement: "Other words." },
          ]
        : [control],
    ),
  };
  assert.deepEqual(
    upgraded(before, "2025-12-01", split).upgrade?.controls.map(({ control, from, pastDays }) => [
      control,
      from,
      pastDays,
    ]),
    [["CHG-01", "2026-01-01", 0]],
  );
});

test("the same catalog is no upgrade", () => {
  assert.equal(upgraded({ ...now, categories: [] }, "2026-01-01").upgrade, undefined);
});
