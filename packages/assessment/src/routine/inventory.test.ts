import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalDate } from "@countersign/kernel";
import { attribute, control, day, perItem, periodic, person, program } from "../example.ts";
import { inventoryOf, type Through } from "./inventory.ts";

const source = (id: string, provides: string, more = {}) => ({
  id,
  connector: "csv",
  provides,
  settings: {},
  ...more,
});
const merged = perItem("merge", "change", [attribute("approved", "true")]);
const of = program(
  [
    control("IAM-03", [perItem("removal", "leaver", [])]),
    control("CHG-01", [merged], { owner: person("ada") }),
    control("GOV-01", [periodic("meeting", "quarter", 10, { evidence: "The minutes." })], {
      owner: person("bo"),
    }),
    control("INC-01", [perItem("case", "incident", [])], { effectiveThrough: day("2026-01-31") }),
    control("AUD-01", [perItem("alert", "alert", [])]),
  ],
  {
    sources: [
      source("history", "change", { connector: "git" }),
      source("reviews", "change", { keepsDays: 90 }),
      source("pager", "alert"),
      source("siem", "alert"),
      source("tickets", "incident"),
      source("other", "change"),
    ],
    populations: [
      {
        kind: "change",
        from: "history",
        join: [{ source: "reviews", key: "revision", unmatched: {} }],
        reconcile: [{ source: "other", key: "revision" }],
      },
    ],
  },
);
const through = (text: string, record: string): Through => ({ day: text as LocalDate, record });
const inventory = (on: string) =>
  inventoryOf({
    program: of,
    people: [{ id: person("bo"), through: day("2026-02-10") }],
    on: day(on),
    reads: new Map([["history", through("2026-02-28", "rec_1")]]),
    performances: new Map([["GOV-01/meeting", through("2026-01-12", "rec_2")]]),
  });
const row = (control_: string, on = "2026-02-15") =>
  inventory(on).rows.find((each) => each.control === control_);

test("each activity of a control in force has one row, and names every source with what it gives", () => {
  assert.deepEqual(
    inventory("2026-02-15").rows.map((each) => each.control),
    ["AUD-01", "CHG-01", "GOV-01", "IAM-03"],
  );
  assert.deepEqual(row("CHG-01")?.system, {
    kind: "sources",
    sources: [
      {
        source: "history",
        connector: "git",
        gives: "list",
        readThrough: { day: "2026-02-28", record: "rec_1" },
      },
      { source: "reviews", connector: "csv", gives: "facts", keepsDays: 90 },
      { source: "other", connector: "csv", gives: "second-list" },
    ],
  });
  assert.equal(row("CHG-01")?.owner, person("ada"));
});

test("what people do names the evidence that is asked for, and the newest that was added", () => {
  const found = row("GOV-01");
  assert.deepEqual(
    [found?.artefact, found?.system],
    ["The minutes.", { kind: "people", addedThrough: { day: "2026-01-12", record: "rec_2" } }],
  );
  assert.equal(found?.ownerLeft, "2026-02-10");
  assert.equal(row("GOV-01", "2026-02-10")?.ownerLeft, undefined);
});

test("what has no source is told as such: none provides it, or several do and none is chosen", () => {
  assert.deepEqual(row("IAM-03")?.system, { kind: "nowhere", why: "no source provides leaver" });
  const alerts = row("AUD-01")?.system;
  assert.ok(alerts?.kind === "nowhere" && /^pager, siem provide alert, and which list/.test(alerts.why));
});

test("sources that no control in force uses are told, on each day as it is then", () => {
  const unused = (on: string) => inventory(on).unused.map(({ id }) => id);
  assert.deepEqual(unused("2026-01-31"), ["pager", "siem"]);
  assert.deepEqual(unused("2026-02-01"), ["pager", "siem", "tickets"]);
});
