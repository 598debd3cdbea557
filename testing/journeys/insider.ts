/** Somebody inside, with the database's superuser and the workspace's key files: reads the log, and writes it anew. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { signCheckpoint } from "../../packages/ledger/src/index.ts";
import type { Digest } from "../../packages/kernel/src/index.ts";
import type { LedgerRecord } from "../../packages/records/src/index.ts";
import type { EmbeddedServer } from "../../packages/store/src/embedded/embedded-postgres.ts";
import { openBlobFiles, openPostgresStore, readMigrations } from "../../packages/store/src/index.ts";
import { root, type Place } from "./support.ts";

export type Insider = {
  readonly attestationPem: string;
  records(): Promise<LedgerRecord[]>;
  count(): Promise<number>;
  /** In place of the whole log: the same tables, sequenced and signed with the true key. */
  rewrite(records: readonly LedgerRecord[]): Promise<void>;
  /** Keeps bytes among the stored files. */
  put(bytes: Uint8Array | string, salt?: string): { readonly digest: Digest; readonly size: number };
  read(digest: Digest): Buffer;
};

const TABLES = ["pending", "log_entry", "tile", "checkpoint", "state", "record", "log"] as const;

export function insiderOf(place: Place, home: string, organization: string, server: EmbeddedServer): Insider {
  const key = (name: string) =>
    readFileSync(join(place.folder, home, ".countersign", "keys", `${name}.pem`), "utf8");
  const config = server.connectionString("countersign");
  const blobs = () =>
    openBlobFiles(join(place.folder, home, ".countersign", "blobs", organization), randomUUID);
  const asSuperuser = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client(config);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  return {
    get attestationPem() {
      return key("attestation");
    },
    records: () =>
      asSuperuser(async (client) => {
        const { rows } = await client.query<{ entry: string }>(
          `SELECT r.entry FROM countersign.log_entry e
             JOIN countersign.record r ON r.organization = e.organization AND r.id = e.id
            WHERE e.organization = $1 ORDER BY e.index`,
          [organization],
        );
        return rows.map((row) => JSON.parse(row.entry) as LedgerRecord);
      }),
    count: () =>
      asSuperuser(async (client) => {
        const { rows } = await client.query<{ count: string }>(
          "SELECT count(*) FROM countersign.record WHERE organization = $1",
          [organization],
        );
        return Number(rows[0]?.count);
      }),
    async rewrite(records) {
      await asSuperuser(async (client) => {
        for (const table of TABLES)
          await client.query(`DELETE FROM countersign.${table} WHERE organization = $1`, [organization]);
      });
      const store = await openPostgresStore(config, readMigrations(join(root, "packages/store/migrations")));
      try {
        const pem = key("log");
        const origin = `countersign.local/${organization}`;
        await store.createLog(organization, origin, Date.now());
        await store.transaction(organization, (tx) => tx.appendAll(records));
        await store.sequence(
          organization,
          { origin, sign: (checkpoint) => signCheckpoint(checkpoint, pem) },
          Date.now(),
        );
      } finally {
        await store.close();
      }
    },
    put: (bytes, salt) => blobs().put(Buffer.from(bytes), salt),
    read: (digest) => Buffer.from(blobs().read(digest)),
  };
}
