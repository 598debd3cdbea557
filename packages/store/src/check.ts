/** The database against itself: entries, leaf hashes, tree, checkpoints, and the state that the records fold into. */
import type { ClientBase } from "pg";
import { canonicalJson } from "@countersign/kernel";
import { equalHashes, leafHash, TreeHasher, type Hash } from "@countersign/ledger";
import { foldRecord, type LedgerRecord } from "@countersign/records";
import type { StoreFault } from "@countersign/application/ports";
import { TileSet } from "./tiles.ts";

const PAGE = 2000;

export async function checkStore(
  client: ClientBase,
  organization: string,
  openNote: (note: string) => { size: number; root: Hash } | string,
  progress: (done: number, of: number) => void,
): Promise<{ entries: number; faults: StoreFault[] }> {
  const faults: StoreFault[] = [];
  const fault = (code: string, where: string, message: string) => faults.push({ code, where, message });
  const { rows: logs } = await client.query<{ size: string }>(
    "SELECT size FROM countersign.log WHERE organization = $1",
    [organization],
  );
  const size = Number(logs[0]?.size ?? 0);
  const { rows: notes } = await client.query<{ size: string; root: Buffer; note: string }>(
    "SELECT size, root, note FROM countersign.checkpoint WHERE organization = $1 ORDER BY size",
    [organization],
  );
  const checkpoints = new Map(notes.map((row) => [Number(row.size), row]));

  const tiles = new TileSet([]);
  const tree = new TreeHasher(tiles.onNode);
  const expected = new Map<string, { position: number; record: string }>();
  for (let from = 0; from < size; from += PAGE) {
    const { rows } = await client.query<EntryRow>(
      `SELECT e.index, e.id, e.leaf_hash, r.entry, r.position
         FROM countersign.log_entry e LEFT JOIN countersign.record r ON r.organization = e.organization AND r.id = e.id
        WHERE e.organization = $1 AND e.index >= $2 AND e.index < $3 ORDER BY e.index`,
      [organization, from, from + PAGE],
    );
    const present = new Map(rows.map((row) => [Number(row.index), row]));
    for (let index = from; index < Math.min(from + PAGE, size); index++) {
      const row = present.get(index);
      if (row === undefined || row.entry === null) {
        fault("entry-missing", `index ${index}`, "the log has no record here");
        tree.append(leafHash(Buffer.alloc(0)));
      } else {
        checkEntry(row, fault);
        tree.append(leafHash(Buffer.from(row.entry)));
        foldInto(expected, row.entry, Number(row.position));
      }
      const signed = checkpoints.get(tree.size);
      if (signed !== undefined && !equalHashes(signed.root, tree.root()))
        fault("root-differs", `checkpoint of size ${tree.size}`, "the entries before it have another root");
    }
    progress(Math.min(from + PAGE, size), size);
  }
  for (const row of notes) {
    const opened = openNote(row.note);
    if (typeof opened === "string") fault("checkpoint-signature", `checkpoint of size ${row.size}`, opened);
    else if (opened.size !== Number(row.size) || !equalHashes(opened.root, row.root))
      fault(
        "checkpoint-differs",
        `checkpoint of size ${row.size}`,
        "the signed note says another size or root",
      );
    if (Number(row.size) > size)
      fault(
        "rolled-back",
        `checkpoint of size ${row.size}`,
        `was signed, and the log now has ${size} entries`,
      );
  }
  if (size > 0 && !checkpoints.has(size))
    fault("unpublished", `size ${size}`, "sequenced, with no checkpoint");
  await checkTiles(client, organization, tiles, fault);
  await checkPending(client, organization, expected, fault);
  await checkState(client, organization, expected, fault);
  return { entries: size, faults };
}

type EntryRow = { index: string; id: string; leaf_hash: Buffer; entry: string | null; position: string };
type Report = (code: string, where: string, message: string) => void;

