import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Json, JsonObject } from "@countersign/kernel";
import { temporaryFolder } from "../test-support/git-repository.ts";
import { readWith, resolverOf, type Reading, type ReadOptions } from "../test-support/memory-sink.ts";
import { github } from "./index.ts";

const folder = join(import.meta.dirname, "testdata");
const people = resolverOf(
  {
    ada: ["github:ada-l", "github:ada-private", "email:ada@lumen.example"],
    bo: ["github:bo-m"],
    cy: ["github:cy-n"],
    patchling: ["github:patchling[bot]"],
  },
  ["patchling"],
);

async function read(file: string, settings: JsonObject = {}, options: ReadOptions = {}): Promise<Reading> {
  return readWith(github, { files: [file], ...settings }, { folder, person: people, ...options });
}

/** The change that a pull request of the made-up team became, by its number. */
function byNumber({ sink }: Reading, number: number): JsonObject {
  const found = sink.items.find(({ item }) => String(item.pullRequest).endsWith(`/${number}`));
  assert.ok(found !== undefined, `no change of pull request ${number}`);
  return found.item;
}

async function saved(t: { after(clean: () => void): void }, value: Json | string): Promise<string> {
  const path = join(temporaryFolder(t), "saved.json");
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}

test("a squash-merging team: what stands of each pull request's reviews at its merge", async () => {
  const reading = await read("squash-team.json");
  const facts = (number: number): unknown => byNumber(reading, number).approvals;
  const approval = (person: string, at: string, revision: string): JsonObject => ({
    person,
    bot: false,
    via: "review",
    at,
    revision: revision.repeat(20),
  });
  // A comment after the approval takes nothing away.
  assert.deepEqual(facts(1), [approval("bo", "2026-02-02T09:00:00Z", "f1")]);
  // Approved before the last push: the approval names the revision that it was given to.
  assert.deepEqual(facts(2), [approval("bo", "2026-02-03T08:00:00Z", "e2")]);
  assert.equal(byNumber(reading, 2).headRevision, "f2".repeat(20));
  // Dismissed.
  assert.deepEqual(facts(3), []);
  assert.deepEqual(byNumber(reading, 3).dismissedApprovals, [{ person: "cy", at: "2026-02-04T08:00:00Z" }]);
  // The author's second account is the author.
  assert.deepEqual(facts(4), [approval("ada", "2026-02-05T08:00:00Z", "f4")]);
  assert.equal(byNumber(reading, 4).author, "ada");
  // The approval that the same person followed with a request for changes does not stand; the other person's does.
  assert.deepEqual(facts(7), [approval("ada", "2026-02-10T09:00:00Z", "f7")]);
  assert.deepEqual(byNumber(reading, 7).dismissedApprovals, [{ person: "cy", at: "2026-02-10T07:00:00Z" }]);
  // What came after the merge stands with its time.
  assert.deepEqual(facts(8), [approval("bo", "2026-02-11T12:00:00Z", "f8")]);
  assert.deepEqual(facts(10), []);
  assert.deepEqual(facts(13), [approval("bo", "2026-02-17T09:00:00Z", "fd")]);
});

test("an item is the merge commit, with what the pull request says and nothing that it does not", async () => {
  const reading = await read("squash-team.json");
  const id = "a1".repeat(20);
  assert.deepEqual(reading.sink.factsOf(id), {
    id,
    repository: "lumen/api",
    branch: "main",
    revision: id,
    title: "gateway: count tokens",
    author: "ada",
    authorIsBot: false,
    mergedAt: "2026-02-02T10:00:00Z",
    mergedBy: "bo",
    approvals: [
      { person: "bo", bot: false, via: "review", at: "2026-02-02T09:00:00Z", revision: "f1".repeat(20) },
    ],
    dismissedApprovals: [],
    headRevision: "f1".repeat(20),
    checks: [{ name: "verify / test", outcome: "passed", at: "2026-02-02T08:09:00Z" }],
    pullRequest: "https://github.com/lumen/api/pull/1",
    direct: false,
  });
  for (const field of ["change.lastPushedAt", "change.trailers", "change.committer", "change.bypasses"]) {
    assert.ok(
      reading.outcome.lacks.some((lack) => lack.field === field),
      field,
    );
  }
});

test("a bot that merges its own pull request is the bot of the program, however gh spells it", async () => {
  const facts = byNumber(await read("squash-team.json"), 5);
  assert.deepEqual([facts.author, facts.authorIsBot, facts.mergedBy], ["patchling", true, "patchling"]);
});

