import assert from "node:assert/strict";
import { test } from "node:test";
import { consistencyProof, inclusionProof, rootAt } from "@countersign/ledger";
import { tilesRead } from "./tiles.ts";

const placesOf = (work: Parameters<typeof tilesRead>[0]): string[] =>
  tilesRead(work)
    .map(({ level, number }) => `${level}/${number}`)
    .sort();

test("a proof in a log of 200,000 records reads the tiles of its path and of the right edge, each once", () => {
  const size = 200_000;
  const edge = ["0/781", "1/3", "2/0"];
  assert.deepEqual(
    placesOf((read) => rootAt(size, read)),
    edge,
  );
  assert.deepEqual(
    placesOf((read) => inclusionProof(77_777, size, read)),
    ["0/303", "1/1", ...edge].sort(),
  );
  assert.deepEqual(
    placesOf((read) => consistencyProof(256, size, read)),
    ["1/0", ...edge].sort(),
  );
});
