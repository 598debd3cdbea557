/** The store over PostgreSQL: a pool whose every transaction acts for one organization, as the application's role. */
import pg from "pg";
import { formatInstant, ProblemError } from "@countersign/kernel";
import type { Hash, HashReader } from "@countersign/ledger";
import type {
  CheckpointSigner,
  PlacedEntry,
  PublishedCheckpoint,
  ReceiptState,
  Store,
  Transaction,
} from "@countersign/application/ports";
import { checkStore } from "./check.ts";
import { connectionLost } from "./connection-lost.ts";
import { migrate, type Migration } from "./migrate.ts";
import { indexesAlone } from "./planner.ts";
import { becomeApplication } from "./roles.ts";
import { newestCheckpoint, sequenceBatch } from "./sequencer.ts";
import { TileSet } from "./tiles.ts";
import { PostgresTransaction } from "./transaction.ts";

/**
 * Serialization failures and deadlocks end a transaction without a trace: it may be tried again. A lost connection may
 * have committed, so it is not: the same record would be appended twice.
 */
const RETRY = new Set(["40001", "40P01"]);
const PAGE = 1000;

/**
 * Enters the organization's scope. A receipt means that the commit is on disk: a server, database or role that is set to
 * commit asynchronously would lose what was acknowledged last.
 */
const enter = (organization: string): string => `
SELECT set_config('countersign.organization', ${pg.escapeLiteral(organization)}, true),
       CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'local', true) END`;

export async function openPostgresStore(
  config: pg.PoolConfig,
  migrations: readonly Migration[],
): Promise<Store> {
  const administrator = new pg.Client({ application_name: "countersign", ...config });
  // A server that goes away is told by the query under way; the event by itself would end the process.
  administrator.on("error", () => {});
  await administrator.connect();
  try {
    await migrate(administrator, migrations);
  } finally {
    await administrator.end();
  }
  const pool = new pg.Pool({
    // The embedded server recognises its users by the name that its configuration gives.
    application_name: "countersign",
    ...config,
    max: 8,
    // A holder of the log's row that hangs must let go of it.
    idle_in_transaction_session_timeout: 60_000,
  });
  // Without listeners a server that goes away would end the process: from an idle connection, and from one at work too.
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));

  const ready = new WeakSet<pg.PoolClient>();
  const run = async <T>(
    organization: string,
    work: (client: pg.PoolClient) => Promise<T>,
    mode = "",
  ): Promise<T> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw connectionLost(error);
    });
    let broken: Error | undefined;
    try {
      if (!ready.has(client)) {
        await becomeApplication(client);
        ready.add(client);
      }
      // One message: most transactions are a few of them.
      await client.query(`BEGIN ${mode}; ${enter(organization)}`);
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch((lost: Error) => {
        broken = lost;
      });
      throw broken === undefined || error instanceof ProblemError ? error : connectionLost(error);
    } finally {
      client.release(broken);
    }
  };

  return {
    async transaction<T>(organization: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
      for (let attempt = 1; ; attempt++) {
        try {
          return await run(organization, (client) => work(new PostgresTransaction(client, organization)));
        } catch (error) {
          if (attempt >= 5 || !(error instanceof pg.DatabaseError) || !RETRY.has(error.code ?? ""))
            throw error;
        }
      }
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

    async sequence(organization: string, signer: CheckpointSigner, now: number) {
      for (;;) {
        const { more, published } = await run(organization, (client) =>
          sequenceBatch(client, organization, signer, now),
        );
        if (!more) return published;
      }
    },

    newestCheckpoint: (organization): Promise<PublishedCheckpoint | undefined> =>
      run(organization, (client) => newestCheckpoint(client, organization)),

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

    treeReader: (organization, _size): Promise<HashReader> =>
      run(organization, async (client) => {
        const { rows } = await client.query<{ level: number; number: string; hashes: Buffer }>(
          "SELECT level, number, hashes FROM countersign.tile WHERE organization = $1",
          [organization],
        );
        return new TileSet(rows.map((row) => ({ ...row, number: Number(row.number) }))).read;
      }),

    leafOf: (organization, index): Promise<Hash | undefined> =>
      run(organization, async (client) => {
        const { rows } = await client.query<{ leaf_hash: Buffer }>(
          "SELECT leaf_hash FROM countersign.log_entry WHERE organization = $1 AND index = $2",
          [organization, index],
        );
        return rows[0]?.leaf_hash;
      }),

    check: (organization, openNote, progress) =>
      run(
        organization,
        (client) => checkStore(client, organization, openNote, progress),
        // One snapshot, so that records appended meanwhile do not look like contradictions.
        "ISOLATION LEVEL REPEATABLE READ READ ONLY",
      ),

    close: () => pool.end(),
  };
}
