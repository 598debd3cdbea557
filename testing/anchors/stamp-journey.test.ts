/** A company whose checkpoints are stamped by an authority and sent as letters: what is due, kept, refused, and caught. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync, chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { AnchorOutcome } from "../../packages/application/src/index.ts";
import { formatVerifierKey, parseVerifierKey, verifierOf } from "../../packages/ledger/src/index.ts";
import { needsTool, versionOf } from "../outside-tools.ts";
import { insiderOf, type Insider } from "../journeys/insider.ts";
import { makeSmallCompany, ORGANIZATION, SMALL } from "../journeys/small-company.ts";
import { newPlace, type Place } from "../journeys/support.ts";
import { reply, serveAuthority, whyOpensslRefuses, type Answer, type Authority } from "./authority.ts";
import { Certificates, type Issued } from "./certificates.ts";

const CHECKPOINTS = "company/countersign/checkpoints";
const withoutOpenssl = versionOf("openssl") === undefined;
let place: Place;
let insider: Insider;
let certificates: Certificates;
let signer: Issued;
let authority: Authority;
let lettersOfCollect: string;
let answer: (query: Buffer) => Answer | undefined;
const at = (path: string) => join(place.folder, path);
const kept = () => readdirSync(at(CHECKPOINTS)).sort();
const anchor = (...options: readonly string[]) => place.run("anchor", "create", ...options, ...SMALL);

before(async () => {
  place = newPlace("anchors");
  await makeSmallCompany(place);
  insider = insiderOf(place, "company", ORGANIZATION, await place.keepServer("company"));
  const collected = await place.run("collect", ...SMALL);
  assert.equal(collected.status, 0, collected.stderr);
  lettersOfCollect = collected.stdout;
  assert.equal((await place.run("assess", ...SMALL)).status, 0);
  if (withoutOpenssl) return;
  certificates = new Certificates(at("authority"));
  signer = certificates.issue("Test Authority", "stamping", { kind: "rsa" });
  answer = (query) => ({ body: reply(certificates, signer, query) });
  authority = await serveAuthority((query) => answer(query));
});
after(async () => {
  if (!withoutOpenssl) await authority.close();
  await place.remove();
});

test("without anchors.yaml collect writes the month's letters, and status says that nobody outside is known to hold anything", async () => {
  const { stdout, status } = await place.run("status", ...SMALL);
  assert.equal(status, 0);
  assert.match(
    stdout,
    /tamper-evident toward nobody outside yet: no witness has cosigned and there is no time stamp/,
  );
  assert.match(stdout, /could rewrite all of it and sign it again/);
  // Written by collect, and so due no more: until they are sent they are in the company's hands only.
  assert.doesNotMatch(stdout, /due for/);
  assert.match(stdout, /nothing is known of its being sent/);
});

test("letters for auditor and board are written once a month, ready to send, and say what they are", async (context) => {
  assert.match(lettersOfCollect, /✓ {2}auditor: letter of \d+ records/);
  assert.match(
    lettersOfCollect,
    /send countersign\/checkpoints\/\S+-board\.eml to the board: until then only the company holds it/,
  );
  const collectedAgain = await place.run("collect", ...SMALL);
  assert.equal(collectedAgain.status, 0);
  assert.doesNotMatch(collectedAgain.stdout + collectedAgain.stderr, /letter|warning/);
  const eml = kept().find((name) => name.endsWith("-board.eml")) ?? "";
  const again = await anchor();
  assert.equal(again.status, 0, again.stderr);
  assert.match(again.stdout, /· {2}board: done for/);
  assert.match(again.stdout, /tamper-evident toward nobody outside yet/);
  assert.equal(kept().filter((name) => name.endsWith(".eml")).length, 2);
  if (!needsTool(context, "python3")) return;
  const script = `import email, email.policy, json, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
body, attached = m.iter_parts()
print(json.dumps([m["subject"], body.get_content(), attached.get_filename(), attached.get_content().decode(), len(m.defects)]))`;
  const read = spawnSync("python3", ["-c", script, at(`${CHECKPOINTS}/${eml}`)], { encoding: "utf8" });
  const [subject, body, name, note, defects] = JSON.parse(read.stdout) as [
    string,
    string,
    string,
    string,
    number,
  ];
  assert.match(subject, /^Small Co: checkpoint of the compliance ledger, \d{4}-\d\d, \d+ records$/);
  assert.match(body, /Please keep this message and its attachment\. Nothing else needs to be done\./);
  assert.match(body, /only because somebody other than management has it: you\./);
  assert.match(body, /What it does not say: whether what was recorded is true/);
  assert.equal(note, readFileSync(at(`${CHECKPOINTS}/${name}`), "utf8"));
  assert.equal(defects, 0);
});

const anchorsYaml = (url: string, more = "") => `timeStamps:
  - { id: authority, url: "${url}", root: ../../authority/root.pem }
${more}`;

test("a checkpoint is stamped by a real authority, kept beside the program, and openssl verifies what is kept", async (context) => {
  if (!needsTool(context, "openssl")) return;
  place.write("company/countersign/anchors.yaml", anchorsYaml(authority.url));
  const { stdout, status, stderr } = await anchor();
  assert.equal(status, 0, stderr + stdout);
  assert.match(stdout, /✓ {2}authority: time stamp of \d+ records, Test Authority, /);
  assert.match(stdout, /tamper-evident since \d{4}-.*, by a clock outside/);
  const stem = (kept().find((name) => name.endsWith("-authority.tsr")) ?? "").replace(".tsr", "");
  const bytes = (extension: string) => readFileSync(at(`${CHECKPOINTS}/${stem}.${extension}`));
  assert.equal(whyOpensslRefuses(certificates, bytes("tsr"), bytes("checkpoint")), undefined);
  const listed = await place.json<{
    since: string;
    anchors: { kind: string; toward: string }[];
    due: unknown[];
  }>("anchor", "list", ...SMALL);
  assert.deepEqual(listed.due, []);
  assert.ok(listed.anchors.some(({ kind, toward }) => kind === "time-stamp" && toward === "Test Authority"));
  const key = await place.run("key", "show", ...SMALL);
  assert.match(key.stdout, /tamper-evident since/);
  assert.doesNotMatch(key.stdout, /no witness has signed/);
  assert.equal((await place.run("fsck", ...SMALL)).status, 0);
});

test("an authority that answers wrongly is named, nothing of it is recorded, and the others are done", async (context) => {
  if (!needsTool(context, "openssl")) return;
  const right = answer;
  answer = () => ({ body: Buffer.from("30053003020102", "hex") });
  const { stdout, status } = await anchor("--all");
  answer = right;
  assert.equal(status, 1);
  assert.match(stdout, /! {2}authority: .*\n.*\n +why +the authority declined with status 2/);
  assert.match(stdout, /✓ {2}board: letter/);
  const stamps = (await insider.records()).filter(
    (record) => record.type === "checkpoint.anchored" && record.body.kind === "time-stamp",
  );
  assert.equal(stamps.length, 1);
});

test("a witness whose key is the log's own is refused before it is asked: it would vouch for itself", async () => {
  const [created] = await insider.records();
  assert.ok(created?.type === "log.created");
  const key = parseVerifierKey(created.body.logKey);
  assert.ok(key.ok);
  const own = formatVerifierKey(verifierOf("witness.example/own", key.value.publicKey, "cosignature/v1"));
  place.write(
    "company/countersign/anchors.yaml",
    `witnesses: [{ id: own, url: "http://127.0.0.1:9/", key: "${own}" }]\n`,
  );
  const { stdout, status } = await anchor("--all");
  assert.equal(status, 1);
  assert.match(stdout, /! {2}own: the key of own is one of the log's own/);
});

test("a letter is handed to a mail program that the environment names, and unsent without one", async () => {
  const mail = `letters: [{ to: auditor, mail: [ada@firm.example] }]\nmail: { from: lead@small.example, sendmail: TEST_SENDMAIL }\n`;
  place.write("company/countersign/anchors.yaml", mail);
  const unset = await anchor("--all", "--json");
  assert.equal(unset.status, 1);
  const [outcome] = JSON.parse(unset.stdout) as AnchorOutcome[];
  assert.ok(outcome?.outcome === "failed");
  assert.match(outcome.problem.why ?? "", /TEST_SENDMAIL is not set/);
  const script = at("sendmail");
  writeFileSync(script, `#!/bin/sh\necho "$@" > "${at("arguments")}"\ncat > "${at("mailed")}"\n`);
  chmodSync(script, 0o755);
  process.env["TEST_SENDMAIL"] = script;
  const sent = await anchor("--all");
  assert.equal(sent.status, 0, sent.stdout);
  assert.equal(place.read("arguments").trim(), "-t -i");
  assert.match(place.read("mailed"), /^From: lead@small\.example\r\nTo: ada@firm\.example\r\n/);
  assert.match(sent.stdout, /mailed to the auditor since .* only management recorded that it was sent/);
  // Addresses are nobody's to keep for good.
  const text = JSON.stringify(await insider.records());
  assert.doesNotMatch(text, /ada@firm|lead@small/);
  writeFileSync(script, "#!/bin/sh\ncat > /dev/null\necho no route >&2\nexit 75\n");
  const failed = await anchor("--all");
  assert.equal(failed.status, 1);
  assert.match(failed.stdout, /ended with 75: no route/);
  delete process.env["TEST_SENDMAIL"];
});

test("an old copy of the database is refused by the checkpoint under a stamp, and the refusal says where it looked", async (context) => {
  if (!needsTool(context, "openssl")) return;
  const all = await insider.records();
  const newest = place.read(`${CHECKPOINTS}/newest`);
  // Back to before the stamp; and the newest checkpoint is gone, so that only what was anchored can tell.
  await insider.rewrite(all.slice(0, 2));
  rmSync(at(`${CHECKPOINTS}/newest`));
  const said = await place.refused("status", ...SMALL);
  assert.match(said, /the database is older than a checkpoint kept outside it: 2 records/);
  assert.match(said, /looked at .*-authority\.checkpoint with its time stamp/);
  await insider.rewrite(all);
  place.write(`${CHECKPOINTS}/newest`, newest);
  assert.equal((await place.run("status", ...SMALL)).status, 0);
});

test("a stamp that is not over the checkpoint beside it stops every command", async (context) => {
  if (!needsTool(context, "openssl")) return;
  const name = kept().find((each) => each.endsWith("-authority.tsr")) ?? "";
  const right = readFileSync(at(`${CHECKPOINTS}/${name}`));
  const bent = Buffer.from(right);
  bent[bent.length - 3] = (bent[bent.length - 3] ?? 0) ^ 1;
  writeFileSync(at(`${CHECKPOINTS}/${name}`), bent);
  assert.match(
    await place.refused("status", ...SMALL),
    /time stamp beside a checkpoint is not one of that checkpoint/,
  );
  writeFileSync(at(`${CHECKPOINTS}/${name}`), right);
  assert.equal((await place.run("status", ...SMALL)).status, 0);
});
