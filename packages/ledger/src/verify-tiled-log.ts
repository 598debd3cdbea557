/** Whether files are a whole log in the tiled layout, and if not: what is damaged, and which entries can still be proven. */
import type { Result } from "@countersign/kernel";
import type { Checkpoint } from "./checkpoint.ts";
import { parseCheckpointUnsafe } from "./checkpoint.ts";
import { EMPTY_ROOT, equalHashes, type Hash } from "./merkle.ts";
import {
  CHECKPOINT_FILE,
  hashesAt,
  parseTilePath,
  TILE_WIDTH,
  tilePath,
  widthAt,
  type Tile,
} from "./tile-path.ts";
import { EntryRanges, TiledLogFaults, type EntryRange, type TiledLogFault } from "./tiled-log-faults.ts";
import {
  emptyLevel,
  hashesIn,
  levelAbove,
  rootOf,
  settle,
  trueEdge,
  trueLevels,
  type Hashes,
  type LevelCopies,
} from "./tiled-log-tree.ts";
import { bundleLeaves, decodeEntries, fullTileRootOf, HASH_BYTES } from "./tiles.ts";

const TILE_BYTES = TILE_WIDTH * HASH_BYTES;

/** Paths are relative to the log, with slashes. */
export type TiledLogSource = {
  /** Undefined when there is no such file. Files may be read twice. */
  readonly read: (path: string) => Uint8Array | undefined;
  readonly list: () => Iterable<string>;
};

export type TiledLogReport = {
  /** Undefined when nobody who is trusted signed one. */
  readonly checkpoint: Checkpoint | undefined;
  readonly faults: readonly TiledLogFault[];
  /** How many faults are not listed. */
  readonly moreFaults: number;
  /** Entries whose bytes are here and which the checkpoint covers. */
  readonly provenEntries: number;
  /** The others of the checkpoint's, in order. */
  readonly unproven: readonly EntryRange[];
};

/**
 * @param open who is trusted: a key, several, or a policy, as in `(note) => openCheckpoint(note, key)`
 * @param isBeside of a file that is none of the tree's, and that the caller judges
 */
export function verifyTiledLog(
  source: TiledLogSource,
  open: (note: Uint8Array) => Result<Checkpoint, string>,
  isBeside: (path: string) => boolean = () => false,
): TiledLogReport {
  const check = new TiledLogCheck(source, isBeside);
  const note = source.read(CHECKPOINT_FILE);
  if (note === undefined) {
    check.faults.add("file-missing", CHECKPOINT_FILE, "there is no checkpoint");
    return check.report(undefined);
  }
  const opened = open(note);
  if (!opened.ok) check.faults.add("checkpoint", CHECKPOINT_FILE, opened.error);
  // What nobody signed proves nothing, and still tells what the files should look like.
  const claimed = opened.ok ? opened : parseCheckpointUnsafe(note);
  if (claimed.ok) check.run(claimed.value, opened.ok);
  return check.report(opened.ok ? opened.value : undefined);
}

/** A checkpoint that claims far more than is here is not followed file by file. */
const MISSING_MAX = 10_000;

class TiledLogCheck {
  readonly faults = new TiledLogFaults();
  readonly #source: TiledLogSource;
  readonly #isBeside: (path: string) => boolean;
  readonly #unproven = new EntryRanges();
  #proven = 0;
  readonly #levels: LevelCopies[] = [];

  constructor(source: TiledLogSource, isBeside: (path: string) => boolean) {
    this.#source = source;
    this.#isBeside = isBeside;
  }

  report(checkpoint: Checkpoint | undefined): TiledLogReport {
    return {
      checkpoint,
      faults: this.faults.list,
      moreFaults: this.faults.more,
      provenEntries: this.#proven,
      unproven: this.#unproven.list,
    };
  }

