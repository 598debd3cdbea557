/**
 * The state at a size of the log, folded from its records. Assessments, packages and re-performances all start from
 * here, so that a stranger who holds the records starts where we did.
 */
import {
  foldRecord,
  isRecordType,
  type LedgerRecord,
  type RecordType,
  type StateRow,
} from "@countersign/records";
import { publish } from "./append.ts";
import type { Context } from "./context.ts";

export class LogState {
  readonly #rows = new Map<RecordType, Map<string, StateRow<RecordType>>>();
  readonly #indices = new Map<string, number>();
  #size = 0;

  /** Records are added in the order of the log. */
  add(record: LedgerRecord): void {
    this.#indices.set(record.id, this.#size);
    this.#size++;
    // A type of a later version is kept and verified; it means nothing here.
    if (!isRecordType(record.type)) return;
    const { kind, key } = foldRecord(record);
    let rows = this.#rows.get(kind);
    if (rows === undefined) this.#rows.set(kind, (rows = new Map()));
    // Deleted first: a row stands where its last record stands.
    rows.delete(key);
    rows.set(key, {
      key,
      record: record.id,
      recordedAt: record.recordedAt,
      subject: record.subject,
      body: record.body,
    });
  }

  get size(): number {
    return this.#size;
  }

  rows<T extends RecordType>(kind: T): StateRow<T>[] {
    // Rows under a kind were folded from records of that type.
    return [...(this.#rows.get(kind)?.values() ?? [])] as StateRow<T>[];
  }

  row<T extends RecordType>(kind: T, key: string): StateRow<T> | undefined {
    return this.#rows.get(kind)?.get(key) as StateRow<T> | undefined;
  }

  /** @throws RangeError for a record that is not in the log. */
  indexOf(record: string): number {
    const index = this.#indices.get(record);
    if (index === undefined) throw new RangeError(`the log has no record ${record}`);
    return index;
  }
}

/** Publishes what waits, then folds the log up to its newest checkpoint. */
export async function loadState(ctx: Context): Promise<LogState> {
  const newest = await publish(ctx);
  return foldLog(ctx, newest?.size ?? 0);
}

export async function foldLog(ctx: Context, size: number): Promise<LogState> {
  const state = new LogState();
  for await (const page of ctx.store.entries(ctx.organization, 0, size))
    for (const { entry } of page) state.add(JSON.parse(entry) as LedgerRecord);
  return state;
}
