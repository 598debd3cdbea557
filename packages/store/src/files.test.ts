import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { digestOf, hexOf } from "@countersign/kernel";
import { ListSealer, sealLine } from "@countersign/ledger";
import { openBlobFiles } from "./blob-files.ts";
import { SortingListWriter } from "./list-writer.ts";

function inDirectory(work: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "countersign-files-"));
  try {
    work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("a blob is what was written, whole, in ranges and in pieces; a changed one is found", () => {
  inDirectory((directory) => {
    const blobs = openBlobFiles(directory, randomUUID);
    const bytes = Buffer.alloc(3_000_000, "abcdefg");
    const writer = blobs.create();
    // Below and above what a writer holds before it writes.
    const steps = [1, 20_001, 9, 300_001, 1_500_001, 700_001];
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const piece = Buffer.from(bytes.subarray(at, at + (steps[i % steps.length] ?? 1)));
      assert.deepEqual(writer.write(piece), { offset: at, length: piece.length });
      at += piece.length;
      piece.fill(0); // the caller's own again
    }
    const { digest, size } = writer.finish();
    assert.deepEqual([digest, size], [digestOf(bytes), bytes.length]);
    assert.deepEqual(Buffer.from(blobs.read(digest)), bytes);
    assert.deepEqual(Buffer.concat([...blobs.stream(digest)]), bytes);
    assert.deepEqual(
      Buffer.from(blobs.readRange(digest, 1_234_567, 89)),
      bytes.subarray(1_234_567, 1_234_656),
    );
    assert.equal(blobs.check(digest), "intact");
    writeFileSync(join(directory, hexOf(digest).slice(0, 2), hexOf(digest)), "other");
    assert.equal(blobs.check(digest), "damaged");
    assert.equal(blobs.check(digestOf("never")), "missing");
    assert.throws(() => blobs.read(digestOf("never")), /cannot be read/);
    assert.throws(() => blobs.read("sha256:../../etc/passwd" as never), TypeError);
  });
});

test("the same bytes twice are one blob, and what was discarded leaves nothing", () => {
  inDirectory((directory) => {
    const blobs = openBlobFiles(directory, randomUUID);
    assert.deepEqual(blobs.put(Buffer.from("a")), blobs.put(Buffer.from("a")));
    const writer = blobs.create();
    writer.write(Buffer.from("half"));
    writer.discard();
    assert.deepEqual(readdirSync(join(directory, "tmp")), []);
  });
});

test("a blob under a salt is named by the commitment, gives back its own bytes, and is checked with its salt", () => {
  inDirectory((directory) => {
    const blobs = openBlobFiles(directory, randomUUID);
    const salt = "00112233445566778899aabbccddeeff";
    const bytes = Buffer.alloc(2_500_001, "Ada,");
    const writer = blobs.create(salt);
    for (let at = 0; at < bytes.length; at += 300_007) {
      const piece = bytes.subarray(at, at + 300_007);
      assert.deepEqual(writer.write(piece), { offset: at, length: piece.length });
    }
    const { digest, size } = writer.finish();
    assert.deepEqual([digest, size], [digestOf(salt + bytes.toString()), bytes.length]);
    assert.deepEqual(blobs.put(bytes, salt), { digest, size });
    assert.equal(blobs.saltOf(digest), salt);
    assert.deepEqual(Buffer.from(blobs.read(digest)), bytes);
    assert.deepEqual(Buffer.concat([...blobs.stream(digest)]), bytes);
    assert.deepEqual(
      Buffer.from(blobs.readRange(digest, 1_234_567, 8)),
      bytes.subarray(1_234_567, 1_234_575),
    );
    assert.equal(blobs.check(digest), "intact");
    assert.notEqual(blobs.put(bytes).digest, digest);
    const empty = blobs.put(Buffer.alloc(0), salt);
    assert.deepEqual(
      [empty.size, blobs.read(empty.digest).length, blobs.check(empty.digest)],
      [0, 0, "intact"],
    );
    const path = join(directory, hexOf(digest).slice(0, 2), `${hexOf(digest)}.salted`);
    writeFileSync(path, `${salt.replace("0", "1")}${bytes.toString()}`);
    assert.equal(blobs.check(digest), "damaged");
    writeFileSync(path, "not a salt");
    assert.equal(blobs.check(digest), "damaged");
    assert.throws(() => blobs.create("abc"), TypeError);
  });
});

test("what a killed process left half-written is removed a day later, and nothing that is being written", () => {
  inDirectory((directory) => {
    const writer = openBlobFiles(directory, randomUUID).create();
    const abandoned = join(directory, "tmp", randomUUID());
    writeFileSync(abandoned, "half");
    const yesterday = Date.now() / 1000 - 25 * 3600;
    utimesSync(abandoned, yesterday, yesterday);
    openBlobFiles(directory, randomUUID);
    assert.equal(existsSync(abandoned), false);
    writer.write(Buffer.from("whole"));
    assert.deepEqual(writer.finish(), { digest: digestOf("whole"), size: 5 });
  });
});

test("a list comes out sorted by the bytes of its ids, whatever the order and however often it spilled", () => {
  inDirectory((directory) => {
    const blobs = openBlobFiles(directory, randomUUID);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: "grapheme" }), { maxLength: 40 }),
        fc.constantFrom(1, 50, 1 << 20),
        (ids, runBytes) => {
          const writer = new SortingListWriter(blobs, join(directory, "tmp"), randomUUID, runBytes);
          for (const id of ids) writer.add(id, sealLine({ id }, "00"));
          const list = writer.finish();
          const lines = Buffer.concat([...blobs.stream(list.digest)])
            .toString()
            .split("\n")
            .slice(0, -1);
          const expected = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
          assert.deepEqual(
            lines.map((line) => (JSON.parse(line) as { item: { id: string } }).item.id),
            expected,
          );
          assert.equal(list.count, ids.length);
        },
      ),
      { numRuns: 60 },
    );
    assert.deepEqual(readdirSync(join(directory, "tmp")), []);
  });
});

test("lines of any length and script come out as they went in", () => {
  inDirectory((directory) => {
    const blobs = openBlobFiles(directory, randomUUID);
    for (const runBytes of [1, 3_000_000, 1 << 30]) {
      const writer = new SortingListWriter(blobs, join(directory, "tmp"), randomUUID, runBytes);
      const sealer = new ListSealer();
      const lines = Array.from({ length: 60 }, (_, i) =>
        sealLine({ id: String(i).padStart(3, "0"), text: "aé€😀".repeat(i * i * 20) }, "00"),
      );
      for (const line of [...lines].reverse()) {
        const { item } = JSON.parse(line) as { item: { id: string } };
        writer.add(item.id, line);
      }
      const expected = Buffer.concat(lines.map((line) => sealer.add(line)));
      const list = writer.finish();
      assert.deepEqual(list, sealer.finish());
      assert.ok(Buffer.concat([...blobs.stream(list.digest)]).equals(expected));
    }
  });
});

test("a list with two items of one id is refused and leaves nothing", () => {
  inDirectory((directory) => {
    const blobs = openBlobFiles(directory, randomUUID);
    const writer = new SortingListWriter(blobs, join(directory, "tmp"), randomUUID, 10);
    for (const id of ["b", "a", "b"]) writer.add(id, sealLine({ id }, "00"));
    assert.throws(() => writer.finish(), /two items have the id "b"/);
    assert.deepEqual(readdirSync(join(directory, "tmp")), []);
  });
});
