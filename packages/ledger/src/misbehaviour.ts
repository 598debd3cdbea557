/** Two checkpoints that no honest log signs both: anybody can check the proof, and the log cannot deny it. */
import { err, ok, type Result } from "@countersign/kernel";
import { encodeBase64 } from "./base64.ts";
import { openSignedCheckpoint } from "./checkpoint.ts";
import { equalHashes, type Hash } from "./merkle.ts";
import type { NoteVerifier } from "./note-key.ts";

/** Split view: one origin, one size, two roots, both signed by the log. */
export type Misbehaviour = {
  readonly origin: string;
  readonly size: number;
  readonly roots: readonly [Hash, Hash];
  /** The signed notes, as they were given. */
  readonly notes: readonly [string, string];
};

/** @returns undefined when the two checkpoints do not contradict each other by themselves; an error when one is not the log's */
export function proofOfMisbehaviour(
  first: string,
  second: string,
  logKeys: readonly NoteVerifier[],
): Result<Misbehaviour | undefined, string> {
  const a = openSignedCheckpoint(first, logKeys);
  if (!a.ok) return err(`the first checkpoint: ${a.error}`);
  const b = openSignedCheckpoint(second, logKeys);
  if (!b.ok) return err(`the second checkpoint: ${b.error}`);
  const [x, y] = [a.value.checkpoint, b.value.checkpoint];
  if (x.origin !== y.origin || x.size !== y.size || equalHashes(x.root, y.root)) return ok(undefined);
  return ok({ origin: x.origin, size: x.size, roots: [x.root, y.root], notes: [first, second] });
}

/** For people, with both notes whole, so that what is printed is the proof. */
export function describeMisbehaviour({ origin, size, roots, notes }: Misbehaviour): string {
  return [
    `Proof of misbehaviour: the log ${origin} signed two roots for one size, ${size}:`,
    `  ${encodeBase64(roots[0])}`,
    `  ${encodeBase64(roots[1])}`,
    "Keep both signed checkpoints; anybody who has the log's key can check them:",
    "",
    notes[0],
    notes[1],
  ].join("\n");
}
