/** A reader that closes the pipe early, as head does, ends neither the command nor the care for its server. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeSmallCompany, SMALL } from "./small-company.ts";
import { newPlace, root, type Place } from "./support.ts";

let place: Place;
before(async () => {
  place = newPlace("closed-pipe");
  await makeSmallCompany(place);
});
after(() => place.remove());

test("a command whose reader is gone does its work, ends with 0, and stops the server that it started", async () => {
  const command = [process.execPath, join(root, "apps/cli/bin/countersign.js"), "collect", ...SMALL];
  // The reader ends before the command has anything to say.
  const run = spawnSync("sh", ["-c", '{ "$@"; echo $? > status; } | true', "sh", ...command], {
    cwd: place.folder,
    encoding: "utf8",
    env: { ...process.env, DATABASE_URL: "" },
  });
  assert.equal(place.read("status"), "0\n", run.stderr);
  const data = join(place.folder, "company/.countersign/postgres/data");
  assert.ok(existsSync(data));
  assert.ok(!existsSync(join(data, "postmaster.pid")), "no server is left");
  const shown = await place.run("population", "list", ...SMALL);
  assert.match(shown.stdout, /hr-leavers@1/);
});
