import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import {
  consistencyProof,
  EMPTY_ROOT,
  inclusionProof,
  leafHash,
  MemoryTree,
  nodeHash,
  rootAt,
  TreeHasher,
  verifyConsistency,
  verifyInclusion,
  type Hash,
  type HashReader,
} from "./merkle.ts";

/** RFC 6962 section 2.1, word for word, as the second opinion. */
function definedRoot(leaves: readonly Uint8Array[]): Buffer {
  const sha = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return sha(Buffer.from([0]), leaves[0]!);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha(Buffer.from([1]), definedRoot(leaves.slice(0, k)), definedRoot(leaves.slice(k)));
}

function treeOf(entries: readonly Uint8Array[]): MemoryTree {
  const tree = new MemoryTree();
  for (const entry of entries) tree.append(leafHash(entry));
  return tree;
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => Buffer.from(`entry ${i}`));
const hex = (hash: Hash) => Buffer.from(hash).toString("hex");

test("the roots of the reference tree of RFC 6962 implementations come out", () => {
  // Certificate Transparency's reference leaves and roots (as in google/certificate-transparency merkle tests).
  const leaves = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
  ];
  const roots = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ];
  const tree = new TreeHasher();
  assert.equal(hex(tree.root()), hex(EMPTY_ROOT));
  leaves.forEach((leaf, i) => {
    tree.append(leafHash(Buffer.from(leaf, "hex")));
    assert.equal(hex(tree.root()), roots[i]);
  });
});

test("the incremental root is the defined root at every size, and any tree can be resumed", () => {
  const entries = numbered(70);
  const tree = new MemoryTree();
  entries.forEach((entry, i) => {
    tree.append(leafHash(entry));
    const expected = definedRoot(entries.slice(0, i + 1)).toString("hex");
    assert.equal(hex(tree.root()), expected);
    assert.equal(hex(rootAt(i + 1, tree.read)), expected);
    assert.equal(hex(TreeHasher.resume(i + 1, tree.read).root()), expected);
  });
});

test("every inclusion proof of every tree up to 40 leaves holds, and fails for any other leaf, index, size or root", () => {
  const entries = numbered(40);
  const tree = treeOf(entries);
  for (let size = 1; size <= entries.length; size++) {
    const root = rootAt(size, tree.read);
    for (let index = 0; index < size; index++) {
      const path = inclusionProof(index, size, tree.read);
      const leaf = leafHash(entries[index]!);
      assert.ok(verifyInclusion(leaf, index, size, path, root));
      assert.equal(verifyInclusion(leafHash(Buffer.from("other")), index, size, path, root), false);
      assert.equal(verifyInclusion(leaf, index, size, [...path, root], root), false);
      if (path.length > 0) assert.equal(verifyInclusion(leaf, index, size, path.slice(1), root), false);
      if (size > 1) assert.equal(verifyInclusion(leaf, (index + 1) % size, size, path, root), false);
      assert.equal(verifyInclusion(leaf, size, size, path, root), false);
      assert.equal(verifyInclusion(leaf, index, size, path, EMPTY_ROOT), false);
    }
  }
});

test("every consistency proof up to 40 leaves holds, and fails when either root, either size or any hash differs", () => {
  const tree = treeOf(numbered(40));
  for (let newer = 1; newer <= 40; newer++) {
    for (let older = 1; older <= newer; older++) {
      const a = rootAt(older, tree.read);
      const b = rootAt(newer, tree.read);
      const proof = consistencyProof(older, newer, tree.read);
      assert.ok(verifyConsistency(older, newer, a, b, proof));
      assert.equal(verifyConsistency(older, newer, a, EMPTY_ROOT, proof), false);
      assert.equal(verifyConsistency(older, newer, EMPTY_ROOT, b, proof), false);
      assert.equal(verifyConsistency(older, newer, a, b, [...proof, a]), false);
      if (proof.length > 0) assert.equal(verifyConsistency(older, newer, a, b, proof.slice(0, -1)), false);
    }
  }
  assert.ok(verifyConsistency(0, 40, EMPTY_ROOT, tree.root(), []));
  assert.equal(verifyConsistency(41, 40, tree.root(), tree.root(), []), false);
});

