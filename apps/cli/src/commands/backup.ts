/** `backup create`, `backup restore`. */
import { existsSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { ProblemError } from "@countersign/kernel";
import {
  checkBackup,
  createBackup,
  openBackup,
  restoreBackup,
  type CheckedBackup,
  type OpenBackup,
  type Restored,
} from "@countersign/application";
import { zipArchives } from "@countersign/documents";
import type { BackupKeys } from "@countersign/package-format";
import type { PersonId } from "@countersign/records";
import {
  abandonRestore,
  beginRestore,
  endRestore,
  newHalt,
  openWorkspace,
  readMigrations,
} from "@countersign/store";
import type { Command } from "commander";
import { migrations } from "../assets.ts";
import { findHome, homeAt, programFiles, type Home } from "../home.ts";
import { outsideCheckpoints } from "../outside-checkpoints.ts";
import { openFile } from "../package-file.ts";
import { contextOf, loadCatalog, parseFolder } from "../session.ts";
import { withSession, type Common, type Shell } from "./shared.ts";

export function registerBackup(group: Command, common: (command: Command) => Command, shell: Shell): void {
  common(group.command("create").argument("<file|folder>"))
    .description("the log, its checkpoints and every file that a record names, in one file; no private keys")
    .option("--with-keys", "private keys, too: whoever has the backup can then sign for this log")
    .action((target: string, options: CreateOptions) => create(shell, target, options));
  common(group.command("restore").argument("<backup>"))
    .description("a workspace from a backup, in an empty place; everything is checked first, and again after")
    .option("--keys-from <backup>", "the keys of another backup of this log, made with --with-keys")
    .action((path: string, options: RestoreOptions) => restore(shell, path, options));
}

type CreateOptions = Common & { readonly withKeys?: boolean };

async function create(shell: Shell, target: string, options: CreateOptions): Promise<void> {
  const given = resolve(shell.cwd, target);
  const folder = target.endsWith("/") || (existsSync(given) && statSync(given).isDirectory());
  if (!folder) refuseTaken(given);
  await withSession(
    shell,
    options,
    async ({ ctx, halt }) => {
      const withKeys = options.withKeys === true;
      const name = `${ctx.organization}_${withKeys ? "with-keys_" : ""}`;
      const created = await createBackup(ctx, zipArchives(halt), {
        withKeys,
        path(size) {
          const path = folder ? join(given, `${name}${size}.backup.zip`) : given;
          refuseTaken(path);
          return path;
        },
      });
      if (withKeys)
        shell.output.note(
          "this backup holds private keys: whoever has it can sign for this log. Keep it as you keep the keys, apart from the others",
        );
      if (options.json === true) {
        shell.output.json(created);
        return;
      }
      const { print } = shell.output;
      print(`${relative(shell.cwd, created.path)}  ${created.size} bytes`);
      print(
        `  holds    ${created.records} records, ${created.checkpoints} checkpoints, ${created.files.count} files of ${created.files.bytes} bytes`,
      );
      print(
        withKeys
          ? "  keys     the private keys of the log, of packages and of the directory"
          : "  keys     none: a workspace restored from it alone can be read and checked, and records nothing more",
      );
      print(
        "  erased   what is erased from now on stays in it: let backups expire, and erase again after a restore",
      );
      print("  not in it  the program folder, which your own history keeps");
    },
    options.withKeys === true ? "sound" : "to read",
  );
}

function refuseTaken(path: string): void {
  if (!existsSync(path)) return;
  throw new ProblemError({
    code: "backup-exists",
    what: "there is a file of that name already",
    where: path,
    next: "name another one, or a folder; nothing was written",
  });
}

type RestoreOptions = Common & { readonly keysFrom?: string };

async function restore(shell: Shell, path: string, options: RestoreOptions): Promise<void> {
  const { output, environment } = shell;
  // Without a program folder, too: the ledger can be read again before the folder is back.
  const home = options.workspace === undefined ? findHome(undefined, shell.cwd) : homeOf(options.workspace);
  const file = openFile(resolve(shell.cwd, path), "backup");
  try {
    const backup = openBackup(file.source, path);
    const { organization } = backup.header;
    refuseOtherProgram(home, organization);
    const keys =
      options.keysFrom === undefined ? backup.keys() : keysOf(shell, options.keysFrom, organization);
    // Everything is looked at before a server is started or a folder made.
    const checked = checkBackup(backup, {
      outside: outsideCheckpoints(home, newHalt()).read(),
      schema: readMigrations(migrations()).map(({ name }) => name),
      say: output.progress,
    });
    const { again } = beginRestore(home.workspace);
    if (again) output.note("an earlier restore was interrupted here; this one begins anew");
    const workspace = await openWorkspace({
      directory: home.workspace,
      organization,
      databaseUrl: environment.databaseUrl,
      migrations: migrations(),
      say: output.progress,
      restoring: true,
    });
    let restored: Restored;
    try {
      const clock = { now: () => Date.now() };
      const ctx = contextOf(workspace, home, { organization, clock, say: output.progress });
      restored = await restoreBackup(ctx, backup, checked, {
        again,
        ...(keys === undefined ? {} : { keys }),
      });
    } catch (error) {
      await workspace.close();
      // Refused for what the database holds: nothing is here but what was made for it just now.
      const refused = error instanceof ProblemError && error.problems[0]?.code === "log-exists";
      if (refused && !again) abandonRestore(home.workspace);
      throw error;
    }
    await workspace.close();
    endRestore(home.workspace);
    tell(shell, options, path, backup, checked, restored);
  } finally {
    file.close();
  }
}

function homeOf(named: string): Home {
  try {
    return findHome(named, ".");
  } catch {
    return homeAt(named);
  }
}

function refuseOtherProgram(home: Home, organization: string): void {
  if (!existsSync(join(home.program, "program.yaml"))) return;
  const { program } = parseFolder(
    programFiles(home),
    loadCatalog(),
    (handle) => handle as PersonId,
    Date.now(),
  );
  if (program.organization.id === organization) return;
  throw new ProblemError({
    code: "backup-organization",
    what: `the backup is of ${organization}, and the program here is of ${program.organization.id}`,
    where: join(home.program, "program.yaml"),
    next: "name the folder of that organization with --workspace; nothing was written",
  });
}

function keysOf(shell: Shell, path: string, organization: string): BackupKeys {
  const file = openFile(resolve(shell.cwd, path), "backup");
  try {
    const backup = openBackup(file.source, path);
    const keys = backup.keys();
    if (keys?.organization === organization) return keys;
    throw new ProblemError({
      code: "backup-keys",
      what:
        keys === undefined
          ? "this backup holds no keys"
          : `the keys of this backup are of ${keys.organization}, and the log is of ${organization}`,
      where: path,
      next: "name one that was made with countersign backup create --with-keys; nothing was written",
    });
  } finally {
    file.close();
  }
}

function tell(
  shell: Shell,
  options: RestoreOptions,
  path: string,
  backup: OpenBackup,
  { fingerprint, compared }: CheckedBackup,
  restored: Restored,
): void {
  const { checkpoint } = backup.header;
  if (options.json === true) {
    shell.output.json({ ...restored, checkpoint, logKey: fingerprint, compared });
    return;
  }
  const { print } = shell.output;
  print(
    `restored ${path}: ${restored.records} records, ${restored.checkpoints} checkpoints, ${restored.files.count} files, ${restored.persons} persons`,
  );
  print(`log      ${checkpoint.size} records, root ${checkpoint.root}`);
  print(`key      ${fingerprint.short}: compare it with the fingerprint that you got by another way`);
  print(
    compared === 0
      ? "outside  no checkpoint stood beside the program: whether this is the newest backup was not shown"
      : `outside  ${compared} checkpoints beside the program: the log extends all of them`,
  );
  print(
    `checked  ${restored.check.entries} records, ${restored.check.blobs} files, ${restored.check.lists} lists as they are now stored: nothing damaged`,
  );
  if (restored.signs && restored.directoryKey) print("keys     here: the log goes on");
  else if (restored.signs)
    print("keys     the log's are here, and not the one behind the ids of persons: nothing can be collected");
  else
    print(
      "keys     not here: this workspace can be read and checked; it cannot sign, so it records nothing, and no key can be rotated. Restore into an empty place with --keys-from to go on",
    );
}
