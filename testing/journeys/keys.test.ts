/** The keys of a workspace over their lives: replaced, retired, revoked, and what packages of each time are worth. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeSmallCompany, SMALL } from "./small-company.ts";
import { newPlace, type Place } from "./support.ts";

type Key = {
  readonly purpose: "log" | "attestation";
  readonly fingerprint: { readonly short: string; readonly full: string };
  readonly state: string;
  readonly here: boolean;
};
type Verified = {
  readonly intact: boolean;
  readonly faults: readonly { readonly code: string; readonly message: string }[];
  readonly facts: { readonly keyHandovers: number; readonly logKeys: readonly unknown[] };
};

let place: Place;
const keyFolder = () => join(place.folder, "company", ".countersign", "keys");
const newest = () => place.read("company/countersign/checkpoints/newest");
const signatures = (note: string) => note.split("\n").filter((line) => line.startsWith("— ")).length;

async function keys(): Promise<readonly Key[]> {
  return (await place.json<{ keys: readonly Key[] }>("key", "show", ...SMALL)).keys;
}

async function fingerprints(purpose: Key["purpose"]): Promise<string[]> {
  return (await keys()).filter((key) => key.purpose === purpose).map((key) => key.fingerprint.full);
}

async function states(purpose: Key["purpose"]): Promise<string[]> {
  return (await keys()).filter((key) => key.purpose === purpose).map((key) => key.state);
}

async function done(...args: readonly string[]): Promise<string> {
  const answer = await place.run(...args, ...SMALL);
  assert.equal(answer.status, 0, answer.stderr);
  return answer.stdout;
}

async function pack(name: string): Promise<void> {
  await done("package", "create", "--out", name);
}

async function verify(name: string, ...options: readonly string[]): Promise<Verified> {
  const answer = await place.run("verify", name, ...options, "--json");
  return JSON.parse(answer.stdout) as Verified;
}

before(async () => {
  place = newPlace("keys");
  await makeSmallCompany(place);
  await place.keepServer("company");
  await done("collect");
  await done("assess", "--as-of", "2026-07-10");
  place.write("month-1", newest());
});
after(() => place.remove());

test("a rotated log key signs beside the old one, whose fingerprint still leads to it", async () => {
  const [old = ""] = await fingerprints("log");
  await done("key", "rotate", "log", "--overlap-days", "30");
  assert.equal(signatures(newest()), 2);
  place.write("overlap", newest());
  assert.deepEqual(await states("log"), ["in overlap", "newest"]);
  await pack("overlap.zip");
  const verified = await verify("overlap.zip", "--key", old, "--since", "month-1", "--since", "overlap");
  assert.deepEqual(verified.faults, []);
  assert.equal(verified.facts.keyHandovers, 1);
  assert.match(await place.refused("key", "rotate", "log", ...SMALL), /still signs beside the newest/);
  assert.match(await place.refused("key", "retire", "0000000000000000", ...SMALL), /no key of this log/);
  const [, fresh = ""] = await fingerprints("log");
  assert.match(await place.refused("key", "retire", fresh, ...SMALL), /only after another has replaced it/);
});

test("once retired it signs nothing and is gone from the workspace, and what it signed is still good", async () => {
  const [old = "", fresh = ""] = await fingerprints("log");
  assert.equal(readdirSync(keyFolder()).filter((name) => name.startsWith("log")).length, 2);
  await done("key", "retire");
  assert.equal(existsSync(join(keyFolder(), "log.pem")), false);
  assert.deepEqual(
    (await keys()).filter(({ purpose }) => purpose === "log").map(({ state, here }) => [state, here]),
    [
      ["retired", false],
      ["newest", true],
    ],
  );
  await pack("retired.zip");
  assert.equal(signatures(newest()), 1, "of the checkpoint after it");
  for (const key of [old, fresh]) {
    const verified = await verify("retired.zip", "--key", key, "--since", "month-1", "--since", "overlap");
    assert.deepEqual(verified.faults, []);
  }
  const shown = await place.run("verify", "retired.zip", "--key", old);
  assert.match(shown.stdout, /was replaced since \(once\), and each time the old key signed the handover/);
  await done("log", "export", "exported");
  const exported = await verify("exported", "--key", old);
  assert.deepEqual(exported.faults, [], "with the first key and the files of the export alone");
  assert.equal(exported.facts.keyHandovers, 1);
  const log = await place.run("log", "export", "exported", ...SMALL);
  assert.match(log.stdout, /0 files written/);
  await done("fsck");
  const again = await place.run("reperform", "retired.zip");
  assert.equal(again.status, 0, again.stdout);
});

test("a rotated attestation key signs the next package, and the package of before stays good", async () => {
  await done("key", "rotate", "attestation", "--overlap-days", "0");
  await pack("attested.zip");
  assert.deepEqual(
    await states("attestation"),
    ["retired", "newest"],
    "its overlap was over at the next command",
  );
  for (const name of ["attested.zip", "retired.zip"]) assert.deepEqual((await verify(name)).faults, []);
});

test("what a stopped process left is mended at the next opening", async () => {
  const stray = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  writeFileSync(join(keyFolder(), "log-0123456789abcdef.pem"), stray, { mode: 0o600 });
  const answer = await place.run("key", "show", ...SMALL);
  assert.equal(answer.status, 0, answer.stderr);
  assert.equal(readdirSync(keyFolder()).filter((name) => name.endsWith(".unused.pem")).length, 1);
  await done("key", "rotate", "log", "--overlap-days", "0");
  const left = await states("log");
  assert.deepEqual(left, ["retired", "retired", "newest"]);
  await pack("mended.zip");
  assert.deepEqual((await verify("mended.zip")).faults, []);
});

test("line 11: a revoked key leads nowhere, and a checkpoint that it signed beyond the size is refused", async () => {
  const old = (await fingerprints("log")).at(-1) ?? "";
  place.write("stolen", newest());
  const size = Number(newest().split("\n")[1]);
  const refused = await place.refused(
    "key",
    "revoke",
    old,
    "--reason",
    "x",
    "--by",
    "ada@small.example",
    "--from-size",
    "99999",
    ...SMALL,
  );
  assert.match(refused, /cannot revoke a key from size 99999/);
  const reason = ["--reason", "the laptop was stolen", "--by", "ada@small.example"];
  assert.equal((await fingerprints("log")).at(-1), old, "refused before anything was changed");
  await done("key", "revoke", old, ...reason, "--from-size", String(size - 1));
  await pack("revoked.zip");
  const trusting = await verify("revoked.zip", "--key", old);
  assert.deepEqual(
    trusting.faults.map(({ code }) => code),
    ["key-differs"],
  );
  assert.match(trusting.faults[0]?.message ?? "", /was revoked from size/);
  const since = await verify("revoked.zip", "--since", "stolen");
  assert.deepEqual(
    since.faults.map(({ code }) => code),
    ["since-unreadable"],
  );
  const fresh = (await fingerprints("log")).at(-1) ?? "";
  assert.deepEqual((await verify("revoked.zip", "--key", fresh)).faults, []);
  assert.equal((await states("log")).at(-2), "revoked");
  await done("fsck");
});

test("a workspace without the newest key is not opened", async () => {
  for (const name of readdirSync(keyFolder()).filter((each) => /^log-[0-9a-f]{16}\.pem$/.test(each)))
    writeFileSync(
      join(keyFolder(), name),
      generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }),
    );
  assert.match(await place.refused("key", "show", ...SMALL), /another key than this workspace holds/);
});
