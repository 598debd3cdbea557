/** Exports and proofs of a real workspace's log: what is written, what is refused, and what an interruption leaves. */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { after, before, test } from "node:test";
import {
  exportLog,
  proveRecord,
  publish,
  verifyLog,
  verifyRecord,
  type Context,
  type ExportedLog,
} from "@countersign/application";
import type { LogFolder } from "@countersign/application/ports";
import { ProblemError } from "@countersign/kernel";
import { MemoryTree, leafHash, signCheckpoint, tiledLogFiles } from "@countersign/ledger";
import { openLogFolder, readLogFolder } from "@countersign/store";
import type { Session } from "../../apps/cli/src/session.ts";
import { testRecord } from "../../packages/store/src/testing/server.ts";
import { makePlace, openPlace, ORGANIZATION, type Place } from "../durability/place.ts";

let place: Place;
let session: Session;
let ctx: Context;
let folders = 0;
/** Of 300 records: beyond a full tile, so that there are two levels and partial tiles. */
let small: string;
/** The checkpoint of it, as somebody outside keeps it. */
let kept: string;

async function grow(records: number): Promise<void> {
  const made = Array.from({ length: records }, () => testRecord(ORGANIZATION));
  await ctx.store.transaction(ORGANIZATION, (tx) => tx.appendAll(made));
  await publish(ctx);
}

async function size(): Promise<number> {
  return (await ctx.store.newestCheckpoint(ORGANIZATION))?.size ?? 0;
}

const newFolder = (): string => join(place.files, `log ${++folders}`);
const copyOf = (folder: string): string => {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
};

function filesIn(folder: string): ReadonlyMap<string, string> {
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path): [string, string] => [relative(folder, path), readFileSync(path, "hex")])
      .sort(),
  );
}

const exported = (folder: string): Promise<ExportedLog> => exportLog(ctx, openLogFolder(folder));

/** That the export is refused with the code, names the place, and leaves every byte as it was. */
async function refused(folder: string, code: string, where: RegExp, log: LogFolder = openLogFolder(folder)) {
  const before = filesIn(folder);
  await assert.rejects(exportLog(ctx, log), (error: unknown) => {
    assert.ok(error instanceof ProblemError, String(error));
    assert.equal(error.problems[0]?.code, code);
    assert.match(error.problems[0].where ?? "", where);
    return true;
  });
  assert.deepEqual(filesIn(folder), before, "nothing was changed");
}

before(async () => {
  place = makePlace(3);
  session = await openPlace(place.home);
  ctx = session.ctx;
  await grow(300 - (await size()));
  small = newFolder();
  await exported(small);
  kept = readFileSync(join(small, "checkpoint"), "utf8");
});
after(async () => {
  await session.close();
  await place.remove();
});

test("an export is the log's files and no other, as they are made from the whole log in memory, and is intact", async () => {
  const records: string[] = [];
  for await (const page of ctx.store.entries(ORGANIZATION, 0, 300))
    records.push(...page.map(({ entry }) => entry));
  const tree = new MemoryTree();
  for (const record of records) tree.append(leafHash(Buffer.from(record)));
  const entry = (index: number): Uint8Array => Buffer.from(records[index] ?? "");
  const made = [...tiledLogFiles(300, kept, { hash: tree.read, entry })].map(
    ({ path, bytes }): [string, string] => [path, Buffer.from(bytes()).toString("hex")],
  );
  assert.deepEqual(filesIn(small), new Map(made.sort()));
  const verdict = verifyLog(readLogFolder(small), { logKey: ctx.keys.logKey });
  assert.deepEqual(verdict.faults, []);
  assert.equal(verdict.facts.provenRecords, 300);
});

