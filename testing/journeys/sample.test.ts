/** The sample company, assessed by the real command, against what its generator knows that it planted. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import type { Occurrence, Summary } from "../../packages/assessment/src/index.ts";
import { parseSidecar } from "../../packages/documents/src/index.ts";
import { addDays, startOfDay, type LocalDate, type TimeZone } from "../../packages/kernel/src/index.ts";
import { company, planted } from "./sample-company.ts";
import { newPlace, unpacked, type Place, type Unpacked } from "./support.ts";

let place: Place;
let summary: Summary;
let files: Unpacked;
before(async () => {
  place = newPlace("sample");
  ({ summary } = await place.json<{ summary: Summary }>("start"));
  const path = "runs/sample/packages/lumen-sample_2025-07-01_2026-06-30.zip";
  await place.keepServer("runs/sample");
  files = unpacked(join(place.folder, path), join(place.folder, "unpacked"));
});
after(() => place.remove());

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

test("who could read the training data is told for each planted day: could, could not, or unknown and why", async () => {
  assert.deepEqual(
    new Set(planted.access.map(({ state }) => state)),
    new Set(["could", "could-not", "unknown"]),
  );
  for (const { resource, on, handle, state, story } of planted.access) {
    const answer = await place.json<{
      answer: { principals: { principal: { person?: string }; state: string }[] };
      people: { readonly [id: string]: string };
    }>("access", "show", resource, "--on", on, "--workspace", "runs/sample");
    const name = company.people.find((each) => each.handle === handle)?.name;
    const id = Object.entries(answer.people).find(([, each]) => each === name)?.[0];
    const found = answer.answer.principals.find(
      ({ principal }) => id !== undefined && principal.person === id,
    );
    // Whoever is named nowhere on that day is nobody who could.
    assert.equal(found?.state ?? "could-not", state, `${on} ${handle}: ${story}`);
  }
});

test("the store with data past its term is the planted one, and what its program lacks are the planted gaps", async () => {
  const { stores } = await place.json<{ stores: { store: string; state: string }[] }>(
    "data",
    "past-term",
    "--workspace",
    "runs/sample",
  );
  const past = stores.filter(({ state }) => state === "past-term").map(({ store }) => store);
  assert.deepEqual(past, planted.pastTerm);
  const { gaps } = await place.json<{ gaps: { code: string }[] }>("gaps", "--workspace", "runs/sample");
  assert.deepEqual(gaps.map(({ code }) => code).sort(), planted.programGaps.map(({ code }) => code).sort());
});

/** As of the day on which the sample is best looked at: its program was recorded early in its year. */
const written = async (name: string) => {
  const to = ["--format", "html", "--as-of", "2026-07-03T16:00:00Z", "--workspace", "runs/sample"];
  const { status, stderr } = await place.run("document", "create", name, ...to);
  assert.equal(status, 0, stderr);
  const sidecar = parseSidecar(place.read(`runs/sample/documents/${name}.sidecar.json`));
  assert.ok(sidecar.ok);
  return { ...sidecar.value, html: place.read(`runs/sample/documents/${name}.html`) };
};

test("the description holds DC1 to DC9, and each of its sentences rests on things that its program names", async () => {
  const { sentences, holes } = await written("system-description");
  const texts = sentences.map(({ text }) => text);
  for (let n = 1; n <= 9; n++)
    assert.ok(
      texts.some((text) => text.startsWith(`DC${n}: `)),
      `DC${n}`,
    );
  const own = company.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString("utf8")] as const);
  const said = own.filter(([path]) => path.startsWith("countersign/")).map(([, text]) => text);
  const named =
    /^program\/(services|commitments|components|stores|flows|models|modelVersions|vendors|vendorReviews|incidents|changes|userControls|policies)\/([a-z0-9-]+)(?:@[^/]*)?\//;
  const collections = new Set<string>();
  for (const { facts } of sentences)
    for (const fact of facts) {
      const [, collection = "", id = ""] = named.exec(fact) ?? [];
      if (id === "" || ["in", "out", "window", "known", "subservice", "undecided"].includes(id)) continue;
      collections.add(collection);
      assert.ok(
        said.some((text) => text.includes(`id: ${id}`)),
        fact,
      );
    }
  assert.equal(collections.size, 13, [...collections].join());
  // What nobody has decided stands as a hole with its owner, and nothing stands in its place.
  const undecided = holes
    .flatMap(({ missing }) => missing)
    .filter(({ fact }) => /incidents\/.*disclosure/.test(fact));
  assert.ok(undecided.length > 0);
  for (const { fact, owner } of undecided) {
    assert.equal(fact.split("/")[2], "inc-007");
    assert.equal(owner.kind, "person");
  }
});

