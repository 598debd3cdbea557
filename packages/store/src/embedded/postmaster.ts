/** The server process: what it says about itself in postmaster.pid, how it is started, and how it is stopped. */
import type { ChildProcess } from "node:child_process";
import { constants } from "node:fs";
import { open, type FileHandle, readFile, realpath, rename, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ProblemError } from "@countersign/kernel";
import { findBinaries, program } from "./binaries.ts";
import { isStillInUse, startFailure } from "./failure.ts";
import { guardPrefix, heldExitCode } from "./guard.ts";
import type { Installation } from "./place.ts";
import { isRunning, isServerOf } from "./processes.ts";
import { asSelf, ownerOfWork, runUnder, startUnder } from "./run-as.ts";
import { socketPort } from "./socket-directory.ts";

export type Postmaster = {
  readonly pid: number;
  readonly port: number;
  /** The socket's directory, or the address of the network interface where there is no socket (Windows). */
  readonly host: string;
  readonly status: string;
};

/** postmaster.pid by line: pid, data directory, start time, port, socket directory, listen address, shared memory, status. */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split(/\r?\n/u).map((line) => line.trim());
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  const host = lines[4] !== undefined && lines[4] !== "" ? lines[4] : (lines[5] ?? "");
  return { pid, port: Number(lines[3]), host, status: lines[7] ?? "" };
}

/** The running server of these data, if there is one. What a crash left behind is not one. */
export async function runningPostmaster(data: string): Promise<Postmaster | undefined> {
  const found = await readPostmaster(data);
  return found !== undefined && isServerOf(found.pid, data) ? found : undefined;
}

/** Still in use: an earlier server of these data, or one of its processes, is not gone yet. */
export type Started = "up" | "still-in-use";

export type StartOptions = {
  readonly socketDirectory: string;
  readonly logFile: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** After ours: the last of one name is the one that counts. */
  readonly settings?: readonly string[] | undefined;
};

/** Recovery replays at most the log since the last checkpoint; on a slow disk that can be minutes. */
const startDeadlineMs = 300_000;

/**
 * Starts the server in a session of its own, so that Ctrl-C in the terminal and the end of this process leave it running,
 * and waits until it accepts connections. Throws a ProblemError with the end of its log when it does not come up.
 */
export async function startPostmaster(installation: Installation, options: StartOptions): Promise<Started> {
  const data = await realpath(join(installation.parent, "data"));
  await rotate(options.logFile);
  const log = await openLog(options.logFile);
  try {
    const from = (await log.stat()).size;
    const ended =
      process.platform === "win32"
        ? await startThroughControl(installation, data, options)
        : await startDirectly(installation, data, options, log.fd);
    const outcome = await waitUntilReady(data, ended, options.say);
    if (outcome === "ready") return "up";
    const written = await readFrom(options.logFile, from);
    if (ended.held || isStillInUse(written)) return "still-in-use";
    throw startFailure({ what: outcome, where: data, log: written, logFile: options.logFile });
  } finally {
    await log.close();
  }
}

/** Set by the command line, so that no file or ALTER SYSTEM can take the durability away. */
function settings(listen: readonly string[], more: readonly string[] = []): readonly string[] {
  const values = [
    ...listen,
    "fsync=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    // A failed fsync ends the server; what it was about is then recovered from the write-ahead log, or is missed.
    "data_sync_retry=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "shared_buffers=128MB",
    "max_connections=50",
    // Bursts of appends: checkpoints by time rather than by volume.
    "max_wal_size=2GB",
    "checkpoint_timeout=15min",
    "jit=off",
    "cluster_name=countersign",
    // Statements and their values hold personal data; what concerns the server itself is logged, their errors are not.
    "log_min_messages=log",
    "log_checkpoints=off",
    "logging_collector=off",
    ...more,
  ];
  return values.flatMap((value) => ["-c", value]);
}

/** Why the server's process ended, when it has; `held` when it was because another holds the kernel's lock. */
type Ended = { because: string | undefined; held: boolean };

