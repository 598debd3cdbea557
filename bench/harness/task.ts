/** What a task measures about itself. A task is a process of its own, so that its peak memory is its own too. */

export type Measured = {
  readonly wallMs: number;
  readonly userMs: number;
  readonly systemMs: number;
};

/** What a task prints: one line of JSON on stdout. */
export type TaskResult = {
  readonly measured: Readonly<Record<string, Measured>>;
  readonly facts: Readonly<Record<string, number | string | readonly number[]>>;
  /** The process's peak so far, with the runtime and all it loaded. */
  readonly peakMiB: number;
};

/** Wall and CPU time of one piece of work; start-up and loading are not in it. */
export async function measure<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly value: T; readonly measured: Measured }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const value = await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { value, measured: { wallMs, userMs: user / 1000, systemMs: system / 1000 } };
}

export function report(measured: TaskResult["measured"], facts: TaskResult["facts"]): void {
  // maxRSS is in kibibytes on every system.
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ measured, facts, peakMiB } satisfies TaskResult)}\n`);
}
