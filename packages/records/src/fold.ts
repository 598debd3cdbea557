/**
 * How records fold into state: each record sets at most one row, under a kind and a key, and a later record with the
 * same key replaces it. The rows are a projection: they can be thrown away and folded again from the log.
 */
import type { JsonObject } from "@countersign/kernel";
import type { RecordBodies, RecordType } from "./bodies.ts";
import type { LedgerRecord } from "./record.ts";

/** A row of state as it is read back: which record set it, and what the record said. */
export type StateRow<T extends RecordType> = {
  readonly key: string;
  readonly record: string;
  readonly recordedAt: string;
  readonly subject: string;
  readonly body: RecordBodies[T];
};

type Key<T extends RecordType> = (body: RecordBodies[T], record: LedgerRecord<T>) => string;

/**
 * The key of each type's row. Types whose records all matter get a key of their own per record; a type that replaces
 * its predecessor gets the key of what it is about.
 */
const keys: { readonly [T in RecordType]: Key<T> } = {
  "log.created": () => "log",
  "key.rotated": (_, record) => record.id,
  "key.retired": (_, record) => record.id,
  "key.revoked": (_, record) => record.id,
  "checkpoint.anchored": (body) => body.anchor,
  "program.recorded": () => "program",
  "directory.extended": (_, record) => record.id,
  "population.collected": (body) => `${body.population}@${body.version}`,
  "collection.failed": (_, record) => record.id,
  "source.gap": (body) => `${body.source}/${body.start}`,
  "population.reconciled": (body) => body.reconciliation,
  "difference.resolved": (_, record) => record.id,
  "population.frozen": (body) => body.record,
  "evidence.added": (_, record) => record.id,
  "window.rolled-forward": (_, record) => record.id,
  "assessment.run": (body) => body.run,
  "deviation.responded": (_, record) => record.id,
  "deviation.withdrawn": (body) => body.deviation,
  "exception.approved": (body) => body.exception,
  "occurrence.not-applicable": (body) => `${body.control}/${body.activity}/${body.occurrence}`,
  "sample.drawn": (body) => body.draw,
  "data.erased": (_, record) => record.id,
  "month.closed": (body) => body.close,
  "package.created": (body) => body.package,
};

export function isRecordType(type: string): type is RecordType {
  return Object.hasOwn(keys, type);
}

/** @returns the row that the record sets. The kind of a row is the record's type. */
export function foldRecord(record: LedgerRecord): {
  readonly kind: RecordType;
  readonly key: string;
  readonly value: JsonObject;
} {
  // The table above is keyed by the record's own type, which the compiler cannot follow through the union.
  const key = (keys[record.type] as Key<RecordType>)(record.body, record);
  return {
    kind: record.type,
    key,
    value: {
      recordedAt: record.recordedAt,
      subject: record.subject,
      body: record.body as unknown as JsonObject,
    },
  };
}
