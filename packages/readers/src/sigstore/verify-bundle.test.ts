import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { artifactOf, verifyBundle, type Given } from "../index.ts";
import {
  caseOf,
  changed,
  committed,
  givenOf,
  ISSUER,
  NOW,
  production,
  staging,
  wordsOf,
  type Loose,
} from "../test-support/cases.ts";

/** What each comes to; of the refused ones the reason is a part of what is promised. */
const expected: { readonly [name: string]: string } = {
  "happy-path-v0.1": "verified",
  "happy-path-v0.2": "verified",
  "happy-path-v0.3-new-mediaType": "verified",
  "managed-key-happy-path": "verified",
  "rekor2-dsse-happy-path": "verified",
  "bundle-from-wrong-instance_fail": "refused certificate",
  "bundle-unknown-version_fail": "refused form",
  "bundle-with-root-cert_fail": "refused certificate",
  "checkpoint-wrong-roothash_fail": "refused form",
  "dsse-invalid-sig_fail": "refused log",
  "dsse-mismatch-sig_fail": "refused log",
  "inclusion-proof-corrupted-hash_fail": "refused log",
  "integrated-time-in-future_fail": "refused certificate",
  "intoto-missing-inclusion-proof_fail": "refused form",
  "invalid-checkpoint-signature_fail": "refused log",
  "managed-key-wrong-key_fail": "public key: a public key as PEM that cannot be read",
  "message-digest-mismatch_fail": "refused log",
  "rekor2-no-timestamp_fail": "refused time",
  "set-invalid-signature_fail": "refused log",
  "wrong-hashedrekord-artifact_fail": "refused log",
};

const casesIn = (folder: string) =>
  readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory());

test("each public case comes to what its authors say, for the reason that is written here", () => {
  assert.deepEqual(casesIn(committed).sort(), Object.keys(expected).sort());
  for (const [name, words] of Object.entries(expected)) {
    const given = givenOf(committed, name);
    assert.equal(typeof given === "string" ? given : wordsOf(verifyBundle(given)), words, name);
  }
  const verified = Object.values(expected).filter((words) => words === "verified").length;
  assert.ok(Object.keys(expected).length > 3 * verified, "more refused than accepted");
});

test("every case of the whole conformance suite is verified, or refused where its name says so", (context) => {
  const folder = process.env["COUNTERSIGN_SIGSTORE_CONFORMANCE"];
  if (folder === undefined) {
    context.skip("COUNTERSIGN_SIGSTORE_CONFORMANCE names no folder with the suite");
    return;
  }
  const wrong = casesIn(folder).filter((name) => {
    const given = givenOf(folder, name);
    const verified = typeof given !== "string" && verifyBundle(given).state === "verified";
    return verified === name.endsWith("_fail");
  });
  context.diagnostic(`${casesIn(folder).length} cases`);
  assert.deepEqual(wrong, []);
});

const signature = caseOf("happy-path-v0.3-new-mediaType");
const statement = caseOf("rekor2-dsse-happy-path");

test("a signature over a file says who signed, when by which clock, and where it is logged", () => {
  assert.deepEqual(verifyBundle(signature), {
    state: "verified",
    version: "0.3",
    signer: {
      kind: "certificate",
      name: { form: "uri", text: signature.policy.identity },
      issuer: ISSUER,
      sourceRepository: "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon",
      sourceRevision: "c7b3dfb335f051e1c86bda4c716fac97df62ad81",
    },
    demanded: signature.policy,
    times: [{ at: "2024-03-19T17:26:26Z", by: "log" }],
    entries: [{ log: "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d", index: "79571823" }],
    signed: { kind: "artifact" },
    artifact: {
      kind: "whole",
      algorithm: "sha256",
      hex: "a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf",
    },
  });
});

test("a statement says of what it speaks, and which subject the artifact is", () => {
  const outcome = verifyBundle(statement);
  assert.ok(outcome.state === "verified" && outcome.signed.kind === "statement");
  assert.equal(outcome.signed.statement.predicateType, "https://slsa.dev/provenance/v1");
  assert.equal(outcome.signed.statement.predicate.kind, "slsa-provenance");
  assert.deepEqual(outcome.artifact, {
    kind: "subject",
    name: "a.txt",
    algorithm: "sha256",
    hex: "a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf",
  });
  assert.deepEqual(outcome.times, [{ at: "2026-05-13T19:23:33Z", by: "authority" }]);
});

