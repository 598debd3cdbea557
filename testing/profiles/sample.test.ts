/** The sample company's description of its system: what was planted in it is found, nothing else, and any window can be read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { programGaps } from "../../packages/assessment/src/index.ts";
import { localDateAt, type LocalDate, type TimeZone } from "../../packages/kernel/src/index.ts";
import { generateSample, plantedFacts, type SampleCompany } from "../../packages/sample/src/index.ts";
import { programOf } from "./profiles.ts";

const zone = "America/New_York" as TimeZone;
const made = (seed: number, from: string, through: string): SampleCompany =>
  generateSample({ seed, from: from as LocalDate, through: through as LocalDate, zone });

function programOfSample({ files }: SampleCompany) {
  const own = files.filter(({ path }) => path.startsWith("countersign/"));
  return programOf(
    new Map(own.map(({ path, bytes }) => [path.slice("countersign/".length), Buffer.from(bytes).toString()])),
  );
}

function gapsOf(sample: SampleCompany) {
  const { program, people } = programOfSample(sample);
  return programGaps(program, people, localDateAt(zone, Date.parse(sample.asOf)));
}

for (const seed of [7, 1])
  test(`of the year with the seed ${seed} the planted gaps are found, each once, and nothing else`, () => {
    const sample = made(seed, "2025-07-01", "2026-06-30");
    const gaps = gapsOf(sample);
    const { programGaps: planted } = plantedFacts(sample);
    const isOf = ({ code, fact }: (typeof planted)[number], gap: (typeof gaps)[number]) =>
      gap.code === code && gap.facts.some((each) => each.startsWith(fact));
    assert.deepEqual(
      planted.filter((each) => gaps.filter((gap) => isOf(each, gap)).length !== 1),
      [],
    );
    assert.deepEqual(
      gaps.filter((gap) => !planted.some((each) => isOf(each, gap))).map(({ what }) => what),
      [],
    );
    assert.ok(planted.length >= 8, `${planted.length}`);
  });

test("the files of other windows can be read too, from a month to more than a year", () => {
  for (const [from, through] of [
    ["2026-03-01", "2026-03-31"],
    ["2026-01-01", "2026-03-31"],
    ["2025-10-15", "2026-04-14"],
    ["2025-01-01", "2026-04-30"],
  ] as const) {
    const { program } = programOfSample(made(3, from, through));
    assert.equal(program.system?.policies.length, 14, from);
    for (const [name, things] of Object.entries(program.system ?? {}))
      assert.ok(things.length > 0 || name === "changes", `${from} ${name}`);
  }
});
