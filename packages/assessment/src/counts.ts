/** Counts per week. Totals are sums over the weeks and are never kept beside them, so the two cannot differ. */
import { occurrenceStates, type Counts, type OccurrenceState, type WeekCounts } from "./model.ts";

const stateIndex: { readonly [state in OccurrenceState]: number } = {
  operated: 0,
  late: 1,
  missed: 2,
  deviated: 3,
  unknown: 4,
  "not-due": 5,
  "not-applicable": 6,
};

export class StateCounts {
  readonly #cells: Uint32Array;

  constructor(weeks: number) {
    this.#cells = new Uint32Array(weeks * occurrenceStates.length);
  }

  add(week: number, state: OccurrenceState, count = 1): void {
    const cell = week * occurrenceStates.length + stateIndex[state];
    this.#cells[cell] = (this.#cells[cell] ?? 0) + count;
  }

  addAll(week: number, counts: Counts | undefined): void {
    if (counts === undefined) return;
    for (const state of occurrenceStates) if (counts[state] > 0) this.add(week, state, counts[state]);
  }

  weeks(): readonly WeekCounts[] {
    const weeks: WeekCounts[] = [];
    for (let at = 0; at < this.#cells.length; at += occurrenceStates.length) {
      weeks.push(countsOf((state) => this.#cells[at + stateIndex[state]] ?? 0));
    }
    return weeks;
  }
}

function countsOf(count: (state: OccurrenceState) => number): Counts {
  return {
    operated: count("operated"),
    late: count("late"),
    missed: count("missed"),
    deviated: count("deviated"),
    unknown: count("unknown"),
    "not-due": count("not-due"),
    "not-applicable": count("not-applicable"),
  };
}

/** The sum of counts; all zero where there are none. */
export function sumCounts(counts: readonly Counts[]): Counts {
  const cells = new StateCounts(1);
  for (const each of counts) cells.addAll(0, each);
  return cells.weeks()[0] ?? countsOf(() => 0);
}

/** Week by week sums of several lists of the same weeks. */
export function sumWeeks(lists: readonly (readonly WeekCounts[])[], weeks: number): readonly WeekCounts[] {
  const cells = new StateCounts(weeks);
  for (const list of lists) for (let week = 0; week < weeks; week++) cells.addAll(week, list[week]);
  return cells.weeks();
}

/** What was owed: every occurrence but those that were shown not to apply. */
export function expectedOf(counts: Counts): number {
  return occurrenceStates.reduce((sum, state) => sum + counts[state], 0) - counts["not-applicable"];
}
