import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fromHex, sha256, toHex } from "@countersign/kernel";
import { leafOf, pathOf, rootOf } from "../fixture/tree.ts";
import { foldScript, listFiles, pathSteps, shellWord } from "./audit-path.ts";

const lines = Array.from({ length: 13 }, (_, n) => `{"item":{"id":"item ${n} %s \\\\ é"},"salt":"00"}`);
const leaves = lines.map(leafOf);

test("the sides of a path fold to the root, for every leaf of every small tree", () => {
  for (let size = 1; size <= leaves.length; size++) {
    const tree = leaves.slice(0, size);
    tree.forEach((leaf, index) => {
      const steps = pathSteps(index, size, pathOf(index, tree));
      assert.ok(steps);
      const folded = steps.reduce((hash, { side, hash: other }) => {
        const pair = side === "left" ? [fromHex(other), hash] : [hash, fromHex(other)];
        return sha256(Buffer.concat([Buffer.from([1]), ...pair]));
      }, leaf);
      assert.equal(toHex(folded), toHex(rootOf(tree)));
    });
  }
});

test("a path that cannot belong to the leaf is refused", () => {
  const path = pathOf(3, leaves);
  assert.equal(pathSteps(13, 13, path), undefined);
  assert.equal(pathSteps(3, 13, path.slice(1)), undefined);
  assert.equal(pathSteps(3, 13, [...path, "00"]), undefined);
});

test(
  "the printed lines give the leaf hash and the root when bash runs them",
  {
    skip:
      spawnSync("bash", ["-c", "sha256sum --version"]).status === 0 ? false : "no bash with sha256sum here",
  },
  () => {
    const folder = mkdtempSync(join(tmpdir(), "fold-"));
    try {
      // A list in two parts, in a folder whose name needs quoting.
      writeFileSync(
        join(folder, "items-00000.ndjson"),
        lines
          .slice(0, 5)
          .map((line) => `${line}\n`)
          .join(""),
      );
      writeFileSync(
        join(folder, "items-00001.ndjson"),
        lines
          .slice(5)
          .map((line) => `${line}\n`)
          .join(""),
      );
      for (const index of [0, 4, 5, 12]) {
        const steps = pathSteps(index, lines.length, pathOf(index, leaves));
        assert.ok(steps);
        const printed = execFileSync("bash", ["-c", foldScript("items-00000.ndjson", index, steps)], {
          cwd: folder,
          encoding: "utf8",
        }).split("\n");
        assert.equal(printed[0], toHex(leaves[index] ?? new Uint8Array()));
        assert.equal(printed[1], toHex(rootOf(leaves)));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test("file names are quoted for the shell, and a list in parts is named by all its parts", () => {
  assert.equal(shellWord("a'b c"), `'a'\\''b c'`);
  assert.equal(shellWord("-rf"), "'-rf'");
  assert.equal(listFiles("data/x-v1/items-00000.ndjson"), "data/x-v1/items-*.ndjson");
  assert.equal(listFiles("data/x y/items-00000.ndjson"), "'data/x y/items'-*.ndjson");
  assert.equal(listFiles("data/items.ndjson"), "data/items.ndjson");
});
