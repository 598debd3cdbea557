/** Public keys and the short forms by which people compare them. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { err, fromHex, ok, sha256, toHex, type Result } from "@countersign/kernel";

export function isP256(key: KeyObject): boolean {
  return key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1";
}

/** DER of the SubjectPublicKeyInfo (RFC 5280 section 4.1) of a public key, or of a private key's public half. */
export function spkiOf(key: KeyObject): Uint8Array {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
}

/** The key id of an envelope's signature: SHA-256 of the SPKI, hex. */
export function keyIdOfSpki(spki: Uint8Array): string {
  return toHex(sha256(spki));
}

/** A P-256 public key in PEM. Nothing but one block may stand in the file. */
export function parsePublicKeyPem(text: string): Result<KeyObject, string> {
  if (!/^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n$/.test(text))
    return err("not one public key in PEM");
  try {
    const key = createPublicKey(text);
    return isP256(key) ? ok(key) : err("not an ECDSA P-256 key");
  } catch {
    return err("not a readable public key");
  }
}

export function publicKeyPem(key: KeyObject): string {
  return createPublicKey({ key: Buffer.from(spkiOf(key)), format: "der", type: "spki" })
    .export({ format: "pem", type: "spki" })
    .toString();
}

export type Fingerprint = {
  /** Four groups of four hex digits: the first 8 bytes of the full form. */
  readonly short: string;
  /** SHA-256, 64 hex digits. */
  readonly full: string;
};

/** @param key the 32 raw bytes of an Ed25519 key, or the SPKI DER of an attestation key. */
export function fingerprintOf(key: Uint8Array): Fingerprint {
  const full = toHex(sha256(key));
  return { full, short: (full.slice(0, 16).match(/.{4}/g) ?? []).join(" ") };
}

/**
 * Whether what a person typed names the key: the short or the full form, in any case, with or without separators.
 * A text that is no fingerprint at all is an error, so that a typing slip is not read as "another key".
 */
export function matchesFingerprint(typed: string, key: Uint8Array): Result<boolean, string> {
  const digits = typed
    .toLowerCase()
    .replace(/^sha256:/, "")
    .replace(/[\s:-]/g, "");
  if (!/^(?:[0-9a-f]{16}|[0-9a-f]{64})$/.test(digits))
    return err("a fingerprint has 16 hex digits (four groups of four) or 64");
  return ok(Buffer.compare(fromHex(digits), sha256(key).subarray(0, digits.length / 2)) === 0);
}
