/** A real workspace's log, exported, in the eyes of Go's client: any file server that serves the folder is a log. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exportLog, proveRecord, publish } from "@countersign/application";
import { openLogFolder } from "@countersign/store";
import { testRecord } from "../../packages/store/src/testing/server.ts";
import { makePlace, openPlace, ORGANIZATION } from "../durability/place.ts";
import { goProgram, goReads, goVerdicts } from "./go.ts";

test("Go's client reads an exported log from a file server, proves its records, and finds each file that was changed", async (context) => {
  const program = goProgram(context);
  if (program === undefined) return;
  const place = makePlace(3);
  const session = await openPlace(place.home);
  try {
    const { ctx } = session;
    const records = Array.from({ length: 600 }, () => testRecord(ORGANIZATION));
    await ctx.store.transaction(ORGANIZATION, (tx) => tx.appendAll(records));
    await publish(ctx);
    const folder = join(place.files, "log");
    await exportLog(ctx, openLogFolder(folder));
    const key = ctx.keys.logKey;
    const whole = { whole: true, checkpoint: true, why: "" };
    assert.deepEqual(goReads(program, folder, key), whole);
    await ctx.store.transaction(ORGANIZATION, (tx) => tx.append(testRecord(ORGANIZATION)));
    await publish(ctx);
    const { size } = await exportLog(ctx, openLogFolder(folder));
    assert.deepEqual(goReads(program, folder, key), whole, "after it grew");
    const width = size % 256;
    for (const path of [
      "checkpoint",
      "tile/entries/001",
      `tile/entries/002.p/${width}`,
      "tile/0/000",
      `tile/0/002.p/${width}`,
      "tile/1/000.p/2",
    ]) {
      const copy = join(place.files, "bent");
      cpSync(folder, copy, { recursive: true });
      const bytes = readFileSync(join(copy, path));
      const at = Math.floor(bytes.length / 2);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(join(copy, path), bytes);
      assert.equal(goReads(program, copy, key).whole, false, path);
      rmSync(copy, { recursive: true });
    }
    const proofs = [];
    for (const index of [0, 255, 256, size - 1]) {
      const { proof, record } = await proveRecord(ctx, String(index));
      for (const bytes of [record, `${record} `])
        proofs.push({
          key,
          proof: Buffer.from(proof).toString("base64"),
          record: Buffer.from(bytes).toString("base64"),
        });
    }
    for (const [i, { whole: proven, why }] of goVerdicts(program, "prove", proofs).entries())
      assert.equal(proven, i % 2 === 0, why);
  } finally {
    await session.close();
    await place.remove();
  }
});
