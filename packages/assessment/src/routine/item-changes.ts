/** Two versions of one population, month by month: which items came, went or say something else. */
import type { EpochMs } from "@countersign/kernel";
import { itemKindOf, type Item } from "@countersign/records";
import { epochOfFact } from "../fact-time.ts";
import type { Month } from "./months.ts";

type Placer = (at: EpochMs) => Month | undefined;

/** @returns the month in which the item's cut-off time lies; undefined outside the months, or where it cannot be read */
export function itemPlacer(kind: string, place: Placer): (item: Item) => Month | undefined {
  const itemKind = itemKindOf(kind);
  if (itemKind === undefined) throw new TypeError(`no item kind ${kind}`);
  return (item) => {
    const at = epochOfFact(item[itemKind.cutOff]);
    return at === undefined ? undefined : place(at);
  };
}

export type ItemChange = {
  readonly month: string;
  readonly id: string;
  /** As the month sees it: an item that moved to another month is removed from one and added to the other. */
  readonly what: "added" | "removed" | "changed";
};

/**
 * Every change of an item that lies in a month in either version. For each month the newer version then holds as many items
 * as the older one, and those added, less those removed. Lines of which only the leaf is left are passed over in both: what
 * they said is not known. Memory is one line of each.
 * @param older lines of a sealed list, without newline, sorted by id as every list of items is
 * @param monthOf see {@link itemPlacer}
 */
export function* itemChanges(
  older: Iterable<string>,
  newer: Iterable<string>,
  monthOf: (item: Item) => Month | undefined,
): Generator<ItemChange> {
  const left = itemTexts(older);
  const right = itemTexts(newer);
  let a = left.next();
  let b = right.next();
  while (a.done !== true || b.done !== true) {
    // Most items are in both, and the same: they need not be read.
    if (a.value === b.value) {
      a = left.next();
      b = right.next();
      continue;
    }
    const one = itemIn(a.value);
    const other = itemIn(b.value);
    const order = one === undefined ? 1 : other === undefined ? -1 : compareCodePoints(one.id, other.id);
    yield* changesOf(order <= 0 ? one : undefined, order >= 0 ? other : undefined, monthOf);
    if (order <= 0) a = left.next();
    if (order >= 0) b = right.next();
  }
}

function* changesOf(
  was: Item | undefined,
  is: Item | undefined,
  monthOf: (item: Item) => Month | undefined,
): Generator<ItemChange> {
  const before = was && monthOf(was)?.id;
  const after = is && monthOf(is)?.id;
  const id = was?.id ?? is?.id ?? "";
  if (before !== undefined && before === after) {
    // Their texts differ, and a canonical text is one item's only.
    yield { month: before, id, what: "changed" };
    return;
  }
  if (before !== undefined) yield { month: before, id, what: "removed" };
  if (after !== undefined) yield { month: after, id, what: "added" };
}

function itemIn(text: string | undefined): Item | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Item);
}

const HEAD = '{"item":';

/** The canonical text of each item: what stands between the line's head and its `raw` or `salt`, which come last. */
function* itemTexts(lines: Iterable<string>): Generator<string, undefined> {
  for (const line of lines) {
    if (!line.startsWith(HEAD)) continue;
    // A quote inside of a text has a backslash before it: neither mark can be part of one. An item ends in a brace.
    const salt = line.lastIndexOf(',"salt":"');
    const end = line[salt - 1] === "]" ? line.lastIndexOf(',"raw":[') : salt;
    yield line.slice(HEAD.length, end);
  }
}

/** Lists are sorted by the bytes of their ids (UTF-8), whose order is that of code points; JavaScript compares UTF-16. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

/** What stands for a code point above all that have one unit. */
function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
