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

/** What stands before the 64 bytes of both coordinates in the SPKI of a P-256 key (RFC 5480), point uncompressed. */
const SPKI_P256 = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d03010703420004", "hex");

const PEM = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----\n$/;

/**
 * A P-256 public key in PEM: one block, in lines of 64, and nothing else. There is one spelling of each key, so that no
 * reader takes what another refuses.
 */
export function parsePublicKeyPem(text: string): Result<KeyObject, string> {
  const body = PEM.exec(text)?.[1];
  const spki = Buffer.from(body?.replaceAll("\n", "") ?? "", "base64");
  if (body === undefined || pemOf(spki) !== text) return err("not one public key in PEM");
  const isUncompressed = spki.length === SPKI_P256.length + 64;
  if (!isUncompressed || Buffer.compare(spki.subarray(0, SPKI_P256.length), SPKI_P256) !== 0)
    return err("not an ECDSA P-256 key");
  try {
    return ok(createPublicKey({ key: spki, format: "der", type: "spki" }));
  } catch {
    return err("not a point of the curve P-256");
  }
}

export function publicKeyPem(key: KeyObject): string {
  return pemOf(spkiOf(key));
}

function pemOf(spki: Uint8Array): string {
  const lines =
    Buffer.from(spki)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`;
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
