import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "./lock.ts";
import { isRunning, lifeOf, ownMark } from "./processes.ts";
import { problemOf } from "./testing/support.ts";

const options = { doing: "start PostgreSQL", say: () => {} };

async function lockPath(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "countersign-lock-"));
  t.after(() => rm(directory, { recursive: true }));
  return join(directory, "lock");
}

/** A pid that no process has: that of one that has just ended. */
async function deadPid(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? assert.fail();
}

test("of many that want the lock only one has it, also when all find it left by a dead process", async (t) => {
  const path = await lockPath(t);
  const pid = await deadPid();
  let inside = 0;
  let most = 0;
  const turn = async (delay: number): Promise<void> => {
    await sleep(delay);
    await withLock(path, options, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(2);
      inside -= 1;
    });
  };
  for (let round = 0; round < 5; round += 1) {
    await writeFile(path, JSON.stringify({ ...ownMark(), pid, doing: "", nonce: `dead ${round}` }));
    await Promise.all([0, 0, 1, 1, 2, 2, 3, 4].map(turn));
  }
  assert.equal(most, 1);
  assert.deepEqual(await readdir(join(path, "..")), [], "nothing is left behind");
});

test("while another takes over a dead process's lock, nobody else does", async (t) => {
  const path = await lockPath(t);
  const dead = JSON.stringify({ ...ownMark(), pid: await deadPid(), doing: "", nonce: "dead" });
  await writeFile(path, dead);
  await writeFile(`${path}.takeover`, JSON.stringify({ ...ownMark(), doing: "", nonce: "taking over" }));
  const short = { ...options, waitMs: 200 };
  assert.equal((await problemOf(withLock(path, short, async () => {}))).code, "embedded-postgres-busy");
  assert.equal(await readFile(path, "utf8"), dead);
  await writeFile(`${path}.takeover`, dead);
  assert.equal(await withLock(path, short, async () => "done"), "done");
});

test("a lock whose pid was given to another process is taken over", async (t) => {
  const path = await lockPath(t);
  const reused = { ...ownMark(), startedAt: "1", doing: "start PostgreSQL", nonce: "earlier" };
  await writeFile(path, JSON.stringify(reused));
  assert.equal(await withLock(path, { ...options, waitMs: 500 }, async () => "done"), "done");
});

test("a lock file with nothing readable in it is taken over", async (t) => {
  for (const text of ["", "{", "null", '{"pid":"x"}']) {
    const path = await lockPath(t);
    await writeFile(path, text);
    assert.equal(await withLock(path, { ...options, waitMs: 500 }, async () => "done"), "done", text);
  }
});

test("a live holder is waited for, and named when the wait is over", async (t) => {
  const path = await lockPath(t);
  const said: string[] = [];
  await withLock(path, options, async () => {
    const waiting = { doing: "stop PostgreSQL", say: (line: string) => said.push(line), waitMs: 1_700 };
    const problem = await problemOf(withLock(path, waiting, async () => assert.fail("it got in")));
    assert.equal(problem.code, "embedded-postgres-busy");
    assert.equal(problem.where, path);
    assert.match(
      `${problem.what} ${problem.next}`,
      new RegExp(`Process ${process.pid}.*kill ${process.pid}`, "u"),
    );
  });
  assert.deepEqual(said, [`Waiting for process ${process.pid}, which is about to start PostgreSQL.`]);
  assert.ok(!existsSync(path));
});

test("a holder in another container lives as long as it touches the lock", async (t) => {
  const path = await lockPath(t);
  const elsewhere = { ...ownMark(), world: "another container", doing: "start PostgreSQL", nonce: "foreign" };
  assert.equal(lifeOf(elsewhere), "elsewhere");
  await writeFile(path, JSON.stringify(elsewhere));
  const short = { ...options, waitMs: 100 };
  assert.equal((await problemOf(withLock(path, short, async () => {}))).code, "embedded-postgres-busy");
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(path, longAgo, longAgo);
  await withLock(path, short, async () => {
    assert.notEqual((JSON.parse(await readFile(path, "utf8")) as { nonce: string }).nonce, "foreign");
  });
});

test("the lock is free again after a failure inside it", async (t) => {
  const path = await lockPath(t);
  await assert.rejects(
    withLock(path, options, () => Promise.reject(new Error("inside"))),
    /inside/u,
  );
  assert.ok(!existsSync(path));
});

test("a process that has ended does not run, one that has started does", async () => {
  const child = spawn("sleep", ["10"]);
  const pid = child.pid ?? assert.fail();
  assert.ok(isRunning(pid));
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.ok(!isRunning(pid));
  assert.equal(lifeOf(ownMark()), "running");
});
