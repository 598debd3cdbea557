/**
 * Dead Simple Signing Envelope (DSSE 1.0): the signature covers the payload's type and bytes through PAE, the
 * pre-authentication encoding, so that neither can be swapped. Manifests are signed with ECDSA P-256 and SHA-256.
 */
import { createPrivateKey, sign, verify, type KeyObject } from "node:crypto";
import { canonicalJson, err, ok, type Result } from "@countersign/kernel";
import { isP256, keyIdOfSpki, spkiOf } from "./keys.ts";
import * as shape from "./shape.ts";

export const IN_TOTO_TYPE = "application/vnd.in-toto+json";

export type Envelope = {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: string }[];
};

/** `DSSEv1 <type's length> <type> <body's length> <body>`, lengths in bytes. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

/** @param privateKeyPem ECDSA P-256. The signature is ASN.1 DER, as openssl and cosign read it. */
export function signEnvelope(payload: Uint8Array, payloadType: string, privateKeyPem: string): Envelope {
  const key = createPrivateKey(privateKeyPem);
  if (!isP256(key)) throw new TypeError("an attestation key is ECDSA P-256");
  const sig = sign("sha256", preAuthenticationEncoding(payloadType, payload), { key, dsaEncoding: "der" });
  return {
    payload: Buffer.from(payload).toString("base64"),
    payloadType,
    signatures: [{ keyid: keyIdOfSpki(spkiOf(key)), sig: sig.toString("base64") }],
  };
}

export function formatEnvelope(envelope: Envelope): string {
  return canonicalJson(envelope);
}

const withKeyId = shape.object({ keyid: shape.string, sig: shape.string });
const withoutKeyId = shape.object({ sig: shape.string });
const envelopeShape: shape.Shape<Envelope> = shape.object({
  payload: shape.string,
  payloadType: shape.string,
  signatures: shape.list<Envelope["signatures"][number]>(
    shape.tagged({ keyid: withKeyId, sig: withoutKeyId }),
  ),
});

/** manifest.dsse.json: canonical JSON with these members only. */
export function parseEnvelope(bytes: Uint8Array | string): Result<Envelope, string> {
  return shape.readDocument(bytes, envelopeShape);
}

/** Standard or URL-safe base64, padded; the specification asks verifiers to take both. */
export function decodeBase64(text: string): Result<Uint8Array, string> {
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Buffer.from(standard, "base64");
  return bytes.toString("base64") === standard ? ok(new Uint8Array(bytes)) : err("not base64");
}

export type TrustedKey = { readonly keyid?: string; readonly key: KeyObject };

/**
 * Gives the payload when at least `threshold` different trusted keys signed it. A key id is a hint and is never
 * trusted: each signature is tried with every key.
 */
export function openEnvelope(
  envelope: Envelope,
  trusted: readonly TrustedKey[],
  options: { readonly payloadTypes: readonly string[]; readonly threshold?: number },
): Result<Uint8Array, string> {
  if (envelope.payloadType === "" || !options.payloadTypes.includes(envelope.payloadType))
    return err(`a payload of type ${JSON.stringify(envelope.payloadType)} is not expected here`);
  const payload = decodeBase64(envelope.payload);
  if (!payload.ok) return err(`the payload is ${payload.error}`);
  const encoded = preAuthenticationEncoding(envelope.payloadType, payload.value);
  const signers = new Set<TrustedKey>();
  for (const { sig } of envelope.signatures) {
    const signature = decodeBase64(sig);
    if (!signature.ok) return err(`a signature is ${signature.error}`);
    const signer = trusted.find(({ key }) => holds(key, encoded, signature.value));
    if (signer !== undefined) signers.add(signer);
  }
  const threshold = options.threshold ?? 1;
  return signers.size >= threshold
    ? payload
    : err(
        threshold === 1
          ? "no signature of the expected key"
          : `${signers.size} of ${threshold} signatures hold`,
      );
}

function holds(key: KeyObject, encoded: Uint8Array, signature: Uint8Array): boolean {
  try {
    if (key.asymmetricKeyType === "ed25519") return verify(null, encoded, key, signature);
    return isP256(key) && verify("sha256", encoded, { key, dsaEncoding: "der" }, signature);
  } catch {
    // OpenSSL throws on signatures that are not DER.
    return false;
  }
}
