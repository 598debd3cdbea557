/** The program over time: what a folder would change, who recorded it and why, and what was in force on a day. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { newPlace, type Place } from "./support.ts";

type Planned = {
  readonly program: string;
  readonly newest: { readonly program: string } | null;
  readonly changes: readonly {
    readonly part: string;
    readonly thing: string;
    readonly change: string;
    readonly reach: string;
    readonly from?: string;
  }[];
  readonly newWarnings: readonly string[];
  readonly stale: false | { readonly both?: readonly string[] };
};
type Logged = {
  readonly program: string;
  readonly basedOn: string | null;
  readonly person: string | null;
  readonly reason: string | null;
  readonly changes: number;
  readonly recordedAt: string;
};

const people = `people:
  - { handle: ada, name: Ada Lovelace, identities: ["email:ada@acme.example"] }
`;
const vendors = (entry: string) => `# Whom we send data to.\nvendors:\n  - ${entry}\n`;

let place: Place;
const plan = (home: string) => place.json<Planned>("plan", "-w", home);
const log = (home: string) => place.json<readonly Logged[]>("program", "log", "-w", home);

before(async () => {
  place = newPlace("program-history");
  await place.run("init", "-w", "home", "--from", "2026-01-01", "--through", "2026-12-31", "--name", "Acme");
  await place.keepServer("home");
});
after(() => place.remove());

/** A second checkout of the folder, over the same workspace. */
function checkout(name: string): void {
  mkdirSync(join(place.folder, name));
  cpSync(join(place.folder, "home/countersign"), join(place.folder, name, "countersign"), {
    recursive: true,
  });
  symlinkSync(join(place.folder, "home/.countersign"), join(place.folder, name, ".countersign"));
}

test("plan says what apply would record, apply records it with reason and person, and nothing is left to plan", async () => {
  const first = await plan("home");
  assert.equal(first.newest, null);
  await place.json("apply", "-w", "home", "--reason", "a beginning");
  assert.match(place.read("home/countersign/program.lock"), new RegExp(`^basedOn: ${first.program}$`, "m"));
  assert.deepEqual((await plan("home")).changes, []);

  place.write("home/countersign/people.yaml", people);
  place.write(
    "home/countersign/vendors.yaml",
    vendors(
      "{ id: gpt, name: GPT, owner: ada, from: 2026-02-01, changes: [{ from: 2031-03-01, tier: critical }] }",
    ),
  );
  const second = await plan("home");
  assert.deepEqual(
    second.changes.map(({ part, thing, change, from, reach }) => [part, thing, change, from ?? "", reach]),
    [
      ["program", "system", "added", "", "window"],
      ["vendors", "gpt", "added", "2026-02-01", "backdated"],
      ["vendors", "gpt", "added", "2031-03-01", "onward"],
    ],
  );
  const told = await place.run("plan", "-w", "home");
  assert.equal(told.status, 0);
  assert.match(told.stdout, /\+ vendor gpt: from 2026-02-01 through 2031-02-28, backdated by \d+ days/);
  assert.match(told.stdout, /owner: Ada Lovelace/);

  await place.json("apply", "-w", "home", "--reason", "the vendors are named", "--by", "ada");
  const [one, two] = await log("home");
  assert.deepEqual([one?.reason, one?.person, one?.basedOn], ["a beginning", null, null]);
  assert.deepEqual([two?.reason, two?.basedOn, two?.changes], ["the vendors are named", first.program, 3]);
  // An opaque id: the name stands in the directory alone.
  assert.match(two?.person ?? "", /^p_[0-9a-f]{24}$/);
  assert.match((await place.run("program", "log", "-w", "home")).stdout, /by {7}Ada Lovelace/);
});

test("a window that ends earlier is planned with the warnings that it would bring", async () => {
  const file = place.read("home/countersign/program.yaml");
  place.write("home/countersign/program.yaml", file.replace("2026-12-31", "2026-10-31"));
  const { changes, newWarnings } = await plan("home");
  assert.deepEqual(
    changes.map(({ thing, reach }) => [thing, reach]),
    [["window", "window"]],
  );
  assert.ok(
    newWarnings.some((warning) => warning.includes("no period ends inside 2026-01-01 through 2026-10-31")),
  );
  place.write("home/countersign/program.yaml", file);
  assert.deepEqual((await plan("home")).newWarnings, []);
});

