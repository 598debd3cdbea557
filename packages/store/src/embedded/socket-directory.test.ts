import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, rmdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { asSelf, isRoot } from "./run-as.ts";
import { isPrivate, prepareSocketDirectory } from "./socket-directory.ts";
import { ordinaryUser, otherProcess, problemOf, usedWorkspace, workspace } from "./testing/support.ts";

test("a directory of the right name that others can enter is not used", async (t) => {
  const data = `/nowhere/${process.pid}/data`;
  const first = await prepareSocketDirectory(data, asSelf(), process.env);
  assert.ok(await isPrivate(first, []));
  assert.equal(await prepareSocketDirectory(data, asSelf(), process.env), first, "an own one is used again");
  await chmod(first, 0o755);
  t.after(() => rmdir(first));
  const second = await prepareSocketDirectory(data, asSelf(), process.env);
  t.after(() => rmdir(second));
  assert.notEqual(second, first);
  assert.equal((await stat(second)).mode & 0o777, 0o700);
});

test("a server whose socket others could replace is not offered the password", async (t) => {
  const place = await usedWorkspace(t);
  const server = await place.open();
  const { host } = server.connectionString("postgres");
  await chmod(host, 0o777);
  const problem = await problemOf(place.open());
  assert.equal(problem.code, "embedded-postgres-open-socket");
  assert.equal(problem.where, host);
  await chmod(host, 0o700);
  await server.release();
});

test("where the directory for temporary files has too long a path, a shorter one is taken", async (t) => {
  const user = await ordinaryUser();
  if (isRoot() && "reason" in user) return t.skip(user.reason);
  const uid = "uid" in user ? user.uid : undefined;
  const base = await mkdtemp(join(tmpdir(), "countersign-long-"));
  t.after(() => rm(base, { recursive: true }));
  const long = join(base, "x".repeat(90));
  await mkdir(long);
  for (const path of [base, long]) await chmod(path, 0o777);
  const place = await workspace(t, uid);
  const env = { TMPDIR: long, XDG_RUNTIME_DIR: "" };
  const other = otherProcess(t, { directory: place.directory, env, ...(uid === undefined ? {} : { uid }) });
  const { opened } = await other.next();
  assert.match(opened?.connection.host ?? "", /^\/tmp\/countersign-/u);
  other.send("release");
  assert.ok((await other.next()).ended);
});
