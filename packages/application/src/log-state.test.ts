import assert from "node:assert/strict";
import { test } from "node:test";
import type { LedgerRecord, RecordBodies, RecordType } from "@countersign/records";
import { LogState } from "./log-state.ts";

let made = 0;
function record<T extends RecordType>(type: T, body: RecordBodies[T]): LedgerRecord {
  made++;
  const at = `2026-01-01T00:00:${String(made).padStart(2, "0")}Z`;
  // The compiler does not follow a generic member through the union of records.
  return {
    type,
    version: 1,
    organization: "made-up",
    id: `rec_${made}`,
    recordedAt: at,
    occurredAt: { at, provenance: "source" },
    actor: { kind: "service", id: "test", authenticated: "operating-system" },
    subject: "made up",
    body,
    digests: [],
  } as unknown as LedgerRecord;
}

const gap = (source: string, reason: string) =>
  record("source.gap", {
    source,
    start: "2026-01-01T00:00:00Z",
    end: "2026-01-02T00:00:00Z",
    reason,
  } as never);

test("a later record of the same key replaces the row and stands where it was written; others stay", () => {
  const state = new LogState();
  for (const each of [gap("a", "first"), gap("b", "other"), gap("a", "second")]) state.add(each);
  assert.deepEqual(
    state.rows("source.gap").map((row) => [row.body.source, row.body.reason]),
    [
      ["b", "other"],
      ["a", "second"],
    ],
  );
  assert.equal(state.size, 3);
  assert.equal(state.indexOf(state.rows("source.gap")[1]?.record ?? ""), 2);
});

test("a record of a type from a later version is counted and means nothing", () => {
  const state = new LogState();
  state.add({ ...gap("a", "x"), type: "something.later" } as never);
  assert.equal(state.size, 1);
  assert.deepEqual(state.rows("source.gap"), []);
  assert.throws(() => state.indexOf("rec_none"), RangeError);
});
