/**
 * Long work on a large log, killed in the middle and begun again (line 19 of the adversarial list): its sequencing, the
 * rebuilding of projections, an export, and a restore. Some thousand records in every test run; a million with
 * COUNTERSIGN_RESTART=full. Each kill is shown to have come in the middle: what it left is not whole.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { fsck, publish, verifyLog } from "@countersign/application";
import { canonicalJson, digestOf, formatInstant } from "@countersign/kernel";
import { equalHashes, leafHash, TreeHasher } from "@countersign/ledger";
import { readLogFolder } from "@countersign/store";
import type { Session } from "../../apps/cli/src/session.ts";
import { testRecord } from "../../packages/store/src/testing/server.ts";
import { asAdministrator, reachServer } from "./administrator.ts";
import { makePlace, openPlace, ORGANIZATION, withoutSignals, type Place } from "./place.ts";
import { endOf, startLoop, startOther, type Ended, type Run } from "./runs.ts";
import { send } from "./sight.ts";

const full = process.env["COUNTERSIGN_RESTART"] === "full";
const ENTRIES = full ? 1_000_000 : 12_500;
const PAGE = 2_500;
const END_SECONDS = full ? 1_800 : 120;

let place: Place;
let session: Session;
/** Leaf hashes of the records, in the order in which they were handed over. */
const leaves: Uint8Array[] = [];

before(async () => {
  place = makePlace(1);
  session = await openPlace(place.home);
  await publish(session.ctx);
  for (let from = 0; from < ENTRIES; from += PAGE) {
    // Of this hour: others would show that the clock was set back.
    const recordedAt = formatInstant(Date.now());
    const records = Array.from({ length: PAGE }, () => ({ ...testRecord(ORGANIZATION), recordedAt }));
    for (const record of records) leaves.push(leafHash(Buffer.from(canonicalJson(record))));
    await session.ctx.store.transaction(ORGANIZATION, (tx) => tx.appendAll(records));
  }
});
after(async () => {
  await session.close();
  await place.remove();
});

const size = async (): Promise<number> => (await session.ctx.store.newestCheckpoint(ORGANIZATION))?.size ?? 0;

/** Looks until the moment has come, and kills. @returns whether the run was still at work then */
async function killedOnce(run: Run, moment: () => boolean | Promise<boolean>): Promise<boolean> {
  while (run.alive() && !(await moment())) await sleep(2);
  send(run.pid, "SIGKILL");
  return (await run.ended).signal === "SIGKILL";
}

async function finished(run: Run): Promise<Ended> {
  const ended = await endOf(run, END_SECONDS);
  assert.equal(ended.code, 0, `${run.words}: ${ended.stderr}`);
  return ended;
}

test(
  `a queue of ${ENTRIES} records whose sequencing is killed twice ends in the order in which they came (line 19)`,
  { skip: withoutSignals },
  async (t) => {
    for (const part of [0.25, 0.6]) {
      const run = startLoop(place, { name: `killed-${part}`, seed: 1, acts: 1, act: "evidence" });
      assert.ok(await killedOnce(run, async () => (await size()) >= ENTRIES * part));
      const reached = await size();
      t.diagnostic(`killed at ${reached} of ${ENTRIES}`);
      assert.ok(reached >= ENTRIES * part && reached < ENTRIES, `it was in the middle: ${reached}`);
    }
    await finished(startLoop(place, { name: "finishes", seed: 1, acts: 1, act: "evidence" }));
    const newest = await session.ctx.store.newestCheckpoint(ORGANIZATION);
    const tree = new TreeHasher();
    const swapped = new TreeHasher();
    let next = 0;
    for await (const page of session.ctx.store.entries(ORGANIZATION, 0, newest?.size ?? 0))
      for (const { index, entry } of page) {
        const leaf = leafHash(Buffer.from(entry));
        tree.append(leaf);
        // The control: with two neighbours the other way round it is another tree.
        swapped.append(index === 7 || index === 8 ? (leaves[8 - index] ?? leaf) : leaf);
        if (next < leaves.length && equalHashes(leaf, leaves[next] ?? new Uint8Array())) next++;
      }
    assert.equal(next, ENTRIES, "each is there, in the order in which they came");
    assert.equal(tree.size, newest?.size);
    assert.ok(equalHashes(tree.root(), newest?.root ?? new Uint8Array()));
    assert.ok(!equalHashes(swapped.root(), tree.root()));
    assert.deepEqual((await fsck(session.ctx)).faults, []);
  },
);

const TILES = "SELECT count(*)::int AS n FROM countersign.tile";
const STATE = "SELECT count(*)::int AS n FROM countersign.state";

/** Tiles and rows of state that are gone or changed; never more tiles than one repair writes. */
async function damage(client: pg.Client): Promise<void> {
  await client.query("DELETE FROM countersign.tile WHERE level = 0 AND number % 20 = 3");
  await client.query(
    "UPDATE countersign.tile SET hashes = decode(repeat('00', length(hashes)), 'hex') WHERE level = 1 AND number = 0",
  );
  await client.query("DELETE FROM countersign.state WHERE kind = 'source.gap' AND position % 100 = 1");
  await client.query(
    "UPDATE countersign.state SET position = position - 1 WHERE kind = 'source.gap' AND position % 100 = 2",
  );
}

const repairing = (): Run => startOther(place, "fsck", "--repair");
const waits = `SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'countersign%' AND wait_event_type = 'Lock'`;

