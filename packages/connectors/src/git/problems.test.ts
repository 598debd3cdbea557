import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ProblemError, type JsonObject, type Problem } from "@countersign/kernel";
import {
  emptyRepository,
  oidOf,
  repositoryOf,
  runGit,
  temporaryFolder,
} from "../test-support/git-repository.ts";
import { readWith } from "../test-support/memory-sink.ts";
import { git } from "./index.ts";

async function problemsOf(settings: JsonObject): Promise<readonly Problem[]> {
  try {
    await readWith(git, settings);
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  throw new Error("nothing was refused");
}

async function codesOf(settings: JsonObject): Promise<readonly string[]> {
  return (await problemsOf(settings)).map((problem) => problem.code);
}

test("a path that is no repository is refused with the next step", async (t) => {
  const folder = temporaryFolder(t);
  const [missing] = await problemsOf({ repositories: [{ name: "api", path: join(folder, "absent") }] });
  assert.equal(missing?.code, "git/no-such-folder");
  assert.match(missing?.next ?? "", /clone/);
  assert.deepEqual(await codesOf({ repositories: [{ name: "api", path: folder }] }), [
    "git/not-a-repository",
  ]);
});

test("a folder inside another repository is not read as that repository", async (t) => {
  const outer = repositoryOf(t, [{ message: "outer" }]);
  mkdirSync(join(outer, "inner"));
  const [problem] = await problemsOf({ repositories: [{ name: "api", path: join(outer, "inner") }] });
  assert.equal(problem?.code, "git/not-a-repository");
  assert.match(problem?.why ?? "", /lies inside the repository/);
});

test("a missing git executable is named as such", async (t) => {
  const folder = repositoryOf(t, [{ message: "one" }]);
  const path = process.env.PATH;
  process.env.PATH = temporaryFolder(t);
  t.after(() => {
    process.env.PATH = path;
  });
  assert.deepEqual(await codesOf({ repositories: [{ name: "api", path: folder }] }), ["git/not-installed"]);
});

test("a branch that does not exist is refused with the nearest one", async (t) => {
  const folder = repositoryOf(t, [{ message: "one" }]);
  const [problem] = await problemsOf({ repositories: [{ name: "api", path: folder, branches: ["mian"] }] });
  assert.equal(problem?.code, "git/no-branch");
  assert.equal(problem?.next, "did you mean main?");
});

test("without a named branch HEAD's is read, else the only one, and several are not guessed between", async (t) => {
  const folder = repositoryOf(t, [{ message: "one" }, { message: "two", branch: "other" }]);
  const byHead = await readWith(git, { repositories: [{ name: "api", path: folder }] });
  assert.equal(byHead.sink.items.length, 1);
  runGit(folder, ["symbolic-ref", "HEAD", "refs/heads/unborn"]);
  assert.deepEqual(await codesOf({ repositories: [{ name: "api", path: folder }] }), ["git/no-branch"]);
  runGit(folder, ["branch", "-D", "main"]);
  const only = await readWith(git, { repositories: [{ name: "api", path: folder }] });
  assert.equal(only.sink.items[0]?.item.branch, "other");
  assert.ok(only.outcome.cautions.some((caution) => caution.includes("the only branch")));
});

test("a remote-tracking branch stands in for a local one, and says so", async (t) => {
  const folder = repositoryOf(t, [{ message: "one" }]);
  const clone = emptyRepository(t);
  runGit(clone, ["fetch", "--quiet", folder, "main:refs/remotes/origin/main"]);
  const { sink, outcome } = await readWith(git, {
    repositories: [{ name: "api", path: clone, branches: ["main"] }],
  });
  assert.equal(sink.items[0]?.item.id, oidOf(folder, "main"));
  assert.ok(outcome.cautions.some((caution) => caution.includes("refs/remotes/origin/main")));
});

test("everything that is wrong with the settings is told at once, with source, key and suggestion", async () => {
  const problems = await problemsOf({
    repositories: [{ name: "../x", path: "../api", branch: "main" }, { name: "web" }],
    approvals: { whenAbsent: "noapproval", trailer: ["Reviewed-by"] },
    links: { tickets: ["([A-Z]+)+", "["] },
    chekcs: {},
  });
  assert.deepEqual(
    problems.map((problem) => [problem.code, problem.where?.replace("sources.yaml, source tested, ", "")]),
    [
      ["settings/missing", "repositories[1].path"],
      ["settings/value", "repositories"],
      ["settings/value", "approvals.whenAbsent"],
      ["settings/pattern", "links.tickets"],
      ["settings/pattern", "links.tickets"],
      ["settings/unknown-key", "chekcs"],
      ["settings/unknown-key", "repositories[0].branch"],
      ["settings/unknown-key", "approvals.trailer"],
    ],
  );
  assert.equal(problems[2]?.next, "write whenAbsent: no-approval");
  assert.equal(problems[5]?.next, "did you mean checks?");
  assert.equal(problems[6]?.next, "did you mean branches?");
  assert.deepEqual(await codesOf({}), ["settings/missing"]);
});
