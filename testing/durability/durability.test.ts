/**
 * SIGKILL of our processes and of PostgreSQL's, while they write. Eight kills in every test run; a hundred with
 * COUNTERSIGN_DURABILITY=full. COUNTERSIGN_DURABILITY_SEED repeats a plan.
 *
 * A killed process leaves what it handed to the operating system: these kills show that nothing is acknowledged before it
 * was handed over and committed. They cannot show a missing fsync, which takes a machine that stops: power-loss.test.ts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { asAdministrator } from "./administrator.ts";
import { campaign, reopenAndCheck } from "./campaign.ts";
import { killInOpenWrite } from "./kill.ts";
import { makePlace, openPlace, withoutSignals } from "./place.ts";
import { choicesFrom, readSeed } from "./random.ts";
import { endOf, startLoop } from "./runs.ts";

const full = process.env["COUNTERSIGN_DURABILITY"] === "full";
const kills = full ? 100 : 8;

test(
  `after each of ${kills} kills every receipt resolves to one leaf, fsck passes, and the next run goes on`,
  { skip: withoutSignals },
  async (t) => {
    const seed = readSeed();
    t.diagnostic(`COUNTERSIGN_DURABILITY_SEED=${seed}`);
    const tally = await campaign({
      seed,
      kills,
      killsPerPlace: full ? 25 : kills,
      anytime: 12,
      pass: full ? 120 : 20,
      say: (line) => t.diagnostic(line),
    });
    const { faults, said, ...figures } = tally;
    t.diagnostic(JSON.stringify(figures));
    assert.deepEqual(faults, []);
    assert.equal(tally.kills, kills);
    assert.ok(
      tally.inOpenWrite >= kills * 0.8,
      `${tally.inOpenWrite} of ${kills} kills met an open write, at least four fifths must`,
    );
    assert.ok(
      tally.byOpen.transaction > 0 && tally.byOpen.blob > 0,
      "both a transaction and a blob were open at a kill",
    );
    // A command whose server was killed says so in words, and not with a stack.
    for (const words of said) assert.doesNotMatch(words, /^$|should not have|Unhandled/u);
  },
);

test(
  "a database that is set to commit asynchronously loses nothing that was acknowledged either",
  { skip: withoutSignals },
  async (t) => {
    const place = makePlace(1);
    t.after(() => place.remove());
    const session = await openPlace(place.home);
    await asAdministrator(place, (client) =>
      client.query("ALTER DATABASE countersign SET synchronous_commit = off"),
    );
    await session.close();
    const seed = readSeed();
    t.diagnostic(`COUNTERSIGN_DURABILITY_SEED=${seed}`);
    const choices = choicesFrom(seed);
    for (let kill = 1; kill <= (full ? 5 : 2); kill++) {
      const run = startLoop(place, { name: `loop-${kill}`, seed, acts: 1000, act: "evidence" });
      const aim = { target: "all", pass: 3 + choices.below(10), pause: 10, choices } as const;
      assert.ok((await killInOpenWrite(place, run, aim)) !== undefined, "it was killed in an open write");
      await endOf(run, 60);
      assert.deepEqual((await reopenAndCheck(place, `resumed-${kill}`, [])).faults, []);
    }
  },
);
