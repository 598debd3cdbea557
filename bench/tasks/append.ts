/**
 * Durable appends in one PostgreSQL: our path against a bare multi-row INSERT of the same rows, single appends against
 * single INSERTs, the time from a request to a published checkpoint at a steady rate, and what the disk allows.
 * `append.ts DIRECTORY`.
 */
import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { canonicalJson } from "@countersign/kernel";
import type { LedgerRecord } from "@countersign/records";
import { startServer, testRecord, testSigner } from "../../packages/store/src/testing/server.ts";
import { median, percentile } from "../harness/statistics.ts";
import { report } from "../harness/task.ts";

const ORGANIZATION = "bench";
const BATCH = 256;
const BATCHES = 40;
const ROUNDS = 9;
const CONCURRENT = 8;
const SINGLE_MS = 2_000;
const RATE = 1_000;
const RATE_MS = 20_000;
const SYNC_MS = 1_500;

type Write = (records: readonly LedgerRecord[]) => Promise<unknown>;

const [directory = ""] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const server = await startServer();
const { store, config } = await server.store();
const signer = testSigner(server.directory, ORGANIZATION);
await store.createLog(ORGANIZATION, signer.origin, 0);
const bare = new pg.Pool({ ...config, max: CONCURRENT });
// The columns and the key of the ledger's own table of records; no policy, no queue, no projection.
await bare.query(
  `CREATE TABLE bare (organization text NOT NULL, position bigint GENERATED ALWAYS AS IDENTITY, id text NOT NULL,
     type text NOT NULL, entry text NOT NULL, PRIMARY KEY (organization, id))`,
);

/** 600 bytes, as most records of a log have. */
function nextRecord(): LedgerRecord {
  const record = testRecord(ORGANIZATION);
  const padding = "x".repeat(Math.max(0, 600 - canonicalJson(record).length));
  // A gap's reason is a text of any length.
  return { ...record, body: { ...record.body, reason: padding } } as LedgerRecord;
}

async function insertBare(records: readonly LedgerRecord[]): Promise<void> {
  const client = await bare.connect();
  try {
    await client.query("BEGIN");
    await client.query({
      name: "bare",
      text: `INSERT INTO bare (organization, id, type, entry)
             SELECT $1, id, type, entry FROM unnest($2::text[], $3::text[], $4::text[]) AS t(id, type, entry)`,
      values: [
        ORGANIZATION,
        records.map((record) => record.id),
        records.map((record) => record.type),
        records.map((record) => canonicalJson(record)),
      ],
    });
    await client.query("COMMIT");
  } finally {
    client.release();
  }
}

const append: Write = (records) => store.transaction(ORGANIZATION, (tx) => tx.appendAll(records));
const publish = () => store.sequence(ORGANIZATION, signer, Date.now());

/** Rows a second in batches, each a transaction, one after the other. */
async function batches(write: Write): Promise<number> {
  const all = Array.from({ length: BATCHES }, () => Array.from({ length: BATCH }, nextRecord));
  const start = performance.now();
  for (const records of all) await write(records);
  return (BATCHES * BATCH * 1000) / (performance.now() - start);
}

/** Single records a second, each a transaction, written by several at once. */
async function singles(write: Write): Promise<number> {
  const until = performance.now() + SINGLE_MS;
  let done = 0;
  const one = async (): Promise<void> => {
    for (; performance.now() < until; done++) await write([nextRecord()]);
  };
  await Promise.all(Array.from({ length: CONCURRENT }, one));
  return (done * 1000) / SINGLE_MS;
}

/**
 * Requests come at a steady rate, whether earlier ones are done or not; each submits its own record, and one sequencer
 * publishes whatever is durable. The disk is asked beside it, in the same seconds.
 * @returns milliseconds from request to durability, and to publication, and of an fdatasync
 */
async function atRate(): Promise<{ durable: number[]; published: number[]; disk: number[] }> {
  const durable: number[] = [];
  const published: number[] = [];
  const disk: number[] = [];
  const requests: Promise<void>[] = [];
  let waiting: number[] = [];
  let coming = true;
  const request = async (start: number): Promise<void> => {
    await store.submit(nextRecord());
    durable.push(performance.now() - start);
    waiting.push(start);
  };
  const sequencer = (async () => {
    while (coming || waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      if (batch.length > 0) await publish();
      else await sleep(1);
      const now = performance.now();
      for (const start of batch) published.push(now - start);
    }
  })();
  const file = await open(join(directory, "beside"), "w");
  const probe = (async () => {
    for (; coming; await sleep(50)) {
      const start = performance.now();
      await file.write(Buffer.alloc(600, 120));
      await file.datasync();
      disk.push(performance.now() - start);
    }
  })();
  const begin = performance.now();
  for (let at = begin; at - begin < RATE_MS; at = performance.now()) {
    // From when it should have come, so that a busy loop does not hide what a request waits for.
    while (requests.length < ((at - begin) * RATE) / 1000)
      requests.push(request(begin + (requests.length * 1000) / RATE));
    await sleep(1);
  }
  await Promise.all(requests);
  coming = false;
  await Promise.all([sequencer, probe]);
  await file.close();
  return { durable, published, disk };
}

/** What the disk does without a database: so many bytes and an fdatasync, over and over. */
function syncs(bytes: number): number[] {
  const path = join(directory, "sync");
  const file = openSync(path, "w");
  const block = Buffer.alloc(bytes, 120);
  const times: number[] = [];
  for (const until = performance.now() + SYNC_MS; performance.now() < until;) {
    const start = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    times.push(performance.now() - start);
  }
  closeSync(file);
  rmSync(path);
  return times;
}

const perSecond = (times: readonly number[]): number =>
  (times.length * 1000) / times.reduce((sum, time) => sum + time, 0);

try {
  const rows = { bare: [] as number[], durable: [] as number[], published: [] as number[] };
  await batches(insertBare);
  await batches(append);
  await publish();
  for (let round = 0; round < ROUNDS; round++) {
    rows.bare.push(await batches(insertBare));
    rows.durable.push(await batches(append));
    await publish();
    rows.published.push(
      await batches(async (records) => {
        await append(records);
        await publish();
      }),
    );
  }
  const single = { bare: [] as number[], durable: [] as number[] };
  for (let round = 0; round < 3; round++) {
    single.bare.push(await singles(insertBare));
    single.durable.push(
      await singles((records) => Promise.all(records.map((record) => store.submit(record)))),
    );
    await publish();
  }
  const latency = await atRate();
  const one = syncs(600);
  const many = syncs(600 * BATCH);
  report(
    {},
    {
      ratio: median(rows.durable.map((rate, round) => rate / (rows.bare[round] ?? Number.NaN))),
      bareRows: median(rows.bare),
      durableRows: median(rows.durable),
      publishedRows: median(rows.published),
      bareSingles: median(single.bare),
      durableSingles: median(single.durable),
      requests: latency.published.length,
      durableP50: percentile(latency.durable, 0.5),
      durableP99: percentile(latency.durable, 0.99),
      publishedP50: percentile(latency.published, 0.5),
      publishedP99: percentile(latency.published, 0.99),
      besideP50: percentile(latency.disk, 0.5),
      besideP99: percentile(latency.disk, 0.99),
      syncP50: percentile(one, 0.5),
      syncP99: percentile(one, 0.99),
      syncSingles: perSecond(one),
      syncBatchedRows: perSecond(many) * BATCH,
    },
  );
} finally {
  await bare.end();
  await server.stop();
}
