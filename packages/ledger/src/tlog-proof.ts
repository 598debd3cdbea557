/** One record's proof in a file (C2SP tlog-proof, draft): index, audit path, and the checkpoint it leads to. */
import { err, ok, type Result } from "@countersign/kernel";
import type { Hash } from "./merkle.ts";

const HEADER = "c2sp.org/tlog-proof@v1";
/** A tree of 2^63 leaves has a path of 63. */
const PATH_MAX = 63;

export type TlogProof = {
  readonly index: number;
  readonly path: readonly Hash[];
  /** The signed note, as the log published it. */
  readonly checkpoint: string;
};

export function formatTlogProof(proof: TlogProof): string {
  const path = proof.path.map((hash) => `${Buffer.from(hash).toString("base64")}\n`).join("");
  return `${HEADER}\nindex ${proof.index}\n${path}\n${proof.checkpoint}`;
}

export function parseTlogProof(text: string): Result<TlogProof, string> {
  const cut = text.indexOf("\n\n");
  if (cut < 0) return err("no empty line before the checkpoint");
  const [header, index = "", ...path] = text.slice(0, cut).split("\n");
  if (header !== HEADER) return err(`the first line is not ${HEADER}`);
  const number = /^index (0|[1-9][0-9]*)$/.exec(index)?.[1];
  if (number === undefined || !Number.isSafeInteger(Number(number))) return err("no index line");
  if (path.length > PATH_MAX) return err("a path longer than any tree is deep");
  const hashes: Hash[] = [];
  for (const line of path) {
    const hash = Buffer.from(line, "base64");
    if (hash.length !== 32 || hash.toString("base64") !== line)
      return err("a path line is not 32 bytes of base64");
    hashes.push(new Uint8Array(hash));
  }
  return ok({ index: Number(number), path: hashes, checkpoint: text.slice(cut + 2) });
}
