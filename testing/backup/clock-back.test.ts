/** A log whose machine's clock was set back is a sound log: its backup is one, too, and comes back as it was. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { addEvidence, fsck } from "@countersign/application";
import { someEvidence } from "../durability/loop.ts";
import { makePlace, openPlace } from "../durability/place.ts";
import { endOf, startOther } from "../durability/runs.ts";

test("a log whose clock was once set back is backed up and restored, and fsck says of both the same", async (t) => {
  const [place, other] = [makePlace(1), makePlace(1)];
  t.after(() => Promise.all([place.remove(), other.remove()]));
  const backup = join(place.files, "backup.zip");
  const session = await openPlace(place.home);
  const { ctx, loaded } = session;
  await addEvidence(ctx, loaded.program, someEvidence("before", Buffer.from("a")));
  const earlier = { ...ctx, clock: { now: () => ctx.clock.now() - 3_600_000 } };
  await addEvidence(earlier, loaded.program, someEvidence("an hour back", Buffer.from("b")));
  const { faults } = await fsck(ctx);
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["clock-back"],
  );
  const created = await endOf(startOther(place, "backup", "create", backup, "--with-keys"), 120);
  assert.equal(created.code, 0, created.stderr);
  await session.close();
  const restored = await endOf(startOther(other, "backup", "restore", backup), 120);
  assert.equal(restored.code, 0, restored.stderr);
  const again = await openPlace(other.home);
  assert.deepEqual((await fsck(again.ctx)).faults, faults);
  await again.close();
});
