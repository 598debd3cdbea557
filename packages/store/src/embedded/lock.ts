/** The lock under which the server is started, joined and stopped, so that no two processes decide about it at once. */
import { randomUUID } from "node:crypto";
import { link, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { ProblemError } from "@countersign/kernel";
import { lifeOf, ownMark, type ProcessMark } from "./processes.ts";

type Holder = ProcessMark & { readonly doing: string; readonly nonce: string };

export type LockOptions = {
  /** What this process is about to do, in words, for whoever has to wait: "start PostgreSQL". */
  readonly doing: string;
  readonly say: (line: string) => void;
  /** How long to wait for a live holder, in milliseconds. */
  readonly waitMs?: number;
};

/** A holder that this process cannot see (another container) shows life by touching the lock this often. */
const heartbeatMs = 2_000;
const silentMs = 30_000;

/**
 * Runs `work` while holding the lock file. A lock whose process is gone is taken over; a live one is waited for.
 * Throws a ProblemError `embedded-postgres-busy` when the wait ends without the lock.
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const nonce = randomUUID();
  const holder: Holder = { ...ownMark(), doing: options.doing, nonce };
  await acquire(path, holder, options);
  const heartbeat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readHolder(path))?.nonce === nonce) await rm(path, { force: true });
  }
}

async function acquire(path: string, holder: Holder, options: LockOptions): Promise<void> {
  const waitMs = options.waitMs ?? 60_000;
  const started = performance.now();
  let told = false;
  while (!(await tryCreate(path, holder))) {
    const other = await readHolder(path);
    const stale = other !== undefined && (await isStale(path, other));
    if (stale && (await removeStale(path, other, holder))) continue;
    const waited = performance.now() - started;
    if (waited > waitMs) throw busy(path, other, waitMs);
    if (waited > 1_500 && !told && other !== undefined) {
      told = true;
      options.say(`Waiting for process ${other.pid}, which is about to ${other.doing}.`);
    }
    await sleep(30);
  }
}

/** Exclusive creation (what O_EXCL gives), with the content in place from the first instant: a link to a written file. */
async function tryCreate(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${holder.nonce}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const unreadable: Holder = { pid: 0, startedAt: "", world: "", doing: "", nonce: text };
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    if (typeof value?.pid !== "number" || typeof value.nonce !== "string") return unreadable;
    return { ...unreadable, ...value };
  } catch {
    return unreadable;
  }
}

async function isStale(path: string, holder: Holder): Promise<boolean> {
  // A lock appears with its content in place; one without was emptied when the machine stopped.
  if (holder.pid === 0) return true;
  const life = lifeOf(holder);
  if (life !== "elsewhere") return life === "gone";
  const touched = await stat(path).catch(() => undefined);
  return touched !== undefined && Date.now() - touched.mtimeMs > silentMs;
}

/**
 * Two processes may find the same dead holder. Only the one that holds the second file may remove the first, and only after
 * it has seen again that the dead holder's lock is still the one in place: else a new holder's lock would be removed. Gives
 * false when another process is at it.
 */
async function removeStale(path: string, dead: Holder, holder: Holder): Promise<boolean> {
  const takeover = `${path}.takeover`;
  if (!(await tryCreate(takeover, holder))) {
    const other = await readHolder(takeover);
    if (other !== undefined && (await isStale(takeover, other))) await rm(takeover, { force: true });
    return false;
  }
  try {
    if ((await readHolder(path))?.nonce === dead.nonce) await rm(path, { force: true });
    return true;
  } finally {
    await rm(takeover, { force: true });
  }
}

function busy(path: string, other: Holder | undefined, waitMs: number): ProblemError {
  const who = other === undefined ? "Another process" : `Process ${other.pid}`;
  return new ProblemError({
    code: "embedded-postgres-busy",
    what: `${who} has not finished ${waitMs / 1000} seconds after this one began to wait for the embedded PostgreSQL.`,
    where: path,
    why: other === undefined ? "The lock changes hands without end." : `It is about to ${other.doing}.`,
    next:
      other === undefined
        ? "Run the command again."
        : `Let it finish, or end it (kill ${other.pid}) and run the command again.`,
  });
}