function checkEntry(row: EntryRow, fault: Report): void {
  const entry = row.entry ?? "";
  if (!equalHashes(leafHash(Buffer.from(entry)), row.leaf_hash))
    fault(
      "entry-altered",
      `index ${row.index}, record ${row.id}`,
      "its bytes do not have the hash they were sequenced with",
    );
  try {
    const record = JSON.parse(entry) as LedgerRecord;
    if (record.id !== row.id)
      fault("entry-id", `index ${row.index}`, `the record is ${record.id}, the row says ${row.id}`);
    if (canonicalJson(record) !== entry)
      fault("entry-not-canonical", `index ${row.index}`, "not canonical JSON");
  } catch {
    fault("entry-unreadable", `index ${row.index}`, "not JSON");
  }
}

function foldInto(
  state: Map<string, { position: number; record: string }>,
  entry: string,
  position: number,
): void {
  try {
    const record = JSON.parse(entry) as LedgerRecord;
    const { kind, key } = foldRecord(record);
    const before = state.get(`${kind}\n${key}`);
    if (before === undefined || before.position < position)
      state.set(`${kind}\n${key}`, { position, record: record.id });
  } catch {
    // Reported by checkEntry.
  }
}

async function checkTiles(
  client: ClientBase,
  organization: string,
  tiles: TileSet,
  fault: Report,
): Promise<void> {
  const { rows } = await client.query<{ level: number; number: string; hashes: Buffer }>(
    "SELECT level, number, hashes FROM countersign.tile WHERE organization = $1",
    [organization],
  );
  const stored = new Map(rows.map((row) => [`${row.level}/${row.number}`, row.hashes]));
  for (const tile of tiles.changed) {
    const where = `tile ${tile.level}/${tile.number}`;
    const hashes = stored.get(`${tile.level}/${tile.number}`);
    if (hashes === undefined) fault("tile-missing", where, "not stored");
    else if (!hashes.equals(tile.hashes)) fault("tile-differs", where, "not the hashes of the entries");
    stored.delete(`${tile.level}/${tile.number}`);
  }
  for (const key of stored.keys()) fault("tile-extra", `tile ${key}`, "belongs to no entry");
}

/** Records that wait for an index are whole too, and are part of the state already. */
async function checkPending(
  client: ClientBase,
  organization: string,
  expected: Map<string, { position: number; record: string }>,
  fault: Report,
): Promise<void> {
  const { rows } = await client.query<{ id: string; entry: string; position: string; queued: boolean }>(
    `SELECT r.id, r.entry, r.position, p.id IS NOT NULL AS queued
       FROM countersign.record r
       LEFT JOIN countersign.log_entry e ON e.organization = r.organization AND e.id = r.id
       LEFT JOIN countersign.pending p ON p.organization = r.organization AND p.id = r.id
      WHERE r.organization = $1 AND e.id IS NULL ORDER BY r.position`,
    [organization],
  );
  for (const row of rows) {
    if (!row.queued) fault("record-lost", `record ${row.id}`, "has no index and does not wait for one");
    foldInto(expected, row.entry, Number(row.position));
  }
}

async function checkState(
  client: ClientBase,
  organization: string,
  expected: ReadonlyMap<string, { record: string }>,
  fault: Report,
): Promise<void> {
  const { rows } = await client.query<{ kind: string; key: string; record: string }>(
    "SELECT kind, key, record FROM countersign.state WHERE organization = $1",
    [organization],
  );
  const left = new Map(expected);
  for (const row of rows) {
    const where = `${row.kind} ${row.key}`;
    const folded = left.get(`${row.kind}\n${row.key}`);
    left.delete(`${row.kind}\n${row.key}`);
    if (folded === undefined) fault("state-extra", where, "no record set it");
    else if (folded.record !== row.record)
      fault("state-differs", where, `names record ${row.record}, and ${folded.record} set it`);
  }
  for (const key of left.keys())
    fault("state-missing", key.replace("\n", " "), "set by a record, not stored");
}
