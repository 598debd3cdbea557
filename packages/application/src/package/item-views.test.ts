import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf, fromHex } from "@countersign/kernel";
import { erasedLine, lineLeaf, ListSealer, sealLine, verifyInclusion } from "@countersign/ledger";
import type { Blobs } from "../ports/index.ts";
import type { LogState } from "../log-state.ts";
import type { PopulationRow } from "../populations.ts";
import { readItems } from "./item-views.ts";

const salt = "00112233445566778899aabbccddeeff";

/** The parts of a blob store, a log and a record that reading items touches. */
function stored(lines: readonly string[]) {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  const blobs = {
    *stream() {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
    },
  };
  const sealer = new ListSealer();
  for (const line of lines) sealer.add(line);
  const row = {
    record: "rec_1",
    body: { items: { digest: digestOf(bytes) }, raw: [] },
  };
  // Nothing else of these is asked for.
  return {
    ctx: { blobs: blobs as unknown as Blobs },
    log: { indexOf: () => 3 } as unknown as LogState,
    row: row as unknown as PopulationRow,
    root: sealer.finish().root,
  };
}

function linesFor(ids: readonly string[]): string[] {
  return ids.map((id, i) => {
    // A nested id, in front of the item's own, that is another item's.
    const line = sealLine({ checks: [{ id: ids[i + 1] ?? "none" }], id, title: `"id":"${id}"` }, salt, []);
    return i === 2 ? erasedLine(lineLeaf(Buffer.from(line))) : line;
  });
}

for (const [what, ids] of [
  ["plain ids", Array.from({ length: 300 }, (_, i) => `item-${i}`)],
  ["ids in other scripts", ["a", "é", "erased", "日本", "😀"]],
  ["ids that JSON escapes", ["a", 'b"c', "erased", "d\\e", "f\ng"]],
] as const)
  test(`items are found by their own id, each with a proof that holds: ${what}`, () => {
    const { ctx, log, row, root } = stored(linesFor(ids));
    const wanted = new Set([...ids.filter((_, i) => i % 3 !== 0), "not there", "item-2"]);
    const found = [...readItems(ctx, log, [row], row, wanted)];
    assert.deepEqual(
      found.map(([id]) => id),
      ids.filter((id, i) => wanted.has(id) && i !== 2),
    );
    for (const [id, { proof, line }] of found) {
      assert.ok(line !== undefined && "item" in line && line.item.id === id);
      assert.ok(proof !== undefined);
      assert.deepEqual([proof.root, proof.count, proof.recordIndex], [root, ids.length, 3]);
      const path = proof.path.map(fromHex);
      assert.ok(
        verifyInclusion(fromHex(proof.leafHash), proof.leafIndex, proof.count, path, fromHex(proof.root)),
      );
    }
  });