test("the assertion and the bridge letter say that they are drafts, and nobody has signed them", async () => {
  for (const name of ["assertion-draft", "bridge-letter"]) {
    const { html } = await written(name);
    assert.match(html, /NOT SIGNED: DRAFT/);
    assert.match(html, /Not signed; draft\. Name, title, date and signature are left to whoever signs\./);
    // No person of the company stands where a signature would.
    const last = html.slice(html.lastIndexOf("Signature"));
    for (const { name: person } of company.people) assert.ok(!last.includes(person), person);
  }
});

/** The window's nth day, and the instant at which it begins for the company. */
const day = (n: number) => addDays("2025-07-01" as LocalDate, n - 1);
const beginOf = (date: LocalDate) => startOfDay("America/New_York" as TimeZone, date);
const results = () =>
  files
    .paths("data/results/")
    .flatMap((path) => files.text(path).trimEnd().split("\n"))
    .map((line) => (JSON.parse(line) as { item: Occurrence }).item);

test("a wording that changes on day 120 splits the leavers: each is tested against the words of its own day", async () => {
  const [first, second, ...more] = activitiesOf("IAM-03", "removal");
  assert.ok(first !== undefined && second !== undefined && more.length === 0);
  const changed = planted.controlChanges.find((each) => each.control === "IAM-03")?.from;
  assert.equal(changed, day(120));
  const { leavers } = company.records;
  const stories = (of: (lastDay: LocalDate) => boolean) =>
    leavers.filter(({ lastDay }) => lastDay >= day(1) && of(lastDay)).map(({ story }) => story);
  const before = stories((lastDay) => lastDay < day(120));
  const after = stories((lastDay) => lastDay >= day(120));
  assert.ok(before.includes("within-five-days") && after.includes("after-26-hours"));
  const counted = ({ counts }: typeof first) => [counts.operated, counts.deviated, counts.unknown];
  assert.deepEqual(counted(first), [before.length, 0, 0]);
  assert.deepEqual(counted(second), [after.length - 2, 1, 1]);
  const control = summary.controls.find((each) => each.id === "IAM-03");
  assert.deepEqual(
    control?.versions.map(({ from, through, statement }) => [
      from,
      through,
      /within [\w ]+? of/.exec(statement)?.[0],
    ]),
    [
      [day(1), day(119), "within 5 days of"],
      [day(120), day(365), "within 24 hours of"],
    ],
  );
  const explained = await place.run("explain", "IAM-03", "--workspace", "runs/sample");
  assert.equal(explained.stdout.match(/deviated: removed late/g)?.length, 1, "under its own wording only");
  assert.match(explained.stdout, /, v1: 3 expected[^]*, v2: 5 expected/);
});

test("a control that is new on day 60 owes nothing before, and what was raised before is counted beside it", () => {
  const control = summary.controls.find((each) => each.id === "ABU-01");
  assert.deepEqual(control?.notInForce, [{ from: day(1), through: day(59) }]);
  const early = company.records.abuseCases.filter((each) => each.raisedAt < beginOf(day(60))).length;
  assert.ok(early > 0);
  const reviews = activitiesOf("ABU-01", "case");
  const excluded = reviews.flatMap((each) => each.excluded);
  assert.deepEqual(excluded, [
    { reason: "no version that asks for it was in force at its time", count: early },
  ]);
  const owed = results().filter((each) => each.control === "ABU-01");
  assert.ok(owed.length > 0);
  for (const each of owed) assert.ok(Date.parse(each.at) >= beginOf(day(60)), each.id);
  assert.ok(summary.warnings.some((words) => words.startsWith("ABU-01 takes effect on 2025-08-29")));
});

test("whoever joins on day 80 owes nothing before, and a system that comes later is watched from its first day", () => {
  const person = company.records.hires.find((each) => each.person.from === day(80))?.person;
  assert.ok(person !== undefined);
  const id = files
    .paths("data/directory/")
    .flatMap((path) => files.text(path).trimEnd().split("\n"))
    .map((line) => (JSON.parse(line) as { item: { id: string; identities: string[] } }).item)
    .find((each) => each.identities.includes(`email:${person.email}`))?.id;
  const hers = results().filter((each) => each.person === id);
  assert.ok(hers.some((each) => each.control === "HR-01") && hers.some((each) => each.control === "CHG-01"));
  for (const each of hers) assert.ok(Date.parse(each.at) >= beginOf(day(80)), `${each.control} ${each.id}`);

  const states = results().filter((each) => each.id.includes("billing-desk"));
  const expected = planted.states.filter((each) => each.resource === "billing-desk");
  assert.ok(expected.length > 1);
  for (const { control, activity, owed } of expected) {
    const found = states.filter((each) => each.control === control && each.activity === activity);
    assert.equal(found.length, owed, `${control} ${activity}`);
    assert.equal(owed, 365 - 94);
    for (const each of found) assert.ok(Date.parse(each.at) >= beginOf(day(95)), each.id);
  }
});
