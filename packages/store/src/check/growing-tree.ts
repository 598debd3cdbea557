/** A tree that grows leaf by leaf, gives the tiles that it fills, and can be put down and taken up again. */
import { TILE_WIDTH, TreeHasher, type Hash } from "@countersign/ledger";

const TILE_HEIGHT = 8;
const HASH_BYTES = 32;

export type FilledTile = { readonly level: number; readonly number: number; readonly hashes: Buffer };

/** A tree put down: one hash a level and the unfilled tiles, some ten kilobytes whatever its size. */
export type TreeFrontier = {
  readonly size: number;
  /** The newest complete subtree of each level, in hex; empty where there is none. */
  readonly newest: readonly string[];
  /** The unfilled tile of each tile level, in base64. */
  readonly edges: readonly string[];
};

export class GrowingTree {
  readonly #newest: Hash[];
  readonly #edges: { bytes: Buffer; count: number }[];
  readonly #hasher: TreeHasher;
  #filled: FilledTile[] = [];

  constructor(from: TreeFrontier = { size: 0, newest: [], edges: [] }) {
    this.#newest = from.newest.map((hex) => Buffer.from(hex, "hex"));
    this.#edges = from.edges.map((base64) => {
      const held = Buffer.from(base64, "base64");
      const bytes = Buffer.alloc(TILE_WIDTH * HASH_BYTES);
      held.copy(bytes);
      return { bytes, count: held.length / HASH_BYTES };
    });
    this.#hasher = TreeHasher.resume(from.size, (level) => this.#newestAt(level), this.#onNode);
  }

  /** A complete subtree that a size is made of is always the newest of its level. */
  #newestAt(level: number): Hash {
    const hash = this.#newest[level];
    if (hash?.length !== HASH_BYTES) throw new RangeError(`no complete subtree of level ${level}`);
    return hash;
  }

  readonly #onNode = (level: number, index: number, hash: Hash): void => {
    this.#newest[level] = hash;
    if (level % TILE_HEIGHT !== 0) return;
    const edge = (this.#edges[level / TILE_HEIGHT] ??= {
      bytes: Buffer.alloc(TILE_WIDTH * HASH_BYTES),
      count: 0,
    });
    edge.bytes.set(hash, edge.count++ * HASH_BYTES);
    if (edge.count < TILE_WIDTH) return;
    const number = Math.floor(index / TILE_WIDTH);
    this.#filled.push({ level: level / TILE_HEIGHT, number, hashes: Buffer.from(edge.bytes) });
    edge.count = 0;
  };

  get size(): number {
    return this.#hasher.size;
  }

  append(leaf: Hash): void {
    this.#hasher.append(leaf);
  }

  root(): Hash {
    return this.#hasher.root();
  }

  /** The tiles filled since the last call. */
  takeFilled(): readonly FilledTile[] {
    const filled = this.#filled;
    this.#filled = [];
    return filled;
  }

  /** The tiles at the right edge, which a larger tree would fill up. */
  edges(): FilledTile[] {
    return this.#edges.flatMap((edge, level) => {
      const number = Math.floor(this.size / TILE_WIDTH ** (level + 1));
      return edge.count === 0
        ? []
        : [{ level, number, hashes: Buffer.from(edge.bytes.subarray(0, edge.count * HASH_BYTES)) }];
    });
  }

  frontier(): TreeFrontier {
    return {
      size: this.size,
      newest: this.#newest.map((hash) => Buffer.from(hash).toString("hex")),
      edges: this.#edges.map((edge) => edge.bytes.toString("base64", 0, edge.count * HASH_BYTES)),
    };
  }

  fork(): GrowingTree {
    const fork = new GrowingTree(this.frontier());
    fork.#filled = [...this.#filled];
    return fork;
  }
}
