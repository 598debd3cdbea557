/** One record's proof without its package: that a checkpoint of the log covers it. */
import { err, ok, type Result } from "@countersign/kernel";
import {
  leafHash,
  openCheckpoint,
  parseTlogProof,
  parseVerifierKey,
  verifyInclusion,
  type Checkpoint,
} from "@countersign/ledger";

export type ProvenRecord = { readonly index: number; readonly checkpoint: Checkpoint };

/**
 * @param proof a tlog-proof file (C2SP)
 * @param record the record's bytes, exactly
 * @param logKey the log's verifier key, which the reader trusts
 */
export function verifyProof(proof: string, record: Uint8Array, logKey: string): Result<ProvenRecord, string> {
  const key = parseVerifierKey(logKey);
  if (!key.ok) return key;
  const parsed = parseTlogProof(proof);
  if (!parsed.ok) return parsed;
  const { index, path, checkpoint: note } = parsed.value;
  const checkpoint = openCheckpoint(note, key.value);
  if (!checkpoint.ok) return checkpoint;
  const { size, root } = checkpoint.value;
  if (!verifyInclusion(leafHash(record), index, size, path, root))
    return err(`the record is not the one at index ${index} of the checkpoint's ${size} records`);
  return ok({ index, checkpoint: checkpoint.value });
}
