/** The items of a month: how many, under which root, and what became of them in a later version of the list. */
import {
  itemChanges,
  itemPlacer,
  monthPlacer,
  monthsOf,
  type ItemChange,
  type Month,
} from "@countersign/assessment";
import { ListLeaves } from "@countersign/ledger";
import type { ItemLine, PopulationBody, WindowBody } from "@countersign/records";
import type { Blobs } from "../ports/index.ts";
import { linesOf } from "../read-list.ts";

export type ItemsOfMonth = { readonly count: number; readonly root: string };

export type PopulationMonths = {
  /** Under the month's id; a month without items has the root of an empty tree. */
  readonly months: ReadonlyMap<string, ItemsOfMonth>;
  /** Lines of which only the leaf is left: the month of such an item is gone with it. */
  readonly hidden: number;
  /** Items of no month of the window. */
  readonly outside: number;
};

/** Counts the lines of a list by month. Memory is one line, and one tree's edge for each month. */
export function itemsByMonth(kind: string, lines: Iterable<string>, window: WindowBody): PopulationMonths {
  const months = monthsOf(window);
  const monthOf = itemPlacer(kind, monthPlacer(months, window.zone));
  const trees = new Map(months.map(({ id }) => [id, new ListLeaves()]));
  let hidden = 0;
  let outside = 0;
  for (const text of lines) {
    const line = JSON.parse(text) as ItemLine;
    if (!("item" in line)) {
      hidden++;
      continue;
    }
    const month = monthOf(line.item);
    if (month === undefined) outside++;
    else trees.get(month.id)?.addLines(`${text}\n`);
  }
  return {
    months: new Map([...trees].map(([id, tree]) => [id, { count: tree.count, root: tree.root() }])),
    hidden,
    outside,
  };
}

export function storedItemsByMonth(
  blobs: Blobs,
  { kind, items }: Pick<PopulationBody, "kind" | "items">,
  window: WindowBody,
): PopulationMonths {
  return itemsByMonth(kind, items.count === 0 ? [] : linesOf(blobs, items.digest), window);
}

/** What the newer version says otherwise than the older one, of the items of these months. */
export function* storedChanges(
  blobs: Blobs,
  older: Pick<PopulationBody, "kind" | "items">,
  newer: Pick<PopulationBody, "kind" | "items">,
  months: readonly Month[],
  zone: string,
): Generator<ItemChange> {
  if (older.items.digest === newer.items.digest) return;
  const lines = ({ items }: Pick<PopulationBody, "items">): Iterable<string> =>
    items.count === 0 ? [] : linesOf(blobs, items.digest);
  yield* itemChanges(lines(older), lines(newer), itemPlacer(newer.kind, monthPlacer(months, zone)));
}