test("checks are read with their outcome, and of a check that ran again the last run counts", async () => {
  const reading = await read("squash-team.json");
  assert.deepEqual(byNumber(reading, 6).checks, [
    { name: "verify / test", outcome: "pending" },
    { name: "license/check", outcome: "pending", at: "2026-02-09T09:58:00Z" },
  ]);
  const outcomes = (byNumber(reading, 7).checks as readonly JsonObject[]).map(
    (check) => `${String(check.name)} ${String(check.outcome)}`,
  );
  assert.deepEqual(outcomes, [
    "verify / test passed",
    "verify / docs skipped",
    "verify / e2e skipped",
    "verify / lint failed",
    "cla passed",
  ]);
});

test("what is not a change of the window is left out with its reason, and nothing else is", async () => {
  const { sink, outcome } = await read("squash-team.json", { branches: ["main"] });
  assert.deepEqual(
    sink.exclusions.map(({ id, reason }) => `${id}: ${reason}`),
    [
      "lumen/api#11: it was merged to release-1, and the source speaks of main",
      "lumen/api#12: it was merged at 2025-12-31T23:59:59Z, outside the window",
      "lumen/api#14: it names no merge commit, so that no revision stands for it",
    ],
  );
  assert.equal(outcome.rowsRead, sink.items.length + sink.exclusions.length);
  assert.equal(outcome.extraction.state, "complete");
});

test("the raw slice of a change parses back to its pull request", async () => {
  for (const file of ["squash-team.json", "graphql-pages.json", "bundles.json"]) {
    const { sink } = await read(file);
    assert.ok(sink.bytesOf(file).equals(readFileSync(join(folder, file))));
    assert.ok(sink.items.length > 0);
    for (const { item, raw } of sink.items) {
      assert.equal(raw.length, 1);
      const value = JSON.parse(raw.map((ref) => sink.slice(ref).toString()).join("")) as JsonObject;
      const pull = (value.pull ?? value) as JsonObject;
      const merged = (pull.mergeCommit as JsonObject | undefined)?.oid ?? pull.merge_commit_sha;
      assert.equal(merged, item.id);
    }
  }
});

test("an account that was deleted is told apart from no account, and said", async () => {
  const reading = await read("squash-team.json");
  assert.ok(reading.outcome.cautions.some((caution) => caution.includes("account that was deleted (#9)")));
  assert.equal(byNumber(reading, 9).authorIsBot, false);
});

test("labels say which changes were an emergency only where the settings say which labels do", async () => {
  const silent = await read("squash-team.json");
  assert.equal("emergency" in byNumber(silent, 8), false);
  const said = await read("squash-team.json", { emergencyLabels: ["hotfix"] });
  assert.deepEqual([byNumber(said, 8).emergency, byNumber(said, 1).emergency], [true, false]);
});

test("pages of a query show that none is missing, who is an app, and when the last commit was made", async () => {
  const reading = await read("graphql-pages.json");
  assert.equal(reading.outcome.extraction.state, "complete");
  assert.match(
    JSON.stringify(reading.outcome.extraction),
    /2 pages of which the last says that none follows, and GitHub counted 3/,
  );
  assert.equal(reading.outcome.pages, 2);
  const facts = byNumber(reading, 21);
  assert.deepEqual(
    (facts.approvals as readonly JsonObject[]).map((approval) => approval.bot),
    [true, false],
  );
  assert.equal(facts.lastPushedAt, "2026-03-02T06:00:00Z");
  assert.deepEqual(facts.checks, [
    { name: "verify / test", outcome: "passed", at: "2026-03-02T06:20:00Z" },
    { name: "cla", outcome: "passed", at: "2026-03-02T06:30:00Z" },
  ]);
  assert.deepEqual([byNumber(reading, 22).checks, byNumber(reading, 23).checks], [[], []]);
  assert.ok(reading.outcome.cautions.some((caution) => caution.includes("codesage[bot], mergify[bot] bots")));
  assert.equal(reading.outcome.covers.end, Date.parse("2026-04-01T00:00:00Z"));
});

