/**
 * node:crypto where the file runs on Node, and what verification uses of it where it runs in a page. The build puts this
 * file in its place, and fails when somebody comes to use more.
 */
import { Buffer } from "./buffer.ts";
import { builtin } from "./builtin.ts";
import { digestNamed } from "./page-digests.ts";
import { checkP256Point, verifyEd25519, verifyP256 } from "./signatures.ts";

type Node = typeof import("node:crypto");
type HashEncoding = "hex" | "binary" | "buffer";

const native = builtin<Node>("node:crypto");

const SPKI_ED25519 = Buffer.from("302a300506032b6570032100", "hex");
/** With the 0x04 of an uncompressed point. */
const SPKI_P256 = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d03010703420004", "hex");

function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === "string" ? Buffer.from(data) : data;
}

function encoded(digest: Uint8Array, encoding: HashEncoding): Buffer | string {
  const bytes = Buffer.from(digest);
  return encoding === "buffer" ? bytes : bytes.toString(encoding);
}

export function hashInPage(
  algorithm: string,
  data: Uint8Array | string,
  encoding: HashEncoding = "hex",
): Buffer | string {
  return encoded(digestNamed(algorithm)(bytesOf(data)), encoding);
}

class PageHash {
  readonly #state;

  constructor(algorithm: string) {
    this.#state = digestNamed(algorithm).create();
  }

  update(data: Uint8Array | string): this {
    this.#state.update(bytesOf(data));
    return this;
  }

  digest(encoding: HashEncoding = "buffer"): Buffer | string {
    return encoded(this.#state.digest(), encoding);
  }
}

export function createHashInPage(algorithm: string): PageHash {
  return new PageHash(algorithm);
}

class PageKey {
  readonly type = "public";
  readonly asymmetricKeyType: "ed25519" | "ec";
  readonly asymmetricKeyDetails: { readonly namedCurve?: string };
  readonly #spki: Buffer;

  constructor(spki: Buffer) {
    this.#spki = spki;
    const isEd25519 = begins(spki, SPKI_ED25519) && spki.length === SPKI_ED25519.length + 32;
    if (!isEd25519 && !(begins(spki, SPKI_P256) && spki.length === SPKI_P256.length + 64))
      throw new TypeError("neither an Ed25519 nor a P-256 key");
    this.asymmetricKeyType = isEd25519 ? "ed25519" : "ec";
    this.asymmetricKeyDetails = isEd25519 ? {} : { namedCurve: "prime256v1" };
    if (!isEd25519) checkP256Point(this.point);
  }

  /** The key's bytes as its curve reads them. */
  get point(): Buffer {
    const start = this.asymmetricKeyType === "ed25519" ? SPKI_ED25519.length : SPKI_P256.length - 1;
    return this.#spki.subarray(start);
  }

  export({ format, type }: { readonly format: string; readonly type: string }): Buffer {
    if (format !== "der" || type !== "spki") throw new TypeError("a key is exported as DER in a page");
    return Buffer.from(this.#spki);
  }
}

function begins(bytes: Buffer, start: Buffer): boolean {
  return bytes.length >= start.length && Buffer.compare(bytes.subarray(0, start.length), start) === 0;
}

export function createPublicKeyInPage(from: { readonly key: Uint8Array; readonly format: "der" }): PageKey {
  if (typeof from !== "object" || from.format !== "der")
    throw new TypeError("a key is read from DER in a page");
  return new PageKey(Buffer.from(from.key));
}

type VerifyKey = PageKey | { readonly key: PageKey; readonly dsaEncoding: "der" };

export function verifyInPage(
  algorithm: string | null,
  data: Uint8Array,
  given: VerifyKey,
  signature: Uint8Array,
): boolean {
  const key = "key" in given ? given.key : given;
  if (key.asymmetricKeyType === "ed25519")
    return algorithm === null && verifyEd25519(data, key.point, signature);
  return algorithm !== null && verifyP256(digestNamed(algorithm)(data), key.point, signature);
}

// The shapes are those that verification calls; a test calls both on the same input.
export const hash = native?.hash ?? (hashInPage as unknown as Node["hash"]);
export const createHash = native?.createHash ?? (createHashInPage as unknown as Node["createHash"]);
export const createPublicKey =
  native?.createPublicKey ?? (createPublicKeyInPage as unknown as Node["createPublicKey"]);
export const verify = native?.verify ?? (verifyInPage as unknown as Node["verify"]);

/** Those who sign share files with the verifier, and the build leaves them out. */
export function sign(): never {
  throw new TypeError("the verifier signs nothing");
}

export { sign as createPrivateKey };
