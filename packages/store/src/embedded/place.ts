/** Decides before a start as whom PostgreSQL runs, with which copy of its programs, and where its data lie. */
import { createHash, randomUUID } from "node:crypto";
import { chmod, chown, lchown, lstat, mkdir, readdir, realpath, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ProblemError } from "@countersign/kernel";
import {
  cannotRun,
  completeLinks,
  copyBinaries,
  findBinaries,
  tryBinaries,
  type Binaries,
} from "./binaries.ts";
import { dataParentOf } from "./location.ts";
import {
  accountOf,
  asAccount,
  asSelf,
  forcedRootMode,
  inNamespace,
  isRoot,
  ownName,
  rootModeVariable,
  runUnder,
  serviceAccount,
  type Account,
  type Identity,
  type Owner,
  type RootMode,
} from "./run-as.ts";

export type Installation = {
  readonly identity: Identity;
  /** initdb, unlike the server, wants a name for its user id; this identity has one. */
  readonly initialiser: Identity;
  readonly binaries: Binaries;
  readonly version: string;
  readonly major: number;
  /** The directory that holds `data`: the workspace's own, or one below a system directory. */
  readonly parent: string;
  readonly runsAs: string;
};

export type PlaceOptions = {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly packageDirectory?: string | undefined;
  /** Where data and programs go when the server's user cannot reach the workspace. */
  readonly systemDirectory?: string | undefined;
};

const defaultSystemDirectory = "/var/lib/countersign";

/** Throws a ProblemError when no way to run PostgreSQL works here; it says what was tried and why each failed. */
export async function settle(options: PlaceOptions): Promise<Installation> {
  const found = await findBinaries(options.packageDirectory);
  const linked = await completeLinks(found);
  const binaries = linked ? found : await copyBinaries(found, options.directory);
  // Whoever it is that will run them: programs for another system are no question of permission.
  const here = await tryBinaries(binaries, asSelf(), options.env);
  if (!here.runs && !here.permission) throw cannotRun(binaries, here.why);
  return isRoot() ? await settleRoot(options, binaries) : await settleSelf(options, binaries);
}

async function settleSelf(options: PlaceOptions, binaries: Binaries): Promise<Installation> {
  const identity = asSelf();
  const parent = await dataParentOf(options.directory);
  const owner = await ownerOf(join(parent, "data"));
  if (owner !== undefined && process.geteuid !== undefined && owner.uid !== process.geteuid()) {
    const { name } = accountOf(owner);
    throw new ProblemError({
      code: "embedded-postgres-owner",
      what: `The database of this workspace belongs to user ${name}, and this is user ${ownName() ?? process.geteuid()}.`,
      where: join(parent, "data"),
      why: "PostgreSQL runs only as the owner of its data. The workspace was first used by that user, perhaps with sudo.",
      next: `Run as ${name}, or give the workspace to this user: sudo chown -R ${process.geteuid()} '${options.directory}'.`,
    });
  }
  const unnamed = process.platform === "linux" && ownName() === undefined;
  const initialiser = (unnamed ? inNamespace() : undefined) ?? identity;
  const usable = await usableBinaries(identity, binaries, options.directory, options.env);
  if ("refusal" in usable) throw cannotRun(binaries, usable.refusal);
  return { identity, initialiser, ...usable, parent, runsAs: identity.words };
}

async function settleRoot(options: PlaceOptions, binaries: Binaries): Promise<Installation> {
  const { directory } = options;
  const parent = await dataParentOf(directory);
  const owner = await ownerOf(join(parent, "data"));
  const ways = waysFor({ pointed: parent !== directory, owner, forced: forcedRootMode(options.env) });
  const account = owner !== undefined && owner.uid !== 0 ? accountOf(owner) : serviceAccount();
  const refusals: string[] = [];
  for (const way of ways) {
    const outcome =
      way === "namespace"
        ? await tryNamespace(options, binaries)
        : account === undefined
          ? "there is neither a user postgres nor a user nobody"
          : way === "user"
            ? await tryUser(options, binaries, account)
            : await trySystem(options, binaries, account, parent);
    if (typeof outcome !== "string") return outcome;
    refusals.push(`${way}: ${outcome}`);
  }
  throw new ProblemError({
    code: "embedded-postgres-root",
    what: "PostgreSQL refuses to run as root, and no other way to run it from root works here.",
    where: directory,
    why: refusals.join("; "),
    next: `Run as an ordinary user, set DATABASE_URL to a PostgreSQL server, or choose a way with ${rootModeVariable}.`,
  });
}

/** Data that are there already decide: PostgreSQL runs only as their owner, and they are not moved. */
function waysFor(known: {
  readonly pointed: boolean;
  readonly owner: Owner | undefined;
  readonly forced: RootMode | undefined;
}): readonly RootMode[] {
  if (known.pointed) return ["system"];
  if (known.owner !== undefined && known.owner.uid !== 0) return ["user"];
  if (known.forced !== undefined) return [known.forced];
  return known.owner === undefined ? ["namespace", "user", "system"] : ["namespace", "user"];
}

type Attempt = Promise<Installation | string>;