test("a grown log is only added to, and continues what somebody kept", async () => {
  const folder = copyOf(small);
  const before = filesIn(folder);
  await grow(300);
  const { size: now, before: then, written, kept: there } = await exported(folder);
  assert.deepEqual([now, then, there], [600, 300, 2], "the first bundle and its tile were there");
  const after = filesIn(folder);
  for (const [path, bytes] of before) if (path !== "checkpoint") assert.equal(after.get(path), bytes, path);
  assert.equal(after.size, before.size + written);
  const verdict = verifyLog(readLogFolder(folder), { since: [{ name: "kept", note: kept }] });
  assert.deepEqual(verdict.faults, []);
  assert.equal(verdict.facts.sinceChecked[0]?.outcome, "extends");
  assert.equal((await exported(folder)).written, 0);
  assert.deepEqual(filesIn(folder), after);
});

test("each class of file with another byte is refused by name, and nothing is written", async () => {
  const whole = newFolder();
  await exported(whole);
  for (const path of [
    "tile/entries/000",
    "tile/entries/002.p/88",
    "tile/0/001",
    "tile/0/002.p/88",
    "tile/1/000.p/2",
  ]) {
    const folder = copyOf(whole);
    const bytes = readFileSync(join(folder, path));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(folder, path), bytes);
    await refused(folder, "export-differs", new RegExp(`${path}$`));
    writeFileSync(join(folder, path), bytes.subarray(1));
    await refused(folder, "export-differs", new RegExp(`${path}$`));
  }
  // A partial file of an earlier size is held against the beginning of what came after it.
  const grown = copyOf(small);
  writeFileSync(join(grown, "tile/entries/001.p/44"), "other");
  await refused(grown, "export-differs", /tile\/entries\/001\.p\/44$/);
});

test("a folder of something else, of another log, of a longer or a forked one is left alone", async () => {
  const other = newFolder();
  mkdirSync(other);
  writeFileSync(join(other, "index.html"), "a site");
  await refused(other, "export-folder", /index\.html$/);
  const beyond = copyOf(small);
  mkdirSync(join(beyond, "tile/0"), { recursive: true });
  writeFileSync(join(beyond, "tile/0/099"), Buffer.alloc(8192));
  await refused(beyond, "export-folder", /tile\/0\/099$/);
  const foreign = copyOf(small);
  writeFileSync(join(foreign, "checkpoint"), kept.replace(/^.*$/m, "countersign.local/other"));
  await refused(foreign, "export-of-another-log", /checkpoint$/);
  const [pem = ""] = ctx.keys.ring.privateKeys("log");
  const { origin } = ctx.keys;
  const longer = copyOf(small);
  writeFileSync(
    join(longer, "checkpoint"),
    signCheckpoint({ origin, size: 9999, root: Buffer.alloc(32, 7) }, pem),
  );
  await refused(longer, "export-is-newer", /checkpoint$/);
  const forked = copyOf(small);
  writeFileSync(
    join(forked, "checkpoint"),
    signCheckpoint({ origin, size: 300, root: Buffer.alloc(32, 7) }, pem),
  );
  await refused(forked, "forked", /checkpoint$/);
});

test("records that were changed in the database are not exported, not even into an empty folder (lines 6, 28)", async () => {
  const bent: Context = {
    ...ctx,
    store: {
      ...ctx.store,
      async *entries(organization, from, through) {
        for await (const page of ctx.store.entries(organization, from, through))
          yield page.map((each) =>
            each.index === 290 ? { ...each, entry: each.entry.replace("made up", "made-up") } : each,
          );
      },
    },
  };
  const folder = newFolder();
  await assert.rejects(
    exportLog(bent, openLogFolder(folder)),
    /not those that the checkpoint was signed over/,
  );
  assert.equal(existsSync(folder), false);
});

test("an export that is interrupted at any file has no checkpoint, and goes on to the bytes of one that was not (line 19)", async () => {
  const whole = newFolder();
  const { written } = await exported(whole);
  assert.ok(written > 6);
  for (let stop = 0; stop <= written + 1; stop++) {
    const folder = newFolder();
    const log = openLogFolder(folder);
    let left = stop;
    const step = <T>(act: () => T): T => {
      if (left-- === 0) throw new Error("interrupted");
      return act();
    };
    const interrupted: LogFolder = {
      ...log,
      add: (path, bytes) => step(() => log.add(path, bytes)),
      publish: (note) => {
        step(() => {
          log.publish(note);
        });
      },
    };
    if (stop <= written) {
      await assert.rejects(exportLog(ctx, interrupted), /interrupted/);
      assert.equal(existsSync(join(folder, "checkpoint")), false);
      assert.equal(verifyLog(readLogFolder(folder)).intact, false);
      const half = join(folder, "tile/0/001.4242.new");
      mkdirSync(dirname(half), { recursive: true });
      writeFileSync(half, "half of a tile");
    } else await exportLog(ctx, interrupted);
    assert.equal((await exported(folder)).kept, Math.min(stop, written));
    assert.deepEqual(filesIn(folder), filesIn(whole));
    rmSync(folder, { recursive: true });
  }
});

