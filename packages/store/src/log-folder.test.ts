import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ProblemError } from "@countersign/kernel";
import { newHalt } from "./halt.ts";
import { openLogFolder, readLogFolder } from "./log-folder.ts";

function inFolder(work: (folder: string) => void): void {
  const base = mkdtempSync(join(tmpdir(), "countersign-log-"));
  try {
    work(join(base, "log"));
  } finally {
    rmSync(base, { recursive: true });
  }
}

function put(folder: string, path: string, bytes: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

test("what was added is there once, and a file that is there is never written again", () => {
  inFolder((folder) => {
    const log = openLogFolder(folder);
    assert.deepEqual([...log.list()], [], "a folder that is not there is empty");
    assert.equal(log.add("tile/0/x001/234", Buffer.from("hash")), true);
    assert.equal(log.add("tile/0/x001/234", Buffer.from("other")), false);
    log.settle();
    log.publish("note one\n");
    log.publish("note\n");
    assert.deepEqual([...log.list()].sort(), ["checkpoint", "tile/0/x001/234"]);
    assert.equal(Buffer.from(log.read("tile/0/x001/234") ?? []).toString(), "hash");
    assert.equal(readFileSync(join(folder, "checkpoint"), "utf8"), "note\n");
    assert.equal(log.read("tile/0/x001/235"), undefined);
    assert.equal(log.read("tile/0/x001"), undefined, "a folder is no file");
    assert.throws(() => log.add("../outside", Buffer.from("x")), TypeError);
    assert.throws(() => log.add("checkpoint", Buffer.from("x")), TypeError);
  });
});

test("what an interrupted write left is no file of the log to who writes it, one to who checks it, and goes when it is tidied", () => {
  inFolder((folder) => {
    put(folder, "tile/0/000.4242.new", "half");
    put(folder, "checkpoint.7.new", "half");
    put(folder, "notes.7.new", "somebody's own");
    const log = openLogFolder(folder);
    assert.deepEqual([...log.list()], ["notes.7.new"]);
    assert.equal([...readLogFolder(folder).list()].length, 3);
    log.tidy();
    assert.deepEqual([...readLogFolder(folder).list()], ["notes.7.new"]);
  });
});

test("links are named and not followed, and no more is read of a file than a log's can have", () => {
  inFolder((folder) => {
    put(folder, "tile/0/000", "true");
    put(folder, "secret", "not for a log");
    symlinkSync(join(folder, "secret"), join(folder, "tile/0/001"));
    symlinkSync(join(folder, "tile"), join(folder, "linked"));
    const log = readLogFolder(folder);
    assert.deepEqual([...log.list()].sort(), ["linked", "secret", "tile/0/000", "tile/0/001"]);
    assert.equal(log.read("tile/0/001"), undefined);
    assert.equal(log.read("linked/0/000"), undefined);
    truncateSync(join(folder, "secret"), 100 << 20);
    assert.equal(log.read("secret")?.length, 256 * 65_537 + 1);
    assert.equal(
      openLogFolder(folder).add("tile/0/001", Buffer.from("x")),
      false,
      "nothing is written through it",
    );
    assert.equal(statSync(join(folder, "secret")).size, 100 << 20);
  });
});

test("after a failed fsync nothing more is written", () => {
  inFolder((folder) => {
    const halt = newHalt();
    const log = openLogFolder(folder, halt);
    log.add("tile/0/000", Buffer.from("hash"));
    assert.throws(() => {
      halt.sync("somewhere", () => {
        throw Object.assign(new Error("lost"), { code: "EIO" });
      });
    }, ProblemError);
    assert.throws(() => log.add("tile/0/001", Buffer.from("hash")), /did not keep/);
    assert.throws(() => {
      log.settle();
    }, /did not keep/);
    assert.throws(() => {
      log.publish("note\n");
    }, /did not keep/);
    assert.equal(existsSync(join(folder, "checkpoint")), false);
  });
});
