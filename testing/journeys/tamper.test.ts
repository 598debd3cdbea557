/** Files, packages and the log itself are changed behind the product's back: what notices, and where it points. */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { LedgerRecord } from "../../packages/records/src/index.ts";
import type { Summary } from "../../packages/assessment/src/index.ts";
import { canonicalJson } from "../../packages/kernel/src/index.ts";
import { ListSealer } from "../../packages/ledger/src/index.ts";
import { insiderOf, type Insider } from "./insider.ts";
import { edited, readPackage, resigned, writePackage, type Files } from "./package-file.ts";
import { makeSmallCompany, ORGANIZATION, SMALL } from "./small-company.ts";
import { newPlace, type Place } from "./support.ts";

let place: Place;
let insider: Insider;
const at = (path: string) => join(place.folder, path);
const NEWEST = "company/countersign/checkpoints/newest";
const RECORDS = "ledger/records-00000.ndjson";

before(async () => {
  place = newPlace("tamper");
  await makeSmallCompany(place);
  const server = await place.keepServer("company");
  insider = insiderOf(place, "company", ORGANIZATION, server);
  for (const command of [["collect"], ["assess"]])
    assert.equal((await place.run(...command, ...SMALL)).status, 0);
  // What the auditor was sent last month.
  copyFileSync(at(NEWEST), at("last-month"));
  place.write("review.txt", "access was looked at");
  for (const command of [
    ["evidence", "add", "review.txt", "--control", "IAM-04", "--performed-at", "2026-07-02"],
    ["assess"],
  ])
    assert.equal((await place.run(...command, ...SMALL)).status, 0);
  assert.equal((await place.run("package", "create", "--out", "true.zip", ...SMALL)).status, 0);
});
after(() => place.remove());

async function notIntact(files: Files): Promise<string> {
  writePackage(at("bent.zip"), files);
  const { stdout, status } = await place.run("verify", "bent.zip");
  assert.equal(status, 1, stdout);
  assert.match(stdout, /^NOT INTACT/);
  return stdout;
}

test("the package as it was made is intact, taken apart and put together again as well", async () => {
  writePackage(at("again.zip"), readPackage(at("true.zip")));
  for (const name of ["true.zip", "again.zip"]) {
    const { stdout, status } = await place.run("verify", name, "--since", "last-month");
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^INTACT/);
    assert.match(stdout, /records have not been rewritten since last-month was signed/);
  }
});

