/** Getting through to a server that runs: it may be starting, recovering or stopping, or its socket may be gone. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ProblemError } from "@countersign/kernel";
import type { Client } from "pg";
import { runningPostmaster, type Postmaster } from "./postmaster.ts";
import { connect } from "./session.ts";
import { isPrivate } from "./socket-directory.ts";

export type Reached =
  | {
      readonly kind: "connected";
      readonly client: Client;
      readonly server: Postmaster;
      readonly version: string;
    }
  | { readonly kind: "gone" }
  /** It runs, and no connection is possible: its socket was removed, say, by a cleaner of temporary files. */
  | { readonly kind: "unreachable"; readonly why: string };

export type Wanted = {
  readonly server: Postmaster;
  readonly password: string;
  /** The connection's application name. */
  readonly name: string;
  readonly data: string;
  readonly directory: string;
  readonly say: (line: string) => void;
};

const notNowMs = 300_000;
const unreachableMs = 5_000;
/** A server that says it is ready answers within milliseconds. */
const readyMs = 1_000;

/** Waits while the server is starting, recovering or stopping. Throws a ProblemError for a server that must not be used. */
export async function reach(wanted: Wanted): Promise<Reached> {
  const started = performance.now();
  let answeredAt = started;
  let saidAt = started;
  for (;;) {
    // Read again each time: a server that is starting has not yet written where it listens.
    const server = await runningPostmaster(wanted.data);
    if (server === undefined) return { kind: "gone" };
    const attempt = await attemptTo(server, wanted);
    const now = performance.now();
    if (attempt.kind === "connected") return { ...attempt, server };
    if (attempt.kind === "not-now") answeredAt = now;
    else if (now - answeredAt > (server.status === "ready" ? readyMs : unreachableMs))
      return { kind: "unreachable", why: attempt.error.message };
    if (now - started > notNowMs) throw tooLong(wanted, server);
    if (now - saidAt > 5_000) {
      saidAt = now;
      wanted.say(`PostgreSQL is starting, recovering or stopping (${Math.round((now - started) / 1000)} s).`);
    }
    await sleep(30);
  }
}

/** One try, for a connection that is made again in the background. */
export async function attemptOnce(
  server: Postmaster,
  password: string,
  name: string,
  data: string,
): Promise<Client | undefined> {
  if (!(await isTrusted(server, data))) return undefined;
  const attempt = await connect(server, password, name, data);
  return attempt.kind === "connected" ? attempt.client : undefined;
}

type Outcome =
  | { readonly kind: "connected"; readonly client: Client; readonly version: string }
  | { readonly kind: "not-now" }
  | { readonly kind: "unreachable"; readonly error: Error };

async function attemptTo(server: Postmaster, wanted: Wanted): Promise<Outcome> {
  const there = await stat(server.host).catch(() => undefined);
  if (process.platform !== "win32") {
    if (there === undefined) return { kind: "unreachable", error: new Error("its socket is not there") };
    if (!(await isTrusted(server, wanted.data))) throw openSocket(server);
  }
  const attempt = await connect(server, wanted.password, wanted.name, wanted.data);
  if (attempt.kind === "wrong-password") throw wrongPassword(wanted);
  if (attempt.kind === "other-data") {
    throw new ProblemError({
      code: "embedded-postgres-other-data",
      what: "The server at this workspace's socket keeps other data.",
      where: server.host,
      why: `It keeps ${attempt.data}, and this workspace's are in ${wanted.data}.`,
      next: "End that server, and run the command again.",
    });
  }
  return attempt;
}

/** The password is offered only where no other user can have put a server of his own. */
async function isTrusted(server: Postmaster, data: string): Promise<boolean> {
  if (process.platform === "win32") return true;
  const owner = await stat(data);
  return await isPrivate(server.host, [owner.uid]);
}

function openSocket(server: Postmaster): ProblemError {
  return new ProblemError({
    code: "embedded-postgres-open-socket",
    what: "PostgreSQL runs on this workspace's data, but its socket is in a place that other users can write.",
    where: server.host,
    why: "It was started by hand or by another program, and anyone could stand in for it there.",
    next: `Stop it (kill -INT ${server.pid}) and run the command again, which starts it with a private socket.`,
  });
}

function wrongPassword(wanted: Wanted): ProblemError {
  const file = join(wanted.directory, "password");
  return new ProblemError({
    code: "embedded-postgres-password",
    what: "PostgreSQL does not accept the password that is kept beside its data.",
    where: file,
    why: "The file or the database was replaced, by a partial restore for example.",
    next: "Remove the file and run the command again: it sets a new password.",
  });
}

function tooLong(wanted: Wanted, server: Postmaster): ProblemError {
  return new ProblemError({
    code: "embedded-postgres-busy",
    what: `PostgreSQL (process ${server.pid}) has been starting or stopping for ${notNowMs / 1000} seconds.`,
    where: join(wanted.directory, "server.log"),
    next: "See in the log what it is doing; let it finish, and run the command again.",
  });
}
