import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ProblemError, type JsonObject, type Problem } from "@countersign/kernel";
import { temporaryFolder } from "../test-support/git-repository.ts";
import { readWith, type ReadOptions } from "../test-support/memory-sink.ts";
import { github } from "./index.ts";

const recordings = join(import.meta.dirname, "../../../../../shared/fixtures/connectors/github");
const skip = existsSync(recordings) ? false : "the shared fixtures are not beside this checkout";

async function problemOf(settings: JsonObject, options: ReadOptions = {}): Promise<Problem> {
  try {
    await readWith(github, settings, options);
  } catch (error) {
    if (error instanceof ProblemError && error.problems[0] !== undefined) return error.problems[0];
    throw error;
  }
  throw new Error("nothing was refused");
}

test("a file that is missing, empty, cut off or no JSON is refused with the next step", async (t) => {
  const path = join(temporaryFolder(t), "pulls.json");
  const missing = await problemOf({ files: [path] });
  assert.equal(missing.code, "file/missing");
  assert.match(missing.next ?? "", /gh pr list --repo OWNER\/NAME --state merged/);
  for (const [text, place] of [
    ["", "byte 0"],
    ['[{"number":1,"mergedAt":null}', "byte 29"],
    ["gh: command not found", "byte 0"],
    ['[{"number":1,}]', "byte 1"],
  ] as const) {
    writeFileSync(path, text);
    const problem = await problemOf({ files: [path] });
    assert.equal(problem.code, "github/not-json", text);
    assert.ok(problem.where?.endsWith(place), problem.where);
  }
});

test("a saved error is not a list without pull requests", async (t) => {
  const path = join(temporaryFolder(t), "pulls.json");
  writeFileSync(
    path,
    '{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}',
  );
  const problem = await problemOf({ files: [path] });
  assert.equal(problem.code, "github/saved-error");
  assert.match(problem.why ?? "", /Not Found/);
  writeFileSync(
    path,
    '{"data":{"repository":null},"errors":[{"message":"Could not resolve to a Repository"}]}',
  );
  assert.equal((await problemOf({ files: [path] })).code, "github/saved-error");
});

test("a file of two gigabytes is refused before a byte of it is read", async (t) => {
  const path = join(temporaryFolder(t), "pulls.json");
  writeFileSync(path, "[]");
  truncateSync(path, 2 ** 31);
  const problem = await problemOf({ files: [path] });
  assert.deepEqual([problem.code, problem.what.includes("2,147,483,648 bytes")], ["file/too-large", true]);
});

test("wrong settings are told with their source, key and suggestion", async () => {
  const problem = await problemOf({ file: "pulls.json" });
  assert.deepEqual([problem.code, problem.where], ["settings/missing", "sources.yaml, source tested, files"]);
  const saved = await problemOf({ files: ["pulls.json"], savedAt: "2026-07-01" });
  assert.match(saved.what, /savedAt of source tested is "2026-07-01": no time zone/);
});

test(
  "recorded exchanges and webhooks of other things are named and never taken for an empty list",
  { skip },
  async () => {
    const files = globSync("**/*.json", { cwd: recordings });
    assert.ok(files.length >= 12);
    for (const file of files) {
      if (file.endsWith("deployment.json")) continue;
      const problem = await problemOf({ files: [file] }, { folder: recordings });
      assert.equal(problem.code, "github/nothing-of-the-kind", file);
    }
  },
);

test("a 404 for a branch's protection does not become a branch without protection", { skip }, async () => {
  const file = "octokit-fixtures/branch-protection/normalized-fixture.json";
  const problem = await problemOf({ files: [file] }, { folder: recordings });
  assert.match(problem.why ?? "", /GET .*\/branches\/main\/protection, answered with 404/);
});

test("webhooks of deployments are deployments, each with its raw bytes", { skip }, async () => {
  const file = "webhooks-examples/deployment.json";
  const values = JSON.parse(readFileSync(join(recordings, file), "utf8")) as readonly {
    readonly deployment: { readonly id: number; readonly sha: string; readonly created_at: string };
  }[];
  const years = { from: "2000-01-01", through: "2030-12-31" };
  const { sink, outcome } = await readWith(
    github,
    { files: [file], savedAt: "2031-01-02T00:00:00Z" },
    { folder: recordings, provides: "deploy", ...years },
  );
  assert.equal(sink.items.length + sink.exclusions.length, values.length);
  assert.ok(sink.items.length >= 1);
  for (const { item, raw } of sink.items) {
    const [ref] = raw;
    const value = JSON.parse(ref === undefined ? "" : sink.slice(ref).toString()) as (typeof values)[number];
    assert.deepEqual([item.id, item.revision], [String(value.deployment.id), value.deployment.sha]);
    assert.equal("outcome" in item, false);
  }
  assert.ok(outcome.lacks.some((lack) => lack.field === "deploy.outcome"));
  assert.equal(
    (await problemOf({ files: [file] }, { folder: recordings })).code,
    "github/nothing-of-the-kind",
  );
});
