import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { zipArchives } from "./zip-writer.ts";

const python = spawnSync("python3", ["--version"]).status === 0;

async function write(path: string, files: readonly (readonly [string, string])[]): Promise<void> {
  const zip = zipArchives.create(path);
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
