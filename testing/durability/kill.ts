/** One kill: waits for its moment, stops the process to see what is open, and kills it or what it depends on. */
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, serverProcessesIn } from "../../packages/store/src/embedded/processes.ts";
import { blobsInWriting, type Place } from "./place.ts";
import type { Choices } from "./random.ts";
import type { Run } from "./runs.ts";
import { isOpen, openSight, send, type Seen, type Sight } from "./sight.ts";

/**
 * - `ours`: the process that writes.
 * - `backend`: the server process that holds the write; PostgreSQL then ends all others and recovers.
 * - `backend-stopped`: the same, stopped by itself, be it in the middle of a commit, while our process runs on.
 * - `helper`: a process of the server's own, such as the checkpointer.
 * - `postmaster`: the server's first process; its children end when they notice.
 * - `server`: all of the server at once.
 * - `all`: everything at once, as when a machine's memory runs out or a container ends.
 */
export const targets = [
  "ours",
  "backend",
  "backend-stopped",
  "helper",
  "postmaster",
  "server",
  "all",
] as const;
export type Target = (typeof targets)[number];

export type Killed = {
  readonly target: Target;
  /** What was open the moment before; undefined when nothing was. */
  readonly open: "transaction" | "blob" | undefined;
};

export type Aim = {
  readonly target: Target;
  /** How often an open write is let pass. */
  readonly pass: number;
  /** At most so long between two looks, in milliseconds. */
  readonly pause: number;
  readonly choices: Choices;
};

/** Kills while a write is open. @returns undefined when the run ended before its moment came. */
export async function killInOpenWrite(place: Place, run: Run, aim: Aim): Promise<Killed | undefined> {
  const sight = await sightOf(place, run);
  if (sight === undefined) return undefined;
  try {
    let { pass } = aim;
    while (run.alive()) {
      await sleep(aim.choices.next() * aim.pause);
      const stopped = aim.target === "backend-stopped" ? await stopWriter(sight) : await stopRun(sight, run);
      if (stopped === undefined) continue;
      if (pass > 0) {
        pass -= 1;
        send(stopped.pid, "SIGCONT");
        continue;
      }
      await strike(place, run, sight, aim, stopped.seen);
      send(stopped.pid, "SIGCONT");
      return {
        target: aim.target,
        open: stopped.seen.writers.length > 0 ? "transaction" : "blob",
      };
    }
    return undefined;
  } finally {
    sight.close();
  }
}

/** Kills at a moment that nothing was asked about: while starting, reading, ending, or writing. */
export async function killAnytime(
  place: Place,
  run: Run,
  target: "ours" | "postmaster" | "all",
  afterMs: number,
): Promise<Killed | undefined> {
  const before = new Set(blobsInWriting(place));
  await Promise.race([sleep(afterMs), run.ended]);
  if (!run.alive()) return undefined;
  send(run.pid, "SIGSTOP");
  const sight = await openSight(place);
  const seen = await sight?.look();
  sight?.close();
  // Before the first server is up there is nothing but our process to kill.
  const struck = sight === undefined && target === "postmaster" ? "ours" : target;
  if (struck !== "postmaster") send(run.pid, "SIGKILL");
  if (struck !== "ours" && sight !== undefined) send(sight.postmaster, "SIGKILL");
  if (struck === "all") for (const pid of serverProcessesIn(await place.data())) send(pid, "SIGKILL");
  send(run.pid, "SIGCONT");
  const blobs = blobsInWriting(place).filter((name) => !before.has(name)).length;
  const open = (seen?.writers.length ?? 0) > 0 ? "transaction" : blobs > 0 ? "blob" : undefined;
  return { target: struck, open };
}

async function sightOf(place: Place, run: Run): Promise<Sight | undefined> {
  for (;;) {
    const sight = await openSight(place);
    if (sight !== undefined) return sight;
    if (!run.alive()) return undefined;
    await sleep(10);
  }
}

type Stopped = { readonly pid: number; readonly seen: Seen };

/** Stops our process; lets it go on when nothing is open. */
async function stopRun(sight: Sight, run: Run): Promise<Stopped | undefined> {
  send(run.pid, "SIGSTOP");
  const seen = await sight.look();
  if (isOpen(seen)) return { pid: run.pid, seen };
  send(run.pid, "SIGCONT");
  return undefined;
}

/** Stops a server process of ours that is seen to write before and after it is stopped. */
async function stopWriter(sight: Sight): Promise<Stopped | undefined> {
  const pid = (await sight.look())?.writers[0];
  if (pid === undefined) return undefined;
  send(pid, "SIGSTOP");
  const seen = await sight.look();
  if (seen?.writers.includes(pid) === true) return { pid, seen };
  send(pid, "SIGCONT");
  return undefined;
}

async function strike(place: Place, run: Run, sight: Sight, aim: Aim, seen: Seen): Promise<void> {
  const { target, choices } = aim;
  const server = async (): Promise<void> => {
    send(sight.postmaster, "SIGKILL");
    for (const pid of serverProcessesIn(await place.data())) send(pid, "SIGKILL");
  };
  const oneOf = (pids: readonly number[]): void => {
    const pid = pids[choices.below(pids.length)];
    if (pid === undefined) throw new Error(`there is no ${target} to kill`);
    send(pid, "SIGKILL");
  };
  if (target === "ours" || target === "all") send(run.pid, "SIGKILL");
  if (target === "server" || target === "all") await server();
  if (target === "postmaster") send(sight.postmaster, "SIGKILL");
  if (target === "helper") oneOf(seen.helpers);
  if (target === "backend" || target === "backend-stopped")
    oneOf(seen.writers.length > 0 ? seen.writers : seen.backends);
  if (target === "ours" || target === "all") await run.ended;
  if (target === "postmaster" || target === "server") while (isRunning(sight.postmaster)) await sleep(5);
}
