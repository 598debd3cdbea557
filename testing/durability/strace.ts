/** One run under strace: which calls that write it made between its marks, and runs in which one of them fails. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileCache } from "./runs.ts";
import { BEGIN, END, type DriverOptions } from "./sweep-driver.ts";

const driver = join(import.meta.dirname, "sweep-driver.ts");

/** Everything that puts bytes or names somewhere; the marks remove a folder. */
const CALLS =
  "write,writev,pwrite64,pwritev,sendto,sendmsg,openat,rename,renameat,renameat2,link,linkat,unlink,unlinkat,fsync,fdatasync,ftruncate,mkdir,mkdirat,rmdir";

export type Call = {
  readonly name: string;
  /** The how-manieth of its name, from the start of the process: what strace is told. */
  readonly number: number;
  /** With ids and digests replaced, so that the same call of two runs reads the same. */
  readonly words: string;
};

export type Traced = {
  readonly calls: readonly Call[];
  /** The call that failed or at which the process was killed. */
  readonly hit: Call | undefined;
  /** What was written to files after it. */
  readonly after: readonly Call[];
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Injection = { readonly call: Call; readonly fault: "EIO" | "ENOSPC" | "KILL" };

/**
 * Only the main thread: it makes every call of ours that writes.
 * @param more variables of the driver's environment
 */
export function trace(
  options: DriverOptions,
  log: string,
  injection?: Injection,
  more: NodeJS.ProcessEnv = {},
): Traced {
  const inject =
    injection === undefined
      ? []
      : [
          "-e",
          `inject=${injection.call.name}:${injection.fault === "KILL" ? "signal=KILL" : `error=${injection.fault}`}:when=${injection.call.number}`,
        ];
  const { DATABASE_URL: _, ...inherited } = process.env;
  const { status, signal, stdout, stderr } = spawnSync(
    "strace",
    [
      "-y",
      "-s",
      "80",
      "-o",
      log,
      "-e",
      `trace=${CALLS}`,
      ...inject,
      process.execPath,
      driver,
      JSON.stringify(options),
    ],
    {
      encoding: "utf8",
      env: { ...inherited, NODE_COMPILE_CACHE: compileCache(), ...more },
      timeout: 300_000,
    },
  );
  return { ...readTrace(readFileSync(log, "utf8"), options), status, signal, stdout, stderr };
}

function readTrace(text: string, options: DriverOptions): Pick<Traced, "calls" | "hit" | "after"> {
  const counts = new Map<string, number>();
  const calls: Call[] = [];
  const after: Call[] = [];
  let hit: Call | undefined;
  let last: Call | undefined;
  let within = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("+++ killed by SIGKILL")) hit = last;
    const name = /^([a-z0-9_]+)\(/.exec(line)?.[1];
    if (name === undefined) continue;
    const number = (counts.get(name) ?? 0) + 1;
    counts.set(name, number);
    if (line.includes(BEGIN)) within = true;
    else if (line.includes(END)) within = false;
    const call = { name, number, words: wordsOf(line, options) };
    last = call;
    if (hit !== undefined && writes(line) && !/<(?:UNIX|socket|pipe|anon_inode|TCP|\/dev\/)/.test(line))
      after.push(call);
    if (line.includes("(INJECTED)")) hit = call;
    if (within && writes(line) && !line.includes("anon_inode") && !line.includes("/countersign-sweep-"))
      calls.push(call);
  }
  return { calls, hit, after };
}

/** What is opened for reading writes nothing. */
const writes = (line: string): boolean => !line.startsWith("openat") || /O_CREAT|O_TRUNC/.test(line);

function wordsOf(line: string, options: DriverOptions): string {
  // Of what is written the beginning is enough: most of it is SQL.
  const args = /^(.*?)\) += /.exec(line)?.[1] ?? line;
  return args
    .replaceAll(options.path, "<package>")
    .replaceAll(options.root, "<company>")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>")
    .replace(/\b[0-9a-f]{64}\b/g, "<digest>")
    .replace(/\/[0-9a-f]{2}\//g, "/<xx>/")
    .replace(/\/[0-9a-f]{2}>/g, "/<xx>>")
    .replace(/\[\d+(?:->\d+)?\]/g, "[…]")
    .replace(/\.\d+\.new/g, ".<pid>.new")
    .replace(/\((?:\d+|AT_FDCWD<[^>]*>)/, "(")
    .slice(0, 140);
}
