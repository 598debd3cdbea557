/**
 * Joins the facts of another source to the items of a population, on a key. What the population's own source says is
 * never overwritten; what neither says stays absent, so that a rule that reads it is unknown.
 */
import type { EpochMs, Interval, Json, JsonObject } from "@countersign/kernel";
import type { Item, ItemKind, ItemLine, RawRef } from "@countersign/records";
import { epochOfFact } from "./fact-time.ts";
import { keyValue } from "./reconcile.ts";

/** The read whose facts are joined. */
export type JoinedRead = {
  /** Record id of its population. */
  readonly record: string;
  readonly isComplete: boolean;
  readonly covers: Interval;
};

export type JoinedLine = { readonly item: Item; readonly raw: readonly RawRef[] };

export type JoinCounts = {
  /** Items of the population that took facts from a match. */
  readonly matched: number;
  /** Items without a match of which the joined read shows that it has none: they took the `unmatched` facts. */
  readonly shownUnmatched: number;
  /** Items without a match of which that is not shown: their facts stay absent. */
  readonly unmatched: number;
  /** Items whose key several joined items hold: nothing is taken from any of them. */
  readonly ambiguous: number;
};

export type Join = {
  /** Takes a line of the joined population; all of them before the first `fill`. */
  add(line: ItemLine): void;
  /**
   * A line of the population with the facts that it takes.
   * @param record the record id of the line's own population, which its raw bytes are in
   * @returns undefined for an erased line, which stays as it is
   */
  fill(line: ItemLine, record: string): JoinedLine | undefined;
  counts(): JoinCounts;
};

const AMBIGUOUS = Symbol("held by several items");

/**
 * @param kind of the population whose items take the facts
 * @param key a field that both sides have
 * @param unmatched the facts of an item that the joined source demonstrably does not know
 * @throws TypeError for a key that the kind does not declare
 */
export function createJoin(kind: ItemKind, key: string, unmatched: JsonObject, read: JoinedRead): Join {
  if (!kind.keys.includes(key)) throw new TypeError(`${kind.kind} is not joined on ${key}`);
  const lines = new Map<string, JoinedLine | typeof AMBIGUOUS>();
  const counts = { matched: 0, shownUnmatched: 0, unmatched: 0, ambiguous: 0 };
  /** An erased line or one without a key may be the match of any item, so no absence of a match is shown any more. */
  let hasUnknownKeys = false;

  const covers = (at: EpochMs | undefined) =>
    read.isComplete && !hasUnknownKeys && at !== undefined && at >= read.covers.start && at < read.covers.end;

  const fillItem = (item: Item): { readonly item: Item; readonly raw: readonly RawRef[] } => {
    const value = keyValue(item, key);
    const match = value === undefined ? undefined : lines.get(value);
    if (match === AMBIGUOUS) {
      counts.ambiguous++;
      return { item, raw: [] };
    }
    if (match !== undefined) {
      counts.matched++;
      return { item: withFacts(item, match.item), raw: match.raw };
    }
    if (value === undefined || !covers(epochOfFact(item[kind.cutOff]))) {
      counts.unmatched++;
      return { item, raw: [] };
    }
    counts.shownUnmatched++;
    return { item: withFacts(item, unmatched), raw: [] };
  };

  return {
    add(line) {
      const value = "erased" in line ? undefined : keyValue(line.item, key);
      if ("erased" in line || value === undefined) hasUnknownKeys = true;
      else if (lines.has(value)) lines.set(value, AMBIGUOUS);
      else lines.set(value, { item: line.item, raw: inRecord(line.raw, read.record) });
    },
    fill(line, record) {
      if ("erased" in line) return undefined;
      const { item, raw } = fillItem(line.item);
      return { item, raw: [...inRecord(line.raw, record), ...raw] };
    },
    counts: () => ({ ...counts }),
  };
}

/** The item's own facts, and those of the other that it lacks. */
function withFacts(item: Item, facts: JsonObject): Item {
  const filled: { [name: string]: Json } & { id: string } = { ...item };
  for (const [name, value] of Object.entries(facts)) {
    if (!Object.hasOwn(filled, name)) filled[name] = value;
  }
  return filled;
}

/** Raw bytes keep the name of the record that holds them. */
function inRecord(raw: readonly RawRef[], record: string): readonly RawRef[] {
  return raw.map((ref) => (ref.record === undefined ? { ...ref, record } : ref));
}
