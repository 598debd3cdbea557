/**
 * Messages of the witness protocol (C2SP tlog-witness 1.0.0), `POST <submission prefix>/add-checkpoint`. Only texts: who
 * sends them is somebody else.
 */
import { err, ok, type Result } from "@countersign/kernel";
import { encodeBase64 } from "./base64.ts";
import { parseDecimal } from "./decimal.ts";
import type { Hash } from "./merkle.ts";
import { checkSignatures, parseNote, parseSignatureLines, type GoodSignature } from "./note.ts";
import type { NoteVerifier } from "./note-key.ts";
import { parseHashLines, PATH_MAX } from "./tlog-proof.ts";

export type AddCheckpoint = {
  /** That of the newest checkpoint which the witness has cosigned; 0 at first. */
  readonly oldSize: number;
  /** Of consistency, from the old size to the checkpoint's. Empty from 0, and from a size to itself. */
  readonly proof: readonly Hash[];
  /** The signed note. */
  readonly checkpoint: string;
};

/** The content type of the answer 409, whose body is the size that the witness has. */
export const SIZE_CONTENT_TYPE = "text/x.tlog.size";

export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  if (proof.length > PATH_MAX) throw new RangeError(`a proof of ${proof.length} hashes`);
  const lines = proof.map((hash) => `${encodeBase64(hash)}\n`).join("");
  return `old ${oldSize}\n${lines}\n${checkpoint}`;
}

/** As a witness reads it, before it looks at the checkpoint. */
export function parseAddCheckpoint(body: string): Result<AddCheckpoint, string> {
  const cut = body.indexOf("\n\n");
  if (cut < 0) return err("no empty line before the checkpoint");
  const [first = "", ...lines] = body.slice(0, cut).split("\n");
  const oldSize = parseDecimal(/^old (.*)$/.exec(first)?.[1] ?? "");
  if (oldSize === undefined) return err("no old size line");
  const proof = parseHashLines(lines);
  if (!proof.ok) return proof;
  return ok({ oldSize, proof: proof.value, checkpoint: body.slice(cut + 2) });
}

/**
 * The body of the answer 200: cosignatures on the checkpoint that was sent.
 * @param witnesses the keys that are expected of this witness; lines of others are ignored
 * @returns at least one, each with its time and its line
 */
export function readCosignatures(
  body: string,
  checkpoint: string,
  witnesses: readonly NoteVerifier[],
): Result<readonly GoodSignature[], string> {
  const note = parseNote(checkpoint);
  if (!note.ok) return note;
  if (!body.isWellFormed() || /[\u0000-\u0009\u000b-\u001f\ufffd]/.test(body))
    return err("an answer holds no control characters");
  const lines = parseSignatureLines(body);
  if (!lines.ok) return lines;
  const good = checkSignatures(note.value.text, lines.value, witnesses);
  if (!good.ok) return good;
  if (good.value.length === 0) return err("no cosignature of the witness's key");
  // "The timestamp MUST NOT be zero": the witness's word that it has seen no larger tree needs a time.
  if (good.value.some(({ timestamp }) => timestamp === undefined || timestamp === 0n))
    return err("a cosignature without a time");
  return good;
}

/** The body of the answer 409: the size of the newest checkpoint that the witness has cosigned. */
export function parseWitnessSize(body: string): Result<number, string> {
  const size = body.endsWith("\n") ? parseDecimal(body.slice(0, -1)) : undefined;
  return size === undefined ? err("not the size of a tree and a newline") : ok(size);
}

export function formatWitnessSize(size: number): string {
  return `${size}\n`;
}