test("without a policy a bundle is verified, and the result says that nobody was demanded", () => {
  const outcome = verifyBundle({ ...signature, policy: {} });
  assert.ok(outcome.state === "verified");
  assert.deepEqual(outcome.demanded, {});
});

test("another signer, another issuer, and a part of the right one are refused; an asterisk stands for any text", () => {
  const { identity = "" } = signature.policy;
  const say = (policy: Given["policy"]) => wordsOf(verifyBundle({ ...signature, policy }));
  for (const wrong of [
    identity.slice(0, -1),
    `${identity}x`,
    identity.toUpperCase(),
    "https://github.com/sigstore-conformance/",
    ".*",
    "",
    "https://github.com/other/*",
    "*refs/heads/other",
    `${identity}*main`,
  ])
    assert.equal(say({ identity: wrong }), "refused signer", wrong);
  for (const right of [
    identity,
    "*",
    "https://github.com/sigstore-conformance/*",
    "*@refs/heads/main",
    "https://*/workflows/*main",
  ])
    assert.equal(say({ identity: right }), "verified", right);
  assert.equal(say({ identity, issuer: `${ISSUER}/` }), "refused signer");
  assert.equal(say({ identity, issuer: "https://accounts.google.com" }), "refused signer");
  assert.equal(say({ issuer: ISSUER }), "verified");
});

test("a key has no identity that could be demanded", () => {
  const byKey = caseOf("managed-key-happy-path");
  assert.equal(wordsOf(verifyBundle({ ...byKey, policy: { issuer: ISSUER } })), "refused signer");
});

test("another artifact is refused, whether its bytes or its digest were signed", () => {
  const other = artifactOf(Buffer.from("other"));
  assert.equal(wordsOf(verifyBundle({ ...signature, artifact: other })), "refused signature");
  assert.equal(wordsOf(verifyBundle({ ...statement, artifact: other })), "refused artifact");
});

test("bundles of one instance are refused under the trusted root of another", () => {
  assert.equal(wordsOf(verifyBundle({ ...signature, root: staging })), "refused certificate");
  // Its authority stamps the time, and that is looked at first.
  assert.equal(wordsOf(verifyBundle({ ...statement, root: production })), "refused time");
});

test("what the trusted root does not speak of at all is unknown, and not refused", () => {
  const { root = production } = statement;
  const say = (given: Given) => wordsOf(verifyBundle(given));
  assert.equal(say({ ...statement, root: { ...root, certificateAuthorities: [] } }), "unknown root-lacks");
  assert.equal(say({ ...statement, root: { ...root, tlogs: [] } }), "unknown root-lacks");
  assert.equal(say({ ...statement, root: { ...root, timestampAuthorities: [] } }), "unknown root-lacks");
  assert.equal(say({ bundle: statement.bundle, policy: {}, now: NOW }), "unknown no-root");
  assert.equal(
    say({ bundle: signature.bundle, policy: {}, root: production, now: NOW }),
    "unknown no-artifact",
  );
});

test("what was signed after now is refused", () => {
  const early = Date.parse("2024-03-19T17:26:25Z");
  assert.equal(wordsOf(verifyBundle({ ...signature, now: early })), "refused time");
  assert.equal(wordsOf(verifyBundle({ ...signature, now: early + 1000 })), "verified");
});

/** Each place of a bundle whose bytes somebody signed, or that a proof leads through. */
const places: { readonly [place: string]: (bundle: Loose) => readonly [Loose, string | number] } = {
  certificate: (bundle) => [bundle.verificationMaterial.certificate, "rawBytes"],
  "log id": (bundle) => [bundle.verificationMaterial.tlogEntries[0].logId, "keyId"],
  "entry's body": (bundle) => [bundle.verificationMaterial.tlogEntries[0], "canonicalizedBody"],
  promise: (bundle) => [bundle.verificationMaterial.tlogEntries[0].inclusionPromise, "signedEntryTimestamp"],
  "proof's root": (bundle) => [bundle.verificationMaterial.tlogEntries[0].inclusionProof, "rootHash"],
  "first hash": (bundle) => [bundle.verificationMaterial.tlogEntries[0].inclusionProof.hashes, 0],
  "time stamp": (bundle) => [
    bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps[0],
    "signedTimestamp",
  ],
  signature: (bundle) => [
    bundle.messageSignature ?? bundle.dsseEnvelope.signatures[0],
    bundle.messageSignature ? "signature" : "sig",
  ],
  "message digest": (bundle) => [bundle.messageSignature?.messageDigest, "digest"],
  payload: (bundle) => [bundle.dsseEnvelope, "payload"],
};

