import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseTilePath, tilePath, tilesOf, type Tile } from "./tile-path.ts";

test("paths are those of the specification", () => {
  assert.equal(tilePath({ kind: "hashes", level: 0, index: 1_234_067, width: 256 }), "tile/0/x001/x234/067");
  assert.equal(tilePath({ kind: "hashes", level: 5, index: 0, width: 12 }), "tile/5/000.p/12");
  assert.equal(tilePath({ kind: "entries", index: 273, width: 112 }), "tile/entries/273.p/112");
});

const tile: fc.Arbitrary<Tile> = fc.oneof(
  fc.record({
    kind: fc.constant("hashes" as const),
    level: fc.integer({ min: 0, max: 63 }),
    index: fc.maxSafeNat(),
    width: fc.integer({ min: 1, max: 256 }),
  }),
  fc.record({
    kind: fc.constant("entries" as const),
    index: fc.maxSafeNat(),
    width: fc.integer({ min: 1, max: 256 }),
  }),
);

test("every tile has one path, and the path gives the tile", () => {
  fc.assert(fc.property(tile, (each) => assert.deepEqual(parseTilePath(tilePath(each)), { ...each })));
});

test("what is not exactly a tile's path is none", () => {
  for (const path of [
    "tile/0/0",
    "tile/0/00",
    "tile/0/0000",
    "tile/0/x000/001",
    "tile/0/x001",
    "tile/0/001/002",
    "tile/0/x001/x002",
    "tile/00/000",
    "tile/64/000",
    "tile/-1/000",
    "tile/+1/000",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/01",
    "tile/0/000.p/",
    "tile/0/000.p",
    "tile/0/000/",
    "tile/0/000.p/1/2",
    "tile/8/x999/x999/x999/x999/x999/999",
    "/tile/0/000",
    "./tile/0/000",
    "tile//0/000",
    "tile\\0\\000",
    "tile/entry/000",
    "tile/entries/../0/000",
    "TILE/0/000",
    "tile/0/000\n",
    "tile/0/٠٠٠",
    "",
  ])
    assert.equal(parseTilePath(path), undefined, path);
});

function counted(size: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of tilesOf(size)) {
    const place = each.kind === "entries" ? "entries" : String(each.level);
    const name = each.width === 256 ? `${place} full` : `${place} of ${each.width}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test("a log of 70,000 has the tiles that the specification counts", () => {
  assert.deepEqual(counted(70_000), {
    "entries full": 273,
    "entries of 112": 1,
    "0 full": 273,
    "0 of 112": 1,
    "1 full": 1,
    "1 of 17": 1,
    "2 of 1": 1,
  });
});

test("around every border there is no empty tile, and none too many", () => {
  assert.deepEqual(counted(0), {});
  assert.deepEqual(counted(255), { "entries of 255": 1, "0 of 255": 1 });
  assert.deepEqual(counted(256), { "entries full": 1, "0 full": 1, "1 of 1": 1 });
  assert.deepEqual(counted(257), {
    "entries full": 1,
    "entries of 1": 1,
    "0 full": 1,
    "0 of 1": 1,
    "1 of 1": 1,
  });
  assert.deepEqual(counted(65_535), {
    "entries full": 255,
    "entries of 255": 1,
    "0 full": 255,
    "0 of 255": 1,
    "1 of 255": 1,
  });
  assert.deepEqual(counted(65_536), { "entries full": 256, "0 full": 256, "1 full": 1, "2 of 1": 1 });
  assert.deepEqual(counted(65_537), {
    "entries full": 256,
    "entries of 1": 1,
    "0 full": 256,
    "0 of 1": 1,
    "1 full": 1,
    "2 of 1": 1,
  });
  assert.deepEqual(counted(100_000_000), {
    "entries full": 390_625,
    "0 full": 390_625,
    "1 full": 1525,
    "1 of 225": 1,
    "2 full": 5,
    "2 of 245": 1,
    "3 of 5": 1,
  });
});
