import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TimeZone } from "@countersign/kernel";
import { GitHistory } from "./git.ts";

const ada = { name: "Ada Example", email: "ada@lumen.example" };

function inGit(work: (git: (args: readonly string[], input?: string) => string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "sample-git-"));
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_DEFAULT_HASH: "sha1",
  };
  try {
    work((args, input = "") =>
      execFileSync("git", ["-C", folder, ...args], { env, input, encoding: "utf8" }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("git gives every commit the id that was foreseen, whatever order its files sort in", () => {
  const history = new GitHistory("America/New_York" as TimeZone);
  // "a.txt" sorts before the folder "a", which sorts as "a/", and that before "a0".
  const paths = ["README.md", "a/one.txt", "a.txt", "a0", "a/two.txt", "a/one.txt"];
  const ids = paths.map((path, index) =>
    history.add({
      author: ada,
      authoredAt: Date.UTC(2025, 9 + (index % 3), 28, 12, index),
      committer: { name: "Forge", email: "noreply@forge.example" },
      committedAt: Date.UTC(2025, 10, 1 + index),
      message: index === 2 ? "Title\n\nBody – with a dash\n" : `Change ${index}`,
      path,
      content: `${index}\n`,
    }),
  );
  inGit((git) => {
    git(["init", "-q", "--bare", "-b", "main", "."]);
    git(["fast-import", "--quiet"], history.stream());
    assert.deepEqual(git(["rev-list", "--reverse", "main"]).trim().split("\n"), ids);
    assert.equal(history.head, ids.at(-1));
    assert.equal(history.commits, paths.length);
    assert.equal(git(["fsck", "--strict"]), "");
    assert.equal(git(["show", "main:a/one.txt"]), "5\n");
    // The writer's own offset: summer time in October, not in December.
    assert.equal(
      git(["log", "--reverse", "--format=%ai", "main"]).split("\n")[0],
      "2025-10-28 08:00:00 -0400",
    );
    assert.match(git(["log", "--format=%ai", "-1", "main"]), /-0500$/m);
    assert.equal(git(["log", "--format=%B", "-1", ids[2] ?? ""]).trim(), "Title\n\nBody – with a dash");
  });
});
