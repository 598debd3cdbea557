/** Many kills, one after another, and the check after each. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkLog, faultOfOpening, type Checked, type Fault } from "./check.ts";
import { killAnytime, killInOpenWrite, targets, type Aim, type Killed, type Target } from "./kill.ts";
import { addAndKeep } from "./loop.ts";
import { blobsInWriting, CONTROL, makePlace, openPlace, type Place } from "./place.ts";
import { choicesFrom, type Choices } from "./random.ts";
import { openReceipts, readReceipts } from "./receipts.ts";
import { send } from "./sight.ts";
import {
  endOf,
  startCollect,
  startEvidenceAdd,
  startLoop,
  startOther,
  type Ended,
  type Run,
} from "./runs.ts";

const acts = ["collect", "evidence add", "a loop of collect", "a loop of evidence add"] as const;
type ActName = (typeof acts)[number];

export type Tally = {
  seed: number;
  kills: number;
  inOpenWrite: number;
  byTarget: { [target in Target]?: number };
  byAct: { [act in ActName]?: number };
  byOpen: { transaction: number; blob: number };
  /** Runs that were done before their moment came; they are no kills. */
  finished: number;
  /** Over all workspaces, at the end. */
  receipts: number;
  entries: number;
  unacknowledged: number;
  /** Files that killed processes left among the blobs' temporary ones. */
  temporaries: number;
  /** The longest that a process of ours took to end after its server was killed, in milliseconds. */
  slowestEnd: number;
  faults: (Fault & { readonly after: string })[];
  /** Processes of ours that went on although their server was killed, since it came back before they needed it. */
  survived: number;
  /** What commands said whose server was killed. */
  said: Set<string>;
  seconds: number;
};

export type CampaignOptions = {
  readonly seed: number;
  readonly kills: number;
  /** A fresh workspace after so many kills: its first start is killed at too. */
  readonly killsPerPlace: number;
  /** One of so many kills comes at a moment that nothing was asked about. */
  readonly anytime: number;
  /** At most so many open writes of a loop are let pass before the kill. */
  readonly pass: number;
  readonly say: (line: string) => void;
};

/** How long a process of ours may take to end when its server is gone. */
const END_SECONDS = 90;

export async function campaign(options: CampaignOptions): Promise<Tally> {
  const started = performance.now();
  const tally: Tally = {
    seed: options.seed,
    kills: 0,
    inOpenWrite: 0,
    byTarget: {},
    byAct: {},
    byOpen: { transaction: 0, blob: 0 },
    finished: 0,
    receipts: 0,
    entries: 0,
    unacknowledged: 0,
    temporaries: 0,
    slowestEnd: 0,
    faults: [],
    survived: 0,
    said: new Set(),
    seconds: 0,
  };
  const choices = choicesFrom(options.seed);
  while (tally.kills < options.kills && tally.faults.length === 0) {
    const place = makePlace();
    try {
      const until = Math.min(options.kills, tally.kills + options.killsPerPlace);
      await inPlace(place, choices, tally, until, options);
    } finally {
      await place.remove();
    }
  }
  tally.seconds = Math.round((performance.now() - started) / 1000);
  return tally;
}

async function inPlace(
  place: Place,
  choices: Choices,
  tally: Tally,
  until: number,
  options: CampaignOptions,
): Promise<void> {
  const held: string[] = [];
  let last: Checked | undefined;
  for (let round = 0; tally.kills < until && tally.faults.length === 0; round++) {
    // In turn, so that few kills meet every act and target as well; the seed chooses the moment.
    const turn = tally.kills + tally.finished;
    const act = acts[turn % acts.length] ?? acts[0];
    const run = startAct(place, act, `run-${round}`, choices);
    // A first start is killed too, wherever it stands.
    const anytime = round === 0 || turn % options.anytime === 0;
    const killed = anytime
      ? await killAnytime(place, run, choices.pick(["ours", "postmaster", "all"]), choices.next() * 2500)
      : await killInOpenWrite(place, run, aimFor(act, turn, options.pass, choices));
    const after = performance.now();
    // A loop whose server came back before it was needed goes on: it is asked to finish.
    if (killed !== undefined && act.startsWith("a loop")) send(run.pid, "SIGTERM");
    const ended = await endOf(run, END_SECONDS);
    const endMs = performance.now() - after;
    const words = `${act}, ${killed === undefined ? "not killed" : `${killed.target} killed, open: ${killed.open ?? "nothing"}`}`;
    count(tally, act, killed, ended, endMs);
    hold(place, held);
    last = await reopenAndCheck(place, `resumed-${round}`, held);
    hold(place, held);
    tally.faults.push(...last.faults.map((fault) => ({ ...fault, after: words })));
    options.say(
      `${tally.kills}: ${words}; ended ${ended.signal ?? ended.code} after ${Math.round(endMs)} ms; ${last.entries} entries, ${readReceipts(place.receipts).length} receipts`,
    );
  }
  tally.receipts += readReceipts(place.receipts).length;
  tally.entries += last?.entries ?? 0;
  tally.unacknowledged += last?.unacknowledged ?? 0;
  tally.temporaries += blobsInWriting(place).length;
  tally.faults.push(...(await closingCommands(place)));
}

