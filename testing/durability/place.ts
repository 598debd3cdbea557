/** A company in a temporary folder: program, repository, workspace, and beside them what only the test may write. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { LocalDate } from "@countersign/kernel";
import { initialProgram } from "@countersign/program";
import { homeAt, type Home } from "../../apps/cli/src/home.ts";
import { loadCatalog, openSession, type Session } from "../../apps/cli/src/session.ts";
import { createOutput } from "../../apps/cli/src/output.ts";
import type { Environment } from "../../apps/cli/src/environment.ts";
import { stopEmbeddedPostgres } from "../../packages/store/src/embedded/embedded-postgres.ts";
import { dataParentOf } from "../../packages/store/src/embedded/location.ts";
import { readPostmaster } from "../../packages/store/src/embedded/postmaster.ts";
import { serverProcessesIn } from "../../packages/store/src/embedded/processes.ts";

export const SOURCE = "history";
export const CONTROL = "IAM-04";
export const PERFORMED_AT = "2026-01-05T12:00:00Z";
export const ORGANIZATION = "durable";

/** For `skip`: these kills stop a process first, to see what it has open. */
export const withoutSignals: string | false =
  process.platform === "win32" ? "Windows has no signal that stops a process" : false;

export type Place = {
  readonly home: Home;
  /** Where whoever was given a receipt keeps it: outside the workspace. */
  readonly receipts: string;
  /** Evidence files that commands are given. */
  readonly files: string;
  /** `<workspace>/postgres/`. */
  readonly postgres: string;
  /** The blobs' temporary directory: a file stands here while a blob is written. */
  readonly writing: string;
  /** The server's data, wherever the supervisor put them. */
  data(): Promise<string>;
  /** Stops the server whoever uses it, and removes everything. */
  remove(): Promise<void>;
};

export function makePlace(commits = 600): Place {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "countersign durability ")));
  const home = homeAt(join(base, "company"));
  const place = {
    home,
    receipts: join(base, "receipts"),
    files: join(base, "files"),
    postgres: join(home.workspace, "postgres"),
    writing: join(home.workspace, "blobs", ORGANIZATION, "tmp"),
  };
  for (const folder of [home.program, place.receipts, place.files]) mkdirSync(folder, { recursive: true });
  const program = initialProgram({
    organization: { id: ORGANIZATION, name: "Durable Example" },
    window: { from: "2025-07-01" as LocalDate, through: "2026-06-30" as LocalDate, zone: "UTC" },
    categories: ["security"],
    sources: [
      {
        id: SOURCE,
        connector: "git",
        provides: "change",
        repositories: [{ name: "api", path: "../repository" }],
      },
    ],
    catalog: loadCatalog(),
  });
  for (const file of program) {
    mkdirSync(dirname(join(home.program, file.path)), { recursive: true });
    writeFileSync(join(home.program, file.path), file.text);
  }
  makeRepository(join(home.root, "repository"), commits);
  const data = async (): Promise<string> =>
    join(await dataParentOf(place.postgres).catch(() => place.postgres), "data");
  return {
    ...place,
    data,
    async remove() {
      const directory = await data();
      await stopEmbeddedPostgres(place.postgres).catch(() => {});
      // What a killed server leaves, where no command came after it.
      const killed = await readPostmaster(directory);
      if (killed?.host.includes("countersign-") === true)
        rmSync(killed.host, { recursive: true, force: true });
      for (const pid of serverProcessesIn(directory)) process.kill(pid, "SIGKILL");
      // Without user namespaces the data stand under a system directory.
      for (const folder of [dirname(directory), base])
        rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** Another home with the same program, and nothing recorded in it. */
export function copyProgram({ home }: Place, to: Home): void {
  mkdirSync(to.root, { recursive: true });
  const outside = join(home.program, "checkpoints");
  cpSync(home.program, to.program, { recursive: true, filter: (path) => !path.startsWith(outside) });
}

/** Commits two hours apart from the first day of the window on, each with a reviewer. */
function makeRepository(folder: string, commits: number): void {
  const git = (args: readonly string[], input = ""): void => {
    const { status, stderr } = spawnSync("git", [...args], { input, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  };
  git(["init", "--quiet", "--initial-branch=main", folder]);
  const start = Date.UTC(2025, 6, 1, 4) / 1000;
  const lines: string[] = [];
  for (let n = 0; n < commits; n++) {
    const at = `${start + n * 7200} +0000`;
    const message = `Change ${n}\n\nReviewed-by: Reviewer ${n % 7} <reviewer${n % 7}@example.com>\n`;
    const content = `${n}\n`;
    lines.push(
      "commit refs/heads/main",
      `mark :${n + 1}`,
      `author Author ${n % 9} <author${n % 9}@example.com> ${at}`,
      `committer Merger <merger@example.com> ${at}`,
      `data ${message.length}`,
      message.slice(0, -1),
      ...(n === 0 ? [] : [`from :${n}`]),
      `M 100644 inline file-${n % 20}.txt`,
      `data ${content.length}`,
      content.slice(0, -1),
    );
  }
  git(["-C", folder, "fast-import", "--quiet"], `${lines.join("\n")}\n`);
}

export const environment: Environment = {
  databaseUrl: undefined,
  color: false,
  terminal: false,
  columns: 100,
  variable: () => undefined,
};

/** Opens the workspace as every command does. */
export function openPlace(home: Home): Promise<Session> {
  return openSession(home, { environment, output: createOutput(environment) });
}

/** Names of blobs that are being written, of those that a killed process left included. */
export function blobsInWriting(place: Place): readonly string[] {
  try {
    return readdirSync(place.writing);
  } catch {
    return [];
  }
}
