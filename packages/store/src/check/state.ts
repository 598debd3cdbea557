/**
 * State against the records, both ways and without holding either in memory. Each record's key must stand in state at its
 * own position or a later one; each row of state must name a record that sets it, at that record's position. Together: every key stands,
 * and stands at its last record.
 */
import { escapeLiteral, type ClientBase } from "pg";
import { equalHashes, leafHash } from "@countersign/ledger";
import { checkWaiting, foldSound, oneRecord, type SoundRecord } from "./entries.ts";
import type { FaultReport } from "./report.ts";

const PAGE = 1_000;
const STILL = "every record: the row follows from them, and fsck --repair writes it again";

/** Rows of state that are not what the records say; a repair folds their keys again. */
export class StateCheck {
  readonly wrong = new Map<string, { readonly kind: string; readonly key: string }>();
  readonly #report: FaultReport;

  constructor(report: FaultReport) {
    this.#report = report;
  }

  #fault(code: string, kind: string, key: string, message: string): void {
    if (this.wrong.has(`${kind}\n${key}`)) return;
    this.wrong.set(`${kind}\n${key}`, { kind, key });
    this.#report.add(code, `state ${kind} ${key}`, message, STILL);
  }

  /** That each record, or a later one with its key, stands in state. */
  async holds(client: ClientBase, organization: string, records: readonly SoundRecord[]): Promise<void> {
    const set = records.flatMap((sound) => {
      const fold = foldSound(sound);
      return fold === undefined ? [] : [{ ...fold, position: sound.position, id: sound.record.id }];
    });
    if (set.length === 0) return;
    const { rows } = await client.query<{ n: string; position: string | null }>(
      `SELECT k.n, (SELECT s.position FROM countersign.state s
                     WHERE s.organization = $1 AND s.kind = k.kind AND s.key = k.key) AS position
         FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS k(kind, key, n)`,
      [organization, set.map(({ kind }) => kind), set.map(({ key }) => key)],
    );
    for (const { n, position } of rows) {
      const expected = set[Number(n) - 1];
      if (expected === undefined) continue;
      const { kind, key, id } = expected;
      if (position === null)
        this.#fault("state-missing", kind, key, `record ${id} set it, and it is not stored`);
      else if (Number(position) < expected.position)
        this.#fault("state-differs", kind, key, `does not say what record ${id} says, which came later`);
    }
  }

  /** That each row says what its record says. @param unsound ids of records that cannot be read themselves */
  async says(
    client: ClientBase,
    organization: string,
    unsound: ReadonlySet<string>,
    progress: (done: number) => void,
  ): Promise<void> {
    let after: readonly [string, string] = ["", ""];
    for (let done = 0; ;) {
      const { rows } = await client.query<StateRow>(
        `SELECT s.kind, s.key, s.record, s.position, r.entry, r.type, r.position AS at FROM countersign.state s
           LEFT JOIN ${oneRecord("s.record")} ON true
          WHERE s.organization = $1 AND (s.kind, s.key) > ($2, $3) ORDER BY s.kind, s.key LIMIT ${PAGE}`,
        [organization, ...after],
      );
      for (const row of rows) if (!unsound.has(row.record)) this.#compare(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = [last.kind, last.key];
      progress((done += rows.length));
    }
  }

  #compare(row: StateRow): void {
    if (row.entry === null) {
      this.#fault("state-extra", row.kind, row.key, "no record set it");
      return;
    }
    const record = readSound(row);
    const fold = record === undefined ? undefined : foldSound(record);
    if (fold === undefined || fold.kind !== row.kind || fold.key !== row.key)
      this.#fault("state-extra", row.kind, row.key, `record ${row.record} sets another row`);
    else if (row.position !== row.at)
      this.#fault("state-differs", row.kind, row.key, `does not stand where record ${row.record} stands`);
  }
}

type StateRow = {
  readonly kind: string;
  readonly key: string;
  readonly record: string;
  readonly position: string;
  readonly entry: string | null;
  readonly type: string | null;
  readonly at: string | null;
};

