/** Writes records: each with its place in the queue for an index, and with the row of state that it sets. */
import type { ClientBase } from "pg";
import { canonicalJson, ProblemError } from "@countersign/kernel";
import { leafHash } from "@countersign/ledger";
import { foldRecord, RECORD_BYTES_MAX, type LedgerRecord } from "@countersign/records";

/** Of several records that set one row of state the last one wins, as it would in turn. */
const INSERT = `
WITH input AS (
  SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[]) WITH ORDINALITY
    AS t(id, type, entry, leaf, key, n)
), inserted AS (
  INSERT INTO countersign.record (organization, id, type, entry)
  SELECT $1, id, type, entry FROM input ORDER BY n
  ON CONFLICT (organization, id) DO NOTHING
  RETURNING position, id
), queued AS (
  INSERT INTO countersign.pending (organization, position, id, leaf_hash)
  SELECT $1, position, id, leaf FROM inserted JOIN input USING (id)
), folded AS (
  INSERT INTO countersign.state (organization, kind, key, record, position)
  SELECT DISTINCT ON (type, key) $1, type, key, id, position
    FROM inserted JOIN input USING (id) ORDER BY type, key, position DESC
  ON CONFLICT (organization, kind, key) DO UPDATE
    SET record = excluded.record, position = excluded.position
    WHERE countersign.state.position < excluded.position
)
SELECT count(*)::int AS inserted FROM inserted`;

/** A record as it is stored. */
export type RecordRow = {
  readonly id: string;
  readonly type: string;
  readonly entry: string;
  /** Taken here, of the bytes in memory: what is read back before it is signed is held against it. */
  readonly leaf: Buffer;
  readonly key: string;
};

/** @throws ProblemError `record-too-large` */
export function recordRow(record: LedgerRecord): RecordRow {
  const entry = canonicalJson(record);
  const bytes = Buffer.from(entry);
  if (bytes.length > RECORD_BYTES_MAX)
    throw new ProblemError({
      code: "record-too-large",
      what: `a record of type ${record.type} is larger than ${RECORD_BYTES_MAX} bytes`,
      why: "what grows with the data belongs in a list or a file, which a record names by digest",
    });
  const { key } = foldRecord(record);
  return { id: record.id, type: record.type, entry, leaf: Buffer.from(leafHash(bytes)), key };
}

/**
 * An id names one record for ever: the same record again changes nothing.
 * @returns the rows that were refused because their id is another record's; nothing was written for them.
 */
export async function insertRecords(
  client: ClientBase,
  organization: string,
  rows: readonly RecordRow[],
): Promise<readonly RecordRow[]> {
  const entries = new Map<string, string>();
  const unique = rows.filter((row) => {
    const first = !entries.has(row.id);
    if (first) entries.set(row.id, row.entry);
    return first;
  });
  const written = await client.query<{ inserted: number }>({
    name: "append",
    text: INSERT,
    values: [
      organization,
      unique.map((row) => row.id),
      unique.map((row) => row.type),
      unique.map((row) => row.entry),
      unique.map((row) => row.leaf),
      unique.map((row) => row.key),
    ],
  });
  if (written.rows[0]?.inserted !== unique.length) {
    // A transaction that wrote one of them at the same time was waited for: what it committed is seen here.
    const { rows: stored } = await client.query<{ id: string; entry: string }>(
      "SELECT id, entry FROM countersign.record WHERE organization = $1 AND id = ANY ($2::text[])",
      [organization, unique.map((row) => row.id)],
    );
    for (const { id, entry } of stored) entries.set(id, entry);
  }
  return rows.filter((row) => entries.get(row.id) !== row.entry);
}

export function idTaken(id: string): ProblemError {
  return new ProblemError({
    code: "record-id-taken",
    what: `another record has the id ${id}`,
    why: "an id names one record for ever; the same record may be sent again, another one may not",
    next: "send it under an id of its own; nothing was written",
  });
}
