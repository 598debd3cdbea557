import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  equalHashes,
  leafHash,
  openCheckpoint,
  rootAt,
  verifyConsistency,
  consistencyProof,
  inclusionProof,
  verifyInclusion,
} from "@countersign/ledger";
import { ProblemError } from "@countersign/kernel";
import type { Store } from "@countersign/application/ports";
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

async function openLog(organization = ORG) {
  const { store, config } = await server.store();
  const signer = testSigner(server.directory, organization);
  await store.createLog(organization, signer.origin, 0);
  return { store, config, signer };
}

async function allEntries(store: Store, organization = ORG) {
  const size = (await store.newestCheckpoint(organization))?.size ?? 0;
  const entries = [];
  for await (const page of store.entries(organization, 0, size)) entries.push(...page);
  return entries;
}

test("a receipt goes from unknown to durable to published, and resolves to one leaf", async () => {
  const { store, signer } = await openLog();
  const record = testRecord(ORG);
  assert.deepEqual(await store.receipt(ORG, record.id), { state: "unknown" });
  await store.transaction(ORG, (tx) => tx.append(record));
  assert.deepEqual(await store.receipt(ORG, record.id), { state: "durable" });
  const published = await store.sequence(ORG, signer, 0);
  assert.deepEqual(await store.receipt(ORG, record.id), { state: "published", index: 0 });
  const opened = openCheckpoint(published?.note ?? "", signer.verifier);
  assert.ok(opened.ok && opened.value.size === 1);
});

test("a use case that fails leaves neither its record nor its state", async () => {
  const { store, signer } = await openLog();
  const record = testRecord(ORG);
  await assert.rejects(
    store.transaction(ORG, async (tx) => {
      await tx.append(record);
      throw new Error("the use case changed its mind");
    }),
    /changed its mind/,
  );
  assert.deepEqual(await store.receipt(ORG, record.id), { state: "unknown" });
  assert.deepEqual(await store.transaction(ORG, (tx) => tx.state("source.gap")), []);
  assert.equal(await store.sequence(ORG, signer, 0), undefined);
});

test("a connection that is lost in the middle of a transaction is a problem in words, and the store goes on", async () => {
  const { store, config, signer } = await openLog();
  const record = testRecord(ORG);
  const next = testRecord(ORG);
  await assert.rejects(
    store.transaction(ORG, async (tx) => {
      await tx.append(record);
      await asAdministrator(config, (client) =>
        client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        ),
      );
      await tx.append(next);
    }),
    (error: unknown) => error instanceof ProblemError && error.problems[0]?.code === "database-lost",
  );
  assert.deepEqual(await store.receipt(ORG, record.id), { state: "unknown" });
  await store.transaction(ORG, (tx) => tx.append(next));
  assert.equal((await store.sequence(ORG, signer, 0))?.size, 1);
});

test("many appenders and several sequencers at once give every record one index, without gap, fork or repetition", async () => {
  const { store, signer } = await openLog();
  const records = Array.from({ length: 300 }, () => testRecord(ORG));
  const work: Promise<unknown>[] = records.map((record) => store.transaction(ORG, (tx) => tx.append(record)));
  for (let i = 0; i < 20; i++) work.push(store.sequence(ORG, signer, i));
  await Promise.all(work);
  await store.sequence(ORG, signer, 99);
  const entries = await allEntries(store);
  assert.deepEqual(
    entries.map((entry) => entry.index),
    records.map((_, i) => i),
  );
  assert.deepEqual(new Set(entries.map((entry) => entry.id)), new Set(records.map((record) => record.id)));
  const { faults } = await store.check(ORG, checkedWith(signer));
  assert.deepEqual(faults, []);
});

test("every published checkpoint is a prefix of the next, across tile borders", async () => {
  const { store, signer } = await openLog();
  const published = [];
  for (const count of [1, 254, 1, 1, 300]) {
    await store.transaction(ORG, (tx) => tx.appendAll(Array.from({ length: count }, () => testRecord(ORG))));
    published.push(await store.sequence(ORG, signer, 0));
  }
  const last = published.at(-1)!; // five were published
  assert.equal(last.size, 557);
  for (const checkpoint of published) {
    assert.ok(checkpoint !== undefined);
    const { size } = checkpoint;
    const [root, proof] = await store.readTree(ORG, (read) => [
      rootAt(size, read),
      consistencyProof(size, last.size, read),
    ]);
    assert.ok(equalHashes(root, checkpoint.root));
    assert.ok(verifyConsistency(size, last.size, root, last.root, proof));
  }
  for (const { index, entry } of (await allEntries(store)).filter((each) => each.index % 37 === 0))
    assert.ok(
      verifyInclusion(
        leafHash(Buffer.from(entry)),
        index,
        last.size,
        await store.readTree(ORG, (read) => inclusionProof(index, last.size, read)),
        last.root,
      ),
    );
});

