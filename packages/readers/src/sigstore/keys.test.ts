/** Bundles that a key signed, made here: statements of every kind, with nobody outside who saw them. */
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { artifactOf, verifyBundle, type Given } from "../index.ts";
import { NOW, production, wordsOf } from "../test-support/cases.ts";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const IN_TOTO = "application/vnd.in-toto+json";

/** DSSE's pre-authentication encoding, as its protocol page writes it. */
function signed(payload: string, options: { readonly key?: KeyObject; readonly type?: string } = {}): Given {
  const { key = privateKey, type = IN_TOTO } = options;
  const size = Buffer.byteLength(payload);
  const sig = sign(null, Buffer.from(`DSSEv1 ${type.length} ${type} ${size} ${payload}`), key);
  const bundle = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: "release" }, tlogEntries: [] },
    dsseEnvelope: {
      payload: Buffer.from(payload).toString("base64"),
      payloadType: type,
      signatures: [{ sig: sig.toString("base64"), keyid: "" }],
    },
  };
  return { bundle: Buffer.from(JSON.stringify(bundle)), key: publicKey, policy: {}, now: NOW };
}

const hash = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const weights = Buffer.from("weights");

function modelStatement(root?: string): string {
  const resources = [
    { name: "config.json", algorithm: "sha256", digest: hash("{}") },
    { name: "model.safetensors", algorithm: "sha256", digest: hash(weights) },
  ];
  const all = Buffer.from(resources.map(({ digest }) => digest).join(""), "hex");
  return JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "model", digest: { sha256: root ?? hash(all) } }],
    predicateType: "https://model_signing/signature/v1.0",
    predicate: {
      resources,
      serialization: { method: "files", hash_type: "sha256", allow_symlinks: false, ignore_paths: [".git"] },
    },
  });
}

const statementOf = (
  predicateType: string,
  predicate: unknown,
  subject: unknown = { sha256: hash(weights) },
) =>
  JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "a", digest: subject }],
    predicateType,
    predicate,
  });

test("a model that a key signed says its files, and that nobody outside saw the signature", () => {
  const outcome = verifyBundle({ ...signed(modelStatement()), artifact: artifactOf(weights) });
  assert.ok(
    outcome.state === "verified" && outcome.signed.kind === "statement" && outcome.signer.kind === "key",
  );
  const der = publicKey.export({ type: "spki", format: "der" });
  assert.equal(outcome.signer.fingerprint, `sha256:${hash(der)}`);
  assert.deepEqual([outcome.times, outcome.entries], [[], []]);
  const { predicate } = outcome.signed.statement;
  assert.ok(predicate.kind === "model-signature");
  assert.deepEqual(
    predicate.files.map((file) => file.name),
    ["config.json", "model.safetensors"],
  );
  assert.deepEqual(outcome.artifact, {
    kind: "file",
    name: "model.safetensors",
    algorithm: "sha256",
    hex: hash(weights),
  });
});

test("a model's digest that is not over the files it lists is refused", () => {
  assert.equal(wordsOf(verifyBundle(signed(modelStatement(hash("another model"))))), "refused statement");
});

test("provenance is read to its builder and source; what lacks a builder, and what has no reader, is unknown", () => {
  const predicateOf = (text: string) => {
    const outcome = verifyBundle(signed(text));
    assert.ok(outcome.state === "verified" && outcome.signed.kind === "statement", JSON.stringify(outcome));
    return outcome.signed.statement.predicate;
  };
  const slsa = "https://slsa.dev/provenance/v1";
  const buildDefinition = {
    buildType: "https://actions.github.io/buildtypes/workflow/v1",
    externalParameters: { workflow: { repository: "https://github.com/acme/api", ref: "refs/heads/main" } },
    resolvedDependencies: [
      { uri: "git+https://github.com/acme/api", digest: { gitCommit: "ab".repeat(20) } },
    ],
  };
  const builder = { id: "https://github.com/actions/runner/github-hosted" };
  assert.deepEqual(predicateOf(statementOf(slsa, { buildDefinition, runDetails: { builder } })), {
    kind: "slsa-provenance",
    buildType: buildDefinition.buildType,
    builder: builder.id,
    sourceRepository: "https://github.com/acme/api",
    sourceRevision: "ab".repeat(20),
  });
  assert.deepEqual(predicateOf(statementOf(slsa, { buildDefinition })), {
    kind: "unknown",
    why: "predicate.runDetails.builder.id: missing",
  });
  assert.deepEqual(predicateOf(statementOf("https://example.com/lunch/v1", { soup: 1.5 })), {
    kind: "unknown",
    why: "there is no reader for this predicate type",
  });
});

test("statements with another reading, or without digests, are refused", () => {
  for (const text of [
    "{}",
    "[]",
    modelStatement().replace('"_type"', '"predicateType":"https://slsa.dev/provenance/v1","_type"'),
    modelStatement().replace("Statement/v1", "Statement/v2"),
    statementOf("x", {}, {}),
    statementOf("x", {}, { sha256: "AB".repeat(32) }),
    statementOf("x", {}, { sha256: 7 }),
    statementOf("x\u202e", {}),
    statementOf("x", {}).replace("https", "\\ud800"),
    statementOf("x", {}).replace('"name":"a"', '"name":"a\\n"'),
  ])
    assert.equal(wordsOf(verifyBundle(signed(text))), "refused statement", text);
});

test("another key's signature is refused, and a bent one too", () => {
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
  assert.equal(
    wordsOf(verifyBundle(signed(modelStatement(), { key: other.privateKey }))),
    "refused signature",
  );
  assert.equal(
    wordsOf(verifyBundle({ ...signed(modelStatement()), key: other.publicKey })),
    "refused signature",
  );
});

test("what cannot be told is unknown: no key, a key of another kind, no in-toto statement", () => {
  const { key: _, ...keyless } = signed(modelStatement());
  assert.equal(wordsOf(verifyBundle(keyless)), "unknown no-key");
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const large = { ...signed(modelStatement(), { key: p384.privateKey }), key: p384.publicKey };
  assert.equal(wordsOf(verifyBundle(large)), "unknown algorithm");
  assert.equal(wordsOf(verifyBundle(signed("hello", { type: "text/plain" }))), "unknown payload-type");
});

test("a trusted root beside the key demands its log", () => {
  assert.equal(wordsOf(verifyBundle({ ...signed(modelStatement()), root: production })), "refused log");
});

test("an Ed25519 key's signature is verified", () => {
  const ed25519 = generateKeyPairSync("ed25519");
  const given = { ...signed(modelStatement(), { key: ed25519.privateKey }), key: ed25519.publicKey };
  assert.equal(wordsOf(verifyBundle(given)), "verified");
});