  run({ size, root }: Checkpoint, signed: boolean): void {
    const files = this.#checkNames(size);
    if (size / TILE_WIDTH > files + MISSING_MAX) {
      this.faults.add(
        "file-missing",
        "tile/entries",
        `the checkpoint has ${size} entries; ${files} files are here`,
      );
      this.#unproven.add(0, size);
      return;
    }
    for (let level = 0; hashesAt(level, size) > 0; level++) this.#levels.push(emptyLevel());
    this.#readBundles(size);
    this.#readUpperTiles(size);
    const edge = size === 0 ? emptyEdge(root) : trueEdge(this.#levels, size, root);
    if (edge === undefined)
      this.faults.add("root", CHECKPOINT_FILE, "the files do not hash up to the root of the checkpoint");
    const levels = edge === undefined ? this.#levels.map(() => []) : trueLevels(this.#levels, size, edge);
    for (let level = 1; level < levels.length; level++) this.#compareTiles(level, levels[level] ?? [], size);
    for (let index = 0; index * TILE_WIDTH < size; index++)
      this.#judgeBundle(index, size, levels[1]?.[index], edge?.[0], signed);
  }

  /** @returns how many files there are */
  #checkNames(size: number): number {
    let count = 0;
    for (const path of this.#source.list()) {
      count++;
      if (this.#isBeside(path)) continue;
      const tile = parseTilePath(path);
      const width = tile === undefined ? 0 : widthAt(tile, size);
      if (path === CHECKPOINT_FILE || (tile !== undefined && tile.width === width)) continue;
      if (tile === undefined || tile.width > width)
        this.faults.add("file-unknown", path, "not a file of a log of this size");
      else this.#checkOldPartial(path, tile, width);
    }
    return count;
  }

  /** Partial tiles of earlier checkpoints may stay, and then say what the later ones say. */
  #checkOldPartial(path: string, tile: Tile, width: number): void {
    const old = this.#source.read(path);
    const now = this.#source.read(tilePath({ ...tile, width }));
    if (old === undefined || now === undefined) return;
    const whole = tile.kind === "hashes" ? old.length === tile.width * HASH_BYTES : holds(old, tile.width);
    if (!whole || Buffer.compare(old, now.subarray(0, old.length)) !== 0)
      this.faults.add("partial", path, "not the beginning of the tile that came after it");
  }

