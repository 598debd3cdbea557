/** Backups of one organization of several on a server of the company's own, under row-level security. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  openEmbeddedPostgres,
  type EmbeddedServer,
} from "../../packages/store/src/embedded/embedded-postgres.ts";
import { asAdministrator } from "../../packages/store/src/testing/server.ts";
import { leaversCsv, leaversSource } from "../journeys/small-company.ts";
import { root } from "../journeys/support.ts";
import { entriesOf } from "./entries.ts";

let folder: string;
let server: EmbeddedServer;
const at = (path: string): string => join(folder, path);

function url(database: string): string {
  const { user, password, host, port } = server.connectionString("postgres");
  return `postgresql://${String(user)}:${encodeURIComponent(String(password))}@localhost:${String(port)}/${database}?host=${encodeURIComponent(String(host))}`;
}

function run(database: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [join(root, "apps/cli/bin/countersign.js"), ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", DATABASE_URL: url(database) },
  });
}

function done(database: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = run(database, ...args);
  assert.equal(status, 0, `${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

/** Rows of every table of ours, by organization. */
async function rowsOf(database: string): Promise<ReadonlyMap<string, string>> {
  return asAdministrator(server.connectionString(database), async (client) => {
    const rows = new Map<string, string>();
    for (const table of [
      "log",
      "record",
      "log_entry",
      "checkpoint",
      "tile",
      "state",
      "person",
      "directory_key",
    ]) {
      const { rows: counted } = await client.query<{ organization: string; rows: string; digest: string }>(
        `SELECT organization, count(*) AS rows, md5(string_agg(t::text, ',' ORDER BY t::text)) AS digest
           FROM countersign.${table} t GROUP BY organization`,
      );
      for (const each of counted) rows.set(`${each.organization} ${table}`, `${each.rows} ${each.digest}`);
    }
    return rows;
  });
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-backup-url-"));
  server = await openEmbeddedPostgres({ directory: at("server"), say: () => {} });
  await asAdministrator(server.connectionString("postgres"), async (client) => {
    for (const name of ["first", "second"]) await client.query(`CREATE DATABASE ${name}`);
  });
  for (const [home, name] of [
    ["a", "Alpha Co"],
    ["b", "Beta Co"],
  ] as const) {
    const window = ["--from", "2026-04-01", "--through", "2026-06-30"];
    done("first", "init", ...window, "--name", name, "-w", home);
    writeFileSync(at(`${home}/countersign/sources.yaml`), leaversSource);
    mkdirSync(at(`${home}/exports`), { recursive: true });
    writeFileSync(at(`${home}/exports/leavers.csv`), leaversCsv);
    done("first", "collect", "-w", home);
  }
});
after(async () => {
  await server.release();
  rmSync(folder, { recursive: true, force: true });
});

test("of two organizations on one server only the one is backed up, and only the one restored", async () => {
  done("first", "backup", "create", "a.zip", "--with-keys", "-w", "a");
  done("first", "backup", "create", "b.zip", "--with-keys", "-w", "b");
  for (const [name, other] of [
    ["a.zip", "beta-co"],
    ["b.zip", "alpha-co"],
  ] as const)
    for (const [path, bytes] of entriesOf(at(name))) assert.ok(!bytes.includes(other), `${path} of ${name}`);

  cpSync(at("a/countersign"), at("a2/countersign"), { recursive: true });
  cpSync(at("a/exports"), at("a2/exports"), { recursive: true });
  done("second", "backup", "restore", "a.zip", "-w", "a2");
  const alone = await rowsOf("second");
  assert.ok([...alone.keys()].every((key) => key.startsWith("alpha-co ")));
  cpSync(at("b/countersign"), at("b2/countersign"), { recursive: true });
  done("second", "backup", "restore", "b.zip", "-w", "b2");
  const both = await rowsOf("second");
  for (const [key, digest] of alone) assert.equal(both.get(key), digest, key);
  const first = await rowsOf("first");
  // Positions are the server's own numbers; everything else is the same.
  const free = (rows: ReadonlyMap<string, string>) =>
    [...rows].filter(([key]) => !/ (?:record|state)$/.test(key)).sort();
  assert.deepEqual(free(both), free(first));

  assert.match(done("second", "fsck", "-w", "a2"), /nothing damaged/);
  done("second", "collect", "-w", "a2");
  assert.match(done("second", "fsck", "-w", "b2"), /nothing damaged/);
});

test("a database that holds the log already is left as it is, though the folder is empty", async () => {
  const before = await rowsOf("first");
  cpSync(at("a/countersign"), at("a3/countersign"), { recursive: true });
  const { status, stderr } = run("first", "backup", "restore", "a.zip", "-w", "a3");
  assert.equal(status, 1);
  assert.match(stderr, /the database holds a log of alpha-co already/);
  assert.equal(existsSync(at("a3/.countersign")), false);
  assert.deepEqual(await rowsOf("first"), before);
});
