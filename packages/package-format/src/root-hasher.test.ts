import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "@countersign/kernel";
import { leafHash, TreeHasher } from "@countersign/ledger";
import { RootHasher } from "./root-hasher.ts";

test("the root is the ledger's at every size, from entries and from hashes of entries", () => {
  const tree = new TreeHasher();
  const roots = new RootHasher();
  assert.equal(roots.root(), toHex(tree.root()));
  for (let i = 0; i < 600; i++) {
    const entry = Buffer.from(`entry ${i}`);
    tree.append(leafHash(entry));
    if (i % 3 === 0) roots.appendHash(leafHash(entry));
    else roots.appendLeaf(Buffer.concat([Buffer.alloc(1), entry]));
    assert.equal(roots.root(), toHex(tree.root()), `size ${i + 1}`);
  }
  assert.equal(roots.size, 600);
});
