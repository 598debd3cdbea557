import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalDate } from "@countersign/kernel";
import { windowWarnings } from "./index.ts";
import { parsed } from "./test-support/files.ts";

const program = (from: string, through: string, more = ""): string =>
  `organization: { id: example, name: Example }\nwindow: { from: ${from}, through: ${through}, zone: UTC }\n${more}`;
const warningsFor = (from: string, through: string, today?: string): readonly string[] =>
  windowWarnings(parsed({ "program.yaml": program(from, through) }).program, today as LocalDate | undefined);

test("a short window is warned of, with each periodic activity that it leaves untested", () => {
  const warnings = warningsFor("2026-04-01", "2026-06-30");
  const recovery =
    "BCP-01 recovery-test (yearly recovery test, every year): no period ends inside 2026-04-01 through 2026-06-30. Its operation will not be tested unless the window is moved, or the activity is given an `anchor` so that a period ends inside it.";
  assert.ok(warnings.includes(recovery), warnings.join("\n"));
  assert.ok(!warnings.some((each) => each.startsWith("IAM-04")), "the second quarter ends inside");
  assert.ok(!warnings.some((each) => each.startsWith("The window is")), "three months are enough");
  assert.match(
    warningsFor("2026-04-01", "2026-06-29")[0] ?? "",
    /^The window is 90 days long\. Auditors rarely accept/,
  );
  assert.match(warningsFor("2026-04-01", "2026-06-29").join("\n"), /IAM-04 review .*no period ends inside/);
  assert.deepEqual(warningsFor("2025-07-01", "2026-06-30"), []);
});

test("an anchor inside the window ends the warning", () => {
  const text = `id: RSK-01
activities:
  - id: yearly
    kind: periodic
    title: Yearly risk assessment
    every: year
    anchor: "05-01"
    due: { days: 0, calendar: calendar }
    evidence: The register.
    attributes:
      - { id: done, label: done, words: every risk is scored and has an owner, expression: 'performance.documents > 0' }
`;
  const { warnings } = parsed({
    "program.yaml": program("2026-04-01", "2026-06-30"),
    "controls/RSK-01.yaml": text,
  });
  assert.ok(!warnings.some((each) => each.startsWith("RSK-01")), warnings.join("\n"));
});

test("a window that lies ahead is warned of only where the day is known", () => {
  assert.match(
    warningsFor("2026-07-01", "2027-06-30", "2026-06-30")[0] ?? "",
    /^The window begins on 2026-07-01, after today \(2026-06-30\)/,
  );
  assert.deepEqual(warningsFor("2026-07-01", "2027-06-30", "2026-07-01"), []);
  assert.deepEqual(warningsFor("2026-07-01", "2027-06-30"), []);
});

test("a control that takes effect late leaves a gap, in itself and in the criteria that it alone answers", () => {
  const { warnings } = parsed({ "controls/PHY-01.yaml": "id: PHY-01\nversions: [{ from: 2025-08-30 }]\n" });
  assert.deepEqual(warnings, [
    "PHY-01 takes effect on 2025-08-30, 60 days after the window begins: it is not tested before, and those days are a gap unless another control covers them.",
    "No control answers CC6.4 from 2025-07-01 through 2025-08-29.",
  ]);
});

test("a control of one day answers its criteria on that day", () => {
  const { warnings } = parsed({
    "controls/PHY-01.yaml":
      "id: PHY-01\nversions: [{ from: 2025-07-01 }, { from: 2025-07-02, retired: true }]\n",
  });
  assert.ok(
    warnings.includes("No control answers CC6.4 from 2025-07-02 through 2026-06-30."),
    warnings.join("\n"),
  );
});
