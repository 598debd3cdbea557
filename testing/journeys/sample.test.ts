/** The sample company, assessed by the real command, against what its generator knows that it planted. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Summary } from "../../packages/assessment/src/index.ts";
import type { LocalDate, TimeZone } from "../../packages/kernel/src/index.ts";
import { generateSample, plantedFacts } from "../../packages/sample/src/index.ts";
import { newPlace, type Place } from "./support.ts";

let place: Place;
let summary: Summary;
before(async () => {
  place = newPlace("sample");
  ({ summary } = await place.json<{ summary: Summary }>("start"));
});
after(() => place.remove());

const planted = plantedFacts(
  generateSample({
    seed: 7,
    from: "2025-07-01" as LocalDate,
    through: "2026-06-30" as LocalDate,
    zone: "America/New_York" as TimeZone,
  }),
);

const activitiesOf = (control: string, activity: string) =>
  summary.controls.find((each) => each.id === control)?.activities.filter((each) => each.id === activity) ??
  [];

test("every attribute over every population counts what was planted", () => {
  assert.ok(planted.perItem.length > 15);
  for (const expected of planted.perItem) {
    // The oracle speaks of a control's versions together.
    const versions = activitiesOf(expected.control, expected.activity);
    assert.ok(versions.length > 0, `${expected.control} ${expected.activity}`);
    const attributes = versions.flatMap((version) => version.attributes);
    for (const attribute of expected.attributes) {
      const counted = [0, 0, 0];
      for (const each of attributes.filter(({ id }) => id === attribute.id))
        [each.operated, each.deviated, each.unknown].forEach((count, i) => {
          counted[i] = (counted[i] ?? 0) + count;
        });
      assert.deepEqual(
        counted,
        [attribute.operated, attribute.deviated, attribute.unknown],
        `${expected.control} ${expected.activity} ${attribute.id}`,
      );
    }
  }
});

test("every state is shown at least once, and everything says that it is sample data", () => {
  const totals: Record<string, number> = {};
  for (const control of summary.controls)
    for (const [state, count] of Object.entries(control.counts)) totals[state] = (totals[state] ?? 0) + count;
  for (const [state, count] of Object.entries(totals)) assert.ok(count > 0, state);
  assert.equal(summary.sampleData, true);
});

test("the deviated changes are the planted ones, by revision", () => {
  const found = new Set(
    summary.deviations.filter((each) => each.control === "CHG-01").map((each) => each.occurrence),
  );
  assert.deepEqual(found, new Set(planted.deviatedChanges.map((each) => each.revision)));
});

test("the source's outage is a dated gap beside the controls that it starves", () => {
  for (const gap of planted.gaps) {
    const found = summary.gaps.find((each) => each.source === gap.source);
    assert.ok(found !== undefined && found.controls.length > 0, gap.source);
  }
});

test("every screen and the package say that the company is invented", async () => {
  for (const verb of [["map"], ["verify", "runs/sample/packages/lumen-sample_2025-07-01_2026-06-30.zip"]]) {
    const workspace = verb[0] === "map" ? ["--workspace", "runs/sample"] : [];
    const answer = await place.run(...verb, ...workspace);
    assert.equal(answer.status, 0, answer.stderr);
    assert.match(answer.stdout, /SAMPLE DATA/);
  }
});
