import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson, toHex } from "@countersign/kernel";
import { leafHash, TreeHasher } from "./merkle.ts";
import { derivedSalt, erasedLine, lineLeaf, ListReader, ListSealer, sealLine } from "./sealed-list.ts";

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
