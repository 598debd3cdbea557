/** Readiness of a large program over N stored changes, with nothing kept from before. */
import { alternately, task, timeOf } from "../harness/run-task.ts";
import { times, whole, type Table } from "../harness/table.ts";
import type { Prepared } from "../world/prepared.ts";

/** The size that the goal is about. */
const GOAL_SIZE = 100_000;
const GOAL_MS = 1000;

export function readinessOf(table: Table, { size, blobs, digest }: Prepared, runs: number): void {
  const [ours] = alternately(runs, [() => timeOf(task("readiness", blobs, digest, size), "readiness")]);
  if (ours === undefined) return;
  table.add({
    work: `readiness of 300 controls, 5,000 components, 200 vendors over ${whole(size)} changes × 5 attributes`,
    ours: times(ours),
    peakMiB: ours.peakMiB,
    ...(size === GOAL_SIZE ? { goal: "< 1 s", met: ours.cpu < GOAL_MS } : {}),
  });
}
