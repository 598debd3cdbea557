/** The store's transaction over one connection that already acts for one organization. */
import type { ClientBase } from "pg";
import type { LedgerRecord, PersonId, RecordType, StateRow } from "@countersign/records";
import type { DirectoryEntry, Transaction } from "@countersign/application/ports";
import { idTaken, insertRecords, recordRow } from "./insert-records.ts";

/** State names the record that set it; what it says is the record's. */
const STATE = `
SELECT s.key, s.record, r.entry FROM countersign.state s
  JOIN countersign.record r ON r.organization = s.organization AND r.id = s.record
 WHERE s.organization = $1 AND s.kind = $2`;

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
    for (const record of records)
      if (record.organization !== this.#organization)
        throw new TypeError(`a record of ${record.organization} in a transaction of ${this.#organization}`);
    const [refused] = await insertRecords(this.#client, this.#organization, records.map(recordRow));
    if (refused !== undefined) throw idTaken(refused.id);
  }

  async state<T extends RecordType>(kind: T): Promise<StateRow<T>[]> {
    const { rows } = await this.#client.query<StoredState>(`${STATE} ORDER BY s.position`, [
      this.#organization,
      kind,
    ]);
    return rows.map((row) => rowOf<T>(row));
  }

  async stateOf<T extends RecordType>(kind: T, key: string): Promise<StateRow<T> | undefined> {
    const { rows } = await this.#client.query<StoredState>(`${STATE} AND s.key = $3`, [
      this.#organization,
      kind,
      key,
    ]);
    return rows[0] === undefined ? undefined : rowOf<T>(rows[0]);
  }

  async lock(name: string): Promise<void> {
    await this.#client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `${this.#organization}\n${name}`,
    ]);
  }

  async directoryKey(fresh?: Uint8Array): Promise<Uint8Array | undefined> {
    // Ids of persons are in every other type of record, or may be.
    if (fresh !== undefined)
      await this.#client.query(
        `INSERT INTO countersign.directory_key (organization, key)
         SELECT $1, $2 WHERE NOT EXISTS (
           SELECT FROM countersign.record WHERE organization = $1
              AND type NOT IN ('log.created', 'key.rotated', 'key.retired', 'checkpoint.anchored'))
         ON CONFLICT DO NOTHING`,
        [this.#organization, Buffer.from(fresh)],
      );
    const { rows } = await this.#client.query<{ key: Buffer }>(
      "SELECT key FROM countersign.directory_key WHERE organization = $1",
      [this.#organization],
    );
    return rows[0] === undefined ? undefined : new Uint8Array(rows[0].key);
  }

  async people(): Promise<DirectoryEntry[]> {
    const { rows } = await this.#client.query<{ id: PersonId; entry: DirectoryEntry }>(
      "SELECT id, entry FROM countersign.person WHERE organization = $1 ORDER BY id",
      [this.#organization],
    );
    // Rows are found by their column, so that is whom they speak of.
    return rows.map((row) => ({ ...row.entry, id: row.id }));
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

  async removePeople(ids: readonly PersonId[]): Promise<void> {
    await this.#client.query("DELETE FROM countersign.person WHERE organization = $1 AND id = ANY($2)", [
      this.#organization,
      [...ids],
    ]);
  }
}

type StoredState = { key: string; record: string; entry: string };

function rowOf<T extends RecordType>(row: StoredState): StateRow<T> {
  // The entry was written from a typed record, whose type is the row's kind.
  const { recordedAt, subject, body } = JSON.parse(row.entry) as LedgerRecord<T>;
  return { key: row.key, record: row.record, recordedAt, subject, body };
}
