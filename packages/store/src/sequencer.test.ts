/** Holders that stall, die, hang or are there twice; what is read back; and clocks. Lines of the adversarial list are named. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, test, type TestContext } from "node:test";
import { canonicalJson, formatInstant, ProblemError } from "@countersign/kernel";
import { leafHash, TreeHasher } from "@countersign/ledger";
import type { Store } from "@countersign/application/ports";
import { newHalt } from "./halt.ts";
import { takeLease } from "./lease.ts";
import { openPool, type RunTransaction } from "./pool.ts";
import { readBack } from "./read-back.ts";
import { giveIndexes, storeCheckpoint, type Sequenced } from "./sequencer.ts";
import {
  asAdministrator,
  checkedWith,
  startServer,
  testRecord,
  testSigner,
  type TestServer,
} from "./testing/server.ts";

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const ORG = "alpha";

async function openLog(t: TestContext) {
  const { store, config } = await server.store();
  const signer = testSigner(server.directory, ORG);
  await store.createLog(ORG, signer.origin, 0);
  const pool = openPool(config, newHalt());
  t.after(() => pool.end());
  const { run } = pool;
  const administrator = (statement: string) => asAdministrator(config, (client) => client.query(statement));
  const append = async (count: number) => {
    const records = Array.from({ length: count }, () => testRecord(ORG));
    await store.transaction(ORG, (tx) => tx.appendAll(records));
    return records;
  };
  return { store, signer, run, administrator, append };
}

type Opened = Awaited<ReturnType<typeof openLog>>;
type Held = Extract<Sequenced, { kind: "sequenced" }>;

/** Step 1, as a holder of that name does it. */
async function sequenced({ run, signer }: Opened, holder: string): Promise<Held> {
  const step = await giveIndexes(run, ORG, signer.origin, holder);
  assert.ok(step.kind === "sequenced", `${holder} has the lease`);
  return step;
}

/** Steps 2 and 3 of the same holder. */
async function published({ run, signer }: Opened, held: Held, now = 0): Promise<boolean> {
  const whole = await readBack(run, ORG, held);
  if (whole === undefined) return false;
  const note = signer.sign({ origin: signer.origin, ...whole });
  return storeCheckpoint(run, ORG, held.lease, { ...whole, note }, now, held.more);
}

/** As after the lease's time: the holder still believes that it has it. */
const runOut = ({ administrator }: Opened) =>
  administrator("UPDATE countersign.lease SET expires_at = clock_timestamp() - interval '1 second'");

const checkpoints = async ({ administrator }: Opened) =>
  (
    await administrator(
      "SELECT size, note, published_at, clock_went_back FROM countersign.checkpoint ORDER BY size",
    )
  ).rows as { size: string; note: string; published_at: Date; clock_went_back: boolean }[];

async function assertWhole({ store, signer }: Opened, entries: number): Promise<void> {
  const check = await store.check(ORG, checkedWith(signer));
  assert.deepEqual([check.entries, check.faults], [entries, []]);
}

test("a record that was sequenced by a holder that died is published by the next, at the same index (line 15)", async (t) => {
  const log = await openLog(t);
  const [record] = await log.append(3);
  await sequenced(log, "died");
  const id = record?.id ?? "";
  assert.deepEqual(await log.store.receipt(ORG, id), { state: "sequenced", index: 0 });
  assert.deepEqual(await checkpoints(log), []);
  await runOut(log);
  assert.equal((await log.store.sequence(ORG, log.signer, 0))?.size, 3);
  assert.deepEqual(await log.store.receipt(ORG, id), { state: "published", index: 0 });
  await assertWhole(log, 3);
});

test("a holder that died keeps others waiting only until its lease runs out", async (t) => {
  const log = await openLog(t);
  await log.append(1);
  await sequenced(log, "died");
  assert.deepEqual(await giveIndexes(log.run, ORG, log.signer.origin, "early"), { kind: "held" });
  // Waits for the lease by itself.
  assert.equal((await log.store.sequence(ORG, log.signer, 0))?.size, 1);
});

