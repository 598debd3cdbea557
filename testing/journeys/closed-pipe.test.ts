/**
 * A reader that closes the pipe early, as head does, and a disk without room for the answer end neither the command nor the
 * care for its server.
 */
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

const noFullDevice = existsSync("/dev/full") ? false : "this system has no device that is always full";

test(
  "an answer that cannot be written out is told in words and ends with 1, and the work is done and the server stopped",
  { skip: noFullDevice },
  async () => {
    const command = [process.execPath, join(root, "apps/cli/bin/countersign.js"), "collect", ...SMALL];
    const run = spawnSync("sh", ["-c", '"$@" > /dev/full', "sh", ...command], {
      cwd: place.folder,
      encoding: "utf8",
      env: { ...process.env, DATABASE_URL: "" },
    });
    assert.equal(run.status, 1, run.stderr);
    assert.match(
      run.stderr,
      /the answer could not be written out whole\n {2}where {2}stdout\n {2}why {4}the disk is full \(ENOSPC\)\n {2}next/,
    );
    assert.doesNotMatch(run.stderr, /\n {4}at /, "no stack");
    const data = join(place.folder, "company/.countersign/postgres/data");
    assert.ok(!existsSync(join(data, "postmaster.pid")), "no server is left");
    const shown = await place.run("population", "list", ...SMALL);
    assert.match(shown.stdout, /hr-leavers@2/);
    // What is said of a problem can get lost as well; how the command ends still says it.
    const unheard = spawnSync("sh", ["-c", '"$@" > /dev/full 2> /dev/full', "sh", ...command], {
      cwd: place.folder,
      env: { ...process.env, DATABASE_URL: "" },
    });
    assert.equal(unheard.status, 1);
    assert.match((await place.run("population", "list", ...SMALL)).stdout, /hr-leavers@3/);
  },
);
