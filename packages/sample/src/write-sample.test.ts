import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ProblemError } from "@countersign/kernel";
import { defaultSample } from "./test-support/default-sample.ts";
import { writeSample } from "./write-sample.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sample with spaces "));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const codeOf = (code: string) => (error: unknown) =>
  error instanceof ProblemError && error.problems[0]?.code === code;

test("real git takes in both histories, whole and with the commits that the reviews name", () =>
  inFolder(async (folder) => {
    const sample = defaultSample();
    await writeSample(sample, folder);
    for (const file of sample.files)
      assert.deepEqual(readFileSync(join(folder, file.path)), Buffer.from(file.bytes), file.path);
    for (const repository of sample.repositories) {
      const git = (...args: string[]) =>
        execFileSync("git", ["-C", join(folder, repository.path), ...args], { encoding: "utf8" });
      assert.equal(git("fsck", "--strict"), "");
      assert.equal(git("symbolic-ref", "HEAD").trim(), "refs/heads/main");
      const own = sample.records.changes.filter((change) => change.repository === repository.name);
      const log = git("log", "--first-parent", "--reverse", "--format=%H %ct", "main").trim().split("\n");
      assert.equal(log.length, repository.commits);
      assert.deepEqual(
        log.slice(1),
        own.map((change) => `${change.revision} ${change.mergedAt / 1000}`),
      );
      assert.match(git("show", "main:README.md"), /invented/);
    }
  }));

test("nothing is written over what stands there already", () =>
  inFolder(async (folder) => {
    mkdirSync(join(folder, "exports"));
    mkdirSync(join(folder, "exports", "pulls.json"));
    await assert.rejects(writeSample(defaultSample(), folder), codeOf("sample/in-the-way"));
    assert.equal(existsSync(join(folder, "countersign")), false);
  }));

test("without git, and with a history that git refuses, the problem says so", () =>
  inFolder(async (folder) => {
    const broken = {
      files: [],
      repositories: [{ path: "a.git", fastImport: "no such command\n", head: "0".repeat(40) }],
    };
    await assert.rejects(writeSample(broken, join(folder, "refused")), codeOf("sample/git-refused"));
    const [repository] = defaultSample().repositories;
    assert.ok(repository !== undefined);
    const other = { files: [], repositories: [{ ...repository, head: "0".repeat(40) }] };
    await assert.rejects(writeSample(other, join(folder, "other")), codeOf("sample/other-history"));
    const path = process.env["PATH"];
    process.env["PATH"] = folder;
    try {
      await assert.rejects(writeSample(broken, join(folder, "none")), codeOf("sample/no-git"));
    } finally {
      process.env["PATH"] = path;
    }
  }));
