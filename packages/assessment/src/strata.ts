/** Strata of a draw: parts of the population that are drawn from separately, each with the same seed. */
import { err, ok, startOfDay, addDays, type Problem, type Result, type TimeZone } from "@countersign/kernel";
import type { ControlVersion } from "@countersign/program";
import type { Item, ItemKind } from "@countersign/records";
import { draw } from "./draws.ts";
import { epochOfFact } from "./fact-time.ts";

/** Says which stratum an item is in; undefined: in none. */
export type StratumOf = (item: Item) => string | undefined;

/** By the value of a field, as text. */
export function byField(field: string): StratumOf {
  return (item) => {
    const value = item[field];
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : undefined;
  };
}

/** By the version of a control that was in force at the item's cut-off time. */
export function byControlVersion(
  versions: readonly ControlVersion[],
  kind: ItemKind,
  zone: TimeZone,
): StratumOf {
  const terms = versions.map(({ version, effectiveFrom, effectiveThrough }) => ({
    name: String(version),
    start: effectiveFrom === undefined ? Number.NEGATIVE_INFINITY : startOfDay(zone, effectiveFrom),
    end:
      effectiveThrough === undefined
        ? Number.POSITIVE_INFINITY
        : startOfDay(zone, addDays(effectiveThrough, 1)),
  }));
  return (item) => {
    const at = epochOfFact(item[kind.cutOff]);
    return at === undefined ? undefined : terms.find((term) => at >= term.start && at < term.end)?.name;
  };
}

export type StratumDraw = {
  readonly value: string;
  /** How many items the stratum holds. */
  readonly count: number;
  readonly items: readonly string[];
};

/**
 * Draws from each stratum. Every stratum keeps the order that the whole population has under the same seed.
 * @param sizes how many are drawn from each stratum, by its value
 * @returns the draws in the order of `sizes`; a problem where a stratum has no items, or items lie in none of them
 */
export function drawStrata(
  items: Iterable<Item>,
  stratumOf: StratumOf,
  seed: string,
  sizes: ReadonlyMap<string, number>,
): Result<readonly StratumDraw[], Problem> {
  const ids = new Map<string, string[]>([...sizes.keys()].map((value) => [value, []]));
  let outside = 0;
  for (const item of items) {
    const value = stratumOf(item);
    const stratum = value === undefined ? undefined : ids.get(value);
    if (stratum === undefined) outside++;
    else stratum.push(item.id);
  }
  if (outside > 0) {
    return err({
      code: "draw.outside-strata",
      what: `${outside} items of the population lie in none of the strata.`,
      why: "What no stratum holds could never be drawn.",
      next: "countersign sample draw --help",
    });
  }
  const draws: StratumDraw[] = [];
  for (const [value, stratum] of ids) {
    if (stratum.length === 0) {
      return err({
        code: "draw.empty-stratum",
        what: `No item lies in the stratum ${JSON.stringify(value)}.`,
      });
    }
    const drawn = draw(stratum, seed, sizes.get(value) ?? 0);
    if (!drawn.ok) return drawn;
    draws.push({ value, count: stratum.length, items: drawn.value });
  }
  return ok(draws);
}
