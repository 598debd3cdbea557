/**
 * A lock of the kernel on the data, held by the server and all its processes for as long as one of them lives. PostgreSQL
 * itself recognises another server of the same data by its pid and its shared memory, and a second container that mounts
 * the same workspace has neither in sight: two servers would destroy the data. A file lock is seen by both.
 *
 * It needs the `flock` program of util-linux (every glibc distribution has it); without it PostgreSQL's own check stands alone.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ProblemError } from "@countersign/kernel";
import { asSelf, runUnder } from "./run-as.ts";

/** flock's exit code when the lock is held; its own default, 1, could be the command's. */
export const heldExitCode = 75;

/** After a crash the last processes end within moments; a server in another container does not. */
const waitMs = 3_000;

/** Waits until nobody holds the lock. Throws a ProblemError `embedded-postgres-elsewhere` when somebody out of sight does. */
export async function waitUntilUnused(parent: string, env: NodeJS.ProcessEnv): Promise<void> {
  const file = await guardFile(parent);
  const until = performance.now() + waitMs;
  while ((await tryLock(file, env)) === heldExitCode) {
    if (performance.now() > until) {
      throw new ProblemError({
        code: "embedded-postgres-elsewhere",
        what: "PostgreSQL runs on this workspace's data out of this process's sight, most likely in another container.",
        where: file,
        why: "A second server on the same data would destroy them, and a server in another container cannot be joined.",
        next: "Run the command in that container (docker exec), or stop that one first.",
      });
    }
    await sleep(50);
  }
}

/** What to put before the server's command line so that it holds the lock; nothing where that is not possible. */
export async function guardPrefix(parent: string, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const file = await guardFile(parent);
  const outcome = await tryLock(file, env);
  return outcome === 0 || outcome === heldExitCode ? lockCommand(file) : [];
}

/** Empty, and readable by whoever the server runs as; reading is enough to lock. */
async function guardFile(parent: string): Promise<string> {
  const file = join(parent, "server.lock");
  try {
    const made = await open(file, "wx");
    await made.chmod(0o644);
    await made.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return file;
}

async function tryLock(file: string, env: NodeJS.ProcessEnv): Promise<number | undefined> {
  if (process.platform !== "linux") return undefined;
  return (await runUnder(asSelf(), [...lockCommand(file), "true"], { env })).code;
}

/** With --no-fork the lock's descriptor passes to the command and, by inheritance, to every process that it makes. */
function lockCommand(file: string): readonly string[] {
  return ["flock", "--nonblock", "--no-fork", `--conflict-exit-code=${heldExitCode}`, file];
}
