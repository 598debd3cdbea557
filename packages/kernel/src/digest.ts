/** SHA-256, the one digest of this project. */
import { createHash, hash, type Hash } from "node:crypto";

/** `sha256:` and 64 lowercase hex digits. */
export type Digest = string & { readonly __brand: "Digest" };

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${hash("sha256", bytes, "hex")}` as Digest;
}

export function sha256(bytes: Uint8Array | string): Uint8Array {
  return hash("sha256", bytes, "buffer");
}

/**
 * A commitment to bytes that could be guessed: SHA-256 of the salt's text and the bytes. The salt's length is fixed, so
 * that no other salt and bytes run together to the same text.
 */
export function commitmentOf(bytes: Uint8Array | string, salt: string): Digest {
  const digester = new Digester(salt);
  digester.update(bytes);
  return digester.finish().digest;
}

const SALT = /^[0-9a-f]{32}$/;

/** 16 bytes as lowercase hex. */
export function isSalt(text: string): boolean {
  return SALT.test(text);
}

/** Digests what arrives in pieces. */
export class Digester {
  readonly #hash: Hash = createHash("sha256");
  #size = 0;

  /** @param salt makes the digest a commitment; it does not count in the size. */
  constructor(salt?: string) {
    if (salt === undefined) return;
    if (!isSalt(salt)) throw new TypeError("a salt is 32 lowercase hex digits");
    this.#hash.update(salt);
  }

  update(bytes: Uint8Array | string): void {
    this.#hash.update(bytes);
    this.#size += typeof bytes === "string" ? Buffer.byteLength(bytes) : bytes.length;
  }

  /** @returns the digest and the number of bytes seen; the digester is spent afterwards. */
  finish(): { readonly digest: Digest; readonly size: number } {
    return { digest: `sha256:${this.#hash.digest("hex")}` as Digest, size: this.#size };
  }
}

export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

export function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new TypeError("not lowercase hex");
  return new Uint8Array(Buffer.from(text, "hex"));
}
