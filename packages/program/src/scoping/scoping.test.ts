import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalDate } from "@countersign/kernel";
import { categoriesThatFollow, reportTimelines, type ReportTimeline } from "../index.ts";
import { parsed } from "../test-support/files.ts";

const service = `commitments:
  - { id: up, kind: commitment, words: It is up., about: availability, saidIn: sla, reference: Section 2, from: 2025-10-01 }
  - { id: quiet, kind: requirement, words: Nothing leaks., about: confidentiality, saidIn: contract, through: 2025-12-31 }
`;

test("security always follows, the others from what is promised on the day, each with its commitments", () => {
  const { program } = parsed({ "service.yaml": service });
  const on = (day: string) =>
    categoriesThatFollow(program, day as LocalDate)
      .filter(({ follows }) => follows)
      .map(({ category }) => category);
  assert.deepEqual(on("2025-09-30"), ["security", "confidentiality"]);
  assert.deepEqual(on("2025-10-01"), ["security", "availability", "confidentiality"]);
  assert.deepEqual(on("2026-01-01"), ["security", "availability"]);
  const availability = categoriesThatFollow(program, "2026-01-01" as LocalDate)[1];
  assert.deepEqual(availability, {
    category: "availability",
    chosen: false,
    follows: true,
    because: [{ words: "It is up. (sla: Section 2)", fact: "program/commitments/up@2025-10-01/about" }],
  });
});

test("a program without a system covers security, and says why", () => {
  const follow = categoriesThatFollow(parsed({}).program, "2026-01-01" as LocalDate);
  assert.equal(follow.length, 5);
  assert.deepEqual(
    follow.filter(({ follows }) => follows).map(({ category, chosen }) => [category, chosen]),
    [["security", true]],
  );
  assert.match(follow[0]?.because[0]?.words ?? "", /always covered/);
});

function timeline(need: string, today: string, window = "2025-07-01, through: 2026-06-30"): ReportTimeline {
  const { program } = parsed({
    "program.yaml": `organization: { id: example, name: Example }\nwindow: { from: ${window}, zone: UTC }\n`,
    "service.yaml": `reportNeeds: [{ id: need, ${need} }]\n`,
  });
  const [found] = reportTimelines(program, today as LocalDate);
  assert.ok(found);
  return found;
}

test("from the day of the need and the fieldwork follow the last day of a window and the latest start of three months", () => {
  const found = timeline("by: 2026-12-01, type: type-2, fieldworkDays: 61", "2026-03-01");
  assert.equal(found.latestEnd, "2026-10-01");
  assert.deepEqual(
    [found.shortest?.from, found.shortest?.through, found.shortest?.hasBegun],
    ["2026-07-02", "2026-10-01", false],
  );
  assert.equal(found.own?.reportOn, "2026-08-30");
  assert.equal(found.own?.lateByDays, undefined);
  assert.deepEqual(found.own?.cannotFit, []);
  assert.equal(found.typeOne.role, "not-planned");
  assert.equal(found.daysLeft, 275);
});

test("what cannot fit into the shortest window is said: the yearly activities whose year does not end in it", () => {
  const { shortest } = timeline("by: 2026-12-01, type: type-2, fieldworkDays: 61", "2026-03-01");
  assert.ok(
    shortest?.cannotFit.some((each) => each.startsWith("BCP-01 recovery-test")),
    shortest?.cannotFit.join("\n"),
  );
  assert.ok(!shortest?.cannotFit.some((each) => each.startsWith("IAM-04 review")), "a quarter ends inside");
  assert.ok(
    !shortest?.cannotFit.some((each) => each.startsWith("The window is")),
    "three months are long enough",
  );
});

test("a window whose report comes late says by how many days, and a Type I may come in its place", () => {
  const found = timeline("by: 2026-05-01, type: type-2, fieldworkDays: 30", "2026-03-01");
  assert.equal(found.own?.lateByDays, 90);
  assert.equal(found.shortest?.from, "2026-01-02");
  assert.equal(found.shortest?.hasBegun, true);
  assert.deepEqual(found.typeOne, { role: "possible-instead", asOfAtLatest: "2026-04-01" });
  assert.equal(
    timeline("by: 2026-07-30, type: type-2, fieldworkDays: 30", "2026-03-01").own?.lateByDays,
    undefined,
  );
  assert.equal(timeline("by: 2026-07-29, type: type-2, fieldworkDays: 30", "2026-03-01").own?.lateByDays, 1);
  assert.equal(
    timeline("by: 2026-03-10, type: type-2, fieldworkDays: 30", "2026-03-01").typeOne.role,
    "not-planned",
  );
});

test("where fieldwork is not said no day is made up, and a window that ends too late is late all the same", () => {
  const found = timeline("by: 2026-06-01, type: type-2, typeOneFirst: true", "2026-03-01");
  assert.equal(found.latestEnd, undefined);
  assert.equal(found.shortest, undefined);
  assert.equal(found.own?.reportOn, undefined);
  assert.equal(found.own?.lateByDays, 29);
  assert.deepEqual(found.typeOne, { role: "milestone", asOfAtLatest: "2025-07-01" });
});

test("a Type I has a day and no window", () => {
  const found = timeline("by: 2026-06-01, type: type-1, fieldworkDays: 20", "2026-06-10");
  assert.deepEqual(found.typeOne, { role: "needed", asOfAtLatest: "2026-05-12" });
  assert.equal(found.own, undefined);
  assert.equal(found.daysLeft, -9);
});
