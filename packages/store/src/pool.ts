/** Connections to PostgreSQL: each transaction acts for one organization, as the application's role. */
import pg from "pg";
import { ProblemError } from "@countersign/kernel";
import { connectionLost } from "./connection-lost.ts";
import type { Halt } from "./halt.ts";
import { becomeApplication } from "./roles.ts";

/**
 * Runs `work` in one transaction of the organization; `mode` follows BEGIN. Rolls back when it throws, and runs it again
 * after what ends a transaction without a trace.
 */
export type RunTransaction = <T>(
  organization: string,
  work: (client: pg.PoolClient) => Promise<T>,
  mode?: string,
) => Promise<T>;

export type Pool = { readonly run: RunTransaction; end(): Promise<void> };

/**
 * Serialization failures and deadlocks end a transaction without a trace: it may be tried again. A lost connection may
 * have committed, so it is not.
 */
const RETRY = new Set(["40001", "40P01"]);
const ATTEMPTS = 5;

/**
 * Enters the organization's scope. A receipt means that the commit is on disk: a server, database or role that is set to
 * commit asynchronously would lose what was acknowledged last.
 */
const enter = (organization: string): string => `
SELECT set_config('countersign.organization', ${pg.escapeLiteral(organization)}, true),
       CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'local', true) END`;

export function openPool(config: pg.PoolConfig, halt: Halt): Pool {
  const pool = new pg.Pool({
    // The embedded server recognises its users by the name that its configuration gives.
    application_name: "countersign",
    ...config,
    max: 8,
    // Whoever hangs in a transaction must let go of what it locked.
    idle_in_transaction_session_timeout: 60_000,
  });
  // Without listeners a server that goes away would end the process: from an idle connection, and from one at work too.
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));

  const ready = new WeakSet<pg.PoolClient>();
  const once: RunTransaction = async (organization, work, mode = "") => {
    halt.check();
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
      // What a file refused to keep while the transaction ran must not be committed.
      halt.check();
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
  const run: RunTransaction = async (organization, work, mode) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(organization, work, mode);
      } catch (error) {
        if (attempt >= ATTEMPTS || !(error instanceof pg.DatabaseError) || !RETRY.has(error.code ?? ""))
          throw error;
      }
    }
  };
  return { run, end: () => pool.end() };
}
