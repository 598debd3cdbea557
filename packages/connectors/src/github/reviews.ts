/**
 * Which approvals stood when the pull request was merged. As GitHub counts: of each person's reviews the last one that
 * approves, asks for changes or was dismissed decides; comments decide nothing.
 */
import type { EpochMs } from "@countersign/kernel";
import type { KnownPerson } from "@countersign/application/ports";
import type { Review } from "./pull.ts";

export type Given = Review & { readonly person: KnownPerson };

export type Approvals = {
  readonly standing: readonly Given[];
  /** Dismissed, or followed by the same person's request for changes. */
  readonly withdrawn: readonly Given[];
};

/** Reviews under several accounts of one person count as that person's. */
export function approvalsOf(reviews: readonly Given[], mergedAt: EpochMs): Approvals {
  const byPerson = new Map<string, Given[]>();
  for (const review of reviews.toSorted((left, right) => (left.at ?? 0) - (right.at ?? 0))) {
    const own = byPerson.get(review.person.id) ?? [];
    byPerson.set(review.person.id, [...own, review]);
  }
  const standing: Given[] = [];
  const withdrawn: Given[] = [];
  for (const own of byPerson.values()) {
    const before = own.filter((review) => (review.at ?? 0) <= mergedAt);
    const decisive = before.at(-1);
    // What was approved only after the merge stands with its time, so that a rule can see that it came late.
    const late = own.filter((review) => (review.at ?? 0) > mergedAt).at(-1);
    if (decisive?.state === "approved") standing.push(decisive);
    else if (late?.state === "approved") standing.push(late);
    withdrawn.push(...before.filter((review) => isWithdrawn(review, decisive)));
  }
  return { standing, withdrawn };
}

function isWithdrawn(review: Given, decisive: Given | undefined): boolean {
  if (review.state === "dismissed") return true;
  return review.state === "approved" && decisive?.state !== "approved";
}