test(
  "a rebuilding of projections that is killed at a tile and at a row of state leaves all as it was, and ends when it is run again (line 19)",
  { skip: withoutSignals },
  async (t) => {
    await asAdministrator(place, async (client) => {
      const count = async (query: string): Promise<number> => Number((await client.query(query)).rows[0]?.n);
      const whole = [await count(TILES), await count(STATE)];
      await damage(client);
      const damaged = [await count(TILES), await count(STATE)];
      t.diagnostic(`${String(whole)} tiles and rows of state, damaged ${String(damaged)}`);
      assert.ok(damaged.every((n, i) => n < (whole[i] ?? 0)));
      for (const row of [
        "countersign.tile WHERE level = 1 AND number = 0",
        "countersign.state WHERE kind = 'source.gap' AND position % 100 = 1",
      ]) {
        // Whoever writes this row waits here, in the middle of its transaction.
        await client.query("BEGIN");
        assert.ok(((await client.query(`SELECT 1 FROM ${row} LIMIT 1 FOR UPDATE`)).rowCount ?? 0) > 0);
        const watcher = await lookOn();
        const killed = await killedOnce(
          repairing(),
          async () => ((await watcher.query(waits)).rowCount ?? 0) > 0,
        );
        await client.query("ROLLBACK");
        await watcher.end();
        assert.ok(killed, "it was killed while it wrote");
        while (((await client.query(waits)).rowCount ?? 0) > 0) await sleep(20);
        assert.deepEqual([await count(TILES), await count(STATE)], damaged, "nothing of it was kept");
      }
      // It says what it found, and so ends as a check that found something.
      const { code, stderr } = await endOf(repairing(), END_SECONDS);
      assert.equal(code, 1);
      assert.match(stderr, /^a check of \S+ stopped after \d+ records/);
      assert.deepEqual([await count(TILES), await count(STATE)], whole);
    });
    assert.deepEqual((await fsck(session.ctx)).faults, []);
  },
);

async function lookOn(at: Place = place): Promise<pg.Client> {
  const server = await reachServer(at, "countersign");
  assert.ok(server !== undefined, "the server runs");
  const client = new pg.Client(server.config);
  await client.connect();
  return client;
}

/** Every file below a folder, with its digest. */
function filesIn(folder: string): ReadonlyMap<string, string> {
  return new Map(namesIn(folder).map((name) => [name, digestOf(readFileSync(join(folder, name)))] as const));
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

test(
  `an export of ${ENTRIES} records that is killed twice ends with the bytes of one that was not (line 19)`,
  { skip: withoutSignals },
  async (t) => {
    const whole = join(place.files, "whole");
    await finished(startOther(place, "log", "export", whole));
    const expected = filesIn(whole);
    assert.deepEqual(verifyLog(readLogFolder(whole)).faults, []);
    const folder = join(place.files, "killed");
    for (const part of [0.25, 0.6]) {
      const run = startOther(place, "log", "export", folder);
      assert.ok(await killedOnce(run, () => namesIn(folder).length >= expected.size * part));
      const left = namesIn(folder);
      t.diagnostic(`killed at ${left.length} of ${expected.size} files`);
      assert.ok(left.length < expected.size && !left.includes("checkpoint"), "it was in the middle");
      assert.equal(verifyLog(readLogFolder(folder)).intact, false);
    }
    await finished(startOther(place, "log", "export", folder));
    assert.deepEqual(filesIn(folder), expected);
    // The control: one byte of one file is another.
    const [last = ""] = namesIn(folder).filter((name) => name.includes("entries"));
    const bytes = readFileSync(join(folder, last));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(join(folder, last), bytes);
    assert.notDeepEqual(filesIn(folder), expected);
    for (const each of [whole, folder]) rmSync(each, { recursive: true });
  },
);

const lockedFor = (mode: string): string =>
  `SELECT FROM pg_locks WHERE relation = 'countersign.log_entry'::regclass AND mode = '${mode}'`;
/** Records are written; and after that was committed, when all of it is read again. */
const WRITING = lockedFor("RowExclusiveLock");
const CHECKING = `${lockedFor("AccessShareLock")} AND EXISTS (SELECT FROM countersign.log)`;

test(
  `a restore of ${ENTRIES} records that is killed twice ends in the workspace that was backed up (line 19)`,
  { skip: withoutSignals },
  async () => {
    const backup = join(place.files, "log.backup.zip");
    await finished(startOther(place, "backup", "create", backup, "--with-keys"));
    const other = makePlace(1);
    try {
      const restoring = (): Run => startOther(other, "backup", "restore", backup);
      const mark = join(other.home.workspace, "restore-begun");
      for (const moment of [WRITING, CHECKING]) {
        let watcher: pg.Client | undefined;
        const killed = await killedOnce(restoring(), async () => {
          watcher ??= await lookOn(other).catch(() => undefined);
          const seen = await watcher?.query(moment).catch(() => undefined);
          return (seen?.rowCount ?? 0) > 0;
        });
        await watcher?.end().catch(() => {});
        assert.ok(killed && existsSync(mark), `it was in the middle: ${moment}`);
      }
      await finished(restoring());
      const again = join(place.files, "again.backup.zip");
      await finished(startOther(other, "backup", "create", again, "--with-keys"));
      assert.ok(readFileSync(again).equals(readFileSync(backup)), "a backup of it is the same file");
    } finally {
      await other.remove();
    }
  },
);
