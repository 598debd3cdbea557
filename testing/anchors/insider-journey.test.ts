/** Somebody with root rewrites the log and signs all of it anew: a stamp that was kept, a witness, and a package tell. */
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseVerifierKey } from "../../packages/ledger/src/index.ts";
import { insiderOf, type Insider } from "../journeys/insider.ts";
import { unpacked, newPlace, type Place } from "../journeys/support.ts";
import { makeSmallCompany, ORGANIZATION, SMALL } from "../journeys/small-company.ts";
import { needsTool, versionOf } from "../outside-tools.ts";
import { reply, serveAuthority, whyOpensslRefuses, type Authority } from "./authority.ts";
import { Certificates } from "./certificates.ts";
import { serveWitness, StrictWitness, type ServedWitness } from "./strict-witness.ts";

const CHECKPOINTS = "company/countersign/checkpoints";
let place: Place;
let insider: Insider;
let certificates: Certificates;
let authority: Authority | undefined;
let witness: StrictWitness;
let served: ServedWitness;
let size = 0;
const at = (path: string) => join(place.folder, path);

before(async () => {
  place = newPlace("anchored-insider");
  await makeSmallCompany(place);
  insider = insiderOf(place, "company", ORGANIZATION, await place.keepServer("company"));
  for (const command of ["collect", "assess"]) assert.equal((await place.run(command, ...SMALL)).status, 0);
  const { verifierKey } = await place.json<{ verifierKey: string }>("key", "show", ...SMALL);
  const key = parseVerifierKey(verifierKey);
  assert.ok(key.ok);
  witness = new StrictWitness(key.value);
  served = await serveWitness((body) => witness.answer(body));
  place.write("policy", `log ${verifierKey}\nwitness w ${witness.key.vkey}\nquorum w\n`);
  let stamps = "";
  if (versionOf("openssl") !== undefined) {
    certificates = new Certificates(at("authority"));
    const signer = certificates.issue("Test Authority", "stamping");
    authority = await serveAuthority((query) => ({ body: reply(certificates, signer, query) }));
    stamps = `timeStamps: [{ id: authority, url: "${authority.url}", root: ../../authority/root.pem }]\n`;
  }
  place.write(
    "company/countersign/anchors.yaml",
    `${stamps}witnesses: [{ id: witness, url: "${served.url}", key: "${witness.key.vkey}" }]\nletters: []\n`,
  );
  const anchored = await place.run("anchor", "create", ...SMALL);
  assert.equal(anchored.status, 0, anchored.stdout + anchored.stderr);
  assert.match(anchored.stdout, /✓ {2}witness: cosignature of \d+ records, w\.example/);
  size = witness.newest.size;
  // What an auditor keeps.
  for (const name of readdirSync(at(CHECKPOINTS)))
    if (name.includes("authority") || name.includes("witness"))
      copyFileSync(at(`${CHECKPOINTS}/${name}`), at(`kept-${name}`));
  assert.equal((await place.run("package", "create", "--out", "true.zip", ...SMALL)).status, 0);
});
after(async () => {
  await authority?.close();
  await served.close();
  await place.remove();
});

const kept = (ending: string) =>
  readdirSync(place.folder).find((name) => name.startsWith("kept-") && name.endsWith(ending)) ?? "";

test("the true package says since when it is tamper-evident and toward whom, as far as the reader trusts anybody", async (context) => {
  const alone = await place.run("verify", "true.zip");
  assert.equal(alone.status, 0, alone.stdout);
  assert.match(alone.stdout, /does not show {3}Whether the cosignature of w\.example .* \(--policy FILE\)/);
  assert.doesNotMatch(alone.stdout, /tamper-evident/);
  const witnessed = await place.run("verify", "true.zip", "--policy", "policy");
  assert.match(
    witnessed.stdout,
    new RegExp(`shows {3}The first ${size} records were there by .*: cosignature of w\\.example`),
  );
  if (!needsTool(context, "openssl")) return;
  const stamped = await place.run("verify", "true.zip", "--tsa-root", "authority/root.pem");
  assert.equal(stamped.status, 0, stamped.stdout);
  assert.match(stamped.stdout, /shows {3}The log is tamper-evident since \d{4}-/);
  assert.match(stamped.stdout, /time stamp of Test Authority, under a root that you gave/);
  // With public tools, out of the package.
  const files = unpacked(at("true.zip"), at("unpacked"));
  const [token = ""] = files.paths("ledger/anchors/").filter((path) => path.endsWith(".tsr"));
  const note = files.paths("ledger/anchors/").filter((path) => path.endsWith("-checkpoint"));
  const verdicts = note.map((path) => whyOpensslRefuses(certificates, files.bytes(token), files.bytes(path)));
  assert.equal(
    verdicts.filter((why) => why === undefined).length,
    1,
    "over the stamped note, and over no other",
  );
});

test("the whole log rewritten and signed anew: intact by itself, and caught by what was kept outside", async (context) => {
  const records = await insider.records();
  const rewritten = records
    .filter(({ type }) => type !== "checkpoint.anchored")
    .map((record) =>
      record.type === "population.collected"
        ? { ...record, recordedAt: record.occurredAt.at, id: "rec_00000000000000000000000b" }
        : record,
    );
  await insider.rewrite(rewritten);
  rmSync(at(CHECKPOINTS), { recursive: true });
  assert.equal((await place.run("assess", ...SMALL)).status, 0);
  assert.equal((await place.run("package", "create", "--out", "forged.zip", ...SMALL)).status, 0);
  const alone = await place.run("verify", "forged.zip");
  assert.equal(alone.status, 0, alone.stdout);
  assert.match(alone.stdout, /cannot be told from the true one without an older checkpoint/);
  const status = await place.run("status", ...SMALL);
  assert.match(status.stdout, /tamper-evident toward nobody outside yet/);
  // The witness remembers.
  const asked = await place.run("anchor", "create", ...SMALL);
  assert.equal(asked.status, 1);
  assert.match(asked.stdout, /! {2}witness: witness has seen another history of this log/);
  assert.match(asked.stdout, /what was sent and answered: countersign\/checkpoints\/\S+\.refused/);
  const refused = readdirSync(at(CHECKPOINTS)).find((name) => name.endsWith(".refused")) ?? "";
  assert.match(
    readFileSync(at(`${CHECKPOINTS}/${refused}`), "utf8"),
    new RegExp(`^old ${size}\\n[^]*answer 422`),
  );
  const cosigned = await place.run("verify", "forged.zip", "--since", kept("witness.checkpoint"));
  assert.equal(cosigned.status, 1);
  assert.match(cosigned.stdout, /the log was rewritten.*\(fork\)/);
  if (!needsTool(context, "openssl")) return;
  const stamped = await place.run(
    "verify",
    "forged.zip",
    "--since",
    kept(".tsr"),
    "--tsa-root",
    "authority/root.pem",
  );
  assert.equal(stamped.status, 1);
  assert.match(stamped.stdout, /\.tsr: the log was rewritten.*\(fork\)/);
});

test("cut back to before the cosigned checkpoint, the log is refused by the witness, which is named", async () => {
  const records = await insider.records();
  await insider.rewrite(records.slice(0, 2));
  rmSync(at(CHECKPOINTS), { recursive: true });
  const said = await place.refused("anchor", "create", ...SMALL);
  assert.match(
    said,
    /the database is older than what a witness has seen: 2 records, witness has cosigned \d+/,
  );
  assert.match(said, /where {2}witness, http/);
});
