/** Real repositories in temporary folders, for the tests of the git connector. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";

export type CommitSpec = {
  readonly message: string | Buffer;
  readonly author?: string;
  readonly committer?: string;
  /** Committer and author date: seconds since 1970, or text with a zone. */
  readonly at?: string | number;
  readonly branch?: string;
  /** Marks (1 for the first commit of the list) of parents; the one before unless given. */
  readonly parents?: readonly number[];
  readonly encoding?: string;
};

/** A folder that is removed when the test ends. */
export function temporaryFolder(test: { after(clean: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "connectors-"));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function runGit(folder: string, args: readonly string[], input?: Buffer | string): string {
  const done = spawnSync("git", ["-C", folder, ...args], {
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: devNull,
      GIT_AUTHOR_NAME: "Ada Example",
      GIT_AUTHOR_EMAIL: "ada@lumen.example",
      GIT_AUTHOR_DATE: "2026-03-01T12:00:00Z",
      GIT_COMMITTER_NAME: "Ada Example",
      GIT_COMMITTER_EMAIL: "ada@lumen.example",
      GIT_COMMITTER_DATE: "2026-03-01T12:00:00Z",
    },
    ...(input === undefined ? {} : { input }),
    maxBuffer: 1 << 28,
  });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr.toString()}`);
  return done.stdout.toString().trimEnd();
}

/** @returns the folder of a new repository without a commit. */
export function emptyRepository(
  test: { after(clean: () => void): void },
  ...options: readonly string[]
): string {
  const folder = temporaryFolder(test);
  runGit(folder, ["init", "--quiet", "--initial-branch=main", ...options, "."]);
  return folder;
}

/** @returns the folder of a repository with these commits, the last of each branch its tip. */
export function repositoryOf(
  test: { after(clean: () => void): void },
  commits: readonly CommitSpec[],
  ...options: readonly string[]
): string {
  const folder = emptyRepository(test, ...options);
  runGit(folder, ["fast-import", "--quiet", "--date-format=raw-permissive"], fastImport(commits));
  return folder;
}

/** The object id of the commit that a revision names. */
export function oidOf(folder: string, revision: string): string {
  return runGit(folder, ["rev-parse", revision]);
}

/** Writes a commit object as it stands, which fast-import would refuse, and points `main` at it. */
export function commitBytes(folder: string, bytes: string | Buffer): string {
  const oid = runGit(folder, ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], bytes);
  runGit(folder, ["update-ref", "refs/heads/main", oid]);
  return oid;
}

function fastImport(commits: readonly CommitSpec[]): Buffer {
  const parts = commits.flatMap((commit, index) => {
    const message = Buffer.isBuffer(commit.message) ? commit.message : Buffer.from(commit.message);
    const date = rawDate(commit.at ?? "2026-03-01T12:00:00Z");
    const author = commit.author ?? "Ada Example <ada@lumen.example>";
    const parents = commit.parents ?? (index === 0 ? [] : [index]);
    const head = [
      `commit refs/heads/${commit.branch ?? "main"}`,
      `mark :${index + 1}`,
      `author ${author} ${date}`,
      `committer ${commit.committer ?? author} ${date}`,
      ...(commit.encoding === undefined ? [] : [`encoding ${commit.encoding}`]),
      `data ${message.length}\n`,
    ];
    const lines = parents.map((mark, place) => `${place === 0 ? "from" : "merge"} :${mark}\n`);
    return [Buffer.from(head.join("\n")), message, Buffer.from(`\n${lines.join("")}\n`)];
  });
  return Buffer.concat(parts);
}

function rawDate(at: string | number): string {
  return `${typeof at === "number" ? at : Date.parse(at) / 1000} +0000`;
}
