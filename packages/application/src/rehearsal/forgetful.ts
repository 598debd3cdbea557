/** A context in which every use case works as ever, and nothing is kept: records stay in memory, and end with it. */
import type { EpochMs } from "@countersign/kernel";
import { foldRecord, type LedgerRecord, type RecordType, type StateRow } from "@countersign/records";
import { publish } from "../append.ts";
import type { Context } from "../context.ts";
import type { PlacedEntry, PublishedCheckpoint, Store, Transaction } from "../ports/index.ts";

/** Lists of the window that is real: a rehearsal neither leans on them nor is numbered after them. */
const hidden: ReadonlySet<string> = new Set<RecordType>([
  "population.collected",
  "collection.failed",
  "population.reconciled",
  "difference.resolved",
  "population.frozen",
]);

/**
 * @param scratch where bytes go that are read: a place that the caller removes
 * @returns a context over the log as it is now, without its populations. What is appended is seen by what reads through
 *   this context, and by nobody else; no checkpoint is made and none is written outside.
 */
export async function forgetful(ctx: Context, scratch: Pick<Context, "blobs" | "lists">): Promise<Context> {
  const newest = await publish(ctx);
  const added: LedgerRecord[] = [];
  return {
    ...ctx,
    ...scratch,
    store: forgetfulStore(ctx.store, newest, added),
    outside: { read: () => [], write: () => undefined, keep: (name) => name },
  };
}

function forgetfulStore(store: Store, newest: PublishedCheckpoint | undefined, added: LedgerRecord[]): Store {
  const size = newest?.size ?? 0;
  const published = (): PublishedCheckpoint | undefined => newest && { ...newest, size: size + added.length };
  return {
    ...store,
    submit: (record) => {
      added.push(record);
      return Promise.resolve();
    },
    sequence: (_organization, _signer, _now: EpochMs) => Promise.resolve(published()),
    newestCheckpoint: () => Promise.resolve(published()),
    async *entries(organization, from, through) {
      for await (const page of store.entries(organization, from, Math.min(through, size)))
        yield page.map((placed) => withoutPopulation(placed));
      const kept = added.slice(Math.max(0, from - size), Math.max(0, through - size));
      if (kept.length > 0)
        yield kept.map((record, at) => ({
          index: size + at,
          id: record.id,
          entry: JSON.stringify(record),
        }));
    },
    transaction: (organization, work) =>
      store.transaction(organization, (tx) => work(forgetfulTransaction(tx, added))),
  };
}

/** Its place in the order stays, so that indexes are what they are; its type means nothing. */
function withoutPopulation(placed: PlacedEntry): PlacedEntry {
  const record = JSON.parse(placed.entry) as { readonly type: string };
  if (!hidden.has(record.type)) return placed;
  return { ...placed, entry: JSON.stringify({ ...record, type: "rehearsal.hidden" }) };
}

function forgetfulTransaction(tx: Transaction, added: LedgerRecord[]): Transaction {
  const rowsOf = async <T extends RecordType>(kind: T): Promise<StateRow<T>[]> => {
    const rows = new Map<string, StateRow<T>>();
    if (!hidden.has(kind)) for (const row of await tx.state(kind)) rows.set(row.key, row);
    for (const record of added) {
      if (record.type !== kind) continue;
      const { key } = foldRecord(record);
      const { id, recordedAt, subject, body } = record as LedgerRecord<T>;
      rows.delete(key);
      rows.set(key, { key, record: id, recordedAt, subject, body });
    }
    return [...rows.values()];
  };
  return {
    append: (record) => {
      added.push(record);
      return Promise.resolve();
    },
    appendAll: (records) => {
      added.push(...records);
      return Promise.resolve();
    },
    state: rowsOf,
    stateOf: async (kind, key) => (await rowsOf(kind)).find((row) => row.key === key),
    lock: (name) => tx.lock(name),
    directoryKey: () => tx.directoryKey(),
    people: () => tx.people(),
    putPeople: () => Promise.resolve(),
    removePeople: () => Promise.resolve(),
  };
}
