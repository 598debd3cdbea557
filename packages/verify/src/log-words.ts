/** What an exported log and one record's proof show, and what they do not, in sentences. */
import type { Fingerprint } from "@countersign/package-format";
import type { AnchorResult } from "./anchor-check.ts";
import { anchorsDoNotShow, anchorsShow, trustedSize } from "./anchor-words.ts";

/** What the reader compared, of either. */
export type Compared = {
  readonly logKey: { readonly key: string; readonly fingerprint: Fingerprint } | undefined;
  readonly keyComparedByAnotherWay: boolean;
  readonly anchors: readonly AnchorResult[];
  /** Undefined without a policy. */
  readonly policyMet: boolean | undefined;
};

export function comparedShow({ keyComparedByAnotherWay, policyMet, anchors }: Compared): string[] {
  const shows: string[] = [];
  if (keyComparedByAnotherWay) shows.push("The key is the one that you got by another way.");
  if (policyMet === true) shows.push("The checkpoint is signed and cosigned as your policy asks.");
  return [...shows, ...anchorsShow(anchors)];
}

/**
 * @param size of the checkpoint
 * @param covered how many records an older checkpoint of the reader's covers
 */
export function comparedDoNotShow(compared: Compared, size: number, covered: number): string[] {
  const { logKey, keyComparedByAnotherWay, policyMet, anchors } = compared;
  const not: string[] = [];
  if (!keyComparedByAnotherWay && policyMet !== true)
    not.push(
      `Whose log it is: the key came with it. Compare its fingerprint, ${logKey?.fingerprint.short ?? "which could not be read"}, by another way (--key).`,
    );
  const held = Math.max(covered, trustedSize(anchors));
  if (held < size)
    not.push(
      `${held === 0 ? "That nothing was left out or rewritten before it was signed" : `That records after the first ${held} were not rewritten`}: someone inside who holds the keys can rewrite and re-sign a log, and it cannot be told from the true one without an older checkpoint that somebody outside kept (--since).`,
    );
  not.push(
    "When the records were made: the times in them are those of the company's own clock.",
    ...anchorsDoNotShow(anchors),
    "That what a source said was true, or a date that a person typed.",
  );
  return not;
}
