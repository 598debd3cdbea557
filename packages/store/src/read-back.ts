/**
 * Reads what was committed since the newest checkpoint and hashes it again, before it is signed. A bit that flipped between
 * hashing and storing is caught here, while nobody has seen a root over it; once signed it would be in the log for good, as
 * it was in the certificate log Yeti 2022. The hashes that this is held against were taken of the records in memory, by the
 * use cases that wrote them.
 */
import type { ClientBase } from "pg";
import { ProblemError } from "@countersign/kernel";
import {
  equalHashes,
  leafHash,
  parseCheckpointUnsafe,
  TILE_WIDTH,
  TreeHasher,
  type Hash,
} from "@countersign/ledger";
import { indexesAlone } from "./planner.ts";
import type { RunTransaction } from "./pool.ts";
import { edgeTiles, loadTiles, tilesBetween, TileSet, type Tile } from "./tiles.ts";

/** Records have up to 64 KiB, most of them less than one. */
const PAGE = 512;

/** The size and root that may be signed: of what stands in the database, and of what was hashed when it was written. */
export type ReadBack = { readonly size: number; readonly root: Hash };

/**
 * @param sequenced what the holder of the lease sequenced
 * @returns undefined when the log has grown since: the lease is another's.
 * @throws ProblemError `read-back-differs` when anything differs; nothing may be signed then.
 */
export async function readBack(
  run: RunTransaction,
  organization: string,
  sequenced: ReadBack,
): Promise<ReadBack | undefined> {
  return run(
    organization,
    async (client) => {
      const { size, before } = await readLog(client, organization);
      if (size !== sequenced.size) return undefined;
      const edges = edgeTiles(before.size);
      const stored = new Map(
        (await loadTiles(client, organization, [...edges, ...tilesBetween(before.size, size)])).map(
          (tile) => [placeOf(tile), tile],
        ),
      );
      const tiles = new TileSet(edges.map((edge) => beginningOf(edge, before.size, stored)));
      const tree = TreeHasher.resume(before.size, tiles.read, tiles.onNode);
      if (before.size > 0 && !equalHashes(tree.root(), before.root))
        throw differs(`tiles of ${before.size} entries`, "they have another root than the newest checkpoint");
      for (let from = before.size; from < size; from += PAGE)
        for (const leaf of await rehash(client, organization, from, Math.min(from + PAGE, size)))
          tree.append(leaf);
      for (const tile of tiles.changed)
        if (stored.get(placeOf(tile))?.hashes.equals(tile.hashes) !== true)
          throw differs(placeOf(tile), "it does not hold the hashes of the entries");
      if (!equalHashes(tree.root(), sequenced.root))
        throw differs(`${size} entries`, "they have another root than the one that they were sequenced with");
      return { size, root: tree.root() };
    },
    "ISOLATION LEVEL REPEATABLE READ READ ONLY",
  );
}

type LogRow = { size: string; checkpoint: string | null; root: Buffer | null; note: string | null };

async function readLog(
  client: ClientBase,
  organization: string,
): Promise<{ readonly size: number; readonly before: ReadBack }> {
  const { rows } = await client.query<LogRow>(
    `SELECT l.size, c.size AS checkpoint, c.root, c.note, ${indexesAlone} FROM countersign.log l
       LEFT JOIN LATERAL (SELECT size, root, note FROM countersign.checkpoint
                           WHERE organization = $1 ORDER BY size DESC LIMIT 1) c ON true
      WHERE l.organization = $1`,
    [organization],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`there is no log for ${organization}`);
  const before = { size: Number(row.checkpoint ?? 0), root: new Uint8Array(row.root ?? []) };
  if (row.note !== null) {
    const signed = parseCheckpointUnsafe(row.note);
    if (!signed.ok || signed.value.size !== before.size || !equalHashes(signed.value.root, before.root))
      throw differs(`checkpoint of ${before.size}`, "its signed note says another size or root");
  }
  return { size: Number(row.size), before };
}

type Entry = { index: string; id: string; leaf_hash: Buffer; entry: string | null };

/** Leaf hashes of the entries [from, through), from the bytes of their records. */
async function rehash(
  client: ClientBase,
  organization: string,
  from: number,
  through: number,
): Promise<Hash[]> {
  const { rows } = await client.query<Entry>({
    name: "read-back",
    text: `SELECT e.index, e.id, e.leaf_hash, r.entry FROM countersign.log_entry e
             LEFT JOIN countersign.record r ON r.organization = e.organization AND r.id = e.id
            WHERE e.organization = $1 AND e.index >= $2 AND e.index < $3 ORDER BY e.index`,
    values: [organization, from, through],
  });
  if (rows.length !== through - from)
    throw differs(`entries ${from} to ${through - 1}`, `there are ${rows.length} of ${through - from}`);
  return rows.map((row, n) => {
    const where = `index ${row.index}, record ${row.id}`;
    if (Number(row.index) !== from + n) throw differs(where, `index ${from + n} should stand here`);
    if (row.entry === null) throw differs(where, "the record is not there");
    const leaf = leafHash(Buffer.from(row.entry));
    if (!equalHashes(leaf, row.leaf_hash))
      throw differs(where, "its stored bytes do not have the hash that they had when they were written");
    return leaf;
  });
}

const placeOf = ({ level, number }: { level: number; number: number }): string => `tile ${level}/${number}`;

/** A tile as it was when the log had `size` entries. */
function beginningOf(
  edge: { readonly level: number; readonly number: number },
  size: number,
  stored: ReadonlyMap<string, Tile>,
): Tile {
  const bytes = (Math.floor(size / TILE_WIDTH ** edge.level) % TILE_WIDTH) * 32;
  const hashes = stored.get(placeOf(edge))?.hashes;
  if (hashes === undefined || hashes.length < bytes)
    throw differs(placeOf(edge), "it is missing or too short");
  return { ...edge, hashes: hashes.subarray(0, bytes) };
}

function differs(where: string, why: string): ProblemError {
  return new ProblemError({
    code: "read-back-differs",
    what: "what stands in the database is not what was written to it; it was not signed",
    where,
    why,
    next: "countersign fsck names what is damaged; look at the machine's memory and disk, and restore the database from a backup",
  });
}