test("a proof needs the tiles of its path alone, and names one that is not there", async () => {
  const { store, config, signer } = await openLog();
  const records = Array.from({ length: 1100 }, () => testRecord(ORG));
  await store.transaction(ORG, (tx) => tx.appendAll(records));
  const last = await store.sequence(ORG, signer, 0);
  assert.ok(last !== undefined);
  await asAdministrator(config, (client) =>
    client.query("DELETE FROM countersign.tile WHERE level = 0 AND number = 2"),
  );
  const prove = (index: number) => store.readTree(ORG, (read) => inclusionProof(index, last.size, read));
  const first = (await allEntries(store))[0];
  assert.ok(first !== undefined);
  assert.ok(verifyInclusion(leafHash(Buffer.from(first.entry)), 0, last.size, await prove(0), last.root));
  await assert.rejects(prove(600), /tree lacks a hash/);
});

test("one organization neither reads nor writes another's rows, and without an organization there are none", async () => {
  const { store, config, signer } = await openLog();
  const other = testSigner(server.directory, "beta");
  await store.createLog("beta", other.origin, 0);
  await store.transaction("beta", (tx) => tx.append(testRecord("beta", "canary")));
  await store.sequence("beta", other, 0);
  await store.transaction(ORG, (tx) => tx.append(testRecord(ORG)));
  await store.sequence(ORG, signer, 0);
  assert.equal(
    (await allEntries(store)).some((entry) => entry.entry.includes("canary")),
    false,
  );
  await assert.rejects(
    store.transaction(ORG, (tx) => tx.append(testRecord("beta"))),
    TypeError,
  );
  await asAdministrator(config, async (client) => {
    await client.query("SET ROLE countersign_app");
    for (const table of [
      "log",
      "record",
      "pending",
      "log_entry",
      "tile",
      "checkpoint",
      "state",
      "person",
      "directory_key",
    ]) {
      const { rows } = await client.query(`SELECT * FROM countersign.${table}`);
      assert.deepEqual(rows, [], `${table} without an organization`);
    }
    await client.query("SELECT set_config('countersign.organization', 'alpha', false)");
    const { rows } = await client.query<{ organization: string }>(
      "SELECT organization FROM countersign.record",
    );
    assert.deepEqual(new Set(rows.map((row) => row.organization)), new Set(["alpha"]));
    await assert.rejects(
      client.query(
        "INSERT INTO countersign.record (organization, id, type, entry) VALUES ('beta', 'x', 'x', 'x')",
      ),
      /row-level security/,
    );
    for (const statement of [
      "UPDATE countersign.record SET entry = 'x'",
      "DELETE FROM countersign.log_entry",
      "DROP TABLE countersign.record",
    ])
      await assert.rejects(client.query(statement), /permission denied|must be owner/, statement);
  });
  // The control: an administrator does see both, so the reads above could have.
  await asAdministrator(config, async (client) => {
    const { rows } = await client.query("SELECT DISTINCT organization FROM countersign.record");
    assert.equal(rows.length, 2);
  });
});

test("the log of another key is refused", async () => {
  const { store } = await openLog();
  await assert.rejects(store.createLog(ORG, "elsewhere.example/alpha", 0), /another workspace/);
});

test("the same next version is not taken twice: the lock holds until the transaction ends", async () => {
  const { store } = await openLog();
  const order: string[] = [];
  const step = (name: string) =>
    store.transaction(ORG, async (tx) => {
      await tx.lock("version");
      order.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      order.push(`${name} out`);
    });
  await Promise.all([step("a"), step("b"), step("c")]);
  for (let i = 0; i < order.length; i += 2) assert.equal(order[i]?.[0], order[i + 1]?.[0]);
});
