import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openCheckpoint, parseCheckpointUnsafe, signCheckpoint } from "./checkpoint.ts";
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  rootAt,
  verifyConsistency,
  verifyInclusion,
} from "./merkle.ts";
import { testKey } from "./testing/keys.ts";
import { sourceOf, tiledLog, tiledLogKey, type TiledFiles } from "./testing/tiled.ts";
import { encodeEntries, tileReader } from "./tiles.ts";
import { tilePath, widthAt } from "./tile-path.ts";
import { verifyTiledLog, type TiledLogReport } from "./verify-tiled-log.ts";

function judge(files: TiledFiles): TiledLogReport {
  return verifyTiledLog(sourceOf(files), (note) => openCheckpoint(note, tiledLogKey.verifier));
}

function faultsOf(files: TiledFiles): string[] {
  return judge(files).faults.map(({ code, path, message }) => `${code} ${path}: ${message}`);
}

/** A copy with one thing changed; Buffers are shared, so a change replaces them. */
function changed(files: TiledFiles, path: string, change: (bytes: Buffer) => Buffer | undefined): TiledFiles {
  const copy = new Map(files);
  const bytes = change(Buffer.from(files.get(path) ?? ""));
  if (bytes === undefined) copy.delete(path);
  else copy.set(path, bytes);
  return copy;
}

const flip = (at: number) => (bytes: Buffer) => {
  bytes[at]! ^= 0x10;
  return bytes;
};

const small = tiledLog(700);
const large = tiledLog(66_000);

test("whole logs of every size around the borders are whole, and every entry is proven", () => {
  for (const size of [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 700]) {
    const report = judge(tiledLog(size));
    assert.deepEqual(report.faults, [], `${size}`);
    assert.equal(report.provenEntries, size);
    assert.equal(report.checkpoint?.size, size);
  }
  for (const files of [large, tiledLog(65_535), tiledLog(65_536), tiledLog(65_537), tiledLog(70_000)]) {
    const report = judge(files);
    assert.deepEqual([report.faults, report.unproven], [[], []]);
  }
});

test("proofs can be made from tiles alone", () => {
  const read = tileReader(({ level, index }) => {
    const width = widthAt({ kind: "hashes", level, index }, 66_000);
    return large.get(tilePath({ kind: "hashes", level, index, width })) ?? new Uint8Array();
  });
  const root = rootAt(66_000, read);
  for (const index of [0, 255, 256, 65_535, 65_536, 65_999]) {
    const leaf = leafHash(Buffer.from(`entry ${index}`));
    assert.ok(verifyInclusion(leaf, index, 66_000, inclusionProof(index, 66_000, read), root));
  }
  for (const older of [1, 255, 256, 257, 65_535, 65_536, 65_537, 66_000]) {
    const proof = consistencyProof(older, 66_000, read);
    assert.ok(verifyConsistency(older, 66_000, rootAt(older, read), root, proof));
  }
});

test("a flipped bit in any one file is found, with its place, and every other entry is still proven", () => {
  const paths = [...small.keys()].filter((path) => path !== "checkpoint");
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.nat(), (path, at) => {
      const files = changed(small, path, (bytes) => flip(at % bytes.length)(bytes));
      const report = judge(files);
      const hit = report.faults.find((fault) => fault.path === path);
      assert.ok(hit !== undefined, `${path} byte ${at}`);
      // A tile is a copy, so nothing is lost; of a bundle, a length takes what is behind it along.
      if (!path.startsWith("tile/entries/")) assert.equal(report.provenEntries, 700);
      else if (hit.code === "entry") assert.equal(report.provenEntries, 699);
      else assert.ok(report.provenEntries >= 700 - 256);
    }),
    { numRuns: 60 },
  );
});

test("each damage is named as what it is", () => {
  const bundle = "tile/entries/001";
  const entry300 = encodeEntries(
    Array.from({ length: 44 }, (_, i) => Buffer.from(`entry ${256 + i}`)),
  ).length;
  const cases: readonly (readonly [TiledFiles, readonly string[], number])[] = [
    [
      changed(small, bundle, flip(entry300 + 2)),
      ["entry tile/entries/001: entry 300 is not the one that the tree has"],
      699,
    ],
    [
      changed(small, "tile/0/001", flip(44 * 32)),
      ["tile-hash tile/0/001: hash 44 is not that of the tree"],
      700,
    ],
    [
      changed(small, "tile/1/000.p/2", flip(32)),
      ["tile-hash tile/1/000.p/2: hash 1 is not that of the tree"],
      700,
    ],
    [
      changed(small, "tile/0/002.p/188", flip(187 * 32)),
      ["tile-hash tile/0/002.p/188: hash 187 is not that of the tree"],
      700,
    ],
    [changed(small, bundle, () => undefined), [`file-missing ${bundle}: not here`], 700 - 256],
    [changed(small, "tile/0/001", () => undefined), ["file-missing tile/0/001: not here"], 700],
    [
      changed(small, "tile/0/001", (b) => b.subarray(0, 8000)),
      ["tile-size tile/0/001: 8000 bytes, not 8192"],
      700,
    ],
    [
      changed(small, "tile/0/002.p/188", (b) => Buffer.concat([b, Buffer.alloc(32)])),
      ["tile-size tile/0/002.p/188: 6048 bytes, not 6016"],
      700,
    ],
    [
      changed(small, "tile/0/002.p/187", () => Buffer.alloc(187 * 32)),
      ["partial tile/0/002.p/187: not the beginning of the tile that came after it"],
      700,
    ],
    [
      changed(small, "tile/0/002.p/189", () => Buffer.alloc(189 * 32)),
      ["file-unknown tile/0/002.p/189: not a file of a log of this size"],
      700,
    ],
    [
      changed(small, "readme", () => Buffer.alloc(1)),
      ["file-unknown readme: not a file of a log of this size"],
      700,
    ],
    [
      changed(small, "tile/0/x000/000", () => Buffer.alloc(8192)),
      ["file-unknown tile/0/x000/000: not a file of a log of this size"],
      700,
    ],
    [
      changed(small, "tile/entries/002.p/188", (b) => Buffer.concat([b, Buffer.from([0])])),
      ["bundle tile/entries/002.p/188: cut off in entry 188, at byte 2068"],
      700,
    ],
    [
      changed(small, "tile/entries/002.p/188", (b) => Buffer.concat([b, Buffer.from([0, 0])])),
      ["bundle tile/entries/002.p/188: 189 entries, not 188"],
      700,
    ],
    [changed(small, "checkpoint", () => undefined), ["file-missing checkpoint: there is no checkpoint"], 0],
  ];
  for (const [files, expected, proven] of cases) {
    assert.deepEqual(faultsOf(files), expected);
    assert.equal(judge(files).provenEntries, proven, expected[0]);
  }
});

