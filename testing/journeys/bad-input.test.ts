/**
 * What a user reads when the input is bad: file, place, cause, next step, each as a golden text that a person has judged.
 * Whatever was refused has left nothing in the log. `UPDATE_GOLDEN=1` writes the texts anew; read them before keeping them.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Summary } from "../../packages/assessment/src/index.ts";
import { writeZip } from "../../packages/package-format/src/testing/index.ts";
import { insiderOf, type Insider } from "./insider.ts";
import { leaversCsv, leaversSource, makeSmallCompany, ORGANIZATION, SMALL } from "./small-company.ts";
import { git, newPlace, type Place } from "./support.ts";

const GOLDEN = join(import.meta.dirname, "golden");
const LEAVERS = "company/exports/leavers.csv";
const SOURCES = "company/countersign/sources.yaml";
const PROGRAM = "company/countersign/program.yaml";
let place: Place;
let insider: Insider;
const at = (path: string) => join(place.folder, path);

before(async () => {
  place = newPlace("bad-input");
  await makeSmallCompany(place);
  insider = insiderOf(place, "company", ORGANIZATION, await place.keepServer("company"));
  assert.equal((await place.run("collect", ...SMALL)).status, 0);
});
after(() => place.remove());

/** Paths of this run and numbers that chance made are no part of the text. */
function plain(text: string): string {
  return text
    .replaceAll(place.folder, "/home/ada")
    .replaceAll(/sha256:[0-9a-f]{64}/g, "sha256:…")
    .replaceAll(/\b(rec|run)_[0-9a-f]{24}\b/g, "$1_…");
}

function golden(name: string, text: string): void {
  const path = join(GOLDEN, `${name}.txt`);
  const found = plain(text);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(path, found);
  }
  assert.equal(found, existsSync(path) ? readFileSync(path, "utf8") : "");
}

/** Every refusal says where and what next; the log has as many records after it as before. */
async function refusedAs(name: string, ...args: readonly string[]): Promise<void> {
  const count = await insider.count();
  const words = await place.refused(...args);
  assert.match(words, /^ {2}where {2}\S/m);
  assert.match(words, /^ {2}next {3}\S/m);
  golden(name, words);
  assert.equal(await insider.count(), count, "nothing was recorded");
}

async function withFile(path: string, text: string | Uint8Array, work: () => Promise<void>): Promise<void> {
  const good = readFileSync(at(path));
  place.write(path, text);
  try {
    await work();
  } finally {
    place.write(path, good);
  }
}

const collect = ["collect", ...SMALL];
const window = ["--from", "2026-04-01", "--through", "2026-06-30"];

test("a path that is no repository is refused before anything is written for it", async () => {
  mkdirSync(at("plain"));
  for (const [name, path] of [
    ["no-such-repository", "nowhere"],
    ["not-a-repository", "plain"],
  ] as const) {
    await refusedAs(name, "start", "--repo", path, ...window, "--workspace", "fresh");
    assert.ok(!existsSync(at("fresh")));
  }
});

test("a repository without a commit, and one without a commit in the window, give a recorded zero", async () => {
  git(place.folder, ["init", "-q", "-b", "main", "empty"]);
  git(place.folder, ["init", "-q", "-b", "main", "old"]);
  const when = { GIT_AUTHOR_DATE: "2020-01-01T00:00:00Z", GIT_COMMITTER_DATE: "2020-01-01T00:00:00Z" };
  const who = ["-c", "user.name=Ada", "-c", "user.email=ada@small.example"];
  git(at("old"), [...who, "commit", "-q", "--allow-empty", "-m", "long ago"], undefined, when);
  for (const [name, repo] of [
    ["empty-repository", "empty"],
    ["no-commits-in-window", "old"],
  ] as const) {
    const { stdout, status } = await place.run(
      "start",
      "--repo",
      repo,
      ...window,
      "--workspace",
      `of-${repo}`,
    );
    assert.equal(status, 0);
    golden(name, `${stdout.split("\n").slice(2, 4).join("\n")}\n`);
    const { summary } = await place.json<{ summary: Summary }>("assess", "--workspace", `of-${repo}`);
    const [use] = summary.populations;
    assert.deepEqual(
      [use?.count, use?.extraction.state, use?.completeness.state],
      [0, "complete", "not-shown"],
    );
  }
});

test("a program that cannot be read, names what there is not, or does not type-check is refused with line and column", async () => {
  await withFile(SOURCES, "sources:\n  - id: hr\n   connector: csv\n", () =>
    refusedAs("corrupted-yaml", ...collect),
  );
  const program = place.read(PROGRAM);
  const unknown = program.replace(
    /^notRelevant.*$/m,
    'notRelevant: [{ criterion: CC6.9, reason: "we have none" }]',
  );
  await withFile(PROGRAM, unknown, () => refusedAs("unknown-criterion", ...collect));
  const misspelt = program.replace("categories:", "categorys:");
  await withFile(PROGRAM, misspelt, () => refusedAs("unknown-key", ...collect));
  const control = `id: IAM-03
versions:
  - from: 2026-04-01
    activities:
      - id: removal
        kind: per-item
        title: Removal of access
        population: leaver
        termHours: 24
        evidence: The list of leavers.
        attributes:
          - id: removed-in-time
            label: removed in time
            words: within 24 hours
            expression: leaver.accessRemovedAt <= leaver.endedAt + 24
            causes:
              - { when: "!leaver.accesRemoved", say: removed late }
`;
  place.write("company/countersign/controls/IAM-03.yaml", "");
  await withFile("company/countersign/controls/IAM-03.yaml", control, () =>
    refusedAs("cel-type", ...collect),
  );
  place.write("company/countersign/controls/IAM-03.yaml", "id: IAM-03\n");
});