test("a record that is edited or back-dated in the package is named, by its file and by the log's root", async () => {
  const files = readPackage(at("true.zip"));
  const backDated = edited(files, RECORDS, (text) =>
    text.replace(/("recordedAt":")\d{4}(-[^"]+","subject":"IAM-04")/, "$12025$2"),
  );
  const named = await notIntact(backDated);
  assert.match(named, /ledger\/records-00000\.ndjson: .*\(file-digest\)/);
  assert.match(named, /ledger\/records: the records have the root .*\(checkpoint-root\)/);
  // With the attestation key the manifest can be made to fit; the log's checkpoint cannot.
  const signed = await notIntact(resigned(backDated, insider.attestationPem));
  assert.doesNotMatch(signed, /file-digest/);
  assert.match(signed, /\(checkpoint-root\)/);
});

test("a result, a page, an evidence file: whatever is changed, dropped or added is named", async () => {
  const files = readPackage(at("true.zip"));
  const results = edited(files, "data/results/part-00000.ndjson", (text) =>
    text.replace('"state":"deviated"', '"state":"operated"'),
  );
  assert.match(await notIntact(results), /data\/results\/part-00000\.ndjson.*\(file-digest\)/);
  const page = edited(files, "deviations.html", (text) => text.replace("L-3", "L-9"));
  assert.match(await notIntact(page), /deviations\.html.*\(file-digest\)/);
  const evidence = [...files.keys()].find((path) => path.endsWith("review.txt")) ?? "";
  const without = new Map([...files].filter(([path]) => path !== evidence));
  assert.ok((await notIntact(without)).includes(`${evidence}: `));
  const added = new Map([...files, ["evidence/another.txt", Buffer.from("made up")]]);
  assert.match(await notIntact(added), /evidence\/another\.txt.*\(file-extra\)/);
});

test("a stored file that is edited is named by fsck and by the next package, and in a package by its verification", async () => {
  const raw = (await insider.records()).find((record) => record.type === "population.collected");
  assert.ok(raw?.type === "population.collected");
  const { digest } = raw.body.raw[0] ?? { digest: "" };
  const hex = digest.slice("sha256:".length);
  const path = at(`company/.countersign/blobs/${ORGANIZATION}/${hex.slice(0, 2)}/${hex}.salted`);
  const before = readFileSync(path);
  writeFileSync(path, before.toString("utf8").replace("2026-06-14T03:00:00Z", "2026-06-12T18:00:00Z"));
  const checked = await place.run("fsck", ...SMALL);
  assert.equal(checked.status, 1);
  assert.ok(checked.stdout.includes(`${digest}: damaged`), checked.stdout);
  const packed = await place.run("package", "create", "--out", "damaged.zip", ...SMALL);
  assert.equal(packed.status, 1, packed.stdout);
  assert.ok(packed.stderr.includes(digest), packed.stderr);
  assert.ok(!existsSync(at("damaged.zip")));
  writeFileSync(path, before);
  assert.equal((await place.run("fsck", ...SMALL)).status, 0);

  // The same edit in a package, with the manifest made to fit: the record still names the true bytes.
  const files = readPackage(at("true.zip"));
  const listed = [...files.keys()].find((each) => each.endsWith("-leavers.csv")) ?? "";
  const bent = edited(files, listed, (text) => text.replace("2026-06-14T03:00:00Z", "2026-06-12T18:00:00Z"));
  const named = await notIntact(resigned(bent, insider.attestationPem));
  assert.ok(named.includes(digest) && named.includes("(blob-digest)"), named);
});

const isFirstRun = (records: readonly LedgerRecord[]) =>
  records.find((record) => record.type === "assessment.run")?.id;

/** The log without its first assessment; what spoke of places in the log is made to fit. */
async function withoutFirstRun(): Promise<LedgerRecord[]> {
  const records = await insider.records();
  const dropped = records.findIndex((record) => record.id === isFirstRun(records));
  return records
    .filter((_, index) => index !== dropped)
    .map((record) =>
      record.type === "assessment.run" && record.body.throughIndex >= dropped
        ? { ...record, body: { ...record.body, throughIndex: record.body.throughIndex - 1 } }
        : record,
    );
}

test("an insider who drops a failed run and signs everything anew is stopped by the checkpoint beside the program", async () => {
  const rewritten = await withoutFirstRun();
  await insider.rewrite(rewritten);
  const older = await place.refused("map", ...SMALL);
  assert.match(older, /the database is older than a checkpoint kept outside it/);
  assert.match(older, /checkpoints\/newest/);
  // Filled up to the same length, it is another log.
  const last = rewritten.at(-1);
  assert.ok(last !== undefined);
  await insider.rewrite([...rewritten, { ...last, id: "rec_000000000000000000000000" }]);
  const forked = await place.refused("map", ...SMALL);
  assert.match(forked, /the first \d+ records are not those of a checkpoint kept outside/);
  assert.match(forked, /checkpoints\/newest/);
  await insider.rewrite(rewritten);
});

test("without a checkpoint from outside, verify alone says intact, and that this cannot be shown; --since names the fork", async () => {
  rmSync(at("company/countersign/checkpoints"), { recursive: true });
  const checked = await place.run("fsck", ...SMALL);
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
  assert.equal((await place.run("package", "create", "--out", "forged.zip", ...SMALL)).status, 0);
  const alone = await place.run("verify", "forged.zip");
  assert.equal(alone.status, 0, alone.stdout);
  assert.match(alone.stdout, /^INTACT/);
  assert.match(
    alone.stdout,
    /does not show {3}That nothing was left out or rewritten before it was signed: someone inside who holds the keys can rewrite and re-sign a log, and it cannot be told from the true one without an older checkpoint that somebody outside kept \(--since\)/,
  );
  const pipeline = ["assess", "--fail-on", "new-deviation", "--since"] as const;
  assert.equal((await place.run(...pipeline, NEWEST, ...SMALL)).status, 0);
  assert.match(
    await place.refused(...pipeline, "last-month", ...SMALL),
    /the first \d+ records of this log are not those of the checkpoint/,
  );
  const since = await place.run("verify", "forged.zip", "--since", "last-month");
  assert.equal(since.status, 1, since.stdout);
  assert.match(since.stdout, /last-month: .*\(fork\)/);
});

test("results that are altered, with everything made to fit and signed, read as intact; reperform names the difference", async () => {
  const records = await insider.records();
  const run = records.findLast((record) => record.type === "assessment.run");
  assert.ok(run?.type === "assessment.run");
  const again = await place.run("reperform", "forged.zip");
  assert.equal(again.status, 0, again.stdout);

  const sealer = new ListSealer();
  const lines = insider
    .read(run.body.results.digest)
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) =>
      line.includes('"id":"L-3"')
        ? line
            .replace(/"attributes":\[.*?\]/, '"attributes":[{"state":"operated"}]')
            .replace(/"state":"deviated"/g, '"state":"operated"')
        : line,
    );
  const bytes = Buffer.concat(lines.map((line) => Buffer.from(sealer.add(line))));
  const results = { ...sealer.finish(), ...insider.put(bytes) };
  assert.notEqual(results.digest, run.body.results.digest);
  const summary = JSON.parse(insider.read(run.body.summary.digest).toString("utf8")) as Summary;
  const clean = {
    ...summary,
    deviations: [],
    controls: summary.controls.map((control) =>
      control.id === "IAM-03"
        ? { ...control, counts: { ...control.counts, operated: 3, deviated: 0 } }
        : control,
    ),
  };
  const newSalt = "00112233445566778899aabbccddeeff";
  const forged: LedgerRecord<"assessment.run"> = {
    ...run,
    body: {
      ...run.body,
      results,
      summary: { ...run.body.summary, ...insider.put(canonicalJson(clean), newSalt) },
    },
  };
  await insider.rewrite(
    records.map((record) =>
      record.id === run.id
        ? {
            ...forged,
            digests: [forged.body.program, forged.body.results.digest, forged.body.summary.digest].sort(),
          }
        : record,
    ),
  );
  rmSync(at("company/countersign/checkpoints"), { recursive: true });
  assert.equal((await place.run("package", "create", "--out", "clean.zip", ...SMALL)).status, 0);
  const verified = await place.run("verify", "clean.zip");
  assert.equal(verified.status, 0, verified.stdout);
  assert.match(verified.stdout, /^INTACT/);
  assert.match(
    verified.stdout,
    /does not show {3}That the results follow from the items: `countersign reperform`/,
  );
  const redone = await place.run("reperform", "clean.zip");
  assert.equal(redone.status, 1);
  assert.match(redone.stdout, /^DIFFERS/);
  assert.match(
    redone.stdout,
    /IAM-03 removal L-3\n +recorded +L-3: operated \(operated\)\n +re-performed +L-3: deviated \(deviated\)/,
  );
  assert.match(redone.stdout, /summary of IAM-03/);
});