async function startDirectly(
  installation: Installation,
  data: string,
  options: StartOptions,
  log: number,
): Promise<Ended> {
  const ended: Ended = { because: undefined, held: false };
  const guard = await guardPrefix(installation.parent, options.env);
  const identity = { ...installation.identity, prefix: [...guard, ...installation.identity.prefix] };
  const sockets = `unix_socket_directories="${options.socketDirectory}"`;
  const listen = settings(
    [`port=${socketPort}`, "listen_addresses=", sockets, "unix_socket_permissions=0700"],
    options.settings,
  );
  const command = [program(installation.binaries, "postgres"), "-D", data, ...listen];
  const failed = (error: Error): void => {
    ended.because = `PostgreSQL could not be started: ${error.message}`;
  };
  let child: ChildProcess;
  try {
    const stdio = ["ignore", log, log] as const;
    child = startUnder(identity, command, { env: options.env, stdio, detached: true });
  } catch (error) {
    failed(error as Error);
    return ended;
  }
  child.on("error", failed);
  child.on("exit", (code, signal) => {
    ended.held = code === heldExitCode;
    ended.because = `PostgreSQL ended while starting (${signal ?? `exit code ${code}`}).`;
  });
  child.unref();
  return ended;
}

/** On Windows pg_ctl gives up an administrator's rights, with which PostgreSQL would refuse to run. */
async function startThroughControl(
  installation: Installation,
  data: string,
  options: StartOptions,
): Promise<Ended> {
  const port = await freePort();
  const listen = settings([`port=${port}`, "listen_addresses=127.0.0.1"], options.settings).join(" ");
  const command = [
    program(installation.binaries, "pg_ctl"),
    "start",
    "-W",
    "-D",
    data,
    "-l",
    options.logFile,
  ];
  const { code, stderr } = await runUnder(asSelf(), [...command, "-o", listen], { env: options.env });
  return {
    because: code === 0 ? undefined : `PostgreSQL could not be started: ${stderr.trim()}`,
    held: false,
  };
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function waitUntilReady(data: string, ended: Ended, say: (line: string) => void): Promise<string> {
  const started = performance.now();
  let saidAt = started;
  for (;;) {
    const found = await runningPostmaster(data);
    if (ended.because !== undefined) return ended.because;
    if (found?.status === "ready") return "ready";
    const now = performance.now();
    if (now - started > startDeadlineMs)
      return `PostgreSQL is not ready after ${startDeadlineMs / 1000} seconds.`;
    if (now - saidAt > 5_000) {
      saidAt = now;
      say(`PostgreSQL is still starting (${Math.round((now - started) / 1000)} s).`);
    }
    await sleep(15);
  }
}

const gracefulMs = 60_000;

/** Asks the server to end its sessions, write everything out and stop; gives once its process is gone. */
export async function stopPostmaster(data: string, server: Postmaster): Promise<void> {
  if (process.platform === "win32") await stopThroughControl(data);
  else signal(server.pid, "SIGINT");
  if (await isGone(server.pid, gracefulMs)) return;
  // It has lost nothing then either: the next start replays the write-ahead log.
  signal(server.pid, "SIGQUIT");
  if (await isGone(server.pid, 10_000)) return;
  throw new ProblemError({
    code: "embedded-postgres-stop",
    what: `PostgreSQL (process ${server.pid}) does not stop.`,
    where: data,
    next: `End it with kill -9 ${server.pid}; nothing that was acknowledged is lost.`,
  });
}

/** Windows knows no signals; pg_ctl tells the server through a pipe. */
async function stopThroughControl(data: string): Promise<void> {
  const control = program(await findBinaries(undefined), "pg_ctl");
  await runUnder(asSelf(), [control, "stop", "-D", data, "-m", "fast"], { env: process.env });
}

/** postgres takes SIGINT as "fast shutdown" and SIGQUIT as "immediate shutdown". */
export function signal(pid: number, name: "SIGINT" | "SIGQUIT"): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isRunning(pid)) {
    if (performance.now() > until) return false;
    await sleep(10);
  }
  return true;
}

const largestLog = 4 * 1024 * 1024;

/** Never through a link: root may work in another user's workspace, and would write to and give away what it leads to. */
async function openLog(path: string): Promise<FileHandle> {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW = 0 } = constants;
  const log = await open(path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600);
  const owner = await ownerOfWork(dirname(path));
  if (owner !== undefined) await log.chown(owner.uid, owner.gid);
  return log;
}

/** Keeps the log and one before it. */
async function rotate(logFile: string): Promise<void> {
  const size = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (size > largestLog) await rename(logFile, `${logFile}.1`);
}

async function readFrom(path: string, offset: number): Promise<string> {
  const content = await readFile(path);
  return content.subarray(offset).toString("utf8");
}
