import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { emptyRepository, runGit } from "../test-support/git-repository.ts";
import { readWith, type Reading } from "../test-support/memory-sink.ts";
import { git } from "./index.ts";

const history = join(import.meta.dirname, "../../../../../shared/fixtures/git/golang-tools.fast-import");
const skip = existsSync(history) ? false : "the shared fixtures are not beside this checkout";

type Change = {
  readonly id: string;
  readonly author: string;
  readonly approvals?: readonly { readonly person: string }[];
  readonly checks?: readonly { readonly name: string; readonly outcome: string }[];
  readonly bypasses: readonly { readonly name: string; readonly by?: string }[];
};

describe("a year of golang/tools", { skip }, () => {
  let folder = "";
  const read = async (from: string, through: string): Promise<Reading> =>
    readWith(git, { repositories: [{ name: "tools", path: folder, branches: ["main"] }] }, { from, through });
  const changes = ({ sink }: Reading): readonly Change[] =>
    sink.items.map(({ item }) => item as unknown as Change);

  const clean: (() => void)[] = [];
  after(() => clean.forEach((one) => one()));
  before(() => {
    folder = emptyRepository({ after: (one) => clean.push(one) });
    runGit(folder, ["fast-import", "--quiet"], readFileSync(history));
  });

  test("819 changes, each approved, 817 of them by somebody other than the author", async () => {
    const reading = await read("2025-07-01", "2026-06-30");
    const all = changes(reading);
    assert.equal(all.length, 819);
    assert.equal(all.filter((change) => change.approvals !== undefined).length, 819);
    const alone = all.filter((change) =>
      change.approvals?.every((approval) => approval.person === change.author),
    );
    assert.equal(alone.length, 2);
    assert.equal(reading.outcome.extraction.state, "complete");
    assert.match(
      JSON.stringify(reading.outcome.extraction),
      /1,209 first-parent commits .* 819 of them were committed in the window/,
    );
  });

  test("805 passed the trybot; the 14 others were let through, ten of them by their author", async () => {
    const all = changes(await read("2025-07-01", "2026-06-30"));
    const passed = all.filter((change) =>
      change.checks?.some((check) => check.name === "LUCI-TryBot-Result" && check.outcome === "passed"),
    );
    assert.equal(passed.length, 805);
    const others = all.filter((change) => change.checks === undefined);
    assert.equal(others.length, 14);
    const given = others.map(
      (change) => change.bypasses.find((bypass) => bypass.name === "TryBot-Bypass")?.by,
    );
    assert.ok(given.every((by) => by !== undefined));
    assert.equal(others.filter((change, index) => given[index] === change.author).length, 10);
  });

  test("moving the window by a day moves exactly the changes of that day at either end", async () => {
    const ids = async (from: string, through: string): Promise<ReadonlySet<string>> =>
      new Set(changes(await read(from, through)).map((change) => change.id));
    const year = await ids("2025-07-01", "2026-06-30");
    const later = await ids("2025-07-02", "2026-07-01");
    assert.deepEqual(year.difference(later), await ids("2025-07-01", "2025-07-01"));
    assert.deepEqual(later.difference(year), await ids("2026-07-01", "2026-07-01"));
  });
});
