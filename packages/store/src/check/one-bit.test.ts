/** Adversarial line 6: one bit, anywhere. Whatever column it is in, the check says where, and what stands all the same. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type pg from "pg";
import type { StoreCheck } from "@countersign/application/ports";
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
const SIZES = [100, 256, 300] as const;
const WAITING = 2;

/** What flips one bit of a value, and back: each is its own opposite. */
const flips = {
  text: (column: string, at = 0) =>
    `overlay(${column} placing chr(ascii(substr(${column}, ${at + 1}, 1)) # 1) from ${at + 1} for 1)`,
  bytes: (column: string) => `set_bit(${column}, 77, 1 - get_bit(${column}, 77))`,
  number: (column: string, bit = 0) => `${column} # ${2 ** bit}::bigint`,
} as const;

type Damage = {
  readonly column: string;
  readonly flip: string;
  readonly row: string;
  /** Every code that is reported, and what the places have in common. */
  readonly codes: readonly string[];
  readonly where: RegExp;
  /** Records that can no longer be proven; absent: none. */
  readonly lost?: number;
};

const at = (index: number, alias = "x") =>
  `${alias}.id = (SELECT id FROM countersign.log_entry WHERE organization = '${ORG}' AND index = ${index})`;
const newest = `x.size = ${SIZES[2]}`;
const waiting = "x.position = (SELECT max(position) FROM countersign.pending)";

