import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  decodeBase64,
  IN_TOTO_TYPE,
  openEnvelope,
  parseEnvelope,
  preAuthenticationEncoding,
  signEnvelope,
  formatEnvelope,
  type Envelope,
} from "./dsse.ts";
import {
  fingerprintOf,
  keyIdOfSpki,
  matchesFingerprint,
  parsePublicKeyPem,
  publicKeyPem,
  spkiOf,
} from "./keys.ts";

const file = join(import.meta.dirname, "../../../../shared/fixtures/integrity/dsse/vectors.json");
const skip = existsSync(file) ? false : "the shared fixtures are not beside this checkout";

type Vectors = {
  readonly keys: { readonly [id: string]: { readonly public: string } };
  readonly vectors: readonly {
    readonly id: string;
    readonly envelope: Envelope;
    readonly trustedKeys: readonly string[];
    readonly threshold: number;
    readonly supportedPayloadTypes: readonly string[];
    readonly pae: string;
    readonly expect: "accept" | "reject";
  }[];
};

function ed25519(hex: string): KeyObject {
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(hex, "hex")]);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

test("the DSSE vectors are accepted and rejected as they say", { skip }, () => {
  const { keys, vectors } = JSON.parse(readFileSync(file, "utf8")) as Vectors;
  assert.ok(vectors.length >= 9);
  for (const vector of vectors) {
    const trusted = vector.trustedKeys.map((id) => ({ keyid: id, key: ed25519(keys[id]?.public ?? "") }));
    const opened = openEnvelope(vector.envelope, trusted, {
      payloadTypes: vector.supportedPayloadTypes,
      threshold: vector.threshold,
    });
    assert.equal(opened.ok, vector.expect === "accept", vector.id);
    // A rejected vector may give the encoding of what was signed, not of what the envelope claims.
    if (vector.expect === "reject") continue;
    const payload = decodeBase64(vector.envelope.payload);
    assert.ok(payload.ok);
    const encoded = preAuthenticationEncoding(vector.envelope.payloadType, payload.value);
    assert.equal(Buffer.from(encoded).toString("hex"), vector.pae, vector.id);
  }
});

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const payload = Buffer.from('{"a":1}');

test("an envelope opens with its key only, and not after any change", () => {
  const envelope = signEnvelope(payload, IN_TOTO_TYPE, pem);
  const types = { payloadTypes: [IN_TOTO_TYPE] };
  assert.deepEqual(openEnvelope(envelope, [{ key: publicKey }], types), {
    ok: true,
    value: new Uint8Array(payload),
  });
  assert.deepEqual(parseEnvelope(formatEnvelope(envelope)), { ok: true, value: envelope });
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
  assert.equal(openEnvelope(envelope, [{ key: other }], types).ok, false);
  const changed = { ...envelope, payload: Buffer.from('{"a":2}').toString("base64") };
  assert.equal(openEnvelope(changed, [{ key: publicKey }], types).ok, false);
  assert.equal(openEnvelope({ ...envelope, signatures: [] }, [{ key: publicKey }], types).ok, false);
  const [signature] = envelope.signatures;
  const bytes = Buffer.from(signature?.sig ?? "", "base64");
  for (let at = 0; at < bytes.length; at += 5) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    const bent = { ...envelope, signatures: [{ sig: flipped.toString("base64") }] };
    assert.equal(openEnvelope(bent, [{ key: publicKey }], types).ok, false, `byte ${at}`);
  }
});

test("an envelope is read closed and canonical", () => {
  const envelope = signEnvelope(payload, IN_TOTO_TYPE, pem);
  for (const text of [
    JSON.stringify({ ...envelope, extra: 1 }),
    `${formatEnvelope(envelope)}\n`,
    "{}",
    formatEnvelope(envelope).replace('"keyid"', '"keyId"'),
  ])
    assert.equal(parseEnvelope(text).ok, false, text);
});

test("only P-256 signs manifests, and only its PEM is read", () => {
  const ed = generateKeyPairSync("ed25519");
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
  for (const key of [ed, p384]) {
    const private_ = key.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    assert.throws(() => signEnvelope(payload, IN_TOTO_TYPE, private_), TypeError);
    assert.equal(parsePublicKeyPem(publicKeyPem(key.publicKey)).ok, false);
  }
  const text = publicKeyPem(publicKey);
  assert.equal(parsePublicKeyPem(text).ok, true);
  assert.equal(parsePublicKeyPem(text + text).ok, false);
  assert.equal(parsePublicKeyPem(pem).ok, false);
});

test("a fingerprint is compared in any spelling, and a slip of the pen is not another key", () => {
  const spki = spkiOf(publicKey);
  const { short, full } = fingerprintOf(spki);
  assert.match(short, /^[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}$/);
  assert.equal(full, keyIdOfSpki(spki));
  assert.equal(full.slice(0, 16), short.replaceAll(" ", ""));
  for (const typed of [short, short.toUpperCase(), short.replaceAll(" ", ":"), full, `sha256:${full}`])
    assert.deepEqual(matchesFingerprint(typed, spki), { ok: true, value: true });
  assert.deepEqual(matchesFingerprint("0000 0000 0000 0000", spki), { ok: true, value: false });
  assert.equal(matchesFingerprint(short.slice(1), spki).ok, false);
});
