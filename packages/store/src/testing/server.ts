/** A real server for a test file, and a database of its own for each test. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { formatInstant } from "@countersign/kernel";
import {
  openCheckpoint,
  publicKeyOf,
  signCheckpoint,
  verifierOf,
  type Checkpoint,
} from "@countersign/ledger";
import type { LedgerRecord } from "@countersign/records";
import type { Store, StoreCheckOptions } from "@countersign/application/ports";
import { openEmbeddedPostgres, type EmbeddedServer } from "../embedded/embedded-postgres.ts";
import { openKeyRing } from "../key-files.ts";
import { readMigrations } from "../migrate.ts";
import { openPostgresStore } from "../postgres-store.ts";

export const migrations = readMigrations(join(import.meta.dirname, "../../migrations"));

export type TestServer = {
  readonly directory: string;
  /** A fresh database, migrated, and its configuration as the administrator. */
  store(): Promise<{ readonly store: Store; readonly config: pg.ClientConfig }>;
  database(): Promise<pg.ClientConfig>;
  /** Another store on the same database, as another process would open it. */
  storeOf(store: Store): Promise<Store>;
  stop(): Promise<void>;
};

export async function startServer(): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), "countersign-store-"));
  const server: EmbeddedServer = await openEmbeddedPostgres({
    directory: join(directory, "postgres"),
    say: () => {},
  });
  const stores = new Map<Store, pg.ClientConfig>();
  const open = async (config: pg.ClientConfig): Promise<Store> => {
    const store = await openPostgresStore(config, migrations);
    stores.set(store, config);
    return store;
  };
  const database = async (): Promise<pg.ClientConfig> => {
    const name = `t_${randomBytes(6).toString("hex")}`;
    await asAdministrator(server.connectionString("postgres"), (client) =>
      client.query(`CREATE DATABASE ${name}`),
    );
    return server.connectionString(name);
  };
  return {
    directory,
    database,
    async store() {
      const config = await database();
      return { store: await open(config), config };
    },
    storeOf: (store) => open(stores.get(store) ?? {}),
    async stop() {
      for (const store of stores.keys()) await store.close();
      await server.release();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function asAdministrator<T>(
  config: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A log key in a directory of its own, and the signer that a store is handed. */
export function testSigner(directory: string, organization: string) {
  const pem = openKeyRing(join(directory, `keys-${organization}`)).first("log");
  const origin = `test.example/${organization}`;
  return {
    origin,
    verifier: verifierOf(origin, publicKeyOf(pem)),
    sign: (checkpoint: Checkpoint) => signCheckpoint(checkpoint, pem),
  };
}

/** For the store's check: whose log it is. */
export function checkedWith(signer: ReturnType<typeof testSigner>): StoreCheckOptions {
  return {
    origin: signer.origin,
    openNote: (note) => {
      const opened = openCheckpoint(note, signer.verifier);
      return opened.ok ? opened.value : opened.error;
    },
    progress: () => {},
  };
}

let made = 0;

/** A made-up record; its subject makes it recognisable. */
export function testRecord(organization: string, subject = "note"): LedgerRecord {
  made++;
  const at = formatInstant(1_780_000_000_000 + made * 1000);
  return {
    type: "source.gap",
    version: 1,
    organization,
    id: `rec_${made}_${randomBytes(6).toString("hex")}`,
    recordedAt: at,
    occurredAt: { at, provenance: "source" },
    actor: { kind: "service", id: "test", authenticated: "operating-system" },
    subject,
    body: { source: subject, start: at, end: at, reason: "made up for a test" },
    digests: [],
  };
}