test("a page too few, an inner list cut off and an error beside data leave a partial read", async (t) => {
  const pages = readFileSync(join(folder, "graphql-pages.json"), "utf8");
  const first = pages.slice(0, pages.indexOf('{"_note"', 1));
  const missing = await read(await saved(t, first));
  assert.match(
    JSON.stringify(missing.outcome.extraction),
    /"partial".*says that more follow.*holds 2 of the 3 pull requests/,
  );
  const cut = await read(
    await saved(t, pages.replace('"totalCount": 2, "pageInfo"', '"totalCount": 120, "pageInfo"')),
  );
  assert.match(JSON.stringify(cut.outcome.extraction), /"partial".*inner list is cut off.*#21 \(reviews\)/);
  const failed = await read(
    await saved(t, pages.replace('"data"', '"errors": [{"message": "timeout"}], "data"')),
  );
  assert.match(JSON.stringify(failed.outcome.extraction), /"partial".*timeout/);
});

test("REST answers are read with what is bundled with them, and what is not is absent", async () => {
  const reading = await read("bundles.json");
  const one = byNumber(reading, 31);
  assert.deepEqual(one.approvals, [
    { person: "bo", bot: false, via: "review", at: "2026-03-05T09:00:00Z", revision: "9b".repeat(20) },
  ]);
  assert.deepEqual(one.coAuthors, [
    people({ login: { system: "github", login: "cy-n" }, email: "cy@lumen.example" }).id,
  ]);
  assert.equal(one.lastPushedAt, "2026-03-05T07:30:00Z");
  // A run on an earlier revision is none of the merged one's.
  assert.deepEqual(one.checks, [
    { name: "test", outcome: "passed", at: "2026-03-05T07:40:00Z" },
    { name: "cla", outcome: "passed", at: "2026-03-05T07:32:00Z" },
  ]);
  const bare = byNumber(reading, 33);
  assert.deepEqual(["approvals" in bare, "checks" in bare, bare.direct], [false, false, false]);
  assert.deepEqual(
    reading.sink.exclusions.map(({ id }) => id),
    ["lumen/api#32"],
  );
  const lack = reading.outcome.lacks.find(({ field }) => field === "change.approvals");
  assert.equal(lack?.reason, "the export holds no reviews of 1 of 2 changes");
});

test("a list as long as the limit it was saved with may have been cut off", async (t) => {
  const all = JSON.parse(readFileSync(join(folder, "squash-team.json"), "utf8")) as readonly Json[];
  const limited = await read("squash-team.json", { limit: all.length });
  assert.match(
    JSON.stringify(limited.outcome.extraction),
    /"partial".*exactly 14 values, the limit that it was saved with/,
  );
  const many = Array.from({ length: 30 }, (_, index) => ({
    ...(all[0] as JsonObject),
    number: 100 + index,
    mergeCommit: { oid: String(index).padStart(40, "0") },
  }));
  const usual = await read(await saved(t, many));
  assert.match(JSON.stringify(usual.outcome.extraction), /"partial".*may have been cut off/);
  assert.equal((await read(await saved(t, many), { limit: 31 })).outcome.extraction.state, "complete");
});

test("a pull request that stands twice is one change, and the second one is told", async () => {
  const { sink, outcome } = await readWith(
    github,
    { files: ["squash-team.json", "../testdata/squash-team.json"] },
    { folder, person: people },
  );
  assert.equal(new Set(sink.items.map(({ item }) => item.id)).size, sink.items.length);
  assert.equal(
    sink.exclusions.filter(({ reason }) => reason === "it stands in the files a second time").length,
    sink.items.length,
  );
  assert.deepEqual([...sink.files.keys()], ["squash-team.json", "2-squash-team.json"]);
  assert.equal(outcome.rowsRead, sink.items.length + sink.exclusions.length);
});

test("the read covers the time that the files can speak of, and no more", async (t) => {
  const options = { from: "2026-01-01", through: "2026-06-30" };
  const unsaid = await read("squash-team.json", {}, options);
  assert.deepEqual(unsaid.outcome.covers, {
    start: Date.parse("2026-01-01T00:00:00Z"),
    end: Date.parse("2026-02-18T10:00:00Z") + 1,
  });
  const said = await read("squash-team.json", { savedAt: "2026-08-01T00:00:00Z" }, options);
  assert.equal(said.outcome.covers.end, Date.parse("2026-07-01T00:00:00Z"));
  const none = await read(await saved(t, []), {}, options);
  assert.deepEqual([none.sink.items.length, none.outcome.extraction.state], [0, "complete"]);
  assert.equal(none.outcome.covers.end, none.outcome.covers.start);
});
