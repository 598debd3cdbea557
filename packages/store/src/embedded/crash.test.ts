import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { isRunning, serverProcessesIn } from "./processes.ts";
import {
  entries,
  eventually,
  isStopped,
  killPostmaster,
  otherProcess,
  postmasterPid,
  query,
  usedWorkspace,
  workspace,
} from "./testing/support.ts";

const needsProc =
  process.platform === "linux" ? false : "only Linux shows in which directory a process works";

// Each has a workspace of its own, and much of its time is waiting.
describe("after a crash", { concurrency: 2 }, () => {
  test("after SIGKILL of the server in the middle of writing, nothing acknowledged is missing", async (t) => {
    const place = await usedWorkspace(t);
    const server = await place.open();
    const connection = server.connectionString("postgres");
    await query(connection, "create table written (n int primary key)");
    const writer = new pg.Client(connection);
    writer.on("error", () => {});
    await writer.connect();
    let acknowledged = 0;
    const writing = (async () => {
      for (;;) {
        await writer.query(`insert into written values (${acknowledged + 1})`);
        acknowledged += 1;
      }
    })().catch(() => {});
    await eventually("some rows are acknowledged", () => acknowledged > 50);
    await killPostmaster(place);
    // At once, while the children of the killed server are still ending.
    const again = await place.open();
    await writing;
    const [row] = await query(
      again.connectionString("postgres"),
      "select count(*)::int as n, max(n) as last from written",
    );
    assert.ok(Number(row?.["n"]) >= acknowledged, `${String(row?.["n"])} rows of ${acknowledged}`);
    assert.equal(row?.["n"], row?.["last"], "no gap");
    assert.match(place.said.join("\n"), /was not shut down[\s\S]*has recovered/u);
    await again.release();
    await server.release();
    assert.ok(await isStopped(place));
  });

  test("a query that outlives its killed server does not stop the start", { skip: needsProc }, async (t) => {
    const place = await usedWorkspace(t);
    const server = await place.open();
    const busy = query(server.connectionString("postgres"), "select count(*) from generate_series(1, 1e12)");
    const cut = assert.rejects(busy, /terminat/u);
    const running =
      "select count(*)::int as n from pg_stat_activity where query like '%generate_series%' and state = 'active'";
    await eventually("the query runs", async () => {
      const [row] = await query(server.connectionString("postgres"), running);
      return row?.["n"] === 2;
    });
    await killPostmaster(place);
    assert.ok(serverProcessesIn(place.data).length > 0);
    const again = await place.open();
    await cut;
    await again.release();
    await server.release();
  });

  test("after SIGKILL of our process the server runs on, and the next process joins it", async (t) => {
    const place = await usedWorkspace(t);
    const other = otherProcess(t, { directory: place.directory });
    await other.next();
    other.send("create table kept as select 7 as n");
    await other.next();
    const pid = await postmasterPid(place);
    await other.kill();
    assert.ok(isRunning(pid));
    const server = await place.open();
    assert.equal(await postmasterPid(place), pid);
    assert.deepEqual(await query(server.connectionString("postgres"), "select n from kept"), [{ n: 7 }]);
    await server.release();
    assert.ok(await isStopped(place), "the killed process does not count as one that uses it");
  });

  test("SIGKILL of our process in the middle of the first start leaves nothing that stops the next", async (t) => {
    const place = await workspace(t);
    for (const delay of [300, 600]) {
      const other = otherProcess(t, { directory: place.directory });
      await sleep(delay);
      await other.kill();
    }
    const server = await place.open();
    assert.deepEqual(await query(server.connectionString("postgres"), "select 1 as one"), [{ one: 1 }]);
    await server.release();
    const left = entries(place);
    assert.deepEqual(
      (await left).filter((name) => name.startsWith("initialising")),
      [],
    );
  });

  test(
    "a lock file of PostgreSQL whose pid now belongs to another program does not stop the start",
    { skip: needsProc },
    async (t) => {
      const place = await usedWorkspace(t);
      const server = await place.open();
      const pid = await killPostmaster(place);
      await eventually("its children are gone", () => serverProcessesIn(place.data).length === 0);
      const bystander = spawn("sleep", ["60"]);
      t.after(() => bystander.kill("SIGKILL"));
      const lockFile = join(place.data, "postmaster.pid");
      const text = await readFile(lockFile, "utf8");
      await writeFile(lockFile, text.replace(String(pid), String(bystander.pid)));
      const again = await place.open();
      assert.notEqual(await postmasterPid(place), bystander.pid);
      assert.ok(isRunning(bystander.pid ?? 0), "the other program was left alone");
      await again.release();
      await server.release();
    },
  );

  test(
    "a killed server that nobody reaps does not stop the start",
    { skip: needsPidNamespaces() },
    async (t) => {
      const place = await usedWorkspace(t);
      // The first process of a new pid namespace adopts the orphans, and `sleep` waits for no child.
      const first = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "/bin/sh", "-c"];
      const prefix = [...first, '"$0" "$@" & exec sleep 60'];
      const inside = otherProcess(t, { directory: place.directory, prefix, script: "unreaped.ts" });
      const { rows } = await inside.next();
      assert.equal(rows?.[0]?.["state"], "Z", "the killed server is a zombie");
      assert.match(String(rows?.[0]?.["version"]), /^18/u);
      await inside.kill();
    },
  );

  test("a server that restarted itself after a crash of one of its processes still knows who uses it", async (t) => {
    const place = await usedWorkspace(t);
    const server = await place.open();
    const other = await place.open();
    const connection = server.connectionString("postgres");
    const pid = await postmasterPid(place);
    const client = new pg.Client(connection);
    client.on("error", () => {});
    await client.connect();
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    process.kill(rows[0]?.pid ?? 0, "SIGKILL");
    const present =
      "select count(*)::int as n from pg_stat_activity where application_name like '% presence'";
    await eventually("both are present again", async () => {
      const counted = await query(connection, present).catch(() => []);
      return counted[0]?.["n"] === 2;
    });
    await server.release();
    assert.ok(isRunning(pid), "the other one uses it");
    await other.release();
    assert.ok(await isStopped(place));
  });

  test("a server whose socket was removed is restarted", async (t) => {
    const place = await usedWorkspace(t);
    const lost = await place.open();
    const pid = await postmasterPid(place);
    await rm(lost.connectionString("postgres").host, { recursive: true });
    const server = await place.open();
    assert.notEqual(await postmasterPid(place), pid);
    assert.match(place.said.join("\n"), /out of reach \(its socket is not there\)/u);
    await server.release();
    await lost.release();
  });

  test(
    "a server in another container is neither joined nor doubled",
    { skip: needsPidNamespaces() },
    async (t) => {
      const place = await usedWorkspace(t);
      const container = ["unshare", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc"];
      const first = otherProcess(t, { directory: place.directory, prefix: container });
      await first.next();
      const lockFile = await readFile(join(place.data, "postmaster.pid"), "utf8");
      const second = otherProcess(t, { directory: place.directory, prefix: container });
      const { problem } = await second.next();
      assert.equal(problem?.code, "embedded-postgres-elsewhere");
      assert.match(problem?.next ?? "", /docker exec/u);
      assert.equal(await readFile(join(place.data, "postmaster.pid"), "utf8"), lockFile);
      first.send("select 1 as one");
      assert.deepEqual((await first.next()).rows, [{ one: 1 }]);
      // The container is killed with all that runs in it; another one takes over.
      await first.kill();
      const third = otherProcess(t, { directory: place.directory, prefix: container });
      assert.ok((await third.next()).opened);
      third.send("release");
      assert.ok((await third.next()).ended);
    },
  );
});

function needsPidNamespaces(): string | false {
  const possible = spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"]).status === 0;
  return possible ? false : "this user cannot make a pid namespace here";
}
