/** One record's proof in a file (C2SP tlog-proof, draft): index, audit path, and the checkpoint it leads to. */
import { err, ok, type Result } from "@countersign/kernel";
import { decodeBase64, decodeHash, encodeBase64 } from "./base64.ts";
import { parseDecimal } from "./decimal.ts";
import { verifyInclusion, type Hash } from "./merkle.ts";
import { judgeCheckpoint, type JudgedCheckpoint, type Policy } from "./policy.ts";

const HEADER = "c2sp.org/tlog-proof@v1";
/** A tree of 2^63 leaves has a path of 63. */
export const PATH_MAX = 63;

export type TlogProof = {
  readonly index: number;
  readonly path: readonly Hash[];
  /** The signed note, as the log published it. */
  readonly checkpoint: string;
  /** Whatever came along. It is signed by nobody. */
  readonly extra?: Uint8Array;
};

export function formatTlogProof(proof: TlogProof): string {
  const extra = proof.extra === undefined ? "" : `extra ${encodeBase64(proof.extra)}\n`;
  const path = proof.path.map((hash) => `${encodeBase64(hash)}\n`).join("");
  return `${HEADER}\n${extra}index ${proof.index}\n${path}\n${proof.checkpoint}`;
}

export function parseTlogProof(text: string): Result<TlogProof, string> {
  const cut = text.indexOf("\n\n");
  if (cut < 0) return err("no empty line before the checkpoint");
  const [header, ...lines] = text.slice(0, cut).split("\n");
  if (header !== HEADER) return err(`the first line is not ${HEADER}`);
  const extraLine = lines[0]?.startsWith("extra ") === true ? lines.shift() : undefined;
  const extra = decodeBase64(extraLine?.slice("extra ".length) ?? "");
  if (extra === undefined || (extraLine !== undefined && extra.length === 0))
    return err("an extra line has bytes in base64");
  const index = parseDecimal(/^index (.*)$/.exec(lines.shift() ?? "")?.[1] ?? "");
  if (index === undefined) return err("no index line");
  const path = parseHashLines(lines);
  if (!path.ok) return path;
  const proof = { index, path: path.value, checkpoint: text.slice(cut + 2) };
  return ok(extraLine === undefined ? proof : { ...proof, extra: new Uint8Array(extra) });
}

/** The lines of an audit path or of a consistency proof. */
export function parseHashLines(lines: readonly string[]): Result<readonly Hash[], string> {
  if (lines.length > PATH_MAX) return err("a path longer than any tree is deep");
  const hashes = lines.map(decodeHash);
  // The filter leaves only what is defined, which TypeScript follows.
  const whole = hashes.filter((hash) => hash !== undefined);
  return whole.length === lines.length ? ok(whole) : err("a path line is not 32 bytes of base64");
}

export type ProvenLeaf = JudgedCheckpoint & {
  readonly index: number;
  /** Unsigned. */
  readonly extra: Uint8Array | undefined;
};

/** "Verifying a tlog proof": that a checkpoint which the policy accepts has the leaf at the proof's index. */
export function verifyTlogProof(text: string, leaf: Hash, policy: Policy): Result<ProvenLeaf, string> {
  const parsed = parseTlogProof(text);
  if (!parsed.ok) return parsed;
  const { index, path, extra } = parsed.value;
  const judged = judgeCheckpoint(policy, parsed.value.checkpoint);
  if (!judged.ok) return judged;
  const { size, root } = judged.value.checkpoint;
  if (!verifyInclusion(leaf, index, size, path, root))
    return err(`the leaf is not the one at index ${index} of the checkpoint's ${size}`);
  return ok({ ...judged.value, index, extra });
}
