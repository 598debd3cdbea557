/**
 * Every call that writes, of one backup and of one restore, fails once with EIO and with ENOSPC, and is once the last thing
 * that the process does (lines 12 and 13 of the adversarial list). A restore writes to a database of its own of the server
 * that runs already, so that the calls are those of the restore and not of a server that is set up.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { addEvidence, fsck, publish, recordProgram } from "@countersign/application";
import { ProblemError } from "@countersign/kernel";
import { homeAt, type Home } from "../../apps/cli/src/home.ts";
import { createOutput } from "../../apps/cli/src/output.ts";
import { openSession, type Session } from "../../apps/cli/src/session.ts";
import { checked } from "../backup/entries.ts";
import { needsTool } from "../outside-tools.ts";
import { reachServer } from "./administrator.ts";
import { checkLog, type Fault } from "./check.ts";
import { someEvidence } from "./loop.ts";
import { copyProgram, environment, makePlace, openPlace, type Place } from "./place.ts";
import type { Receipt } from "./receipts.ts";
import { compileCache } from "./runs.ts";
import { trace, type Injection } from "./strace.ts";
import { sweepCalls, type SweptRun } from "./sweep-calls.ts";
import type { DriverOptions } from "./sweep-driver.ts";

const SELECTED = 5;
const driver = join(import.meta.dirname, "sweep-driver.ts");

let place: Place;
let session: Session;
let receipt: Receipt;
/** A backup with keys, and the bytes of every other one of this log. */
let backup: string;
let whole: Buffer;
let runs = 0;

before(async () => {
  place = makePlace(3);
  session = await openPlace(place.home);
  const { ctx, loaded } = session;
  await recordProgram(ctx, loaded);
  const note = "kept";
  const { record } = await addEvidence(ctx, loaded.program, someEvidence(note, Buffer.from("a file\n")));
  receipt = { kind: "evidence", record, note, index: undefined };
  await publish(ctx);
  backup = join(place.files, "backup.zip");
  const first = trace(
    { root: place.home.root, act: "backup", note: "", path: backup },
    join(place.files, "t"),
  );
  assert.equal(first.status, 0, first.stderr);
  whole = readFileSync(backup);
});
after(async () => {
  await session.close();
  await place.remove();
});

async function backedUp(act: "backup" | "hollow-backup", injection?: Injection): Promise<SweptRun> {
  const path = join(place.files, `swept-${++runs}.zip`);
  const options = { root: place.home.root, act, note: "", path };
  const traced = trace(options, join(place.files, "trace"), injection);
  const faults: Fault[] = [...(await checkLog(session.ctx, [receipt], [])).faults];
  const report = (words: string): void => void faults.push({ code: "backup", words });
  if (existsSync(path)) {
    if (!readFileSync(path).equals(whole)) report("what has its name is not the whole backup");
  } else if (traced.status === 0) report("it was acknowledged and is not there");
  // What is left beside it is refused, unless only its name was missing.
  const left = `${path}.partial`;
  if (existsSync(left) && !readFileSync(left).equals(whole) && isAccepted(readFileSync(left)))
    report("half of a backup is accepted");
  for (const each of [path, left]) rmSync(each, { force: true });
  return { ...traced, faults };
}

function isAccepted(bytes: Buffer): boolean {
  try {
    checked(bytes);
    return true;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return false;
  }
}

/** A restore into a new home and a new database, and what became of both. */
async function restored(act: "restore" | "hollow-restore", injection?: Injection): Promise<SweptRun> {
  const name = `restored_${++runs}`;
  const home = homeAt(join(place.files, name));
  copyProgram(place, home);
  const options: DriverOptions = { root: home.root, act, note: "", path: backup };
  const server = await reachServer(place, "postgres");
  assert.ok(server !== undefined);
  const administrator = new pg.Client(server.config);
  await administrator.connect();
  try {
    await administrator.query(`CREATE DATABASE ${name}`);
    const databaseUrl = urlOf(server.config, name);
    const traced = trace(options, join(place.files, "trace"), injection, { DATABASE_URL: databaseUrl });
    const faults = await faultsOfRestore(home, databaseUrl, options, traced.status);
    return { ...traced, faults };
  } finally {
    await administrator.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await administrator.end();
    rmSync(home.root, { recursive: true });
  }
}

