/**
 * Signed notes (C2SP signed-note 1.0.0): a text that ends in a newline, an empty line, and one line per signature:
 * `— <name> base64(key id ‖ signature)`.
 */
import { err, ok, type Result } from "@countersign/kernel";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { publicKeyOf, signEd25519, verifyEd25519 } from "./ed25519.ts";
import { isKeyName, keyIdOf, type NoteVerifier } from "./note-key.ts";

export type NoteSignature = { readonly name: string; readonly keyId: number; readonly signature: Uint8Array };

/** Parsed, and not yet verified by anybody. */
export type UnverifiedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/** A signature of a known key that holds. */
export type GoodSignature = {
  readonly verifier: NoteVerifier;
  /** Seconds since 1970 that a cosignature vouches for; undefined of a plain signature. */
  readonly timestamp: bigint | undefined;
  /** The signature as it stands in the note, without its newline. */
  readonly line: string;
};

export type OpenedNote = {
  readonly text: string;
  readonly signatures: readonly GoodSignature[];
  /** The keys of `signatures`, each once. */
  readonly signedBy: readonly NoteVerifier[];
};

/** The specification asks for at least 16; Go's implementation takes 100, too. */
export const SIGNATURES_MAX = 100;

const TIMESTAMP_BYTES = 8;
/** C2SP tlog-cosignature: "It MUST NOT exceed 2^63 - 1". */
const TIMESTAMP_MAX = 2n ** 63n - 1n;

/** @param text must end in a newline. Ed25519 is deterministic: same text and key, same note. */
export function signNote(text: string, name: string, privateKeyPem: string): string {
  return `${text}\n${signatureLine(text, name, privateKeyPem)}\n`;
}

/** One more signature for a note, without its newline: a second key of the log while both are in use. */
export function signatureLine(text: string, name: string, privateKeyPem: string): string {
  if (!text.endsWith("\n")) throw new TypeError("a note's text ends in a newline");
  if (!isKeyName(name)) throw new TypeError(`${JSON.stringify(name)} cannot be the name of a key`);
  const keyId = keyIdOf(name, publicKeyOf(privateKeyPem));
  return formatSignatureLine({ name, keyId, signature: signEd25519(Buffer.from(text), privateKeyPem) });
}

export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  const bytes = Buffer.alloc(4 + signature.length);
  bytes.writeUInt32BE(keyId);
  bytes.set(signature, 4);
  return `— ${name} ${encodeBase64(bytes)}`;
}

/**
 * A cosignature/v1 line, without its newline (C2SP tlog-cosignature 1.0.1).
 * @param text a checkpoint's. @param timestamp seconds since 1970.
 */
export function cosignatureLine(
  text: string,
  name: string,
  privateKeyPem: string,
  timestamp: bigint,
): string {
  if (timestamp < 0n || timestamp > TIMESTAMP_MAX) throw new RangeError(`${timestamp} is no timestamp`);
  const time = Buffer.alloc(TIMESTAMP_BYTES);
  time.writeBigUInt64BE(timestamp);
  const signature = signEd25519(cosignedMessage(text, timestamp), privateKeyPem);
  const keyId = keyIdOf(name, publicKeyOf(privateKeyPem), "cosignature/v1");
  return formatSignatureLine({ name, keyId, signature: Buffer.concat([time, signature]) });
}

