/**
 * As whom PostgreSQL runs. It refuses to run as root, so root needs another identity: a user namespace, in which root's own
 * processes and files appear under an ordinary user's id, or else an OS user that is there already. No OS user is created.
 */
import { randomUUID } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { open, rename, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { ProblemError } from "@countersign/kernel";

export type Owner = { readonly uid: number; readonly gid: number };

export type Identity = {
  /** For people, after "PostgreSQL runs": "as user alice". */
  readonly words: string;
  /** What stands before every command line. */
  readonly prefix: readonly string[];
  /** Who owns the server's files, seen from this process; undefined where files simply belong to whoever makes them. */
  readonly owner: Owner | undefined;
  /** Whether processes are started under that owner's ids. */
  readonly changesUser: boolean;
};

export type RootMode = "namespace" | "user" | "system";

export type Account = { readonly name: string } & Owner;

/** Set to `namespace`, `user` or `system` to have root use that way and no other. Ignored for ordinary users. */
export const rootModeVariable = "COUNTERSIGN_POSTGRES_ROOT_MODE";

export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** The mode that the environment forces, if it forces one. Throws a ProblemError for a word that is no mode. */
export function forcedRootMode(env: NodeJS.ProcessEnv): RootMode | undefined {
  const value = env[rootModeVariable];
  if (value === undefined || value === "") return undefined;
  if (value === "namespace" || value === "user" || value === "system") return value;
  throw new ProblemError({
    code: "embedded-postgres-root-mode",
    what: `${rootModeVariable} is set to "${value}", which is no way to run PostgreSQL.`,
    where: `environment variable ${rootModeVariable}`,
    next: `Set ${rootModeVariable} to namespace, user or system, or remove it.`,
  });
}

/** This process's own user. */
export function asSelf(): Identity {
  const name = ownName() ?? `with id ${process.geteuid?.()}`;
  return { words: `as user ${name}`, prefix: [], owner: undefined, changesUser: false };
}

/** undefined when the system has no name for the user id (a container started with an arbitrary one). */
export function ownName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/**
 * This process's own user, seen by the command as another, named one: files made there belong to this user outside.
 * undefined where no account has a name (initdb asks for one).
 */
export function inNamespace(): Identity | undefined {
  const account = accounts().find((one) => one.uid !== 0 && one.uid !== overflowId) ?? serviceAccount();
  if (account === undefined || process.platform !== "linux") return undefined;
  const prefix = ["unshare", "--user", `--map-user=${account.uid}`, `--map-group=${account.gid}`, "--"];
  const words = isRoot() ? "as root in a user namespace" : `${asSelf().words} in a user namespace`;
  return { words, prefix, owner: undefined, changesUser: false };
}

/** An OS account, entered by changing user id; only root can. */
export function asAccount(account: Account): Identity {
  const owner = { uid: account.uid, gid: account.gid };
  return { words: `as user ${account.name}`, prefix: [], owner, changesUser: true };
}

/** The account for a server that root starts: PostgreSQL's own where it exists, else `nobody`. */
export function serviceAccount(): Account | undefined {
  const known = accounts();
  for (const name of ["postgres", "_postgres", "nobody"]) {
    const found = known.find((account) => account.name === name && account.uid !== 0);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function accountOf(owner: Owner): Account {
  return accounts().find((one) => one.uid === owner.uid) ?? { name: `with id ${owner.uid}`, ...owner };
}

/** In a user namespace, files of every user without a mapping appear under this id, so it cannot stand for one user. */
const overflowId = 65_534;

/** passwd(5). Accounts kept in a directory service are not needed here. */
function accounts(): readonly Account[] {
  try {
    return readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .flatMap(([name, , uid, gid]) => {
        if (name === undefined || !/^-?\d+$/u.test(uid ?? "") || !/^-?\d+$/u.test(gid ?? "")) return [];
        // macOS writes nobody's id as -2.
        return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
      });
  } catch {
    return [];
  }
}

/**
 * Whose a file must be that root makes in `directory`: that of another user's workspace is the user's, who else could not
 * work in it without root any more. undefined where it is right as it is.
 */
export async function ownerOfWork(directory: string): Promise<Owner | undefined> {
  if (!isRoot()) return undefined;
  const { uid, gid } = await stat(directory);
  return uid === 0 ? undefined : { uid, gid };
}

/** Writes a file whole or not at all; what stands in its place, a link for example, is replaced and not followed. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}-${randomUUID()}`;
  const file = await open(draft, "wx", 0o600);
  try {
    const owner = await ownerOfWork(dirname(path));
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** The environment for PostgreSQL's programs: nothing that the user's shell has set for other PostgreSQL servers. */
export function serverEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(?:PG[A-Z]+|LC_[A-Z]+|LANG|LANGUAGE|LD_LIBRARY_PATH)$/u.test(name),
  );
  return { ...Object.fromEntries(kept), LC_ALL: "C", TZ: "UTC" };
}

export type Finished = {
  /** undefined when the command could not be started, or was ended by a signal. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why the command could not be started (ENOENT, EACCES, ENOEXEC). */
  readonly notStarted?: NodeJS.ErrnoException;
};

/** Runs a command to its end. Never rejects. */
export async function runUnder(
  identity: Identity,
  command: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly input?: string },
): Promise<Finished> {
  return await new Promise((resolve) => {
    let child: ChildProcess;
    const output = { stdout: "", stderr: "" };
    const fail = (notStarted: NodeJS.ErrnoException): void =>
      resolve({ code: undefined, ...output, notStarted });
    try {
      child = startUnder(identity, command, { env: options.env, stdio: ["pipe", "pipe", "pipe"] });
    } catch (error) {
      fail(error as NodeJS.ErrnoException);
      return;
    }
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    // A command that ends without reading its input breaks the pipe; its exit code says what there is to say.
    child.stdin?.on("error", () => {}).end(options.input ?? "");
    child.on("error", fail);
    child.on("close", (code) => resolve({ code: code ?? undefined, ...output }));
  });
}

type StartOptions = {
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: readonly ("ignore" | "pipe" | number)[];
  readonly detached?: boolean;
};

/** Starts a command in the root directory, which every user can enter. May throw what spawn throws at once. */
export function startUnder(
  identity: Identity,
  command: readonly string[],
  options: StartOptions,
): ChildProcess {
  const [program = "", ...rest] = [...identity.prefix, ...command];
  return spawn(program, rest, {
    env: serverEnvironment(options.env),
    cwd: process.platform === "win32" ? undefined : "/",
    stdio: [...options.stdio],
    detached: options.detached ?? false,
    windowsHide: true,
    ...(identity.changesUser ? identity.owner : {}),
  });
}
