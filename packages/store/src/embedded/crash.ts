/** What a crash leaves behind, and how it is cleared so that PostgreSQL can start again. */
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ProblemError } from "@countersign/kernel";
import { waitUntilUnused } from "./guard.ts";
import { readPostmaster, signal } from "./postmaster.ts";
import { serverProcessesIn } from "./processes.ts";

const childrenMs = 30_000;

/** Idle processes notice at once that their server is gone; one in a long query only when the query ends. */
const patienceMs = 2_000;

/**
 * After a crash: waits for the processes that a killed server left, which end when they notice, and tells the ones that do
 * not to end at once. Makes sure that no server in another container uses the data. Then removes a lock file that names a process which is not a server of these data (its pid was used
 * again, or it is a zombie), since PostgreSQL would refuse to start for ever.
 */
export async function clearAfterCrash(data: string, parent: string, env: NodeJS.ProcessEnv): Promise<void> {
  const started = performance.now();
  let told = false;
  for (;;) {
    const left = serverProcessesIn(data);
    if (left.length === 0) break;
    const waited = performance.now() - started;
    if (waited > patienceMs && !told) {
      told = true;
      for (const pid of left) signal(pid, "SIGQUIT");
    }
    if (waited > childrenMs) throw leftBehind(data, left);
    await sleep(50);
  }
  await waitUntilUnused(parent, env);
  const stale = await readPostmaster(data);
  const lockFile = join(data, "postmaster.pid");
  if (stale === undefined) {
    // An empty lock file (the machine stopped while it was written) is refused by PostgreSQL as well.
    const found = await stat(lockFile).catch(() => undefined);
    if (found !== undefined) await rm(lockFile);
  } else if (process.platform === "linux" && existsAsPid(stale.pid)) {
    await rm(lockFile);
  }
}

function existsAsPid(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

export function leftBehind(data: string, pids: readonly number[]): ProblemError {
  return new ProblemError({
    code: "embedded-postgres-still-in-use",
    what: "PostgreSQL cannot start, because processes of an earlier server still use its data.",
    where: data,
    why: `After ${childrenMs / 1000} seconds they are still there${pids.length > 0 ? `: ${pids.join(", ")}` : "."}`,
    next:
      pids.length > 0
        ? `End them (kill -QUIT ${pids.join(" ")}) and run the command again.`
        : "Run the command again.",
  });
}