test("a bit turned in any signed place is refused, and elsewhere changes nothing of what is said", () => {
  let turned = 0;
  const accepted: string[] = [];
  for (const given of [signature, statement])
    for (const [place, find] of Object.entries(places)) {
      const length = lengthOf(given, find);
      // Every byte of what is small; of certificates and stamps enough to meet each of their parts.
      const step = Math.max(1, Math.floor(length / 12));
      for (let at = 0; at < length; at += step) {
        const outcome = changed(given, (bundle) => {
          const [holder, name] = find(bundle);
          const bytes = Buffer.from(holder[name] as string, "base64");
          bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
          holder[name] = bytes.toString("base64");
        });
        // Of a time stamp's wrapping some is signed by nobody: then nothing of what is said may change.
        const same = place === "time stamp" && isDeepStrictEqual(outcome, verifyBundle(given));
        if (outcome.state === "verified" && !same) accepted.push(`${place}, byte ${at} of ${length}`);
        turned++;
      }
    }
  assert.deepEqual(accepted, []);
  assert.ok(turned > 150, `${turned} changes`);
});

function lengthOf(given: Given, find: (bundle: Loose) => readonly [Loose, string | number]): number {
  const [holder, name] = find(JSON.parse(Buffer.from(given.bundle).toString()));
  const text: unknown = holder?.[name];
  return typeof text === "string" ? Buffer.from(text, "base64").length : 0;
}

test("numbers and names around the proofs are refused when they differ", () => {
  const entry = (bundle: Loose) => bundle.verificationMaterial.tlogEntries[0];
  const changes: { readonly [what: string]: (bundle: Loose) => void } = {
    "log index": (bundle) => (entry(bundle).logIndex = "79571824"),
    "integrated time": (bundle) => (entry(bundle).integratedTime = "1710869187"),
    "proof index": (bundle) => (entry(bundle).inclusionProof.logIndex = "1"),
    "tree size": (bundle) => (entry(bundle).inclusionProof.treeSize = "75408394"),
    checkpoint: (bundle) =>
      (entry(bundle).inclusionProof.checkpoint.envelope = entry(
        bundle,
      ).inclusionProof.checkpoint.envelope.replace("rekor", "recor")),
    kind: (bundle) => (entry(bundle).kindVersion.kind = "dsse"),
    "no entry": (bundle) => (bundle.verificationMaterial.tlogEntries = []),
    "no promise": (bundle) => delete entry(bundle).inclusionPromise,
    "no proof": (bundle) => delete entry(bundle).inclusionProof,
    "an entry twice": (bundle) => bundle.verificationMaterial.tlogEntries.push(entry(bundle)),
    "a member more": (bundle) => (bundle.remark = "trust me"),
    "two kinds of signer": (bundle) => (bundle.verificationMaterial.publicKey = { hint: "x" }),
    "an older version": (bundle) =>
      (bundle.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.4"),
    "more after the version": (bundle) => (bundle.mediaType += "x"),
  };
  for (const [what, change] of Object.entries(changes))
    assert.equal(changed(signature, change).state, "refused", what);
  assert.equal(changed(statement, (bundle) => (entry(bundle).logIndex = "7")).state, "refused");
});

test("no bytes make the reader throw", () => {
  for (let cut = 0; cut < signature.bundle.length; cut += 97)
    assert.equal(verifyBundle({ ...signature, bundle: signature.bundle.subarray(0, cut) }).state, "refused");
  for (const text of ["", "null", "[]", "{}", '"x"', "{}{}", "\ufeff{}", "[".repeat(100_000)])
    assert.equal(wordsOf(verifyBundle({ ...signature, bundle: Buffer.from(text) })), "refused form", text);
});
