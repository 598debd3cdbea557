/** The log outside the workspace, by the real command: exported, grown, damaged, cosigned; and one record by itself. */
import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseVerifierKey } from "@countersign/ledger";
import { serveWitness, StrictWitness, type ServedWitness } from "../anchors/strict-witness.ts";
import { makeSmallCompany, SMALL } from "./small-company.ts";
import { newPlace, type Place } from "./support.ts";

type Key = { readonly verifierKey: string; readonly log: { readonly short: string } };
type Proof = { readonly proof: string; readonly record: string; readonly id: string; readonly index: number };

let place: Place;
let served: ServedWitness;
let key: Key;
const at = (path: string) => join(place.folder, path);

async function done(...args: readonly string[]): Promise<string> {
  const answer = await place.run(...args);
  assert.equal(answer.status, 0, answer.stdout + answer.stderr);
  return answer.stdout;
}

/** What `verify` prints of something that is not whole. */
async function notIntact(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await place.run("verify", ...args);
  assert.equal(status, 1, stdout);
  assert.equal(stderr, "");
  return stdout;
}

async function addReview(name: string): Promise<void> {
  place.write(name, `the access review ${name}\n`);
  await done("evidence", "add", name, "--control", "IAM-04", "--performed-at", "2026-07-02", ...SMALL);
}

before(async () => {
  place = newPlace("log");
  await makeSmallCompany(place);
  await place.keepServer("company");
  await done("collect", ...SMALL);
  key = await place.json<Key>("key", "show", ...SMALL);
  const parsed = parseVerifierKey(key.verifierKey);
  assert.ok(parsed.ok);
  const witness = new StrictWitness(parsed.value);
  served = await serveWitness((body) => witness.answer(body));
  place.write(
    "company/countersign/anchors.yaml",
    `witnesses: [{ id: witness, url: "${served.url}", key: "${witness.key.vkey}" }]\nletters: []\n`,
  );
  place.write("policy", `log ${key.verifierKey}\nwitness w ${witness.key.vkey}\nquorum w\n`);
});
after(async () => {
  await served.close();
  await place.remove();
});

test("an exported log is checked without the workspace, is added to as the log grows, and continues what was kept", async () => {
  const first = await done("log", "export", "out", ...SMALL);
  assert.match(
    first,
    /^out {2}(\d+) records; 2 files written\n {2}root .*\n {2}check {4}countersign verify out\n/,
  );
  assert.match(first, /it withholds nothing/);
  writeFileSync(at("kept"), readFileSync(at("out/checkpoint")));
  await addReview("review-1.txt");
  const second = await done("log", "export", "out", ...SMALL);
  assert.match(second, /records, 1 of them new here; 2 files written/);
  const verified = await done("verify", "out", "--key", key.log.short, "--since", "kept");
  assert.match(verified, /^INTACT {2}out\n/);
  assert.match(verified, /shows {3}The key is the one that you got by another way/);
  assert.match(verified, /shows {3}The first \d+ records have not been rewritten since/);
  assert.match(verified, /does not show {3}What the files hold that records name/);
});

test("a damaged file of an export is named, with what is proven all the same, and is not written over", async () => {
  cpSync(at("out"), at("bent"), { recursive: true });
  const [last = ""] = readdirSync(at("bent/tile/entries/000.p")).sort().reverse();
  const path = `tile/entries/000.p/${last}`;
  const bytes = readFileSync(at(`bent/${path}`));
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(at(`bent/${path}`), bytes);
  const words = await notIntact("bent");
  assert.match(words, /^NOT INTACT {2}bent: 1 faults\n/);
  assert.ok(
    words.includes(`  ${path}: entry ${Number(last) - 1} is not the one that the tree has (entry)`),
    words,
  );
  assert.match(words, /proven {2}\d+ of \d+ records/);
  assert.match(words, new RegExp(`not {5}index ${Number(last) - 1}\n`));
  const refused = await place.refused("log", "export", "bent", ...SMALL);
  assert.match(refused, /other bytes than the log has/);
  assert.ok(refused.includes(path));
  assert.deepEqual(readFileSync(at(`bent/${path}`)), bytes);
  rmSync(at("bent/checkpoint"));
  assert.match(await notIntact("bent"), /there is no checkpoint/);
  const other = await place.refused("log", "export", "company", ...SMALL);
  assert.match(other, /no file of an exported log[^]*next {3}\S/);
});