function readSound(row: StateRow): SoundRecord | undefined {
  try {
    // Read as a record of ours; what does not fold as one is told apart below.
    return { record: JSON.parse(row.entry ?? "") as SoundRecord["record"], position: Number(row.at) };
  } catch {
    return undefined;
  }
}

/** Records without an index wait for one, in the order in which they came. @returns those that could be read. */
export async function* readWaiting(
  client: ClientBase,
  organization: string,
  report: FaultReport,
): AsyncGenerator<readonly SoundRecord[]> {
  // Every record is looked up once; a page at a time would begin from the first one again.
  await client.query(
    `DECLARE waiting NO SCROLL CURSOR FOR
     SELECT r.id, r.entry, r.type, r.position FROM countersign.record r
      WHERE r.organization = ${escapeLiteral(organization)}
        AND (SELECT e.index FROM countersign.log_entry e WHERE e.organization = r.organization AND e.id = r.id) IS NULL
      ORDER BY r.position`,
  );
  for (;;) {
    const { rows } = await client.query<WaitingRow>(`FETCH ${PAGE} FROM waiting`);
    if (rows.length === 0) break;
    const places = await readPlaces(client, organization, rows);
    const sound: SoundRecord[] = [];
    for (const row of rows) {
      checkPlace(row, places.get(row.id), report);
      const read = checkWaiting(row, report);
      if (read !== undefined) sound.push(read);
    }
    yield sound;
  }
  await client.query("CLOSE waiting");
}

function checkPlace(row: WaitingRow, place: PlaceRow | undefined, report: FaultReport): void {
  const where = `record ${row.id}`;
  if (place === undefined)
    report.add("record-lost", where, "has no index and does not wait for one", NOT_YET);
  else if (place.position !== row.position)
    report.add("pending-differs", where, "waits at another place than its own", NOT_YET);
  else if (!equalHashes(place.leaf_hash, leafHash(Buffer.from(row.entry))))
    report.add(
      "pending-differs",
      where,
      "its bytes do not have the hash that was taken when it was written",
      NOT_YET,
    );
}

/** Where records wait: at their own positions, as the queue is read; what is not found there is looked for by its id. */
async function readPlaces(
  client: ClientBase,
  organization: string,
  waiting: readonly WaitingRow[],
): Promise<Map<string, PlaceRow>> {
  const { rows } = await client.query<PlaceRow>(
    `SELECT id, position, leaf_hash FROM countersign.pending
      WHERE organization = $1 AND position BETWEEN $2 AND $3`,
    [organization, waiting[0]?.position, waiting.at(-1)?.position],
  );
  const places = new Map(rows.map((row) => [row.id, row]));
  const elsewhere = waiting.filter((row) => !places.has(row.id));
  if (elsewhere.length === 0) return places;
  const { rows: found } = await client.query<PlaceRow>(
    "SELECT id, position, leaf_hash FROM countersign.pending WHERE organization = $1 AND id = ANY ($2::text[])",
    [organization, elsewhere.map((row) => row.id)],
  );
  for (const row of found) places.set(row.id, row);
  return places;
}

type PlaceRow = { readonly id: string; readonly position: string; readonly leaf_hash: Buffer };

type WaitingRow = {
  readonly id: string;
  readonly entry: string;
  readonly type: string;
  readonly position: string;
};
const NOT_YET = "every record that has an index; one without is in no checkpoint yet";

/** What waits and is no record, or has its index already. */
export async function checkQueue(
  client: ClientBase,
  organization: string,
  report: FaultReport,
): Promise<void> {
  const { rows } = await client.query<{ id: string; known: boolean }>(
    `SELECT * FROM (
       SELECT p.id,
              (SELECT r.id FROM countersign.record r WHERE r.organization = p.organization AND r.id = p.id) IS NOT NULL AS known,
              (SELECT e.index FROM countersign.log_entry e WHERE e.organization = p.organization AND e.id = p.id) AS index
         FROM countersign.pending p WHERE p.organization = $1) q
      WHERE NOT known OR index IS NOT NULL LIMIT ${PAGE}`,
    [organization],
  );
  for (const { id, known } of rows)
    report.add(
      "pending-extra",
      `record ${id}`,
      known ? "waits for an index and has one already" : "waits for an index and is not stored",
      "every record that has an index",
    );
}
