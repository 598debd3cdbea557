/** The manifest, the signature over it, and the key: that of the package's file, which must be the one the log names. */
import { digestOf } from "@countersign/kernel";
import {
  ATTESTATION_KEY_PATH,
  decodeBase64,
  ENVELOPE_PATH,
  formatEnvelope,
  IN_TOTO_TYPE,
  keyIdOfSpki,
  MANIFEST_PATH,
  openEnvelope,
  parseEnvelope,
  parseManifest,
  parsePublicKeyPem,
  parseStatement,
  spkiOf,
  type Envelope,
  type PackagePredicate,
  type TrustedKey,
} from "@countersign/package-format";
import { formatVerifierKey } from "@countersign/ledger";
import type { Faults } from "./faults.ts";
import { attestationFault } from "./key-check.ts";
import { readText, type LogCheck } from "./log-check.ts";
import type { PackageFiles } from "./package-files.ts";

export type SignatureCheck = {
  /** What the signature covers; undefined when it does not hold. */
  readonly predicate: PackagePredicate | undefined;
  /** SPKI DER of the key in the package. */
  readonly attestationKey: Uint8Array | undefined;
};

export function checkSignature(files: PackageFiles, faults: Faults): SignatureCheck {
  const manifest = files.readUnlisted(MANIFEST_PATH);
  if (manifest !== undefined) {
    const parsed = parseManifest(manifest);
    if (parsed.ok) files.compareWith(parsed.value.files);
    else faults.add("manifest", MANIFEST_PATH, parsed.error);
  }
  const pem = readText(files, ATTESTATION_KEY_PATH);
  const key = pem === undefined ? undefined : parsePublicKeyPem(pem);
  if (key?.ok === false) faults.add("attestation-key", ATTESTATION_KEY_PATH, key.error);
  const envelope = files.readUnlisted(ENVELOPE_PATH);
  if (envelope === undefined || key?.ok !== true) return { predicate: undefined, attestationKey: undefined };
  const predicate = openStatement(envelope, key.value, manifest, faults);
  return { predicate, attestationKey: spkiOf(key.value) };
}

function openStatement(
  bytes: Uint8Array,
  key: TrustedKey["key"],
  manifest: Uint8Array | undefined,
  faults: Faults,
): PackagePredicate | undefined {
  const envelope = parseEnvelope(bytes);
  if (!envelope.ok) {
    faults.add("envelope", ENVELOPE_PATH, envelope.error);
    return undefined;
  }
  const payload = openEnvelope(envelope.value, [{ key }], { payloadTypes: [IN_TOTO_TYPE] });
  if (!payload.ok) {
    faults.add("manifest-signature", ENVELOPE_PATH, payload.error);
    return undefined;
  }
  const spelled = oneSpelling(envelope.value, payload.value, key);
  if (formatEnvelope(spelled) !== Buffer.from(bytes).toString("utf8"))
    faults.add("envelope", ENVELOPE_PATH, "not one signature with the key's own id, in plain base64");
  const statement = parseStatement(payload.value);
  if (!statement.ok) {
    faults.add("statement", ENVELOPE_PATH, statement.error);
    return undefined;
  }
  const { manifest: signed, predicate } = statement.value;
  const found = manifest === undefined ? undefined : digestOf(manifest);
  if (found !== undefined && found !== signed)
    faults.add("manifest-signature", MANIFEST_PATH, `${found} here, the signature is over ${signed}`);
  return predicate;
}

/**
 * A signature covers neither the key id nor how base64 is written: whoever carries a package could change both unseen, so
 * that here they are what the writer writes.
 */
function oneSpelling(envelope: Envelope, payload: Uint8Array, key: TrustedKey["key"]): Envelope {
  const plain = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const signature = decodeBase64(envelope.signatures[0]?.sig ?? "");
  return {
    payload: plain(payload),
    payloadType: envelope.payloadType,
    signatures: [{ keyid: keyIdOfSpki(spkiOf(key)), sig: signature.ok ? plain(signature.value) : "" }],
  };
}

/** That the signed statement and the log speak of the same log, keys and company. */
export function compareStatement(signature: SignatureCheck, log: LogCheck, faults: Faults): void {
  const { predicate, attestationKey } = signature;
  const { facts, checkpoint } = log;
  if (attestationKey !== undefined) {
    const fault = attestationFault(log.keys, facts, Buffer.from(attestationKey).toString("base64"));
    if (fault !== undefined) faults.add("attestation-key", ATTESTATION_KEY_PATH, fault);
  }
  if (predicate === undefined) return;
  const differs = (what: string, signed: string | number, here: string | number | undefined) => {
    if (here !== undefined && signed !== here)
      faults.add(
        "statement",
        ENVELOPE_PATH,
        `the signed statement says ${what} ${signed}, the ledger ${here}`,
      );
  };
  differs("organization", predicate.organization.id, facts.organization);
  // Without the records that name it, the file beside them says nothing that a statement could contradict.
  const named = facts.keyEvents.length > 0 ? log.logKey : undefined;
  differs("log key", predicate.logKey, named && formatVerifierKey(named));
  differs("origin", predicate.checkpoint.origin, checkpoint?.origin);
  differs("checkpoint size", predicate.checkpoint.size, checkpoint?.size);
  const root = checkpoint === undefined ? undefined : Buffer.from(checkpoint.root).toString("base64");
  differs("checkpoint root", predicate.checkpoint.root, root);
  const run = facts.kept.get(predicate.run);
  if (log.complete && run?.type !== "assessment.run")
    faults.add(
      "run",
      ENVELOPE_PATH,
      `the signed statement names the run ${predicate.run}, which the ledger does not hold`,
    );
}
