/** Two processes on one log, one of which holds the lease and stands still (line 17 of the adversarial list). */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { addEvidence, type EvidenceReceipt } from "@countersign/application";
import { checkLog } from "./check.ts";
import { someEvidence } from "./loop.ts";
import { makePlace, openPlace, withoutSignals } from "./place.ts";
import type { Receipt } from "./receipts.ts";

const receiptOf = ({ record, state }: EvidenceReceipt, note: string): Receipt => ({
  kind: "evidence",
  record,
  note,
  index: "index" in state ? state.index : undefined,
});

/** Reaching this many looks, a second apart at most, means that it never stops. */
const LOOKS = 1200;

for (const ending of ["wakes up", "is killed"] as const)
  test(
    `a process that stands still while it holds the lease is overtaken, and ${ending} without a trace in the log (line 17)`,
    { skip: withoutSignals },
    async (t) => {
      const place = makePlace(1);
      t.after(() => place.remove());
      const session = await openPlace(place.home);
      const { ctx, loaded } = session;
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, "stalled-driver.ts"), place.home.root, "stalled"],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      for (let look = 0; ; look++) {
        assert.ok(look < LOOKS && child.exitCode === null, "it stops before it signs");
        const { stdout: state } = spawnSync("ps", ["-o", "state=", "-p", String(child.pid)], {
          encoding: "utf8",
        });
        if (state.startsWith("T")) break;
        await sleep(100);
      }
      const before = await ctx.store.newestCheckpoint(ctx.organization);
      // Waits until the lease of the one that stands still has run out, and publishes for both.
      const receipts = [
        receiptOf(
          await addEvidence(ctx, loaded.program, someEvidence("overtakes", Buffer.from("b"))),
          "overtakes",
        ),
      ];
      const overtaken = await ctx.store.newestCheckpoint(ctx.organization);
      assert.equal(overtaken?.size, (before?.size ?? 0) + 2);
      child.kill(ending === "wakes up" ? "SIGCONT" : "SIGKILL");
      const code = await ended;
      if (ending === "wakes up") {
        assert.equal(code, 0);
        const late = JSON.parse(stdout) as EvidenceReceipt;
        assert.equal(late.state.state, "published");
        receipts.push(receiptOf(late, "stalled"));
      }
      assert.deepEqual(
        await ctx.store.newestCheckpoint(ctx.organization),
        overtaken,
        "nothing was published again",
      );
      const held = [readFileSync(join(place.home.program, "checkpoints", "newest"), "utf8")];
      const checked = await checkLog(ctx, receipts, held);
      assert.deepEqual([checked.faults, checked.entries], [[], overtaken?.size]);
      await session.close();
    },
  );
