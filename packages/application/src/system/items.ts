/** The items of a kind as the newest population of it holds them, each with the record that it stands in. */
import type { Program } from "@countersign/program";
import type { Item } from "@countersign/records";
import type { Context } from "../context.ts";
import type { LogState } from "../log-state.ts";
import { populationFor, populationsOf } from "../populations.ts";
import { itemLinesOf } from "../read-list.ts";

export type RecordedItem = { readonly item: Item; readonly record: string };

/** @returns absent where no population of the kind was ever collected: that is another thing than an empty one */
export function recordedItems(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  program: Program,
  kind: string,
): readonly RecordedItem[] | undefined {
  const row = populationFor(program, populationsOf(log), kind);
  if (row === undefined) return undefined;
  const items: RecordedItem[] = [];
  // An erased line has no facts left to answer with.
  for (const line of itemLinesOf(ctx.blobs, row.body.items))
    if ("item" in line) items.push({ item: line.item, record: row.record });
  return items;
}