test("a byte order mark does no harm", async () => {
  await withFile(LEAVERS, `\ufeff${leaversCsv}`, async () => {
    const { stdout } = await place.run("collect", "--dry-run", ...SMALL);
    assert.match(stdout, /would read 3 items \(0 rows set aside\)/);
  });
});

test("a list that cannot be read is refused with its place; nothing of it is recorded", async () => {
  const delimited = leaversSource.replace("    columns:", '    delimiter: ";"\n    columns:');
  await withFile(SOURCES, delimited, () => refusedAs("wrong-delimiter", ...collect));
  await withFile(LEAVERS, leaversCsv.replaceAll(",", "^"), () => refusedAs("unknown-delimiter", ...collect));
  await withFile(LEAVERS, leaversCsv.replaceAll(/T(\d\d:\d\d):\d\dZ/g, " $1"), () =>
    refusedAs("time-without-zone", ...collect),
  );
  await withFile(LEAVERS, leaversCsv.replace("Last day", "End"), () =>
    refusedAs("missing-column", ...collect),
  );
  await withFile(LEAVERS, "", () => refusedAs("empty-file", ...collect));
  await withFile(LEAVERS, `${leaversCsv}L-4,"dan@small.example\n`, () => refusedAs("open-quote", ...collect));
  await withFile(LEAVERS, "", async () => {
    truncateSync(at(LEAVERS), 2 ** 31);
    await refusedAs("two-gigabytes", ...collect);
  });
  await refusedAs("unknown-source", "collect", "payroll", ...SMALL);
});

test("rows that cannot be read are set aside by number, with the reason and what to do; the others are read", async () => {
  const twice = `${leaversCsv}L-2,dan@small.example,2026-05-20T15:00:00Z,yes,2026-05-20T16:00:00Z\n`;
  const unzoned = leaversCsv.replace("2026-05-08T15:00:00Z", "2026-05-08 15:00");
  for (const [name, text] of [
    ["duplicate-ids", twice],
    ["one-time-without-zone", unzoned],
  ] as const)
    await withFile(LEAVERS, text, async () => {
      const before = await insider.count();
      const dry = await place.run("collect", "--dry-run", ...SMALL);
      assert.equal(await insider.count(), before, "a dry run records nothing");
      const { stdout, status } = await place.run(...collect);
      assert.equal(status, 0);
      assert.equal(await insider.count(), before + 1, "one population, partly read, and it says so");
      golden(name, `${dry.stdout}${stdout}`.replaceAll(/@\d+/g, "@…"));
    });
});

test("a file that is no package of ours is not judged as one", async () => {
  place.write("notes.zip", "only text");
  place.write("theirs.zip", writeZip([{ path: "holiday.jpg", bytes: Buffer.from("a picture") }]));
  for (const verb of ["verify", "reperform"]) {
    await refusedAs(`${verb}-no-zip`, verb, "notes.zip");
    await refusedAs(`${verb}-another-zip`, verb, "theirs.zip");
    await refusedAs(`${verb}-folder`, verb, "company");
  }
});

test("evidence that does not fit is refused, and nothing of it is kept", async () => {
  place.write("list.txt", "the list");
  const add = (file: string, ...rest: string[]) => ["evidence", "add", file, ...rest, ...SMALL];
  place.write("huge.bin", "");
  truncateSync(at("huge.bin"), 2 ** 31);
  await refusedAs("evidence-too-large", ...add("huge.bin", "--control", "IAM-04"));
  await refusedAs("evidence-missing", ...add("nothing.txt", "--control", "IAM-04"));
  await refusedAs("evidence-by-nobody", ...add("list.txt", "--control", "IAM-04", "--by", "zed"));
});

test("options that are missing or do not go together are told with a line that works", async () => {
  for (const [name, args] of [
    ["from-without-repo", ["start", "--from", "2026-04-01"]],
    ["repo-without-window", ["start", "--repo", "old"]],
    ["no-such-day", ["start", "--repo", "old", "--from", "2026-04-31", "--through", "2026-06-30"]],
    [
      "through-before-from",
      ["init", "--from", "2026-06-30", "--through", "2026-04-01", "--workspace", "fresh"],
    ],
    [
      "evidence-in-future",
      ["evidence", "add", "--control", "IAM-04", "--performed-at", "2126-01-01", ...SMALL],
    ],
    [
      "evidence-typed-date",
      ["evidence", "add", "--control", "IAM-04", "--performed-at", "05/01/2026", ...SMALL],
    ],
    ["evidence-of-a-population", ["evidence", "add", "list.txt", "--control", "IAM-03", ...SMALL]],
    ["unknown-option", ["collect", "--everything"]],
    ["unknown-verb", ["colect"]],
    ["unknown-choice", ["assess", "--fail-on", "anything", ...SMALL]],
    ["new-deviation-since-when", ["assess", "--fail-on", "new-deviation", ...SMALL]],
  ] as const) {
    const count = await insider.count();
    const words = await place.refused(...args);
    assert.match(words, /^ {2}next {3}\S/m);
    golden(name, words);
    assert.equal(await insider.count(), count, name);
    assert.ok(!existsSync(at("fresh")));
  }
});
