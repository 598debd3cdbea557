/**
 * One server process of PostgreSQL is killed (kill -9) while it appends: the server ends all others and recovers. Two moments:
 * before the commit, and after it when the answer is not yet out, which is held there by a standby that does not exist.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { addEvidence, publish } from "@countersign/application";
import { formatInstant, ProblemError } from "@countersign/kernel";
import type { LedgerRecord } from "@countersign/records";
import type { Session } from "../../apps/cli/src/session.ts";
import { testRecord } from "../../packages/store/src/testing/server.ts";
import { asAdministrator, reachServer } from "./administrator.ts";
import { checkLog } from "./check.ts";
import { someEvidence } from "./loop.ts";
import { CONTROL, makePlace, openPlace, ORGANIZATION, withoutSignals, type Place } from "./place.ts";
import type { Receipt } from "./receipts.ts";
import { endOf, startEvidenceAdd } from "./runs.ts";
import { send } from "./sight.ts";

/** Reaching this many looks means that the moment never comes. */
const LOOKS = 3_000;

let place: Place;
let session: Session;
const receipts: Receipt[] = [];

before(async () => {
  place = makePlace(1);
  session = await openPlace(place.home);
  await acknowledge("before");
});
after(async () => {
  await session.close();
  await place.remove();
});

async function acknowledge(note: string): Promise<void> {
  const { ctx, loaded } = session;
  const { record, state } = await addEvidence(ctx, loaded.program, someEvidence(note, Buffer.from(note)));
  receipts.push({ kind: "evidence", record, note, index: "index" in state ? state.index : undefined });
}

/** Of this hour: another one would show that the clock was set back. */
const recordOf = (subject: string): LedgerRecord => ({
  ...testRecord(ORGANIZATION, subject),
  recordedAt: formatInstant(Date.now()),
});

async function openClient(): Promise<pg.Client> {
  for (let look = 0; ; look++) {
    assert.ok(look < LOOKS, "the server accepts connections again");
    const server = await reachServer(place, "countersign");
    if (server !== undefined) {
      const client = new pg.Client(server.config);
      // It is ended with all others.
      client.on("error", () => {});
      try {
        await client.connect();
        return client;
      } catch {
        // It is recovering.
      }
    }
    await sleep(10);
  }
}

