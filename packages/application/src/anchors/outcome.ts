/** What became of one target: each is tried, and a failure of one keeps no other from being done. */
import type { Problem } from "@countersign/kernel";

export type AnchorOutcome =
  | {
      readonly outcome: "anchored";
      readonly target: string;
      readonly kind: "time-stamp" | "cosignature" | "letter";
      readonly toward: string;
      readonly size: number;
      readonly at: string;
      readonly record: string;
      /** Files that were kept beside the program. */
      readonly files: readonly string[];
      /** What a reader should know beside it: a clock that differs, a letter that is still to be sent. */
      readonly remarks: readonly string[];
    }
  | { readonly outcome: "failed"; readonly target: string; readonly problem: Problem }
  | { readonly outcome: "not-due"; readonly target: string; readonly period: string };
