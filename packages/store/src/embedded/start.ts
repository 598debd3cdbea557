/** One start of the server, from what the last one left to a server that accepts connections. */
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clearAfterCrash, leftBehind } from "./crash.ts";
import {
  checkVersion,
  closeToOthers,
  databaseIsGone,
  dataState,
  initialise,
  newPassword,
  readPassword,
  removeUnfinished,
  resetPassword,
  writePassword,
} from "./data-directory.ts";
import { dataParentOf, rememberPlace } from "./location.ts";
import { settle, type Installation, type PlaceOptions } from "./place.ts";
import { readPostmaster, startPostmaster } from "./postmaster.ts";
import { writeWhole } from "./run-as.ts";
import { prepareSocketDirectory, removeSocketDirectory } from "./socket-directory.ts";

export type Context = PlaceOptions & {
  readonly say: (line: string) => void;
  readonly settings?: readonly string[] | undefined;
};

/**
 * Clears what a crash left, makes the database if there is none, and starts the server. Holds the lock. `before` is the data
 * directory as far as it is known before it is made. Throws a ProblemError that says what stands in the way.
 */
export async function start(context: Context, before: string): Promise<void> {
  const { directory, env, say, settings } = context;
  const crashed = (await readPostmaster(before)) !== undefined;
  await clearAfterCrash(before, await dataParentOf(directory), env);
  const installation = await settle(context);
  await prepareData(context, installation);
  const data = await realpath(join(installation.parent, "data"));
  if (crashed)
    say("PostgreSQL was not shut down last time (a crash or a kill); it recovers from its write-ahead log.");
  const logFile = join(directory, "server.log");
  const socketDirectory = await prepareSocketDirectory(data, installation.identity, env);
  await writeWhole(join(directory, "server.json"), `${JSON.stringify({ runsAs: installation.runsAs })}\n`);
  const until = performance.now() + stillInUseMs;
  try {
    while (
      (await startPostmaster(installation, { socketDirectory, logFile, env, say, settings })) ===
      "still-in-use"
    ) {
      if (performance.now() > until) throw leftBehind(data, []);
      await sleep(300);
      await clearAfterCrash(data, installation.parent, env);
    }
  } catch (error) {
    await removeSocketDirectory(socketDirectory);
    throw error;
  }
  if (crashed) say("PostgreSQL has recovered; nothing that was acknowledged is lost.");
}

const stillInUseMs = 30_000;

/** Makes the database on the first start; later, checks that these programs can open it. */
async function prepareData(context: Context, installation: Installation): Promise<void> {
  const { directory, env, say } = context;
  const data = join(installation.parent, "data");
  await removeUnfinished(installation.parent);
  const state = await dataState(data);
  const known = await readPassword(directory);
  const password = known ?? newPassword();
  if (state.kind === "present") {
    checkVersion(data, state.major, installation);
    await closeToOthers(data);
    if (known === undefined) {
      say("The password file of the embedded PostgreSQL is missing; setting a new password.");
      await resetPassword(installation, password, env);
    }
  } else {
    // The password is written once the database is there: this one is of a database that was.
    if (known !== undefined) throw databaseIsGone(data, directory);
    say(`Creating the database (PostgreSQL ${installation.version}, ${installation.runsAs}).`);
    await initialise(installation, password, env);
  }
  if (known === undefined) await writePassword(directory, password);
  await rememberPlace(directory, installation.parent);
}
