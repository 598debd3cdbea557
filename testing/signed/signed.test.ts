/** Signed files as evidence, through the real command: what is recorded of them, and what leaves nothing behind. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { LedgerRecord } from "@countersign/records";
import { makeSmallCompany, SMALL } from "../journeys/small-company.ts";
import { newPlace, root, unpacked, type Place } from "../journeys/support.ts";
import { needsTool, versionOf } from "../outside-tools.ts";
import { Instance } from "./instance.ts";

const testdata = join(root, "packages/readers/src/testdata");
const PROVENANCE = join(testdata, "bundles/rekor2-dsse-happy-path");
const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

type Receipt = { readonly record: string; readonly signed: Record<string, unknown> };

let place: Place;
let instance: Instance | undefined;
const weights = "weights of a small model";
const add = ["evidence", "add", "--control", "GOV-01", ...SMALL];
const provenance = [
  "--bundle",
  join(PROVENANCE, "bundle.sigstore.json"),
  "--trusted-root",
  join(PROVENANCE, "trusted_root.json"),
];

before(async () => {
  place = newPlace("signed");
  await makeSmallCompany(place);
  await place.keepServer("company");
  place.write("model.safetensors", weights);
  if (versionOf("openssl") !== undefined) instance = new Instance(join(place.folder, "instance"));
});
after(() => place.remove());

async function shown(): Promise<readonly { record: string; body: Record<string, never> }[]> {
  return place.json("evidence", "show", ...SMALL);
}

function modelStatement(): unknown {
  const digest = createHash("sha256").update(weights).digest("hex");
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [
      {
        name: "small",
        digest: { sha256: createHash("sha256").update(Buffer.from(digest, "hex")).digest("hex") },
      },
    ],
    predicateType: "https://model_signing/signature/v1.0",
    predicate: {
      resources: [{ name: "model.safetensors", algorithm: "sha256", digest }],
      serialization: { method: "files", hash_type: "sha256", allow_symlinks: false },
    },
  };
}

test("a CI attestation is recorded with signer, time of the log, subjects and builder, and its own time is the source's", async () => {
  const receipt = await place.json<Receipt>(
    ...add,
    ...provenance,
    ...["--identity", IDENTITY, "--issuer", ISSUER, "--artifact", join(testdata, "bundles/a.txt")],
  );
  const { trustedRoot, bundle, signer, ...rest } = receipt.signed;
  assert.match(String(bundle), /^sha256:/);
  const plain = createHash("sha256")
    .update(readFileSync(join(PROVENANCE, "trusted_root.json")))
    .digest("hex");
  assert.equal(trustedRoot, `sha256:${plain}`);
  assert.equal((signer as { identity: string }).identity, IDENTITY);
  const hex = "a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf";
  assert.deepEqual(rest, {
    format: "sigstore-bundle-0.3",
    demanded: { identity: IDENTITY, issuer: ISSUER },
    times: [{ at: "2026-05-13T19:23:33Z", by: "authority" }],
    entries: [{ log: "d3d3a70ca130eff8696626153e84d1cd16e0947934b3296c528bde8274549496", index: "4026478" }],
    statement: {
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {
        kind: "slsa-provenance",
        buildType: "https://github.com/sigstore-conformance/rekor2-dsse-hashedrekord-regen",
        builder: "https://github.com/sigstore-conformance/rekor2-dsse-hashedrekord-regen",
      },
      subjectCount: 1,
      subjects: [{ name: "a.txt", digests: { sha256: hex } }],
    },
    artifact: { kind: "subject", name: "a.txt", algorithm: "sha256", hex },
  });
  const recorded = (await shown()).find((row) => row.record === receipt.record);
  assert.deepEqual(recorded?.body["performed"], { at: "2026-05-13T19:23:33Z", provenance: "source" });
});

test("without a demanded identity the screen says that anybody could have signed", async () => {
  const answer = await place.run(...add, ...provenance);
  assert.equal(answer.status, 0, answer.stderr);
  assert.match(answer.stdout, /nobody's identity was demanded: anybody whom the trusted root certifies/);
  assert.match(answer.stdout, /no artifact was compared/);
});

test("what does not hold, and what cannot be told, is named and leaves no record behind", async () => {
  const before = (await shown()).length;
  const bent = JSON.parse(readFileSync(join(PROVENANCE, "bundle.sigstore.json"), "utf8")) as {
    dsseEnvelope: { payload: string };
  };
  bent.dsseEnvelope.payload = Buffer.from("{}").toString("base64");
  place.write("bent.json", JSON.stringify(bent));
  place.write("several.jsonl", "{}\n{}\n");
  place.write(
    "empty-root.json",
    JSON.stringify({ mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1" }),
  );
  const bundle = provenance.slice(0, 2);
  const trusted = provenance.slice(2);
  const cases: readonly (readonly [RegExp, readonly string[]])[] = [
    [
      /does not hold[^]*bent\.json, verificationMaterial[^]*why[^]*next/,
      ["--bundle", "bent.json", ...trusted],
    ],
    [
      /the signer is not https:\/\/github\.com\/acme\/\*/,
      [...provenance, "--identity", "https://github.com/acme/*"],
    ],
    [/no subject of the statement/, [...provenance, "--artifact", "model.safetensors"]],
    [/cannot be told[^]*--trusted-root FILE/, bundle],
    [
      /cannot be told[^]*names no authority[^]*without --bundle/,
      [...bundle, "--trusted-root", "empty-root.json"],
    ],
    [/trusted root cannot be read[^]*several\.jsonl/, [...bundle, "--trusted-root", "several.jsonl"]],
    [/key cannot be read/, [...provenance, "--public-key", "model.safetensors"]],
    [/--trusted-root says how a signed bundle is verified, and none was given/, trusted],
  ];
  for (const [expected, options] of cases)
    assert.match(await place.refused(...add, ...options), expected, options.join(" "));
  assert.equal((await shown()).length, before);
});

