/**
 * Writes that take fewer bytes than they are given (line 13 of the adversarial list). The runtime goes on by itself where
 * the rest can be written; where it cannot, as on a disk that fills up in the middle, it says how much was written and no
 * error: whoever does not look has a file that is cut.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import {
  addEvidence,
  assess,
  publish,
  recordProgram,
  verifyLog,
  verifyPackage,
  type EvidenceReceipt,
} from "@countersign/application";
import { readLogFolder } from "@countersign/store";
import { withPackageFile } from "../../apps/cli/src/package-file.ts";
import type { Session } from "../../apps/cli/src/session.ts";
import { needsTool } from "../outside-tools.ts";
import { checkLog } from "./check.ts";
import { someEvidence } from "./loop.ts";
import { makePlace, openPlace, type Place } from "./place.ts";
import { readSeed } from "./random.ts";
import type { Receipt } from "./receipts.ts";
import type { DriverOptions } from "./sweep-driver.ts";

const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), "countersign-short-"));
const library = join(folder, "short-writes.so");
const told = join(folder, "told");
const seed = readSeed();

after(() => {
  rmSync(folder, { recursive: true });
});

function ready(t: TestContext): boolean {
  if (process.platform !== "linux") t.skip("only Linux puts a library in front of another one this way");
  if (process.platform !== "linux" || !needsTool(t, "cc")) return false;
  t.diagnostic(`COUNTERSIGN_DURABILITY_SEED=${seed}`);
  const args = ["-shared", "-fPIC", "-O2", "-o", library, join(here, "short-writes.c"), "-ldl"];
  const { status, stderr } = spawnSync("cc", args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return true;
}

/** @param full after so many shortened writes to files the next one to the same file meets a full disk; 0: none does */
function run(command: string, args: readonly string[], full = 0) {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    LD_PRELOAD: library,
    COUNTERSIGN_SHORT_WRITES: String(seed),
    COUNTERSIGN_SHORT_WRITES_FULL: String(full),
    COUNTERSIGN_SHORT_WRITES_TOLD: told,
  };
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env });
  return { status, stdout, stderr, shortened: Number(readFileSync(told, "utf8")) };
}

test("the control: who writes once and does not look has a file that is cut", (t) => {
  if (!ready(t) || !needsTool(t, "python3")) return;
  const path = join(folder, "cut");
  const open = "import os, sys; f = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)";
  const once = run("python3", ["-c", `${open}; os.write(f, b'x' * 100000)`, path]);
  assert.equal(once.status, 0, once.stderr);
  assert.ok(statSync(path).size < 100_000);
  // Of this runtime only where the disk fills up in the middle, and then without an error.
  const script = `const { openSync, writeSync } = require("node:fs");
    console.log(writeSync(openSync(process.argv[1], "w"), Buffer.alloc(100000)))`;
  assert.equal(run(process.execPath, ["-e", script, path]).stdout, "100000\n");
  const cut = run(process.execPath, ["-e", script, path], 1);
  assert.deepEqual([cut.status, cut.stderr], [0, ""]);
  assert.ok(Number(cut.stdout) < 100_000);
});

test("a key that the disk has room for half of is told in words and is not there, and is made when there is room", (t) => {
  if (!ready(t)) return;
  const keys = join(folder, "keys");
  const script = `import { openKeyRing } from ${JSON.stringify(join(here, "../../packages/store/src/key-files.ts"))};
    try { openKeyRing(process.argv[1]).first("log"); console.log("made"); }
    catch (error) { console.log(error.problems?.[0]?.code, error.problems?.[0]?.why); }`;
  const make = (full: number): string =>
    run(process.execPath, ["--input-type=module", "-e", script, keys], full).stdout;
  assert.equal(make(1), "not-written the disk is full (ENOSPC)\n");
  assert.deepEqual(readdirSync(keys), []);
  assert.equal(make(0), "made\n");
  assert.equal(make(0), "made\n");
  assert.deepEqual(readdirSync(keys), ["log.pem"]);
});

test("stored files are whole however they are cut on their way, and where room runs out in one it is told and not there", (t) => {
  if (!ready(t)) return;
  for (const full of [0, 1, 2, 5, 9]) {
    const store = join(folder, `store-${full}`);
    mkdirSync(store);
    const written = run(process.execPath, [join(here, "file-driver.ts"), store, "4", "3000000"], full);
    const check = spawnSync(process.execPath, [join(here, "full-disk-check.ts"), store], {
      encoding: "utf8",
    });
    const { intact, damaged, half } = JSON.parse(check.stdout) as Standing;
    const acknowledged = written.stdout.split("\n").filter(Boolean).toSorted();
    assert.deepEqual([intact.toSorted(), damaged, half], [acknowledged, [], 0], `full after ${full}`);
    assert.ok(written.shortened >= Math.max(full, 1));
    assert.equal(written.status, full === 0 ? 0 : 1);
    if (full > 0)
      assert.match(written.stderr, /could not be written\n {2}where {2}\S+\n {2}why {4}the disk is full/);
  }
});

type Standing = {
  readonly intact: readonly string[];
  readonly damaged: readonly string[];
  readonly half: number;
};

let place: Place;
let session: Session;
before(async () => {
  place = makePlace(3);
  session = await openPlace(place.home);
  const { ctx, loaded } = session;
  await recordProgram(ctx, loaded);
  await addEvidence(ctx, loaded.program, someEvidence("first", Buffer.from("a file\n")));
  await assess(ctx);
  await publish(ctx);
});
after(async () => {
  await session.close();
  await place.remove();
});

test("an append, a package, an export of the log and a backup are whole although each of their writes is cut", async (t) => {
  if (!ready(t)) return;
  const driver = join(here, "sweep-driver.ts");
  const done = (act: DriverOptions["act"], path: string) => {
    const options: DriverOptions = { root: place.home.root, act, note: "cut", path };
    const { status, stdout, stderr, shortened } = run(process.execPath, [driver, JSON.stringify(options)]);
    assert.equal(status, 0, stderr);
    t.diagnostic(`${act}: ${shortened} writes were shortened`);
    assert.ok(shortened > 20);
    return stdout;
  };
  const { record, state } = JSON.parse(done("append", "")) as EvidenceReceipt;
  const index = "index" in state ? state.index : undefined;
  const receipts: Receipt[] = [{ kind: "evidence", record, note: "cut", index }];
  assert.deepEqual((await checkLog(session.ctx, receipts, [])).faults, []);
  const at = (name: string): string => join(place.files, name);
  done("backup", at("cut.zip"));
  const options: DriverOptions = { root: place.home.root, act: "backup", note: "", path: at("whole.zip") };
  assert.equal(spawnSync(process.execPath, [driver, JSON.stringify(options)]).status, 0);
  assert.ok(readFileSync(at("cut.zip")).equals(readFileSync(at("whole.zip"))));
  done("log-export", at("log"));
  assert.deepEqual(verifyLog(readLogFolder(at("log"))).faults, []);
  done("export", at("package.zip"));
  assert.ok(withPackageFile(at("package.zip"), (source) => verifyPackage(source)).intact);
});
