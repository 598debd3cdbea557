import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson, fromHex, toHex } from "@countersign/kernel";
import { inclusionProof, leafHash, NodeStore, TreeHasher, verifyInclusion } from "./merkle.ts";
import {
  derivedSalt,
  erasedLine,
  leafOnly,
  lineLeaf,
  ListReader,
  ListSealer,
  sealLine,
  withheldLine,
} from "./sealed-list.ts";

const salt = "00112233445566778899aabbccddeeff";

test("a sealed line is canonical JSON", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (item) => {
      const line = sealLine(item, salt, [{ file: "a", offset: 0, length: 1 }]);
      assert.equal(canonicalJson(JSON.parse(line)), line);
      assert.equal(canonicalJson(JSON.parse(sealLine(item, salt))), sealLine(item, salt));
    }),
  );
});

test("a reader agrees with the sealer however the bytes are cut", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.infiniteStream(fc.integer({ min: 1, max: 50 })), (names, cuts) => {
      const sealer = new ListSealer();
      const bytes = Buffer.concat(names.map((id) => sealer.add(sealLine({ id }, salt))));
      const reader = new ListReader();
      for (let at = 0; at < bytes.length;) {
        const cut = cuts.next().value;
        reader.push(Uint8Array.from(bytes.subarray(at, at + cut)));
        at += cut;
      }
      assert.deepEqual(reader.finish(), { ok: true, value: sealer.finish() });
    }),
  );
});

test("whatever lines are erased or withheld, root and count stay, and each line that is left can still be proven", () => {
  const left = fc.constantFrom("whole", "erased", "withheld");
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1 }), fc.infiniteStream(left), (ids, kinds) => {
      const whole = ids.map((id) => sealLine({ id }, salt));
      const sealer = new ListSealer();
      for (const line of whole) sealer.add(line);
      const before = sealer.finish();
      const nodes = new NodeStore();
      const leaves: Uint8Array[] = [];
      const reader = new ListReader((line) => leaves.push(lineLeaf(line)), nodes.add);
      const lines = whole.map((line) => {
        const kind = kinds.next().value;
        const leaf = leafHash(Buffer.from(line));
        const rest = kind === "whole" ? line : kind === "erased" ? erasedLine(leaf) : withheldLine(leaf);
        const found = leafOnly(Buffer.from(rest));
        assert.equal(found?.kind ?? "whole", kind);
        if (found !== undefined) assert.equal(toHex(found.leaf), toHex(leaf));
        return rest;
      });
      reader.push(Buffer.from(lines.map((line) => `${line}\n`).join("")));
      const after = reader.finish();
      assert.ok(after.ok);
      assert.deepEqual([after.value.root, after.value.count], [before.root, before.count]);
      for (const [index, line] of lines.entries()) {
        const proof = inclusionProof(index, lines.length, nodes.read);
        const leaf = line === whole[index] ? leafHash(Buffer.from(line)) : leaves[index];
        assert.ok(leaf);
        assert.ok(verifyInclusion(leaf, index, lines.length, proof, fromHex(before.root)));
      }
    }),
  );
  // Nearly what is left of a line is a whole line.
  for (const near of [
    '{"erased":"00"}',
    `{"withheld":"${"0".repeat(63)}g"}`,
    `{"erased" :"${"0".repeat(64)}"}`,
  ])
    assert.equal(leafOnly(Buffer.from(near)), undefined);
});

test("many lines at once are the same list as one by one, erased ones among them", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string())), (groups) => {
      const one = new ListSealer();
      const many = new ListSealer();
      const oneByOne: Uint8Array[] = [];
      const atOnce: Uint8Array[] = [];
      for (const names of groups) {
        const lines = names.map((id, i) => {
          const line = sealLine({ id }, salt);
          return i % 3 === 1 ? erasedLine(leafHash(Buffer.from(line))) : line;
        });
        for (const line of lines) oneByOne.push(one.add(line));
        atOnce.push(many.addLines(lines.map((line) => `${line}\n`).join("")));
      }
      assert.deepEqual(Buffer.concat(atOnce), Buffer.concat(oneByOne));
      const sealed = many.finish();
      assert.deepEqual(sealed, one.finish());
      const tree = new TreeHasher();
      for (const line of Buffer.concat(atOnce).toString().split("\n").slice(0, -1))
        tree.append(lineLeaf(Buffer.from(line)));
      assert.equal(sealed.root, toHex(tree.root()));
    }),
  );
  assert.throws(() => new ListSealer().addLines("no newline"), TypeError);
});

test("erasing a line keeps the root, changing one does not", () => {
  const lines = ["a", "b", "c"].map((id) => sealLine({ id }, salt));
  const root = (list: readonly string[]) => {
    const sealer = new ListSealer();
    for (const line of list) sealer.add(line);
    return sealer.finish().root;
  };
  const erased = [lines[0]!, erasedLine(leafHash(Buffer.from(lines[1]!))), lines[2]!];
  assert.equal(root(erased), root(lines));
  assert.notEqual(root([lines[0]!, sealLine({ id: "x" }, salt), lines[2]!]), root(lines));
  assert.notEqual(root([lines[1]!, lines[0]!, lines[2]!]), root(lines));
});

test("the salt decides the leaf, and a derived salt differs by purpose", () => {
  assert.notDeepEqual(
    leafHash(Buffer.from(sealLine({ id: "a" }, salt))),
    leafHash(Buffer.from(sealLine({ id: "a" }, derivedSalt(salt, "result")))),
  );
  assert.notEqual(derivedSalt(salt, "result"), derivedSalt(salt, "other"));
});

test("a list whose last line has no newline is refused", () => {
  const reader = new ListReader();
  reader.push(Buffer.from('{"item":{}'));
  assert.equal(reader.finish().ok, false);
});
