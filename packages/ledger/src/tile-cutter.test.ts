import assert from "node:assert/strict";
import { test } from "node:test";
import { leafHash, MemoryTree } from "./merkle.ts";
import { TileCutter } from "./tile-cutter.ts";
import { CHECKPOINT_FILE, tilePath } from "./tile-path.ts";
import { tiledLogFiles } from "./tiles.ts";

const entry = (index: number): Uint8Array => Buffer.from(`entry ${index}`);

for (const size of [0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000])
  test(`a log of ${size} entries is cut into the files that it has, each once`, () => {
    const tree = new MemoryTree();
    const cutter = new TileCutter();
    const cut = new Map<string, Uint8Array>();
    const keep = (files: ReturnType<TileCutter["push"]>): void => {
      for (const { tile, bytes } of files) {
        assert.equal(cut.has(tilePath(tile)), false, tilePath(tile));
        cut.set(tilePath(tile), bytes);
      }
    };
    for (let index = 0; index < size; index++) {
      tree.append(leafHash(entry(index)));
      keep(cutter.push(entry(index)));
    }
    keep(cutter.finish());
    assert.equal(cutter.size, size);
    assert.deepEqual(cutter.root(), tree.root());
    const expected = new Map<string, Uint8Array>();
    for (const { path, bytes } of tiledLogFiles(size, "note", { hash: tree.read, entry }))
      if (path !== CHECKPOINT_FILE) expected.set(path, bytes());
    assert.deepEqual([...cut.keys()].sort(), [...expected.keys()].sort());
    for (const [path, bytes] of expected) assert.equal(Buffer.compare(cut.get(path)!, bytes), 0, path);
  });

test("partial files may be asked for at any size, and what follows is cut as if nobody had asked", () => {
  const [asked, alone] = [new TileCutter(), new TileCutter()];
  for (let index = 0; index < 300; index++) {
    const files = asked.push(entry(index));
    assert.deepEqual(files, alone.push(entry(index)));
    asked.finish();
  }
  assert.deepEqual(asked.finish(), alone.finish());
});

test("an entry that no bundle can hold is refused", () => {
  const cutter = new TileCutter();
  cutter.push(new Uint8Array(65_536));
  assert.throws(() => cutter.finish(), RangeError);
});
