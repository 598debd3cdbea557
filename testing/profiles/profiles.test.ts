/** Three made-up companies with twelve things wrong in each, written down before the checks ran: all are found, and nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pitfallsOf, programGaps, type ProgramGap } from "../../packages/assessment/src/index.ts";
import { addDays, type LocalDate } from "../../packages/kernel/src/index.ts";
import {
  categoryOf,
  criterionIds,
  type ParsedProgram,
  type System,
} from "../../packages/program/src/index.ts";
import { mended, profileNames, programOf, readProfile, type Planted, type Profile } from "./profiles.ts";

const profiles = profileNames.map(readProfile);

function gapsOf(profile: Profile, mends: readonly Planted[] = []): readonly ProgramGap[] {
  const { program, people } = programOf(mended(profile.files, mends));
  return programGaps(program, people, profile.day);
}

const isOf =
  ({ code, fact }: Planted) =>
  (gap: ProgramGap): boolean =>
    gap.code === code && gap.facts.some((each) => each === fact || each.startsWith(`${fact}@`));

for (const profile of profiles) {
  const { name, planted } = profile;

  test(`${name}: the twelve planted gaps are found, and nothing else`, () => {
    const gaps = gapsOf(profile);
    assert.equal(planted.length, 12);
    assert.deepEqual(
      planted.filter((each) => gaps.filter(isOf(each)).length !== 1).map(({ code }) => code),
      [],
    );
    assert.deepEqual(
      gaps.filter((gap) => !planted.some((each) => isOf(each)(gap))).map(({ what }) => what),
      [],
    );
  });

  test(`${name}: mending one of them removes exactly it`, () => {
    const gaps = gapsOf(profile);
    for (const each of planted)
      assert.deepEqual(
        gapsOf(profile, [each]).map(({ what }) => what),
        gaps.filter((gap) => !isOf(each)(gap)).map(({ what }) => what),
        each.code,
      );
  });

  test(`${name}: with all of them mended nothing is found`, () => {
    assert.deepEqual(
      gapsOf(profile, planted).map(({ what }) => what),
      [],
    );
  });

  test(`${name}: the order in which files list things does not matter`, () => {
    const parsed = programOf(profile.files);
    const { program, people } = parsed;
    const first = JSON.stringify(programGaps(program, people, profile.day));
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const next = () => numbers.next().value as number;
        const shuffled = shuffledProgram(parsed, next);
        assert.equal(JSON.stringify(programGaps(shuffled.program, shuffled.people, profile.day)), first);
      }),
      { numRuns: 25 },
    );
  });

  test(`${name}: on any day each gap has words, facts of things of that day, and criteria in scope`, () => {
    const { program, people } = programOf(profile.files);
    for (
      let day = addDays(program.window.from, -400);
      day < addDays(program.window.through, 400);
      day = addDays(day, 23)
    )
      for (const gap of programGaps(program, people, day)) {
        assert.ok(
          gap.what.endsWith(".") && gap.why.endsWith(".") && gap.next !== "" && gap.facts.length > 0,
          gap.code,
        );
        assert.ok(
          gap.criteria.some((id) => id.startsWith("CC")),
          gap.code,
        );
        for (const id of gap.criteria)
          assert.ok(
            criterionIds.includes(id) && program.categories.includes(categoryOf(id)),
            `${gap.code} ${id}`,
          );
        assert.ok(!/undefined|NaN|\bnull\b/.test(gap.what + gap.facts.join()), gap.what);
        for (const fact of gap.facts)
          assert.ok(isThere(program.system, fact, day), `${day} ${gap.code} ${fact}`);
      }
  });

  test(`${name}: every gap is one of a pitfall, the first asked first`, () => {
    const gaps = gapsOf(profile);
    const grouped = pitfallsOf(gaps);
    assert.equal(grouped.flatMap((pitfall) => pitfall.gaps).length, gaps.length);
    assert.deepEqual(
      grouped.map((pitfall) => pitfall.gaps[0]?.ask),
      grouped.map((pitfall) => pitfall.gaps[0]?.ask).toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    );
  });
}

/** A fact of the system names a thing that has a version from that day on; other facts are not looked up. */
function isThere(system: System | undefined, fact: string, day: LocalDate): boolean {
  const [, collection = "", version] = fact.split("/");
  const things = system?.[collection as keyof System];
  if (things === undefined || version === undefined) return true;
  const [id, from] = version.split("@");
  const thing = things.find((each) => each.id === id);
  if (thing === undefined) return false;
  // Data sets and terms are of the day on which they were taken in.
  if (collection === "datasetVersions" || collection === "customers") return true;
  return (thing.versions as readonly { readonly from?: LocalDate }[]).some(
    (each) => each.from === from && (from === undefined || from <= day),
  );
}

function shuffledProgram({ program, people }: ParsedProgram, next: () => number): ParsedProgram {
  const shuffled = <T>(list: readonly T[]): readonly T[] =>
    list
      .map((each) => [next(), each] as const)
      .sort(([a], [b]) => a - b)
      .map(([, each]) => each);
  const system = Object.fromEntries(
    Object.entries(program.system ?? {}).map(([name, things]) => [name, shuffled<unknown>(things)]),
  ) as unknown as System;
  return {
    program: {
      ...program,
      system,
      controls: shuffled(program.controls),
      subservice: shuffled(program.subservice),
    },
    people: shuffled(people),
  } as unknown as ParsedProgram;
}
