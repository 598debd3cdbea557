/**
 * The database against itself, in one snapshot: records, leaf hashes, tree, tiles, checkpoints, queue and state. Memory
 * does not grow with the log: pages are read, compared and forgotten, and what is left of them is the tree's edge.
 */
import type { ClientBase } from "pg";
import type { StoreCheck, StoreCheckOptions, StoreCursor } from "@countersign/application/ports";
import { LEASE_SECONDS } from "../lease.ts";
import { indexesAlone } from "../planner.ts";
import {
  checkEntry,
  checkNote,
  copiesOf,
  readCheckpoints,
  readEntries,
  readLeafTiles,
  type CheckpointRow,
  type OpenNote,
  type SoundRecord,
} from "./entries.ts";
import { Lineages, PLACES_MAX, type LineageState } from "./lineages.ts";
import { repair } from "./repair.ts";
import { FaultReport } from "./report.ts";
import { checkQueue, readWaiting, StateCheck } from "./state.ts";
import { checkExtraTiles, TileCheck, type SavedTiles } from "./tiles.ts";

/** Four bottom tiles. */
const PAGE = 1_024;

/** What a check has found on its way; a cursor is made of it. */
type Progress = {
  readonly lineages: Lineages;
  readonly report: FaultReport;
  readonly tiles: TileCheck;
  /** Records that are missing or altered, by id (or by index, where that is all there is): their index. */
  readonly unsound: Map<string, number>;
  /** How many checkpoints are stored, and for how many of them signature and root hold. */
  checkpoints: number;
  checkpointsGood: number;
  /** Smallest size whose signed root no reading of the records has. */
  departsAt: number | undefined;
  departures: number;
};

export async function checkStore(
  client: ClientBase,
  organization: string,
  options: StoreCheckOptions,
): Promise<StoreCheck> {
  await client.query(`SELECT ${indexesAlone}`);
  const found = begin(options.from);
  const state = new StateCheck(found.report);
  const log = { client, organization, options, found, state };
  const size = await checkLogRow(log);
  for (let from = found.lineages.size; from < size; from += PAGE) {
    if (options.stopped?.() === true) return { entries: size, stoppedAt: from, ...outcome(found, size) };
    await checkPage(log, from, Math.min(from + PAGE, size));
    options.progress(Math.min(from + PAGE, size), size);
    if (from + PAGE < size) options.save?.(cursorOf(found));
  }
  await found.tiles.compare(client, organization, found.lineages.edges(), await edgeLeafTiles(log, size));
  await checkEnd(log, size);
  for await (const waiting of readWaiting(client, organization, found.report))
    await state.holds(client, organization, waiting);
  await checkQueue(client, organization, found.report);
  await state.says(client, organization, new Set(found.unsound.keys()), (done) =>
    options.progress(size, size, done),
  );
  nameDepartures(found);
  found.tiles.report(found.lineages, found.report);
  const repaired = options.repair === true ? await repair(client, organization, found, state) : undefined;
  return { entries: size, ...outcome(found, size), ...(repaired === undefined ? {} : { repaired }) };
}

type Log = {
  readonly client: ClientBase;
  readonly organization: string;
  readonly options: StoreCheckOptions;
  readonly found: Progress;
  readonly state: StateCheck;
};

/** @returns how many records to look at: what two of the log's row, its entries and its newest checkpoint say. */
async function checkLogRow({ client, organization, options, found }: Log): Promise<number> {
  // Whoever repairs holds the log's row: nobody gives indexes meanwhile.
  const { rows } = await client.query<{ size: string; origin: string }>(
    `SELECT size, origin FROM countersign.log WHERE organization = $1${options.repair === true ? " FOR UPDATE" : ""}`,
    [organization],
  );
  const [log] = rows;
  const signed = await newestSigned(client, organization, options.openNote);
  const entries = await countEntries(client, organization);
  const claimed = Number(log?.size ?? 0);
  const size = entries === signed ? signed : claimed;
  if (log === undefined && size > 0)
    found.report.add(
      "log-missing",
      "the log's row",
      `is not stored, and there are ${size} entries`,
      ROW_LEFT,
    );
  else if (log !== undefined && claimed !== size)
    found.report.add("log-size", "the log's row", `says ${claimed} records, and there are ${size}`, ROW_LEFT);
  if (log !== undefined && log.origin !== options.origin)
    found.report.add(
      "log-origin",
      "the log's row",
      `says the origin ${log.origin}, and the key is for ${options.origin}`,
      ROW_LEFT,
    );
  return size;
}