test("a holder that stalled before it signed writes nothing when it wakes up (line 17)", async (t) => {
  const log = await openLog(t);
  await log.append(3);
  const stalled = await sequenced(log, "stalled");
  const whole = await readBack(log.run, ORG, stalled);
  assert.ok(whole !== undefined);
  await runOut(log);
  await log.append(2);
  assert.equal((await log.store.sequence(ORG, log.signer, 0))?.size, 5);
  const note = log.signer.sign({ origin: log.signer.origin, ...whole });
  assert.equal(await storeCheckpoint(log.run, ORG, stalled.lease, { ...whole, note }, 0, false), false);
  assert.equal(await readBack(log.run, ORG, stalled), undefined, "it would not sign again either");
  assert.deepEqual(
    (await checkpoints(log)).map((row) => Number(row.size)),
    [5],
  );
  await assertWhole(log, 5);
});

test("a holder that stalled and wakes up beside its successor neither sequences nor publishes (line 17)", async (t) => {
  const log = await openLog(t);
  await log.append(3);
  const stalled = await sequenced(log, "stalled");
  await runOut(log);
  const successor = await sequenced(log, "successor");
  assert.ok(BigInt(successor.lease.token) > BigInt(stalled.lease.token));
  await log.append(2);
  assert.deepEqual(await giveIndexes(log.run, ORG, log.signer.origin, "stalled", stalled.lease), {
    kind: "held",
  });
  assert.equal(await published(log, stalled), false);
  assert.equal(await published(log, successor), true);
  assert.equal((await log.store.sequence(ORG, log.signer, 0))?.size, 5);
  await assertWhole(log, 5);
});

test("two processes that believe to be one holder give no index twice and contradict each other nowhere (line 17)", async (t) => {
  const log = await openLog(t);
  await log.append(40);
  const first = await sequenced(log, "same name");
  await log.append(40);
  const both = await Promise.all(
    [1, 2].map(() => giveIndexes(log.run, ORG, log.signer.origin, "same name", first.lease)),
  );
  const done = await Promise.allSettled(both.map((step) => published(log, step as Held)));
  // The second finds a checkpoint that is not smaller, and stops.
  assert.equal(done.filter((each) => each.status === "fulfilled" && each.value).length, 1);
  await runOut(log);
  assert.equal((await log.store.sequence(ORG, log.signer, 0))?.size, 80);
  await assertWhole(log, 80);
});

test("a holder that hangs in its transaction is ended with its lease, and leaves nothing (line 17)", async (t) => {
  const log = await openLog(t);
  const [record] = await log.append(3);
  const hanging: RunTransaction = (organization, work, mode) =>
    log.run(
      organization,
      async (client) => {
        const result = await work(client);
        await sleep(9_000);
        return result;
      },
      mode,
    );
  const hung = assert.rejects(
    giveIndexes(hanging, ORG, log.signer.origin, "hanging"),
    (error: unknown) => error instanceof ProblemError && error.problems[0]?.code === "database-lost",
  );
  await sleep(300);
  assert.deepEqual(await log.store.receipt(ORG, record?.id ?? ""), { state: "durable" });
  assert.equal((await log.store.sequence(ORG, log.signer, 0))?.size, 3);
  await hung;
  await assertWhole(log, 3);
});

test("a lease that runs further than any is given is taken at once: the server's clock was set back (line 17)", async (t) => {
  const log = await openLog(t);
  await log.append(1);
  const before = await sequenced(log, "from the future");
  await log.administrator("UPDATE countersign.lease SET expires_at = clock_timestamp() + interval '1 year'");
  const step = await sequenced(log, "present");
  assert.equal(await published(log, before), false);
  assert.equal(await published(log, step), true);
});

test("a token that a crash of the server gave twice is still one holder's", async (t) => {
  const log = await openLog(t);
  await log.append(1);
  const forgotten = await sequenced(log, "forgotten");
  // As after a crash that lost the row's last change: the same token for another.
  await log.administrator("UPDATE countersign.lease SET token = 1, holder = 'remembered'");
  assert.equal(await published(log, forgotten), false);
  assert.equal(
    await log.run(ORG, (client) => takeLease(client, ORG, "forgotten", forgotten.lease)),
    undefined,
  );
});

