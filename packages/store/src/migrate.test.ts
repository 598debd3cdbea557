import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { migrate } from "./migrate.ts";
import { becomeApplication } from "./roles.ts";
import { asAdministrator, migrations, startServer, type TestServer } from "./testing/server.ts";

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

test("ten processes migrate one database at once, and each migration runs once", async () => {
  const config = await server.database();
  const applied = await Promise.all(
    Array.from({ length: 10 }, () => asAdministrator(config, (client) => migrate(client, migrations))),
  );
  assert.equal(applied.filter((names) => names.length > 0).length, 1);
});

test("a migration that changed after it was applied is refused, and so is a database of a newer version", async () => {
  const config = await server.database();
  await asAdministrator(config, (client) => migrate(client, migrations));
  const changed = migrations.map((each) => ({ ...each, sql: `${each.sql}\n-- edited` }));
  await assert.rejects(
    asAdministrator(config, (client) => migrate(client, changed)),
    /not the one that this database/,
  );
  await assert.rejects(
    asAdministrator(config, (client) => migrate(client, [])),
    /newer version/,
  );
});

test("a migration that fails leaves nothing of itself", async () => {
  const config = await server.database();
  const broken = [{ name: "0001-broken.sql", sql: "CREATE TABLE half (a int); SELECT 1/0;" }];
  await assert.rejects(
    asAdministrator(config, (client) => migrate(client, broken)),
    /division by zero/,
  );
  await asAdministrator(config, async (client) => {
    assert.equal((await client.query("SELECT to_regclass('half') AS t")).rows[0].t, null);
  });
});

test("the application's role is refused when it could pass row-level security", async () => {
  const config = await server.database();
  await asAdministrator(config, async (client) => {
    await migrate(client, migrations);
    await becomeApplication(client);
    await client.query("RESET ROLE");
    await client.query("ALTER ROLE countersign_app BYPASSRLS");
    try {
      await assert.rejects(becomeApplication(client), /could pass row-level security/);
    } finally {
      await client.query("RESET ROLE");
      await client.query("ALTER ROLE countersign_app NOBYPASSRLS");
    }
  });
});

test("every table declares its class, has forced row-level security, and belongs to the owner's role", async () => {
  const sql = migrations
    .map(({ name }) => readFileSync(join(import.meta.dirname, "../migrations", name), "utf8"))
    .join("\n");
  const declared = [
    ...sql.matchAll(
      /-- class: (ledger|projection|operational|secret)\.[^\n]*\n(?:--[^\n]*\n)*CREATE TABLE countersign\.(\w+)/g,
    ),
  ].map((match) => match[2]);
  const config = await server.database();
  await asAdministrator(config, async (client) => {
    await migrate(client, migrations);
    const { rows } = await client.query<{ name: string; forced: boolean; owner: string }>(
      `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced, pg_get_userbyid(c.relowner) AS owner
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'countersign' AND c.relkind = 'r'`,
    );
    assert.deepEqual(rows.map((row) => row.name).sort(), [...declared].sort());
    for (const row of rows) assert.deepEqual([row.forced, row.owner], [true, "countersign_owner"], row.name);
  });
});
