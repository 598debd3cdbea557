/** Where the files of a tiled log are (C2SP tlog-tiles 0.1.0): the one spelling of each path. */

export const TILE_WIDTH = 256;
export const CHECKPOINT_FILE = "checkpoint";

/**
 * Beside the tiles of a log whose key was replaced (tlog-tiles says nothing of it): the checkpoint that both keys signed.
 * @param rotation 1 for the first rotation of the log's key
 */
export function handoverFile(rotation: number): string {
  return `handover-${rotation}`;
}

/** @returns the rotation, or undefined for the path of another file */
export function parseHandoverFile(path: string): number | undefined {
  const found = /^handover-([1-9]\d{0,5})$/.exec(path);
  return found === null ? undefined : Number(found[1]);
}

/** A tile of hashes at a level, or a bundle of entries, which stands beside level 0. */
export type TileKind = { readonly kind: "hashes"; readonly level: number } | { readonly kind: "entries" };

export type Tile = TileKind & {
  /** Within its level, from 0. */
  readonly index: number;
  /** 256 when full, 1 to 255 when partial; no tile is empty. */
  readonly width: number;
};

/** 63 levels would hold 2^504 entries; the specification allows them in a path. */
const LEVEL_MAX = 63;

export function tilePath(tile: Tile): string {
  const folder = tile.kind === "entries" ? "entries" : String(tile.level);
  const part = tile.width === TILE_WIDTH ? "" : `.p/${tile.width}`;
  return `tile/${folder}/${indexPath(tile.index)}${part}`;
}

/** 1234067 is x001/x234/067. */
function indexPath(index: number): string {
  const groups: string[] = [];
  for (let rest = index, x = ""; ; rest = Math.floor(rest / 1000), x = "x") {
    groups.unshift(x + String(rest % 1000).padStart(3, "0"));
    if (rest < 1000) return groups.join("/");
  }
}

const PATH =
  /^tile\/(?<folder>entries|0|[1-9][0-9]?)\/(?<groups>(?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/(?<width>[1-9][0-9]{0,2}))?$/;

/** Undefined for anything but the path that `tilePath` gives some tile. */
export function parseTilePath(path: string): Tile | undefined {
  const { folder = "", groups = "", width: widthText } = PATH.exec(path)?.groups ?? {};
  if (folder === "") return undefined;
  const index = Number(groups.replaceAll(/[x/]/g, ""));
  const width = widthText === undefined ? TILE_WIDTH : Number(widthText);
  const level = Number(folder);
  // Leading groups of zeros, and indexes that a number does not hold, do not come back as they were.
  if (!Number.isSafeInteger(index) || indexPath(index) !== groups) return undefined;
  if (widthText !== undefined && width >= TILE_WIDTH) return undefined;
  if (folder === "entries") return { kind: "entries", index, width };
  return level > LEVEL_MAX ? undefined : { kind: "hashes", level, index, width };
}

/** How many hashes the level has: complete subtrees of 256^level leaves. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** Width of a tile in a log of so many entries: 0 when it has none there. */
export function widthAt(tile: TileKind & { readonly index: number }, size: number): number {
  const count = hashesAt(tile.kind === "entries" ? 0 : tile.level, size);
  return Math.max(0, Math.min(TILE_WIDTH, count - tile.index * TILE_WIDTH));
}

/** Every tile of a log of so many entries, bundles first, each level from left to right; the checkpoint is not among them. */
export function* tilesOf(size: number): Generator<Tile> {
  for (const index of indexes(size)) {
    yield { kind: "entries", index, width: widthAt({ kind: "entries", index }, size) };
  }
  for (let level = 0; hashesAt(level, size) > 0; level++)
    for (const index of indexes(hashesAt(level, size))) {
      yield { kind: "hashes", level, index, width: widthAt({ kind: "hashes", level, index }, size) };
    }
}

function* indexes(count: number): Generator<number> {
  for (let index = 0; index * TILE_WIDTH < count; index++) yield index;
}