const ROW_LEFT = "every record: origin and size are signed with each checkpoint";

async function countEntries(client: ClientBase, organization: string): Promise<number> {
  const { rows } = await client.query<{ entries: string }>(
    "SELECT coalesce(max(index) + 1, 0) AS entries FROM countersign.log_entry WHERE organization = $1",
    [organization],
  );
  return Number(rows[0]?.entries ?? 0);
}

/** The size of the newest checkpoint whose note holds; of the ten newest, since one may be damaged. */
async function newestSigned(client: ClientBase, organization: string, openNote: OpenNote): Promise<number> {
  const { rows } = await client.query<{ note: string }>(
    "SELECT note FROM countersign.checkpoint WHERE organization = $1 ORDER BY size DESC LIMIT 10",
    [organization],
  );
  for (const { note } of rows) {
    const opened = openNote(note);
    if (typeof opened !== "string") return opened.size;
  }
  return 0;
}

async function checkPage(
  { client, organization, options, found, state }: Log,
  from: number,
  through: number,
) {
  const { lineages, report } = found;
  const rows = await readEntries(client, organization, from, through);
  const tiles = await readLeafTiles(client, organization, from, through);
  const checkpoints = await readCheckpoints(client, organization, from, through);
  const outside = options.outside?.filter((kept) => kept.size > from && kept.size <= through) ?? [];
  const sound: SoundRecord[] = [];
  let next = 0;
  for (let index = from; index < through; index++) {
    const row = rows.get(index);
    const copies = copiesOf(index, row, tiles.get(Math.floor(index / 256)));
    const record = checkEntry(index, row, copies, report);
    if (record !== undefined) sound.push(record);
    else if (found.unsound.size < PLACES_MAX) found.unsound.set(row?.id ?? `index ${index}`, index);
    lineages.append(copies);
    const checkpoint = checkpoints[next];
    if (checkpoint !== undefined && Number(checkpoint.size) === lineages.size) {
      next++;
      meetCheckpoint(found, checkpoint, options.openNote);
    }
    for (const kept of outside)
      if (kept.size === lineages.size && !lineages.meet(kept.root))
        report.add(
          "outside-checkpoint",
          kept.name,
          `the first ${kept.size} records are not those of a checkpoint kept outside`,
          "keep the checkpoint: it proves the fork",
        );
  }
  await found.tiles.compare(client, organization, lineages.takeFilled(), tiles);
  await state.holds(client, organization, sound);
}

function meetCheckpoint(found: Progress, checkpoint: CheckpointRow, openNote: OpenNote): void {
  found.checkpoints++;
  const root = checkNote(checkpoint, openNote, found.report);
  if (root === undefined) return;
  if (found.lineages.meet(root)) {
    found.checkpointsGood++;
    return;
  }
  found.departsAt ??= found.lineages.size;
  found.departures++;
}

async function edgeLeafTiles(
  { client, organization }: Log,
  size: number,
): Promise<ReadonlyMap<number, Buffer>> {
  return size === 0 ? new Map() : readLeafTiles(client, organization, size - 1, size);
}