test("a person who signed a model stands under an opaque id; package, verifier and re-performance hold, and no address is in a record", async (context) => {
  if (!needsTool(context, "openssl") || instance === undefined) return;
  const signer = instance.certificates.issue("bo", "person");
  place.write("model.sigstore.json", instance.bundle(signer, modelStatement()));
  place.write("own-root.json", instance.trustedRoot());
  const options = [
    "--bundle",
    "model.sigstore.json",
    "--trusted-root",
    "own-root.json",
    "--artifact",
    "model.safetensors",
  ];
  const receipt = await place.json<Receipt>(
    ...add,
    ...options,
    ...["--identity", "bo@small.example", "--issuer", "https://login.small.example"],
  );
  const said = receipt.signed as unknown as NonNullable<LedgerRecord<"evidence.added">["body"]["signed"]>;
  assert.ok(said.signer.kind === "person");
  assert.match(said.signer.person, /^p_[0-9a-f]{24}$/);
  assert.deepEqual(said.demanded, { identity: said.signer.person, issuer: "https://login.small.example" });
  assert.equal(said.artifact?.kind, "file");
  const screen = await place.run("evidence", "show", receipt.record, ...SMALL);
  assert.match(screen.stdout, /signed by bo@small\.example|signed by email:bo@small\.example/);
  // The same person as in the company's own lists.
  await place.run("collect", ...SMALL);
  await place.run("assess", "--as-of", "2026-07-10", ...SMALL);
  const made = await place.run("package", "create", "--out", "signed.zip", ...SMALL);
  assert.equal(made.status, 0, made.stderr);
  const verified = await place.json<{ intact: boolean }>("verify", "signed.zip");
  assert.equal(verified.intact, true);
  const again = await place.run("reperform", "signed.zip");
  assert.equal(again.status, 0, again.stderr);
  const files = unpacked(join(place.folder, "signed.zip"), join(place.folder, "unpacked"));
  const records = files
    .paths("ledger/")
    .filter((path) => path.includes("records"))
    .map((path) => files.text(path))
    .join("\n");
  assert.ok(records.includes(said.signer.person));
  assert.ok(
    !records.includes("bo@small.example") && !records.includes("small.example,"),
    "an address in a record",
  );
  assert.match(files.text("evidence.html"), /Signed by/);
  const sound = await place.run("fsck", ...SMALL);
  assert.equal(sound.status, 0, sound.stdout + sound.stderr);
});

test("a certificate with two names, or for another use, signs no evidence", async (context) => {
  if (!needsTool(context, "openssl") || instance === undefined) return;
  place.write("own-root.json", instance.trustedRoot());
  for (const [section, expected] of [
    ["two-persons", /2 alternative names/],
    ["no-code", /not for signing code/],
    ["person", /not valid or expired at the specified date/],
  ] as const) {
    const validity = section === "person" ? (["20200101000000Z", "20210101000000Z"] as const) : undefined;
    const signer = instance.certificates.issue(
      `${section}-wrong`,
      section,
      validity === undefined ? {} : { validity },
    );
    place.write("wrong.json", instance.bundle(signer, modelStatement()));
    assert.match(
      await place.refused(...add, "--bundle", "wrong.json", "--trusted-root", "own-root.json"),
      expected,
    );
  }
});
