/** The suite's own proof: what is broken on purpose is found, and an open write is not seen where there is none. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { hexOf } from "@countersign/kernel";
import { addEvidence, publish } from "@countersign/application";
import { openCheckpoint, parseVerifierKey, type Checkpoint } from "@countersign/ledger";
import type { Session } from "../../apps/cli/src/session.ts";
import { asAdministrator } from "./administrator.ts";
import { reopenAndCheck } from "./campaign.ts";
import { checkLog } from "./check.ts";
import { killInOpenWrite } from "./kill.ts";
import { addAndKeep, someEvidence, type LoopOptions } from "./loop.ts";
import { makePlace, openPlace, withoutSignals, type Place } from "./place.ts";
import { choicesFrom, readSeed } from "./random.ts";
import { openReceipts, readReceipts, type Receipt } from "./receipts.ts";
import { endOf, startLoop } from "./runs.ts";

let place: Place;
const seed = readSeed();

before(async () => {
  place = makePlace(1);
  await (await openPlace(place.home)).close();
});
after(() => place.remove());

async function codes(name: string, held: readonly string[] = []): Promise<string[]> {
  return (await reopenAndCheck(place, name, held)).faults.map((fault) => fault.code);
}

async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openPlace(place.home);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

test(
  "a workspace that nothing happened to has no fault, and a process that does nothing no open write",
  { skip: withoutSignals },
  async () => {
    const run = startLoop(place, { name: "idle", seed, acts: 15, act: "idle" });
    const aim = { target: "ours", pass: 0, pause: 5, choices: choicesFrom(seed) } as const;
    assert.equal(await killInOpenWrite(place, run, aim), undefined);
    assert.equal((await endOf(run, 60)).code, 0);
    assert.deepEqual(await codes("sound"), []);
  },
);

test("a receipt for a record that is missing, moved, or another one is found", async () => {
  await withSession(async ({ ctx, loaded }) => {
    const { record, state } = await addEvidence(ctx, loaded.program, someEvidence("real", randomBytes(9)));
    const index = "index" in state ? state.index : -1;
    const real: Receipt = { kind: "evidence", record, note: "real", index };
    const faults = async (receipt: Receipt): Promise<string[]> =>
      (await checkLog(ctx, [receipt], [])).faults.map((fault) => fault.code);
    assert.deepEqual(await faults(real), []);
    assert.deepEqual(await faults({ ...real, record: "rec_never" }), ["lost"]);
    assert.deepEqual(await faults({ ...real, index: index + 1 }), ["moved"]);
    assert.deepEqual(await faults({ ...real, note: "another" }), ["other-content"]);
  });
});

test("a held checkpoint that is newer than the log, or of another history, is found", async () => {
  await withSession(async ({ ctx }) => {
    const newest = await ctx.store.newestCheckpoint(ctx.organization);
    assert.ok(newest !== undefined && newest.size > 1);
    const sign = (checkpoint: Omit<Checkpoint, "origin">): string =>
      ctx.keys.sign({ ...checkpoint, origin: ctx.keys.origin });
    const root = randomBytes(32);
    const faults = async (note: string): Promise<string[]> =>
      (await checkLog(ctx, [], [note])).faults.map((fault) => fault.code);
    assert.deepEqual(await faults(newest.note), []);
    assert.deepEqual(await faults(sign({ size: newest.size, root })), ["fork"]);
    assert.deepEqual(await faults(sign({ size: 1, root })), ["fork"]);
    assert.deepEqual(await faults(sign({ size: newest.size + 1, root })), ["rolled-back"]);
    const verifier = parseVerifierKey(ctx.keys.logKey);
    assert.ok(verifier.ok && openCheckpoint(newest.note, verifier.value).ok);
  });
});

/** Kills a broken loop in open writes until the check finds `code`. @returns how many kills it took */
async function killsUntilFound(act: LoopOptions["act"], code: string): Promise<number> {
  const choices = choicesFrom(seed);
  for (let kills = 1; kills <= 8; kills++) {
    const run = startLoop(place, { name: `${act}-${kills}`, seed, acts: 1000, act });
    const aim = { target: "ours", pass: choices.below(4), pause: 15, choices } as const;
    assert.ok((await killInOpenWrite(place, run, aim)) !== undefined, "it was killed in an open write");
    await endOf(run, 60);
    if ((await codes(`after-${act}-${kills}`)).includes(code)) return kills;
  }
  throw new Error(`eight kills in open writes of ${act} were not found out as ${code}`);
}

test(
  "a process that acknowledges before it commits is found out by the kills",
  { skip: withoutSignals },
  async (t) => {
    t.diagnostic(`found after ${await killsUntilFound("acknowledge-first", "lost")} kills`);
  },
);

test(
  "a process that writes the file after the record is found out by the kills",
  { skip: withoutSignals },
  async (t) => {
    t.diagnostic(`found after ${await killsUntilFound("file-last", "fsck blob-missing")} kills`);
  },
);

test("an act that is repeated because its receipt was lost is found, since it is there twice", async () => {
  await withSession(async (session) => {
    const receipts = openReceipts(join(place.receipts, "repeated"));
    await addAndKeep(session, receipts, "repeated", randomBytes(9));
    await addAndKeep(session, receipts, "repeated", randomBytes(9));
    receipts.close();
  });
  assert.ok((await codes("after-repeated")).includes("twice"));
});

test("a blob that is gone, an entry that was removed and a note about nothing are found", async () => {
  await withSession(async (session) => {
    const { ctx, loaded } = session;
    const added = await addEvidence(ctx, loaded.program, someEvidence("to be damaged", randomBytes(9)));
    const digest = hexOf(added.files[0]?.digest ?? assert.fail());
    rmSync(join(place.home.workspace, "blobs", ctx.organization, digest.slice(0, 2), `${digest}.salted`));
    const size = (await publish(ctx))?.size ?? 0;
    await asAdministrator(place, (client) =>
      client.query("DELETE FROM countersign.log_entry WHERE index = $1", [size - 2]),
    );
    const found = await checkLog(ctx, readReceipts(place.receipts), []);
    const kinds = new Set(found.faults.map((fault) => fault.code));
    for (const code of ["gap", "fsck blob-missing", "fsck entry-missing"])
      assert.ok(kinds.has(code), `${code} is among ${[...kinds].join(", ")}`);
  });
});
