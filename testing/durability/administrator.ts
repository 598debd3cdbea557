/** The embedded server as its administrator reaches it: to look on, and to do what no part of the product does. */
import assert from "node:assert/strict";
import pg from "pg";
import { readPassword, superuser } from "../../packages/store/src/embedded/data-directory.ts";
import { runningPostmaster } from "../../packages/store/src/embedded/postmaster.ts";
import { connectionTo, newTag } from "../../packages/store/src/embedded/session.ts";
import type { Place } from "./place.ts";

export type Reachable = { readonly postmaster: number; readonly config: pg.ClientConfig };

/** @returns undefined while no server of this workspace accepts connections. */
export async function reachServer(place: Place, database: string): Promise<Reachable | undefined> {
  const server = await runningPostmaster(await place.data());
  const password = await readPassword(place.postgres);
  if (server?.status !== "ready" || password === undefined) return undefined;
  const config = {
    ...connectionTo(server, password, newTag(), { database, user: superuser }),
    // Not one of ours: whoever is last among ours stops the server although this one looks on.
    application_name: "durability test",
    connectionTimeoutMillis: 2_000,
  };
  return { postmaster: server.pid, config };
}

export async function asAdministrator(
  place: Place,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const server = await reachServer(place, "countersign");
  assert.ok(server !== undefined, "the workspace's server runs");
  const client = new pg.Client(server.config);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
