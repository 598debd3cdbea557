/** Facts about operating-system processes: who runs, since when, and which of them work in a directory. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Enough to recognise a process later. A bare pid is not: pids are used again, and in a container the same few come back
 * after every restart.
 */
export type ProcessMark = {
  readonly pid: number;
  /** Opaque and stable for the life of the process; empty where the platform does not tell. */
  readonly startedAt: string;
  /** The boot and the pid namespace in which `pid` means something. */
  readonly world: string;
};

export function ownMark(): ProcessMark {
  return { pid: process.pid, startedAt: startOf(process.pid), world: currentWorld() };
}

/** Whether the marked process still runs; `elsewhere` when its pid belongs to another container or machine. */
export function lifeOf(mark: ProcessMark): "running" | "gone" | "elsewhere" {
  if (mark.world !== currentWorld()) return "elsewhere";
  if (!isRunning(mark.pid)) return "gone";
  const startedAt = startOf(mark.pid);
  return mark.startedAt === "" || startedAt === "" || startedAt === mark.startedAt ? "running" : "gone";
}

/**
 * Whether a process with this pid does anything at all. A zombie does not: under an init that reaps nothing (a container
 * whose first process is an ordinary program) a killed server stays one for ever.
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const state = statOf(pid)?.state;
  return state !== "Z" && state !== "X";
}

/** Whether `pid` runs PostgreSQL on this data directory. Where the platform does not show it, a PostgreSQL process counts. */
export function isServerOf(pid: number, dataDirectory: string): boolean {
  if (!isRunning(pid)) return false;
  if (process.platform === "linux") {
    const working = workingDirectoryOf(pid);
    if (working !== undefined) return working === dataDirectory;
  }
  const name = nameOf(pid);
  return name === undefined || name.includes("postgres");
}

/** Pids of PostgreSQL processes whose working directory is this data directory (every backend's is). Linux only, else empty. */
export function serverProcessesIn(dataDirectory: string): readonly number[] {
  if (process.platform !== "linux") return [];
  return listProcesses().filter(
    (pid) =>
      workingDirectoryOf(pid) === dataDirectory &&
      isRunning(pid) &&
      nameOf(pid)?.includes("postgres") === true,
  );
}

function listProcesses(): readonly number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/u.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Follows from /proc/<pid>/stat (proc(5)): field 2 is the name in parentheses, 3 the state, 22 the start in clock ticks. */
function statOf(
  pid: number,
): { readonly name: string; readonly state: string; readonly start: string } | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const close = text.lastIndexOf(")");
    const fields = text.slice(close + 2).split(" ");
    return {
      name: text.slice(text.indexOf("(") + 1, close),
      state: fields[0] ?? "",
      start: fields[19] ?? "",
    };
  } catch {
    return undefined;
  }
}

function startOf(pid: number): string {
  return process.platform === "darwin" ? askPs(pid, "lstart") : (statOf(pid)?.start ?? "");
}

/** undefined where the platform does not tell. */
function nameOf(pid: number): string | undefined {
  if (process.platform === "darwin") return askPs(pid, "comm");
  return statOf(pid)?.name;
}

function askPs(pid: number, column: string): string {
  return (spawnSync("ps", ["-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" }).stdout ?? "").trim();
}

function workingDirectoryOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

let world: string | undefined;

function currentWorld(): string {
  world ??= readWorld();
  return world;
}

function readWorld(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}
