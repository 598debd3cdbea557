/**
 * The tree of a tiled log, from the checkpoint's root down. Every hash is there more than once: in its tile, as the root
 * of the tile below it, and over the entries. What hashes up to the root is the true one, so that a damaged copy is told
 * from a sound one, and what stands beside it can still be proven.
 */
import { equalHashes, nodeHash, type Hash } from "./merkle.ts";
import { hashesAt, TILE_WIDTH, widthAt } from "./tile-path.ts";
import { fullTileRoot, HASH_BYTES } from "./tiles.ts";

/** The 256 hashes of a tile, or fewer at the right edge; undefined where one could not be read. */
export type Hashes = readonly (Hash | undefined)[];

/** The copies of the hashes of one tile level; level 0, of which there is too much to hold, has its right edge only. */
export type LevelCopies = {
  /** As they stand in the level's tiles. */
  readonly inTiles: (Hash | undefined)[];
  /** The roots of the tiles of the level below. */
  readonly overTiles: (Hash | undefined)[];
  /** Computed from the entries alone. */
  readonly overEntries: (Hash | undefined)[];
};

export function emptyLevel(): LevelCopies {
  return { inTiles: [], overTiles: [], overEntries: [] };
}

function copiesOf(level: LevelCopies, start: number, end: number): Hash[][] {
  return [level.inTiles, level.overTiles, level.overEntries].flatMap((copy) => {
    const hashes = copy.slice(start, end).filter((hash) => hash !== undefined);
    return hashes.length === end - start ? [hashes] : [];
  });
}

/** Adds the level above: what the tiles of this one hash to, where they are full and readable. */
export function levelAbove(level: LevelCopies, above: LevelCopies, count: number): void {
  for (let index = 0; (index + 1) * TILE_WIDTH <= count; index++) {
    const [start, end] = [index * TILE_WIDTH, (index + 1) * TILE_WIDTH];
    above.overTiles[index] = rootOf(level.inTiles.slice(start, end));
    above.overEntries[index] = rootOf(level.overEntries.slice(start, end));
  }
}

export function rootOf(hashes: Hashes): Hash | undefined {
  const whole = hashes.filter((hash) => hash !== undefined);
  return whole.length === TILE_WIDTH ? fullTileRoot(whole) : undefined;
}

/** The part of the tree's root that a partial tile adds in front of what is right of it. */
function foldPartial(hashes: readonly Hash[], right: Hash | undefined): Hash | undefined {
  let root = right;
  let end = hashes.length;
  // Complete subtrees from right to left: the lowest bit of the width is the smallest.
  for (let bit = 1; end > 0; bit *= 2) {
    if ((end & bit) === 0) continue;
    const peak = perfectRoot(hashes.slice(end - bit, end));
    root = root === undefined ? peak : nodeHash(peak, root);
    end -= bit;
  }
  return root;
}

function perfectRoot(hashes: readonly Hash[]): Hash {
  let level = hashes;
  while (level.length > 1) {
    const above: Hash[] = [];
    // A power of two halves evenly, so both are there.
    for (let i = 0; i < level.length; i += 2) above.push(nodeHash(level[i]!, level[i + 1]!));
    level = above;
  }
  return level[0]!;
}

/** The right edge: for each level its partial tile, in the copies that together give the root; undefined when none do. */
export function trueEdge(
  levels: readonly LevelCopies[],
  size: number,
  root: Hash,
): readonly (readonly Hash[])[] | undefined {
  const choose = (level: number, right: Hash | undefined): (readonly Hash[])[] | undefined => {
    if (level === levels.length) return right !== undefined && equalHashes(right, root) ? [] : undefined;
    const count = hashesAt(level, size);
    const width = count % TILE_WIDTH;
    if (width === 0) return prepend([], choose(level + 1, right));
    for (const copy of copiesOf(levels[level]!, count - width, count)) {
      const above = choose(level + 1, foldPartial(copy, right));
      if (above !== undefined) return [copy, ...above];
    }
    return undefined;
  };
  return choose(0, undefined);
}

function prepend<T>(first: T, rest: T[] | undefined): T[] | undefined {
  return rest === undefined ? undefined : [first, ...rest];
}

/**
 * The true hashes of each level from 1 on, where a copy of them hashes up to the level above.
 * @param edge of `trueEdge`
 */
export function trueLevels(
  levels: readonly LevelCopies[],
  size: number,
  edge: readonly (readonly Hash[])[],
): readonly Hashes[] {
  const found: Hashes[] = levels.map(() => []);
  for (let level = levels.length - 1; level >= 1; level--) {
    const hashes: (Hash | undefined)[] = [];
    const count = hashesAt(level, size);
    for (let index = 0; index * TILE_WIDTH < count; index++) {
      const width = widthAt({ kind: "hashes", level, index }, size);
      const start = index * TILE_WIDTH;
      const above = found[level + 1]?.[index];
      const tile = width < TILE_WIDTH ? edge[level] : trueTile(levels[level]!, start, above);
      for (let i = 0; i < width; i++) hashes[start + i] = tile?.[i];
    }
    found[level] = hashes;
  }
  return found;
}

function trueTile(level: LevelCopies, start: number, above: Hash | undefined): readonly Hash[] | undefined {
  if (above === undefined) return undefined;
  return copiesOf(level, start, start + TILE_WIDTH).find((copy) => equalHashes(fullTileRoot(copy), above));
}

/** So many disagreements between a tile and its bundle are tried out in all ways. */
const DISAGREEMENTS_MAX = 8;

/** Which of two copies of a full tile, hash by hash, gives the root above; undefined when no choice does. */
export function settle(a: Hashes, b: Hashes, above: Hash): readonly Hash[] | undefined {
  const open: number[] = [];
  const chosen: (Hash | undefined)[] = [];
  for (let i = 0; i < TILE_WIDTH; i++) {
    const [x, y] = [a[i], b[i]];
    chosen[i] = x ?? y;
    if (x !== undefined && y !== undefined && !equalHashes(x, y)) open.push(i);
  }
  if (open.length > DISAGREEMENTS_MAX) {
    return [a, b].flatMap((copy) => (matches(copy, above) ? [copy.filter((h) => h !== undefined)] : []))[0];
  }
  for (let choice = 0; choice < 2 ** open.length; choice++) {
    for (const [bit, i] of open.entries()) chosen[i] = ((choice >> bit) & 1) === 0 ? a[i] : b[i];
    if (matches(chosen, above)) return chosen.filter((hash) => hash !== undefined);
  }
  return undefined;
}

function matches(hashes: Hashes, above: Hash): boolean {
  const root = rootOf(hashes);
  return root !== undefined && equalHashes(root, above);
}

/** Views of a tile's bytes: as many hashes as are whole, and no more than the width. */
export function hashesIn(bytes: Uint8Array | undefined, width: number): Hash[] {
  const count = Math.min(width, Math.floor((bytes?.length ?? 0) / HASH_BYTES));
  return Array.from({ length: count }, (_, i) => bytes!.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}
