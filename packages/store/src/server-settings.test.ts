import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ProblemError } from "@countersign/kernel";
import { openEmbeddedPostgres } from "./embedded/embedded-postgres.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { asAdministrator, migrations } from "./testing/server.ts";

async function serverWith(t: TestContext, settings: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), "countersign-settings-"));
  const server = await openEmbeddedPostgres({
    directory: join(directory, "postgres"),
    say: () => {},
    settings,
  });
  t.after(async () => {
    await server.release();
    rmSync(directory, { recursive: true, force: true });
  });
  return server.connectionString("postgres");
}

test("a server that would lose what it acknowledged is refused, each setting by name, and nothing is written", async (t) => {
  const config = await serverWith(t, ["fsync=off", "full_page_writes=off", "data_sync_retry=on"]);
  await assert.rejects(openPostgresStore(config, migrations), (error: unknown) => {
    assert.ok(error instanceof ProblemError);
    assert.deepEqual(
      error.problems.map((problem) => [problem.code, problem.what.split(": ")[1]]),
      [
        ["server-forgets", "data_sync_retry is on"],
        ["server-forgets", "fsync is off"],
        ["server-forgets", "full_page_writes is off"],
      ],
    );
    for (const problem of error.problems)
      assert.ok(problem.where !== undefined && problem.why !== undefined && problem.next !== undefined);
    return true;
  });
  const schemas = await asAdministrator(config, (client) =>
    client.query("SELECT FROM pg_namespace WHERE nspname = 'countersign'"),
  );
  assert.equal(schemas.rowCount, 0);
  // Tests that are about something else may use it.
  await (await openPostgresStore(config, migrations, { forgetfulServer: true })).close();
});

test("the embedded server does not try a failed fsync again, whatever its files say (line 13)", async (t) => {
  const config = await serverWith(t, []);
  const { rows } = await asAdministrator(config, async (client) => {
    await client.query("ALTER SYSTEM SET data_sync_retry = on");
    return client.query("SHOW data_sync_retry");
  });
  assert.deepEqual(rows, [{ data_sync_retry: "off" }]);
  await (await openPostgresStore(config, migrations)).close();
});
