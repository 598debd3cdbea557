/** The tree as rows: tile `level` L holds the hashes of complete subtrees of 256^L leaves, 256 to a row. */
import type { ClientBase } from "pg";
import { ProblemError } from "@countersign/kernel";
import { TILE_WIDTH, tileReader, type Hash, type HashReader } from "@countersign/ledger";

const TILE_HEIGHT = 8;

export type Tile = { readonly level: number; readonly number: number; hashes: Buffer };

const keyOf = (level: number, number: number): string => `${level}/${number}`;

/** Tiles in memory: what was loaded, and what an append adds. */
export class TileSet {
  readonly #tiles = new Map<string, Tile>();
  readonly changed = new Set<Tile>();

  constructor(tiles: Iterable<Tile>) {
    for (const tile of tiles) this.#tiles.set(keyOf(tile.level, tile.number), tile);
  }

  /** For TreeHasher: keeps the hashes that tiles store. */
  readonly onNode = (level: number, index: number, hash: Hash): void => {
    if (level % TILE_HEIGHT !== 0) return;
    const tileLevel = level / TILE_HEIGHT;
    const number = Math.floor(index / TILE_WIDTH);
    let tile = this.#tiles.get(keyOf(tileLevel, number));
    if (tile === undefined) {
      tile = { level: tileLevel, number, hashes: Buffer.alloc(0) };
      this.#tiles.set(keyOf(tileLevel, number), tile);
    }
    const at = (index % TILE_WIDTH) * 32;
    if (tile.hashes.length !== at)
      throw new RangeError(`tile ${tileLevel}/${number} does not end at ${index}`);
    tile.hashes = Buffer.concat([tile.hashes, hash]);
    this.changed.add(tile);
  };

  readonly read: HashReader = tileReader(({ level, index, hashes }) => {
    const tile = this.#tiles.get(keyOf(level, index));
    if (tile !== undefined && tile.hashes.length >= hashes * 32) return tile.hashes;
    throw new ProblemError({
      code: "tree-damaged",
      what: "the log's tree lacks a hash that it should hold",
      where: `tile ${level}/${index}, hash ${hashes - 1}`,
      next: "countersign fsck names what is damaged; restore the database from a backup",
    });
  });
}

/** The unfinished tile of each level: all that an append to a tree of `size` leaves reads. */
export function edgeTiles(size: number): { level: number; number: number }[] {
  const edges: { level: number; number: number }[] = [];
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH))
    if (count % TILE_WIDTH !== 0) edges.push({ level, number: Math.floor(count / TILE_WIDTH) });
  return edges;
}

/** The tiles that an append of the entries [before, size) changes. */
export function tilesBetween(before: number, size: number): { level: number; number: number }[] {
  const tiles: { level: number; number: number }[] = [];
  let first = before;
  let end = size;
  for (let level = 0; end > first; level++) {
    for (let number = Math.floor(first / TILE_WIDTH); number * TILE_WIDTH < end; number++)
      tiles.push({ level, number });
    first = Math.floor(first / TILE_WIDTH);
    end = Math.floor(end / TILE_WIDTH);
  }
  return tiles;
}

const ZEROS = Buffer.alloc(TILE_WIDTH * 32);

/** The tiles that roots and proofs are made of: where they read depends on sizes and indexes, never on a hash. */
export function tilesRead(work: (read: HashReader) => unknown): { level: number; number: number }[] {
  const places = new Map<string, { level: number; number: number }>();
  work(
    tileReader(({ level, index }) => {
      places.set(keyOf(level, index), { level, number: index });
      return ZEROS;
    }),
  );
  return [...places.values()];
}

export async function loadTiles(
  client: ClientBase,
  organization: string,
  places: readonly { readonly level: number; readonly number: number }[],
): Promise<Tile[]> {
  if (places.length === 0) return [];
  const { rows } = await client.query<{ level: number; number: string; hashes: Buffer }>({
    name: "tiles",
    // A place may be asked for twice.
    text: `SELECT DISTINCT ON (t.level, t.number) t.level, t.number, t.hashes FROM countersign.tile t
             JOIN unnest($2::int[], $3::bigint[]) AS e(level, number) ON e.level = t.level AND e.number = t.number
            WHERE t.organization = $1`,
    values: [organization, places.map((place) => place.level), places.map((place) => place.number)],
  });
  return rows.map((row) => ({ level: row.level, number: Number(row.number), hashes: row.hashes }));
}
