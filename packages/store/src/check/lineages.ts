/**
 * What was signed, found among three copies of each leaf's hash. The hash of a record's bytes, the one it was sequenced
 * with and the one in its tile agree, or one of them is damaged. Trees grow over each reading side by side, and the one
 * whose root was signed tells which copies are true: all that agree with it are proven, whatever lies beside them.
 */
import { equalHashes, leafHash, type Hash } from "@countersign/ledger";
import { GrowingTree, type FilledTile, type TreeFrontier } from "./growing-tree.ts";

/** `entries`: the records' bytes; `most`: what two of three copies say; `tiles`: the tiles, where there are any. */
export type Reading = "entries" | "most" | "tiles";
const OTHERS = ["most", "tiles"] as const;

export type LeafCopies = {
  readonly entry: Hash | undefined;
  readonly sequenced: Hash | undefined;
  readonly tile: Hash | undefined;
};

/** No more than so many single places are named; the rest is counted. */
export const PLACES_MAX = 1_000;

export type LineageState = {
  readonly reading: Reading;
  readonly tree: TreeFrontier;
  readonly departs: readonly number[];
  readonly departures: number;
  readonly provenSize: number;
  readonly provenDepartures: number;
};

/** A tree over one reading, and where it says otherwise than the records' bytes. */
export class Lineage {
  readonly reading: Reading;
  readonly tree: GrowingTree;
  /** The indices, the first PLACES_MAX of them. */
  readonly departs: number[];
  departures: number;
  /** Of the largest signed checkpoint whose root this tree had, and the departures below it. */
  provenSize: number;
  provenDepartures: number;

  constructor(state: Omit<LineageState, "tree">, tree: GrowingTree) {
    this.reading = state.reading;
    this.tree = tree;
    this.departs = [...state.departs];
    this.departures = state.departures;
    this.provenSize = state.provenSize;
    this.provenDepartures = state.provenDepartures;
  }

  save(): LineageState {
    const { reading, departs, departures, provenSize, provenDepartures } = this;
    return { reading, tree: this.tree.frontier(), departs, departures, provenSize, provenDepartures };
  }
}

const NOTHING = leafHash(Buffer.alloc(0));
const same = (a: Hash | undefined, b: Hash | undefined): boolean =>
  a !== undefined && b !== undefined && equalHashes(a, b);

const NONE = { departs: [], departures: 0, provenDepartures: 0 } as const;

function leafOf(reading: Reading, { entry, sequenced, tile }: LeafCopies): Hash {
  switch (reading) {
    case "entries":
      return entry ?? NOTHING;
    case "tiles":
      return tile ?? sequenced ?? entry ?? NOTHING;
    case "most":
      if (same(entry, sequenced) || same(entry, tile)) return entry ?? NOTHING;
      return sequenced ?? tile ?? entry ?? NOTHING;
  }
}

export class Lineages {
  /** The records' own tree is always there; another begins where it departs from it. */
  readonly #all: Lineage[];
  readonly #entries: Lineage;

  constructor(saved: readonly LineageState[] = []) {
    this.#all = saved.map((state) => new Lineage(state, new GrowingTree(state.tree)));
    const entries = this.#all.find((each) => each.reading === "entries");
    this.#entries = entries ?? new Lineage({ reading: "entries", ...NONE, provenSize: 0 }, new GrowingTree());
    if (entries === undefined) this.#all.push(this.#entries);
  }

  get size(): number {
    return this.#entries.tree.size;
  }

  append(copies: LeafCopies): void {
    const own = leafOf("entries", copies);
    const index = this.size;
    for (const reading of OTHERS) {
      const leaf = leafOf(reading, copies);
      let lineage = this.#all.find((each) => each.reading === reading);
      if (lineage === undefined) {
        if (equalHashes(leaf, own)) continue;
        this.#all.push((lineage = this.#fork(reading)));
      }
      lineage.tree.append(leaf);
      if (equalHashes(leaf, own)) continue;
      lineage.departures++;
      if (lineage.departs.length < PLACES_MAX) lineage.departs.push(index);
    }
    this.#entries.tree.append(own);
  }

  #fork(reading: Reading): Lineage {
    const { provenSize, tree } = this.#entries;
    return new Lineage({ reading, ...NONE, provenSize }, tree.fork());
  }

  /** @returns whether one of the trees has the root that was signed. */
  meet(root: Hash): boolean {
    let met = false;
    for (const lineage of this.#all)
      if (equalHashes(lineage.tree.root(), root)) {
        lineage.provenSize = this.size;
        lineage.provenDepartures = lineage.departures;
        met = true;
      }
    return met;
  }

  /** The tree that a signed checkpoint proves furthest; of several, the one that leaves least out. */
  best(): Lineage {
    return this.#all.reduce((best, each) =>
      each.provenSize > best.provenSize ||
      (each.provenSize === best.provenSize && each.departures < best.departures)
        ? each
        : best,
    );
  }

  /** Filled tiles by reading; a reading that never departed has the tiles of the records. */
  takeFilled(): ReadonlyMap<Reading, readonly FilledTile[]> {
    return new Map(this.#all.map((each) => [each.reading, each.tree.takeFilled()]));
  }

  edges(): ReadonlyMap<Reading, readonly FilledTile[]> {
    return new Map(this.#all.map((each) => [each.reading, each.tree.edges()]));
  }

  save(): readonly LineageState[] {
    return this.#all.map((each) => each.save());
  }
}
