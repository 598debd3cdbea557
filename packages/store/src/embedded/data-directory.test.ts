import assert from "node:assert/strict";
import { appendFile, chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isStopped, problemOf, query, usedWorkspace, workspace } from "./testing/support.ts";

// Each has a workspace of its own, and much of its time is waiting.
describe("the data directory", { concurrency: 2 }, () => {
  test("what a killed initdb left beside the data is removed, and an empty data directory is filled", async (t) => {
    const place = await workspace(t);
    const half = join(place.directory, "initialising-1234");
    await mkdir(join(half, "data", "global"), { recursive: true });
    await writeFile(join(half, "data", "PG_VERSION"), "18\n");
    await mkdir(place.data);
    const server = await place.open();
    assert.deepEqual(await query(server.connectionString("postgres"), "select 1 as one"), [{ one: 1 }]);
    assert.deepEqual(
      (await readdir(place.directory)).filter((name) => name.startsWith("initialising")),
      [],
    );
    await server.release();
  });

  test("a half database in the place of a whole one is refused and left as it is", async (t) => {
    const place = await workspace(t);
    await mkdir(join(place.data, "base"), { recursive: true });
    await writeFile(join(place.data, "PG_VERSION"), "18\n");
    const problem = await problemOf(place.open());
    assert.equal(problem.code, "embedded-postgres-not-a-database");
    assert.equal(problem.where, place.data);
    assert.match(problem.why ?? "", /global\/pg_control is missing; 2 other entries/u);
    assert.deepEqual((await readdir(place.data)).toSorted(), ["PG_VERSION", "base"]);
  });

  test("files of something else in the place of the database are refused and left as they are", async (t) => {
    const place = await workspace(t);
    await mkdir(place.data, { recursive: true });
    await writeFile(join(place.data, "thesis.tex"), "ten years of work");
    const problem = await problemOf(place.open());
    assert.equal(problem.code, "embedded-postgres-not-a-database");
    assert.deepEqual(await readdir(place.data), ["thesis.tex"]);
  });

  test("data of another major version are refused with both versions and a way out", async (t) => {
    const place = await usedWorkspace(t);
    await writeFile(join(place.data, "PG_VERSION"), "17\n");
    const problem = await problemOf(place.open());
    assert.equal(problem.code, "embedded-postgres-version");
    assert.match(problem.what, /made by PostgreSQL 17.*brings PostgreSQL 18\./u);
    assert.match(problem.next ?? "", /DATABASE_URL/u);
    await writeFile(join(place.data, "PG_VERSION"), "18\n");
    await (await place.open()).release();
  });

  test("a lost password file is replaced, and one that others can read is closed again", async (t) => {
    const place = await usedWorkspace(t);
    const first = await place.open();
    await query(first.connectionString("postgres"), "create table kept as select 5 as n");
    const before = first.connectionString("postgres").password;
    await first.release();
    const file = join(place.directory, "password");
    await rm(file);
    const second = await place.open();
    assert.notEqual(second.connectionString("postgres").password, before);
    assert.deepEqual(await query(second.connectionString("postgres"), "select n from kept"), [{ n: 5 }]);
    assert.match(place.said.join("\n"), /setting a new password/u);
    await second.release();
    await chmod(file, 0o644);
    await (await place.open()).release();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  test("a database that is gone is told, and not replaced by an empty one", async (t) => {
    const place = await usedWorkspace(t);
    await rm(place.data, { recursive: true });
    const problem = await problemOf(place.open());
    assert.equal(problem.code, "embedded-postgres-data-missing");
    assert.match(problem.next ?? "", /remove .*password to begin with an empty database/u);
    await rm(join(place.directory, "password"));
    await (await place.open()).release();
  });

  test("a data directory that a volume opened to a group is closed again", async (t) => {
    const place = await usedWorkspace(t);
    await chmod(place.data, 0o770);
    await (await place.open()).release();
    assert.equal((await stat(place.data)).mode & 0o777, 0o700);
  });

  test("a log file that is a link to somewhere else is not followed", async (t) => {
    const place = await usedWorkspace(t);
    const elsewhere = join(place.directory, "..", "elsewhere");
    await writeFile(elsewhere, "mine");
    await rm(join(place.directory, "server.log"));
    await symlink(elsewhere, join(place.directory, "server.log"));
    const problem = await problemOf(place.open());
    assert.equal(problem.code, "embedded-postgres-directory");
    assert.equal(problem.where, join(place.directory, "server.log"));
    assert.equal(await readFile(elsewhere, "utf8"), "mine");
  });

  test("a wrong password in the file is told, with the file and the way out", async (t) => {
    const place = await usedWorkspace(t);
    await writeFile(join(place.directory, "password"), "of another database");
    const problem = await problemOf(place.open());
    assert.equal(problem.code, "embedded-postgres-password");
    assert.equal(problem.where, join(place.directory, "password"));
    assert.match(problem.next ?? "", /Remove the file/u);
    assert.ok(await isStopped(place), "the server that was started for this does not stay");
  });

  test("a server that does not come up is told with the end of its log and the next step", async (t) => {
    const place = await usedWorkspace(t);
    const file = join(place.data, "postgresql.conf");
    const whole = await readFile(file, "utf8");
    await appendFile(file, "work_memory = lots\n");
    const problem = await problemOf(place.open());
    assert.equal(problem.code, "embedded-postgres-configuration");
    assert.equal(problem.where, join(place.directory, "server.log"));
    assert.match(problem.why ?? "", /unrecognized configuration parameter "work_memory" in file/u);
    assert.match(problem.next ?? "", /Mend the line/u);
    assert.ok(await isStopped(place));
    await writeFile(file, whole);
    await (await place.open()).release();
  });

  test("damaged data are told as damaged, not as something to try again", async (t) => {
    const place = await usedWorkspace(t);
    await rm(join(place.data, "pg_wal"), { recursive: true });
    await mkdir(join(place.data, "pg_wal"), { mode: 0o700 });
    const problem = await problemOf(place.open());
    assert.equal(problem.code, "embedded-postgres-damaged", problem.why);
    assert.match(problem.next ?? "", /Copy the data directory before anything else/u);
  });
});
