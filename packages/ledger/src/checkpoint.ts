/** Checkpoints (C2SP tlog-checkpoint 1.0.0): a signed note of origin, size and root. The key's name is the origin. */
import { err, ok, type Result } from "@countersign/kernel";
import { decodeHash, encodeBase64 } from "./base64.ts";
import { parseDecimal } from "./decimal.ts";
import { EMPTY_ROOT, equalHashes, type Hash } from "./merkle.ts";
import { openNote, parseNote, signNote, type GoodSignature } from "./note.ts";
import type { NoteVerifier } from "./note-key.ts";

export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Hash };

/** A checkpoint with whose word it is. */
export type SignedCheckpoint = {
  readonly checkpoint: Checkpoint;
  /** What was signed: the three lines. */
  readonly text: string;
  /** By keys of the log, at least one. */
  readonly logSignatures: readonly GoodSignature[];
  /** By the other keys that were given, each with its time. */
  readonly cosignatures: readonly GoodSignature[];
};

export function formatCheckpoint(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${encodeBase64(checkpoint.root)}\n`;
}

export function signCheckpoint(checkpoint: Checkpoint, privateKeyPem: string): string {
  return signNote(formatCheckpoint(checkpoint), checkpoint.origin, privateKeyPem);
}

/** Says what a checkpoint claims, without asking who signed it. */
export function parseCheckpointUnsafe(note: string | Uint8Array): Result<Checkpoint, string> {
  const parsed = parseNote(note);
  return parsed.ok ? parseCheckpointText(parsed.value.text) : parsed;
}

export function openCheckpoint(
  note: string | Uint8Array,
  log: NoteVerifier | readonly NoteVerifier[],
  others: readonly NoteVerifier[] = [],
): Result<Checkpoint, string> {
  const opened = openSignedCheckpoint(note, "name" in log ? [log] : log, others);
  return opened.ok ? ok(opened.value.checkpoint) : opened;
}

/**
 * @param logKeys any one of them is enough: a log that changes its key has two for a while, of one name
 * @param witnesses keys of cosigners; a bad signature of one of them sinks the checkpoint, a missing one does not
 */
export function openSignedCheckpoint(
  note: string | Uint8Array,
  logKeys: readonly NoteVerifier[],
  witnesses: readonly NoteVerifier[] = [],
): Result<SignedCheckpoint, string> {
  const opened = openNote(note, [...logKeys, ...witnesses]);
  if (!opened.ok) return opened;
  const { text, signatures } = opened.value;
  const parsed = parseCheckpointText(text);
  if (!parsed.ok) return parsed;
  const ofLog = signatures.filter(({ verifier }) => logKeys.includes(verifier));
  if (ofLog.length === 0) return err(`not signed by the log's key ${namesOf(logKeys)}`);
  const { origin } = parsed.value;
  const logSignatures = ofLog.filter(({ verifier }) => verifier.name === origin);
  if (logSignatures.length === 0)
    return err(`the origin ${origin} is not the name of the key, ${namesOf(logKeys)}`);
  const cosignatures = signatures.filter((each) => !ofLog.includes(each));
  return ok({ checkpoint: parsed.value, text, logSignatures, cosignatures });
}

function namesOf(keys: readonly NoteVerifier[]): string {
  return [...new Set(keys.map(({ name }) => name))].join(", ");
}

export function parseCheckpointText(text: string): Result<Checkpoint, string> {
  const lines = text.split("\n");
  const [origin = "", sizeText = "", rootText = ""] = lines;
  // Extension lines are allowed by the specification and cannot be audited: this log writes none and reads none.
  if (lines.length !== 4 || lines[3] !== "") return err("a checkpoint has exactly three lines");
  if (origin === "") return err("a checkpoint names its origin");
  const size = parseDecimal(sizeText);
  if (size === undefined) return err("the size is not a plain decimal number");
  const root = decodeHash(rootText);
  if (root === undefined) return err("the root is not 32 bytes of base64");
  if (size === 0 && !equalHashes(root, EMPTY_ROOT)) return err("an empty log has the root of nothing");
  return ok({ origin, size, root });
}