function startAct(place: Place, act: ActName, name: string, choices: Choices): Run {
  const seed = choices.below(2 ** 32);
  if (act === "collect") return startCollect(place, name);
  if (act === "evidence add") {
    const file = join(place.files, `${name}.csv`);
    writeFileSync(file, randomBytes(4_000_000 + choices.below(8_000_000)));
    return startEvidenceAdd(place, name, CONTROL, file);
  }
  // More acts than the moment waits for.
  const kind = act === "a loop of collect" ? "collect" : "evidence";
  return startLoop(place, { name, seed, acts: 10_000, act: kind });
}

function aimFor(act: ActName, turn: number, pass: number, choices: Choices): Aim {
  // The targets go round at another pace than the acts, so that each meets each.
  const target = targets[turn % targets.length] ?? "ours";
  const looping = act.startsWith("a loop");
  return { target, pass: choices.below(looping ? pass : 3), pause: looping ? 12 : 4, choices };
}

function count(tally: Tally, act: ActName, killed: Killed | undefined, ended: Ended, endMs: number): void {
  // One that had ended by itself when its signal came was not killed.
  const missed = (killed?.target === "ours" || killed?.target === "all") && ended.signal === null;
  if (killed === undefined || missed) {
    tally.finished += 1;
    return;
  }
  tally.kills += 1;
  tally.byTarget[killed.target] = (tally.byTarget[killed.target] ?? 0) + 1;
  tally.byAct[act] = (tally.byAct[act] ?? 0) + 1;
  if (killed.open !== undefined) {
    tally.inOpenWrite += 1;
    tally.byOpen[killed.open] += 1;
  }
  if (ended.signal === null) {
    tally.slowestEnd = Math.max(tally.slowestEnd, Math.round(endMs));
    if (ended.code === 0) tally.survived += 1;
    else tally.said.add(ended.stderr.trim());
  }
}

/** Keeps the checkpoint that stands beside the program, as the company's own git history would. */
function hold(place: Place, held: string[]): void {
  const newest = join(place.home.program, "checkpoints", "newest");
  if (!existsSync(newest)) return;
  const note = readFileSync(newest, "utf8");
  if (held.at(-1) !== note) held.push(note);
}

/** The next run: opens the workspace, goes on writing, and then everything is checked. */
export async function reopenAndCheck(place: Place, name: string, held: readonly string[]): Promise<Checked> {
  let session;
  try {
    session = await openPlace(place.home);
  } catch (error) {
    return { faults: [faultOfOpening(error)], entries: 0, unacknowledged: 0, note: "" };
  }
  try {
    const receipts = openReceipts(join(place.receipts, name));
    await addAndKeep(session, receipts, name, randomBytes(500));
    receipts.close();
    return await checkLog(session.ctx, readReceipts(place.receipts), held);
  } finally {
    await session.close();
  }
}

/** The product's own words at the end: a whole collection, and its own check. */
async function closingCommands(place: Place): Promise<Tally["faults"]> {
  const faults: Tally["faults"] = [];
  for (const run of [startCollect(place, "closing"), startOther(place, "fsck")]) {
    const { code, stderr } = await endOf(run, END_SECONDS);
    if (code !== 0) faults.push({ code: "command", words: stderr, after: run.words });
  }
  return faults;
}
