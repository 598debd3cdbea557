/** A log out of the database for a backup, and one from a backup into it: as the application's role, in its scope. */
import pg, { type ClientBase } from "pg";
import { formatInstant, ProblemError, type EpochMs } from "@countersign/kernel";
import { TreeHasher } from "@countersign/ledger";
import { foldRecord, isRecordType, type LedgerRecord } from "@countersign/records";
import type { RestoredLog, StoredCheckpoint } from "@countersign/application/ports";
import type { RunTransaction } from "./pool.ts";
import { edgeTiles, loadTiles, TileSet } from "./tiles.ts";
import { PostgresTransaction } from "./transaction.ts";

const PAGE = 1_000;

export async function* storedCheckpoints(
  run: RunTransaction,
  organization: string,
  through: number,
): AsyncGenerator<readonly StoredCheckpoint[]> {
  for (let after = 0; ;) {
    const page = await run(organization, async (client) => {
      const { rows } = await client.query<{
        size: string;
        root: Buffer;
        note: string;
        published_at: Date;
        clock_went_back: boolean;
      }>(
        `SELECT size, root, note, published_at, clock_went_back FROM countersign.checkpoint
          WHERE organization = $1 AND size > $2 AND size <= $3 ORDER BY size LIMIT ${PAGE}`,
        [organization, after, through],
      );
      return rows.map((row) => ({
        size: Number(row.size),
        root: new Uint8Array(row.root),
        note: row.note,
        publishedAt: row.published_at.getTime(),
        clockWentBack: row.clock_went_back,
      }));
    });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.size;
  }
}

/**
 * Records get positions in the order of their indices: of two that set one row of state the later one in the log wins,
 * as it does for everybody who folds the log. A type of a later version sets nothing.
 */
const WRITE_RECORDS = `
WITH input AS (
  SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[]) WITH ORDINALITY
    AS t(id, type, entry, leaf, key, n)
), inserted AS (
  INSERT INTO countersign.record (organization, id, type, entry)
  SELECT $1, id, type, entry FROM input ORDER BY n
  RETURNING position, id
), entries AS (
  INSERT INTO countersign.log_entry (organization, index, id, leaf_hash)
  SELECT $1, $7::bigint + n - 1, id, leaf FROM input
), tiles AS (
  INSERT INTO countersign.tile (organization, level, number, hashes)
  SELECT $1, level, number, hashes FROM unnest($8::int[], $9::bigint[], $10::bytea[]) AS t(level, number, hashes)
  ON CONFLICT (organization, level, number) DO UPDATE SET hashes = excluded.hashes
), folded AS (
  INSERT INTO countersign.state (organization, kind, key, record, position)
  SELECT DISTINCT ON (type, key) $1, type, key, id, position
    FROM inserted JOIN input USING (id) WHERE key IS NOT NULL ORDER BY type, key, position DESC
  ON CONFLICT (organization, kind, key) DO UPDATE SET record = excluded.record, position = excluded.position
)
UPDATE countersign.log SET size = $11::bigint WHERE organization = $1 AND size = $7::bigint`;

export async function restoreLog(
  run: RunTransaction,
  organization: string,
  log: { readonly origin: string; readonly createdAt: EpochMs },
  work: (into: RestoredLog) => Promise<void>,
): Promise<void> {
  await run(organization, async (client) => {
    const { rows } = await client.query<{ taken: boolean }>(
      `SELECT EXISTS (SELECT FROM countersign.log WHERE organization = $1)
           OR EXISTS (SELECT FROM countersign.record WHERE organization = $1) AS taken`,
      [organization],
    );
    if (rows[0]?.taken !== false)
      throw new ProblemError({
        code: "log-exists",
        what: `the database holds a log of ${organization} already`,
        why: "a backup is restored into an empty place only: two logs cannot become one",
        next: "name another database, or another folder; nothing was written",
      });
    await client.query("INSERT INTO countersign.log (organization, origin, created_at) VALUES ($1, $2, $3)", [
      organization,
      log.origin,
      formatInstant(log.createdAt),
    ]);
    await work(restoring(client, organization));
  }).catch((error: unknown) => {
    // Unique violation: another restore was quicker, or what was handed over names something twice.
    if (!(error instanceof pg.DatabaseError) || error.code !== "23505") throw error;
    throw new ProblemError(
      {
        code: "log-exists",
        what: "two records have one id, or another process writes the same log",
        where: error.table ?? organization,
        why: error.detail ?? "the database refused the second one",
        next: "see that no other restore is under way; nothing was written to the database",
      },
      { cause: error },
    );
  });
}

function restoring(client: ClientBase, organization: string): RestoredLog {
  const transaction = new PostgresTransaction(client, organization);
  let size = 0;
  return {
    async append(entries) {
      if (entries.length === 0) return;
      const tiles = new TileSet(await loadTiles(client, organization, edgeTiles(size)));
      const tree = TreeHasher.resume(size, tiles.read, tiles.onNode);
      for (const { leaf } of entries) tree.append(leaf);
      const changed = [...tiles.changed];
      await client.query({
        name: "restore",
        text: WRITE_RECORDS,
        values: [
          organization,
          entries.map((each) => each.id),
          entries.map((each) => each.type),
          entries.map((each) => each.entry),
          entries.map((each) => Buffer.from(each.leaf)),
          entries.map(({ type, entry }) => stateKey(type, entry)),
          size,
          changed.map((tile) => tile.level),
          changed.map((tile) => tile.number),
          changed.map((tile) => tile.hashes),
          tree.size,
        ],
      });
      size = tree.size;
    },
    async checkpoints(checkpoints) {
      await client.query(
        `INSERT INTO countersign.checkpoint (organization, size, root, note, published_at, clock_went_back)
         SELECT $1, * FROM unnest($2::bigint[], $3::bytea[], $4::text[], $5::timestamptz[], $6::boolean[])`,
        [
          organization,
          checkpoints.map((each) => each.size),
          checkpoints.map((each) => Buffer.from(each.root)),
          checkpoints.map((each) => each.note),
          checkpoints.map((each) => formatInstant(each.publishedAt)),
          checkpoints.map((each) => each.clockWentBack),
        ],
      );
    },
    putPeople: (entries) => transaction.putPeople(entries),
    async directoryKey(key) {
      await client.query("INSERT INTO countersign.directory_key (organization, key) VALUES ($1, $2)", [
        organization,
        Buffer.from(key),
      ]);
    },
  };
}

/** The row that a record sets; null where this version knows no such type, or cannot read the body. */
function stateKey(type: string, entry: string): string | null {
  if (!isRecordType(type)) return null;
  try {
    return foldRecord(JSON.parse(entry) as LedgerRecord).key;
  } catch {
    return null;
  }
}
