/** Base64 of RFC 4648 section 4, strictly: one text for each bytes. */

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** Undefined for what does not survive a round trip: other alphabets, missing padding, bits in the padding, white space. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

/** A hash on a line: 32 bytes. */
export function decodeHash(text: string): Uint8Array | undefined {
  const bytes = decodeBase64(text);
  return bytes?.length === 32 ? new Uint8Array(bytes) : undefined;
}
