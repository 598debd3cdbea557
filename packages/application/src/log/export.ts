/**
 * The log as static files (C2SP tlog-tiles), so that a folder or any file server is a log. It is read twice: what the folder
 * holds already is compared with all of it before the first file is written, so that a folder of another log, or one that
 * was changed, stays as it is.
 */
import { ProblemError } from "@countersign/kernel";
import {
  CHECKPOINT_FILE,
  decodeEntries,
  equalHashes,
  handoverFile,
  HASH_BYTES,
  parseHandoverFile,
  parseTilePath,
  TileCutter,
  tilePath,
  widthAt,
  type Checkpoint,
  type CutTile,
  type Tile,
} from "@countersign/ledger";
import type { Context } from "../context.ts";
import type { LogFolder } from "../ports/index.ts";
import { chooseCheckpoint, type GivenCheckpoint } from "./checkpoint.ts";

export type ExportedLog = {
  readonly origin: string;
  readonly size: number;
  /** In base64, as the checkpoint spells it. */
  readonly root: string;
  /** Tiles and bundles, the partial ones among them, and handovers. */
  readonly written: number;
  readonly kept: number;
  /** The size of the log that the folder held before. */
  readonly before: number | undefined;
};

/** @param given absent: the newest published checkpoint. @throws ProblemError; no file was changed then. */
export async function exportLog(
  ctx: Context,
  folder: LogFolder,
  given?: GivenCheckpoint,
): Promise<ExportedLog> {
  const { note, checkpoint } = await chooseCheckpoint(ctx, given);
  const before = checkpointIn(ctx, folder, checkpoint);
  const handovers = await handoversOf(ctx, checkpoint);
  const held = filesHeld(folder, checkpoint, handovers.length);
  await cutLog(ctx, checkpoint, "compared", {
    tile: (cut) => {
      compare(folder, cut, held.get(keyOf(cut.tile)));
    },
    sizes: (cutter) => {
      if (before !== undefined && cutter.size === before.size) requireContinued(folder, before, cutter);
    },
  });
  for (const { path, note: both } of handovers) compareHandover(folder, path, both);
  folder.tidy();
  let [written, kept] = [0, 0];
  await cutLog(ctx, checkpoint, "written", {
    tile: ({ tile, bytes }) => {
      if (folder.add(tilePath(tile), bytes)) written++;
      else kept++;
    },
  });
  for (const { path, note: both } of handovers) {
    if (folder.add(path, Buffer.from(both))) written++;
    else kept++;
  }
  folder.settle();
  await publishThere(ctx, folder, note, checkpoint);
  const { origin, size } = checkpoint;
  const root = Buffer.from(checkpoint.root).toString("base64");
  return { origin, size, root, written, kept, before: before?.size };
}

/** For each key that replaced another by then: the first checkpoint that covers the rotation, which both keys signed. */
async function handoversOf(
  ctx: Context,
  { size }: Checkpoint,
): Promise<readonly { readonly path: string; readonly note: string }[]> {
  const handovers = [];
  for (const [position, key] of ctx.keys.chain.log.entries()) {
    if (position === 0 || key.index >= size) continue;
    const covering = await ctx.store.checkpointCovering(ctx.organization, key.index);
    if (covering === undefined) throw new Error(`no checkpoint covers the rotation, record ${key.index}`);
    handovers.push({ path: handoverFile(position), note: covering.note });
  }
  return handovers;
}

/** @throws ProblemError that names the file with other bytes. */
function compareHandover(folder: LogFolder, path: string, note: string): void {
  const there = folder.read(path);
  if (there !== undefined && Buffer.compare(there, Buffer.from(note)) !== 0) throw differs(folder, path);
}

type Steps = {
  readonly tile: (cut: CutTile) => void;
  readonly sizes?: (cutter: TileCutter) => void;
};

/** @throws ProblemError `log-damaged` when the records are not those that the checkpoint was signed over. */
async function cutLog(ctx: Context, checkpoint: Checkpoint, done: string, steps: Steps): Promise<void> {
  const cutter = new TileCutter();
  steps.sizes?.(cutter);
  for await (const page of ctx.store.entries(ctx.organization, 0, checkpoint.size)) {
    for (const { entry } of page) {
      for (const cut of cutter.push(Buffer.from(entry))) steps.tile(cut);
      steps.sizes?.(cutter);
    }
    ctx.say(`records ${done} ${cutter.size} of ${checkpoint.size}`);
  }
  // Before the right edge is handed out: what is damaged is not written there.
  if (cutter.size !== checkpoint.size || !equalHashes(cutter.root(), checkpoint.root))
    throw new ProblemError({
      code: "log-damaged",
      what: "the records in the database are not those that the checkpoint was signed over",
      why: `${cutter.size} of ${checkpoint.size} records are there, and their root is another`,
      next: "countersign fsck names what is damaged; an export that was there is as it was",
    });
  for (const cut of cutter.finish()) steps.tile(cut);
}

