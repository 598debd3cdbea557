/** Keys of notes (C2SP signed-note 1.0.0, "Signature types" and "Verifier keys"): a name, a type, a public key, and the id of all three. */
import { hash } from "node:crypto";
import { err, ok, type Result } from "@countersign/kernel";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { pointFault } from "./ed25519.ts";

/** The byte of each type of signature. Bytes that are not here have no meaning that is known to us. */
export const SIGNATURE_TYPES = {
  /** Over the note's text. */
  ed25519: 0x01,
  /** Its key id is that of the SPKI alone. Known by name, and not used. */
  ecdsa: 0x02,
  /** Ed25519 over a time and a checkpoint (C2SP tlog-cosignature). */
  "cosignature/v1": 0x04,
  /** A TreeHeadSignature of RFC 6962. Known by name, and not used. */
  "tree-head": 0x05,
  /** ML-DSA-44 over a time and a tree (C2SP tlog-cosignature). Its signatures are those of an unknown key. */
  "ml-dsa-44": 0x06,
} as const;

export type SignatureType = keyof typeof SIGNATURE_TYPES;

export type NoteVerifier = {
  readonly name: string;
  readonly type: SignatureType;
  /** First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), as a number. */
  readonly keyId: number;
  readonly publicKey: Uint8Array;
};

/** Bytes of the public key, for the types that we can name a key of. */
const KEY_BYTES: { readonly [type in SignatureType]?: number } = {
  ed25519: 32,
  "cosignature/v1": 32,
  "ml-dsa-44": 1312,
};

/** Not empty, no plus, no white space in Unicode's sense, so that it can stand in a signature line. */
export function isKeyName(name: string): boolean {
  return name !== "" && name.isWellFormed() && !/[+\p{White_Space}]/u.test(name);
}

export function keyIdOf(name: string, publicKey: Uint8Array, type: SignatureType = "ed25519"): number {
  const typeByte = Buffer.from([SIGNATURE_TYPES[type]]);
  return hash(
    "sha256",
    Buffer.concat([Buffer.from(`${name}\n`), typeByte, publicKey]),
    "buffer",
  ).readUInt32BE(0);
}

export function hexKeyId(keyId: number): string {
  return keyId.toString(16).padStart(8, "0");
}

export function verifierOf(
  name: string,
  publicKey: Uint8Array,
  type: SignatureType = "ed25519",
): NoteVerifier {
  return { name, type, keyId: keyIdOf(name, publicKey, type), publicKey };
}

/** `<name>+<hex key id>+<base64(type ‖ key)>` */
export function formatVerifierKey(verifier: NoteVerifier): string {
  const { name, type, keyId, publicKey } = verifier;
  const key = encodeBase64(Buffer.concat([Buffer.from([SIGNATURE_TYPES[type]]), publicKey]));
  return `${name}+${hexKeyId(keyId)}+${key}`;
}

/**
 * @param text may have white space around it, as it comes out of a file
 * @param types what the key may be for: a log's by default, since a witness's key must not open a log
 */
export function parseVerifierKey(
  text: string,
  types: readonly SignatureType[] = ["ed25519"],
): Result<NoteVerifier, string> {
  const [name = "", id = "", ...rest] = text.trim().split("+");
  // Base64 has pluses of its own.
  const bytes = decodeBase64(rest.join("+"));
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(id) || bytes === undefined || bytes.length < 2)
    return err("not a verifier key (name+id+key)");
  const type = typeOf(bytes[0] ?? 0);
  if (type === undefined) return err(`a verifier key of type ${bytes[0]}, which is not known here`);
  const keyBytes = KEY_BYTES[type];
  if (keyBytes === undefined || !types.includes(type))
    return err(`a verifier key for ${type}, and one for ${types.join(" or ")} belongs here`);
  if (bytes.length !== keyBytes + 1) return err(`a verifier key for ${type} has ${keyBytes} bytes`);
  const publicKey = new Uint8Array(bytes.subarray(1));
  const fault = type === "ml-dsa-44" ? undefined : pointFault(publicKey);
  if (fault !== undefined) return err(`the public key is ${fault}`);
  const verifier = verifierOf(name, publicKey, type);
  if (verifier.keyId !== Number.parseInt(id, 16)) return err("the key id is not that of the key");
  return ok(verifier);
}

function typeOf(byte: number): SignatureType | undefined {
  // Object.entries forgets that the keys are the types.
  return (Object.keys(SIGNATURE_TYPES) as SignatureType[]).find((type) => SIGNATURE_TYPES[type] === byte);
}