  #readTile(tile: Tile): Uint8Array | undefined {
    const path = tilePath(tile);
    const bytes = this.#source.read(path);
    if (bytes === undefined) this.faults.add("file-missing", path, "not here");
    else if (tile.kind === "hashes" && bytes.length !== tile.width * HASH_BYTES)
      this.faults.add("tile-size", path, `${bytes.length} bytes, not ${tile.width * HASH_BYTES}`);
    return bytes;
  }

  #readBundles(size: number): void {
    // run() made a level for every tile level that the size has; only a size below 256 has no level 1, and no full tile.
    const level = this.#levels[0];
    for (let index = 0; index * TILE_WIDTH < size; index++) {
      const width = widthAt({ kind: "entries", index }, size);
      const stored = this.#readTile({ kind: "hashes", level: 0, index, width });
      const leaves = this.#readLeaves(index, width);
      if (width < TILE_WIDTH) {
        // The right edge, of which `trueEdge` chooses a copy.
        level!.inTiles.length = level!.overEntries.length = index * TILE_WIDTH;
        level!.inTiles.push(...hashesIn(stored, width));
        level!.overEntries.push(...hashesIn(leaves, width));
        continue;
      }
      const above = this.#levels[1];
      const over = leaves.length === TILE_BYTES ? fullTileRootOf(leaves) : undefined;
      const same = stored !== undefined && Buffer.compare(stored, leaves) === 0;
      above!.overEntries[index] = over;
      above!.overTiles[index] = same ? over : rootOf(hashesIn(stored, width));
    }
  }

  /** The leaf hashes of a bundle, one behind the other. */
  #readLeaves(index: number, width: number): Buffer {
    const bundle = this.#readTile({ kind: "entries", index, width });
    if (bundle === undefined) return Buffer.alloc(0);
    const { leaves, count, fault } = bundleLeaves(bundle, width);
    const path = tilePath({ kind: "entries", index, width });
    if (fault !== undefined) this.faults.add("bundle", path, fault);
    else if (count !== width) this.faults.add("bundle", path, `${count} entries, not ${width}`);
    return leaves;
  }

  #readUpperTiles(size: number): void {
    for (let level = 1; level < this.#levels.length; level++) {
      const copies = this.#levels[level]!;
      const count = hashesAt(level, size);
      for (let index = 0; index * TILE_WIDTH < count; index++) {
        const width = widthAt({ kind: "hashes", level, index }, size);
        const hashes = hashesIn(this.#readTile({ kind: "hashes", level, index, width }), width);
        for (let i = 0; i < width; i++) copies.inTiles[index * TILE_WIDTH + i] = hashes[i];
      }
      const above = this.#levels[level + 1];
      if (above !== undefined) levelAbove(copies, above, count);
    }
  }

  #compareTiles(level: number, truth: Hashes, size: number): void {
    const stored = this.#levels[level]!.inTiles;
    for (const [i, hash] of truth.entries()) {
      const [known, here] = [hash, stored[i]];
      if (known === undefined || here === undefined || equalHashes(known, here)) continue;
      const index = Math.floor(i / TILE_WIDTH);
      const path = tilePath({
        kind: "hashes",
        level,
        index,
        width: widthAt({ kind: "hashes", level, index }, size),
      });
      this.faults.add("tile-hash", path, `hash ${i % TILE_WIDTH} is not that of the tree`);
    }
  }

  /** @param above what a full tile must hash to @param edge the true leaves of the partial one */
  #judgeBundle(
    index: number,
    size: number,
    above: Hash | undefined,
    edge: readonly Hash[] | undefined,
    signed: boolean,
  ): void {
    const width = widthAt({ kind: "entries", index }, size);
    const start = index * TILE_WIDTH;
    const copies = this.#levels[1];
    const [overTile, overEntries] = [copies?.overTiles[index], copies?.overEntries[index]];
    const isSound = (hash: Hash | undefined) =>
      above !== undefined && hash !== undefined && equalHashes(hash, above);
    if (width === TILE_WIDTH && isSound(overTile) && isSound(overEntries))
      return this.#prove(start, width, signed);
    const stored = hashesIn(this.#source.read(tilePath({ kind: "hashes", level: 0, index, width })), width);
    const bundle = this.#source.read(tilePath({ kind: "entries", index, width }));
    const leaves = hashesIn(bundleLeaves(bundle ?? new Uint8Array(), width).leaves, width);
    const full = above === undefined ? undefined : settle(stored, leaves, above);
    const truth = width < TILE_WIDTH ? edge : full;
    for (let i = 0; i < width; i++)
      this.#judgeEntry(start + i, width, truth?.[i], stored[i], leaves[i], signed);
    return undefined;
  }

  #judgeEntry(
    entry: number,
    width: number,
    truth: Hash | undefined,
    stored: Hash | undefined,
    leaf: Hash | undefined,
    signed: boolean,
  ): void {
    const index = Math.floor(entry / TILE_WIDTH);
    if (truth !== undefined && stored !== undefined && !equalHashes(truth, stored)) {
      const path = tilePath({ kind: "hashes", level: 0, index, width });
      this.faults.add("tile-hash", path, `hash ${entry % TILE_WIDTH} is not that of the tree`);
    }
    const bundle = tilePath({ kind: "entries", index, width });
    if (leaf === undefined) return this.#unproven.add(entry, entry + 1);
    if (truth !== undefined && equalHashes(truth, leaf)) return this.#prove(entry, 1, signed);
    if (truth !== undefined)
      this.faults.add("entry", bundle, `entry ${entry} is not the one that the tree has`);
    else if (stored === undefined || !equalHashes(stored, leaf))
      this.faults.add(
        "entry",
        bundle,
        `entry ${entry} is not the one that its tile has, and the tree tells of neither`,
      );
    return this.#unproven.add(entry, entry + 1);
  }

  #prove(start: number, count: number, signed: boolean): void {
    if (signed) this.#proven += count;
    else this.#unproven.add(start, start + count);
  }
}

function emptyEdge(root: Hash): readonly (readonly Hash[])[] | undefined {
  return equalHashes(root, EMPTY_ROOT) ? [] : undefined;
}

function holds(bundle: Uint8Array, count: number): boolean {
  const { entries, fault } = decodeEntries(bundle);
  return fault === undefined && entries.length === count;
}
