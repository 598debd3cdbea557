/** `fsck` on a real workspace: one bit in a stored file or a name, what rests on it, repair, and a check that is interrupted. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { formatInstant } from "../../packages/kernel/src/index.ts";
import type { Fsck } from "../../packages/application/src/index.ts";
import type { LedgerRecord } from "../../packages/records/src/index.ts";
import { openPostgresStore, readMigrations } from "../../packages/store/src/index.ts";
import { testRecord } from "../../packages/store/src/testing/server.ts";
import { insiderOf, type Insider } from "./insider.ts";
import { makeSmallCompany, ORGANIZATION, SMALL } from "./small-company.ts";
import { newPlace, root, type Place } from "./support.ts";

let place: Place;
let insider: Insider;
let config: pg.ClientConfig;
let records: readonly LedgerRecord[];
const blobs = () => join(place.folder, "company/.countersign/blobs", ORGANIZATION);

before(async () => {
  place = newPlace("fsck");
  await makeSmallCompany(place);
  const server = await place.keepServer("company");
  config = server.connectionString("countersign");
  insider = insiderOf(place, "company", ORGANIZATION, server);
  place.write("review.txt", "access was looked at");
  for (const command of [
    ["collect"],
    ["population", "freeze", "hr-leavers", "--with-warning"],
    ["sample", "draw", "hr-leavers", "--size", "1", "--nonce", "ab".repeat(32)],
    ["evidence", "add", "review.txt", "--control", "IAM-04", "--performed-at", "2026-07-02"],
    ["assess"],
  ]) {
    const { status, stderr } = await place.run(...command, ...SMALL);
    assert.equal(status, 0, stderr);
  }
  records = await insider.records();
});
after(() => place.remove());

const sql = async (statement: string): Promise<void> => {
  const client = new pg.Client(config);
  await client.connect();
  try {
    await client.query("SET session_replication_role = replica");
    await client.query(statement);
  } finally {
    await client.end();
  }
};

async function found(...options: readonly string[]): Promise<Fsck> {
  const { stdout, status } = await place.run("fsck", ...options, "--json", ...SMALL);
  const fsck = JSON.parse(stdout) as Fsck;
  assert.equal(status, fsck.faults.length > 0 ? 1 : 0);
  return fsck;
}

/** A file that names people has a salt in front of its bytes, and says so in its name. */
const pathOf = (digest: string): string => {
  const hex = digest.slice("sha256:".length);
  const path = join(blobs(), hex.slice(0, 2), hex);
  return existsSync(`${path}.salted`) ? `${path}.salted` : path;
};

/** Turns one bit of a stored file around, looks, and turns it back. */
async function withBit(digest: string, look: () => Promise<void>): Promise<void> {
  const bytes = readFileSync(pathOf(digest));
  const bent = Buffer.from(bytes);
  const middle = bent.length >> 1;
  bent[middle] = (bent[middle] ?? 0) ^ 1;
  writeFileSync(pathOf(digest), bent);
  await look();
  writeFileSync(pathOf(digest), bytes);
}

const bodyOf = <T extends LedgerRecord["type"]>(type: T) => {
  const record = records.find((each) => each.type === type);
  assert.ok(record !== undefined, type);
  // Found by its type.
  return record.body as Extract<LedgerRecord, { type: T }>["body"];
};

