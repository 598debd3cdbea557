/**
 * Sees from outside whether a write is open. A process is stopped (SIGSTOP) first, so that what is seen still holds when it
 * is killed: a transaction of ours with a transaction id and a writer's lock has written and has not ended; a file among
 * the blobs' temporary ones that was not there before the run is a blob that is being written.
 */
import pg from "pg";
import { reachServer } from "./administrator.ts";
import { blobsInWriting, type Place } from "./place.ts";

export type Seen = {
  /** Server processes of ours whose transaction has written and has not ended. */
  readonly writers: readonly number[];
  /** Blobs that are being written. */
  readonly blobs: number;
  /** Server processes that serve us. */
  readonly backends: readonly number[];
  /** The server's own: checkpointer, writers, launchers. */
  readonly helpers: readonly number[];
};

export type Sight = {
  readonly postmaster: number;
  look(): Promise<Seen | undefined>;
  close(): void;
};

/** A stopped server process may hold what the answer needs; then there is no answer. */
const ANSWER_MS = 400;

// A transaction id alone could be that of a row lock; who inserts, updates or deletes holds this lock on the table too.
const SESSIONS = `
SELECT pid, backend_type = 'client backend' AS client,
       backend_xid IS NOT NULL
         AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.mode = 'RowExclusiveLock' AND l.granted) AS writes
  FROM pg_stat_activity a
 WHERE backend_type <> 'client backend' OR application_name LIKE 'countersign%'`;

/** @returns undefined while no server of this workspace accepts connections. */
export async function openSight(place: Place): Promise<Sight | undefined> {
  const server = await reachServer(place, "postgres");
  if (server === undefined) return undefined;
  const before = new Set(blobsInWriting(place));
  let client: pg.Client | undefined;
  const connected = async (): Promise<pg.Client> => {
    if (client !== undefined) return client;
    const fresh = new pg.Client(server.config);
    fresh.on("error", () => (client = undefined));
    await fresh.connect();
    return (client = fresh);
  };
  try {
    await connected();
  } catch {
    return undefined;
  }
  return {
    postmaster: server.postmaster,
    async look() {
      const blobs = blobsInWriting(place).filter((name) => !before.has(name)).length;
      const asked = await within(ANSWER_MS, async () =>
        (await connected()).query<{ pid: number; client: boolean; writes: boolean }>(SESSIONS),
      );
      if (asked === undefined) {
        // The late answer would be taken for the next one's.
        void client?.end().catch(() => {});
        client = undefined;
        return undefined;
      }
      const pids = (rows: typeof asked.rows): number[] => rows.map((row) => row.pid);
      return {
        writers: pids(asked.rows.filter((row) => row.client && row.writes)),
        blobs,
        backends: pids(asked.rows.filter((row) => row.client)),
        helpers: pids(asked.rows.filter((row) => !row.client)),
      };
    },
    close: () => void client?.end().catch(() => {}),
  };
}

async function within<T>(ms: number, work: () => Promise<T>): Promise<T | undefined> {
  const limit = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => limit.resolve(undefined), ms);
  try {
    return await Promise.race([work().catch(() => undefined), limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

export function isOpen(seen: Seen | undefined): seen is Seen {
  return seen !== undefined && (seen.writers.length > 0 || seen.blobs > 0);
}

/** Sends a signal to a process that may have ended. */
export function send(pid: number, name: "SIGSTOP" | "SIGCONT" | "SIGKILL" | "SIGTERM"): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
