/** The data directory: made whole or not at all, checked for its version, and opened with a password of its own. */
import { randomBytes, randomUUID } from "node:crypto";
import {
  chmod,
  chown,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { ProblemError } from "@countersign/kernel";
import { program } from "./binaries.ts";
import { startFailure } from "./failure.ts";
import type { Installation } from "./place.ts";
import { inNamespace, ownName, runUnder, writeWhole } from "./run-as.ts";

export const superuser = "postgres";

const unfinished = "initialising-";

/** What lies where the data should be. */
export type DataState = { readonly kind: "absent" } | { readonly kind: "present"; readonly major: string };

/** Throws a ProblemError `embedded-postgres-not-a-database` when something else lies there. */
export async function dataState(data: string): Promise<DataState> {
  let names: readonly string[];
  try {
    names = await readdir(data);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { kind: "absent" };
    throw error;
  }
  if (names.length === 0) return { kind: "absent" };
  const version = await readFile(join(data, "PG_VERSION"), "utf8").catch(() => undefined);
  const control = await stat(join(data, "global", "pg_control")).catch(() => undefined);
  if (version !== undefined && control !== undefined) return { kind: "present", major: version.trim() };
  throw new ProblemError({
    code: "embedded-postgres-not-a-database",
    what: "The place of the database holds files that are not a whole PostgreSQL database.",
    where: data,
    why: `${version === undefined ? "PG_VERSION" : "global/pg_control"} is missing; ${names.length} other entries are there.`,
    next: "Restore the directory from a backup, or move it aside to begin with an empty database.",
  });
}

/** Throws a ProblemError `embedded-postgres-version` when these programs cannot read those data. */
export function checkVersion(data: string, found: string, installation: Installation): void {
  if (found === String(installation.major)) return;
  throw new ProblemError({
    code: "embedded-postgres-version",
    what: `The database was made by PostgreSQL ${found}, and this Countersign brings PostgreSQL ${installation.version}.`,
    where: join(data, "PG_VERSION"),
    why: "PostgreSQL does not read the data of another major version.",
    next:
      "Go on with the version of Countersign that made it, or move the data to a server with pg_upgrade or " +
      "pg_dump of both versions and set DATABASE_URL.",
  });
}

/** PostgreSQL refuses data that a group can enter, which a container's volume driver may have arranged. */
export async function closeToOthers(data: string): Promise<void> {
  if (process.platform !== "win32" && ((await stat(data)).mode & 0o077) !== 0) await chmod(data, 0o700);
}

export function databaseIsGone(data: string, directory: string): ProblemError {
  return new ProblemError({
    code: "embedded-postgres-data-missing",
    what: "The database of this workspace is gone, while its password is still there.",
    where: data,
    why: "The directory was removed or moved, or a volume is not mounted. An empty database would hide that.",
    next: `Bring ${data} back, or remove ${join(directory, "password")} to begin with an empty database.`,
  });
}

/**
 * Runs initdb beside the final place and renames the result, so that what an interrupted initdb leaves is never taken for
 * a database. UTF-8 with the C locale: sorting and upper case are the same on every machine.
 */
export async function initialise(
  installation: Installation,
  password: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const draft = join(installation.parent, `${unfinished}${randomUUID()}`);
  const passwordFile = join(draft, "password");
  const { owner } = installation.identity;
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (owner !== undefined) {
    await chown(passwordFile, owner.uid, owner.gid);
    await chown(draft, owner.uid, owner.gid);
  }
  const command = [
    program(installation.binaries, "initdb"),
    `--pgdata=${join(draft, "data")}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
  ];
  const { code, stdout, stderr, notStarted } = await runUnder(installation.initialiser, command, { env });
  if (code !== 0) {
    await removeUnfinished(installation.parent);
    throw initFailure(installation, notStarted?.message ?? `${stdout}\n${stderr}`);
  }
  // An empty directory may stand in the place, which rename replaces on POSIX systems only. One with files would stop rmdir.
  await rmdir(join(installation.parent, "data")).catch(ignoreMissing);
  await rename(join(draft, "data"), join(installation.parent, "data"));
  await syncDirectory(installation.parent);
  await removeUnfinished(installation.parent);
}

function initFailure(installation: Installation, output: string): ProblemError {
  if (/could not look up effective user ID|\bunshare\b/u.test(output) && ownName() === undefined) {
    return new ProblemError({
      code: "embedded-postgres-unnamed-user",
      what: `This user (id ${process.geteuid?.()}) has no name on this system, and PostgreSQL's initdb needs one.`,
      where: "/etc/passwd",
      why: `Showing it under a name ${inNamespace() === undefined ? "is not possible" : "in a user namespace was refused"} here.`,
      next: "Run as a user with a name (docker run --user node, for example), or set DATABASE_URL to a server.",
    });
  }
  return startFailure({
    what: "PostgreSQL could not create the database.",
    where: installation.parent,
    log: output,
    logFile: undefined,
  });
}

/** Removes what a killed initdb left. Its children may still be writing, hence the retries. */
export async function removeUnfinished(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(unfinished)) continue;
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}

async function syncDirectory(path: string): Promise<void> {
  // Windows does not open directories, and orders renames by itself.
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The superuser's password, or undefined when its file is gone. A file that others could read is closed to them again. */
export async function readPassword(directory: string): Promise<string | undefined> {
  const path = join(directory, "password");
  try {
    const { mode } = await stat(path);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) await chmod(path, 0o600);
    return (await readFile(path, "utf8")).trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function newPassword(): string {
  return randomBytes(24).toString("base64url");
}

export async function writePassword(directory: string, password: string): Promise<void> {
  await writeWhole(join(directory, "password"), `${password}\n`);
}

/** Gives the superuser a new password without the old one, through PostgreSQL's single-user mode; no server may run. */
export async function resetPassword(
  installation: Installation,
  password: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const data = join(installation.parent, "data");
  const { code, stderr, notStarted } = await runUnder(
    installation.initialiser,
    [
      program(installation.binaries, "postgres"),
      "--single",
      "-D",
      data,
      "-c",
      "log_min_messages=fatal",
      superuser,
    ],
    { env, input: `ALTER ROLE ${superuser} PASSWORD '${password}'\n` },
  );
  if (code === 0 && !/ERROR|FATAL/u.test(stderr)) return;
  throw startFailure({
    what: "The password file is missing, and PostgreSQL could not set a new password.",
    where: data,
    log: notStarted?.message ?? stderr,
    logFile: undefined,
  });
}
