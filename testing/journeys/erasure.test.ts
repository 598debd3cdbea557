/** What is to be forgotten is gone from the workspace and from every later package, and everything that remains still verifies. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ErasureBody } from "../../packages/records/src/index.ts";
import { makeSmallCompany, ORGANIZATION, SMALL } from "./small-company.ts";
import { newPlace, root, unpacked, unzip, type Unpacked } from "./support.ts";

const place = newPlace("erasure");
const at = (path: string): string => join(place.folder, path);
const blobs = `company/.countersign/blobs/${ORGANIZATION}`;
const decided = ["--reason", "asked for", "--by", "bo@small.example", "--approver", "cy@small.example"];

type Row = { readonly record: string; readonly body: ErasureBody };
type Verdict = {
  readonly intact: boolean;
  readonly facts: { readonly [fact: string]: number };
};
type Again = {
  readonly agrees: boolean;
  readonly notReperformed: { readonly [what: string]: number | boolean };
};

async function done(...args: readonly string[]): Promise<string> {
  const answer = await place.run(...args, ...SMALL);
  assert.equal(answer.status, 0, `${args.join(" ")}\n${answer.stdout}${answer.stderr}`);
  return answer.stdout;
}

before(async () => {
  await makeSmallCompany(place);
  await place.keepServer("company");
  await done("collect", "hr-leavers");
  place.write("minutes.txt", "present: Ada Lovelace, who asked for her review\n");
  await done("evidence", "add", "minutes.txt", "--control", "GOV-01", "--performed-at", "2026-04-20");
  await done("population", "freeze", "hr-leavers", "--with-warning");
  await done("assess");
});
after(() => place.remove());

/** Whether any stored file, or any unpacked one, holds the text. */
function holds(folder: string, text: string): readonly string[] {
  return readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(text))
    .map((entry) => entry.name);
}

async function pack(name: string, ...options: readonly string[]): Promise<Unpacked> {
  await done("package", "create", "--out", `${name}.zip`, ...options);
  const files = unpacked(at(`${name}.zip`), at(name));
  // A workbook is a zip of its own: what it holds is looked at, too.
  for (const path of files.paths().filter((each) => each.endsWith(".xlsx")))
    unzip(at(`${name}/${path}`), at(`${name}/${path}.unpacked`));
  return files;
}

const REMOVED = "2026-06-14T03:00:00Z";

test("an item is erased wherever it stands; what runs had found for it stays, and the root is what it was", async () => {
  const item = ["erase", "item", "hr-leavers", "L-3", ...decided];
  assert.match(await done(...item, "--dry-run"), /would erase 2 files .* and 2 lines of 2 lists/);
  assert.notDeepEqual(holds(blobs, REMOVED), [], "a dry run erases nothing");
  const same = await place.refused(...item.slice(0, -1), "bo@small.example", ...SMALL);
  assert.match(same, /by two persons/);

  assert.match(await done(...item), /IAM-03 removal: was deviated in run_/);
  assert.deepEqual(holds(blobs, REMOVED), [], "no stored file holds the item's facts");
  assert.deepEqual(holds(blobs, '"L-3"'), []);
  await done("fsck");
  const again = await place.refused(...item, ...SMALL);
  assert.match(again, /no version of hr-leavers holds an item "L-3"/);

  // The newest run named it: that run cannot be shown any more, and a new one can.
  assert.match(await place.refused("status", ...SMALL), /named an item that was erased/);
  await done("assess");
  const files = await pack("after");
  const verdict = await place.json<Verdict>("verify", "after.zip");
  assert.equal(verdict.intact, true);
  assert.deepEqual([verdict.facts["erasedLines"], verdict.facts["erased"]], [1, 2]);
  const redone = await place.json<Again>("reperform", "after.zip");
  assert.deepEqual([redone.agrees, redone.notReperformed["erasedItems"]], [true, 1]);
  assert.deepEqual(holds("after", REMOVED), []);

  // The raw file of the others is here, with stars where the item's row was.
  const raw = files.paths("data/populations/hr-leavers-v1/raw/");
  const text = files.text(raw[0] ?? "");
  assert.match(text, /^L-2,bo@small\.example.*\n\*+$/m);
  assert.doesNotMatch(text, /L-3/);
  assert.match(files.text("withheld.html"), /an item of .*hr-leavers/);
  assert.match(files.text("withheld.html"), /IAM-03 removal: <b>deviated<\/b>/);
  const results = files
    .paths("data/results/")
    .map((path) => files.text(path))
    .join("");
  assert.match(results, /"id":"erased:[0-9a-f]{64}".*"state":"unknown"/);
});

