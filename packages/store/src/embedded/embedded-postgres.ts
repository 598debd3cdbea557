/**
 * The embedded PostgreSQL of a workspace: real PostgreSQL programs from npm, kept running for as long as any process uses
 * them. The first process starts the server, others join it, the last one out stops it; a crash of either side is mended by
 * whoever comes next.
 *
 * Inside `<workspace>/postgres/`: `data` (PostgreSQL's own), `password` (the superuser's, mode 0600), `server.log`, `lock`
 * (while someone starts, joins or stops), `server.lock` (the kernel's lock on the data), `server.json` (as whom the server
 * runs); and `location.json` where the data had to be put under a system directory.
 */
import { mkdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { ProblemError } from "@countersign/kernel";
import type { Client } from "pg";
import { readPassword, superuser } from "./data-directory.ts";
import { fileProblem } from "./failure.ts";
import { dataParentOf } from "./location.ts";
import { withLock } from "./lock.ts";
import { runningPostmaster, stopPostmaster, type Postmaster } from "./postmaster.ts";
import { attemptOnce, reach } from "./reach.ts";
import {
  connectionTo,
  holdPresence,
  newTag,
  othersAreConnected,
  presenceName,
  type Connection,
} from "./session.ts";
import { removeSocketDirectory } from "./socket-directory.ts";
import { start, type Context } from "./start.ts";

export type { Connection } from "./session.ts";

export type EmbeddedOptions = {
  /** `<workspace>/postgres/`; made when it is not there. */
  readonly directory: string;
  /** Receives one line of progress at a time; nothing when all goes as always. */
  readonly say: (line: string) => void;
  /** Defaults to the process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** The platform's npm package, where it is not the installed one. */
  readonly packageDirectory?: string;
  /** Instead of /var/lib/countersign. */
  readonly systemDirectory?: string;
  /** Settings of a server that this call starts, such as "fsync=off"; for tests of what is refused. */
  readonly settings?: readonly string[];
};

export type EmbeddedServer = {
  /**
   * For `pg`: as the superuser, or as another role, whose password is then the one to create the role with. Leave its
   * `application_name` as it is: by it the last process out knows that it is the last.
   */
  connectionString(database: string, user?: string): Connection;
  /** "18.4" */
  readonly version: string;
  /** For people: "as user alice", "as root in a user namespace", "as user postgres, data under /var/lib/countersign/...". */
  readonly runsAs: string;
  /** End your own connections first. Stops the server unless another process uses it. Never rejects; safe to repeat. */
  release(): Promise<void>;
};

/** Starts or joins the workspace's server. Throws a ProblemError that says what stands in the way and what to do. */
export async function openEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const directory = await realDirectory(options.directory);
  const tag = newTag();
  try {
    return await withLock(lockOf(directory), { doing: "start PostgreSQL", say: options.say }, async () => {
      const session = await joinOrStart({ ...options, env: options.env ?? process.env, directory }, tag);
      return serverOf(directory, tag, session, options.say);
    });
  } catch (error) {
    throw fileProblem(error, directory);
  }
}

/** Stops the workspace's server whoever uses it. */
export async function stopEmbeddedPostgres(directory: string): Promise<"stopped" | "not-running"> {
  const real = await realpath(directory).catch(() => undefined);
  if (real === undefined) return "not-running";
  try {
    return await withLock(lockOf(real), { doing: "stop PostgreSQL", say: () => {} }, async () => {
      const data = await dataOf(real);
      const server = await runningPostmaster(data);
      if (server === undefined) return "not-running";
      await stop(data, server);
      return "stopped";
    });
  } catch (error) {
    throw fileProblem(error, real);
  }
}

type Session = {
  readonly client: Client;
  readonly server: Postmaster;
  readonly version: string;
  readonly password: string;
  readonly data: string;
};

/** Holds the lock. Goes round until it is connected: what it finds running may be stopping, out of reach, or just gone. */
async function joinOrStart(context: Context, tag: string): Promise<Session> {
  const started = { here: false };
  try {
    return await goRound(context, tag, started);
  } catch (error) {
    const data = await dataOf(context.directory).catch(() => undefined);
    const server = started.here && data !== undefined ? await runningPostmaster(data) : undefined;
    if (data !== undefined && server !== undefined) await stop(data, server);
    throw error;
  }
}

async function goRound(context: Context, tag: string, started: { here: boolean }): Promise<Session> {
  const { directory, say } = context;
  for (let round = 0; round < 5; round += 1) {
    const data = await dataOf(directory);
    const server = await runningPostmaster(data);
    if (server === undefined) {
      started.here = true;
      await start(context, data);
      continue;
    }
    const password = await readPassword(directory);
    const found =
      password === undefined
        ? { kind: "unreachable" as const, why: "its password file is missing" }
        : await reach({ server, password, name: presenceName(tag), data, directory, say });
    if (found.kind === "connected" && password !== undefined) {
      return { client: found.client, server: found.server, version: found.version, password, data };
    }
    if (found.kind === "unreachable") {
      say(`PostgreSQL (process ${server.pid}) runs but is out of reach (${found.why}); restarting it.`);
      await stop(data, server);
    }
  }
  throw new ProblemError({
    code: "embedded-postgres-unsteady",
    what: "PostgreSQL was started or joined five times, and was gone again each time.",
    where: join(directory, "server.log"),
    why: "Something ends it: another supervisor, a limit on memory, or a person.",
    next: "Read the log, and run the command again.",
  });
}

async function serverOf(
  directory: string,
  tag: string,
  session: Session,
  say: (line: string) => void,
): Promise<EmbeddedServer> {
  const { password, data } = session;
  const again = async (): Promise<Session["client"] | undefined> => {
    const server = await runningPostmaster(data);
    if (server === undefined) return undefined;
    // The workspace may have been removed meanwhile.
    return await attemptOnce(server, password, presenceName(tag), data).catch(() => undefined);
  };
  const presence = holdPresence(session.client, again);
  let released: Promise<void> | undefined;
  const release = async (): Promise<void> => {
    try {
      await withLock(lockOf(directory), { doing: "stop PostgreSQL", say }, async () => {
        const client = presence.release() ?? (await again());
        const last = client !== undefined && !(await othersAreConnected(client, tag));
        await client?.end();
        const server = last ? await runningPostmaster(data) : undefined;
        if (server !== undefined) await stop(data, server);
      });
    } catch (error) {
      await presence
        .release()
        ?.end()
        .catch(() => {});
      say(`PostgreSQL was left running: ${(error as Error).message}`);
    }
  };
  return {
    connectionString: (database, user = superuser) =>
      connectionTo(session.server, password, tag, { database, user }),
    version: session.version,
    runsAs: await readRunsAs(directory),
    release: () => (released ??= release()),
  };
}

async function stop(data: string, server: Postmaster): Promise<void> {
  await stopPostmaster(data, server);
  await removeSocketDirectory(server.host);
}

async function readRunsAs(directory: string): Promise<string> {
  try {
    const { runsAs } = JSON.parse(await readFile(join(directory, "server.json"), "utf8")) as {
      runsAs: string;
    };
    return runsAs;
  } catch {
    return "started by another program";
  }
}

async function realDirectory(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return await realpath(directory);
  } catch (error) {
    throw fileProblem(error, directory);
  }
}

/** The data directory's real path, by which the server's processes are recognised, whether it is there yet or not. */
async function dataOf(directory: string): Promise<string> {
  const data = join(await dataParentOf(directory), "data");
  return await realpath(data).catch(() => data);
}

function lockOf(directory: string): string {
  return join(directory, "lock");
}
