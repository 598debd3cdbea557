/** A power cut after any call, with what was not synced lost or kept in any order (line 16 of the adversarial list). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { needsTool } from "../outside-tools.ts";
import { cutPower, stepsOf, type Step } from "./disk-model.ts";
import { ACKNOWLEDGE } from "./file-driver.ts";
import { choicesFrom, readSeed } from "./random.ts";

const CUTS = process.env["COUNTERSIGN_DURABILITY"] === "full" ? 200_000 : 5_000;

/** Names that nobody takes for a whole file. */
const HALF = /\/blobs\/tmp\/|\.new$/;

type Recorded = { readonly root: string; readonly steps: readonly Step[] };

/** Two runs on one folder: the first is killed before a name that it gave is on disk, the second keeps the same bytes. */
function record(t: TestContext): Recorded {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "countersign-power-")));
  t.after(() => rmSync(root, { recursive: true }));
  const run = (more: readonly string[]): readonly Step[] => {
    const log = join(root, "trace");
    const calls = "openat,write,pwrite64,fsync,fdatasync,mkdir,link,rename,unlink,rmdir";
    spawnSync(
      "strace",
      [
        "-y",
        "-o",
        log,
        "-e",
        `trace=${calls}`,
        ...more,
        process.execPath,
        join(import.meta.dirname, "file-driver.ts"),
        root,
      ],
      { encoding: "utf8" },
    );
    return stepsOf(readFileSync(log, "utf8"), ACKNOWLEDGE).filter((step) => step.path.startsWith(root));
  };
  const killed = run(["-e", "inject=unlink:signal=KILL:when=2"]);
  const whole = run([]);
  assert.equal(whole.filter((step) => step.kind === "acknowledge").length, 8);
  assert.ok(killed.length > 0 && killed.filter((step) => step.kind === "acknowledge").length < 4);
  return { root, steps: [...killed, ...whole] };
}

/** What is wrong after power was cut at many places: what was acknowledged and is gone, or stands there torn. */
function losses({ root, steps }: Recorded, seed: number): Set<string> {
  const choices = choicesFrom(seed);
  const found = new Set<string>();
  for (let cut = 0; cut < CUTS; cut++) {
    const { files, acknowledged } = cutPower(steps.slice(0, choices.below(steps.length + 1)), root, choices);
    for (const path of acknowledged) if (files.get(path) !== "whole") found.add(`lost: ${path}`);
    // What has its final name is taken for whole, acknowledged or not.
    for (const [path, state] of files) if (state === "torn" && !HALF.test(path)) found.add(`torn: ${path}`);
  }
  return found;
}

test("a power cut after any call loses no file that was acknowledged and leaves no half one under its name (line 16)", (t) => {
  if (!needsTool(t, "strace")) return;
  const recorded = record(t);
  const seed = readSeed();
  t.diagnostic(`COUNTERSIGN_DURABILITY_SEED=${seed}; ${recorded.steps.length} calls, ${CUTS} cuts`);
  assert.deepEqual([...losses(recorded, seed)], []);
  // The control: the same calls without one kind of sync.
  const without = (which: (step: Step) => boolean): Recorded => ({
    ...recorded,
    steps: recorded.steps.filter((step) => step.kind !== "sync" || !which(step)),
  });
  const ofFile = (step: Step): boolean => HALF.test(step.path);
  const inSecondRun = new Set(
    recorded.steps.slice(recorded.steps.findIndex((step) => step.kind === "acknowledge")),
  );
  assert.ok([...losses(without(ofFile), seed)].some((words) => words.startsWith("torn")));
  assert.ok(
    [
      ...losses(
        without((step) => !ofFile(step)),
        seed,
      ),
    ].some((words) => words.startsWith("lost")),
  );
  // The second run finds a name that nobody has put on disk: without its own sync it would acknowledge what is not there.
  assert.ok(
    losses(
      without((step) => !ofFile(step) && inSecondRun.has(step)),
      seed,
    ).size > 0,
  );
  for (const folder of ["workspace", "beside"])
    assert.ok(
      [
        ...losses(
          without((step) => step.path === recorded.root),
          seed,
        ),
      ].some((words) => words.includes(folder)),
      `without the folder above ${folder}`,
    );
});
