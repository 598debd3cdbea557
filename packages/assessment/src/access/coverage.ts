/** For which times every change of an object is told. */
import { formatInstant, type EpochMs, type Interval } from "@countersign/kernel";
import type { AccessFeed, Outage, UnknownAccessReason } from "./model.ts";

type Gap = NonNullable<Extract<UnknownAccessReason, { readonly kind: "not-told-between" }>["gap"]>;

export class Coverage {
  readonly #covered: readonly Interval[];
  readonly #feeds: readonly AccessFeed[];

  constructor(feeds: readonly AccessFeed[]) {
    this.#feeds = feeds;
    // Joined over feeds, too: each tells every change while it covers.
    this.#covered = joined(
      feeds.flatMap((feed) => feed.reads.flatMap((read) => without(read, feed.outages))),
    );
  }

  get isFed(): boolean {
    return this.#feeds.length > 0;
  }

  /** Whether every change from `first` through `last`, both included, is told. At one instant nothing can change. */
  tells(first: EpochMs, last: EpochMs): boolean {
    if (first === last) return true;
    return this.#covered.some(({ start, end }) => start <= first && last < end);
  }

  /** Where what is told begins and ends. */
  edges(): readonly EpochMs[] {
    return this.#covered.flatMap(({ start, end }) => [start, end]);
  }

  /** The first stretch from `first` through `last` that is not told; none where no feed is said to tell it. */
  gapWithin(first: EpochMs, last: EpochMs): Gap | undefined {
    const [feed] = this.#feeds;
    if (feed === undefined) return undefined;
    let start = first;
    for (const covered of this.#covered)
      if (covered.start <= start && start < covered.end) start = covered.end;
    const end = this.#covered.find((covered) => covered.start > start)?.start ?? Math.max(last, start) + 1;
    const reasons = this.#feeds.flatMap(({ source, outages, failures }) =>
      [...outages, ...failures].map((outage) => ({ source, outage })),
    );
    const told = reasons.find(({ outage }) => outage.start < end && outage.end > start);
    return {
      source: told?.source ?? feed.source,
      start: formatInstant(start),
      end: formatInstant(end),
      reason: told?.outage.reason ?? "no complete read covers it",
    };
  }
}

function joined(intervals: readonly Interval[]): readonly Interval[] {
  const result: Interval[] = [];
  for (const each of intervals.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || each.start > last.end) result.push(each);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, each.end) };
  }
  return result;
}

function without(whole: Interval, outages: readonly Outage[]): readonly Interval[] {
  let parts: readonly Interval[] = [whole];
  for (const { start, end } of outages)
    parts = parts.flatMap((part) => [
      { start: part.start, end: Math.min(part.end, start) },
      { start: Math.max(part.start, end), end: part.end },
    ]);
  // An outage beside a part leaves it twice over or upside down; what is empty goes.
  return joined(parts);
}
