/** One page of the log: records, the hashes they were sequenced with, tiles and checkpoints, each against the others. */
import type { ClientBase } from "pg";
import { canonicalJson } from "@countersign/kernel";
import { equalHashes, leafHash, TILE_WIDTH, type Hash } from "@countersign/ledger";
import { foldRecord, isRecordType, type LedgerRecord } from "@countersign/records";
import type { LeafCopies } from "./lineages.ts";
import type { FaultReport } from "./report.ts";

export type EntryRow = {
  readonly index: string;
  readonly id: string;
  readonly leaf_hash: Buffer;
  readonly entry: string | null;
  readonly type: string | null;
  readonly position: string | null;
};

export type OpenNote = (note: string) => { size: number; root: Hash } | string;

/** A record of the page that could be read, and whose bytes are those that were sequenced. */
export type SoundRecord = { readonly record: LedgerRecord; readonly position: number };

/**
 * The record of an id, looked up by its key for each row. As a plain join, the planner, who has no statistics here, reads
 * all records of the organization for each page.
 */
export const oneRecord = (id: string): string =>
  `LATERAL (SELECT * FROM countersign.record WHERE organization = $1 AND id = ${id} OFFSET 0) r`;

export async function readEntries(
  client: ClientBase,
  organization: string,
  from: number,
  through: number,
): Promise<Map<number, EntryRow>> {
  const { rows } = await client.query<EntryRow>(
    `SELECT e.index, e.id, e.leaf_hash, r.entry, r.type, r.position
       FROM countersign.log_entry e LEFT JOIN ${oneRecord("e.id")} ON true
      WHERE e.organization = $1 AND e.index >= $2 AND e.index < $3 ORDER BY e.index`,
    [organization, from, through],
  );
  return new Map(rows.map((row) => [Number(row.index), row]));
}

/** The bottom tiles of the page: the third copy of each leaf's hash. */
export async function readLeafTiles(
  client: ClientBase,
  organization: string,
  from: number,
  through: number,
): Promise<Map<number, Buffer>> {
  const { rows } = await client.query<{ number: string; hashes: Buffer }>(
    `SELECT number, hashes FROM countersign.tile
      WHERE organization = $1 AND level = 0 AND number >= $2 AND number < $3`,
    [organization, Math.floor(from / TILE_WIDTH), Math.ceil(through / TILE_WIDTH)],
  );
  return new Map(rows.map((row) => [Number(row.number), row.hashes]));
}

export function copiesOf(index: number, row: EntryRow | undefined, tile: Buffer | undefined): LeafCopies {
  const at = (index % TILE_WIDTH) * 32;
  return {
    entry: typeof row?.entry === "string" ? leafHash(Buffer.from(row.entry)) : undefined,
    sequenced: row?.leaf_hash,
    tile: tile !== undefined && tile.length >= at + 32 ? tile.subarray(at, at + 32) : undefined,
  };
}

/** @returns the record, where its bytes are those that were sequenced. */
export function checkEntry(
  index: number,
  row: EntryRow | undefined,
  copies: LeafCopies,
  report: FaultReport,
): SoundRecord | undefined {
  const { entry, sequenced, tile } = copies;
  if (row === undefined || entry === undefined) {
    report.add("entry-missing", `index ${index}`, "the log has no record here", LEAF_LEFT);
    return undefined;
  }
  const where = `index ${index}, record ${row.id}`;
  const agree = (a: Hash | undefined, b: Hash | undefined) =>
    a !== undefined && b !== undefined && equalHashes(a, b);
  if (!agree(entry, sequenced)) {
    if (agree(entry, tile))
      report.add(
        "leaf-hash-altered",
        where,
        "the hash that it was sequenced with is not that of its bytes, and its tile has the true one",
        "the record itself, through its tile",
      );
    else {
      report.add(
        "entry-altered",
        where,
        "its bytes do not have the hash they were sequenced with",
        LEAF_LEFT,
      );
      return undefined;
    }
  }
  return readRecord(where, row, report);
}

const LEAF_LEFT =
  "that a record was here, and which hash it has: every other record, through it; an intact copy of the record from a package or a backup, against that hash";

function readRecord(
  where: string,
  row: {
    readonly id: string;
    readonly entry: string | null;
    readonly type: string | null;
    readonly position: string | null;
  },
  report: FaultReport,
): SoundRecord | undefined {
  const entry = row.entry ?? "";
  try {
    const record = JSON.parse(entry) as LedgerRecord;
    if (record.id !== row.id)
      report.add("entry-id", where, `the record is ${record.id}, the row says ${row.id}`, ROW_ONLY);
    if (record.type !== row.type)
      report.add(
        "entry-type",
        where,
        `the record is of type ${record.type}, the row says ${row.type ?? "none"}`,
        ROW_ONLY,
      );
    if (canonicalJson(record) !== entry)
      report.add("entry-not-canonical", where, "not canonical JSON", "its bytes as they stand");
    return { record, position: Number(row.position) };
  } catch {
    report.add("entry-unreadable", where, "not JSON", "its bytes as they stand");
    return undefined;
  }
}

const ROW_ONLY = "the record itself: the row beside it is not part of what is proven";

/** Records that wait for an index: nothing proves them yet, and they are part of the state already. */
export function checkWaiting(
  row: { readonly id: string; readonly entry: string; readonly type: string; readonly position: string },
  report: FaultReport,
): SoundRecord | undefined {
  return readRecord(`record ${row.id}, which has no index yet`, row, report);
}

/** What a record sets in state; undefined where its type means nothing to this version or its body cannot be read. */
export function foldSound({
  record,
}: SoundRecord): { kind: string; key: string; value: unknown } | undefined {
  if (!isRecordType(record.type)) return undefined;
  try {
    return foldRecord(record);
  } catch {
    return undefined;
  }
}

export type CheckpointRow = { readonly size: string; readonly root: Buffer; readonly note: string };

export async function readCheckpoints(
  client: ClientBase,
  organization: string,
  after: number,
  through: number,
): Promise<CheckpointRow[]> {
  const { rows } = await client.query<CheckpointRow>(
    `SELECT size, root, note FROM countersign.checkpoint
      WHERE organization = $1 AND size > $2 AND size <= $3 ORDER BY size`,
    [organization, after, through],
  );
  return rows;
}

/** @returns the root that was signed; undefined where the note proves nothing. */
export function checkNote(row: CheckpointRow, openNote: OpenNote, report: FaultReport): Hash | undefined {
  const where = `checkpoint of size ${row.size}`;
  const opened = openNote(row.note);
  if (typeof opened === "string") {
    report.add("checkpoint-signature", where, opened, "the same records, through any later checkpoint");
    return undefined;
  }
  if (opened.size !== Number(row.size)) {
    report.add("checkpoint-differs", where, `the signed note says size ${opened.size}`, NOTE_LEFT);
    return undefined;
  }
  if (!equalHashes(opened.root, row.root))
    report.add("checkpoint-differs", where, "the signed note says another root", NOTE_LEFT);
  return opened.root;
}

const NOTE_LEFT = "what the signed note says";
