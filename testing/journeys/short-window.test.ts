/** A window of three months: what did not occur is said only where the zero is shown, and what falls outside is warned of at once. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { newPlace, unpacked, type Place } from "./support.ts";

const home = ["--workspace", "company"] as const;
let place: Place;

const WARNING =
  /BCP-01 recovery-test \(yearly recovery test, every year\): no period ends inside 2026-04-01 through 2026-06-30\. Its operation will not be tested/;

const pager = `  - id: pager
    connector: csv
    provides: incident
    file: ../exports/pager.csv
    savedAt: "2026-07-02T08:00:00Z"
    columns: { id: Incident, detectedAt: Detected }
`;
const statusPage = `  - id: status-page
    connector: csv
    provides: incident
    file: ../exports/status-page.csv
    savedAt: "2026-07-02T08:00:00Z"
    columns: { id: Id, detectedAt: Began }
`;
const plan = `populations:
  - kind: incident
    from: pager
    reconcile: [{ source: status-page, key: id }]
`;

before(async () => {
  place = newPlace("short-window");
  await place.keepServer("company");
});
after(() => place.remove());

/** Collects everything, assesses, and gives the two controls' lines. */
async function incidentLines(): Promise<string> {
  const collected = await place.run("collect", ...home);
  assert.equal(collected.status, 0, collected.stderr);
  const assessed = await place.run("assess", "INC-01", ...home);
  assert.equal(assessed.status, 0, assessed.stderr);
  return assessed.stdout;
}
const write = (pagerRows: string, statusRows: string) => {
  place.write("company/exports/pager.csv", `Incident,Detected\n${pagerRows}`);
  place.write("company/exports/status-page.csv", `Id,Began\n${statusRows}`);
};

test("on the day the window is chosen, init warns of the yearly recovery test that falls outside", async () => {
  const short = ["--from", "2026-04-01", "--through", "2026-06-30", "--zone", "Europe/Berlin"];
  const made = await place.run("init", ...short, "--name", "Short Window", ...home);
  assert.equal(made.status, 0);
  assert.match(made.stdout, WARNING);
  const year = await place.run(
    "init",
    "--from",
    "2025-07-01",
    "--through",
    "2026-06-30",
    "--workspace",
    "other",
  );
  assert.doesNotMatch(year.stdout, /warning/);
});

test("a zero from one source is not a zero that was shown", async () => {
  write("", "");
  place.write("company/countersign/sources.yaml", `sources:\n${pager}`);
  assert.match(await incidentLines(), /INC-01 .*no items, and not shown that there were none/);
});

test("a zero that an independent source confirms is a recorded one: it did not occur", async () => {
  place.write("company/countersign/sources.yaml", `sources:\n${pager}${statusPage}${plan}`);
  assert.match(await incidentLines(), /INC-01 .*did not occur: a recorded zero from a reconciled population/);
});

test("one incident on the other list, or one row that cannot be placed, and the zero is no longer shown", async () => {
  write("", "I-1,2026-05-02T09:00:00Z\n");
  assert.match(await incidentLines(), /INC-01 .*no items, and not shown that there were none/);
  // Beside it one of the year before, so that the list as such can be read.
  write("I-0,2025-05-02T09:00:00Z\nI-1,2026-05-02 09:00\n", "");
  assert.match(await incidentLines(), /INC-01 .*no items, and not shown that there were none/);
  write("", "");
  assert.match(await incidentLines(), /INC-01 .*did not occur/);
});

test("start warns as well, and the screens and the package read: operation not tested", async () => {
  const started = await place.run("start", ...home);
  assert.equal(started.status, 0, started.stderr);
  assert.match(started.stdout, WARNING);
  assert.match(started.stdout, /Did not occur: INC-01, a recorded zero/);
  assert.match(started.stdout, /0 incidents from pager · a recorded zero: .*0 rows below the header/);
  const map = await place.run("map", "BCP-01", ...home);
  assert.match(map.stdout, /BCP-01 .*operation not tested: nothing falls due in the window/);
  const status = await place.run("status", ...home);
  assert.match(status.stdout, WARNING);
  assert.equal(status.stdout.match(/BCP-01 recovery-test/g)?.length, 1, "said once");
  const files = unpacked(
    join(place.folder, "company/packages/short-window_2026-04-01_2026-06-30.zip"),
    join(place.folder, "package"),
  );
  const page = files.text("controls/BCP-01.html").replaceAll(/\s+/g, " ");
  assert.match(page, /Nothing falls due in the window, so operation was not tested\./);
  assert.match(
    files.text("controls/INC-01.html").replaceAll(/\s+/g, " "),
    /It did not occur: the population is empty, its read complete and reconciled/,
  );
  assert.match(files.text("index.html").replaceAll(/\s+/g, " "), WARNING);
});
