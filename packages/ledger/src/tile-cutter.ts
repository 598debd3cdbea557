/** Entries in their order, cut into the files of a tiled log: what is held is one bundle and one tile of each level. */
import { leafHash, TreeHasher, type Hash } from "./merkle.ts";
import { TILE_WIDTH, type Tile } from "./tile-path.ts";
import { encodeEntries, HASH_BYTES, TILE_HEIGHT } from "./tiles.ts";

export type CutTile = { readonly tile: Tile; readonly bytes: Uint8Array };

type OpenTile = { readonly level: number; index: number; width: number; readonly hashes: Buffer };

export class TileCutter {
  readonly #tree: TreeHasher;
  readonly #levels: OpenTile[] = [];
  #entries: Uint8Array[] = [];
  #full: CutTile[] = [];

  constructor() {
    this.#tree = new TreeHasher((level, _index, hash) => {
      if (level % TILE_HEIGHT === 0) this.#keep(level / TILE_HEIGHT, hash);
    });
  }

  get size(): number {
    return this.#tree.size;
  }

  root(): Hash {
    return this.#tree.root();
  }

  /** @returns what the entry made full: a bundle and the tile over it first, then the tiles above. @throws RangeError */
  push(entry: Uint8Array): readonly CutTile[] {
    this.#entries.push(entry);
    if (this.#entries.length === TILE_WIDTH) {
      this.#full.push(this.#bundle());
      this.#entries = [];
    }
    this.#tree.append(leafHash(entry));
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  /** The partial bundle and tiles at the right edge, from the lowest level up. */
  finish(): readonly CutTile[] {
    const partial: CutTile[] = this.#entries.length > 0 ? [this.#bundle()] : [];
    for (const tile of this.#levels) if (tile.width > 0) partial.push(cut(tile));
    return partial;
  }

  /** Asked for before the last entry of a full one is in the tree, and after that of a partial one: the index is the same. */
  #bundle(): CutTile {
    const index = Math.floor(this.#tree.size / TILE_WIDTH);
    const tile: Tile = { kind: "entries", index, width: this.#entries.length };
    return { tile, bytes: encodeEntries(this.#entries) };
  }

  #keep(level: number, hash: Hash): void {
    const open = (this.#levels[level] ??= {
      level,
      index: 0,
      width: 0,
      hashes: Buffer.alloc(TILE_WIDTH * HASH_BYTES),
    });
    open.hashes.set(hash, open.width * HASH_BYTES);
    open.width++;
    if (open.width < TILE_WIDTH) return;
    this.#full.push(cut(open));
    open.index++;
    open.width = 0;
  }
}

/** A copy: the buffer is filled anew. */
function cut({ level, index, width, hashes }: OpenTile): CutTile {
  const bytes = Buffer.from(hashes.subarray(0, width * HASH_BYTES));
  return { tile: { kind: "hashes", level, index, width }, bytes };
}
