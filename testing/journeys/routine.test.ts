/** The inventory and the calendar of a company of one list, by the command: what they say follows what is read and recorded. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Calendar, Inventory } from "../../packages/assessment/src/index.ts";
import { inProcess } from "./in-process.ts";
import { leaversSource, makeSmallCompany, SMALL } from "./small-company.ts";
import { newPlace } from "./support.ts";

const place = newPlace("routine");
const run = inProcess(place, "company");
const removal = async () =>
  (await run.json<Inventory>("inventory")).rows.find(({ control }) => control === "IAM-03");
const ids = (calendar: Calendar, start: string) =>
  calendar.entries.filter(({ id }) => id.startsWith(start)).map(({ id }) => id);

before(async () => {
  await makeSmallCompany(place);
  place.write(
    "company/countersign/sources.yaml",
    leaversSource.replace("provides: leaver", "provides: leaver\n    keepsDays: 90"),
  );
  place.write(
    "company/countersign/people.yaml",
    "people:\n  - { handle: ada, name: Ada Small, identities: [email:ada@small.example] }\n",
  );
  place.write("company/countersign/controls/IAM-03.yaml", "id: IAM-03\nowner: ada\n");
  await place.keepServer("company");
});
after(() => place.remove());

test("before anything is read, the inventory says what has no source, and the calendar what a source has forgotten", async () => {
  const found = await removal();
  assert.ok(found?.system.kind === "sources");
  assert.deepEqual(found.system.sources, [
    { source: "hr-leavers", connector: "csv", gives: "list", keepsDays: 90 },
  ]);
  const { entries } = await run.json<Calendar>("calendar");
  assert.ok(
    entries.some(
      ({ id, overdue, what }) => id === "read/hr-leavers" && overdue && /has forgotten 2026-04-01/.test(what),
    ),
  );
});

test("what is read and closed is in the inventory with day and record, and leaves the calendar", async () => {
  assert.deepEqual(ids(await run.json<Calendar>("calendar"), "close/"), [
    "close/2026-04",
    "close/2026-05",
    "close/2026-06",
  ]);
  await run.lines("close");
  const found = await removal();
  assert.ok(found?.system.kind === "sources");
  assert.equal(found.system.sources[0]?.readThrough?.day, "2026-06-30");
  const calendar = await run.json<Calendar>("calendar");
  assert.deepEqual(ids(calendar, "close/"), ["close/2026-05", "close/2026-06"]);
  assert.deepEqual(ids(calendar, "read/"), []);
});

test("both are written as files, and a file that cannot be written is said", async () => {
  const lines = await run.lines("inventory", "--csv", "inventory.csv");
  assert.match(lines.join("\n"), /IAM-03 +removal: leaver · Ada Small/);
  assert.match(
    place.read("inventory.csv"),
    /^IAM-03,1,removal,.*,hr-leavers,csv,list,90,Ada Small,.*,2026-06-30,rec_[0-9a-f]+\r$/m,
  );
  assert.match(place.read("inventory.csv"), /,no source,,no source provides alert,/);
  const shown = await place.run("calendar", "--ics", "due.ics", ...SMALL);
  assert.equal(shown.status, 0, shown.stderr);
  assert.match(
    shown.stdout,
    /OVERDUE by \d+ days: close 2026-05 \*\n +nobody by name → countersign close 2026-05/,
  );
  assert.match(
    place.read("due.ics"),
    /^BEGIN:VCALENDAR\r\n[^]*UID:close\/2026-05@small-co\.countersign\.local\r\n/,
  );
  assert.equal(await run.refused("calendar", "--ics", "nowhere/due.ics"), "file-not-written");
  assert.equal(
    await run.refused("calendar", "--from", "2026-07-01", "--through", "2026-06-01"),
    "calendar-days",
  );
  assert.equal(await run.refused("calendar", "--from", "tomorrow"), "bad-date");
});
