/**
 * Signed notes (C2SP signed-note 1.0.0): a text that ends in a newline, an empty line, and one line per signature:
 * `— <name> base64(key id ‖ signature)`. Ed25519 keys (type 0x01) only so far; the type is a number, so that others fit.
 */
import { createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from "node:crypto";
import { err, ok, type Result } from "@countersign/kernel";

export const ED25519 = 0x01;

export type NoteVerifier = {
  readonly name: string;
  /** First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), as a number. */
  readonly keyId: number;
  readonly publicKey: Uint8Array;
};

export type NoteSignature = { readonly name: string; readonly keyId: number; readonly signature: Uint8Array };

/** Parsed, and not yet verified by anybody. */
export type UnverifiedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };

const SPKI_ED25519 = Buffer.from("302a300506032b6570032100", "hex");
const SIGNATURES_MAX = 100;

export function keyIdOf(name: string, publicKey: Uint8Array): number {
  const digest = hash(
    "sha256",
    Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([ED25519]), publicKey]),
    "buffer",
  );
  return digest.readUInt32BE(0);
}

/** `<name>+<hex key id>+<base64(type ‖ key)>` */
export function formatVerifierKey(verifier: NoteVerifier): string {
  const key = Buffer.concat([Buffer.from([ED25519]), verifier.publicKey]).toString("base64");
  return `${verifier.name}+${hexKeyId(verifier.keyId)}+${key}`;
}

export function hexKeyId(keyId: number): string {
  return keyId.toString(16).padStart(8, "0");
}

export function parseVerifierKey(text: string): Result<NoteVerifier, string> {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text.trim());
  if (match === null) return err("not a verifier key (name+id+key)");
  const [, name = "", id = "", encoded = ""] = match;
  const bytes = decodeBase64(encoded);
  if (bytes === undefined || bytes.length !== 33 || bytes[0] !== ED25519)
    return err("not an Ed25519 verifier key");
  const publicKey = new Uint8Array(bytes.subarray(1));
  if (keyIdOf(name, publicKey) !== Number.parseInt(id, 16)) return err("the key id is not that of the key");
  return ok({ name, keyId: keyIdOf(name, publicKey), publicKey });
}

/** Strict base64: what does not survive a round trip is refused. */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

export function publicKeyOf(privateKeyPem: string): Uint8Array {
  const spki = createPublicKey(createPrivateKey(privateKeyPem)).export({ format: "der", type: "spki" });
  return new Uint8Array(spki.subarray(SPKI_ED25519.length));
}

export function verifierOf(name: string, publicKey: Uint8Array): NoteVerifier {
  return { name, keyId: keyIdOf(name, publicKey), publicKey };
}

/** @param text must end in a newline. Ed25519 is deterministic: same text and key, same note. */
export function signNote(text: string, name: string, privateKeyPem: string): string {
  if (!text.endsWith("\n")) throw new TypeError("a note's text ends in a newline");
  const key = createPrivateKey(privateKeyPem);
  const keyId = Buffer.alloc(4);
  keyId.writeUInt32BE(keyIdOf(name, publicKeyOf(privateKeyPem)));
  const signature = sign(null, Buffer.from(text), key);
  return `${text}\n— ${name} ${Buffer.concat([keyId, signature]).toString("base64")}\n`;
}

export function parseNote(note: string): Result<UnverifiedNote, string> {
  // Control characters other than the newline are not allowed anywhere in a note.
  if (/[\u0000-\u0009\u000b-\u001f\u007f\ufffd]/.test(note) || !note.isWellFormed())
    return err("a note holds no control characters");
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0 || !note.endsWith("\n")) return err("not a signed note");
  const text = note.slice(0, cut + 1);
  const lines = note.slice(cut + 2, -1).split("\n");
  if (lines.length > SIGNATURES_MAX) return err(`more than ${SIGNATURES_MAX} signatures`);
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const match = /^— ([^+\s]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    const bytes = match === null ? undefined : decodeBase64(match[2] ?? "");
    if (match === null || bytes === undefined || bytes.length < 5) return err("a malformed signature line");
    signatures.push({
      name: match[1] ?? "",
      keyId: bytes.readUInt32BE(0),
      signature: new Uint8Array(bytes.subarray(4)),
    });
  }
  return ok({ text, signatures });
}

/**
 * A note is good for a verifier when a signature under its name and key id holds. Signatures of unknown keys are
 * ignored; a bad signature under a known key sinks the note, as the specification asks.
 */
export function openNote(
  note: string,
  verifiers: readonly NoteVerifier[],
): Result<{ readonly text: string; readonly signedBy: readonly NoteVerifier[] }, string> {
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const signedBy: NoteVerifier[] = [];
  for (const signature of parsed.value.signatures) {
    const verifier = verifiers.find((v) => v.name === signature.name && v.keyId === signature.keyId);
    if (verifier === undefined || signedBy.includes(verifier)) continue;
    if (!verifyEd25519(Buffer.from(parsed.value.text), verifier.publicKey, signature.signature))
      return err(`the signature of ${signature.name} does not hold`);
    signedBy.push(verifier);
  }
  if (signedBy.length === 0) return err("no signature of a known key");
  return ok({ text: parsed.value.text, signedBy });
}

export function ed25519KeyObject(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_ED25519, publicKey]), format: "der", type: "spki" });
}

function verifyEd25519(text: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    return verify(null, text, ed25519KeyObject(publicKey), signature);
  } catch {
    return false;
  }
}