test("one record is proven by a file beside it, under a fingerprint, and not under another or with other bytes", async () => {
  const made = await place.json<Proof>("log", "proof", "2", "--out", "given/one.tlog-proof", ...SMALL);
  assert.deepEqual([made.index, made.record], [2, "given/one.json"]);
  const shown = await done("log", "proof", made.id, "--out", "given/one.tlog-proof", ...SMALL);
  assert.match(shown, /^given\/one\.tlog-proof {2}record 2 of \d+, rec_\w+\n {2}record {3}given\/one\.json/);
  const proven = await done("verify", "given/one.tlog-proof", "--key", key.log.short);
  assert.match(proven, /^PROVEN {2}given\/one\.json, by given\/one\.tlog-proof\n/);
  assert.ok(proven.includes(`record  ${made.id}, `), proven);
  assert.match(proven, /shows {3}The key is the one that you got by another way/);
  assert.match(
    await notIntact("given/one.tlog-proof", "--key", "0000000000000000"),
    /^NOT PROVEN[^]*another key/,
  );
  place.write("other.json", `${place.read("given/one.json")}\n`);
  const changed = await notIntact("given/one.tlog-proof", "--record", "other.json");
  assert.match(changed, /not the record at index 2[^]*ends in a line feed/);
  rmSync(at("given/one.json"));
  assert.match(
    await place.refused("verify", "given/one.tlog-proof"),
    /bytes of the record cannot be read[^]*--record FILE/,
  );
});

test("a proof never takes the place of another's file, and a record that is not there is told", async () => {
  place.write("letter.tlog-proof", "dear auditor\n");
  place.write("two.json", "{}");
  for (const out of ["letter.tlog-proof", "two.tlog-proof"]) {
    const words = await place.refused("log", "proof", "1", "--out", out, ...SMALL);
    assert.match(words, /there is a file of this name already[^]*nothing was written/);
  }
  assert.equal(place.read("letter.tlog-proof"), "dear auditor\n");
  assert.equal(existsSync(at("two.tlog-proof")), false);
  assert.match(await place.refused("log", "proof", "rec_none", ...SMALL), /no record of this log/);
  assert.match(
    await place.refused("log", "proof", "9999", ...SMALL),
    /the record asked for is at index 9999/,
  );
  assert.match(
    await place.refused("log", "proof", "1", "--checkpoint", "nowhere", ...SMALL),
    /checkpoint cannot be read/,
  );
});

test("under a policy, an export and a proof of the cosigned checkpoint are enough, and those of a later one are not", async () => {
  await done("anchor", "create", ...SMALL);
  const folder = "company/countersign/checkpoints";
  const name = readdirSync(at(folder)).find((each) => each.includes("witness")) ?? "";
  const cosigned = ["--checkpoint", `${folder}/${name}`, ...SMALL];
  await done("log", "export", "cosigned", ...cosigned);
  const verified = await done("verify", "cosigned", "--policy", "policy");
  assert.match(verified, /shows {3}The checkpoint is signed and cosigned as your policy asks/);
  assert.match(verified, /tamper-evident since/);
  await done("log", "proof", "2", "--out", "cosigned.tlog-proof", ...cosigned);
  assert.match(await done("verify", "cosigned.tlog-proof", "--policy", "policy"), /as your policy asks/);
  await done("log", "export", "out", ...SMALL);
  assert.match(await notIntact("out", "--policy", "policy"), /checkpoint: not cosigned by w \(policy\)/);
  const dated = await done("verify", "out", "--since", `${folder}/${name}`, "--key", key.verifierKey);
  assert.match(dated, /have not been rewritten since/);
  assert.match(await place.refused("log", "export", "out", ...cosigned), /does not become shorter/);
});

test("verify tells a folder of something else and an option that does not go with what it is given", async () => {
  place.write("package/manifest.json", "{}");
  const [company, unpacked, option] = await Promise.all([
    place.refused("verify", "company"),
    place.refused("verify", "package"),
    place.refused("verify", "out", "--record", "x"),
  ]);
  assert.match(company ?? "", /no log that countersign exported[^]*next {3}\S/);
  assert.match(unpacked ?? "", /a package is checked as one file/);
  assert.match(option ?? "", /--record is for the proof of one record/);
});
