/** The store's check: what several damages at once leave proven, what a repair writes, and how a check goes on. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { StoreCheck, StoreCheckOptions, StoreCursor } from "@countersign/application/ports";
import {
  asAdministrator,
  checkedWith,
  startServer,
  testRecord,
  testSigner,
  type TestServer,
} from "../testing/server.ts";

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const ORG = "alpha";
const SIZE = 1_300;

async function makeLog(size = SIZE) {
  const { store, config } = await server.store();
  const signer = testSigner(server.directory, ORG);
  await store.createLog(ORG, signer.origin, 0);
  for (let made = 0; made < size;) {
    const count = Math.min(700, size - made);
    const records = Array.from({ length: count }, (_, i) => testRecord(ORG, `s${made + i}`));
    await store.transaction(ORG, (tx) => tx.appendAll(records));
    await store.sequence(ORG, signer, 0);
    made += count;
  }
  const check = (more: Partial<StoreCheckOptions> = {}) =>
    store.check(ORG, { ...checkedWith(signer), ...more });
  const damage = (...statements: string[]) =>
    asAdministrator(config, async (client) => {
      await client.query("SET session_replication_role = replica");
      for (const statement of statements) await client.query(statement);
    });
  return { store, signer, check, damage };
}

const alter = (index: number) =>
  `UPDATE countersign.record r SET entry = replace(entry, 'made up', 'made op') FROM countersign.log_entry e WHERE e.id = r.id AND e.index = ${index}`;
const codesOf = (check: StoreCheck) => [...new Set(check.faults.map((fault) => fault.code))].sort();

test("an entry, a leaf hash and a tile that are damaged in three places leave every other record proven", async () => {
  const { check, damage } = await makeLog();
  await damage(
    alter(17),
    "UPDATE countersign.log_entry SET leaf_hash = set_bit(leaf_hash, 9, 1 - get_bit(leaf_hash, 9)) WHERE index = 900",
    "UPDATE countersign.tile SET hashes = set_bit(hashes, 9, 1 - get_bit(hashes, 9)) WHERE level = 0 AND number = 4",
    "DELETE FROM countersign.tile WHERE level = 1",
  );
  const found = await check();
  assert.deepEqual(codesOf(found), ["entry-altered", "leaf-hash-altered", "tile-differs", "tile-missing"]);
  assert.deepEqual(found.proven, {
    records: SIZE - 1,
    of: SIZE,
    throughSize: SIZE,
    by: "stored-hashes",
    except: [17],
    exceptCount: 1,
  });
});

test("an administrator who alters an entry and the hash beside it is found by the tiles, which lead to what was signed", async () => {
  const { check, damage } = await makeLog();
  await damage(
    alter(17),
    "UPDATE countersign.log_entry e SET leaf_hash = sha256('\\x00'::bytea || convert_to(r.entry, 'UTF8')) FROM countersign.record r WHERE r.id = e.id AND e.index = 17",
  );
  const found = await check();
  assert.deepEqual([found.proven.by, found.proven.except, found.proven.records], ["tiles", [17], SIZE - 1]);
  assert.deepEqual(codesOf(found), ["entry-altered"]);
  assert.match(found.faults[0]?.where ?? "", /s17|index 17/);
});

test("a log that was altered with all its hashes is proven up to the checkpoint before, and no further", async () => {
  const { check, damage } = await makeLog();
  await damage(
    alter(1000),
    "UPDATE countersign.log_entry e SET leaf_hash = sha256('\\x00'::bytea || convert_to(r.entry, 'UTF8')) FROM countersign.record r WHERE r.id = e.id AND e.index = 1000",
    "DELETE FROM countersign.tile",
  );
  const found = await check();
  assert.ok(codesOf(found).includes("root-differs"));
  assert.deepEqual([found.proven.throughSize, found.proven.records], [700, 700]);
});

test("a repair writes tiles and state again from proven records, and leaves nothing to find", async () => {
  const { check, damage } = await makeLog();
  await damage(
    "DELETE FROM countersign.tile WHERE number = 3",
    "UPDATE countersign.tile SET hashes = set_bit(hashes, 9, 1 - get_bit(hashes, 9)) WHERE level = 1",
    "DELETE FROM countersign.state WHERE key LIKE 's1_/%'",
    "UPDATE countersign.state SET position = 1 WHERE key LIKE 's99/%'",
    "INSERT INTO countersign.state VALUES ('alpha', 'source.gap', 'nobody', 'rec_x', 1)",
  );
  const repaired = await check({ repair: true });
  assert.deepEqual(repaired.repaired, { tiles: 2, stateRows: 12, left: [] });
  assert.deepEqual((await check()).faults, []);
});

test("a repair never builds on a damaged record: it says what it left as it is", async () => {
  const { check, damage } = await makeLog();
  await damage(
    alter(17),
    "DELETE FROM countersign.state WHERE key LIKE 's1_/%'",
    "DELETE FROM countersign.tile WHERE level = 1",
  );
  const { repaired } = await check({ repair: true });
  assert.deepEqual([repaired?.tiles, repaired?.stateRows], [1, 0]);
  assert.match(repaired?.left[0] ?? "", /state: records that it follows from are damaged/);
  assert.deepEqual(codesOf(await check()), ["entry-altered", "state-missing"]);
});

test("a check that is stopped at any page goes on there, and finds what a whole one finds", async () => {
  const { check, damage } = await makeLog();
  await damage(alter(17), alter(1_100), "DELETE FROM countersign.tile WHERE level = 0 AND number = 2");
  const whole = await check();
  for (let pages = 0; pages <= 1; pages++) {
    let cursor: StoreCursor | undefined;
    let asked = 0;
    const first = await check({ stopped: () => asked++ === pages, save: (saved) => (cursor = saved) });
    assert.equal(first.stoppedAt, pages * 1_024);
    // As it comes back from a file.
    const from = cursor === undefined ? undefined : (JSON.parse(JSON.stringify(cursor)) as StoreCursor);
    let read = 0;
    const rest = await check({
      ...(from === undefined ? {} : { from }),
      progress: (_, __, rows) => (read += rows === undefined ? 1 : 0),
    });
    assert.deepEqual(rest, whole);
    assert.equal(read, 2 - pages, "what lies before is not read again");
  }
});

test("records and state that are appended while a check reads are no contradictions", async () => {
  const { store, signer, check } = await makeLog();
  const appended: Promise<unknown>[] = [];
  const found = await check({
    progress: () => {
      // Not awaited here: it goes on beside the check.
      appended.push(
        store
          .transaction(ORG, (tx) => tx.append(testRecord(ORG, `late${appended.length}`)))
          .then(() => store.sequence(ORG, signer, 0)),
      );
    },
  });
  assert.deepEqual(found.faults, []);
  assert.ok(appended.length > 0);
  // What is still under way would otherwise outlive the test, and its server.
  await Promise.all(appended);
  assert.deepEqual((await check()).faults, []);
});
