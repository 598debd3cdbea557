/**
 * One append, one package, one export of the log, one backup or one restore, between two marks that a tracer sees: calls to remove folders that are never there. Prints
 * the receipt as JSON when it has it. Ends with 1 and the problem in words when the act fails.
 */
import { linkSync, rmdirSync } from "node:fs";
import {
  addEvidence,
  checkBackup,
  createBackup,
  createPackage,
  exportLog,
  openBackup,
  restoreBackup,
} from "@countersign/application";
import type { Archives, Halt } from "@countersign/application/ports";
import { documents, zipArchives } from "@countersign/documents";
import { digestOf, formatProblem, ProblemError } from "@countersign/kernel";
import { beginRestore, endRestore, openLogFolder, openWorkspace, readMigrations } from "@countersign/store";
import { migrations } from "../../apps/cli/src/assets.ts";
import { readEnvironment } from "../../apps/cli/src/environment.ts";
import { homeAt, type Home } from "../../apps/cli/src/home.ts";
import { run as command } from "../../apps/cli/src/main.ts";
import { createOutput, outliveReaders } from "../../apps/cli/src/output.ts";
import { openFile } from "../../apps/cli/src/package-file.ts";
import { contextOf, type Session } from "../../apps/cli/src/session.ts";
import { someEvidence } from "./loop.ts";
import { openPlace } from "./place.ts";

export const BEGIN = "/countersign-sweep-begins";
export const END = "/countersign-sweep-ends";

export type DriverOptions = {
  readonly root: string;
  /**
   * Three are broken on purpose: `hollow` acknowledges evidence whose file it writes afterwards, `hollow-backup` gives the
   * file its name before it is whole, and `hollow-restore` takes the mark away before the workspace is.
   */
  readonly act:
    "append" | "export" | "log-export" | "backup" | "restore" | "hollow" | "hollow-backup" | "hollow-restore";
  readonly note: string;
  /** Of the package, of the folder that the log is exported to, or of the backup. */
  readonly path: string;
};

function mark(name: string): void {
  try {
    rmdirSync(name);
  } catch {
    // It is never there.
  }
}

async function act({ ctx, loaded, catalog, halt }: Session, options: DriverOptions): Promise<unknown> {
  const bytes = Buffer.from(`the file of ${options.note}\n`);
  if (options.act === "export")
    return createPackage(ctx, documents, zipArchives(halt), {
      path: options.path,
      name: "sweep",
      criteria: catalog.criteria,
      people: loaded.people,
      howToCheck: "See docs/for-auditors.md.\n",
    });
  if (options.act === "log-export") return exportLog(ctx, openLogFolder(options.path, halt));
  if (options.act === "backup" || options.act === "hollow-backup")
    return createBackup(ctx, options.act === "backup" ? zipArchives(halt) : named(halt), {
      path: () => options.path,
      withKeys: true,
    });
  const evidence = someEvidence(options.note, bytes);
  if (options.act === "append") return addEvidence(ctx, loaded.program, evidence);
  const hollow = { ...ctx.blobs, put: () => ({ digest: digestOf(bytes), size: bytes.length }) };
  const receipt = await addEvidence({ ...ctx, blobs: hollow }, loaded.program, evidence);
  process.stdout.write(`${JSON.stringify(receipt)}\n`);
  ctx.blobs.put(bytes);
  return receipt;
}

/** Broken: the file has its name from the beginning. */
const named = (halt: Halt): Archives => ({
  create(path, kind) {
    const archive = zipArchives(halt).create(path, kind);
    linkSync(`${path}.partial`, path);
    return archive;
  },
});

/** The command itself: a restore opens what no session does. */
async function restore({ act, root, path }: DriverOptions): Promise<void> {
  mark(BEGIN);
  if (act === "restore") await command(["backup", "restore", path, "--workspace", root]);
  else await restoreUnmarked(homeAt(root), path);
  mark(END);
}

/** Broken: the workspace is no longer marked while it is being restored. */
async function restoreUnmarked(home: Home, path: string): Promise<void> {
  const say = (): void => {};
  const file = openFile(path, "backup");
  const backup = openBackup(file.source, path);
  const schema = readMigrations(migrations()).map(({ name }) => name);
  const checked = checkBackup(backup, { outside: [], schema, say });
  const { organization } = backup.header;
  beginRestore(home.workspace);
  endRestore(home.workspace);
  const { databaseUrl } = readEnvironment();
  const directory = home.workspace;
  const workspace = await openWorkspace({
    directory,
    organization,
    databaseUrl,
    migrations: migrations(),
    say,
    restoring: true,
  });
  const ctx = contextOf(workspace, home, { organization, clock: { now: () => Date.now() }, say });
  const keys = backup.keys();
  await restoreBackup(ctx, backup, checked, { again: false, ...(keys === undefined ? {} : { keys }) });
  await workspace.close();
  file.close();
}

async function run(options: DriverOptions): Promise<void> {
  if (options.act === "restore" || options.act === "hollow-restore") return restore(options);
  const session = await openPlace(homeAt(options.root));
  try {
    mark(BEGIN);
    const receipt = await act(session, options);
    mark(END);
    process.stdout.write(`${JSON.stringify(receipt)}\n`);
  } finally {
    await session.close();
  }
}

if (import.meta.main) {
  outliveReaders(createOutput(readEnvironment()));
  await run(JSON.parse(process.argv[2] ?? "{}") as DriverOptions).catch((error: unknown) => {
    // As the command line does: a problem in words; anything else is a stack, which the sweep finds.
    if (!(error instanceof ProblemError)) throw error;
    process.stderr.write(`${error.problems.map(formatProblem).join("\n")}\n`);
    process.exitCode = 1;
  });
}
