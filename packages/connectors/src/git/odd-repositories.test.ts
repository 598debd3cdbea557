import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { deflateSync, inflateSync } from "node:zlib";
import type { JsonObject } from "@countersign/kernel";
import { emptyRepository, oidOf, repositoryOf, runGit } from "../test-support/git-repository.ts";
import { readWith, resolverOf, type Reading, type ReadOptions } from "../test-support/memory-sink.ts";
import { git } from "./index.ts";
import { Chain, type Step } from "./walk.ts";

const bo = "Bo Example <bo@lumen.example>";
const people = resolverOf(
  { ada: ["email:ada@lumen.example"], bo: ["email:bo@lumen.example"], robot: ["email:ci@lumen.example"] },
  ["robot"],
);

async function read(path: string, settings: JsonObject = {}, options: ReadOptions = {}): Promise<Reading> {
  return readWith(
    git,
    { repositories: [{ name: "api", path }], ...settings },
    { person: people, ...options },
  );
}

test("a shallow clone is read in part and says where it ends", async (t) => {
  const folder = repositoryOf(
    t,
    [1, 2, 3, 4].map((number) => ({ message: `change ${number}` })),
  );
  const clone = emptyRepository(t);
  runGit(clone, ["fetch", "--quiet", "--depth=2", `file://${folder}`, "main:refs/heads/kept"]);
  const { sink, outcome } = await read(clone, {
    repositories: [{ name: "api", path: clone, branches: ["kept"] }],
  });
  assert.equal(sink.items.length, 2);
  assert.equal(outcome.extraction.state, "partial");
  assert.match(
    JSON.stringify(outcome.extraction),
    new RegExp(`shallow clone, which ends at ${oidOf(folder, "main~1")}`),
  );
  assert.ok(outcome.cautions.some((caution) => caution.includes("last fetched at")));
});

test("a replaced commit and a grafted one are read as they were, and the read says so", async (t) => {
  const folder = repositoryOf(t, [
    { message: "root" },
    { message: `plain` },
    { message: `tip\n\nReviewed-by: ${bo}` },
  ]);
  const forged = repositoryOf(t, [{ message: `plain\n\nReviewed-by: ${bo}` }]);
  runGit(folder, ["fetch", "--quiet", forged, "main:refs/heads/forged"]);
  runGit(folder, ["replace", oidOf(folder, "main~1"), oidOf(folder, "forged")]);
  const { sink, outcome } = await read(folder, {
    repositories: [{ name: "api", path: folder, branches: ["main"] }],
  });
  assert.deepEqual(
    sink.items.map(({ item }) => ["approvals" in item, item.title]),
    [
      [true, "tip"],
      [false, "plain"],
      [false, "root"],
    ],
  );
  assert.match(JSON.stringify(outcome.extraction), /"partial".*1 of its commits have a replacement/);

  const grafted = repositoryOf(t, [{ message: "root" }, { message: "hidden" }, { message: "tip" }]);
  mkdirSync(join(grafted, ".git/info"), { recursive: true });
  writeFileSync(join(grafted, ".git/info/grafts"), `${oidOf(grafted, "main")} ${oidOf(grafted, "main~2")}\n`);
  const graft = await read(grafted);
  assert.deepEqual(
    graft.sink.items.map(({ item }) => item.title),
    ["tip", "hidden", "root"],
  );
  assert.equal(graft.outcome.extraction.state, "partial");
});

test("missing objects leave a partial read that names them", async (t) => {
  const folder = repositoryOf(t, [
    { message: "root" },
    { message: "lost" },
    { message: "next" },
    { message: "tip" },
  ]);
  const lost = oidOf(folder, "main~2");
  // fast-import writes a pack for many objects and loose ones for few.
  const loose = join(folder, ".git/objects", lost.slice(0, 2), lost.slice(2));
  assert.ok(existsSync(loose));
  rmSync(loose);
  const { sink, outcome } = await read(folder);
  assert.deepEqual(
    sink.items.map(({ item }) => item.title),
    ["tip"],
  );
  assert.match(JSON.stringify(outcome.extraction), new RegExp(`"partial".*${lost}`));
});

test("an object that does not have the id under which it lies is no item", async (t) => {
  const folder = repositoryOf(t, [
    { message: "root" },
    { message: `approved\n\nReviewed-by: ${bo}` },
    { message: "tip" },
  ]);
  const oid = oidOf(folder, "main~1");
  const loose = join(folder, ".git/objects", oid.slice(0, 2), oid.slice(2));
  const object = inflateSync(readFileSync(loose)).toString().replaceAll("Bo Example", "Al Example");
  rmSync(loose);
  writeFileSync(loose, deflateSync(object));
  const { sink, outcome } = await read(folder);
  assert.deepEqual(
    sink.items.map(({ item }) => item.title),
    ["tip", "root"],
  );
  assert.deepEqual(sink.exclusions, [
    { id: oid, reason: "its bytes do not have the id under which git holds them" },
  ]);
  assert.equal(outcome.extraction.state, "partial");
});

test("a listing in which a commit is not the first parent of the one before it has a hole", () => {
  const step = (oid: string, ...parents: readonly string[]): Step => ({ seconds: 1, oid, parents });
  const holesOf = (tip: string, steps: readonly Step[]): readonly string[] => {
    const chain = new Chain(tip);
    for (const one of steps) chain.take(one);
    chain.end();
    return chain.holes;
  };
  assert.deepEqual(holesOf("c", [step("c", "b", "x"), step("b", "a"), step("a")]), []);
  assert.deepEqual(holesOf("c", [step("c", "b"), step("a")]), ["a follows, where b was due"]);
  assert.deepEqual(holesOf("d", [step("c")]), ["c follows, where d was due"]);
  assert.deepEqual(holesOf("c", [step("c", "b")]), ["the listing ends where b was due"]);
  assert.deepEqual(holesOf("c", [step("c"), step("b")]), ["b follows, where nothing was due"]);
  assert.deepEqual(holesOf("c", []), ["the listing ends where c was due"]);
});

test("the caller's git environment does not move the read", async (t) => {
  const folder = repositoryOf(t, [{ message: "here" }]);
  const elsewhere = repositoryOf(t, [{ message: "elsewhere" }]);
  process.env.GIT_DIR = join(elsewhere, ".git");
  t.after(() => delete process.env.GIT_DIR);
  const { sink } = await read(folder);
  assert.deepEqual(
    sink.items.map(({ item }) => item.title),
    ["here"],
  );
});

test("nothing is written to the repository and nothing in it is run", async (t) => {
  const folder = repositoryOf(t, [{ message: "one" }]);
  const witness = join(folder, "ran");
  for (const key of ["core.fsmonitor", "core.pager", "core.sshCommand"])
    runGit(folder, ["config", key, `touch ${witness}`]);
  const state = (): string =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`)
      .toSorted()
      .join("\n");
  const before = state();
  await read(folder);
  assert.equal(state(), before);
});
