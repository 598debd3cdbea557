/** Samples as an auditor asks for them: repeatable, never steered, and a deviation among them stays one. */
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Summary } from "../../packages/assessment/src/index.ts";
import type { DrawBody } from "../../packages/records/src/index.ts";
import type { EmbeddedServer } from "../../packages/store/src/embedded/embedded-postgres.ts";
import { needsTool } from "../outside-tools.ts";
import { editRows, planted, writeCompany } from "./sample-company.ts";
import { newPlace, root, type Place } from "./support.ts";

type Drawn = { readonly record: string; readonly body: DrawBody };

const one = ["--workspace", "one"] as const;
const two = ["--workspace", "two"] as const;
const NONCE = "5c".repeat(32);
let place: Place;
let server: EmbeddedServer;

before(async () => {
  place = newPlace("draws");
  await writeCompany(place, "one");
  server = await place.keepServer("one");
  const sources = ["deploy-pipeline", "cluster-audit-log", "model-registry", "serving-log"];
  for (const command of [["collect", ...sources], ["assess"]])
    assert.equal((await place.run(...command, ...one)).status, 0);
});
after(() => place.remove());

const draw = (population: string, nonce: string, ...rest: string[]) =>
  ["sample", "draw", population, "--size", "25", "--nonce", nonce, ...rest] as const;
const listed = async () => (await place.json<Drawn[]>("sample", "list", ...one)).length;

/** docs/formats/draw.md written again, with nothing of the product. */
const sha = (text: string) => createHash("sha256").update(text).digest("hex");
function drawnByHand(ids: readonly string[], seedText: string, size: number): string[] {
  const h = sha(sha(seedText));
  const ticket = (id: string) =>
    [
      ...BigInt(`0x${sha(h + id)}`)
        .toString()
        .padStart(64, "0"),
    ]
      .reverse()
      .join("");
  const tickets = new Map(ids.map((id) => [id, ticket(id)]));
  const of = (id: string) => tickets.get(id) ?? "";
  return ids.toSorted((a, b) => (of(a) < of(b) ? -1 : 1)).slice(0, size);
}

/** What the seed is made of, from what somebody outside sees: the checkpoint beside the program and the frozen list. */
async function seedTextOf(population: string, checkpoint: string, nonce: string) {
  const [origin = "", size = "", rootLine = ""] = checkpoint.split("\n");
  const shown = await place.json<{
    index: number;
    body: { items: { root: string; count: number } };
  }>("population", "show", population, ...one);
  const { root: items, count } = shown.body.items;
  const lines = ["countersign/sample/v1", origin, size, rootLine, shown.index, items, count, nonce];
  return `${lines.join("\n")}\n`;
}

async function idsOf(population: string): Promise<string[]> {
  const { stdout } = await place.run("population", "show", population, "--items", ...one);
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => (JSON.parse(line) as { item: { id: string } }).item.id);
}

let frozenAt: string;
let first: Drawn;

test("nothing is drawn before the list is frozen", async () => {
  assert.match(
    await place.refused(...draw("deploy-pipeline", NONCE), ...one),
    /deploy-pipeline is not frozen/,
  );
  const frozen = await place.run("population", "freeze", "deploy-pipeline", ...one);
  assert.match(frozen.stdout, /deploy-pipeline frozen: 412 items/);
  assert.doesNotMatch(frozen.stdout, /warning/);
  frozenAt = place.read("one/countersign/checkpoints/newest");
  await server.release();
  place.copy("one", "two");
  await place.keepServer("one");
  await place.keepServer("two");
});

test("the same freeze and nonce give the same 25 elsewhere, by hand too, and whatever was recorded since", async () => {
  first = await place.json<Drawn>(...draw("deploy-pipeline", NONCE), ...one);
  assert.equal(first.body.items.length, 25);
  const seedText = await seedTextOf("deploy-pipeline", frozenAt, NONCE);
  assert.deepEqual(first.body.items, drawnByHand(await idsOf("deploy-pipeline"), seedText, 25));
  assert.equal(first.body.nonceOrigin.kind, "typed-by-management");
  assert.equal(first.body.drawnBy, "management");
  // Otherwise whoever knows the nonce could add records until a draw pleases.
  assert.equal((await place.run("assess", ...two)).status, 0);
  const elsewhere = await place.json<Drawn>(...draw("deploy-pipeline", NONCE), ...two);
  assert.deepEqual(elsewhere.body.items, first.body.items);
  assert.deepEqual(elsewhere.body.seed, first.body.seed);
});

test("a second nonce is another draw, and both stay listed", async () => {
  const second = await place.json<Drawn>(...draw("deploy-pipeline", "5d".repeat(32)), ...one);
  assert.notDeepEqual(second.body.items, first.body.items);
  const { stdout } = await place.run("sample", "list", ...one);
  for (const { body } of [first, second])
    assert.match(stdout, new RegExp(`${body.draw} +deploy-pipeline +seeded +25 +typed-by-management`));
});