/** What an administrator, a disk or a memory may alter between writing and signing; each leaves the other rows whole. */
const alterations: Readonly<Record<string, string>> = {
  "a bit of a record":
    "UPDATE countersign.record SET entry = replace(entry, '\"version\":1', '\"version\":3') WHERE position = 2",
  "a leaf hash":
    "UPDATE countersign.log_entry SET leaf_hash = set_bit(leaf_hash, 77, 1 - get_bit(leaf_hash, 77)) WHERE index = 3",
  "a hash in a tile":
    "UPDATE countersign.tile SET hashes = set_bit(hashes, 9000, 1 - get_bit(hashes, 9000)) WHERE level = 0 AND number = 0",
  "a hash of what was signed before":
    "UPDATE countersign.tile SET hashes = set_bit(hashes, 9, 1 - get_bit(hashes, 9)) WHERE level = 0 AND number = 0",
  "a tile that is gone": "DELETE FROM countersign.tile WHERE level = 0 AND number = 1",
  "an entry that is gone": "DELETE FROM countersign.log_entry WHERE index = 290",
  "a record that is gone":
    "DELETE FROM countersign.record WHERE id = (SELECT id FROM countersign.log_entry WHERE index = 280)",
  "two entries that changed places":
    "UPDATE countersign.log_entry e SET id = o.id, leaf_hash = o.leaf_hash FROM countersign.log_entry o WHERE e.index + o.index = 561 AND e.index IN (280, 281)",
  "another root in the newest checkpoint":
    "UPDATE countersign.checkpoint SET root = set_bit(root, 9, 1 - get_bit(root, 9))",
};

for (const [what, statement] of Object.entries(alterations))
  test(`${what}, altered between writing and signing, is found and nothing is signed (line 7)`, async (t) => {
    const log = await openLog(t);
    await log.append(1);
    await log.store.sequence(ORG, log.signer, 0);
    await log.append(299);
    const held = await sequenced(log, "careful");
    // The entries' unique ids would refuse two that change places, one after the other.
    await log.administrator(
      "ALTER TABLE countersign.log_entry DROP CONSTRAINT log_entry_organization_id_key",
    );
    await log.administrator(statement);
    const differs = (error: unknown): boolean =>
      error instanceof ProblemError &&
      /^(?:read-back-differs|tree-damaged)$/.test(error.problems[0]?.code ?? "");
    await assert.rejects(readBack(log.run, ORG, held), differs);
    await runOut(log);
    const never = {
      origin: log.signer.origin,
      sign: (): string => assert.fail("it was signed"),
    };
    await assert.rejects(log.store.sequence(ORG, never, 0), differs);
    assert.equal((await checkpoints(log)).length, 1);
  });

test("what is not altered is read back as it was sequenced: the control of the tests above", async (t) => {
  const log = await openLog(t);
  await log.append(1);
  await log.store.sequence(ORG, log.signer, 0);
  await log.append(299);
  const held = await sequenced(log, "careful");
  assert.deepEqual(await readBack(log.run, ORG, held), { size: 300, root: held.root });
});

test("a record that is altered while it waits for its index is found: its hash was taken when it was written (line 7)", async (t) => {
  const log = await openLog(t);
  await log.append(3);
  await log.administrator("UPDATE countersign.record SET entry = replace(entry, 'made up', 'made of')");
  await assert.rejects(log.store.sequence(ORG, log.signer, 0), /does not have|do not have the hash/);
  assert.deepEqual(await checkpoints(log), []);
  await log.administrator("UPDATE countersign.record SET entry = replace(entry, 'made of', 'made up')");
  assert.equal((await log.store.sequence(ORG, log.signer, 0))?.size, 3);
});

test("a clock that goes back an hour, forward ten years, or stands still moves no entry, and is marked (line 20)", async (t) => {
  const log = await openLog(t);
  const hour = 3_600_000;
  const start = Date.UTC(2026, 0, 1);
  const clock = [start, start - hour, start - hour, start + 87_600 * hour, start + hour, start + 2 * hour];
  const ids: string[] = [];
  for (const now of clock) {
    const [record] = await log.append(1);
    ids.push(record?.id ?? "");
    await log.store.sequence(ORG, log.signer, now);
  }
  const rows = await checkpoints(log);
  assert.deepEqual(
    rows.map((row) => [Number(row.size), formatInstant(row.published_at.getTime()), row.clock_went_back]),
    clock.map((now, i) => [i + 1, formatInstant(now), i === 1 || i === 4]),
  );
  const steps = [
    { size: 2, at: start - hour, before: start },
    { size: 5, at: start + hour, before: start + 87_600 * hour },
  ];
  assert.deepEqual(await log.store.clockSteps(ORG, 6), steps);
  assert.deepEqual(await log.store.clockSteps(ORG, 4), steps.slice(0, 1));
  for (const [index, id] of ids.entries())
    assert.deepEqual(await log.store.receipt(ORG, id), { state: "published", index });
  await assertWhole(log, clock.length);
});

