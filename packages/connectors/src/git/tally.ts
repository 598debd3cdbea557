/** What is counted while the commits pass by, for the lacks and the cautions of the read. */
import { Counted } from "../text/counted.ts";
import type { ChangeFacts } from "./facts.ts";

/** As many digits of a revision as a person compares. */
const SHORT = 12;

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
    if (read.nameOnly) this.nameOnly.add(revision.slice(0, SHORT));
    if (read.namesake) this.namesake.add(revision.slice(0, SHORT));
    if (encodingTrouble !== undefined) this.encoding.add(revision.slice(0, SHORT));
  }
}