/** Waits until one of our server processes waits for `event`, and kills it. */
async function killWaiting(client: pg.Client, event: string): Promise<void> {
  for (let look = 0; ; look++) {
    assert.ok(look < LOOKS, `a process waits for ${event}`);
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'countersign%'
          AND (wait_event = $1 OR wait_event_type = $1) AND backend_type = 'client backend' AND query <> ''`,
      [event],
    );
    if (rows[0] !== undefined) {
      send(rows[0].pid, "SIGKILL");
      return;
    }
    await sleep(5);
  }
}

/** Commits are on disk, and wait for ever before they are answered. */
async function holdAnswers(): Promise<void> {
  await asAdministrator(place, async (client) => {
    await client.query("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    await client.query("SELECT pg_reload_conf()");
  });
  // The server takes up a new setting when it comes to it: until a commit is seen to wait, others may be answered.
  const watcher = await openClient();
  for (let look = 0; !(await isHeld(watcher)); look++) assert.ok(look < LOOKS, "a commit waits");
  await watcher.end();
}

/** Whether a commit of its own waits for an answer. It is let go again. */
async function isHeld(watcher: pg.Client): Promise<boolean> {
  const probe = await openClient();
  const { rows } = await probe.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const pid = rows[0]?.pid;
  let isAnswered = false;
  const answered = probe.query("SELECT pg_logical_emit_message(true, 'probe', 'x')").finally(() => {
    isAnswered = true;
  });
  let waits = false;
  while (!isAnswered && !waits) {
    const { rowCount } = await watcher.query(
      "SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'SyncRep'",
      [pid],
    );
    waits = rowCount === 1;
  }
  if (waits) await watcher.query("SELECT pg_cancel_backend($1)", [pid]);
  await answered;
  await probe.end();
  return waits;
}

async function giveAnswers(): Promise<void> {
  const client = await openClient();
  await client.query("ALTER SYSTEM RESET synchronous_standby_names");
  await client.query("SELECT pg_reload_conf()");
  while ((await client.query("SHOW synchronous_standby_names")).rows[0].synchronous_standby_names !== "")
    await sleep(10);
  await client.end();
}

/** Sends the record again until it is taken. @returns what was said until then */
async function sentAgain(record: LedgerRecord): Promise<readonly string[]> {
  const said: string[] = [];
  for (let look = 0; ; look++) {
    assert.ok(look < LOOKS, "it is taken in the end");
    const code = await session.ctx.store.submit(record).then(() => undefined, codeOf);
    if (code === undefined) return said;
    said.push(code);
    await sleep(20);
  }
}

/** @throws what is no problem in words */
function codeOf(error: unknown): string {
  if (!(error instanceof ProblemError) || error.problems[0] === undefined) throw error;
  const [{ code, next }] = error.problems;
  assert.match(next ?? "", /run the command again/);
  return code;
}

const copiesOf = async (record: LedgerRecord): Promise<number> => {
  const client = await openClient();
  const { rows } = await client.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM countersign.record WHERE entry LIKE '%' || $1 || '%'",
    [record.subject],
  );
  await client.end();
  return rows[0]?.n ?? 0;
};

async function assertWhole(): Promise<void> {
  await publish(session.ctx);
  assert.deepEqual((await checkLog(session.ctx, receipts, [])).faults, []);
}

test(
  "a server process that is killed before the commit: the append is refused in words, nothing of it is there, and sent again it is there once",
  { skip: withoutSignals },
  async () => {
    const record = recordOf("killed-before-commit");
    const holder = await openClient();
    await holder.query("BEGIN");
    await holder.query("LOCK TABLE countersign.pending IN ACCESS EXCLUSIVE MODE");
    const refused = session.ctx.store.submit(record).then(() => "acknowledged", codeOf);
    const watcher = await openClient();
    await killWaiting(watcher, "Lock");
    assert.equal(await refused, "database-lost");
    assert.equal(await copiesOf(record), 0);
    for (const code of await sentAgain(record)) assert.equal(code, "database-lost");
    assert.equal(await copiesOf(record), 1);
    await assertWhole();
  },
);

test(
  "a server process that is killed between the commit and its answer: refused in words and there, and sent again it is there once still",
  { skip: withoutSignals },
  async () => {
    const record = recordOf("killed-after-commit");
    await holdAnswers();
    const refused = session.ctx.store.submit(record).then(() => "acknowledged", codeOf);
    const watcher = await openClient();
    await killWaiting(watcher, "SyncRep");
    assert.equal(await refused, "database-lost");
    await giveAnswers();
    assert.equal(await copiesOf(record), 1, "it was committed");
    for (const code of await sentAgain(record)) assert.equal(code, "database-lost");
    assert.equal(await copiesOf(record), 1);
    await assertWhole();
    // The control: whoever sends it again as another record has it twice.
    await session.ctx.store.submit(recordOf(record.subject));
    assert.equal(await copiesOf(record), 2);
  },
);

test(
  "a command whose server process is killed after the commit says what to do, and what it added is there once and whole",
  { skip: withoutSignals },
  async () => {
    const file = join(place.files, "list.csv");
    writeFileSync(file, "a list\n");
    const { ctx } = session;
    await publish(ctx);
    const before = (await ctx.store.newestCheckpoint(ORGANIZATION))?.size ?? 0;
    const waits = await openClient();
    // Its opening may write as well: it is held only where it writes the record.
    await waits.query("BEGIN");
    await waits.query("LOCK TABLE countersign.pending IN ACCESS EXCLUSIVE MODE");
    const run = startEvidenceAdd(place, "killed-after-commit", CONTROL, file);
    const watcher = await openClient();
    for (let look = 0; ; look++) {
      assert.ok(look < LOOKS && run.alive(), "it comes to its record");
      const { rowCount } = await watcher.query(
        "SELECT FROM pg_stat_activity WHERE application_name LIKE 'countersign%' AND wait_event_type = 'Lock'",
      );
      if (rowCount === 1) break;
      await sleep(5);
    }
    await holdAnswers();
    await waits.query("ROLLBACK");
    await killWaiting(watcher, "SyncRep");
    const { code, stderr } = await endOf(run, 60);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^the database can no longer be reached\n {2}why {4}.*\n {2}next {3}run the command again: all that was acknowledged is kept;.*look before you add it again/,
    );
    await giveAnswers();
    await assertWhole();
    assert.equal((await ctx.store.newestCheckpoint(ORGANIZATION))?.size, before + 1);
  },
);

test(
  "what was answered before it was on disk is lost by such a kill: the control of these tests",
  { skip: withoutSignals },
  async () => {
    const client = await openClient();
    await client.query("CREATE TABLE public.hasty (n int)");
    await client.end();
    // The server writes by itself every so often: one of some is lost.
    for (let n = 1; n <= 20; n++) {
      const hasty = await openClient();
      await hasty.query("SET synchronous_commit = off");
      const { rows } = await hasty.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      await hasty.query("INSERT INTO public.hasty VALUES ($1)", [n]);
      send(rows[0]?.pid ?? 0, "SIGKILL");
      await sleep(50);
      const again = await openClient();
      const { rowCount } = await again.query("SELECT FROM public.hasty WHERE n = $1", [n]);
      await again.end();
      if (rowCount === 0) return;
    }
    assert.fail("nothing was lost");
  },
);
