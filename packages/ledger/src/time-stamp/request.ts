/** What a time stamping authority is asked (RFC 3161 section 2.4.1): a digest, a nonce, and its certificate with the answer. */
import { sha256 } from "@countersign/kernel";
import { derOf, tags } from "./der.ts";

const SHA256 = Buffer.from("0609608648016503040201", "hex");

/** @param nonce random bytes; the answer must hold the same number. */
export function formatTimeStampRequest(message: Uint8Array, nonce: Uint8Array): Uint8Array {
  const algorithm = derOf(tags.sequence, SHA256, derOf(tags.null));
  const imprint = derOf(tags.sequence, algorithm, derOf(tags.octetString, sha256(message)));
  return derOf(
    tags.sequence,
    derOf(tags.integer, Uint8Array.of(1)),
    imprint,
    derOf(tags.integer, positiveInteger(nonce)),
    derOf(tags.boolean, Uint8Array.of(0xff)),
  );
}

/** The content of the smallest integer of this value. */
export function positiveInteger(bytes: Uint8Array): Uint8Array {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const rest = bytes.subarray(from);
  return (rest[0] ?? 0) >= 0x80 || rest.length === 0 ? Uint8Array.of(0, ...rest) : rest;
}
