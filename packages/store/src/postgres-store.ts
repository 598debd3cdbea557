/** The store over PostgreSQL. */
import pg from "pg";
import { formatInstant, ProblemError } from "@countersign/kernel";
import type { Hash, HashReader } from "@countersign/ledger";
import type {
  PlacedEntry,
  PublishedCheckpoint,
  ReceiptState,
  Store,
  Transaction,
} from "@countersign/application/ports";
import { checkStore } from "./check/check-store.ts";
import { newHalt, type Halt } from "./halt.ts";
import { migrate, type Migration } from "./migrate.ts";
import { indexesAlone } from "./planner.ts";
import { openPool } from "./pool.ts";
import { restoreLog, storedCheckpoints } from "./restore.ts";
import { checkpointCovering, clockSteps, newestCheckpoint, sequence } from "./sequencer.ts";
import { refuseForgetfulServer } from "./server-settings.ts";
import { Submissions } from "./submissions.ts";
import { loadTiles, tilesRead, TileSet } from "./tiles.ts";
import { PostgresTransaction } from "./transaction.ts";

const PAGE = 1000;

export type StoreOptions = {
  /** Shared with whatever else writes for this workspace: after a failed fsync nothing writes any more. */
  readonly halt?: Halt;
  /** Only for tests that are about something else: accepts a server that does not keep what it acknowledges. */
  readonly forgetfulServer?: boolean;
};

export async function openPostgresStore(
  config: pg.PoolConfig,
  migrations: readonly Migration[],
  options: StoreOptions = {},
): Promise<Store> {
  const administrator = new pg.Client({ application_name: "countersign", ...config });
  // A server that goes away is told by the query under way; the event by itself would end the process.
  administrator.on("error", () => {});
  await administrator.connect();
  try {
    if (options.forgetfulServer !== true) await refuseForgetfulServer(administrator);
    await migrate(administrator, migrations);
  } finally {
    await administrator.end();
  }
  const pool = openPool(config, options.halt ?? newHalt());
  const { run } = pool;
  const submissions = new Submissions(run);

  return {
    transaction<T>(organization: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
      return run(organization, (client) => work(new PostgresTransaction(client, organization)));
    },

    async createLog(organization, origin, at) {
      const found = await run(organization, async (client) => {
        await client.query(
          "INSERT INTO countersign.log (organization, origin, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
          [organization, origin, formatInstant(at)],
        );
        const { rows } = await client.query<{ origin: string }>(
          "SELECT origin FROM countersign.log WHERE organization = $1",
          [organization],
        );
        return rows[0]?.origin;
      });
      if (found !== origin)
        throw new ProblemError({
          code: "log-origin",
          what: `the log of ${organization} was made by another workspace`,
          why: `its origin is ${found ?? "unknown"}, this workspace's key is for ${origin}`,
          next: "use the workspace that made it, or another organization id in program.yaml",
        });
    },

    submit: (record) => submissions.submit(record),

    sequence: (organization, signer, now) => sequence(run, organization, signer, now),

    newestCheckpoint: (organization): Promise<PublishedCheckpoint | undefined> =>
      run(organization, (client) => newestCheckpoint(client, organization)),

    checkpointCovering: (organization, index): Promise<PublishedCheckpoint | undefined> =>
      run(organization, (client) => checkpointCovering(client, organization, index)),

    clockSteps: (organization, through) =>
      run(organization, (client) => clockSteps(client, organization, through)),

    receipt: (organization, id): Promise<ReceiptState> =>
      run(organization, async (client): Promise<ReceiptState> => {
        const { rows } = await client.query<{ index: string | null; published: boolean }>(
          `SELECT e.index, EXISTS (SELECT 1 FROM countersign.checkpoint c WHERE c.organization = $1 AND c.size > e.index) AS published
             FROM countersign.record r LEFT JOIN countersign.log_entry e ON e.organization = r.organization AND e.id = r.id
            WHERE r.organization = $1 AND r.id = $2`,
          [organization, id],
        );
        const row = rows[0];
        if (row === undefined) return { state: "unknown" };
        if (row.index === null) return { state: "durable" };
        return { state: row.published ? "published" : "sequenced", index: Number(row.index) };
      }),

    async *entries(organization, from, through) {
      for (let start = from; start < through; start += PAGE) {
        const end = Math.min(start + PAGE, through);
        yield await run(organization, async (client): Promise<PlacedEntry[]> => {
          await client.query(`SELECT ${indexesAlone}`);
          const { rows } = await client.query<{ index: string; id: string; entry: string }>(
            `SELECT e.index, e.id, r.entry FROM countersign.log_entry e
               JOIN countersign.record r ON r.organization = e.organization AND r.id = e.id
              WHERE e.organization = $1 AND e.index >= $2 AND e.index < $3 ORDER BY e.index`,
            [organization, start, end],
          );
          return rows.map((row) => ({ index: Number(row.index), id: row.id, entry: row.entry }));
        });
      }
    },

    readTree<T>(organization: string, work: (read: HashReader) => T): Promise<T> {
      return run(organization, async (client) => {
        const tiles = await loadTiles(client, organization, tilesRead(work));
        return work(new TileSet(tiles).read);
      });
    },

    leafOf: (organization, index): Promise<Hash | undefined> =>
      run(organization, async (client) => {
        const { rows } = await client.query<{ leaf_hash: Buffer }>(
          "SELECT leaf_hash FROM countersign.log_entry WHERE organization = $1 AND index = $2",
          [organization, index],
        );
        return rows[0]?.leaf_hash;
      }),

    schema: migrations.map(({ name }) => name),

    log: (organization) =>
      run(organization, async (client) => {
        const { rows } = await client.query<{ origin: string; created_at: Date; size: string }>(
          "SELECT origin, created_at, size FROM countersign.log WHERE organization = $1",
          [organization],
        );
        const row = rows[0];
        return row && { origin: row.origin, createdAt: row.created_at.getTime(), size: Number(row.size) };
      }),

    checkpoints: (organization, through) => storedCheckpoints(run, organization, through),

    restore: (organization, log, work) => restoreLog(run, organization, log, work),

    check: (organization, options) =>
      run(
        organization,
        (client) => checkStore(client, organization, options),
        // One snapshot, so that records appended meanwhile do not look like contradictions.
        `ISOLATION LEVEL REPEATABLE READ ${options.repair === true ? "READ WRITE" : "READ ONLY"}`,
      ),

    close: () => pool.end(),
  };
}
