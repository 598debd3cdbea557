/**
 * Gives records their index. The whole step is one transaction that holds the log's row: whoever sequences at the same
 * time waits, and a holder that dies lets go with its transaction, so an index is never given twice and none is skipped.
 */
import type { ClientBase } from "pg";
import { formatInstant, type EpochMs } from "@countersign/kernel";
import { leafHash, TreeHasher } from "@countersign/ledger";
import type { CheckpointSigner, PublishedCheckpoint } from "@countersign/application/ports";
import { indexesAlone } from "./planner.ts";
import { edgeTiles, TileSet, type Tile } from "./tiles.ts";

const BATCH = 4096;

/** Takes the lock that makes one sequencer of many. */
const HOLD_LOG = `SELECT size, origin, ${indexesAlone} FROM countersign.log WHERE organization = $1 FOR UPDATE`;

/** All that a batch writes, in one statement: while it runs, every other sequencer waits. */
const WRITE_BATCH = `
WITH entries AS (
  INSERT INTO countersign.log_entry (organization, index, id, leaf_hash)
  SELECT $1, $2::bigint + n - 1, id, leaf FROM unnest($3::text[], $4::bytea[]) WITH ORDINALITY AS t(id, leaf, n)
), taken AS (
  DELETE FROM countersign.pending WHERE organization = $1 AND position = ANY ($5::bigint[])
), tiles AS (
  INSERT INTO countersign.tile (organization, level, number, hashes)
  SELECT $1, level, number, hashes FROM unnest($6::int[], $7::bigint[], $8::bytea[]) AS t(level, number, hashes)
  ON CONFLICT (organization, level, number) DO UPDATE SET hashes = excluded.hashes
), sized AS (
  UPDATE countersign.log SET size = $9::bigint WHERE organization = $1
)
INSERT INTO countersign.checkpoint (organization, size, root, note, published_at) VALUES ($1, $9::bigint, $10, $11, $12)`;

type Waiting = { position: string; id: string; entry: string };

/** One batch. @returns whether more may be waiting, and the newest checkpoint. */
export async function sequenceBatch(
  client: ClientBase,
  organization: string,
  signer: CheckpointSigner,
  now: EpochMs,
): Promise<{ more: boolean; published: PublishedCheckpoint | undefined }> {
  const { rows: logs } = await client.query<{ size: string; origin: string }>(HOLD_LOG, [organization]);
  const log = logs[0];
  if (log === undefined) throw new Error(`there is no log for ${organization}`);
  if (log.origin !== signer.origin)
    throw new Error(`the log's origin is ${log.origin}, the key's ${signer.origin}`);
  const size = Number(log.size);
  const { rows: waiting } = await client.query<Waiting>(
    `SELECT p.position, p.id, r.entry FROM countersign.pending p
       JOIN countersign.record r ON r.organization = p.organization AND r.id = p.id
      WHERE p.organization = $1 ORDER BY p.position LIMIT $2`,
    [organization, BATCH],
  );
  if (waiting.length === 0) return { more: false, published: await newestCheckpoint(client, organization) };

  const tiles = new TileSet(await loadTiles(client, organization, size));
  const tree = TreeHasher.resume(size, tiles.read, tiles.onNode);
  const leaves = waiting.map((record) => {
    const leaf = leafHash(Buffer.from(record.entry));
    tree.append(leaf);
    return Buffer.from(leaf);
  });
  const grown = size + waiting.length;
  const checkpoint = { origin: signer.origin, size: grown, root: tree.root() };
  const note = signer.sign(checkpoint);
  const changed = [...tiles.changed];
  await client.query({
    name: "sequence",
    text: WRITE_BATCH,
    values: [
      organization,
      size,
      waiting.map((record) => record.id),
      leaves,
      waiting.map((record) => record.position),
      changed.map((tile) => tile.level),
      changed.map((tile) => tile.number),
      changed.map((tile) => tile.hashes),
      grown,
      Buffer.from(checkpoint.root),
      note,
      formatInstant(now),
    ],
  });
  return { more: waiting.length === BATCH, published: { size: grown, root: checkpoint.root, note } };
}

export async function newestCheckpoint(
  client: ClientBase,
  organization: string,
): Promise<PublishedCheckpoint | undefined> {
  const { rows } = await client.query<{ size: string; root: Buffer; note: string }>(
    "SELECT size, root, note FROM countersign.checkpoint WHERE organization = $1 ORDER BY size DESC LIMIT 1",
    [organization],
  );
  const row = rows[0];
  return row === undefined
    ? undefined
    : { size: Number(row.size), root: new Uint8Array(row.root), note: row.note };
}

async function loadTiles(client: ClientBase, organization: string, size: number): Promise<Tile[]> {
  const edges = edgeTiles(size);
  if (edges.length === 0) return [];
  const { rows } = await client.query<{ level: number; number: string; hashes: Buffer }>(
    `SELECT t.level, t.number, t.hashes FROM countersign.tile t
       JOIN unnest($2::int[], $3::bigint[]) AS e(level, number) ON e.level = t.level AND e.number = t.number
      WHERE t.organization = $1`,
    [organization, edges.map((edge) => edge.level), edges.map((edge) => edge.number)],
  );
  return rows.map((row) => ({ level: row.level, number: Number(row.number), hashes: row.hashes }));
}
