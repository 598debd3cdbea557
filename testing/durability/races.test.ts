import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { addEvidence, compareWithOutside, foldLog, publish, type Context } from "@countersign/application";
import type { Session } from "../../apps/cli/src/session.ts";
import { reopenAndCheck } from "./campaign.ts";
import { someEvidence } from "./loop.ts";
import { makePlace, openPlace, type Place } from "./place.ts";
import { choicesFrom, readSeed } from "./random.ts";
import { commandsTogether, keyFilesOf, loopsTogether } from "./together.ts";

const full = process.env["COUNTERSIGN_DURABILITY"] === "full";

function usedPlace(t: TestContext, commits?: number): Place {
  const place = makePlace(commits);
  t.after(() => place.remove());
  return place;
}

async function assertWhole(place: Place, name: string): Promise<void> {
  const newest = readFileSync(join(place.home.program, "checkpoints", "newest"), "utf8");
  const checked = await reopenAndCheck(place, name, [newest]);
  assert.deepEqual(checked.faults, []);
  assert.equal(checked.unacknowledged, 0, "nothing is recorded beyond what was acknowledged");
}

let quiet: Place;
let session: Session;
before(async () => {
  quiet = makePlace(1);
  session = await openPlace(quiet.home);
});
after(async () => {
  await session.close();
  await quiet.remove();
});

for (let round = 0; round < (full ? 8 : 1); round++)
  test(`commands that start at once where there is no workspace yet make one log and one key, and all finish (${round})`, async (t) => {
    const place = usedPlace(t);
    const { failures, receipts } = await commandsTogether(place, "first", { collect: 2, evidence: 2 });
    assert.deepEqual(failures, []);
    assert.equal(receipts, 4);
    assert.deepEqual(keyFilesOf(place), ["attestation.pem", "log.pem"]);
    await assertWhole(place, "resumed-first");
    const reopened = await openPlace(place.home);
    const log = await foldLog(reopened.ctx, (await publish(reopened.ctx))?.size ?? 0);
    await reopened.close();
    assert.equal(log.row("log.created", "log")?.body.logKey, reopened.ctx.keys.logKey);
    assert.equal(log.indexOf(log.row("log.created", "log")?.record ?? ""), 0, "the log begins with it");
  });

test("loops of collect and evidence add side by side all finish, and every record is there once", async (t) => {
  const place = usedPlace(t, 200);
  const seed = readSeed();
  t.diagnostic(`COUNTERSIGN_DURABILITY_SEED=${seed}`);
  for (let round = 0; round < (full ? 6 : 1); round++) {
    const before = round === 0 ? 0 : round * 87;
    const { failures, receipts } = await loopsTogether(place, `loops-${round}`, choicesFrom(seed + round));
    assert.deepEqual(failures, []);
    assert.equal(receipts, before + 86);
    await assertWhole(place, `resumed-${round}`);
  }
});

test("records that another process publishes while the log is opened are not taken for missing ones", async () => {
  const { ctx, loaded } = session;
  const { store } = ctx;
  const meanwhile: Context = {
    ...ctx,
    store: {
      ...store,
      async newestCheckpoint(organization) {
        const newest = await store.newestCheckpoint(organization);
        await addEvidence(ctx, loaded.program, someEvidence("meanwhile", randomBytes(8)));
        return newest;
      },
    },
  };
  assert.equal(await compareWithOutside(meanwhile), 1);
});

test("the checkpoint beside the program does not go back when an earlier publisher is slower", async () => {
  const { ctx, loaded } = session;
  const slow = await ctx.store.newestCheckpoint(ctx.organization);
  await addEvidence(ctx, loaded.program, someEvidence("later", randomBytes(8)));
  const newest = await ctx.store.newestCheckpoint(ctx.organization);
  assert.ok(slow !== undefined && newest !== undefined && slow.size < newest.size);
  await publish({ ...ctx, store: { ...ctx.store, sequence: () => Promise.resolve(slow) } });
  assert.deepEqual(
    ctx.outside.read().map((kept) => kept.note),
    [newest.note],
  );
});
