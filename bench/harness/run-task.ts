/** Starts tasks and takes the middle of several runs. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { median } from "./statistics.ts";
import type { TaskResult } from "./task.ts";

export function task(name: string, ...args: readonly (string | number)[]): TaskResult {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "../tasks", `${name}.ts`), ...args.map(String)],
    { encoding: "utf8", maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(`${name} ${args.join(" ")}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as TaskResult;
}

/** Milliseconds. */
export type Time = { readonly cpu: number; readonly wall: number };

export type Timed = Time & { readonly peakMiB: number; readonly facts: TaskResult["facts"] };

/** One measurement of a task. CPU time is what is compared: the machine may be shared, and waiting is not work. */
export function timeOf(result: TaskResult, key: string): Timed {
  const measured = result.measured[key];
  if (measured === undefined) throw new Error(`the task has no measurement ${key}`);
  const { wallMs, userMs, systemMs } = measured;
  return { cpu: userMs + systemMs, wall: wallMs, peakMiB: result.peakMiB, facts: result.facts };
}

/** The middle of all runs of each; what is compared takes turns, so that a busy moment of the machine meets both. */
export function alternately(runs: number, works: readonly (() => Timed)[]): Timed[] {
  const all = works.map((): Timed[] => []);
  for (let run = 0; run < runs; run++) for (const [i, work] of works.entries()) all[i]?.push(work());
  return all.map((times) => ({
    cpu: median(times.map((time) => time.cpu)),
    wall: median(times.map((time) => time.wall)),
    peakMiB: Math.max(...times.map((time) => time.peakMiB)),
    facts: times[0]?.facts ?? {},
  }));
}
