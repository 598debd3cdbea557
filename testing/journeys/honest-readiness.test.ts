/**
 * Scenario S6, honest readiness: a source that was dark for nine days, controls that were taken out in the middle of the
 * window, and a repository that nobody had decided on. Nothing of it stays whole, all of it has its dates, and the auditor
 * who opens the package reads the list that the owner reads. The company is made up.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readPackage, type Files } from "./package-file.ts";
import { leaversCsv, leaversSource, makeSmallCompany, SMALL } from "./small-company.ts";
import { newPlace, type Place } from "./support.ts";

type Told = {
  readonly asOf: string;
  readonly controls: readonly {
    readonly id: string;
    readonly steps: { readonly [step: string]: string };
    readonly missing: readonly { readonly what: string }[];
  }[];
  readonly gaps: readonly { readonly code: string; readonly what: string }[];
};

const retired = (id: string, from: string) => `id: ${id}\nversions:\n  - { from: ${from}, retired: true }\n`;

let place: Place;
let earlier: Told;
let told: Told;
let files: Files;
const step = (from: Told, id: string) => from.controls.find((control) => control.id === id);

before(async () => {
  place = newPlace("honest");
  await makeSmallCompany(place);
  await place.keepServer("company");
  place.write("company/exports/leavers.csv", leaversCsv.split("\n").slice(0, 3).join("\n"));
  place.write(
    "company/countersign/people.yaml",
    `people:\n  - { handle: ada, name: Ada Example, identities: ["email:ada@small.example"] }\n`,
  );
  await place.json("collect", ...SMALL);
  earlier = await place.json<Told>("readiness", ...SMALL);
  const dark = `gaps:\n  - { source: hr-leavers, from: 2026-05-04, through: 2026-05-12, reason: "the cloud was disconnected" }\n`;
  const list = `  - id: in-use\n    connector: csv\n    provides: service-use\n    file: ../exports/in-use.csv
    columns: { id: Row, list: List, name: Name, listedAt: Taken }\n`;
  place.write("company/countersign/sources.yaml", leaversSource + list + dark);
  place.write(
    "company/exports/in-use.csv",
    "Row,List,Name,Taken\nR-1,repositories,small/api,2026-06-30T10:00:00Z\nR-2,repositories,small/side-project,2026-06-30T10:00:00Z\n",
  );
  place.write(
    "company/countersign/boundary.yaml",
    "components:\n  - { id: api, name: API, kind: software, sort: repository, scope: in, rationale: it serves, knownAs: [small/api] }\n",
  );
  place.write("company/countersign/controls/ALR-01.yaml", retired("ALR-01", "2026-05-20"));
  place.write("company/countersign/controls/ABU-01.yaml", retired("ABU-01", "2026-06-01"));
  await place.json("apply", "--reason", "two are taken out", "--by", "ada", ...SMALL);
  await place.json("collect", ...SMALL);
  await place.json("assess", ...SMALL);
  const path = join(place.folder, "package.zip");
  await place.json("package", "create", "--out", path, ...SMALL);
  files = readPackage(path);
  const { asOf } = JSON.parse(files.get("gaps.json")?.toString("utf8") ?? "{}") as Told;
  told = await place.json<Told>("readiness", "--as-of", asOf, ...SMALL);
});
after(() => place.remove());

test("what was disconnected or taken out is whole nowhere, and its days are told", () => {
  for (const id of ["IAM-03", "ALR-01", "ABU-01"])
    assert.ok(!Object.values(step(told, id)?.steps ?? {}).every((state) => state === "yes"), id);
  const words = (from: Told, id: string) =>
    step(from, id)
      ?.missing.map(({ what }) => what)
      .join("\n") ?? "";
  assert.match(
    words(told, "IAM-03"),
    /hr-leavers has no records from 2026-05-04 through 2026-05-12: the cloud was disconnected/,
  );
  assert.match(words(told, "ALR-01"), /no version is in force/);
  assert.doesNotMatch(words(earlier, "IAM-03") + words(earlier, "ALR-01"), /no records|no version/);
});

test("the repository that nobody decided on is among the gaps", () => {
  assert.deepEqual(
    told.gaps.filter(({ code }) => code === "named-outside").map(({ what }) => what),
    ["small/side-project is named on the list repositories, and the program knows nothing of that name."],
  );
  assert.ok(!earlier.gaps.some(({ what }) => what.includes("side-project")));
});

test("the auditor's list is the owner's, word for word, and the pages say the rest with its dates", () => {
  const auditors = JSON.parse(files.get("gaps.json")?.toString("utf8") ?? "{}") as Told;
  assert.deepEqual(auditors.gaps, told.gaps);
  const text = (path: string) => (files.get(path)?.toString("utf8") ?? "").replaceAll(/<[^>]*>|\s+/g, " ");
  for (const { what } of told.gaps) assert.ok(text("gaps.html").replaceAll(/ +/g, " ").includes(what), what);
  const first = text("index.html").replaceAll(/ +/g, " ");
  assert.match(first, /the cloud was disconnected/);
  assert.match(first, /What the program lacks: \d+ program gaps/);
  const control = [...files.keys()].find((path) => path.endsWith("ALR-01.html")) ?? "";
  assert.match(text(control).replaceAll(/ +/g, " "), /not in force/i);
});
