import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openKeyRing } from "./key-files.ts";

function inDirectory(work: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "countersign-keys-"));
  try {
    work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("the first key is made once, is the same afterwards, and only its owner can read it", () => {
  inDirectory((directory) => {
    const first = openKeyRing(directory).first("log");
    const again = openKeyRing(directory);
    assert.equal(again.first("log"), first);
    assert.deepEqual(again.privateKeys("log"), [first]);
    assert.deepEqual(again.privateKeys("attestation"), []);
    assert.deepEqual(readdirSync(directory), ["log.pem"]);
    assert.equal(statSync(join(directory, "log.pem")).mode & 0o777, 0o600);
  });
});

test("a key that others can read, that is another user's, or that is damaged is refused", () => {
  inDirectory((directory) => {
    openKeyRing(directory).first("log");
    const path = join(directory, "log.pem");
    const open = () => openKeyRing(directory).privateKeys("log");
    chmodSync(path, 0o644);
    assert.throws(open, /can be read by others/);
    chmodSync(path, 0o600);
    writeFileSync(path, "not a key");
    assert.throws(open, /damaged/);
  });
});

const root = process.geteuid?.() === 0 && process.seteuid !== undefined;

test(
  "a key that belongs to another user is refused to an ordinary user",
  { skip: root ? false : "needs root to make one" },
  () => {
    inDirectory((directory) => {
      openKeyRing(directory).first("log");
      chownSync(join(directory, "log.pem"), 65_533, 65_533);
      chmodSync(directory, 0o777);
      process.seteuid?.(65_534);
      try {
        assert.throws(() => openKeyRing(directory).privateKeys("log"), /belongs to another user/);
      } finally {
        process.seteuid?.(0);
      }
    });
  },
);

test("a second key stands beside the first, is seen by whoever opened the folder before, and can go", () => {
  inDirectory((directory) => {
    const opened = openKeyRing(directory);
    const first = opened.first("log");
    const other = openKeyRing(directory);
    const second = other.make("log");
    assert.deepEqual(new Set(opened.privateKeys("log")), new Set([first, second]));
    for (const name of readdirSync(directory))
      assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600);
    other.remove("log", first, "deleted");
    assert.deepEqual(opened.privateKeys("log"), [second]);
    assert.equal(opened.first("log"), second, "no new first key in its place");
    other.remove("log", second, "kept");
    assert.deepEqual(opened.privateKeys("log"), []);
    const [name = ""] = readdirSync(directory);
    assert.match(name, /^log-[0-9a-f]{16}\.kept\.pem$/);
    assert.equal(readFileSync(join(directory, name), "utf8"), second);
  });
});

test("a half-made key of a killed process with the same pid does not stop the making of the next", () => {
  inDirectory((directory) => {
    writeFileSync(join(directory, `log.pem.${process.pid}.new`), "half");
    const ring = openKeyRing(directory);
    const made = ring.first("log");
    assert.deepEqual(ring.privateKeys("log"), [made]);
  });
});
