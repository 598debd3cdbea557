/** What the close of a month records: what counted then, so that a later change of it shows (docs/formats/month-close.md). */
import type { LocalDate } from "@countersign/kernel";
import type { WindowBody } from "./bodies.ts";
import type { BlobRef, PersonId } from "./record.ts";

export type MonthClosedBody = {
  readonly close: string;
  /** "2026-05" */
  readonly month: string;
  /** The month's local dates, cut at the window's ends. */
  readonly from: LocalDate;
  readonly through: LocalDate;
  readonly window: WindowBody;
  /** The run that it rests on, and the record of that run. */
  readonly run: string;
  readonly assessment: string;
  /** Of each population that the run used, the items whose cut-off time lies in the month. */
  readonly populations: readonly {
    readonly population: string;
    readonly kind: string;
    readonly record: string;
    readonly version: number;
    readonly count: number;
    /** RFC 6962 root, in hex, over the leaves of these items in the order of the list. */
    readonly root: string;
  }[];
  /**
   * Months closed before of which the newest lists say something else than they did at that close. Erased items count
   * for neither.
   */
  readonly earlier: readonly {
    readonly month: string;
    readonly close: string;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
  }[];
  /** Occurrences of the month by state: an item by its cut-off time, a period by the day on which it was due. */
  readonly counts: { readonly [state: string]: number };
  /** Occurrences that are unknown: `open` and `explained` of this month, `carried` from months closed before and open still. */
  readonly unknown: { readonly open: number; readonly explained: number; readonly carried: number };
  /** Differences of reconciliations that nobody resolved. */
  readonly differences: number;
  /** Sources of which no complete read covers the month. */
  readonly unread: number;
  /** Everything counted above, one by one: canonical JSON. It names no item. */
  readonly details: BlobRef;
  /** Where the month was closed before: that close stays, and this is why there is another. */
  readonly again?: { readonly close: string; readonly reason: string };
  /** Who closed it; absent where nobody was named, and then the record's actor did. */
  readonly person?: PersonId;
};