test("nothing is damaged in a workspace that nobody touched, and every record is proven", async () => {
  const { stdout, status } = await place.run("fsck", ...SMALL);
  assert.equal(status, 0, stdout);
  assert.match(
    stdout,
    /^\d+ records, \d+ stored files, \d+ lists, \d+ persons, 3 outside checkpoints: nothing damaged$/m,
  );
  assert.match(stdout, /^proven {3}every record, by the checkpoint of size \d+ that this log's key signed$/m);
});

test("one bit in any stored file is found, with what it is, what rests on it and what is proven without it", async () => {
  const population = bodyOf("population.collected");
  const evidence = bodyOf("evidence.added");
  const run = bodyOf("assessment.run");
  const files: readonly (readonly [string, string, RegExp])[] = [
    [population.items.digest, "the items of population hr-leavers@1", /run_|run [0-9a-z]/],
    [population.raw[0]?.digest ?? "", "raw bytes", /draw draw_|the freeze of hr-leavers/],
    [evidence.files[0]?.digest ?? "", "the evidence file review.txt for IAM-04", /^$/],
    [run.results.digest, "the results of run", /^$/],
    [run.summary.digest, "the summary of run", /^$/],
    [bodyOf("directory.extended").entries.digest, "names of persons", /^$/],
  ];
  for (const [digest, words, resting] of files)
    await withBit(digest, async () => {
      const fsck = await found();
      assert.deepEqual(
        fsck.faults.map((fault) => `${fault.code} ${fault.where}`),
        [`blob-damaged ${digest}`],
        words,
      );
      const damage = fsck.damage[0] ?? assert.fail();
      assert.ok(damage.namedBy[0]?.words.startsWith(words), JSON.stringify(damage));
      assert.match(damage.restingOn.map((each) => each.words).join(", "), resting);
      assert.ok((damage.still[0] ?? "") !== "");
      assert.deepEqual([fsck.proven.records, fsck.proven.except], [fsck.entries, []]);
    });
  assert.deepEqual(codes(await found()), []);
});

test("a file that is gone is missing, one that no record names is listed, and neither is taken for the other", async () => {
  const { digest } = bodyOf("population.collected").items;
  const path = pathOf(digest);
  renameSync(path, `${path}.away`);
  insider.put("left by a read that failed");
  const fsck = await found();
  assert.deepEqual(
    fsck.faults.map((fault) => fault.code),
    ["blob-missing"],
  );
  assert.equal(fsck.unnamed.count, 2);
  renameSync(`${path}.away`, path);
  const { stdout, status } = await place.run("fsck", ...SMALL);
  assert.equal(status, 0);
  assert.match(stdout, /^unnamed {2}1 stored files that no record names/m);
});

test("names that differ from the directory's files are found column by column, and read again from them", async () => {
  const columns: readonly (readonly [string, readonly string[]])[] = [
    ["organization = 'another'", ["person-missing"]],
    ["id = id || 'x'", ["person-extra", "person-missing"]],
    [`entry = jsonb_set(entry, '{bot}', 'true')`, ["person-differs"]],
  ];
  for (const [change, expected] of columns) {
    await sql(
      `UPDATE countersign.person SET ${change} WHERE organization = '${ORGANIZATION}' AND id = (SELECT min(id) FROM countersign.person)`,
    );
    const repaired = await found("--repair");
    assert.deepEqual(repaired.faults.map((fault) => fault.code).sort(), expected);
    assert.equal(repaired.repaired?.persons, expected.length);
    assert.deepEqual(codes(await found()), []);
  }
});

test("a log whose tree is damaged is refused by other commands, opened by fsck, and mended by --repair", async () => {
  await sql("UPDATE countersign.tile SET hashes = set_bit(hashes, 5, 1 - get_bit(hashes, 5))");
  await place.refused("map", ...SMALL);
  const { stdout, status } = await place.run("fsck", ...SMALL);
  assert.equal(status, 1);
  assert.match(
    stdout,
    /tile 0\/0: hash 0 is not that of the records \(tile-differs\)\n {4}still proven: every record/,
  );
  const repaired = await place.run("fsck", "--repair", ...SMALL);
  assert.match(
    repaired.stdout,
    /^repaired 1 tiles, 0 rows of state, 0 persons, from the records; no fact was written$/m,
  );
  assert.deepEqual(codes(await found()), []);
  assert.equal((await place.run("map", ...SMALL)).status, 0);
});

/** A record of this hour: one of another year would show that the clock was set back. */
const now = (record: LedgerRecord): LedgerRecord => ({ ...record, recordedAt: formatInstant(Date.now()) });

/** A few only: a comparison of thousands would take the machine's memory. */
const codes = (fsck: Fsck): string[] => fsck.faults.slice(0, 10).map((fault) => fault.code);

test("state that has forgotten the log's own keys does not keep fsck from opening the checkpoints", async () => {
  await sql("DELETE FROM countersign.state WHERE kind = 'log.created'");
  const fsck = await found("--repair");
  assert.deepEqual(codes(fsck), ["state-missing"]);
  assert.equal(fsck.proven.records, fsck.entries);
  assert.equal((await place.run("map", ...SMALL)).status, 0);
});

test("a check that is interrupted says where, and --resume goes on there and finds what lies after", async () => {
  const store = await openPostgresStore(config, readMigrations(join(root, "packages/store/migrations")));
  try {
    for (let i = 0; i < 6; i++)
      await store.transaction(ORGANIZATION, (tx) =>
        tx.appendAll(
          Array.from({ length: 1_000 }, (_, n) => now(testRecord(ORGANIZATION, `s${i * 1_000 + n}`))),
        ),
      );
  } finally {
    await store.close();
  }
  // Gives the new records their indices.
  assert.equal((await place.run("map", ...SMALL)).status, 0);
  await sql(
    "UPDATE countersign.tile SET hashes = set_bit(hashes, 5, 1 - get_bit(hashes, 5)) WHERE level = 0 AND number = 20",
  );
  const cursor = join(place.folder, "company/.countersign/fsck", `${ORGANIZATION}.json`);
  const interrupted = await interrupt(cursor);
  assert.equal(interrupted.status, 1, interrupted.stdout);
  assert.match(
    interrupted.stdout,
    /^stopped {2}at \w+, \d+ of \d+; countersign fsck --resume goes on there$/m,
  );
  assert.ok(existsSync(cursor));
  const { stdout, stderr } = await place.run("fsck", "--resume", ...SMALL);
  assert.match(stdout, /^resumed {2}\d+ records were read by the check of /m, stderr);
  assert.match(stdout, /tile 0\/20: .*\(tile-differs\)/);
  assert.deepEqual(readdirSync(join(cursor, "..")), [], "a check that came to its end leaves no cursor");
  await found("--repair");
  assert.deepEqual(codes(await found()), []);
});

test("a cursor of a log that has been rewritten since is refused", async () => {
  const cursor = join(place.folder, "company/.countersign/fsck", `${ORGANIZATION}.json`);
  await interrupt(cursor);
  const kept = JSON.parse(readFileSync(cursor, "utf8")) as { checkpoint: { root: string } };
  kept.checkpoint.root = "00".repeat(32);
  writeFileSync(cursor, JSON.stringify(kept));
  assert.match(await place.refused("fsck", "--resume", ...SMALL), /the interrupted check cannot go on/);
});

test("every code that fsck reports has a line in the page that says what to do", () => {
  const page = readFileSync(join(root, "docs/how-to/mend-what-fsck-names.md"), "utf8");
  const sources = ["packages/store/src/check", "packages/application/src/fsck"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => readFileSync(join(root, folder, name), "utf8")),
  );
  const reported = sources.flatMap((text) =>
    [
      ...text.matchAll(
        /(?:report\.add|#fault)\(\s*"([a-z-]+)"|code: (?:held === undefined \? )?"([a-z-]+)"/g,
      ),
    ].map((match) => match[1] ?? match[2] ?? ""),
  );
  const known = (code: string) =>
    page.includes(`\`${code}\``) || page.includes(`\`${code.slice(0, code.indexOf("-"))}-…\``);
  assert.ok(reported.length > 20);
  // A cursor that is refused is a problem, and no fault of what is stored.
  assert.deepEqual(
    [...new Set(reported)].filter((code) => !known(code) && code !== "fsck-cursor"),
    [],
  );
});

/** Ctrl-C as soon as the check has left its first cursor. */
async function interrupt(cursor: string): Promise<{ status: number | null; stdout: string }> {
  const child = spawn(process.execPath, [join(root, "apps/cli/bin/countersign.js"), "fsck", ...SMALL], {
    cwd: place.folder,
    env: { ...process.env, NO_COLOR: "1", DATABASE_URL: "" },
  });
  let stdout = "";
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const look = setInterval(() => {
    if (!existsSync(cursor)) return;
    clearInterval(look);
    child.kill("SIGINT");
  }, 5);
  const status = await ended;
  clearInterval(look);
  return { status, stdout };
}
