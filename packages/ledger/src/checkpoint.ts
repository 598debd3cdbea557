/** Checkpoints (C2SP tlog-checkpoint 1.0.0): a signed note of origin, size and root. The key's name is the origin. */
import { err, ok, type Result } from "@countersign/kernel";
import { EMPTY_ROOT, equalHashes, type Hash } from "./merkle.ts";
import { openNote, parseNote, signNote, type NoteVerifier } from "./note.ts";

export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Hash };

export function formatCheckpoint(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${Buffer.from(checkpoint.root).toString("base64")}\n`;
}

export function signCheckpoint(checkpoint: Checkpoint, privateKeyPem: string): string {
  return signNote(formatCheckpoint(checkpoint), checkpoint.origin, privateKeyPem);
}

/** Says what a checkpoint claims, without asking who signed it. */
export function parseCheckpointUnsafe(note: string): Result<Checkpoint, string> {
  const parsed = parseNote(note);
  return parsed.ok ? parseCheckpointText(parsed.value.text) : parsed;
}

export function openCheckpoint(
  note: string,
  log: NoteVerifier,
  others: readonly NoteVerifier[] = [],
): Result<Checkpoint, string> {
  const opened = openNote(note, [log, ...others]);
  if (!opened.ok) return opened;
  if (!opened.value.signedBy.includes(log)) return err(`not signed by the log's key ${log.name}`);
  const checkpoint = parseCheckpointText(opened.value.text);
  if (checkpoint.ok && checkpoint.value.origin !== log.name)
    return err(`the origin ${checkpoint.value.origin} is not the name of the key, ${log.name}`);
  return checkpoint;
}

function parseCheckpointText(text: string): Result<Checkpoint, string> {
  const lines = text.split("\n");
  const [origin = "", size = "", root = ""] = lines;
  // Extension lines are allowed by the specification and cannot be audited: this log writes none and reads none.
  if (lines.length !== 4 || lines[3] !== "") return err("a checkpoint has exactly three lines");
  if (origin === "") return err("a checkpoint names its origin");
  if (!/^(?:0|[1-9][0-9]*)$/.test(size) || !Number.isSafeInteger(Number(size)))
    return err("the size is not a plain decimal number");
  const hash = Buffer.from(root, "base64");
  if (hash.length !== 32 || hash.toString("base64") !== root)
    return err("the root is not 32 bytes of base64");
  if (size === "0" && !equalHashes(hash, EMPTY_ROOT)) return err("an empty log has the root of nothing");
  return ok({ origin, size: Number(size), root: new Uint8Array(hash) });
}
