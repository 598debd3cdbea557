import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { git } from "../git/index.ts";
import { repositoryOf, runGit, temporaryFolder } from "../test-support/git-repository.ts";
import { readWith, resolverOf } from "../test-support/memory-sink.ts";
import { github } from "./index.ts";

const folder = join(import.meta.dirname, "testdata");

type Branch = {
  readonly commits: readonly {
    readonly at: string;
    readonly title: string;
    readonly pull: number | null;
    readonly merge: string | null;
  }[];
};

test("git's first-parent history and the saved pull requests meet in the merge commit, but for the direct push", async (t) => {
  const branch = JSON.parse(readFileSync(join(folder, "git.json"), "utf8")) as Branch;
  const repository = repositoryOf(
    t,
    branch.commits.map(({ at, title }) => ({ message: title, at })),
  );
  const oids = runGit(repository, ["rev-list", "--reverse", "main"]).split("\n");
  let pulls = readFileSync(join(folder, "squash-team.json"), "utf8");
  for (const [index, { merge }] of branch.commits.entries()) {
    if (merge !== null) pulls = pulls.replaceAll(merge, oids[index] ?? "");
  }
  const path = join(temporaryFolder(t), "pulls.json");
  writeFileSync(path, pulls);
  const person = resolverOf({ ada: ["email:ada@lumen.example", "github:ada-l"] });
  const window = { from: "2026-01-01", through: "2026-12-31", person };
  const history = await readWith(git, { repositories: [{ name: "api", path: repository }] }, window);
  const reviews = await readWith(github, { files: [path], branches: ["main"] }, window);
  const revisions = (reading: typeof history): ReadonlySet<unknown> =>
    new Set(reading.sink.items.map(({ item }) => item.revision));
  assert.deepEqual([...revisions(reviews).difference(revisions(history))], []);
  const direct = [...revisions(history).difference(revisions(reviews))];
  assert.deepEqual(
    direct.map((id) => history.sink.factsOf(String(id)).title),
    ["gateway: pushed straight to main"],
  );
  assert.ok(history.sink.items.every(({ item }) => !("direct" in item)));
});
