/** A package shows one run: its own program and window, whatever the program says today. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { importRepository, newPlace, type Place } from "./support.ts";

let place: Place;
before(() => {
  place = newPlace("earlier");
  const message = "a change\n\nReviewed-by: Bea Builder <bea@made-up.example>\n";
  const who = "Ann Author <ann@made-up.example> 1760000000 +0000";
  importRepository(
    join(place.folder, "repository"),
    `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\ndata ${message.length}\n${message}\n`,
  );
});
after(() => place.remove());

test("the package of a run made before the window moved is intact and re-performs", async () => {
  const first = await place.run(
    "start",
    "--repo",
    "repository",
    "--from",
    "2025-10-01",
    "--through",
    "2025-10-31",
    "-w",
    "home",
  );
  assert.equal(first.status, 0, first.stderr);
  const { run } = await place.json<{ run: string }>("assess", "-w", "home");
  const program = place.read("home/countersign/program.yaml");
  place.write("home/countersign/program.yaml", program.replace("2025-10-31", "2025-11-30"));
  const second = await place.json<{ run: string; summary: { window: { through: string } } }>(
    "assess",
    "-w",
    "home",
  );
  assert.equal(second.summary.window.through, "2025-11-30");
  const created = await place.run("package", "create", "--run", run, "--out", "earlier.zip", "-w", "home");
  assert.equal(created.status, 0, created.stderr);
  const verified = await place.json<{
    intact: boolean;
    faults: unknown[];
    facts: { window: { through: string } };
  }>("verify", "earlier.zip");
  assert.deepEqual(verified.faults, []);
  assert.equal(verified.facts.window.through, "2025-10-31");
  const again = await place.run("reperform", "earlier.zip");
  assert.equal(again.status, 0, again.stdout);
});
