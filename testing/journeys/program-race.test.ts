/** Two writers of the program at once, over one real database. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ProblemError, type Digest } from "@countersign/kernel";
import { programHistory, recordProgram, type LoadedProgram } from "@countersign/application";
import type { Session } from "../../apps/cli/src/session.ts";
import { makePlace, openPlace, type Place } from "../durability/place.ts";

let place: Place;
let session: Session;

before(async () => {
  place = makePlace(3);
  session = await openPlace(place.home);
});
after(async () => {
  await session.close();
  await place.remove();
});

/** The program under another name, as two people would change one folder. */
function named(name: string, basedOn: Digest): LoadedProgram {
  const { loaded } = session;
  const organization = { ...loaded.program.organization, name };
  return { ...loaded, program: { ...loaded.program, organization }, base: { basedOn, keep: () => {} } };
}

test("of two programs that are recorded at once on one base, one is recorded and the other is refused", async () => {
  const { ctx, loaded } = session;
  let { digest } = await recordProgram(ctx, loaded);
  const rounds = 8;
  for (let round = 0; round < rounds; round++) {
    const writers = ["one", "two", "three"].map((name) =>
      recordProgram(ctx, named(`${name} ${round}`, digest)),
    );
    const ended = await Promise.allSettled(writers);
    const recorded = ended.flatMap((each) => (each.status === "fulfilled" ? [each.value.digest] : []));
    const refused = ended.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
    assert.equal(recorded.length, 1, `round ${round}`);
    for (const reason of refused)
      assert.ok(reason instanceof ProblemError && reason.problems[0]?.code === "stale-base", String(reason));
    digest = recorded[0] ?? digest;
  }
  const history = await programHistory(ctx);
  assert.equal(history.length, rounds + 1);
  // Each names the one before it: nothing was taken back unseen.
  history.forEach(({ record }, index) => {
    assert.equal(record.body.basedOn, history[index - 1]?.record.body.program.digest ?? null);
  });
});
