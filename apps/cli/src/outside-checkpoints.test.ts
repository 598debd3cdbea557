import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ProblemError } from "@countersign/kernel";
import { newHalt } from "@countersign/store";
import { homeAt } from "./home.ts";
import { outsideCheckpoints } from "./outside-checkpoints.ts";

test("a kept checkpoint that cannot be read is told in words, with its path", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "outside-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const home = homeAt(folder);
  const newest = join(home.program, "checkpoints", "newest");
  // Of all the ways in which a read fails, the one that fails for every user.
  mkdirSync(newest, { recursive: true });
  assert.throws(
    () => outsideCheckpoints(home, newHalt()).write("a note"),
    (error) =>
      error instanceof ProblemError &&
      error.problems[0]?.code === "checkpoint-unread" &&
      error.problems[0].where === newest &&
      error.problems[0].why === "the system says EISDIR",
  );
});
