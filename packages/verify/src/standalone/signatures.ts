/**
 * Checks signatures in a page, where OpenSSL is not: the same answers, by the arithmetic of @noble/curves. Only public
 * values are computed with, so nothing here has to take the same time for all of them.
 */
import { edwards } from "@noble/curves/abstract/edwards.js";
import { weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";

/** The build puts another `loadCurves` in the place of this file: one that makes all of it when it is first called. */
export function loadCurves() {
  return { checkP256Point, digests, verifyEd25519, verifyP256 };
}

/** SHA-1 only names certificates in old time stamps; nothing is signed with it. */
const digests = { sha1, sha256, sha384, sha512 };

export type DigestName = keyof typeof digests;

/** RFC 8032 section 5.1. */
const Ed25519 = edwards({
  p: 2n ** 255n - 19n,
  n: 2n ** 252n + 27742317777372353535851937790883648493n,
  h: 8n,
  a: 2n ** 255n - 20n,
  d: 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n,
  Gx: 0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
  Gy: 0x6666666666666666666666666666666666666666666666666666666666666658n,
});

/** FIPS 186-4, appendix D.1.2.3. */
const P256 = weierstrass({
  p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  h: 1n,
  a: 0xffffffff00000001000000000000000000000000fffffffffffffffffffffffcn,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  Gx: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  Gy: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
});

const POINT_BYTES = 32;
const SIGNATURE_BYTES = 64;

/**
 * RFC 8032 section 5.1.7 as OpenSSL reads it: S below the order, and the encoding of [S]B - [k]A equal to R byte for
 * byte, without the cofactor. Which keys and points are refused beforehand is the caller's rule.
 */
function verifyEd25519(message: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== POINT_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const encodedR = signature.subarray(0, POINT_BYTES);
  const s = numberOf(signature.toReversed().subarray(0, POINT_BYTES));
  if (s >= Ed25519.Fn.ORDER) return false;
  const digest = sha512.create().update(encodedR).update(publicKey).update(message).digest();
  const k = numberOf(digest.toReversed()) % Ed25519.Fn.ORDER;
  // OpenSSL decodes as ZIP-215 does: a coordinate at or above the prime is reduced.
  const a = Ed25519.fromBytes(publicKey, true);
  const r = Ed25519.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k)).toBytes();
  return r.every((byte, i) => byte === encodedR[i]);
}

/**
 * FIPS 186-4 section 6.4.
 * @param digest of what was signed.
 * @param point 0x04 and both coordinates.
 * @param signature ASN.1 DER, as OpenSSL takes it: of one spelling, S as it comes.
 */
function verifyP256(digest: Uint8Array, point: Uint8Array, signature: Uint8Array): boolean {
  const numbers = readDer(signature);
  if (numbers === undefined) return false;
  const { Fn } = P256;
  const [r, s] = numbers;
  if (r < 1n || r >= Fn.ORDER || s < 1n || s >= Fn.ORDER) return false;
  const w = Fn.inv(s);
  const u1 = Fn.mul(Fn.create(numberOf(digest.subarray(0, POINT_BYTES))), w);
  const u2 = Fn.mul(r, w);
  const sum = P256.BASE.multiplyUnsafe(u1).add(P256.fromBytes(point).multiplyUnsafe(u2));
  return !sum.is0() && Fn.create(sum.toAffine().x) === r;
}

/** @throws Error when the bytes are no point of the curve. */
function checkP256Point(point: Uint8Array): void {
  P256.fromBytes(point).assertValidity();
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** SEQUENCE of two INTEGERs that are not negative, each with the shortest of its spellings, and nothing else. */
function readDer(bytes: Uint8Array): readonly [bigint, bigint] | undefined {
  // Two numbers of 33 bytes: the length is always below 128, one byte.
  if (bytes[0] !== SEQUENCE || bytes[1] !== bytes.length - 2) return undefined;
  const first = readInteger(bytes, 2);
  const second = first === undefined ? undefined : readInteger(bytes, first.end);
  if (first === undefined || second?.end !== bytes.length) return undefined;
  return [first.value, second.value];
}

function readInteger(bytes: Uint8Array, at: number): { value: bigint; end: number } | undefined {
  const length = bytes[at + 1] ?? 0;
  const end = at + 2 + length;
  const [first = 0x80, second = 0] = bytes.subarray(at + 2, end);
  if (bytes[at] !== INTEGER || length > POINT_BYTES + 1 || end > bytes.length) return undefined;
  if (first >= 0x80 || (first === 0 && length > 1 && second < 0x80)) return undefined;
  return { value: numberOf(bytes.subarray(at + 2, end)), end };
}

/** Big-endian. */
function numberOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return value;
}
