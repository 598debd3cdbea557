/**
 * Gives records their index and publishes the checkpoint over them, in three steps that each hold by themselves:
 *
 * 1. one transaction under the lease gives indexes, extends the tree and counts the log's size (*sequenced*);
 * 2. what was committed is read back and hashed again (read-back.ts), and its root is signed outside any transaction;
 * 3. one transaction under the same lease stores the checkpoint (*published*).
 *
 * A crash between the steps is mended by the next holder, which signs what is sequenced and not yet published. Whatever
 * holders there are, a checkpoint is signed only over committed entries, which are never changed: two of one log can
 * never contradict each other.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClientBase } from "pg";
import { formatInstant, ProblemError, type EpochMs } from "@countersign/kernel";
import { TreeHasher, type Hash } from "@countersign/ledger";
import type { CheckpointSigner, ClockStep, PublishedCheckpoint } from "@countersign/application/ports";
import { LEASE_SECONDS, releaseLease, takeLease, type Lease } from "./lease.ts";
import { indexesAlone } from "./planner.ts";
import type { RunTransaction } from "./pool.ts";
import { readBack } from "./read-back.ts";
import { edgeTiles, loadTiles, TileSet } from "./tiles.ts";

const BATCH = 4096;
const WAIT_MS_MAX = 50;

/** How far the log is; and a holder that hangs in its transaction is ended when its lease is over. */
const LOG = `
SELECT l.size, l.origin,
       (SELECT max(c.size) FROM countersign.checkpoint c WHERE c.organization = $1) AS published,
       EXISTS (SELECT FROM countersign.pending p WHERE p.organization = $1) AS waiting,
       set_config('idle_in_transaction_session_timeout', '${LEASE_SECONDS}s', true), ${indexesAlone}
  FROM countersign.log l WHERE l.organization = $1`;

