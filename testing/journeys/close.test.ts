/** The close of a month in a company of one list: what it refuses, what is explained and carried, and what an auditor can count again. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { MonthClosedBody } from "../../packages/records/src/index.ts";
import { inProcess } from "./in-process.ts";
import { leaversCsv, leaversSource, makeSmallCompany, SMALL } from "./small-company.ts";
import { newPlace } from "./support.ts";

const place = newPlace("close");
const run = inProcess(place, "company");

type Unknown = {
  readonly month: string;
  readonly control: string;
  readonly decision: string;
  readonly words?: string;
};
type Close = { readonly record: string } & MonthClosedBody & {
    readonly details: {
      readonly unknowns: readonly Unknown[];
      readonly unread: readonly { source: string }[];
    };
  };
type Shown = {
  readonly details: Close["details"] | null;
  readonly changedItems: readonly { id: string; what: string }[][];
};

/** Of two leavers nobody knows whether their access was removed. */
const csv = leaversCsv.replace("yes,2026-04-10T15:30:00Z", ",").replace("yes,2026-05-09T09:00:00Z", ",");
const ofLeavers = (unknowns: readonly Unknown[]) =>
  unknowns.filter(({ control }) => control === "IAM-03").map(({ month, decision }) => [month, decision]);
const records = async (): Promise<number> => (await run.json<{ entries: number }>("fsck")).entries;

let april: Close;
let june: Close;

before(async () => {
  await makeSmallCompany(place);
  place.write("company/exports/leavers.csv", csv);
  // Of a second source the export is never there.
  const alerts =
    "{ id: alerts, connector: csv, provides: alert, file: ../exports/none.csv, columns: { id: Id, firedAt: Fired } }";
  place.write("company/countersign/sources.yaml", `${leaversSource}  - ${alerts}\n`);
  place.write(
    "company/countersign/people.yaml",
    "people:\n  - { handle: ada, name: Ada Small, identities: [email:ada@small.example] }\n",
  );
  place.write("company/countersign/controls/IAM-03.yaml", "id: IAM-03\nowner: ada\n");
  await place.keepServer("company");
  april = await place.json<Close>("close", ...SMALL);
});
after(() => place.remove());

test("what is refused records nothing", async () => {
  const count = await records();
  assert.ok(count > 3);
  assert.equal(await run.refused("close", "2026-06"), "close-order");
  assert.equal(await run.refused("close", "2026-04"), "close-twice");
  assert.equal(await run.refused("close", "2026-13"), "close-unknown-month");
  assert.equal(await run.refused("close", "2026-04", "--again"), "close-again-reason");
  assert.equal(await run.refused("close", "--explain", "IAM-03=words"), "close-explain");
  assert.equal(await run.refused("close", "--explain", "IAM-03/removal=words"), "close-explain-by");
  assert.equal(await run.refused("close", "--review", "none.yaml"), "close-review");
  await run.lines("close", "--check");
  assert.equal(await records(), count);
});

test("a close counts the month's items, and carries what is unknown with its owner", async () => {
  assert.deepEqual(
    april.populations.map(({ population, count }) => [population, count]),
    [["hr-leavers", 1]],
  );
  assert.deepEqual([april.unknown.open, ofLeavers(april.details.unknowns)], [1, [["2026-04", "open"]]]);
  const shown = await run.lines("close", "show", "2026-04");
  assert.ok(
    shown.some((line) => /IAM-03\/removal: 1 .*open, with Ada Small/.test(line)),
    shown.join("\n"),
  );
});

test("a source that cannot be read stops no close, and the close names it", () => {
  assert.deepEqual([april.unread, april.details.unread], [1, [{ source: "alerts" }]]);
});

