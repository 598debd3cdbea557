/** A backup or a restore that is killed is never taken for a whole one, and the same command again finishes it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newPlace, root } from "../journeys/support.ts";
import { SMALL } from "../journeys/small-company.ts";
import { done, makeBackups, programAt } from "./company.ts";

const place = newPlace("backup-killed");
const at = (path: string): string => join(place.folder, path);

before(() => makeBackups(place));
after(() => place.remove());

/** Runs a command and kills it so long after `begun` says so. */
async function killedAfter(ms: number, begun: () => boolean, ...args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, "apps/cli/bin/countersign.js"), ...args], {
    cwd: place.folder,
    env: { ...process.env, NO_COLOR: "1", DATABASE_URL: "" },
    stdio: "ignore",
  });
  let ended = false;
  const end = new Promise<void>((resolve) =>
    child.on("close", () => {
      ended = true;
      resolve();
    }),
  );
  while (!ended && !begun()) await sleep(2);
  await sleep(ms);
  child.kill("SIGKILL");
  await end;
}

test("a restore that is killed leaves no workspace that any command opens; run again it finishes, whatever was there", async () => {
  const restore = ["backup", "restore", "keys.zip", "--workspace"];
  // As soon as it has begun: the sweep of system calls ends it at each later write.
  const home = "killed";
  programAt(place, home);
  const mark = at(`${home}/.countersign/restore-begun`);
  await killedAfter(0, () => existsSync(mark), ...restore, home);
  assert.ok(existsSync(mark), "the kill came in the middle");
  for (const command of [["status"], ["fsck"], ["backup", "create", `${home}.zip`]])
    assert.match(
      await place.refused(...command, "--workspace", home),
      /a backup is being restored here, or a restore of one was interrupted/,
    );
  await done(place, ...restore, home);
  await done(place, "backup", "create", `${home}.zip`, "--with-keys", "--workspace", home);
  assert.ok(readFileSync(at(`${home}.zip`)).equals(readFileSync(at("keys.zip"))));
});

test("a restore that was interrupted by one backup is not finished by another one", async () => {
  programAt(place, "two", "before-erasure");
  await done(place, "backup", "restore", "before.zip", "--workspace", "two");
  // As if it had been killed right before its end.
  place.write("two/.countersign/restore-begun", "");
  const other = await place.refused("backup", "restore", "plain.zip", "--workspace", "two");
  assert.match(other, /the database holds a log of small-co already/);
  await done(place, "backup", "restore", "before.zip", "--workspace", "two");
  assert.match(await done(place, "fsck", "--workspace", "two"), /nothing damaged/);
});

test("a backup that is killed leaves no file under its name, and what it leaves beside it is refused", async () => {
  for (const ms of [0, 5, 20, 100]) {
    const name = `cut-${ms}.zip`;
    const begun = () => readdirSync(place.folder).some((each) => each.startsWith(name));
    await killedAfter(ms, begun, "backup", "create", name, ...SMALL);
    const left = readdirSync(place.folder).filter((each) => each.startsWith(name));
    for (const each of left)
      if (each === name) assert.ok(readFileSync(at(name)).equals(readFileSync(at("plain.zip"))));
      else assert.match(await place.refused("backup", "restore", each, "-w", "none"), /not a whole backup/);
  }
  place.write("half.zip.partial", readFileSync(at("plain.zip")).subarray(0, 20_000));
  const refused = await place.refused("backup", "restore", "half.zip.partial", "-w", "none");
  assert.match(refused, /not a whole backup/);
  // What was left under that name is written over, and readable for its owner only.
  await done(place, "backup", "create", "half.zip", ...SMALL);
  assert.ok(readFileSync(at("half.zip")).equals(readFileSync(at("plain.zip"))));
  assert.equal(existsSync(at("half.zip.partial")), false);
});
