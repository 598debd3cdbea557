import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ProblemError } from "@countersign/kernel";
import type { Halt } from "@countersign/application/ports";
import { zipArchives } from "./zip-writer.ts";

/** A latch over a disk whose call number `failing` fails, or none. */
function haltOf(failing?: number): Halt {
  let [calls, stopped] = [0, undefined as Error | undefined];
  const check = (): void => {
    if (stopped !== undefined) throw stopped;
  };
  return {
    check,
    sync(where, call) {
      check();
      if (++calls === failing)
        throw (stopped = new ProblemError({
          code: "sync-failed",
          what: "EIO",
          where,
          next: "look at the disk",
        }));
      call();
    },
  };
}

const python = spawnSync("python3", ["--version"]).status === 0;

async function write(path: string, files: readonly (readonly [string, string])[]): Promise<void> {
  const zip = zipArchives(haltOf()).create(path);
  for (const [name, content] of files) await zip.add(name, Buffer.from(content));
  await zip.finish();
}

test("the same contents give the same bytes, and the order of entries is kept", async () => {
  const directory = mkdtempSync(join(tmpdir(), "countersign-zip-"));
  try {
    const files = [
      ["b.txt", "x".repeat(5000)],
      ["ä/a.json", "{}"],
      ["empty", ""],
    ] as const;
    await write(join(directory, "one.zip"), files);
    await write(join(directory, "two.zip"), files);
    assert.deepEqual(readFileSync(join(directory, "one.zip")), readFileSync(join(directory, "two.zip")));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test(
  "another implementation reads every entry, past 65,535 of them too",
  { skip: python ? false : "no python3 here" },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "countersign-zip-"));
    try {
      const path = join(directory, "many.zip");
      await write(
        path,
        Array.from({ length: 66_000 }, (_, i) => [`f/${i}`, `content ${i}`] as const),
      );
      const script =
        "import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nassert len(z.namelist())==66000\nassert z.read('f/65999')==b'content 65999'";
      const { status, stderr } = spawnSync("python3", ["-c", script, path], { encoding: "utf8" });
      assert.equal(status, 0, stderr);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);

test("after a failed fsync no package is put in place, and no archive is begun any more", async () => {
  const directory = mkdtempSync(join(tmpdir(), "countersign-zip-"));
  try {
    const halt = haltOf(1);
    const [path, next] = [join(directory, "one.zip"), join(directory, "two.zip")];
    const zip = zipArchives(halt).create(path);
    await zip.add("a.txt", Buffer.from("a"));
    await assert.rejects(zip.finish(), /EIO/);
    assert.equal(existsSync(path), false);
    // Neither the one that was begun, nor another one.
    await assert.rejects(zip.finish(), /EIO/);
    zip.discard();
    assert.throws(() => zipArchives(halt).create(next), /EIO/);
    assert.equal(existsSync(`${next}.partial`), false);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a folder whose names did not reach the disk is told, and the package is not called written", async () => {
  const directory = mkdtempSync(join(tmpdir(), "countersign-zip-"));
  try {
    const zip = zipArchives(haltOf(2)).create(join(directory, "one.zip"));
    await assert.rejects(zip.finish(), /EIO/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