test("a review file takes the words for what is unknown, of this month and of those before", async () => {
  await run.lines("close", "--check", "--write-review", "review.yaml");
  assert.equal(await run.refused("close", "--check", "--write-review", "review.yaml"), "close-review-there");
  const text = place.read("review.yaml");
  assert.match(text, /owner: Ada Small/);
  // Only what is of April.
  place.write("review.yaml", `by: ada\n${text.replace('words: ""', "words: the old HR system is gone")}`);
  const may = await run.json<Close>("close", "--review", "review.yaml", "--by", "ada");
  assert.deepEqual(ofLeavers(may.details.unknowns), [
    ["2026-04", "explained"],
    ["2026-05", "open"],
  ]);
  assert.deepEqual([may.unknown.open, may.unknown.explained, may.unknown.carried], [1, 0, 0]);
  assert.ok(may.person !== undefined);
});

test("words about what is not unknown are refused, and the month stays open", async () => {
  const words = ["--explain", "CHG-01/merge=words", "--by", "ada", "--no-collect"];
  assert.equal(await run.refused("close", ...words), "close-explains-nothing");
  const listed = await run.json<{ state: string }[]>("close", "list");
  assert.deepEqual(
    listed.map(({ state }) => state),
    ["closed", "closed", "due"],
  );
});

test("a row of May that is gone from the list is named in June's close; what was explained is not carried", async () => {
  place.write("company/exports/leavers.csv", csv.replace(/L-2.*\n/, ""));
  await run.json("collect", "hr-leavers");
  june = await run.json<Close>("close");
  assert.deepEqual(
    june.earlier.map(({ month, added, removed, changed }) => [month, added, removed, changed]),
    [["2026-05", 0, 1, 0]],
  );
  assert.deepEqual(ofLeavers(june.details.unknowns), []);
  const [shown] = await run.json<Shown[]>("close", "show", "2026-06");
  assert.deepEqual(shown?.changedItems, [[{ id: "L-2", what: "removed" }]]);
  assert.equal(await run.refused("close"), "close-nothing-due");
});

test("a month closed again keeps both closes; without a new read it says the same of its items", async () => {
  const again = await run.json<Close>("close", "2026-06", "--again", "--reason", "looked once more");
  assert.deepEqual(again.populations, june.populations);
  assert.deepEqual([again.counts, again.earlier, again.unknown], [june.counts, june.earlier, june.unknown]);
  assert.deepEqual(again.again, { close: june.close, reason: "looked once more" });
  const listed = await run.json<{ closes: unknown[] }[]>("close", "list");
  assert.deepEqual(
    listed.map(({ closes }) => closes.length),
    [1, 1, 2],
  );
  const status = await run.json<{ months: { state: string }[] }>("status");
  assert.ok(status.months.every(({ state }) => state === "closed"));
});

test("an auditor counts each close again from the package, and an erased item leaves no false alarm", async () => {
  const zip = join(place.folder, "one.zip");
  await run.lines("package", "create", "--out", zip);
  const done = await place.json<{ agrees: boolean; closes: number; notReperformed: { closes: number } }>(
    "reperform",
    zip,
  );
  assert.deepEqual([done.agrees, done.closes, done.notReperformed.closes], [true, 4, 0]);
  const verdict = await place.json<{ intact: boolean }>("verify", zip);
  assert.equal(verdict.intact, true);
  place.write(
    "company/countersign/people.yaml",
    `${place.read("company/countersign/people.yaml")}  - { handle: bo, name: Bo, identities: [email:bo@small.example] }\n`,
  );
  await run.json("collect", "hr-leavers");
  const decided = ["--reason", "a request", "--by", "ada", "--approver", "bo"];
  await run.lines("erase", "item", "hr-leavers", "L-1", ...decided);
  const later = join(place.folder, "two.zip");
  await run.lines("assess");
  await run.lines("package", "create", "--out", later);
  const redone = await place.json<typeof done>("reperform", later);
  assert.equal(redone.agrees, true);
  assert.ok(redone.notReperformed.closes > 0);
  assert.equal((await place.run("fsck", ...SMALL)).status, 0);
});