/** All that a batch writes, in one statement. */
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
)
UPDATE countersign.log SET size = $9::bigint WHERE organization = $1 AND size = $2::bigint`;

/** Only by the holder of the lease, and only forward. The lease goes on or ends with it. */
const WRITE_CHECKPOINT = `
WITH held AS (
  UPDATE countersign.lease
     SET expires_at = CASE WHEN $8 THEN clock_timestamp() + ${LEASE_SECONDS} * interval '1 second' ELSE '-infinity' END
   WHERE organization = $1 AND token = $2 AND holder = $3
  RETURNING organization
), newest AS (
  SELECT size, published_at FROM countersign.checkpoint WHERE organization = $1 ORDER BY size DESC LIMIT 1
), written AS (
  INSERT INTO countersign.checkpoint (organization, size, root, note, published_at, clock_went_back)
  SELECT organization, $4::bigint, $5, $6, $7::timestamptz,
         coalesce($7::timestamptz < (SELECT published_at FROM newest), false)
    FROM held WHERE coalesce((SELECT size FROM newest), 0) < $4::bigint
  RETURNING size
)
SELECT EXISTS (SELECT FROM held) AS held, EXISTS (SELECT FROM written) AS written`;

type Waiting = { position: string; id: string; leaf_hash: Buffer };

/** What step 1 came to. */
export type Sequenced =
  /** Nothing waits, and everything is published. */
  | { readonly kind: "idle" }
  /** Another sequencer is at work. */
  | { readonly kind: "held" }
  | {
      readonly kind: "sequenced";
      readonly lease: Lease;
      readonly size: number;
      readonly root: Hash;
      readonly more: boolean;
    };

/** Until all that was durable at the call is published. @returns the newest checkpoint. */
export async function sequence(
  run: RunTransaction,
  organization: string,
  signer: CheckpointSigner,
  now: EpochMs,
): Promise<PublishedCheckpoint | undefined> {
  const holder = randomUUID();
  let lease: Lease | undefined;
  let waited = 1;
  try {
    for (;;) {
      const step = await giveIndexes(run, organization, signer.origin, holder, lease);
      if (step.kind === "idle")
        return await run(organization, (client) => newestCheckpoint(client, organization));
      if (step.kind === "held") {
        await sleep((waited = Math.min(waited * 2, WAIT_MS_MAX)));
        continue;
      }
      lease = step.lease;
      const whole = await readBack(run, organization, step);
      if (whole === undefined) continue;
      const published = { ...whole, note: signer.sign({ origin: signer.origin, ...whole }) };
      if (!(await storeCheckpoint(run, organization, lease, published, now, step.more))) continue;
      if (!step.more) return published;
    }
  } catch (error) {
    // Others need not wait for a holder that gave up; where this fails too, they wait for the lease to run out.
    const held = lease;
    if (held !== undefined)
      await run(organization, (client) => releaseLease(client, organization, held)).catch(() => {});
    throw error;
  }
}

/** Step 1. @param current the lease that is held already; one that was lost meanwhile is taken anew or waited for. */
export async function giveIndexes(
  run: RunTransaction,
  organization: string,
  origin: string,
  holder: string,
  current?: Lease,
): Promise<Sequenced> {
  return run(organization, async (client): Promise<Sequenced> => {
    // Asked first, so that a call with nothing to do writes nothing.
    if (isIdle(await readLog(client, organization, origin))) return { kind: "idle" };
    const lease = await takeLease(client, organization, holder, current);
    if (lease === undefined) return { kind: "held" };
    const log = await readLog(client, organization, origin);
    if (isIdle(log)) {
      await releaseLease(client, organization, lease);
      return { kind: "idle" };
    }
    const { rows: waiting } = await client.query<Waiting>(
      "SELECT position, id, leaf_hash FROM countersign.pending WHERE organization = $1 ORDER BY position LIMIT $2",
      [organization, BATCH],
    );
    const tiles = new TileSet(await loadTiles(client, organization, edgeTiles(log.size)));
    const tree = TreeHasher.resume(log.size, tiles.read, tiles.onNode);
    for (const record of waiting) tree.append(record.leaf_hash);
    if (waiting.length > 0) await writeBatch(client, organization, log.size, waiting, tiles);
    return { kind: "sequenced", lease, size: tree.size, root: tree.root(), more: waiting.length === BATCH };
  });
}

type Log = { readonly size: number; readonly published: number; readonly waiting: boolean };

const isIdle = (log: Log): boolean => !log.waiting && log.published === log.size;

async function readLog(client: ClientBase, organization: string, origin: string): Promise<Log> {
  const { rows } = await client.query<{
    size: string;
    origin: string;
    published: string | null;
    waiting: boolean;
  }>(LOG, [organization]);
  const log = rows[0];
  if (log === undefined) throw new Error(`there is no log for ${organization}`);
  if (log.origin !== origin) throw new Error(`the log's origin is ${log.origin}, the key's ${origin}`);
  return { size: Number(log.size), published: Number(log.published ?? 0), waiting: log.waiting };
}

async function writeBatch(
  client: ClientBase,
  organization: string,
  size: number,
  waiting: readonly Waiting[],
  tiles: TileSet,
): Promise<void> {
  const changed = [...tiles.changed];
  const { rowCount } = await client.query({
    name: "sequence",
    text: WRITE_BATCH,
    values: [
      organization,
      size,
      waiting.map((record) => record.id),
      waiting.map((record) => record.leaf_hash),
      waiting.map((record) => record.position),
      changed.map((tile) => tile.level),
      changed.map((tile) => tile.number),
      changed.map((tile) => tile.hashes),
      size + waiting.length,
    ],
  });
  if (rowCount !== 1) throw new Error("the log grew although another holds its lease");
}

/** Step 3. @returns false for a holder that has lost its lease; nothing is written then. */
export async function storeCheckpoint(
  run: RunTransaction,
  organization: string,
  lease: Lease,
  { size, root, note }: PublishedCheckpoint,
  now: EpochMs,
  more: boolean,
): Promise<boolean> {
  const { rows } = await run(organization, (client) =>
    client.query<{ held: boolean; written: boolean }>({
      name: "publish",
      text: WRITE_CHECKPOINT,
      values: [
        organization,
        lease.token,
        lease.holder,
        size,
        Buffer.from(root),
        note,
        formatInstant(now),
        more,
      ],
    }),
  );
  const outcome = rows[0];
  if (outcome?.held !== true) return false;
  if (!outcome.written)
    throw new ProblemError({
      code: "checkpoint-not-newer",
      what: `a checkpoint of ${size} entries was to be published, and the log has one that is not smaller`,
      why: "something other than the holder of the log's lease wrote it",
      next: "countersign fsck; nothing was published",
    });
  return true;
}

export async function newestCheckpoint(
  client: ClientBase,
  organization: string,
): Promise<PublishedCheckpoint | undefined> {
  const { rows } = await client.query<StoredCheckpoint>(
    "SELECT size, root, note FROM countersign.checkpoint WHERE organization = $1 ORDER BY size DESC LIMIT 1",
    [organization],
  );
  return published(rows[0]);
}

export async function checkpointCovering(
  client: ClientBase,
  organization: string,
  index: number,
): Promise<PublishedCheckpoint | undefined> {
  const { rows } = await client.query<StoredCheckpoint>(
    "SELECT size, root, note FROM countersign.checkpoint WHERE organization = $1 AND size > $2 ORDER BY size LIMIT 1",
    [organization, index],
  );
  return published(rows[0]);
}

export async function clockSteps(
  client: ClientBase,
  organization: string,
  through: number,
): Promise<ClockStep[]> {
  const { rows } = await client.query<{ size: string; published_at: Date; before: Date }>(
    `SELECT size, published_at, before
       FROM (SELECT size, published_at, clock_went_back, lag(published_at) OVER (ORDER BY size) AS before
               FROM countersign.checkpoint WHERE organization = $1 AND size <= $2) AS c
      WHERE clock_went_back AND before IS NOT NULL ORDER BY size`,
    [organization, through],
  );
  return rows.map((row) => ({
    size: Number(row.size),
    at: row.published_at.getTime(),
    before: row.before.getTime(),
  }));
}

type StoredCheckpoint = { size: string; root: Buffer; note: string };

function published(row: StoredCheckpoint | undefined): PublishedCheckpoint | undefined {
  return row && { size: Number(row.size), root: new Uint8Array(row.root), note: row.note };
}