test("a long queue whose sequencing is interrupted twice ends with the tree of its records, in their order (line 19)", async (t) => {
  const log = await openLog(t);
  const leaves = new TreeHasher();
  for (let n = 0; n < 5; n++)
    for (const record of await log.append(2_000)) leaves.append(leafHash(Buffer.from(canonicalJson(record))));
  for (let signatures = 1; signatures <= 2; signatures++) {
    let left = signatures;
    const dies = {
      origin: log.signer.origin,
      sign(checkpoint: Parameters<typeof log.signer.sign>[0]): string {
        if (--left === 0) throw new Error("the process ended here");
        return log.signer.sign(checkpoint);
      },
    };
    await assert.rejects(log.store.sequence(ORG, dies, 0), /ended here/);
  }
  const whole = await log.store.sequence(ORG, log.signer, 0);
  assert.deepEqual([whole?.size, Buffer.from(whole?.root ?? [])], [10_000, Buffer.from(leaves.root())]);
  await assertWhole(log, 10_000);
});

async function submitted(store: Store, records: Parameters<Store["submit"]>[0][]) {
  const outcomes = await Promise.allSettled(records.map((record) => store.submit(record)));
  return outcomes
    .filter((outcome) => outcome.status === "rejected")
    .map((outcome) => outcome.reason as unknown);
}

test("ten thousand submissions of one record at once, from two processes' stores, give one index and one receipt (line 18)", async (t) => {
  const log = await openLog(t);
  const record = testRecord(ORG);
  const second = await server.storeOf(log.store);
  const copies = Array.from({ length: 5_000 }, () => structuredClone(record));
  const failed = await Promise.all([submitted(log.store, copies), submitted(second, copies)]);
  assert.deepEqual(failed.flat(), []);
  const receipts = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      await log.store.submit(record);
      await (n % 2 === 0 ? log.store : second).sequence(ORG, log.signer, 0);
      return log.store.receipt(ORG, record.id);
    }),
  );
  assert.deepEqual(
    receipts,
    receipts.map(() => ({ state: "published", index: 0 })),
  );
  await assertWhole(log, 1);
});

test("another record under an id that is taken is refused, alone and beside the first, and its neighbours are kept (line 18)", async (t) => {
  const log = await openLog(t);
  const record = testRecord(ORG);
  const other = { ...record, subject: "another" };
  const neighbours = [testRecord(ORG), testRecord(ORG)];
  const codes = (failed: unknown[]) =>
    failed.map((error) => error instanceof ProblemError && error.problems[0]?.code);
  assert.deepEqual(
    codes(await submitted(log.store, [neighbours[0]!, record, other, neighbours[1]!])), // both were made above
    ["record-id-taken"],
  );
  assert.deepEqual(codes(await submitted(log.store, [other, record])), ["record-id-taken"]);
  await assert.rejects(
    log.store.transaction(ORG, (tx) => tx.appendAll([testRecord(ORG), other])),
    /another record has the id/,
  );
  // The same one again is no other record, in a transaction either.
  await log.store.transaction(ORG, (tx) => tx.appendAll([record, record]));
  assert.equal((await log.store.sequence(ORG, log.signer, 0))?.size, 3);
  await assertWhole(log, 3);
});

test("records that the holder of the lease is about to publish are no fault of the log; those of a holder that died are", async (t) => {
  const log = await openLog(t);
  await log.append(3);
  await sequenced(log, "holder");
  const unpublished = async () =>
    (await log.store.check(ORG, checkedWith(log.signer))).faults.map((each) => each.code);
  assert.deepEqual(await unpublished(), []);
  await runOut(log);
  assert.deepEqual(await unpublished(), ["unpublished"]);
});
