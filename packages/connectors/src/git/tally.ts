/** What is counted while the commits pass by, for the lacks and the cautions of the read. */
import type { ChangeFacts } from "./facts.ts";

const NAMED = 5;

/** A number, and the first few revisions behind it. */
export class Counted {
  count = 0;
  readonly examples: string[] = [];

  add(revision: string): void {
    this.count += 1;
    if (this.examples.length < NAMED) this.examples.push(revision.slice(0, 12));
  }

  /** "1a2b3c4d5e6f, 6f5e4d3c2b1a and 7 more" */
  get words(): string {
    const more = this.count - this.examples.length;
    return more > 0 ? `${this.examples.join(", ")} and ${more} more` : this.examples.join(", ");
  }
}

export class Tally {
  changes = 0;
  approved = 0;
  checked = 0;
  withPullRequest = 0;
  reviewedElsewhere = 0;
  readonly nameOnly = new Counted();
  readonly namesake = new Counted();
  readonly encoding = new Counted();

  add(revision: string, read: ChangeFacts, encodingTrouble: string | undefined): void {
    this.changes += 1;
    if (read.approved) this.approved += 1;
    if (read.checked) this.checked += 1;
    if (read.reviewedElsewhere) this.reviewedElsewhere += 1;
    if (read.facts.pullRequest !== undefined) this.withPullRequest += 1;
    if (read.nameOnly) this.nameOnly.add(revision);
    if (read.namesake) this.namesake.add(revision);
    if (encodingTrouble !== undefined) this.encoding.add(revision);
  }
}