async function tryNamespace(options: PlaceOptions, binaries: Binaries): Attempt {
  const identity = inNamespace();
  if (identity === undefined) return "this system has no user namespaces, or no account to show inside one";
  const reach = await whyClosed(options.directory, identity, options.env);
  if (reach !== undefined) return reach;
  const usable = await usableBinaries(identity, binaries, options.directory, options.env);
  if ("refusal" in usable) return usable.refusal;
  return { identity, initialiser: identity, ...usable, parent: options.directory, runsAs: identity.words };
}

async function tryUser(options: PlaceOptions, binaries: Binaries, account: Account): Attempt {
  const { directory, env } = options;
  const identity = asAccount(account);
  // The server's user has to pass through; it can list nothing here, and the password file stays root's.
  await chmod(directory, 0o711);
  const usable =
    (await whyClosed(directory, identity, env)) ?? (await usableBinaries(identity, binaries, directory, env));
  if (typeof usable === "string" || "refusal" in usable) {
    await chmod(directory, 0o700);
    return typeof usable === "string" ? usable : usable.refusal;
  }
  await giveTo(account, join(directory, "data"));
  return { identity, initialiser: identity, ...usable, parent: directory, runsAs: identity.words };
}

async function trySystem(
  options: PlaceOptions,
  binaries: Binaries,
  account: Account,
  known: string,
): Attempt {
  const base = options.systemDirectory ?? defaultSystemDirectory;
  const name = createHash("sha256").update(options.directory).digest("hex").slice(0, 16);
  const identity = asAccount(account);
  let parent = known;
  try {
    await mkdir(base, { recursive: true, mode: 0o755 });
    const made = await lstat(base);
    if (!made.isDirectory() || made.uid !== 0 || (made.mode & 0o022) !== 0) {
      return `${base} is not a directory that only root can write`;
    }
    if (known === options.directory) parent = join(await realpath(base), name);
    await mkdir(parent, { recursive: true, mode: 0o711 });
  } catch (error) {
    return (error as Error).message;
  }
  const reach = await whyClosed(parent, identity, options.env);
  if (reach !== undefined) return reach;
  const usable = await usableBinaries(identity, binaries, base, options.env);
  if ("refusal" in usable) return usable.refusal;
  await writeFile(join(parent, "workspace.txt"), options.directory);
  await giveTo(account, join(parent, "data"));
  const runsAs = `${identity.words}, data under ${parent}`;
  return { identity, initialiser: identity, ...usable, parent, runsAs };
}

type Usable = { readonly binaries: Binaries; readonly version: string; readonly major: number };

/** The programs where they are, or else a copy below `copyParent` when this identity may not reach or execute them there. */
async function usableBinaries(
  identity: Identity,
  binaries: Binaries,
  copyParent: string,
  env: NodeJS.ProcessEnv,
): Promise<Usable | { readonly refusal: string }> {
  const first = await tryBinaries(binaries, identity, env);
  if (first.runs) return { binaries, version: first.version, major: first.major };
  if (!first.permission) return { refusal: first.why };
  const copy = await copyBinaries(binaries, copyParent);
  const second = await tryBinaries(copy, identity, env);
  return second.runs
    ? { binaries: copy, version: second.version, major: second.major }
    : { refusal: second.why };
}

/** Tries it, because modes alone do not tell (access lists, namespaces, mounts). Gives the reason when it fails. */
async function whyClosed(
  parent: string,
  identity: Identity,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const probe = join(parent, `probe-${randomUUID()}`);
  await mkdir(probe, { mode: 0o700 });
  try {
    const refusal = identity.owner === undefined ? undefined : await tryToGive(probe, identity.owner);
    if (refusal !== undefined) return refusal;
    const script = 'cd "$1" && : > file';
    const { code, stderr, notStarted } = await runUnder(identity, ["/bin/sh", "-c", script, "sh", probe], {
      env,
    });
    if (code === 0) return undefined;
    if (notStarted !== undefined) return notStarted.message;
    const blocked = await firstClosed(parent, identity, env);
    // An identity that cannot even enter the root directory does not run at all.
    return blocked === undefined || blocked === "/" ? stderr.trim() : `${blocked} is closed to it`;
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

/** A root that is one only inside a container may not know the other user's id there. */
async function tryToGive(path: string, owner: Owner): Promise<string | undefined> {
  return await chown(path, owner.uid, owner.gid).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

/** The topmost directory on the way to `path` that this identity cannot enter. */
async function firstClosed(
  path: string,
  identity: Identity,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const above = dirname(path) === path ? undefined : await firstClosed(dirname(path), identity, env);
  if (above !== undefined) return above;
  const { code } = await runUnder(identity, ["/bin/sh", "-c", 'cd "$1"', "sh", path], { env });
  return code === 0 ? undefined : path;
}

async function ownerOf(path: string): Promise<Owner | undefined> {
  return await stat(path).catch(() => undefined);
}

/** Hands data that root made in another way to the server's user. */
async function giveTo(account: Account, data: string): Promise<void> {
  const now = await lstat(data).catch(() => undefined);
  if (now === undefined || now.uid === account.uid) return;
  // Through a link, or without a database in it, this would be some other directory of root's.
  if (!now.isDirectory() || (await ownerOf(join(data, "PG_VERSION"))) === undefined) return;
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
  // Last, so that a hand-over that was interrupted is begun again.
  await chown(data, account.uid, account.gid);
}
