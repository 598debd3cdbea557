/** The bytes of a tiled log's files (C2SP tlog-tiles 0.1.0): tiles of 32-byte hashes, and bundles of entries. */
import { leafHashInto, nodeHash, nodeHashIn, type Hash, type HashReader } from "./merkle.ts";
import { CHECKPOINT_FILE, TILE_WIDTH, tilePath, tilesOf, type Tile } from "./tile-path.ts";

export const HASH_BYTES = 32;
/** An entry's length is two bytes. */
export const ENTRY_BYTES_MAX = 65_535;
/** A level of tiles is eight levels of the tree. */
export const TILE_HEIGHT = 8;

/** @param read gives complete subtrees: a tile's hashes are those of levels 0, 8, 16 … */
export function hashTileBytes(tile: Tile & { readonly kind: "hashes" }, read: HashReader): Uint8Array {
  const bytes = Buffer.alloc(tile.width * HASH_BYTES);
  const first = tile.index * TILE_WIDTH;
  for (let i = 0; i < tile.width; i++) bytes.set(read(tile.level * TILE_HEIGHT, first + i), i * HASH_BYTES);
  return bytes;
}

/** Each entry after its length in two bytes, big-endian. */
export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > ENTRY_BYTES_MAX) throw new RangeError(`an entry of ${entry.length} bytes`);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(entry.length);
    parts.push(length, entry);
  }
  return Buffer.concat(parts);
}

export type DecodedBundle = {
  /** Views of the bundle's bytes, up to where it can be read. */
  readonly entries: readonly Uint8Array[];
  readonly fault: string | undefined;
};

export function decodeEntries(bundle: Uint8Array): DecodedBundle {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bundle.length) {
    const length = ((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0);
    const end = at + 2 + length;
    if (end > bundle.length) return { entries, fault: cutOff(entries.length, at) };
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return { entries, fault: undefined };
}

export type BundleLeaves = {
  /** 32 bytes each, one behind the other, up to where the bundle can be read and at most so many. */
  readonly leaves: Buffer;
  /** Entries in the bundle. */
  readonly count: number;
  readonly fault: string | undefined;
};

/** The leaf hashes of a bundle's first entries. A byte of the bundle is lent to each leaf's prefix, and put back. */
export function bundleLeaves(bundle: Uint8Array, most: number): BundleLeaves {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const leaves = Buffer.allocUnsafe(most * HASH_BYTES);
  let count = 0;
  for (let at = 0; at < bytes.length; count++) {
    const start = at + 2;
    const end = start + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
    if (end > bytes.length)
      return {
        leaves: leaves.subarray(0, Math.min(count, most) * HASH_BYTES),
        count,
        fault: cutOff(count, at),
      };
    if (count < most) leafHashInto(bytes, start, end, leaves, count * HASH_BYTES);
    at = end;
  }
  return { leaves: leaves.subarray(0, Math.min(count, most) * HASH_BYTES), count, fault: undefined };
}

function cutOff(entry: number, at: number): string {
  return `cut off in entry ${entry}, at byte ${at}`;
}

export type TiledLogReaders = {
  /** Complete subtrees, at levels 0, 8, 16 … */
  readonly hash: HashReader;
  readonly entry: (index: number) => Uint8Array;
};

export type TiledLogFile = { readonly path: string; readonly bytes: () => Uint8Array };

/**
 * All files of a log of `size` entries, and nothing else: bundles, tiles, and last the checkpoint, so that a log that is
 * being written has none before it is whole. Bytes are made when they are asked for.
 */
export function* tiledLogFiles(
  size: number,
  checkpoint: string,
  readers: TiledLogReaders,
): Generator<TiledLogFile> {
  for (const tile of tilesOf(size)) yield { path: tilePath(tile), bytes: () => tileBytes(tile, readers) };
  yield { path: CHECKPOINT_FILE, bytes: () => Buffer.from(checkpoint) };
}

function tileBytes(tile: Tile, { hash, entry }: TiledLogReaders): Uint8Array {
  if (tile.kind === "hashes") return hashTileBytes(tile, hash);
  const first = tile.index * TILE_WIDTH;
  return encodeEntries(Array.from({ length: tile.width }, (_, i) => entry(first + i)));
}

/** The root over a full tile's hashes: what the level above holds of it. */
export function fullTileRoot(hashes: readonly Hash[]): Hash {
  let level = hashes;
  while (level.length > 1) {
    const above: Hash[] = [];
    // Full tiles halve evenly, so both are there.
    for (let i = 0; i < level.length; i += 2) above.push(nodeHash(level[i]!, level[i + 1]!));
    level = above;
  }
  return level[0]!;
}

/** The same, from the bytes of a full tile. */
export function fullTileRootOf(tile: Uint8Array): Hash {
  const level = Buffer.from(tile);
  for (let width = TILE_WIDTH / 2; width >= 1; width /= 2)
    for (let i = 0; i < width; i++) nodeHashIn(level, i * 2 * HASH_BYTES, level, i * HASH_BYTES);
  return level.subarray(0, HASH_BYTES);
}

/** A tile, and how many hashes of it are needed at least. */
export type WantedTile = { readonly level: number; readonly index: number; readonly hashes: number };

/** Reads complete subtrees of any level out of tiles, as proofs need them. @throws RangeError on a tile that is too short. */
export function tileReader(read: (tile: WantedTile) => Uint8Array): HashReader {
  const fold = (level: number, first: number, count: number): Hash => {
    if (count > 1) {
      const half = count / 2;
      return nodeHash(fold(level, first, half), fold(level, first + half, half));
    }
    const place = first % TILE_WIDTH;
    const bytes = read({ level, index: Math.floor(first / TILE_WIDTH), hashes: place + 1 });
    const at = place * HASH_BYTES;
    if (bytes.length < at + HASH_BYTES)
      throw new RangeError(`no hash ${first} in the tiles of level ${level}`);
    return bytes.subarray(at, at + HASH_BYTES);
  };
  return (level, index) => {
    const inner = 2 ** (level % TILE_HEIGHT);
    return fold(Math.floor(level / TILE_HEIGHT), index * inner, inner);
  };
}