/** What speaks of more records than there are, and a newest record that no checkpoint covers. */
async function checkEnd({ client, organization, options, found }: Log, size: number): Promise<void> {
  const { report } = found;
  const { rows: beyond } = await client.query<{ index: string; id: string }>(
    `SELECT index, id FROM countersign.log_entry WHERE organization = $1 AND index >= $2 ORDER BY index LIMIT 1000`,
    [organization, size],
  );
  for (const { index, id } of beyond)
    report.add(
      "entry-beyond",
      `index ${index}, record ${id}`,
      `the log has ${size} records`,
      "the records before it",
    );
  const later = await readCheckpoints(client, organization, size, Number.MAX_SAFE_INTEGER);
  for (const row of later) {
    const opened = options.openNote(row.note);
    if (typeof opened !== "string" && opened.size <= size) {
      report.add(
        "checkpoint-differs",
        `checkpoint of size ${row.size}`,
        `the signed note says size ${opened.size}`,
      );
      continue;
    }
    report.add(
      "rolled-back",
      `checkpoint of size ${row.size}`,
      `was signed, and the log now has ${size} entries`,
    );
  }
  for (const kept of options.outside ?? [])
    if (kept.size > size)
      report.add(
        "rolled-back",
        kept.name,
        `is of ${kept.size} records, and the log has ${size}: records are missing`,
      );
  if (size > 0 && !(await isCovered(client, organization, size)))
    report.add("unpublished", `size ${size}`, "sequenced, with no checkpoint");
  if (found.departsAt !== undefined)
    report.add(
      "root-differs",
      `checkpoint of size ${found.departsAt}`,
      `the entries before it have another root${found.departures > 1 ? `, and ${found.departures - 1} later checkpoints differ too` : ""}`,
      found.lineages.best().provenSize === 0
        ? "nothing by this log itself: compare it with a package or a checkpoint that somebody outside holds"
        : `the first ${found.lineages.best().provenSize} records, which an earlier checkpoint covers`,
    );
  await checkExtraTiles(client, organization, size, report);
}

/** By a checkpoint, or by one that is about to come: whoever holds the lease has sequenced the records and not yet published. */
async function isCovered(client: ClientBase, organization: string, size: number): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM countersign.checkpoint WHERE organization = $1 AND size = $2
     UNION ALL
     SELECT 1 FROM countersign.lease
     WHERE organization = $1 AND expires_at > now() AND expires_at <= now() + $3 * interval '1 second'`,
    [organization, size, LEASE_SECONDS],
  );
  return rows.length > 0;
}

/** Where the bytes agree with the hash beside them and not with what was signed, both were changed. */
function nameDepartures({ lineages, report, unsound }: Progress): void {
  const best = lineages.best();
  if (best.reading !== "tiles") return;
  const named = new Set(unsound.values());
  for (const index of best.departs)
    if (!named.has(index))
      report.add(
        "entry-altered",
        `index ${index}`,
        "its bytes and the hash beside them agree with each other, and not with what was signed",
        "every other record, through the tiles",
      );
}

function outcome(
  found: Progress,
  size: number,
): Pick<StoreCheck, "faults" | "more" | "proven" | "checkpoints"> {
  const { named, more } = found.report.faults();
  const best = found.lineages.best();
  return {
    faults: named,
    more,
    proven: {
      records: best.provenSize - best.provenDepartures,
      of: size,
      throughSize: best.provenSize,
      by: best.reading === "entries" ? "records" : best.reading === "most" ? "stored-hashes" : "tiles",
      except: best.departs.filter((index) => index < best.provenSize),
      exceptCount: best.provenDepartures,
    },
    checkpoints: { good: found.checkpointsGood, of: found.checkpoints },
  };
}

function begin(from: StoreCursor | undefined): Progress {
  // The cursor was written by cursorOf below; who resumes it has held it against the log.
  const saved = from?.found as SavedProgress | undefined;
  return {
    lineages: new Lineages(saved?.lineages),
    report: new FaultReport(saved?.faults),
    tiles: new TileCheck(saved?.tiles),
    unsound: new Map(saved?.unsound),
    checkpoints: saved?.checkpoints ?? 0,
    checkpointsGood: saved?.checkpointsGood ?? 0,
    departsAt: saved?.departsAt,
    departures: saved?.departures ?? 0,
  };
}

type SavedProgress = {
  readonly lineages: readonly LineageState[];
  readonly faults: ReturnType<FaultReport["faults"]>;
  readonly tiles: SavedTiles;
  readonly unsound: readonly (readonly [string, number])[];
  readonly checkpoints: number;
  readonly checkpointsGood: number;
  readonly departsAt?: number;
  readonly departures: number;
};

function cursorOf(found: Progress): StoreCursor {
  const saved: SavedProgress = {
    lineages: found.lineages.save(),
    faults: found.report.faults(),
    tiles: found.tiles.save(),
    unsound: [...found.unsound],
    checkpoints: found.checkpoints,
    checkpointsGood: found.checkpointsGood,
    ...(found.departsAt === undefined ? {} : { departsAt: found.departsAt }),
    departures: found.departures,
  };
  return { size: found.lineages.size, found: saved };
}