test("partial tiles of earlier sizes may stay, as long as they say what the later ones say", () => {
  const files = new Map(small);
  files.set("tile/0/000.p/7", small.get("tile/0/000")!.subarray(0, 7 * 32));
  files.set("tile/1/000.p/1", small.get("tile/1/000.p/2")!.subarray(0, 32));
  files.set("tile/entries/000.p/7", tiledLog(7).get("tile/entries/000.p/7")!);
  assert.deepEqual(faultsOf(files), []);
  files.set("tile/entries/000.p/6", tiledLog(7).get("tile/entries/000.p/7")!);
  assert.equal(judge(files).faults[0]?.code, "partial");
});

test("a dropped, added, changed, swapped or moved entry is found, though its tile was written anew with it", () => {
  const entries = Array.from({ length: 700 }, (_, i) => Buffer.from(`entry ${i}`));
  const checkpoint = small.get("checkpoint")!;
  const variants = [
    entries.toSpliced(300, 1),
    entries.toSpliced(300, 0, Buffer.from("one more")),
    entries.with(300, Buffer.from("another")),
    entries.with(300, entries[301]!).with(301, entries[300]!),
    entries.slice(0, 699),
    entries.with(699, entries[698]!),
  ];
  for (const variant of variants) {
    const files = tiledLog(variant.length, (i) => variant[i] ?? Buffer.alloc(0));
    files.set("checkpoint", checkpoint);
    const report = judge(files);
    assert.ok(report.faults.length > 0);
    assert.ok(report.provenEntries < 700);
  }
});

test("a tile and a bundle that are damaged in different places are both settled by the root above", () => {
  const files = changed(changed(small, "tile/0/001", flip(7)), "tile/entries/001", flip(40));
  assert.deepEqual(
    judge(files).faults.map(({ code, path }) => `${code} ${path}`),
    ["tile-hash tile/0/001", "entry tile/entries/001"],
  );
  assert.equal(judge(files).provenEntries, 699);
});

test("an upper tile that is gone is made up for by what is below it", () => {
  for (const path of ["tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"]) {
    const report = judge(changed(large, path, () => undefined));
    assert.deepEqual(
      report.faults.map((fault) => fault.path),
      [path],
    );
    assert.equal(report.provenEntries, 66_000);
  }
});

test("an entry whose bytes look like a node of the tree does not become one", () => {
  const two = tiledLog(2);
  const node = Buffer.concat([Buffer.from([1]), two.get("tile/0/000.p/2")!]);
  const files = tiledLog(1, () => node);
  const { root } = judge(two).checkpoint!;
  const forged = signCheckpoint({ origin: tiledLogKey.verifier.name, size: 1, root }, tiledLogKey.pem);
  files.set("checkpoint", Buffer.from(forged));
  assert.equal(judge(files).provenEntries, 0);
});

test("nothing is proven under a checkpoint that nobody trusted signed, and the files are looked at all the same", () => {
  const thief = testKey(tiledLogKey.verifier.name, "ed25519", "thief");
  const head = parseCheckpointUnsafe(small.get("checkpoint")!);
  assert.ok(head.ok);
  const note = signCheckpoint(head.value, thief.pem);
  const forged = changed(small, "checkpoint", () => Buffer.from(note));
  const files = changed(forged, "tile/0/001", flip(0));
  const report = judge(files);
  assert.equal(report.checkpoint, undefined);
  assert.equal(report.provenEntries, 0);
  assert.deepEqual(report.unproven, [{ start: 0, end: 700 }]);
  assert.equal(report.faults[0]?.code, "checkpoint");
  assert.ok(report.faults.length > 1);
});

test("a checkpoint that claims more than anybody could hold is refused in no time", () => {
  const head = parseCheckpointUnsafe(small.get("checkpoint")!);
  assert.ok(head.ok);
  const size = Number.MAX_SAFE_INTEGER;
  const note = signCheckpoint({ ...head.value, size }, tiledLogKey.pem);
  const report = judge(changed(small, "checkpoint", () => Buffer.from(note)));
  assert.equal(report.faults.at(-1)?.code, "file-missing");
  assert.deepEqual(report.unproven, [{ start: 0, end: size }]);
});

test("entries of no bytes and of 65,535 bytes are kept, and longer ones refused", () => {
  const sizes = [0, 65_535, 1, 0];
  const report = judge(tiledLog(4, (i) => Buffer.alloc(sizes[i]!, i)));
  assert.deepEqual([report.faults, report.provenEntries], [[], 4]);
  assert.throws(() => encodeEntries([Buffer.alloc(65_536)]), RangeError);
});
