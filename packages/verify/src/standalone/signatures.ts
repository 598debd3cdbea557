/** Checks signatures in a page, where OpenSSL is not: the same answers for the two kinds that the formats have. */
import { edwards25519, inverse, mod, p256, type P256Point } from "./curves.ts";
import { sha512 } from "./page-digests.ts";

const POINT_BYTES = 32;
const SIGNATURE_BYTES = 64;

/**
 * RFC 8032 section 5.1.7 as OpenSSL reads it: S below the order, and the encoding of [S]B - [k]A equal to R byte for
 * byte, without the cofactor. Which keys and points are refused beforehand is the caller's rule.
 */
export function verifyEd25519(message: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== POINT_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const { order, base, add, multiply, negate, decode, encode } = edwards25519;
  const encodedR = signature.subarray(0, POINT_BYTES);
  const s = littleEndian(signature.subarray(POINT_BYTES));
  if (s >= order) return false;
  const digest = sha512().create().update(encodedR).update(publicKey).update(message).digest();
  const k = mod(littleEndian(digest), order);
  const a = decode(littleEndian(publicKey));
  return encode(add(multiply(s, base), multiply(k, negate(a)))) === littleEndian(encodedR);
}

/**
 * FIPS 186-4 section 6.4.
 * @param digest of what was signed.
 * @param point 0x04 and both coordinates.
 * @param signature ASN.1 DER, as OpenSSL takes it: of one spelling, S as it comes.
 */
export function verifyP256(digest: Uint8Array, point: Uint8Array, signature: Uint8Array): boolean {
  const { order, base, add, multiply } = p256;
  const [r = 0n, s = 0n] = readDer(signature) ?? [];
  if (r < 1n || r >= order || s < 1n || s >= order) return false;
  const w = inverse(s, order);
  const u1 = mod(bigEndian(digest.subarray(0, POINT_BYTES)) * w, order);
  const sum = add(multiply(u1, base), multiply(mod(r * w, order), pointOf(point)));
  return sum !== undefined && mod(sum.x, order) === r;
}

/** @throws RangeError when the bytes are no point of the curve. */
export function checkP256Point(point: Uint8Array): void {
  pointOf(point);
}

function pointOf(point: Uint8Array): P256Point {
  return p256.point(
    bigEndian(point.subarray(1, 1 + POINT_BYTES)),
    bigEndian(point.subarray(1 + POINT_BYTES)),
  );
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
  return { value: bigEndian(bytes.subarray(at + 2, end)), end };
}

function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return value;
}

function littleEndian(bytes: Uint8Array): bigint {
  return bigEndian(bytes.toReversed());
}
