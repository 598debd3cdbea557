/** The store's transaction over one connection that already acts for one organization. */
import type { ClientBase } from "pg";
import { canonicalJson, ProblemError } from "@countersign/kernel";
import {
  foldRecord,
  RECORD_BYTES_MAX,
  type LedgerRecord,
  type RecordType,
  type StateRow,
} from "@countersign/records";
import type { DirectoryEntry, Transaction } from "@countersign/application/ports";

const APPEND = `
WITH input AS (
  SELECT * FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS t(id, type, entry, n)
), inserted AS (
  INSERT INTO countersign.record (organization, id, type, entry)
  SELECT $1, id, type, entry FROM input ORDER BY n
  RETURNING position, id
), queued AS (
  INSERT INTO countersign.pending (organization, position, id) SELECT $1, position, id FROM inserted
)
INSERT INTO countersign.state (organization, kind, key, record, position, value)
SELECT $1, s.kind, s.key, s.id, i.position, s.value::jsonb
  FROM unnest($5::text[], $6::text[], $7::text[], $8::text[]) AS s(id, kind, key, value)
  JOIN inserted i ON i.id = s.id
ON CONFLICT (organization, kind, key) DO UPDATE
  SET record = excluded.record, position = excluded.position, value = excluded.value
  WHERE countersign.state.position < excluded.position`;

export class PostgresTransaction implements Transaction {
  readonly #client: ClientBase;
  readonly #organization: string;

  constructor(client: ClientBase, organization: string) {
    this.#client = client;
    this.#organization = organization;
  }

  async append(record: LedgerRecord): Promise<void> {
    await this.appendAll([record]);
  }

  async appendAll(records: readonly LedgerRecord[]): Promise<void> {
    if (records.length === 0) return;
    const ids: string[] = [];
    const types: string[] = [];
    const entries: string[] = [];
    // Within one statement a row of state may be set once only: the last record of a key wins, as it would in turn.
    const states = new Map<string, { id: string; kind: string; key: string; value: string }>();
    for (const record of records) {
      if (record.organization !== this.#organization)
        throw new TypeError(`a record of ${record.organization} in a transaction of ${this.#organization}`);
      const entry = canonicalJson(record);
      if (Buffer.byteLength(entry) > RECORD_BYTES_MAX)
        throw new ProblemError({
          code: "record-too-large",
          what: `a record of type ${record.type} is larger than ${RECORD_BYTES_MAX} bytes`,
          why: "what grows with the data belongs in a list or a file, which a record names by digest",
        });
      ids.push(record.id);
      types.push(record.type);
      entries.push(entry);
      const { kind, key, value } = foldRecord(record);
      // jsonb cannot hold U+0000; the record keeps it, the projection shows the replacement character.
      const json = JSON.stringify(value).replaceAll("\\u0000", "\\ufffd");
      states.set(`${kind}\n${key}`, { id: record.id, kind, key, value: json });
    }
    const rows = [...states.values()];
    await this.#client.query({
      name: "append",
      text: APPEND,
      values: [
        this.#organization,
        ids,
        types,
        entries,
        rows.map((row) => row.id),
        rows.map((row) => row.kind),
        rows.map((row) => row.key),
        rows.map((row) => row.value),
      ],
    });
  }

  async state<T extends RecordType>(kind: T): Promise<StateRow<T>[]> {
    const { rows } = await this.#client.query<StoredState>(
      "SELECT key, record, value FROM countersign.state WHERE organization = $1 AND kind = $2 ORDER BY position",
      [this.#organization, kind],
    );
    return rows.map((row) => rowOf<T>(row));
  }

  async stateOf<T extends RecordType>(kind: T, key: string): Promise<StateRow<T> | undefined> {
    const { rows } = await this.#client.query<StoredState>(
      "SELECT key, record, value FROM countersign.state WHERE organization = $1 AND kind = $2 AND key = $3",
      [this.#organization, kind, key],
    );
    return rows[0] === undefined ? undefined : rowOf<T>(rows[0]);
  }

  async lock(name: string): Promise<void> {
    await this.#client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `${this.#organization}\n${name}`,
    ]);
  }

  async directoryKey(fresh: Uint8Array): Promise<Uint8Array> {
    await this.#client.query(
      "INSERT INTO countersign.directory_key (organization, key) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [this.#organization, Buffer.from(fresh)],
    );
    const { rows } = await this.#client.query<{ key: Buffer }>(
      "SELECT key FROM countersign.directory_key WHERE organization = $1",
      [this.#organization],
    );
    return new Uint8Array(rows[0]!.key); // inserted above, in this transaction at the latest
  }

  async people(): Promise<DirectoryEntry[]> {
    const { rows } = await this.#client.query<{ entry: DirectoryEntry }>(
      "SELECT entry FROM countersign.person WHERE organization = $1 ORDER BY id",
      [this.#organization],
    );
    return rows.map((row) => row.entry);
  }

  async putPeople(entries: readonly DirectoryEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#client.query(
      `INSERT INTO countersign.person (organization, id, entry)
       SELECT $1, id, entry::jsonb FROM unnest($2::text[], $3::text[]) AS t(id, entry)
       ON CONFLICT (organization, id) DO UPDATE SET entry = excluded.entry`,
      [this.#organization, entries.map((entry) => entry.id), entries.map((entry) => JSON.stringify(entry))],
    );
  }
}

type StoredState = { key: string; record: string; value: unknown };

function rowOf<T extends RecordType>(row: StoredState): StateRow<T> {
  // The value was written by foldRecord from a typed record.
  const value = row.value as Pick<StateRow<T>, "recordedAt" | "subject" | "body">;
  return { key: row.key, record: row.record, ...value };
}