test("what was in force on a day, as recorded now and as recorded before", async () => {
  type Shown = {
    readonly system?: { readonly vendors: readonly { readonly id: string; readonly tier?: string }[] };
  };
  const on = (...more: readonly string[]) =>
    place.json<Shown>("program", "show", "-w", "home", "--on", ...more);
  assert.deepEqual((await on("2026-01-31")).system?.vendors, []);
  assert.deepEqual(
    (await on("2026-02-01")).system?.vendors.map(({ id, tier }) => [id, tier ?? ""]),
    [["gpt", ""]],
  );
  assert.deepEqual(
    (await on("2031-03-01")).system?.vendors.map(({ tier }) => tier),
    ["critical"],
  );
  const [first] = await log("home");
  assert.equal((await on("2026-02-01", "--as-recorded-at", first?.recordedAt ?? "")).system, undefined);
  const early = await place.refused("program", "show", "-w", "home", "--as-recorded-at", "2020-01-01");
  assert.match(early, /the ledger held no program at that time/);
});

test("an export holds the recorded files to the byte, reads as the same program, and writes over nothing", async () => {
  await place.json("program", "export", "out/countersign", "-w", "home");
  const names = (folder: string) =>
    readdirSync(join(place.folder, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(place.folder, folder).length + 1))
      .filter((name) => !/^(?:people\.yaml|checkpoints)/.test(name))
      .sort();
  assert.deepEqual(names("out/countersign"), names("home/countersign"));
  for (const name of names("out/countersign"))
    assert.ok(
      readFileSync(join(place.folder, "out/countersign", name)).equals(
        readFileSync(join(place.folder, "home/countersign", name)),
      ),
      name,
    );
  // Once more over itself is no change; over another's file it is refused.
  await place.json("program", "export", "out/countersign", "-w", "home");
  place.write("out/countersign/notes.md", "mine\n");
  const refused = await place.refused("program", "export", "out/countersign", "-w", "home");
  assert.match(refused, /holds something else already\n {2}where {2}out\/countersign\/notes.md/);
});

test("a comment alone is recorded by apply, and by no command that records on the way", async () => {
  const text = place.read("home/countersign/vendors.yaml");
  place.write("home/countersign/vendors.yaml", text.replace("Whom we send data to", "Whom we pay"));
  const count = (await log("home")).length;
  await place.run("doctor", "-w", "home");
  assert.equal((await log("home")).length, count);
  await place.json("apply", "-w", "home");
  const last = (await log("home")).at(-1);
  assert.deepEqual([(await log("home")).length, last?.changes], [count + 1, 0]);
  await place.json("apply", "-w", "home");
  assert.equal((await log("home")).length, count + 1);
});

test("a folder that was changed from an earlier program is refused by apply and by what records on the way", async () => {
  checkout("other");
  const entry = (tier: string) =>
    vendors(`{ id: gpt, name: GPT, owner: ada, from: 2026-02-01, tier: ${tier} }`);
  place.write("home/countersign/vendors.yaml", entry("high"));
  await place.json("apply", "-w", "home");

  const untouched = await place.refused("apply", "-w", "other");
  assert.match(untouched, /this folder holds an earlier program, and another was recorded since/);
  place.write("other/countersign/vendors.yaml", entry("low"));
  const refused = await place.refused("apply", "-w", "other");
  assert.match(refused, /another program was recorded since this folder was changed/);
  const onto = /apply --onto (sha256:[0-9a-f]{12})/.exec(refused)?.[1] ?? "";
  assert.match(await place.refused("assess", "-w", "other"), /another program was recorded since/);
  assert.match(
    (await place.run("doctor", "-w", "other")).stdout,
    /! problem .*another program was recorded since/,
  );

  const planned = await plan("other");
  assert.deepEqual(planned.stale && planned.stale.both, ["vendors gpt tier"]);
  const count = (await log("home")).length;
  assert.match(
    await place.refused("apply", "-w", "other", "--onto", "sha256:0123456789ab"),
    /is not the newest program/,
  );
  await place.json("apply", "-w", "other", "--onto", onto);
  assert.equal((await log("home")).length, count + 1);
  // Now the first checkout is behind, until it holds what was recorded.
  place.write("home/countersign/vendors.yaml", entry("medium"));
  await place.refused("apply", "-w", "home");
  place.write("home/countersign/vendors.yaml", entry("low"));
  await place.json("apply", "-w", "home");
  place.write("home/countersign/vendors.yaml", entry("medium"));
  await place.json("apply", "-w", "home");
});

test("a folder without a lock is recorded as before, and gets one; one with a lock begins no second ledger", async () => {
  await place.run("init", "-w", "old", "--from", "2026-01-01", "--through", "2026-12-31");
  const lock = place.read("home/countersign/program.lock");
  place.write("old/countersign/program.lock", lock);
  assert.match(await place.refused("apply", "-w", "old"), /this ledger holds none/);
  rmSync(join(place.folder, "old/countersign/program.lock"));
  await place.json("apply", "-w", "old");
  assert.match(place.read("old/countersign/program.lock"), /^basedOn: sha256:[0-9a-f]{64}$/m);
  place.write("old/countersign/program.lock", "basedOn: yesterday\n");
  assert.match(await place.refused("plan", "-w", "old"), /program\.lock:1/);
});