function cosignedMessage(text: string, timestamp: bigint): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${timestamp}\n${text}`);
}

/**
 * @param note bytes, or a text that was decoded from them: in a text, U+FFFD may stand for bytes that were no UTF-8, and
 * is refused.
 */
export function parseNote(note: string | Uint8Array): Result<UnverifiedNote, string> {
  const decoded = decodeNote(note);
  if (decoded === undefined) return err("a note is UTF-8");
  if (/[\u0000-\u0009\u000b-\u001f]/.test(decoded)) return err("a note holds no control characters");
  const cut = decoded.lastIndexOf("\n\n");
  if (cut < 0 || cut + 2 === decoded.length || !decoded.endsWith("\n")) return err("not a signed note");
  const signatures = parseSignatureLines(decoded.slice(cut + 2));
  return signatures.ok ? ok({ text: decoded.slice(0, cut + 1), signatures: signatures.value }) : signatures;
}

function decodeNote(note: string | Uint8Array): string | undefined {
  if (typeof note === "string") return note.isWellFormed() && !note.includes("\ufffd") ? note : undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(note);
  } catch {
    return undefined;
  }
}

/** @param block one or more signature lines, each with its newline. */
export function parseSignatureLines(block: string): Result<readonly NoteSignature[], string> {
  if (!block.endsWith("\n")) return err("a signature line ends in a newline");
  const lines = block.slice(0, -1).split("\n");
  if (lines.length > SIGNATURES_MAX) return err(`more than ${SIGNATURES_MAX} signatures`);
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === undefined) return err("a malformed signature line");
    signatures.push(signature);
  }
  return ok(signatures);
}

function parseSignatureLine(line: string): NoteSignature | undefined {
  const [dash, name = "", encoded = "", ...rest] = line.split(" ");
  if (dash !== "—" || rest.length > 0 || !isKeyName(name)) return undefined;
  const bytes = decodeBase64(encoded);
  if (bytes === undefined || bytes.length < 5) return undefined;
  return { name, keyId: bytes.readUInt32BE(0), signature: new Uint8Array(bytes.subarray(4)) };
}

/**
 * A note is good for a verifier when a signature under its name and key id holds. Signatures of unknown keys are
 * ignored; any bad signature under a known key sinks the note, also beside a good one.
 */
export function openNote(
  note: string | Uint8Array,
  verifiers: readonly NoteVerifier[],
): Result<OpenedNote, string> {
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const { text } = parsed.value;
  const good = checkSignatures(text, parsed.value.signatures, verifiers);
  if (!good.ok) return good;
  if (good.value.length === 0) return err("no signature of a known key");
  const signedBy = [...new Set(good.value.map(({ verifier }) => verifier))];
  return ok({ text, signatures: good.value, signedBy });
}

/** Those of known keys, in their order; an error when one of them does not hold. */
export function checkSignatures(
  text: string,
  signatures: readonly NoteSignature[],
  verifiers: readonly NoteVerifier[],
): Result<readonly GoodSignature[], string> {
  const good: GoodSignature[] = [];
  const message = Buffer.from(text);
  for (const each of signatures) {
    const verifier = verifiers.find((v) => v.name === each.name && v.keyId === each.keyId);
    if (verifier === undefined || !canVerify(verifier)) continue;
    const timestamp = timestampOf(verifier, each.signature);
    const holds =
      verifier.type === "ed25519"
        ? verifyEd25519(message, verifier.publicKey, each.signature)
        : timestamp !== undefined && cosignatureHolds(text, timestamp, verifier, each.signature);
    if (!holds) return err(`the signature of ${each.name} does not hold`);
    good.push({ verifier, timestamp, line: formatSignatureLine(each) });
  }
  return ok(good);
}

/** Whether signatures of the key can be checked; those of other types are treated as an unknown key's. */
export function canVerify({ type }: NoteVerifier): boolean {
  return type === "ed25519" || type === "cosignature/v1";
}

function timestampOf(verifier: NoteVerifier, signature: Uint8Array): bigint | undefined {
  if (verifier.type !== "cosignature/v1" || signature.length < TIMESTAMP_BYTES) return undefined;
  const timestamp = Buffer.from(signature).readBigUInt64BE(0);
  return timestamp > TIMESTAMP_MAX ? undefined : timestamp;
}

function cosignatureHolds(
  text: string,
  timestamp: bigint,
  { publicKey }: NoteVerifier,
  signature: Uint8Array,
): boolean {
  return verifyEd25519(cosignedMessage(text, timestamp), publicKey, signature.subarray(TIMESTAMP_BYTES));
}

/** A note with further signature lines, without those that it has already. */
export function addSignatures(note: string, lines: readonly string[]): string {
  const has = new Set(note.split("\n"));
  const fresh = lines.filter((line, i) => !has.has(line) && lines.indexOf(line) === i);
  return note + fresh.map((line) => `${line}\n`).join("");
}