function urlOf({ user, password, host, port }: pg.ClientConfig, database: string): string {
  return `postgresql://${String(user)}:${encodeURIComponent(String(password))}@localhost:${String(port)}/${database}?host=${encodeURIComponent(String(host))}`;
}

/** What is not marked is whole; what is, or is not there, becomes whole when the same command is run again. */
async function faultsOfRestore(
  home: Home,
  databaseUrl: string,
  options: DriverOptions,
  status: number | null,
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const report = (words: string): void => void faults.push({ code: "restore", words });
  const there = existsSync(home.workspace) && readdirSync(home.workspace).length > 0;
  const marked = existsSync(join(home.workspace, "restore-begun"));
  if (status === 0 && (marked || !there)) report("it was acknowledged and is not there");
  if (marked || !there) {
    const again = spawnSync(process.execPath, [driver, JSON.stringify({ ...options, act: "restore" })], {
      encoding: "utf8",
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache(), DATABASE_URL: databaseUrl },
    });
    if (again.status !== 0) report(`run again it says ${again.stderr}`);
  }
  try {
    const shell = { ...environment, databaseUrl };
    const opened = await openSession(home, { environment: shell, output: createOutput(shell) });
    try {
      const [newest, original] = await Promise.all(
        [opened, session].map(({ ctx }) => ctx.store.newestCheckpoint(ctx.organization)),
      );
      if (newest?.note !== original?.note) report("it is another log than the one that was backed up");
      for (const { where, message } of (await fsck(opened.ctx)).faults) report(`${where}: ${message}`);
      faults.push(...(await checkLog(opened.ctx, [receipt], [])).faults);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    report(`it cannot be opened: ${error.message}`);
  }
  return faults;
}

test("each write, rename and fsync of a backup fails once, and is the last thing once: no half backup stands for a whole one (lines 12, 13)", async (t) => {
  if (!needsTool(t, "strace")) return;
  const names = ["openat", "write", "fsync", "rename"];
  await sweepCalls(t, (injection) => backedUp("backup", injection), names, SELECTED);
});

test("each write, link and fsync of a restore fails once, and is the last thing once: what is not whole is marked, and the same command finishes it (lines 12, 13)", async (t) => {
  if (!needsTool(t, "strace")) return;
  const names = ["openat", "write", "fsync", "link", "mkdir", "unlink"];
  await sweepCalls(t, (injection) => restored("restore", injection), names, SELECTED);
});

for (const [act, run, where, code] of [
  [
    "a backup that has its name before it is whole",
    (i?: Injection) => backedUp("hollow-backup", i),
    "<package>",
    "backup",
  ],
  [
    "a restore whose mark is gone before it is whole",
    (i?: Injection) => restored("hollow-restore", i),
    "/blobs/",
    "restore",
  ],
] as const)
  test(`${act} is found out by a kill: the control of the sweep`, async (t) => {
    if (!needsTool(t, "strace")) return;
    const traced = await run();
    assert.equal(traced.status, 0, traced.stderr);
    const calls = traced.calls.filter(
      (call) => /^(?:write|fsync|link)$/.test(call.name) && call.words.includes(where),
    );
    // How many calls a run makes varies by a few: one in the middle is met surest.
    for (const call of calls.slice(Math.floor(calls.length / 2))) {
      const { hit, faults, signal } = await run({ call, fault: "KILL" });
      if (hit?.words.includes(where) !== true) continue;
      assert.equal(signal, "SIGKILL");
      assert.ok(
        faults.some((fault) => fault.code === code),
        `${hit.words}: ${JSON.stringify(faults)}`,
      );
      return;
    }
    assert.fail("no kill met the writing");
  });
