/** The workspace (`.countersign/`): database, blobs and keys, opened together and closed together. */
import { randomUUID } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import pg from "pg";
import { ProblemError } from "@countersign/kernel";
import type { Blobs, KeyRing, ListWriterFactory, Store } from "@countersign/application/ports";
import { openBlobFiles } from "./blob-files.ts";
import { connectionLost, isConnectionLost } from "./connection-lost.ts";
import { makeDirectory, syncDirectory } from "./directories.ts";
import { openEmbeddedPostgres } from "./embedded/embedded-postgres.ts";
import { newHalt, type Halt } from "./halt.ts";
import { openKeyRing } from "./key-files.ts";
import { halfRestored, isRestoreBegun } from "./restore-mark.ts";
import { SortingListWriter } from "./list-writer.ts";
import { readMigrations } from "./migrate.ts";
import { openPostgresStore } from "./postgres-store.ts";

const DATABASE = "countersign";

export type WorkspaceOptions = {
  /** `.countersign/`; made when it is not there. */
  readonly directory: string;
  readonly organization: string;
  /** A server to use instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly migrations: string;
  readonly say: (line: string) => void;
  /** Only for who restores: opens a workspace whose restore was begun and has not ended. */
  readonly restoring?: boolean;
};

export type Workspace = {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly lists: ListWriterFactory;
  readonly keys: KeyRing;
  /** For whatever else is written beside it. */
  readonly halt: Halt;
  /** For people: which server, and as whom it runs. */
  readonly server: string;
  close(): Promise<void>;
};

export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { directory, organization } = options;
  // One for files and database: after a failed fsync neither is written any more.
  const halt = newHalt();
  if (options.restoring !== true && isRestoreBegun(directory)) throw halfRestored(directory);
  makeDirectory(directory, halt);
  // Per organization: digests of one must not tell whether another holds the same bytes.
  const blobDirectory = join(directory, "blobs", organization);
  const blobs = openBlobFiles(blobDirectory, randomUUID, halt);
  // Also what a process made that was killed before its names were on disk.
  for (const made of [dirname(blobDirectory), directory, dirname(resolve(directory))])
    syncDirectory(made, halt);
  const keys = openKeyRing(join(directory, "keys"), halt);
  const migrations = readMigrations(options.migrations);
  const lists: ListWriterFactory = () => new SortingListWriter(blobs, join(blobDirectory, "tmp"), randomUUID);
  if (options.databaseUrl !== undefined) {
    const store = await openPostgresStore({ connectionString: options.databaseUrl }, migrations, {
      halt,
    }).catch((error: unknown) => {
      throw unreachable(error);
    });
    return {
      store,
      blobs,
      lists,
      keys,
      halt,
      server: "the server that DATABASE_URL names",
      close: () => store.close(),
    };
  }
  const server = await openEmbeddedPostgres({ directory: join(directory, "postgres"), say: options.say });
  try {
    await ensureDatabase(server.connectionString("postgres"));
    const store = await openPostgresStore(server.connectionString(DATABASE), migrations, { halt });
    return {
      store,
      blobs,
      lists,
      keys,
      halt,
      server: `PostgreSQL ${server.version}, ${server.runsAs}`,
      async close() {
        await store.close();
        await server.release();
      },
    };
  } catch (error) {
    await server.release();
    throw isConnectionLost(error) ? connectionLost(error) : error;
  }
}

async function ensureDatabase(config: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(config);
  // The query under way tells of a server that goes away; the event by itself would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (rowCount === 0)
      await client.query(`CREATE DATABASE ${DATABASE}`).catch((error: pg.DatabaseError) => {
        // 42P04, or 23505 in the catalog: another process made it at the same moment.
        if (error.code !== "42P04" && error.code !== "23505") throw error;
      });
  } finally {
    await client.end();
  }
}

/** The URL holds a password: neither it nor the driver's message about it is repeated. */
function unreachable(error: unknown): unknown {
  if (error instanceof ProblemError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "unknown";
  return new ProblemError({
    code: "database-unreachable",
    what: "the server that DATABASE_URL names cannot be used",
    why: `the driver says ${code}`,
    next: "check the address, the user and the password with psql; unset DATABASE_URL to use the embedded server",
  });
}
