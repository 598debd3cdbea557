/**
 * Durable append: `append.ts DIRECTORY COUNT`. Ours is the store's transaction (record, queue, state) in batches; the floor
 * is the same rows by one bare multi-row INSERT and commit in the same database. Beside it the disk's own fdatasync.
 */
import { closeSync, fdatasyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { canonicalJson, formatInstant } from "@countersign/kernel";
import type { LedgerRecord } from "@countersign/records";
import {
  asAdministrator,
  startServer,
  testRecord,
  testSigner,
} from "../../packages/store/src/testing/server.ts";
import { measure, report } from "../harness/task.ts";

const [directory = "", count = "20000"] = process.argv.slice(2);
const BATCH = 256;
const SINGLES = 300;
mkdirSync(directory, { recursive: true });
const server = await startServer();
try {
  const { store, config } = await server.store();
  const signer = testSigner(server.directory, "bench");
  await store.createLog("bench", signer.origin, 0);
  const batches = (): LedgerRecord[][] =>
    Array.from({ length: Math.ceil(Number(count) / BATCH) }, () =>
      Array.from({ length: BATCH }, () => testRecord("bench")),
    );

  const bare = batches().map((batch) =>
    batch.map((record) => ({ id: record.id, entry: canonicalJson(record) })),
  );
  const floor = await asAdministrator(config, async (client: pg.Client) => {
    await client.query(
      "CREATE TABLE bare (organization text, position bigint GENERATED ALWAYS AS IDENTITY, id text, type text, entry text, PRIMARY KEY (organization, id))",
    );
    return measure(async () => {
      for (const batch of bare)
        await client.query(
          "INSERT INTO bare (organization, id, type, entry) SELECT 'bench', id, 'source.gap', entry FROM unnest($1::text[], $2::text[]) AS t(id, entry)",
          [batch.map((row) => row.id), batch.map((row) => row.entry)],
        );
    });
  });
  const ours = batches();
  const append = await measure(async () => {
    for (const batch of ours) await store.transaction("bench", (tx) => tx.appendAll(batch));
  });
  const sequence = await measure(() => store.sequence("bench", signer, Date.now()));

  const latencies: number[] = [];
  for (let i = 0; i < SINGLES; i++) {
    const started = performance.now();
    await store.transaction("bench", (tx) => tx.append(testRecord("bench")));
    await store.sequence("bench", signer, Date.now());
    latencies.push(performance.now() - started);
  }
  const syncs: number[] = [];
  const file = openSync(join(directory, "sync"), "w");
  for (let i = 0; i < SINGLES; i++) {
    const started = performance.now();
    writeSync(file, Buffer.alloc(600));
    fdatasyncSync(file);
    syncs.push(performance.now() - started);
  }
  closeSync(file);
  const at = (values: number[], share: number): number =>
    Math.round((values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0) * 10) / 10;
  report(
    { floor: floor.measured, append: append.measured, sequence: sequence.measured },
    {
      records: ours.length * BATCH,
      at: formatInstant(0),
      p50: at(latencies, 0.5),
      p99: at(latencies, 0.99),
      fdatasyncP50: at(syncs, 0.5),
      fdatasyncP99: at(syncs, 0.99),
    },
  );
} finally {
  await server.stop();
}