test("a leaf cannot be passed off as a node", () => {
  const tree = treeOf(numbered(2));
  const forged = Buffer.concat([Buffer.from([1]), tree.read(0, 0), tree.read(0, 1)]);
  assert.notEqual(hex(leafHash(forged.subarray(1))), hex(tree.root()));
  assert.notEqual(hex(leafHash(forged)), hex(tree.root()));
});

test("proofs of random trees hold", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), fc.nat(), (size, a, b) => {
      const entries = numbered(size);
      const tree = treeOf(entries);
      const index = a % size;
      const older = (b % size) + 1;
      const leaf = leafHash(entries[index]!);
      assert.ok(verifyInclusion(leaf, index, size, inclusionProof(index, size, tree.read), tree.root()));
      assert.ok(
        verifyConsistency(
          older,
          size,
          rootAt(older, tree.read),
          tree.root(),
          consistencyProof(older, size, tree.read),
        ),
      );
    }),
    { numRuns: 25 },
  );
});

/** A tree in which every leaf is the same: any complete subtree of a level is, too, so that sizes need no memory. */
function sameLeaves(leaf: Hash): HashReader {
  const levels: Hash[] = [leaf];
  return (level) => {
    while (levels.length <= level) levels.push(nodeHash(levels.at(-1)!, levels.at(-1)!));
    return levels[level]!;
  };
}

const borders = [
  255,
  256,
  257,
  65_535,
  65_536,
  65_537,
  70_000,
  100_000_000,
  2 ** 40 + 1,
  Number.MAX_SAFE_INTEGER,
];

test("proofs hold at the borders of tiles, at a hundred million, and at the largest size that is exact", () => {
  const leaf = leafHash(Buffer.from("leaf"));
  const read = sameLeaves(leaf);
  for (const size of borders) {
    const root = rootAt(size, read);
    for (const index of [0, 1, 254, Math.floor(size / 2), size - 2, size - 1]) {
      const path = inclusionProof(index, size, read);
      assert.ok(verifyInclusion(leaf, index, size, path, root), `${index} of ${size}`);
      assert.equal(verifyInclusion(leaf, index, size, path.slice(1), root), false);
      assert.equal(verifyInclusion(leaf, size, size, path, root), false);
    }
    for (const older of [1, 2, 254, Math.floor(size / 2), size - 1, size]) {
      const proof = consistencyProof(older, size, read);
      assert.ok(verifyConsistency(older, size, rootAt(older, read), root, proof), `${older} to ${size}`);
      if (older < size)
        assert.equal(verifyConsistency(older, size, rootAt(older - 1, read), root, proof), false);
    }
  }
});

test("a tree grows leaf by leaf over every border to the root that its subtrees give", () => {
  const leaf = leafHash(Buffer.from("leaf"));
  const read = sameLeaves(leaf);
  const tree = new TreeHasher();
  for (const size of borders.filter((each) => each <= 70_000)) {
    while (tree.size < size) tree.append(leaf);
    assert.equal(hex(tree.root()), hex(rootAt(size, read)));
  }
});

test("a log that was forked after m entries has no proof of consistency, whatever is tried", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(), fc.nat(), (size, a, b) => {
      const older = (a % size) + 1;
      const forkedAt = b % older;
      const honest = treeOf(numbered(size));
      const forked = treeOf(numbered(size).with(forkedAt, Buffer.from("another")));
      const published = rootAt(older, honest.read);
      for (const proof of [
        consistencyProof(older, size, forked.read),
        consistencyProof(older, size, honest.read),
      ])
        assert.equal(verifyConsistency(older, size, published, forked.root(), proof), false);
    }),
    { numRuns: 40 },
  );
});
