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

type Carried = {
  id: string;
  control: string;
  occurrence: string;
  state: string;
  retest: { state: string; occurrence?: string };
  next?: { when: string; by?: string };
};
const carried = async () => {
  const list = await place.json<Carried[]>("deviation", "carried", ...HOME);
  return new Map(list.map((each) => [each.control, each]));
};

test("a window that was not assessed is not rolled forward, and neither is a folder that says something else", async () => {
  const refused = await place.refused("roll-forward", "--person", "ada", ...HOME);
  assert.match(refused, /the window was never assessed/);
  for (const month of ["2025-07", "2025-08"]) await ran(...close(month));
  await ran("collect", ...HOME);
  await ran("assess", ...HOME);
  const program = place.read("company/countersign/program.yaml");
  const write = (text: string) => place.write("company/countersign/program.yaml", text);
  write(program.replace("name: Roll Co", "name: Rolling Co"));
  assert.match(
    await place.refused("roll-forward", "--person", "ada", ...HOME),
    /something else .* beside the window/,
  );
  write(program.replace("from: 2025-07-01, through: 2025-09-30", "from: 2025-10-02, through: 2025-12-31"));
  assert.match(await place.refused("roll-forward", "--plan", ...HOME), /2025-10-01 on, before 2025-10-02/);
  write(program);
});

test("the next window begins on the day after, the file keeps its comments, and the deviations go along", async () => {
  const program = place.read("company/countersign/program.yaml");
  const planned = await place.json<{ carried: { control: string }[]; problems: unknown[] }>(
    "roll-forward",
    "--plan",
    ...HOME,
  );
  assert.deepEqual(planned.problems, []);
  assert.deepEqual(
    planned.carried
      .map(({ control }) => control)
      .filter((id) => id.startsWith("OWN"))
      .sort(),
    ["OWN-01", "OWN-02"],
  );
  assert.match(await place.refused("roll-forward", ...HOME), /who decided it must be said/);
  assert.equal(place.read("company/countersign/program.yaml"), program, "nothing was written");

  const rolled = await ran("roll-forward", "--person", "ada", "--reason", "the year goes on", ...HOME);
  assert.match(rolled, /followed by 2025-10-01 through 2025-12-31 America\/New_York/);
  assert.equal(
    place.read("company/countersign/program.yaml"),
    program.replace("from: 2025-07-01, through: 2025-09-30", "from: 2025-10-01, through: 2025-12-31"),
  );
  assert.match(await ran("program", "log", ...HOME), /the year goes on/);
  const before = await carried();
  assert.equal(before.get("OWN-01")?.state, "missed");
  assert.equal(before.get("OWN-02")?.state, "deviated");
  for (const { retest } of before.values())
    assert.equal(retest.state, "not-yet", "of a window that nobody assessed");
});

test("what operates in the new window retests what was carried, and a missed one has deviated again", async () => {
  await ran(...close("2025-10"));
  await ran("collect", ...HOME);
  await ran("assess", "--as-of", "2025-11-20", ...HOME);
  const found = await carried();
  assert.deepEqual(
    [found.get("OWN-01")?.retest.state, found.get("OWN-01")?.retest.occurrence],
    ["operated", "2025-10"],
  );
  assert.equal(found.get("OWN-02")?.retest.state, "operated");
  assert.match(
    await ran("status", ...HOME),
    /5 carried deviations: \d retested and operated, 0 deviated again/,
  );

  // Answered after the window in which it was found, with a day before which nothing counts as a retest.
  const id = found.get("OWN-01")?.id ?? "";
  const said = ["--cause", "holiday", "--response", "a deputy", "--action", "named one", "--by", "ada"];
  await ran("deviation", "respond", id, ...said, "--due", "2025-11-30", ...HOME);
  const again = await carried();
  assert.equal(again.get("OWN-01")?.retest.state, "not-yet", "October was closed before the action");

  await ran("assess", ...HOME);
  const later = await carried();
  assert.equal(later.get("OWN-01")?.retest.state, "deviated-again", "November was missed");
  assert.match(
    await ran("readiness", ...HOME),
    /5 carried deviations: \d retested and operated, 1 deviated again/,
  );
  assert.match(await ran("fsck", ...HOME), /nothing damaged/);
});

test("the list of the last window is drawn from and read as before, and a package with all of it is intact", async () => {
  await ran("population", "freeze", "history@1", ...HOME);
  const nonce = "5a".repeat(32);
  const drawn = await place.json<{ draw?: string; body?: { draw: string } }>(
    ...["sample", "draw", "history@1", "--size", "2", "--nonce", nonce, "--purpose", "test", ...HOME],
  );
  const draw = drawn.draw ?? drawn.body?.draw ?? "";
  assert.match(await ran("sample", "show", draw, ...HOME), /OWN-02/);
  await ran("package", "create", "--out", "round.zip", ...HOME);
  const verified = await place.json<{ intact: boolean; faults: unknown[] }>("verify", "round.zip");
  assert.deepEqual([verified.intact, verified.faults], [true, []]);
  await ran("reperform", "round.zip");
});

test("the plan names what must be done by which day, in the order of days", async () => {
  const { plan } = await place.json<{ plan: { on: string; control?: string; next: string; why: string }[] }>(
    ...["readiness", "--plan", "--as-of", "2025-11-20", ...HOME],
  );
  assert.deepEqual(
    plan.map(({ on }) => on),
    plan.map(({ on }) => on).toSorted(),
  );
  const yearly = plan.find(({ why }) => why.includes("it is owed every year"));
  assert.match(yearly?.why ?? "", /every year, and 2025 is due by/);
  assert.match(
    await ran("readiness", "--plan", "--as-of", "2025-11-20", ...HOME),
    /by when it counts in the window 2025-10-01/,
  );
});