test("a nonce that the auditor signed is recorded so, with Ed25519 or P-256; any other signature is refused", async () => {
  const auditor = generateKeyPairSync("ed25519");
  place.write("auditor.pem", String(auditor.publicKey.export({ format: "pem", type: "spki" })));
  const nonce = "a1".repeat(32);
  place.write("nonce.sig", sign(null, Buffer.from(nonce), auditor.privateKey));
  const signed = ["--auditor-key", "auditor.pem", "--nonce-signature", "nonce.sig"];
  const drawn = await place.json<Drawn>(...draw("deploy-pipeline", nonce, ...signed), ...one);
  assert.equal(drawn.body.nonceOrigin.kind, "auditor-signed");
  assert.equal(drawn.body.drawnBy, "auditor");

  const before = await listed();
  const other = await place.refused(...draw("deploy-pipeline", "a2".repeat(32), ...signed), ...one);
  assert.match(other, /not that of the auditor's key over this nonce/);
  assert.match(
    await place.refused(...draw("deploy-pipeline", nonce, "--auditor-key", "auditor.pem"), ...one),
    /go together/,
  );
  assert.match(
    await place.refused(
      ...draw("deploy-pipeline", nonce, "--auditor-key", "nowhere.pem", "--nonce-signature", "nonce.sig"),
      ...one,
    ),
    /nowhere\.pem/,
  );
  assert.equal(await listed(), before);
});

test("openssl signs a nonce as the screen says", async (t) => {
  if (!needsTool(t, "openssl")) return;
  const nonce = "b2".repeat(32);
  place.write("nonce.txt", nonce);
  for (const command of [
    "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out auditor.key",
    "pkey -in auditor.key -pubout -out p256.pem",
    "dgst -sha256 -sign auditor.key -out p256.sig nonce.txt",
  ]) {
    const { status, stderr } = spawnSync("openssl", command.split(" "), { cwd: place.folder });
    assert.equal(status, 0, stderr.toString());
  }
  const signed = ["--auditor-key", "p256.pem", "--nonce-signature", "p256.sig"];
  const drawn = await place.json<Drawn>(...draw("deploy-pipeline", nonce, ...signed), ...one);
  assert.equal(drawn.body.nonceOrigin.kind, "auditor-signed");
});

test("the auditor may enter ids instead; an id that is not in the list is refused", async () => {
  place.write("picks.txt", "dep-0009\ndep-0400\n");
  const { stdout } = await place.run(
    "sample",
    "enter",
    "deploy-pipeline",
    "dep-0007",
    "--file",
    "picks.txt",
    ...one,
  );
  assert.match(
    stdout,
    /3 of deploy-pipeline, auditor-entered; typed in: it is not shown that the auditor chose/,
  );
  assert.match(stdout, / {2}dep-0007\n {2}dep-0009\n {2}dep-0400\n/);
  assert.match(
    await place.refused("sample", "enter", "deploy-pipeline", "dep-0413", ...one),
    /dep-0413.*not in/,
  );
});

test("one changed row is a new version; the frozen one is kept, and the same draw still follows from it", async () => {
  editRows(place, "one/exports/deploy-pipeline.csv", (rows) =>
    rows.map((row, i) => (i === 100 ? row.replace(/,[a-z ]+$/, ",rolled back again") : row)),
  );
  assert.equal((await place.run("collect", "deploy-pipeline", ...one)).status, 0);
  const list = (await place.run("population", "list", ...one)).stdout;
  const roots = async (version: string) =>
    (await place.json<{ body: { items: { root: string } } }>("population", "show", version, ...one)).body
      .items.root;
  assert.match(list, /deploy-pipeline@1 .* yes /);
  assert.match(list, /deploy-pipeline@2 .* no /);
  assert.notEqual(await roots("deploy-pipeline@1"), await roots("deploy-pipeline@2"));
  assert.match(
    await place.refused(...draw("deploy-pipeline", NONCE), ...one),
    /deploy-pipeline is not frozen/,
  );
  const again = await place.json<Drawn>(...draw("deploy-pipeline@1", NONCE), ...one);
  assert.deepEqual(again.body.items, first.body.items);
});

/** P(at most one deviation in 25) when `bad` of 118 deviate, in exact fractions. */
function atMostOne(bad: number): number {
  const choose = (n: number, k: number): bigint => {
    let value = 1n;
    for (let i = 0; i < k; i++) value = (value * BigInt(n - i)) / BigInt(i + 1);
    return k > n ? 0n : value;
  };
  const ways = choose(118 - bad, 25) + BigInt(bad) * choose(118 - bad, 24);
  return Number((ways * 10n ** 15n) / choose(118, 25)) / 1e15;
}

let drawn: Drawn;

test("a release approved three hours after it served reads as a deviation: 1 of 25 (N = 118), with the upper limit", async () => {
  const explained = await place.run("explain", "rel-049", ...one);
  assert.match(explained.stdout, /approved before it served: deviated: approved after it began to serve/);
  const time = (fact: string) =>
    Date.parse(new RegExp(`^ +${fact} +(\\S+)$`, "m").exec(explained.stdout)?.[1] ?? "");
  assert.equal(time("approvedAt") - time("deployedAt"), 3 * 3_600_000);

  assert.equal(
    (await place.run("population", "freeze", "model-registry", "--with-warning", ...one)).status,
    0,
  );
  const checkpoint = place.read("one/countersign/checkpoints/newest");
  const ids = await idsOf("model-registry");
  assert.equal(ids.length, 118);
  const seedText = await seedTextOf("model-registry", checkpoint, "NONCE");
  const special = new Set(
    planted.perItem
      .filter(({ control }) => control === "MDL-01")
      .flatMap(({ attributes }) => attributes.flatMap(({ items }) => items.map(({ id }) => id))),
  );
  assert.ok(special.has("rel-049") && special.size > 5);
  const nonces = Array.from({ length: 5000 }, (_, i) => sha(`nonce ${i}`));
  const nonce = nonces.find((each) => {
    const items = drawnByHand(ids, seedText.replace("NONCE", each), 25);
    return items.includes("rel-049") && items.filter((id) => special.has(id)).length === 1;
  });
  assert.ok(nonce !== undefined);
  drawn = await place.json<Drawn>(...draw("model-registry", nonce), ...one);
  assert.ok(drawn.body.items.includes("rel-049"));

  const limit = Array.from({ length: 95 }, (_, bad) => bad).findLast(
    (bad) => bad > 0 && atMostOne(bad) > 0.1,
  );
  const size = await place.run(
    "sample",
    "size",
    "--population",
    "118",
    "--confidence",
    "0.9",
    "--tolerable",
    "0.1",
    "--expected",
    "1",
    "--sampled",
    "25",
    "--found",
    "1",
  );
  assert.match(size.stdout, new RegExp(`upper deviation limit: ${limit} of 118 `));
  const shown = await place.run("sample", "show", drawn.body.draw, "--confidence", "0.9", ...one);
  assert.match(shown.stdout, /MDL-01 {2}1 of 25 deviated \(N = 118\) {2}Each release/);
  assert.match(shown.stdout, new RegExp(`upper deviation limit at 0\\.9: ${limit} of 118 `));
  assert.match(shown.stdout, / {2}rel-049 {2}MDL-01 deviated, deviated: approved after it began to serve/);
});

test("an extension keeps the first sample as its beginning, and no item can be dropped", async () => {
  const extend = ["sample", "extend", drawn.body.draw, "--size"] as const;
  const larger = await place.json<Drawn>(...extend, "40", ...one);
  assert.equal(larger.body.items.length, 40);
  assert.deepEqual(larger.body.items.slice(0, 25), drawn.body.items);
  assert.equal(larger.body.extends, drawn.body.draw);
  const before = await listed();
  assert.match(await place.refused(...extend, "24", ...one), /cannot hold 24/);
  assert.equal(await listed(), before);
});

test("what management answers stands beside the deviation; the next assessment finds it all the same", async () => {
  const of = (summary: Summary) => ({
    found: summary.deviations.find((each) => each.occurrence === "rel-049"),
    counts: summary.controls.find((each) => each.id === "MDL-01")?.counts,
  });
  const before = of((await place.json<{ summary: Summary }>("assess", ...one)).summary);
  const { stdout, status } = await place.run(
    "deviation",
    "respond",
    "rel-049",
    "--cause",
    "the approver was away",
    "--response",
    "a second approver was named",
    "--by",
    "quenby",
    ...one,
  );
  assert.equal(status, 0);
  assert.match(stdout, /the deviation stays/);
  const after = of((await place.json<{ summary: Summary }>("assess", ...one)).summary);
  assert.equal(after.found?.responses.length, (before.found?.responses.length ?? 0) + 1);
  assert.deepEqual(after.counts, before.counts);
  assert.equal(after.found?.state, "deviated");
  const list = await place.run("deviation", "list", "--control", "MDL-01", ...one);
  assert.match(list.stdout, /deviated.*rel-049[^]*response {3}a second approver was named/);
});

test("a package with all of these is re-performed alike by us and by a script in Python", async (t) => {
  const created = await place.json<{ path: string }>("package", "create", "--out", "draws.zip", ...one);
  assert.equal((await place.run("verify", created.path)).status, 0);
  const again = await place.run("reperform", created.path);
  assert.match(again.stdout, new RegExp(`RE-PERFORMED .* and ${await listed()} draws .*: the same`));
  if (!needsTool(t, "python3")) return;
  const script = join(root, "testing/reperform/reperform.py");
  const python = spawnSync("python3", [script, created.path], { encoding: "utf8", maxBuffer: 1 << 28 });
  assert.equal(python.status, 0, python.stdout.slice(-2000) + python.stderr);
});
