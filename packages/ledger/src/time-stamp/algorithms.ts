/** The digests and signatures that certificates and time stamps may be made with. What is not listed is not checked. */
import { createPublicKey, hash, verify } from "node:crypto";
import { DerFields, objectIdOf, type DerValue } from "./der.ts";

export type AlgorithmId = { readonly id: string; readonly der: Uint8Array };

export type DigestName = "sha256" | "sha384" | "sha512";

const digests: { readonly [id: string]: DigestName } = {
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

/** RFC 8017 and RFC 5758. Plain `rsaEncryption` takes its digest from beside it (RFC 5652). */
const signatures: { readonly [id: string]: DigestName } = {
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};
const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";

export function algorithmOf(value: DerValue): AlgorithmId {
  const fields = new DerFields(value, "an algorithm");
  return { id: objectIdOf(fields.next()), der: value.bytes };
}

export function digestNameOf({ id }: AlgorithmId): DigestName | undefined {
  return digests[id];
}

/** Thrown where a digest is not to be had: a page has fewer than Node. */
export class UncheckableError extends Error {}

export function digestBytes(name: DigestName | "sha1", bytes: Uint8Array): Uint8Array {
  try {
    return hash(name, bytes, "buffer");
  } catch {
    throw new UncheckableError(`the digest ${name} is not to be had here`);
  }
}

/** "unknown" where the algorithm, or the key, is none that can be checked here: never as good as "holds". */
export type SignatureOutcome = "holds" | "does-not-hold" | "unknown";

export function checkSignatureOf(
  signed: Uint8Array,
  signature: Uint8Array,
  key: { readonly spki: Uint8Array; readonly algorithm: AlgorithmId; readonly digest?: DigestName },
): SignatureOutcome {
  const digest =
    signatures[key.algorithm.id] ?? (key.algorithm.id === RSA_ENCRYPTION ? key.digest : undefined);
  if (digest === undefined) return "unknown";
  // A signature names one digest: what stands beside it must not say another.
  if (key.digest !== undefined && key.digest !== digest) return "does-not-hold";
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key.spki), format: "der", type: "spki" });
    const wanted = key.algorithm.id.startsWith("1.2.840.10045.") ? "ec" : "rsa";
    if (publicKey.asymmetricKeyType !== wanted) return "does-not-hold";
    return verify(digest, signed, publicKey, signature) ? "holds" : "does-not-hold";
  } catch {
    return "unknown";
  }
}
