/**
 * Every call that writes, of one append, of one package and of one export of the log, fails once with EIO and with ENOSPC, and is once the last thing
 * that the process does (lines 12, 13 and 15 of the adversarial list). After each, everything stored is checked. A seeded
 * selection in every test run, the whole with COUNTERSIGN_SWEEP=full; COUNTERSIGN_DURABILITY_SEED repeats a selection.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import {
  assess,
  exportLog,
  publish,
  recordProgram,
  verifyLog,
  verifyPackage,
  type EvidenceReceipt,
} from "@countersign/application";
import { openLogFolder, readLogFolder } from "@countersign/store";
import { withPackageFile } from "../../apps/cli/src/package-file.ts";
import type { Session } from "../../apps/cli/src/session.ts";
import { needsTool } from "../outside-tools.ts";
import { checkLog, type Fault } from "./check.ts";
import { makePlace, openPlace, type Place } from "./place.ts";
import type { Receipt } from "./receipts.ts";
import type { DriverOptions } from "./sweep-driver.ts";
import { trace, type Injection } from "./strace.ts";
import { sweepCalls, type SweptRun } from "./sweep-calls.ts";

let place: Place;
let session: Session;
const receipts: Receipt[] = [];
let runs = 0;

before(async () => {
  place = makePlace(3);
  session = await openPlace(place.home);
  const { ctx, loaded } = session;
  await recordProgram(ctx, loaded);
  await assess(ctx);
  await publish(ctx);
});
after(async () => {
  await session.close();
  await place.remove();
});

type Swept = SweptRun & { readonly path: string };

/** One run of the driver, and the check of all that is stored after it. */
async function swept(act: DriverOptions["act"], injection?: Injection): Promise<Swept> {
  const note = `sweep-${++runs}`;
  const path = join(place.files, `${note}.zip`);
  const held = newestOutside();
  const traced = trace({ root: place.home.root, act, note, path }, join(place.files, "trace"), injection);
  if (act === "append" || act === "hollow")
    for (const line of traced.stdout.split("\n").filter(Boolean).slice(0, 1)) {
      const { record, state } = JSON.parse(line) as EvidenceReceipt;
      receipts.push({ kind: "evidence", record, note, index: "index" in state ? state.index : undefined });
    }
  // The next process goes on: what is durable is sequenced and published first.
  await publish(session.ctx);
  const { faults } = await checkLog(session.ctx, receipts, held);
  const all = [...faults];
  if (act === "log-export") all.push(...(await faultsOfExport(path, traced.status)));
  else if (existsSync(path)) {
    const verdict = withPackageFile(path, (source) => verifyPackage(source));
    if (!verdict.intact) all.push({ code: "package", words: `what stands at ${path} is not intact` });
  } else if (act === "export" && traced.status === 0)
    all.push({ code: "package", words: "it was acknowledged and is not there" });
  return { ...traced, faults: all, path };
}

/** A checkpoint that stands there has its whole log; without one, the same command goes on and ends with it. */
async function faultsOfExport(folder: string, status: number | null): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const check = (words: string): void => {
    for (const { where, message } of verifyLog(readLogFolder(folder)).faults)
      faults.push({ code: "log-export", words: `${words}: ${where}: ${message}` });
  };
  if (existsSync(join(folder, "checkpoint"))) check("under the checkpoint that it left");
  else if (status === 0) faults.push({ code: "log-export", words: "it was acknowledged and is not there" });
  await exportLog(session.ctx, openLogFolder(folder));
  check("after it was run again");
  return faults;
}

function newestOutside(): string[] {
  const newest = join(place.home.program, "checkpoints", "newest");
  return existsSync(newest) ? [readFileSync(newest, "utf8")] : [];
}

async function sweep(t: TestContext, act: "append" | "export" | "log-export"): Promise<void> {
  const names =
    act === "append"
      ? ["openat", "write", "fsync", "link", "rename", "unlink"]
      : ["openat", "write", "fsync", "rename"];
  await sweepCalls(t, (injection) => swept(act, injection), names);
}

test("each write, rename and fsync of an append fails once, and is the last thing once: nothing acknowledged is lost (lines 12, 13, 15)", async (t) => {
  if (needsTool(t, "strace")) await sweep(t, "append");
});

test("each write, rename and fsync of an export fails once, and is the last thing once: no half package stands for a whole one (lines 12, 13)", async (t) => {
  mkdirSync(place.files, { recursive: true });
  if (needsTool(t, "strace")) await sweep(t, "export");
});

test("each write, rename and fsync of an export of the log fails once, and is the last thing once: a checkpoint has its whole log, and the command goes on (lines 12, 13)", async (t) => {
  mkdirSync(place.files, { recursive: true });
  if (needsTool(t, "strace")) await sweep(t, "log-export");
});

test("an append that acknowledges before its file is written is found out by a kill at the file: the control of the sweep", async (t) => {
  if (!needsTool(t, "strace")) return;
  const whole = await swept("hollow");
  // The call is counted from the start of the process, where their number varies by a few: the rarest is met surest.
  const candidates = whole.calls.filter(
    (each) => /^(?:link|fsync|openat)$/.test(each.name) && each.words.includes("/blobs/"),
  );
  for (const call of candidates.toSorted((x, y) => x.number - y.number)) {
    const { hit, faults, signal } = await swept("hollow", { call, fault: "KILL" });
    assert.equal(signal, "SIGKILL");
    if (hit?.words.includes("/blobs/") !== true) continue;
    assert.ok(
      faults.some((fault) => fault.code === "fsck blob-missing"),
      `${hit.words}: ${JSON.stringify(faults)}`,
    );
    return;
  }
  assert.fail("no kill met the writing of the file");
});