test("an erasure that a kill or a backup undid is done again at the next opening", async () => {
  const [row] = await place.json<Row[]>("erase", "list", ...SMALL);
  const [line] = row?.body.lines ?? [];
  assert.ok(row && line);
  const hex = line.list.slice("sha256:".length);
  const path = at(`${blobs}/${hex.slice(0, 2)}/${hex}`);
  const erased = readFileSync(path, "utf8");
  const file = row.body.files[0]?.slice("sha256:".length) ?? "";
  const back = at(`${blobs}/${file.slice(0, 2)}/${file}.salted`);
  writeFileSync(back, "00112233445566778899aabbccddeeffRecord,L-3");
  const undone = await place.run("fsck", ...SMALL);
  assert.equal(undone.status, 1);
  assert.match(undone.stdout, /says that it was erased \(erasure-undone\)/);
  rmSync(at(`${blobs}/erased/${row.record}`));
  // fsck itself only looks.
  await done("erase", "list");
  await done("fsck");
  assert.equal(readFileSync(path, "utf8"), erased);
  assert.deepEqual(holds(blobs, "Record,L-3"), []);
});

test("a person's names go from the directory and do not come back, and an evidence file goes with its salt", async () => {
  const evidence = await place.json<{ body: { files: { digest: string }[] } }[]>(
    "evidence",
    "show",
    ...SMALL,
  );
  const digest = evidence[0]?.body.files[0]?.digest ?? "";
  await done("erase", "file", digest, ...decided);
  assert.match(await place.refused("erase", "file", digest, ...decided, ...SMALL), /was erased already/);
  assert.deepEqual(holds(blobs, "Ada Lovelace"), []);
  assert.match(await done("erase", "person", "ada@small.example", ...decided), /1 line of 1 list/);
  await done("collect", "hr-leavers");
  await done("assess");
  const files = await pack("forgotten");
  const directory = files
    .paths("data/directory/")
    .map((path) => files.text(path))
    .join("");
  assert.doesNotMatch(directory, /ada@small\.example/);
  assert.match(directory, /\{"erased":"[0-9a-f]{64}"\}/);
  assert.equal((await place.json<Verdict>("verify", "forgotten.zip")).intact, true);
  assert.match(files.text("evidence.html"), /minutes\.txt.*erased/s);
  await done("fsck");

  // A file that is gone and of which no record says so is missing, as before.
  place.write("other.txt", "somebody took this away\n");
  await done("evidence", "add", "other.txt", "--control", "GOV-01", "--performed-at", "2026-05-20");
  const [stored = ""] = holds(blobs, "somebody took this away");
  const path = at(`${blobs}/${stored.slice(0, 2)}/${stored}`);
  const bytes = readFileSync(path);
  rmSync(path);
  const missing = await place.run("fsck", ...SMALL);
  assert.equal(missing.status, 1);
  assert.match(missing.stdout, /missing.*\(blob-missing\)/);
  writeFileSync(path, bytes);
});

test("a package for a customer verifies, says what it withholds, and holds nobody's name and no item", async () => {
  const files = await pack("customer", "--for", "customer");
  const verdict = await place.json<Verdict>("verify", "customer.zip");
  assert.equal(verdict.intact, true);
  assert.ok((verdict.facts["withheldLines"] ?? 0) > 0);
  for (const text of [
    "ada@small",
    "bo@small",
    "cy@small",
    "L-1",
    "L-2",
    "2026-05-09T09:00:00Z",
    "somebody took",
  ])
    assert.deepEqual(holds("customer", text), [], text);
  const redone = await place.json<Again>("reperform", "customer.zip");
  assert.equal(redone.agrees, true);
  assert.equal(redone.notReperformed["summary"], true);
  assert.equal(redone.notReperformed["withheldItems"], 3);
  assert.match(files.text("withheld.html"), /raw bytes of the sources are not for this reader/);
  assert.match(files.text("index.html"), /Redacted for its reader/);
  const blobIndex = JSON.parse(files.text("data/blobs.json")) as {
    blobs: { withheld?: string; reason?: string }[];
  };
  assert.ok(blobIndex.blobs.some((blob) => blob.reason?.startsWith("single items") === true));

  for (const name of ["after", "customer"]) {
    const python = spawnSync("python3", [join(root, "testing/reperform/reperform.py"), at(`${name}.zip`)], {
      encoding: "utf8",
    });
    assert.equal(python.status, 0, python.stdout + python.stderr);
  }

  // The same lines are here where nothing is withheld: the search above can find something.
  await pack("whole");
  assert.notDeepEqual(holds("whole", "bo@small"), []);
  await pack("nameless", "--withhold", "names", "--withhold", "raw");
  assert.deepEqual(holds("nameless", "bo@small"), []);
  const nameless = await place.json<Again>("reperform", "nameless.zip");
  assert.deepEqual([nameless.agrees, nameless.notReperformed["summary"]], [true, false]);
});