const damages: readonly Damage[] = [
  {
    column: "log.organization",
    flip: flips.text("organization"),
    row: "true",
    codes: ["log-missing"],
    where: /the log's row/,
  },
  {
    column: "log.origin",
    flip: flips.text("origin"),
    row: "true",
    codes: ["log-origin"],
    where: /the log's row/,
  },
  {
    column: "log.size",
    flip: flips.number("size", 3),
    row: "true",
    codes: ["log-size"],
    where: /the log's row/,
  },
  {
    column: "record.organization",
    flip: flips.text("organization"),
    row: at(17),
    codes: ["entry-missing"],
    where: /index 17/,
    lost: 1,
  },
  {
    column: "record.position",
    flip: flips.number("position", 20),
    row: at(17),
    codes: ["state-differs"],
    where: /s17/,
  },
  {
    column: "record.id",
    flip: flips.text("id"),
    row: at(17),
    codes: ["entry-missing", "record-lost", "entry-id"],
    where: /index 17|record /,
    lost: 1,
  },
  { column: "record.type", flip: flips.text("type"), row: at(17), codes: ["entry-type"], where: /index 17/ },
  {
    column: "record.entry",
    flip: flips.text("entry", 40),
    row: at(17),
    codes: ["entry-altered"],
    where: /index 17/,
    lost: 1,
  },
  {
    column: "pending.organization",
    flip: flips.text("organization"),
    row: waiting,
    codes: ["record-lost"],
    where: /record /,
  },
  {
    column: "pending.position",
    flip: flips.number("position", 20),
    row: waiting,
    codes: ["pending-differs"],
    where: /record /,
  },
  {
    column: "pending.id",
    flip: flips.text("id"),
    row: waiting,
    codes: ["record-lost", "pending-extra"],
    where: /record /,
  },
  {
    column: "pending.leaf_hash",
    flip: flips.bytes("leaf_hash"),
    row: waiting,
    codes: ["pending-differs"],
    where: /record /,
  },
  {
    column: "record.entry",
    flip: flips.text("entry", 40),
    row: "x.id = (SELECT id FROM countersign.pending ORDER BY position DESC LIMIT 1)",
    codes: ["pending-differs"],
    where: /record /,
  },
  {
    column: "log_entry.organization",
    flip: flips.text("organization"),
    row: "x.index = 17",
    codes: ["entry-missing", "record-lost"],
    where: /index 17|record /,
    lost: 1,
  },
  {
    column: "log_entry.index",
    flip: flips.number("index", 12),
    row: "x.index IN (17, 4113)",
    codes: ["entry-missing", "entry-beyond"],
    where: /index (17|4113)/,
    lost: 1,
  },
  {
    column: "log_entry.id",
    flip: flips.text("id"),
    row: "x.index = 17",
    codes: ["entry-missing", "record-lost"],
    where: /index 17|record /,
    lost: 1,
  },
  {
    column: "log_entry.leaf_hash",
    flip: flips.bytes("leaf_hash"),
    row: "x.index = 17",
    codes: ["leaf-hash-altered"],
    where: /index 17/,
  },
  {
    column: "tile.organization",
    flip: flips.text("organization"),
    row: "x.level = 0 AND x.number = 0",
    codes: ["tile-missing"],
    where: /tile 0\/0/,
  },
  {
    column: "tile.level",
    flip: flips.number("level", 1).replace("::bigint", "::int"),
    row: "x.level IN (0, 2) AND x.number = 0",
    codes: ["tile-missing", "tile-extra"],
    where: /tile [02]\/0/,
  },
  {
    column: "tile.number",
    flip: flips.number("number", 9),
    row: "x.level = 0 AND x.number IN (0, 512)",
    codes: ["tile-missing", "tile-extra"],
    where: /tile 0\/(0|512)/,
  },
  {
    column: "tile.hashes",
    flip: flips.bytes("hashes"),
    row: "x.level = 0 AND x.number = 0",
    codes: ["tile-differs"],
    where: /tile 0\/0/,
  },
  {
    column: "tile.hashes",
    flip: flips.bytes("hashes"),
    row: "x.level = 0 AND x.number = 1",
    codes: ["tile-differs"],
    where: /tile 0\/1/,
  },
  {
    column: "tile.hashes",
    flip: flips.bytes("hashes"),
    row: "x.level = 1",
    codes: ["tile-differs"],
    where: /tile 1\/0/,
  },
  {
    column: "checkpoint.organization",
    flip: flips.text("organization"),
    row: newest,
    codes: ["unpublished"],
    where: /size 300/,
    lost: SIZES[2] - SIZES[1],
  },
  {
    column: "checkpoint.size",
    flip: flips.number("size", 0),
    row: "x.size IN (100, 101)",
    codes: ["checkpoint-differs"],
    where: /size 101/,
  },
  {
    column: "checkpoint.root",
    flip: flips.bytes("root"),
    row: newest,
    codes: ["checkpoint-differs"],
    where: /size 300/,
  },
  {
    column: "checkpoint.note",
    flip: flips.text("note", 40),
    row: "x.size = 256",
    codes: ["checkpoint-signature"],
    where: /size 256/,
  },
  {
    column: "state.organization",
    flip: flips.text("organization"),
    row: at(17).replace("x.id", "x.record"),
    codes: ["state-missing"],
    where: /s17/,
  },
  {
    column: "state.kind",
    flip: flips.text("kind"),
    row: at(17).replace("x.id", "x.record"),
    codes: ["state-missing", "state-extra"],
    where: /s17/,
  },
  {
    column: "state.key",
    flip: flips.text("key"),
    row: at(17).replace("x.id", "x.record"),
    codes: ["state-missing", "state-extra"],
    where: /17/,
  },
  {
    column: "state.record",
    flip: flips.text("record"),
    row: "x.key LIKE 's17/%'",
    codes: ["state-extra"],
    where: /s17/,
  },
  {
    column: "state.position",
    flip: flips.number("position", 20),
    row: at(17).replace("x.id", "x.record"),
    codes: ["state-differs"],
    where: /s17/,
  },
];

/** Nothing is proven by these and nothing is decided by them; or another test looks at them. */
const elsewhere: { readonly [column: string]: string } = {
  "log.created_at": "the row's own time: the log's creation is a record, and proven as one",
  "checkpoint.published_at":
    "the machine's clock when the row was written: no signature covers it and nothing reads it",
  "checkpoint.clock_went_back": "a remark on that clock",
  "person.organization":
    "compared with the directory's files: packages/application, testing/journeys/fsck.test.ts",
  "person.id": "as above",
  "person.entry": "as above",
};

