/** Connections to the embedded server, and the one by which each process shows the others that it is still there. */
import { createHmac, randomBytes } from "node:crypto";
import { realpath } from "node:fs/promises";
import pg from "pg";
import { superuser } from "./data-directory.ts";
import type { Postmaster } from "./postmaster.ts";

/** A configuration for `pg.Client` and `pg.Pool`. */
export type Connection = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Names this process; keep it as it is, or the process takes its own connections for another's. */
  readonly application_name: string;
  readonly ssl: false;
  /** Stands against PGOPTIONS in the user's shell. */
  readonly options: string;
};

/** Names this opening among the server's sessions; every connection that it hands out carries it. */
export function newTag(): string {
  return `countersign ${process.pid} ${randomBytes(6).toString("hex")}`;
}

export function presenceName(tag: string): string {
  return `${tag} presence`;
}

/**
 * How to reach `database` as the superuser, or as another role. The other role's password follows from the superuser's, so
 * that whoever creates the role and whoever signs in agree on it without keeping it anywhere.
 */
export function connectionTo(
  server: Postmaster,
  password: string,
  tag: string,
  target: { readonly database: string; readonly user: string },
): Connection {
  const own = target.user === superuser;
  return {
    host: server.host,
    port: server.port,
    user: target.user,
    password: own ? password : createHmac("sha256", password).update(target.user).digest("base64url"),
    database: target.database,
    application_name: tag,
    ssl: false,
    options: "-c timezone=UTC",
  };
}

export type Attempt =
  | { readonly kind: "connected"; readonly client: pg.Client; readonly version: string }
  /** Starting, recovering or stopping: ask again soon. */
  | { readonly kind: "not-now" }
  | { readonly kind: "unreachable"; readonly error: Error }
  | { readonly kind: "wrong-password" }
  /** It answers, and keeps other data than ours. */
  | { readonly kind: "other-data"; readonly data: string };

/** Connects as the superuser and makes sure that the server keeps the data of this workspace. */
export async function connect(
  server: Postmaster,
  password: string,
  name: string,
  data: string,
): Promise<Attempt> {
  const target = { database: "postgres", user: superuser };
  const client = new pg.Client({
    ...connectionTo(server, password, name, target),
    connectionTimeoutMillis: 10_000,
  });
  // A server that ends while a connection is idle says so here; whoever uses the connection next finds out by itself.
  client.on("error", () => {});
  try {
    await client.connect();
    const asked = await client.query<{ directory: string; version: string }>(
      "select current_setting('data_directory') as directory, current_setting('server_version') as version",
    );
    const answer = asked.rows[0];
    if (answer === undefined) throw new Error("the server gave no answer");
    if ((await realpath(answer.directory)) !== data) {
      await client.end();
      return { kind: "other-data", data: answer.directory };
    }
    return { kind: "connected", client, version: answer.version };
  } catch (error) {
    void client.end().catch(() => {});
    const { code } = error as { code?: string };
    // SQLSTATE class 57P (operator intervention): shutting down, crashed, or cannot connect now. 53300: all slots taken.
    if (code === "57P01" || code === "57P02" || code === "57P03" || code === "53300")
      return { kind: "not-now" };
    if (code === "28P01" || code === "28000") return { kind: "wrong-password" };
    return { kind: "unreachable", error: error as Error };
  }
}

/** How long connections of other names than a presence get to close, once their process is believed to be leaving. */
const leavingMs = 1_000;

/** Whether anyone but the opening named `tag` is connected as a part of Countersign. */
export async function othersAreConnected(client: pg.Client, tag: string): Promise<boolean> {
  const until = performance.now() + leavingMs;
  for (;;) {
    const { rows } = await client.query<{ present: boolean; any: boolean }>(
      `select coalesce(bool_or(application_name like '% presence'), false) as present, count(*) > 0 as any
         from pg_stat_activity
        where application_name like 'countersign%' and not starts_with(application_name, $1)`,
      [tag],
    );
    const found = rows[0];
    if (found === undefined || !found.any) return false;
    if (found.present || performance.now() > until) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A connection that is held as long as the process uses the server, and made again when the server restarted itself. */
export type Presence = {
  /** Ends the holding and gives the connection if it still works. The caller closes it. */
  release(): pg.Client | undefined;
};

/** A server that lost a process to a crash ends all sessions and comes back within seconds. */
const rejoinAttempts = 60;
const rejoinEveryMs = 500;

export function holdPresence(first: pg.Client, again: () => Promise<pg.Client | undefined>): Presence {
  let current: pg.Client | undefined;
  const state = { released: false };
  const hold = (client: pg.Client): void => {
    current = client;
    // A program that forgets to release must be able to end all the same.
    keepsProgramAlive(client, false);
    client.once("end", () => {
      current = undefined;
      if (!state.released) void rejoin(rejoinAttempts);
    });
  };
  const rejoin = async (attempts: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, rejoinEveryMs).unref());
    const client = state.released ? undefined : await again();
    if (client !== undefined && state.released) await client.end();
    else if (client !== undefined) hold(client);
    else if (!state.released && attempts > 1) await rejoin(attempts - 1);
  };
  hold(first);
  return {
    release: () => {
      state.released = true;
      if (current !== undefined) keepsProgramAlive(current, true);
      return current;
    },
  };
}

/** pg's published types leave out these two methods, which its documentation describes. */
type Referable = pg.Client & { ref(): void; unref(): void };

function keepsProgramAlive(client: pg.Client, keeps: boolean): void {
  const referable = client as Referable;
  if (keeps) referable.ref();
  else referable.unref();
}
