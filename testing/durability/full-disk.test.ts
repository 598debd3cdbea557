/** A disk that is full or for reading only, and a process that may open no more files (line 14 of the adversarial list). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

const driver = join(import.meta.dirname, "file-driver.ts");

/**
 * A small file system of its own, for root or in a user namespace; every command runs inside it. A remount names the type and
 * the source, too: otherwise mount repeats the options that stand there, and a namespace does not know their uid.
 */
function onSmallDisk(
  t: TestContext,
  script: string,
): { status: number | null; stdout: string; stderr: string } | undefined {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "countersign-disk-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // A mount namespace: what is mounted is gone with its last process.
  const root = process.geteuid?.() === 0;
  const unshare = ["unshare", "--mount", ...(root ? [] : ["--map-root-user"])];
  const possible = spawnSync("unshare", [...unshare.slice(1), "mount", "-t", "tmpfs", "none", folder]);
  if (possible.status !== 0) {
    t.skip("this machine gives no small file system (unshare --mount, tmpfs)");
    return undefined;
  }
  const run = spawnSync(
    "unshare",
    [
      ...unshare.slice(1),
      "sh",
      "-euc",
      script,
      "sh",
      folder,
      process.execPath,
      driver,
      join(import.meta.dirname, "full-disk-check.ts"),
    ],
    { encoding: "utf8", timeout: 120_000 },
  );
  return run;
}

test("a full disk is told in words, and after room is made everything acknowledged is whole and the rest goes on (line 14)", (t) => {
  // Four of 300,000 bytes do not fit into one megabyte; the check prints what stands there, by digest.
  const run = onSmallDisk(
    t,
    `mount -t tmpfs -o size=1m none "$1"; status=0; "$2" "$3" "$1" 4 300000 > "$1.out" || status=$?
     echo "status $status"; echo "acknowledged $(cat "$1.out" | tr '\\n' ' ')"; rm "$1.out"; "$2" "$4" "$1"
     mount -t tmpfs -o remount,size=8m none "$1"; "$2" "$3" "$1" 4 300000; "$2" "$4" "$1"`,
  );
  if (run === undefined) return;
  assert.equal(run.status, 0, run.stderr);
  assert.match(
    run.stderr,
    /a file could not be written\n {2}where {2}\S+\n {2}why {4}the disk is full \(ENOSPC\)\n {2}next/,
  );
  const lines = run.stdout.split("\n");
  assert.equal(lines[0], "status 1");
  const acknowledged = (lines[1] ?? "").replace("acknowledged ", "").split(" ").filter(Boolean);
  assert.ok(acknowledged.length > 0 && acknowledged.length < 4);
  const first = JSON.parse(lines[2] ?? "") as Standing;
  assert.deepEqual(first, { intact: acknowledged.toSorted(), damaged: [], half: 0 });
  const last = JSON.parse(lines.at(-2) ?? "") as Standing;
  assert.deepEqual([last.intact.length, last.damaged, last.half], [4, [], 0]);
});

test("a disk without room for another name, and one for reading only, are told in words (line 14)", (t) => {
  for (const [options, later, reason] of [
    ["nr_inodes=12", "rw", /the disk is full \(ENOSPC\)/],
    ["size=1m", "ro", /for reading only \(EROFS\)/],
  ] as const) {
    const run = onSmallDisk(
      t,
      `mount -t tmpfs -o ${options} none "$1"; "$2" "$3" "$1" 1 1000; mount -t tmpfs -o remount,${later} none "$1"; "$2" "$3" "$1" 4 1000`,
    );
    if (run === undefined) return;
    assert.equal(run.status, 1, run.stderr);
    assert.match(run.stderr, reason);
  }
});

test("a process that may open no more files says so, and what it kept is whole (line 14)", (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "countersign-files-")));
  t.after(() => rmSync(folder, { recursive: true }));
  const script = 'ulimit -n 60; exec "$1" "$2" "$3" 4 1000 100';
  const run = spawnSync("sh", ["-c", script, "sh", process.execPath, driver, folder], { encoding: "utf8" });
  assert.equal(run.status, 1, run.stderr);
  assert.match(run.stderr, /too many files are open in this process \(EMFILE\)/);
  const check = spawnSync(process.execPath, [join(import.meta.dirname, "full-disk-check.ts"), folder], {
    encoding: "utf8",
  });
  const { intact, damaged } = JSON.parse(check.stdout) as Standing;
  assert.deepEqual([intact.toSorted(), damaged], [run.stdout.split("\n").filter(Boolean).toSorted(), []]);
});

type Standing = {
  readonly intact: readonly string[];
  readonly damaged: readonly string[];
  readonly half: number;
};
