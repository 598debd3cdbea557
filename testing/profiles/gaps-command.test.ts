/** The commands over the folder of a made-up company, as its owner would run them. */
import assert from "node:assert/strict";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { programGaps, type ProgramGap } from "../../packages/assessment/src/index.ts";
import type { LocalDate } from "../../packages/kernel/src/index.ts";
import type { CategoryThatFollows, ReportTimeline } from "../../packages/program/src/index.ts";
import { newPlace, type Place } from "../journeys/support.ts";
import { programOf, readProfile } from "./profiles.ts";

let place: Place;
const profile = readProfile("llm-api");
const on = ["--on", profile.day];

before(async () => {
  place = newPlace("gaps");
  cpSync(join(import.meta.dirname, "llm-api/countersign"), join(place.folder, "countersign"), {
    recursive: true,
  });
  assert.equal((await place.run("init", "--update-lock")).status, 0);
});
after(() => place.remove());

type Told = { readonly on: string; readonly gaps: readonly (ProgramGap & { readonly number: number })[] };

test("gaps tells what the pure checks find, with handles for owners, and opens no workspace", async () => {
  const told = await place.json<Told>("gaps", ...on);
  const { program, people } = programOf(profile.files);
  assert.deepEqual(
    told.gaps.map(({ number: _, ...gap }) => gap),
    programGaps(program, people, profile.day),
  );
  assert.deepEqual(
    told.gaps.map(({ number }) => number),
    told.gaps.map((_, index) => index + 1),
  );
  const { stdout, status } = await place.run("gaps", ...on);
  assert.equal(status, 0);
  for (const gap of told.gaps) assert.ok(stdout.includes(gap.what) && stdout.includes(gap.next), gap.code);
  assert.match(stdout, /12 gaps on 2026-03-31/);
  assert.match(stdout, /Vendors that do not match reality \(2, 5, 6\)/);
  assert.ok(!existsSync(join(place.folder, ".countersign")));
});

test("a list of names adds what is in use and unknown, and a bad one is refused with its row", async () => {
  place.write(
    "names.csv",
    "list,name\nspend,Example Cloud EMEA SARL\nspend,Chatterbox Inc.\nrepositories,repo:quillfern/gateway\n",
  );
  const told = await place.json<Told>("gaps", ...on, "--names", "names.csv");
  const named = told.gaps.filter(({ code }) => code === "named-outside" || code === "never-named");
  assert.deepEqual(
    named.map(({ what }) => what),
    [
      "Chatterbox Inc. is named on the list spend, and the program knows nothing of that name.",
      "The component Load bench (load-bench) is not on the list repositories.",
      "The vendor Helpdesk Example (helpdesk) is not on the list spend.",
      "The vendor Openmodel (openmodel) is not on the list spend.",
      "The vendor Parrot Labs (parrot) is not on the list spend.",
    ],
  );
  assert.deepEqual(
    told.gaps.map(({ ask }) => ask),
    told.gaps.map(({ ask }) => ask).toSorted((a, b) => a - b),
  );
  place.write("names.csv", "list,name\nspend\n");
  assert.match(
    await place.refused("gaps", "--names", "names.csv"),
    /row 2 of names\.csv has 1 cells[\s\S]*where {2}names\.csv, row 2/,
  );
  assert.match(await place.refused("gaps", "--names", "nowhere.csv"), /there is no file nowhere\.csv/);
  assert.match(await place.refused("gaps", "--on", "2026-02-30"), /no such day/);
});

test("scope tells why each category follows, and by when the report can be there", async () => {
  const told = await place.json<{
    readonly categories: readonly CategoryThatFollows[];
    readonly timelines: readonly ReportTimeline[];
  }>("scope", ...on);
  assert.deepEqual(
    told.categories.filter(({ follows, chosen }) => follows !== chosen).map(({ category }) => category),
    ["availability"],
  );
  assert.equal(told.timelines[0]?.own?.reportOn, "2026-08-29" as LocalDate);
  const { stdout } = await place.run("scope", ...on);
  assert.match(stdout, /availability +NOT IN SCOPE, and promised\n {2}because {2}The API is available/);
  assert.match(stdout, /your window +2025-07-01 through 2026-06-30: report on 2026-08-29, in time/);
  assert.match(stdout, /latest start +2026-05-02 for the shortest window that is usually accepted/);
});