async function makeLog() {
  const { store, config } = await server.store();
  const signer = testSigner(server.directory, ORG);
  await store.createLog(ORG, signer.origin, 0);
  let made = 0;
  const append = async (count: number) => {
    const records = Array.from({ length: count }, () => testRecord(ORG, `s${made++}`));
    await store.transaction(ORG, (tx) => tx.appendAll(records));
  };
  for (const size of SIZES) {
    await append(size - made);
    await store.sequence(ORG, signer, 0);
  }
  await append(WAITING);
  await asAdministrator(config, (client) =>
    client.query("ALTER TABLE countersign.record ALTER COLUMN position SET GENERATED BY DEFAULT"),
  );
  return { store, config, signer };
}

async function flip(config: pg.ClientConfig, { column, flip, row }: Damage): Promise<void> {
  const [table, name] = column.split(".");
  await asAdministrator(config, async (client) => {
    // Whoever can do this is not stopped by a foreign key.
    await client.query("SET session_replication_role = replica");
    const { rowCount } = await client.query(
      `UPDATE countersign.${table} AS x SET ${name} = ${flip} WHERE ${row}`,
    );
    assert.equal(rowCount, 1, column);
  });
}

const codesOf = (check: StoreCheck) => [...new Set(check.faults.map((fault) => fault.code))].sort();

test("one bit in any column of records, tree, checkpoints, queue and state is found in its place, and the rest is proven", async (t) => {
  const { store, config, signer } = await makeLog();
  const check = () => store.check(ORG, checkedWith(signer));
  const whole = await check();
  assert.deepEqual([whole.faults, whole.proven.records], [[], 300]);
  for (const damage of damages)
    await t.test(damage.column, async () => {
      const back = damage.column.endsWith(".id") || damage.column === "log_entry.id";
      const where = back ? { ...damage, row: await placeOf(config, damage) } : damage;
      await flip(config, where);
      try {
        const found = await check();
        assert.deepEqual(codesOf(found), [...damage.codes].sort(), JSON.stringify(found.faults));
        for (const fault of found.faults) assert.match(fault.where, damage.where);
        assert.equal(found.proven.records, 300 - (damage.lost ?? 0), "every other record is proven");
        if (damage.lost === 1) assert.deepEqual(found.proven.except, [17]);
        for (const fault of found.faults)
          assert.ok(fault.still !== undefined || fault.code === "unpublished");
      } finally {
        await flip(config, where);
      }
      assert.deepEqual((await check()).faults, [], "put back, nothing is damaged");
    });
});

/** A row that is named by what is about to change is named by its physical place instead. */
async function placeOf(config: pg.ClientConfig, { column, row }: Damage): Promise<string> {
  const [table] = column.split(".");
  return asAdministrator(config, async (client) => {
    const { rows } = await client.query<{ organization: string; position: string; index: string }>(
      `SELECT * FROM countersign.${table} AS x WHERE ${row}`,
    );
    const [found] = rows;
    return found?.position === undefined ? `x.index = ${found?.index}` : `x.position = ${found.position}`;
  });
}

test("every column of facts and projections is in the table above, or says why not", async () => {
  const { config } = await server.store();
  const { rows } = await asAdministrator(config, (client) =>
    client.query<{ column: string }>(
      `SELECT table_name || '.' || column_name AS column FROM information_schema.columns
        WHERE table_schema = 'countersign' AND table_name IN ('log','record','pending','log_entry','tile','checkpoint','state','person')`,
    ),
  );
  const known = new Set([...damages.map((damage) => damage.column), ...Object.keys(elsewhere)]);
  assert.deepEqual(
    rows.map((row) => row.column).filter((column) => !known.has(column)),
    [],
  );
});
