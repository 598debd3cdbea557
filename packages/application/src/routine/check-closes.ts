/** Closes against the lists that they counted: each count and each root once more. */
import type { WindowBody } from "@countersign/records";
import type { CloseRow } from "./closes.ts";
import { itemsByMonth, type PopulationMonths } from "./month-items.ts";

export type ClosesChecked = {
  readonly closes: number;
  /** Counts and roots that could not be checked: lines of the list are erased, withheld, or not here. */
  readonly unchecked: number;
};

/**
 * @param linesOf the lines of a population by its record; undefined where they are not here
 * @param differ is told of each count or root that is another one, with the month and the population
 */
export function checkCloses(
  closes: readonly CloseRow[],
  linesOf: (record: string) => Iterable<string> | undefined,
  differ: (where: string, recorded: string, counted: string) => void,
): ClosesChecked {
  const known = new Map<string, PopulationMonths | undefined>();
  // A list that counted for several closes is read once.
  const countedOf = (record: string, kind: string, window: WindowBody): PopulationMonths | undefined => {
    const key = [record, kind, window.from, window.through, window.zone].join("\n");
    if (!known.has(key)) {
      const lines = linesOf(record);
      known.set(key, lines === undefined ? undefined : itemsByMonth(kind, lines, window));
    }
    return known.get(key);
  };
  let unchecked = 0;
  for (const { body } of closes)
    for (const { population, version, kind, record, count, root } of body.populations) {
      const counted = countedOf(record, kind, body.window);
      const found = counted?.months.get(body.month);
      if (counted === undefined || found === undefined) unchecked++;
      else if (found.count === count && found.root === root) continue;
      else if (counted.hidden > 0) unchecked++;
      else
        differ(
          `close of ${body.month}, ${population}@${version}`,
          words(count, root),
          words(found.count, found.root),
        );
    }
  return { closes: closes.length, unchecked };
}

const words = (count: number, root: string): string => `${count} items under ${root}`;
