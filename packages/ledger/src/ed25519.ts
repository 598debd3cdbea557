/**
 * Ed25519 under one rule for odd points, so that every implementation gives the same verdict. Libraries differ on public
 * keys and nonces of low order, on encodings that are not the shortest, and on S beyond the group's order; here all of
 * those are refused before a library is asked. What then remains is the equation of RFC 8032 section 5.1.7 without the
 * cofactor, [S]B = R + [k]A, as OpenSSL and Go check it. (docs/formats/checkpoint.md, odd points.)
 */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";

export const ED25519_KEY_BYTES = 32;
export const ED25519_SIGNATURE_BYTES = 64;

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** p = 2^255 - 19, and the group's order L; both little-endian, as everything in RFC 8032. */
const FIELD_PRIME = Buffer.from("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "hex");
const GROUP_ORDER = Buffer.from("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", "hex");

/** The y coordinates of the eight points whose order divides the cofactor; the sign of x makes no difference. */
const LOW_ORDER_Y = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((hex) => Buffer.from(hex, "hex"));

/** @param a @param b 32 bytes each, little-endian. */
function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Why 32 bytes are not taken for a public key (or for the R of a signature); undefined when they can be. */
export function pointFault(point: Uint8Array): string | undefined {
  if (point.length !== ED25519_KEY_BYTES) return `${point.length} bytes, not ${ED25519_KEY_BYTES}`;
  const y = Buffer.from(point);
  y[31] = (y[31] ?? 0) & 0x7f;
  if (!isBelow(y, FIELD_PRIME)) return "a point that is not in its shortest encoding";
  if (LOW_ORDER_Y.some((each) => y.equals(each))) return "a point of low order";
  return undefined;
}

/** Whether anything stands against a signature before mathematics is asked. */
export function isPlainSignature(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    signature.length === ED25519_SIGNATURE_BYTES &&
    pointFault(publicKey) === undefined &&
    pointFault(signature.subarray(0, 32)) === undefined &&
    isBelow(signature.subarray(32), GROUP_ORDER)
  );
}

export function verifyEd25519(message: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (!isPlainSignature(publicKey, signature)) return false;
  try {
    return verify(null, message, ed25519KeyObject(publicKey), signature);
  } catch {
    // 32 bytes that are no point of the curve.
    return false;
  }
}

/** Deterministic: same message and key, same 64 bytes. */
export function signEd25519(message: Uint8Array, privateKeyPem: string): Uint8Array {
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError("a note's key is Ed25519");
  return sign(null, message, key);
}

/** The 32 bytes of the public key. */
export function publicKeyOf(privateKeyPem: string): Uint8Array {
  const spki = createPublicKey(createPrivateKey(privateKeyPem)).export({ format: "der", type: "spki" });
  return new Uint8Array(spki.subarray(SPKI_PREFIX.length));
}

export function ed25519KeyObject(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: "der", type: "spki" });
}
