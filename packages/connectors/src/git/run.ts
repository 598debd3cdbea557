/**
 * Runs the `git` executable for reading and for nothing else: no shell, no environment of the caller's git, no
 * settings of the machine or the user, no hook, no optional lock, no fetch of anything that is missing.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { devNull } from "node:os";
import { ProblemError } from "@countersign/kernel";

const STDERR_KEPT = 4096;

const SAFE_OPTIONS: readonly string[] = [
  "--no-replace-objects",
  "--no-pager",
  // What the repository's own settings could make git run.
  "-c",
  `core.hooksPath=${devNull}`,
  "-c",
  "core.fsmonitor=false",
  // The listing comes from the commit objects themselves, not from a cache of them that could be stale.
  "-c",
  "core.commitGraph=false",
  // The folder was named by the program and nothing in it is run, so another owner (a mount, a CI checkout) is no danger.
  "-c",
  "safe.directory=*",
  "-c",
  "advice.graftFileDeprecated=false",
];

function environment(ceiling: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.toUpperCase().startsWith("GIT_"));
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
    GIT_NO_LAZY_FETCH: "1",
    // Versions of git that do not know the line above cannot reach a remote either: no protocol is called "none".
    GIT_ALLOW_PROTOCOL: "none",
    // Grafts would make git tell another history than the commit objects do.
    GIT_GRAFT_FILE: devNull,
    GIT_CEILING_DIRECTORIES: ceiling,
  };
}

export type GitPlace = {
  readonly folder: string;
  /** git does not look for a repository in this folder or above it; empty: it looks all the way up. */
  readonly ceiling: string;
};

export type GitProcess = {
  readonly stdin: ChildProcessWithoutNullStreams["stdin"];
  readonly stdout: AsyncIterable<Buffer>;
  /** Settles when the process has ended. */
  readonly ended: Promise<{ readonly code: number; readonly stderr: string }>;
  stop(): void;
};

export function startGit(place: GitPlace, args: readonly string[]): GitProcess {
  const child = spawn("git", ["-C", place.folder, ...SAFE_OPTIONS, ...args], {
    env: environment(place.ceiling),
    stdio: ["pipe", "pipe", "pipe"],
    shell: false,
    windowsHide: true,
  });
  let stderr = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    if (stderr.length < STDERR_KEPT) stderr += text.slice(0, STDERR_KEPT - stderr.length);
  });
  // A process that ends before it has read its input is told by its exit code, not by a broken pipe.
  child.stdin.on("error", () => {});
  const ended = new Promise<{ readonly code: number; readonly stderr: string }>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => reject(cannotRun(error)));
    child.on("close", (code) => resolve({ code: code ?? -1, stderr: stderr.trim() }));
  });
  // It is always awaited where the output is read; this only keeps an early failure from being "unhandled" until then.
  ended.catch(() => {});
  return { stdin: child.stdin, stdout: child.stdout, ended, stop: () => child.kill() };
}

/** The line of an error output that says what happened. */
export function whatGitSaid(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line !== "");
  return lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines[0] ?? "git said nothing";
}

/** Runs a command whose answer is short. */
export async function askGit(
  place: GitPlace,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const running = startGit(place, args);
  running.stdin.end();
  const chunks: Buffer[] = [];
  for await (const chunk of running.stdout) chunks.push(chunk);
  const { code, stderr } = await running.ended;
  return { code, stdout: Buffer.concat(chunks).toString("utf8"), stderr };
}

function cannotRun(error: NodeJS.ErrnoException): Error {
  if (error.code !== "ENOENT") return error;
  return new ProblemError(
    {
      code: "git/not-installed",
      what: "The git executable was not found.",
      where: "PATH",
      why: "The git connector reads a repository with git itself.",
      next: "install git (https://git-scm.com/downloads) and run the same command again",
    },
    { cause: error },
  );
}