/** @throws ProblemError when the folder holds a log that this one does not continue. */
function checkpointIn(ctx: Context, folder: LogFolder, checkpoint: Checkpoint): Checkpoint | undefined {
  const note = folder.read(CHECKPOINT_FILE);
  if (note === undefined) return undefined;
  const opened = ctx.keys.openAsSigned(Buffer.from(note).toString());
  if (!opened.ok)
    throw new ProblemError({
      code: "export-of-another-log",
      what: "the folder holds a checkpoint that is none of this log",
      where: `${folder.name}/${CHECKPOINT_FILE}`,
      why: opened.error,
      next: "name another folder; nothing was changed in this one",
    });
  if (opened.value.size > checkpoint.size)
    throw new ProblemError({
      code: "export-is-newer",
      what: `the folder holds ${opened.value.size} records of this log, and only ${checkpoint.size} would be exported`,
      where: `${folder.name}/${CHECKPOINT_FILE}`,
      why: "a log that was published does not become shorter: the database is an old copy, or --checkpoint names an older one",
      next: "name another folder; nothing was changed in this one",
    });
  return opened.value;
}

/** @throws ProblemError when the first records are not those that were exported before: one of the two was rewritten. */
function requireContinued(folder: LogFolder, before: Checkpoint, cutter: TileCutter): void {
  if (equalHashes(before.root, cutter.root())) return;
  throw new ProblemError({
    code: "forked",
    what: `the first ${before.size} records are not those that were exported before`,
    where: `${folder.name}/${CHECKPOINT_FILE}`,
    why: `its root is ${base64(before.root)}, and theirs is ${base64(cutter.root())}`,
    next: "keep the folder, it proves the fork; countersign fsck names what differs. Nothing was changed",
  });
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

const keyOf = (tile: Tile): string => `${tile.kind === "entries" ? "entries" : tile.level}/${tile.index}`;

/**
 * The widths of the tiles that the folder holds, by level and index.
 * @throws ProblemError for whatever is no file of this log: it would be served with it, and a reader would wonder
 */
function filesHeld(
  folder: LogFolder,
  { size }: Checkpoint,
  handovers: number,
): ReadonlyMap<string, readonly number[]> {
  const held = new Map<string, number[]>();
  for (const path of folder.list()) {
    if (path === CHECKPOINT_FILE || (parseHandoverFile(path) ?? Infinity) <= handovers) continue;
    const tile = parseTilePath(path);
    if (tile === undefined || tile.width > widthAt(tile, size))
      throw new ProblemError({
        code: "export-folder",
        what:
          tile === undefined
            ? "the folder holds something that is no file of an exported log"
            : `the folder holds a file of a log with more than the ${size} records to export`,
        where: `${folder.name}/${path}`,
        next: "name a folder of its own for the log; nothing was changed in this one",
      });
    const widths = held.get(keyOf(tile));
    if (widths === undefined) held.set(keyOf(tile), [tile.width]);
    else widths.push(tile.width);
  }
  return held;
}

/** @throws ProblemError that names the file with other bytes. */
function compare(folder: LogFolder, { tile, bytes }: CutTile, widths: readonly number[] = []): void {
  for (const width of widths) {
    const path = tilePath({ ...tile, width });
    const there = folder.read(path);
    const should = width === tile.width ? bytes : beginningOf(tile, bytes, width);
    if (there === undefined || Buffer.compare(there, should) !== 0) throw differs(folder, path);
  }
}

function differs(folder: LogFolder, path: string): ProblemError {
  return new ProblemError({
    code: "export-differs",
    what: "the folder holds other bytes than the log has there",
    where: `${folder.name}/${path}`,
    why: "what was exported does not change: the file was changed, or it is of another log",
    next: `countersign verify ${folder.name} says what is damaged; remove that file, or name another folder. Nothing was changed`,
  });
}

/** What a partial tile of an earlier size holds. */
function beginningOf(tile: Tile, bytes: Uint8Array, width: number): Uint8Array {
  if (tile.kind === "hashes") return bytes.subarray(0, width * HASH_BYTES);
  const entries = decodeEntries(bytes).entries.slice(0, width);
  return bytes.subarray(
    0,
    entries.reduce((sum, entry) => sum + 2 + entry.length, 0),
  );
}

/** One process at a time, and never back: another export may have finished a longer log here meanwhile. */
async function publishThere(
  ctx: Context,
  folder: LogFolder,
  note: string,
  checkpoint: Checkpoint,
): Promise<void> {
  await ctx.store.transaction(ctx.organization, async (tx) => {
    await tx.lock("checkpoint exported");
    const there = folder.read(CHECKPOINT_FILE);
    if (there !== undefined && Buffer.from(there).toString() === note) return;
    checkpointIn(ctx, folder, checkpoint);
    folder.publish(note);
  });
}
