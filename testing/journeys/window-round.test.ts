/** Once round: a window is rehearsed, runs, ends, and the next one begins where it ended. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { newPlace, type Place } from "./support.ts";
import { close, HOME, writeWindowCompany } from "./window-company.ts";

let place: Place;
before(async () => {
  place = newPlace("window-round");
  writeWindowCompany(place);
  const pinned = await place.run("init", "--update-lock", ...HOME);
  assert.equal(pinned.status, 0, pinned.stderr);
  await place.keepServer("company");
});
after(() => place.remove());

async function ran(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await place.run(...args);
  assert.equal(status, 0, stderr);
  return stdout;
}

const days = ["--from", "2025-04-01", "--through", "2025-06-30"] as const;

test("a rehearsal says go where everything is there, not yet where evidence is missing, and records nothing", async () => {
  type Rehearsed = {
    recorded: boolean;
    controls: { control: string; verdict: string; reasons: { what: string; next: string }[] }[];
  };
  const verdicts = async () => {
    const found = await place.json<Rehearsed>("rehearse", ...days, ...HOME);
    assert.equal(found.recorded, false);
    return new Map(found.controls.map((each) => [each.control, each]));
  };
  const first = await verdicts();
  assert.deepEqual(
    [first.get("OWN-02")?.verdict, first.get("OWN-02")?.reasons],
    ["go", []],
    "three changes, each approved, and a second list that agrees",
  );
  assert.equal(first.get("OWN-01")?.verdict, "not-yet");
  assert.match(first.get("OWN-01")?.reasons[0]?.next ?? "", /evidence add FILE --control OWN-01/);
  assert.equal(first.get("CHG-01")?.verdict, "not-yet", "no person answers for it");

  for (const month of ["2025-04", "2025-05", "2025-06"]) await ran(...close(month));
  const before = await place.json<{ size: number }>("fsck", ...HOME);
  const screen = await ran("rehearse", ...days, ...HOME);
  assert.match(screen, /nothing was recorded, and none of it is evidence of the window 2025-07-01/);
  assert.match(
    screen,
    /OWN-01 +go +Monthly close of the access log \(Ada Example\)\n +Monthly close: 3 of 3/,
  );
  assert.match(screen, /\n2 go {2}\d+ not yet/);
  assert.deepEqual(await place.json("fsck", ...HOME), before, "no record and no file came of it");
  assert.match(await ran("population", "list", ...HOME), /^population[^\n]*\n?$/);
  const left = readdirSync(join(place.folder, "company/.countersign"));
  assert.deepEqual(
    left.filter((name) => name.startsWith("rehearsal-")),
    [],
  );
});

test("the days of a rehearsal are named once the window has begun, and lie outside it", async () => {
  assert.match(await place.refused("rehearse", ...HOME), /rehearse --from 2025-04-01 --through 2025-06-30/);
  const over = await place.refused("rehearse", "--from", "2025-09-01", "--through", "2025-10-31", ...HOME);
  assert.match(over, /shares days with the window/);
});
