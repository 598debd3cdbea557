/** What is recorded of each source and of each activity that people do: the newest of it, for the evidence inventory. */
import { epochOf, localDateAt, type TimeZone } from "@countersign/kernel";
import type { Through } from "@countersign/assessment";
import type { LogState } from "../log-state.ts";
import { readsOf } from "../system/readiness.ts";

export type EvidenceThrough = {
  readonly reads: ReadonlyMap<string, Through>;
  /** By control and activity: "CHG-01/merge". */
  readonly performances: ReadonlyMap<string, Through>;
};

export function evidenceThrough(log: LogState, zone: TimeZone): EvidenceThrough {
  const performances = new Map<string, Through>();
  for (const { record, body } of log.rows("evidence.added")) {
    const key = `${body.control}/${body.activity}`;
    const day = localDateAt(zone, epochOf(body.performed.at));
    const before = performances.get(key);
    if (before === undefined || before.day <= day) performances.set(key, { day, record });
  }
  return { reads: readsOf(log, zone), performances };
}
