/**
 * The private directory of the server's Unix socket. A socket's path may have about a hundred bytes and a workspace's path
 * may be longer, so it stands elsewhere, in places where other users may make directories of the same name.
 */
import { createHash } from "node:crypto";
import { chown, lstat, mkdir, mkdtemp, readdir, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProblemError } from "@countersign/kernel";
import { isRoot, type Identity } from "./run-as.ts";

/** PostgreSQL names its socket after the port. The directory belongs to one server, so the port can be the same everywhere. */
export const socketPort = 5432;

/** sun_path has 104 bytes on macOS and 108 on Linux, with a zero at the end (unix(7)). */
const longestSocketPath = 103;

/** Makes the directory, or takes an own one that is there. Throws a ProblemError when no place is left for it. */
export async function prepareSocketDirectory(
  data: string,
  identity: Identity,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const name = `countersign-${createHash("sha256").update(data).digest("hex").slice(0, 16)}`;
  const tried: string[] = [];
  for (const base of await bases(env)) {
    const path = join(base, name);
    tried.push(path);
    if (Buffer.byteLength(join(`${path}-xxxxxx`, `.s.PGSQL.${socketPort}`)) > longestSocketPath) continue;
    const made = (await makeOwn(path, identity)) ?? (await makeUnforeseen(path));
    if (made === undefined) continue;
    await removeSockets(made);
    if (identity.owner !== undefined) await chown(made, identity.owner.uid, identity.owner.gid);
    return made;
  }
  throw new ProblemError({
    code: "embedded-postgres-socket-directory",
    what: "There is no place for PostgreSQL's socket.",
    where: tried.join(", "),
    why: "No such directory can be made, or its path is longer than a socket's may be.",
    next: "Set TMPDIR to a short directory that this user can write, and run the command again.",
  });
}

/**
 * A killed server leaves its socket with a lock file beside it, which PostgreSQL believes as long as any process has the pid
 * that it names. No server of these data runs when this is called, and the directory is for no other.
 */
async function removeSockets(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(".s.PGSQL.")) await rm(join(directory, name), { force: true });
  }
}

/** Where such a directory may stand. Root's server runs as another user, who could not pass through root's own directories. */
async function bases(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  if (isRoot()) return ["/run", "/tmp"];
  const runtime = env["XDG_RUNTIME_DIR"];
  const own = runtime !== undefined && runtime.startsWith("/") && (await isPrivate(runtime, []));
  return [...(own ? [runtime] : []), env["TMPDIR"] ?? tmpdir(), "/tmp"];
}

async function makeOwn(path: string, identity: Identity): Promise<string | undefined> {
  try {
    await mkdir(path, { mode: 0o700 });
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return undefined;
    // A crash leaves the directory behind, given to the server's user.
    const others = identity.owner === undefined ? [] : [identity.owner.uid];
    return (await isPrivate(path, others)) ? path : undefined;
  }
}

/** Someone else holds the name that anyone can compute; no one can foresee this one. */
async function makeUnforeseen(path: string): Promise<string | undefined> {
  return await mkdtemp(`${path}-`).catch(() => undefined);
}

/**
 * Whether only this user, or one of the `others`, can make entries there. Else a socket in it could be anyone's, and the
 * password would be offered to its server.
 */
export async function isPrivate(path: string, others: readonly number[]): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) return false;
  if ((found.mode & 0o077) !== 0) return false;
  return [process.geteuid?.(), ...others].includes(found.uid);
}

/** PostgreSQL removes its socket when it stops; a directory with something left in it stays. */
export async function removeSocketDirectory(path: string): Promise<void> {
  if (path.includes("countersign-")) await rmdir(path).catch(() => {});
}
