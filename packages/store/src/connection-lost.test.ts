import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { ProblemError } from "@countersign/kernel";
import { connectionLost, isConnectionLost } from "./connection-lost.ts";
import { startServer, type TestServer } from "./testing/server.ts";

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.fail("it succeeded"),
    (error: unknown) => error,
  );
}

test("every way in which a connection ends under us is told apart from an error of the statement", async () => {
  const config = await server.database();
  const client = new pg.Client(config);
  client.on("error", () => {});
  await client.connect();
  assert.equal(isConnectionLost(await errorOf(client.query("SELECT no_such_column"))), false);
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const asleep = errorOf(client.query("SELECT pg_sleep(60)"));
  process.kill(rows[0]?.pid ?? 0, "SIGKILL");
  assert.ok(isConnectionLost(await asleep), "killed in a query");
  assert.ok(isConnectionLost(await errorOf(client.query("SELECT 1"))), "used after that");
  const nowhere = new pg.Client({ ...config, host: "/nowhere/at/all" });
  assert.ok(isConnectionLost(await errorOf(nowhere.connect())), "no socket");
});

test("a problem that was put into words already stays what it is", () => {
  const problem = new ProblemError({ code: "log-key", what: "another key", next: "restore it" });
  assert.equal(isConnectionLost(problem), false);
  assert.equal(connectionLost(new Error("Connection terminated")).problems[0]?.code, "database-lost");
});
