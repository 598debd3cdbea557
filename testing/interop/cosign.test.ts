/** The signed statement of a package, before cosign: other people's reading of DSSE, in-toto and the predicate type. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  ATTESTATION_KEY_PATH,
  ENVELOPE_PATH,
  formatEnvelope,
  MANIFEST_PATH,
  parseEnvelope,
  signEnvelope,
  type Envelope,
} from "@countersign/package-format";
import { tellStory } from "../../packages/verify/src/testing/company.ts";
import { packed, type Files } from "../../packages/verify/src/testing/pack.ts";
import { needsTool } from "../outside-tools.ts";

const folder = mkdtempSync(join(tmpdir(), "cosign-"));
after(() => rmSync(folder, { recursive: true }));

const page = readFileSync(join(import.meta.dirname, "../../docs/formats/package.md"), "utf8");
const commands = page.split("\n").filter((line) => line.startsWith("cosign verify-blob-attestation "));
const [withEnvelope = "", withBundle = ""] = commands;

const files = packed(tellStory());
const envelope = envelopeOf(files);

function envelopeOf(from: Files): Envelope {
  const parsed = parseEnvelope(from.get(ENVELOPE_PATH) ?? "");
  assert.ok(parsed.ok);
  return parsed.value;
}

/** What the page says to put around an envelope, without the key id. */
function bundleOf({ signatures, ...rest }: Envelope): string {
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: "" } },
    dsseEnvelope: { ...rest, signatures: signatures.map(({ sig }) => ({ sig })) },
  });
}

type Given = {
  readonly envelope?: Envelope;
  readonly bundle?: string;
  readonly manifest?: Uint8Array;
  readonly key?: string;
};

/** Runs a command of the page in a folder with these files. @returns what cosign said, and whether it accepted */
function cosign(command: string, given: Given = {}): { readonly accepted: boolean; readonly said: string } {
  const at = mkdtempSync(join(folder, "run-"));
  const signed = given.envelope ?? envelope;
  writeFileSync(join(at, MANIFEST_PATH), given.manifest ?? files.get(MANIFEST_PATH) ?? "");
  writeFileSync(join(at, ENVELOPE_PATH), formatEnvelope(signed));
  writeFileSync(join(at, "manifest.sigstore.json"), given.bundle ?? bundleOf(signed));
  writeFileSync(join(at, ATTESTATION_KEY_PATH), given.key ?? files.get(ATTESTATION_KEY_PATH) ?? "");
  const [program = "", ...args] = command.split(" ");
  const env = { PATH: process.env["PATH"], HOME: at };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: at, env, encoding: "utf8" });
  return { accepted: status === 0, said: stdout + stderr };
}

/** The same envelope over other bytes, with the signature of the first. */
function changedPayload(change: (statement: string) => string): Envelope {
  const statement = change(Buffer.from(envelope.payload, "base64").toString());
  return { ...envelope, payload: Buffer.from(statement).toString("base64") };
}

function bentSignature(): Envelope {
  const [{ sig } = { sig: "" }] = envelope.signatures;
  const bytes = Buffer.from(sig, "base64");
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  return { ...envelope, signatures: [{ sig: bytes.toString("base64") }] };
}

function freshKey() {
  return generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
    publicKeyEncoding: { format: "pem", type: "spki" },
  });
}

test("the page has one command for the envelope and one for a bundle", () => {
  assert.equal(commands.length, 2);
  assert.match(withEnvelope, new RegExp(`--signature ${ENVELOPE_PATH} .*${MANIFEST_PATH}$`));
  assert.match(withBundle, new RegExp(`--bundle manifest.sigstore.json .*${MANIFEST_PATH}$`));
});

for (const [name, command] of [
  ["in its envelope", withEnvelope],
  ["in a Sigstore bundle", withBundle],
] as const) {
  test(`cosign accepts the statement of a package ${name}`, (t) => {
    if (!needsTool(t, "cosign")) return;
    const { accepted, said } = cosign(command);
    assert.ok(accepted, said);
    assert.match(said, /Verified OK/);
  });

  test(`cosign refuses what is not what was signed, ${name}`, (t) => {
    if (!needsTool(t, "cosign")) return;
    const refuses = (given: Given, reason: RegExp, as = command) => {
      const { accepted, said } = cosign(as, given);
      assert.equal(accepted, false, said);
      assert.match(said, reason);
    };
    const signature = /signature|threshold/i;
    const manifest = Buffer.from(files.get(MANIFEST_PATH) ?? "");
    refuses({ manifest: Buffer.concat([manifest, Buffer.from("\n")]) }, /digest/);
    refuses({ manifest: files.get("CHECK.md") ?? Buffer.alloc(0) }, /digest/);
    refuses(
      { envelope: changedPayload((text) => text.replace('"sampleData":true', '"sampleData":false')) },
      signature,
    );
    refuses(
      { envelope: { ...envelope, payloadType: "application/json" } },
      /payload ?type|signature|threshold/i,
    );
    refuses({ envelope: bentSignature() }, signature);
    refuses({ key: freshKey().publicKey }, signature);
    refuses({}, /predicate type/, command.replace("package:1", "package:2"));
    const other = freshKey();
    const payload = Buffer.from(envelope.payload, "base64");
    const resigned = signEnvelope(payload, envelope.payloadType, other.privateKey);
    refuses({ envelope: resigned }, signature);
    // The same bytes with the key that goes with them are accepted: it was the key that was refused.
    const { accepted, said } = cosign(command, { envelope: resigned, key: other.publicKey });
    assert.ok(accepted, said);
  });
}

test("a key id inside a bundle makes cosign pass the signature over, which is why it is left out", (t) => {
  if (!needsTool(t, "cosign")) return;
  const kept = JSON.stringify({ ...(JSON.parse(bundleOf(envelope)) as object), dsseEnvelope: envelope });
  const { accepted, said } = cosign(withBundle, { bundle: kept });
  assert.equal(accepted, false, said);
  assert.match(said, /threshold, Found: 0/);
});
