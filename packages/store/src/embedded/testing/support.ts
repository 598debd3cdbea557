/** Workspaces and processes for the tests of the embedded server. Whatever a test starts is ended with it. */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { ProblemError, type Problem } from "@countersign/kernel";
import {
  openEmbeddedPostgres,
  stopEmbeddedPostgres,
  type Connection,
  type EmbeddedOptions,
  type EmbeddedServer,
} from "../embedded-postgres.ts";
import { isRunning, serverProcessesIn } from "../processes.ts";

export type Workspace = {
  readonly directory: string;
  readonly data: string;
  /** What the server's supervisor said, in order. */
  readonly said: string[];
  open(options?: Partial<EmbeddedOptions>): Promise<EmbeddedServer>;
};

/** An empty private workspace whose path holds what paths hold in real life; stopped and removed after the test. */
export async function workspace(t: TestContext, owner?: number): Promise<Workspace> {
  const base = await realpath(await mkdtemp(join(tmpdir(), "countersign test Prüfung's ")));
  if (owner !== undefined) await chown(base, owner, owner);
  const directory = join(base, "postgres");
  const said: string[] = [];
  t.after(async () => {
    await stopEmbeddedPostgres(directory).catch(() => {});
    for (const pid of serverProcessesIn(join(directory, "data"))) process.kill(pid, "SIGKILL");
    await rm(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  const open = (options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> =>
    openEmbeddedPostgres({ directory, say: (line) => said.push(line), ...options });
  return { directory, data: join(directory, "data"), said, open };
}

/** A workspace that has been used before, without the second that the first start takes. */
export async function usedWorkspace(t: TestContext): Promise<Workspace> {
  const place = await workspace(t);
  template ??= makeTemplate();
  // Node's own recursive copy takes ten times as long for these thousand files.
  assert.equal(spawnSync("cp", ["-R", "-p", await template, place.directory]).status, 0);
  return place;
}

let template: Promise<string> | undefined;

async function makeTemplate(): Promise<string> {
  const directory = join(await mkdtemp(join(tmpdir(), "countersign-template-")), "postgres");
  await (await openEmbeddedPostgres({ directory, say: () => {} })).release();
  return directory;
}

after(async () => {
  if (template !== undefined) await rm(dirname(await template), { recursive: true, force: true });
});

/** Runs one query over a connection of its own. */
export async function query(connection: Connection, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  // A lost connection is told by the query as well.
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

export async function postmasterPid(place: Workspace): Promise<number> {
  return Number((await readFile(join(place.data, "postmaster.pid"), "utf8")).split("\n")[0]);
}

/** The problem that `work` fails with; fails itself when it does not. */
export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ProblemError && error.problems[0] !== undefined) return error.problems[0];
    throw error;
  }
  return assert.fail("it succeeded");
}

export async function eventually(words: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const until = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > until) assert.fail(`not within 30 seconds: ${words}`);
    await sleep(20);
  }
}

export async function isStopped(place: Workspace): Promise<boolean> {
  return !existsSync(join(place.data, "postmaster.pid")) && serverProcessesIn(place.data).length === 0;
}

type Message = {
  readonly said?: string;
  readonly opened?: { version: string; runsAs: string; connection: Connection };
  readonly rows?: Record<string, unknown>[];
  readonly problem?: Problem;
  readonly ended?: true;
};

export type OtherProcess = {
  readonly child: ChildProcess;
  /** The next message that is not progress. */
  next(): Promise<Message>;
  send(line: string): void;
  /** Ends it without warning, and waits until it is gone. */
  kill(): Promise<void>;
};

export type OtherOptions = {
  readonly directory: string;
  readonly packageDirectory?: string;
  readonly uid?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Stands before the command line. */
  readonly prefix?: readonly string[];
  /** Instead of process.ts. */
  readonly script?: string;
  /** In a process group of its own, as a terminal's foreground command is. */
  readonly detached?: boolean;
};

/** A second process that opens the workspace; see process.ts for what it says and understands. */
export function otherProcess(t: TestContext, options: OtherOptions): OtherProcess {
  const { uid, env, prefix = [], detached = false, script = "process.ts", ...open } = options;
  const program = [process.execPath, join(import.meta.dirname, script), JSON.stringify(open)];
  const [command = "", ...rest] = [...prefix, ...program];
  const child = spawn(command, rest, {
    cwd: "/",
    detached,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout ?? assert.fail() })[Symbol.asyncIterator]();
  return {
    child,
    next: async () => {
      for (;;) {
        const line = await lines.next();
        if (line.done === true) return {};
        const message = JSON.parse(line.value) as Message;
        if (message.said === undefined) return message;
      }
    },
    send: (line) => void child.stdin?.write(`${line}\n`),
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

/** An ordinary user to be for a test that runs as root, or the reason why there is none. */
export async function ordinaryUser(): Promise<{ uid: number } | { reason: string }> {
  if (process.geteuid?.() !== 0)
    return { reason: "the suite does not run as root: every other test is this one" };
  const uid = 65_534;
  const reachable = await new Promise<boolean>((resolve) => {
    const script = join(import.meta.dirname, "support.ts");
    const child = spawn(process.execPath, ["--check", script], { uid, gid: uid, cwd: "/", stdio: "ignore" });
    child.once("error", () => resolve(false)).once("close", (code) => resolve(code === 0));
  });
  return reachable ? { uid } : { reason: "this checkout or its node is closed to other users" };
}

/** Ends the server as a crash would: the postmaster alone, its children notice by themselves. */
export async function killPostmaster(place: Workspace): Promise<number> {
  const pid = await postmasterPid(place);
  process.kill(pid, "SIGKILL");
  await eventually("the killed server is gone", () => !isRunning(pid));
  return pid;
}

/** Names in the workspace's directory, without those of `data`. */
export async function entries(place: Workspace): Promise<string[]> {
  return (await readdir(place.directory)).toSorted();
}