test("two exports into one folder at once leave one whole log", async () => {
  const folder = newFolder();
  await Promise.all([exported(folder), exported(folder)]);
  assert.deepEqual(verifyLog(readLogFolder(folder)).faults, []);
  await grow(1);
  const given = { name: "kept", note: kept };
  await exported(folder);
  await assert.rejects(exportLog(ctx, openLogFolder(folder), given), /only 300 would be exported/);
});

test("a checkpoint that was kept is exported and proven against as it is, and another log's is refused", async () => {
  const folder = newFolder();
  const given = { name: "kept", note: kept };
  assert.equal((await exportLog(ctx, openLogFolder(folder), given)).size, 300);
  assert.deepEqual(filesIn(folder), filesIn(small));
  const { proof, record } = await proveRecord(ctx, "299", given);
  assert.ok(proof.endsWith(kept));
  assert.deepEqual(verifyRecord(proof, Buffer.from(record), { since: [given] }).faults, []);
  await assert.rejects(proveRecord(ctx, "300", given), /the checkpoint has 300 records/);
  const foreign = { name: "foreign", note: kept.replace("countersign.local", "elsewhere.local") };
  await assert.rejects(proveRecord(ctx, "0", foreign), /not a checkpoint of this log/);
  await assert.rejects(exportLog(ctx, openLogFolder(newFolder()), foreign), /not a checkpoint of this log/);
  const [pem = ""] = ctx.keys.ring.privateKeys("log");
  const fork = signCheckpoint({ origin: ctx.keys.origin, size: 300, root: Buffer.alloc(32, 7) }, pem);
  await assert.rejects(proveRecord(ctx, "0", { name: "fork", note: fork }), /not those of the checkpoint/);
  const ahead = signCheckpoint({ origin: ctx.keys.origin, size: 9999, root: Buffer.alloc(32, 7) }, pem);
  await assert.rejects(proveRecord(ctx, "0", { name: "ahead", note: ahead }), /and the checkpoint 9999/);
});

test("a record is proven by id and by index, and what is not there or not published is told apart", async () => {
  const made = testRecord(ORGANIZATION);
  await ctx.store.transaction(ORGANIZATION, (tx) => tx.append(made));
  await assert.rejects(proveRecord(ctx, made.id), /has no place in the log yet/);
  await publish(ctx);
  const now = await size();
  for (const wanted of [made.id, String(now - 1), "0", "255", "256"]) {
    const { proof, record, index, id } = await proveRecord(ctx, wanted);
    const verdict = verifyRecord(proof, Buffer.from(record), { logKey: ctx.keys.logKey });
    assert.deepEqual(verdict.faults, []);
    assert.deepEqual([verdict.facts.index, verdict.facts.record?.id], [index, id]);
  }
  await assert.rejects(proveRecord(ctx, "rec_nothing"), /no record of this log has the id "rec_nothing"/);
  await assert.rejects(proveRecord(ctx, String(now)), /the record asked for is at index/);
  await assert.rejects(proveRecord(ctx, "-1"), /no record of this log/);
  const bent: Context = {
    ...ctx,
    store: {
      ...ctx.store,
      async *entries(organization, from, through) {
        for await (const page of ctx.store.entries(organization, from, through))
          yield page.map((each) => ({ ...each, entry: `${each.entry} ` }));
      },
    },
  };
  await assert.rejects(proveRecord(bent, "5"), /does not lead to the checkpoint/);
});
