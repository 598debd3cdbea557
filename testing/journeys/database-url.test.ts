/** A server of the company's own, instead of the embedded one. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  openEmbeddedPostgres,
  type EmbeddedServer,
} from "../../packages/store/src/embedded/embedded-postgres.ts";
import { asAdministrator } from "../../packages/store/src/testing/server.ts";
import { importRepository, root } from "./support.ts";

let folder: string;
let server: EmbeddedServer;
let url: (password?: string, user?: string) => string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-url-"));
  server = await openEmbeddedPostgres({ directory: join(folder, "elsewhere"), say: () => {} });
  const { user, password, host, port } = server.connectionString("postgres");
  url = (given = String(password), as = String(user)) =>
    `postgresql://${as}:${encodeURIComponent(given)}@localhost:${String(port)}/postgres?host=${encodeURIComponent(String(host))}`;
  const message = "a change\n\nReviewed-by: Bea Builder <bea@made-up.example>\n";
  const who = "Ann Author <ann@made-up.example> 1760000000 +0000";
  importRepository(
    join(folder, "repository"),
    `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\ndata ${message.length}\n${message}\n`,
  );
});
after(async () => {
  await server.release();
  rmSync(folder, { recursive: true, force: true });
});

const start = (databaseUrl: string, workspace: string) =>
  spawnSync(
    process.execPath,
    [
      join(root, "apps/cli/bin/countersign.js"),
      "start",
      "--repo",
      "repository",
      "--from",
      "2025-10-01",
      "--through",
      "2025-10-31",
      "-w",
      workspace,
    ],
    { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", DATABASE_URL: databaseUrl } },
  );

test("the main job runs on the server that DATABASE_URL names, and starts none of its own", async () => {
  const { status, stdout, stderr } = start(url(), "home");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /1 change/);
  assert.equal(existsSync(join(folder, "home/.countersign/postgres")), false);
  const organizations = await asAdministrator(server.connectionString("postgres"), (client) =>
    client.query<{ organization: string }>("SELECT organization FROM countersign.log"),
  );
  assert.deepEqual(organizations.rows, [{ organization: "repository" }]);
});

test("a second workspace with the same organization id is refused: its key is another", () => {
  const { status, stderr } = start(url(), "other");
  assert.equal(status, 1);
  assert.match(stderr, /made with keys that are not in this workspace/);
});

test("a server that cannot be used is named without its password", () => {
  const { status, stderr } = start(url("a-secret-that-is-wrong"), "third");
  assert.equal(status, 1);
  assert.match(stderr, /DATABASE_URL/);
  assert.doesNotMatch(stderr, /a-secret-that-is-wrong/);
});

test("a user who may not create roles is told what an administrator has to run", async () => {
  const fresh = await openEmbeddedPostgres({ directory: join(folder, "fresh"), say: () => {} });
  try {
    const { host, port } = fresh.connectionString("postgres");
    await asAdministrator(fresh.connectionString("postgres"), (client) =>
      client.query("CREATE ROLE limited LOGIN PASSWORD 'limited'"),
    );
    const { status, stderr } = start(
      `postgresql://limited:limited@localhost:${String(port)}/postgres?host=${encodeURIComponent(String(host))}`,
      "fourth",
    );
    assert.equal(status, 1);
    assert.match(stderr, /CREATE ROLE countersign_owner/);
  } finally {
    await fresh.release();
  }
});
