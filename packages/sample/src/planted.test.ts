import assert from "node:assert/strict";
import { test } from "node:test";
import { parse as parseCsv } from "csv-parse/sync";
import { parse as parseYaml } from "yaml";
import {
  dateOfDayNumber,
  dayNumber,
  epochOf,
  intervalOf,
  localDateAt,
  parseInstant,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import { itemKindOf } from "@countersign/records";
import { plantedFacts } from "./planted.ts";
import { DEFAULT_OPTIONS, defaultSample, textOf } from "./test-support/default-sample.ts";

const sample = defaultSample();
const facts = plantedFacts(sample);
const interval = intervalOf(DEFAULT_OPTIONS);

test("each activity's states add up, and so do its attributes", () => {
  for (const activity of facts.perItem) {
    const { owed, operated, deviated, unknown, notDue } = activity;
    const label = `${activity.control} ${activity.activity}`;
    assert.equal(operated + deviated + unknown + notDue.length, owed, label);
    for (const attribute of activity.attributes) {
      assert.equal(attribute.operated + attribute.deviated + attribute.unknown, owed - notDue.length, label);
      assert.equal(attribute.items.length, attribute.deviated + attribute.unknown, label);
    }
    const deviatedItems = new Set(
      activity.attributes.flatMap((one) =>
        one.items.filter((item) => item.state === "deviated").map((item) => item.id),
      ),
    );
    assert.equal(deviatedItems.size, deviated, label);
  }
});

test("every state and both reasons for not knowing were planted", () => {
  const states = new Set<string>(facts.periodic.map((one) => one.state));
  for (const state of ["operated", "late", "missed", "deviated", "unknown", "not-due", "not-applicable"])
    assert.ok(states.has(state), state);
  assert.ok(facts.perItem.some((one) => one.unknown > 0 && one.deviated > 0));
  assert.ok(facts.perItem.some((one) => one.notDue.length > 0));
  // Not collected: a hole that nobody declared, and controls without any source; a source's outage beside it.
  assert.ok(facts.states.some((one) => one.unknown.some((day) => day < (facts.gaps[0]?.from ?? ""))));
  assert.deepEqual(facts.withoutRecords, ["END-01", "IAM-06"]);
  // A read that is partial: one row names a day that does not exist.
  const [row] = facts.unreadable;
  assert.match(textOf(sample, `exports/${row?.source}.csv`), new RegExp(`^${row?.item},.*2026-02-30`, "m"));
  // A recorded zero: nothing was an emergency, and both lists of deployments agree.
  assert.equal(facts.perItem.find((one) => one.control === "CHG-02")?.owed, 0);
});

test("the counts of populations are the rows that a CSV reader finds in the window", () => {
  const { sources } = parseYaml(textOf(sample, "countersign/sources.yaml")) as {
    sources: {
      id: string;
      provides: string;
      file?: string;
      columns?: { [field: string]: string | { column: string } };
    }[];
  };
  for (const { source, kind, count } of facts.populations) {
    const { file, columns } = sources.find((one) => one.id === source) ?? {};
    if (file === undefined || columns === undefined) continue;
    const mapped = columns[itemKindOf(kind)?.cutOff ?? ""];
    const column = typeof mapped === "string" ? mapped : (mapped?.column ?? "");
    const rows = parseCsv(textOf(sample, file.replace("../", "")), { columns: true }) as {
      [column: string]: string;
    }[];
    const inWindow = rows.filter((row) => {
      const text = row[column] ?? "";
      if (/^\d{4}-\d\d-\d\d$/.test(text))
        return text >= DEFAULT_OPTIONS.from && text <= DEFAULT_OPTIONS.through;
      const at = parseInstant(text);
      return at.ok && at.value >= interval.start && at.value < interval.end;
    });
    assert.equal(inWindow.length, count, source);
  }
});

test("the saved reviews name the commits of the histories, but for direct pushes", () => {
  const inHistory = new Map(sample.records.changes.map((change) => [change.revision, change]));
  let matched = 0;
  for (const path of ["exports/pulls.json", "exports/pulls-infrastructure.json"]) {
    const pulls = JSON.parse(textOf(sample, path)) as {
      baseRefName: string;
      number: number;
      mergeCommit: { oid: string };
    }[];
    for (const pull of pulls.filter((one) => one.baseRefName === "main")) {
      assert.equal(inHistory.get(pull.mergeCommit.oid)?.number, pull.number);
      matched++;
    }
    assert.equal(new Set(pulls.map((pull) => pull.number)).size, pulls.length);
  }
  const direct = sample.records.changes.filter((change) => change.story === "direct-push");
  assert.equal(direct.length, 3);
  assert.equal(matched + direct.length, sample.records.changes.length);
});

test("deviations of changes gather at one person, who has written a small part of them", () => {
  const { handle, deviations, of } = facts.concentration;
  const changes = sample.records.changes.filter((change) => change.inWindow);
  const own = changes.filter((change) => change.author?.handle === handle).length;
  assert.ok(deviations / of > 0.3 && own / changes.length < 0.1);
});

test("the two lists of deployments agree, and the two of releases differ by one each", () => {
  const keys = (path: string, column: string) =>
    new Set(
      (parseCsv(textOf(sample, path), { columns: true }) as { [column: string]: string }[]).map(
        (row) => row[column] ?? "",
      ),
    );
  const pipeline = keys("exports/deploy-pipeline.csv", "Commit");
  assert.equal(pipeline.size, 412);
  assert.deepEqual(
    pipeline.symmetricDifference(keys("exports/cluster-audit-log.csv", "Image revision")).size,
    0,
  );
  const registry = keys("exports/model-registry.csv", "Served digest");
  const served = keys("exports/serving-log.csv", "Digest");
  const planted = facts.differences.find((one) => one.kind === "model-release");
  assert.deepEqual([...registry.difference(served)], planted?.onlyLeft);
  assert.deepEqual([...served.difference(registry)], planted?.onlyRight);
});

test("the outage leaves no observation for nine days, and all of them are unknown where the clock goes back", () => {
  const [gap] = facts.gaps;
  assert.ok(gap !== undefined);
  assert.equal(dayNumber(gap.through) - dayNumber(gap.from) + 1, 9);
  const rows = parseCsv(textOf(sample, "exports/settings-reader.csv"), { columns: true }) as {
    [column: string]: string;
  }[];
  const days = new Set(
    rows.map((row) => localDateAt("America/New_York" as TimeZone, epochOf(row["Read at"] ?? ""))),
  );
  assert.equal(days.size, 365 - 9);
  for (let day = dayNumber(gap.from); day <= dayNumber(gap.through); day++)
    assert.ok(!days.has(dateOfDayNumber(day)));
  // 2 November has 25 hours, so that 48 hours from its beginning end an hour before 3 November does.
  assert.equal(facts.states[0]?.unknown.length, 9);
});

test("controls change on the 60th, 120th and 244th day, and leavers are judged by the wording of their day", () => {
  assert.deepEqual(
    facts.controlChanges.map(({ control, from }) => [
      control,
      dayNumber(from) - dayNumber(DEFAULT_OPTIONS.from as LocalDate) + 1,
    ]),
    [
      ["ABU-01", 60],
      ["IAM-03", 120],
      ["PHY-01", 244],
    ],
  );
  const removal = facts.perItem.find((one) => one.control === "IAM-03");
  // Two leavers of the first wording lost access after days, and kept its term; one of the second lost it after 26 hours.
  assert.equal(sample.records.leavers.filter((one) => one.story === "within-five-days").length, 2);
  assert.deepEqual(
    removal?.attributes[0]?.items.map((item) => item.why),
    ["after 26 hours", "the HR system does not say whether access was removed"],
  );
  assert.ok(
    sample.people.some((person) => person.from === "2025-09-18"),
    "somebody joins on the 80th day",
  );
});
