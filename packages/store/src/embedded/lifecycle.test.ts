import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import pg from "pg";
import { stopEmbeddedPostgres } from "./embedded-postgres.ts";
import { isRunning } from "./processes.ts";
import {
  entries,
  eventually,
  isStopped,
  otherProcess,
  postmasterPid,
  query,
  usedWorkspace,
  workspace,
} from "./testing/support.ts";

// Each has a workspace of its own, and much of its time is waiting.
describe("the life of the server", { concurrency: 2 }, () => {
  test("the first start makes a durable database, the second finds it again", async (t) => {
    const place = await workspace(t);
    const first = await place.open();
    const connection = first.connectionString("postgres");
    const settings = await query(
      connection,
      `select string_agg(name || '=' || setting, ' ' order by lower(name)) as all from pg_settings where name in
      ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses', 'TimeZone', 'server_encoding')`,
    );
    assert.equal(
      settings[0]?.["all"],
      "data_checksums=on fsync=on full_page_writes=on listen_addresses= server_encoding=UTF8 synchronous_commit=on TimeZone=UTC",
    );
    const locale = await query(
      connection,
      "select datlocprovider, datlocale from pg_database where datname = 'postgres'",
    );
    assert.deepEqual(locale, [{ datlocprovider: "b", datlocale: "C.UTF-8" }]);
    assert.match(first.version, /^18\./u);
    assert.match(first.runsAs, /^as /u);
    await query(connection, "create table kept as select 'Grüße' as word");
    const sockets = connection.host;
    assert.equal((await stat(sockets)).mode & 0o777, 0o700);
    await first.release();
    await first.release();
    assert.ok(await isStopped(place));
    assert.ok(!existsSync(sockets), "the socket's directory is removed");
    assert.deepEqual(await entries(place), ["data", "password", "server.json", "server.lock", "server.log"]);
    assert.equal((await stat(join(place.directory, "password"))).mode & 0o777, 0o600);
    assert.equal(place.said.length, 1, place.said.join("\n"));

    const second = await place.open();
    assert.deepEqual(await query(second.connectionString("postgres"), "select word from kept"), [
      { word: "Grüße" },
    ]);
    await second.release();
    assert.equal(place.said.length, 1, "an ordinary start says nothing");
  });

  test("nobody gets in with another password, and roles get one that follows from the superuser's", async (t) => {
    const place = await usedWorkspace(t);
    const server = await place.open();
    const connection = server.connectionString("postgres");
    await assert.rejects(query({ ...connection, password: "guess" }, "select 1"), { code: "28P01" });
    const role = server.connectionString("postgres", "reader");
    assert.notEqual(role.password, connection.password);
    await query(connection, `create role reader login password '${role.password}'`);
    assert.deepEqual(await query(role, "select current_user as who"), [{ who: "reader" }]);
    await server.release();
    const again = await place.open();
    assert.equal(again.connectionString("postgres", "reader").password, role.password);
    await again.release();
  });

  test("a second process joins the running server, and the last one out stops it", async (t) => {
    const place = await usedWorkspace(t);
    const server = await place.open();
    const pid = await postmasterPid(place);
    const other = otherProcess(t, { directory: place.directory });
    const { opened } = await other.next();
    assert.equal(opened?.connection.host, server.connectionString("x").host);
    assert.equal(await postmasterPid(place), pid, "no second server was started");
    await server.release();
    assert.ok(isRunning(pid), "the other process still uses it");
    other.send("select 1 as one");
    assert.deepEqual((await other.next()).rows, [{ one: 1 }]);
    other.send("release");
    assert.ok((await other.next()).ended);
    assert.ok(await isStopped(place));
  });

  test("processes that come and go all at once share one server at a time, and none is cut off", async (t) => {
    const place = await usedWorkspace(t);
    const visit = async (): Promise<void> => {
      const server = await place.open();
      const connection = server.connectionString("postgres");
      await query(connection, "create table if not exists visits (at timestamptz)").catch(
        (error: unknown) => {
          // Two sessions that make one table at the same instant: the catalog's unique index refuses the second (23505).
          assert.equal((error as { code?: string }).code, "23505");
        },
      );
      await query(connection, "insert into visits values (now())");
      await server.release();
    };
    await Promise.all(Array.from({ length: 6 }, visit));
    assert.ok(await isStopped(place));
    const server = await place.open();
    assert.deepEqual(
      await query(server.connectionString("postgres"), "select count(*)::int as n from visits"),
      [{ n: 6 }],
    );
    await server.release();
  });

  test("own connections that are still open do not count as another's", async (t) => {
    const place = await usedWorkspace(t);
    const server = await place.open();
    const client = new pg.Client(server.connectionString("postgres"));
    const cut = new Promise<unknown>((resolve) => client.on("error", resolve));
    await client.connect();
    await server.release();
    assert.equal(((await cut) as { code?: string }).code, "57P01");
    assert.ok(await isStopped(place));
  });

  test("Ctrl-C in the terminal ends our process and leaves the server running", async (t) => {
    const place = await usedWorkspace(t);
    const other = otherProcess(t, { directory: place.directory, detached: true });
    await other.next();
    const pid = await postmasterPid(place);
    other.send("select pg_sleep(20)");
    process.kill(-(other.child.pid ?? assert.fail()), "SIGINT");
    assert.deepEqual(await other.next(), {}, "our process ended");
    await place.open();
    assert.equal(await postmasterPid(place), pid, "it is the same server");
    assert.equal(await stopEmbeddedPostgres(place.directory), "stopped");
    assert.ok(!isRunning(pid));
    assert.equal(await stopEmbeddedPostgres(place.directory), "not-running");
  });

  test("a program that forgets to release can end, and the next one stops the server", async (t) => {
    const place = await usedWorkspace(t);
    const other = otherProcess(t, { directory: place.directory });
    await other.next();
    other.child.stdin?.end();
    assert.ok((await other.next()).ended);
    await eventually("the other process has ended", () => other.child.exitCode === 0);
    assert.ok(isRunning(await postmasterPid(place)));
    await (await place.open()).release();
    assert.ok(await isStopped(place));
  });
});
