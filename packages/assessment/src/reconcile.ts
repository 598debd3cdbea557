/**
 * Reconciliation of two populations on a key: do two sources that were filled independently name the same things? Every
 * item ends in exactly one of four places: matched, on the left only, on the right only, or ambiguous, because its key
 * is held twice or is absent. Nothing is merged silently.
 */
import { compareText } from "@countersign/kernel";
import type { Item, ItemKind, RecordBodies } from "@countersign/records";
import type { PopulationUse } from "./model.ts";

export type Side = "left" | "right";
export type Difference = { readonly id: string; readonly key: string };
export type Ambiguity = {
  readonly side: Side;
  readonly id: string;
  /** Empty where the item has none. */
  readonly key: string;
  readonly reason: string;
};

export type Reconciliation = {
  /** How many items were fed on each side. */
  readonly left: number;
  readonly right: number;
  /** Pairs: a key that each side holds exactly once. */
  readonly matched: number;
  /** Sorted by id, as are the others. */
  readonly onlyLeft: readonly Difference[];
  readonly onlyRight: readonly Difference[];
  readonly duplicates: readonly Ambiguity[];
};

export type Reconciler = {
  left(item: Item): void;
  right(item: Item): void;
  finish(): Reconciliation;
};

/** The ids of one side under each key; an id alone stands for itself, since nearly all keys are held once. */
type SideIndex = { readonly ids: Map<string, string | string[]>; readonly absent: string[]; count: number };

/**
 * @param kind of the population under test; the other side may be of another kind that has the same field
 * @param key a field whose value names the same thing in both sources: "revision"
 * @throws TypeError for a key that the kind does not declare
 */
export function createReconciler(kind: ItemKind, key: string): Reconciler {
  if (!kind.keys.includes(key)) throw new TypeError(`${kind.kind} is not reconciled on ${key}`);
  const sides = { left: createSide(), right: createSide() };
  return {
    left: (item) => index(sides.left, item, key),
    right: (item) => index(sides.right, item, key),
    finish: () => compareSides(sides.left, sides.right, key),
  };
}

function createSide(): SideIndex {
  return { ids: new Map(), absent: [], count: 0 };
}

function index(side: SideIndex, item: Item, key: string): void {
  side.count++;
  const value = keyValue(item, key);
  if (value === undefined) {
    side.absent.push(item.id);
    return;
  }
  const held = side.ids.get(value);
  if (held === undefined) side.ids.set(value, item.id);
  else if (typeof held === "string") side.ids.set(value, [held, item.id]);
  else held.push(item.id);
}

/** A key as text; an empty one names nothing. */
export function keyValue(item: Item, key: string): string | undefined {
  const value = item[key];
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" ? String(value) : undefined;
}

function compareSides(left: SideIndex, right: SideIndex, key: string): Reconciliation {
  const onlyLeft: Difference[] = [];
  const onlyRight: Difference[] = [];
  const duplicates: Ambiguity[] = [];
  let matched = 0;
  const ambiguous = (
    side: Side,
    own: string | readonly string[],
    other: string | readonly string[] | undefined,
    value: string,
  ) => {
    const reason =
      typeof own === "string"
        ? `the other side holds this ${key} ${other?.length ?? 0} times`
        : `${own.length} items of this side hold this ${key}`;
    for (const id of typeof own === "string" ? [own] : own) duplicates.push({ side, id, key: value, reason });
  };

  for (const [value, own] of left.ids) {
    const other = right.ids.get(value);
    if (typeof own === "string" && other === undefined) onlyLeft.push({ id: own, key: value });
    else if (typeof own === "string" && typeof other === "string") matched++;
    else {
      ambiguous("left", own, other, value);
      if (other !== undefined) ambiguous("right", other, own, value);
    }
  }
  for (const [value, own] of right.ids) {
    if (left.ids.has(value)) continue;
    if (typeof own === "string") onlyRight.push({ id: own, key: value });
    else ambiguous("right", own, undefined, value);
  }
  for (const [side, ids] of [
    ["left", left.absent],
    ["right", right.absent],
  ] as const) {
    for (const id of ids) duplicates.push({ side, id, key: "", reason: `it has no ${key}` });
  }
  const byId = (a: { id: string }, b: { id: string }) => compareText(a.id, b.id);
  return {
    left: left.count,
    right: right.count,
    matched,
    onlyLeft: onlyLeft.sort(byId),
    onlyRight: onlyRight.sort(byId),
    duplicates: duplicates.sort(
      (a, b) => byId(a, b) || compareText(a.side, b.side) || compareText(a.key, b.key),
    ),
  };
}

/**
 * What a reconciliation shows of completeness, after people resolved its differences.
 *
 * An explanation, an error of the other source, or an item that lies outside the population resolves a difference. That
 * an item which only the other source holds *belongs to the population* is a finding, not a resolution: the population
 * lacks it until it is pulled again.
 */
export function completenessOf(
  reconciliation: { readonly id: string } & Pick<Reconciliation, "onlyLeft" | "onlyRight" | "duplicates">,
  resolutions: readonly RecordBodies["difference.resolved"][],
): PopulationUse["completeness"] {
  const settledLeft = new Set<string>();
  const settledRight = new Set<string>();
  for (const { reconciliation: of, ids, resolution } of resolutions) {
    if (of !== reconciliation.id) continue;
    for (const id of ids) {
      settledLeft.add(id);
      if (resolution === "belongs-to-population") settledRight.delete(id);
      else settledRight.add(id);
    }
  }
  const differences = [
    ...reconciliation.onlyLeft.map(({ id }) => settledLeft.has(id)),
    ...reconciliation.onlyRight.map(({ id }) => settledRight.has(id)),
    ...reconciliation.duplicates.map(({ side, id }) =>
      (side === "left" ? settledLeft : settledRight).has(id),
    ),
  ];
  const resolved = differences.filter(Boolean).length;
  const unresolved = differences.length - resolved;
  return unresolved === 0
    ? { state: "reconciled", reconciliation: reconciliation.id, resolved }
    : { state: "differences", reconciliation: reconciliation.id, unresolved, resolved };
}
