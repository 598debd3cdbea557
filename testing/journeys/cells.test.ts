/** One control with every state: on the screen, as JSON, in the package's pages and in its data, cell by cell the same. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { cellOf } from "../../apps/cli/src/screen/shapes.ts";
import {
  occurrenceStates,
  type Counts,
  type Occurrence,
  type OccurrenceState,
  type Summary,
} from "../../packages/assessment/src/index.ts";
import { shownState, stateShapes } from "../../packages/documents/src/html/shapes.ts";
import { controlYaml, HOME, programYaml, recordYear, steps } from "./monthly-control.ts";
import { setClock } from "./sample-company.ts";
import { newPlace, unpacked, type Place, type Unpacked } from "./support.ts";

let place: Place;
let files: Unpacked;
let summary: Summary;

before(async () => {
  place = newPlace("cells");
  const window = ["--from", "2025-07-01", "--through", "2026-06-30"];
  assert.equal((await place.run("init", ...window, ...HOME)).status, 0);
  place.write("company/countersign/program.yaml", programYaml);
  place.write("company/countersign/controls/OWN-01.yaml", controlYaml);
  place.write(
    "company/countersign/people.yaml",
    'people:\n  - { handle: ada, name: Ada Lime, identities: ["email:ada@monthly.example"] }\n',
  );
  setClock(place, "company", Date.parse("2025-06-20T15:00:00Z"));
  await place.keepServer("company");
  await recordYear(place);
  ({ summary } = await place.json<{ summary: Summary }>("assess", ...HOME));
  assert.equal((await place.run("package", "create", "--out", "cells.zip", ...HOME)).status, 0);
  files = unpacked(join(place.folder, "cells.zip"), join(place.folder, "unpacked"));
});
after(() => place.remove());

/** "35 missed": how many. Weeks that hold none of a state are left out. */
type Cells = ReadonlyMap<string, number>;

const cellsOfWeeks = (weeks: readonly Counts[]): Cells =>
  new Map(
    weeks.flatMap((week, i) =>
      occurrenceStates.flatMap((state) => (week[state] > 0 ? [[`${i} ${state}`, week[state]] as const] : [])),
    ),
  );

/** From the steps and a calendar alone: a month stands in the week, Monday to Sunday, of its last day. */
function expected(): Cells {
  const day = 86_400_000;
  const monday = (time: number) => time - ((new Date(time).getUTCDay() + 6) % 7) * day;
  const first = monday(Date.UTC(2025, 6, 1));
  return new Map(
    [...new Map(steps.map((step) => [step.month, step.state]))].map(([month, state]) => {
      const [year = 0, number = 0] = month.split("-").map(Number);
      const week = (monday(Date.UTC(year, number, 0)) - first) / (7 * day);
      return [`${week} ${state}`, 1];
    }),
  );
}

const members = (tag: string) =>
  new Map([...tag.matchAll(/data-([a-z]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]));

/** The cells that a page draws for an activity or, where one is named, for an attribute of it. */
function cellsOfPage(html: string, element: "td" | "use", attribute?: string): Cells {
  const cells = new Map<string, number>();
  for (const [tag] of html.matchAll(new RegExp(`<${element}\\b[^>]*>`, "g"))) {
    const data = members(tag);
    if (data.get("control") !== "OWN-01" || data.get("attribute") !== attribute) continue;
    const count = Number(data.get("count"));
    if (count > 0) cells.set(`${data.get("week")} ${data.get("state")}`, count);
  }
  return cells;
}

/** From the line a week under the control's strip. */
function cellsOfScreen(text: string, weeks: Summary["weeks"]): Cells {
  return new Map(
    [...text.matchAll(/^ {2}(\S+) through (\S+) {2}(.*)$/gm)].flatMap(([, from, , held = ""]) =>
      held.split("  ").map((words) => {
        const [glyph, count, state = ""] = words.split(" ");
        assert.equal(glyph, stateShapes[state as OccurrenceState].glyph);
        return [`${weeks.findIndex((week) => week.from === from)} ${state}`, Number(count)] as const;
      }),
    ),
  );
}

const control = (of: Pick<Summary, "controls">) => {
  const found = of.controls.find((each) => each.id === "OWN-01");
  assert.ok(found);
  return found;
};
const page = () => files.text("controls/OWN-01.html");

test("every state stands in the week that the calendar says, and in every form the same", async () => {
  const wanted = expected();
  assert.equal(wanted.size, 12);
  assert.deepEqual(new Set([...wanted.keys()].map((key) => key.split(" ")[1])), new Set(occurrenceStates));
  const map = await place.json<Summary>("map", "OWN-01", ...HOME);
  assert.deepEqual(cellsOfWeeks(control(map).weeks), wanted, "map --json");
  assert.deepEqual(cellsOfWeeks(control(summary).activities[0]?.weeks ?? []), wanted, "assess --json");
  const data = JSON.parse(files.text("data/summary.json")) as Summary;
  assert.deepEqual(cellsOfWeeks(control(data).weeks), wanted, "data/summary.json");
  const screen = (await place.run("map", "OWN-01", ...HOME)).stdout;
  assert.deepEqual(cellsOfScreen(screen, map.weeks), wanted, "map");
  assert.deepEqual(cellsOfPage(page(), "td"), wanted, "controls/OWN-01.html");
  assert.deepEqual(cellsOfPage(files.text("index.html"), "use"), wanted, "index.html");
  const strip = /^OWN-01 {2}(.{53})/m.exec(screen)?.[1] ?? "";
  const glyphs = [...strip].flatMap((glyph, week) => (glyph === " " ? [] : [`${week} ${glyph}`]));
  const drawn = [...wanted.keys()].map((key) => {
    const [week, state] = key.split(" ");
    return `${week} ${stateShapes[state as OccurrenceState].glyph}`;
  });
  assert.deepEqual(glyphs, drawn, "the strip");
});

test("the attribute's cells are the same in the data and on the page", () => {
  const states = ["operated", "deviated", "unknown", "not-applicable"] as const;
  const weeks = control(summary).activities[0]?.attributes[0]?.weeks ?? [];
  const cells = new Map(
    weeks.flatMap((week, i) =>
      states.flatMap((state, n) => ((week[n] ?? 0) > 0 ? [[`${i} ${state}`, week[n] ?? 0] as const] : [])),
    ),
  );
  assert.equal(
    [...cells.values()].reduce((sum, count) => sum + count, 0),
    9,
  );
  assert.deepEqual(cellsOfPage(page(), "td", "complete"), cells);
});

test("one altered cell makes the comparison fail", () => {
  const altered = page().replace(
    /(data-control="OWN-01"[^>]*data-week="\d+"\s+data-state="missed"\s+data-count=")1"/,
    '$10"',
  );
  assert.notEqual(altered, page());
  assert.throws(() => assert.deepEqual(cellsOfPage(altered, "td"), expected()));
});

test("a week that holds several states shows the same one on the screen and in the package", () => {
  const none = Object.fromEntries(occurrenceStates.map((state) => [state, 0])) as Counts;
  for (let held = 0; held < 2 ** occurrenceStates.length; held++) {
    const counts = Object.fromEntries(occurrenceStates.map((state, i) => [state, (held >> i) & 1])) as Counts;
    const { state } = shownState({ ...none, ...counts });
    assert.equal(cellOf(counts), stateShapes[state].glyph, JSON.stringify(counts));
  }
});

test("late recording is visible whatever its time rests on, and the two are told apart", () => {
  const occurrences = files
    .text("data/results/part-00000.ndjson")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { item: Occurrence }).item)
    .filter((each) => each.control === "OWN-01");
  const of = (id: string) => occurrences.find((each) => each.id === id);
  assert.deepEqual(
    ["2025-12", "2026-01", "2026-04"].map((id) => [
      of(id)?.performed?.provenance,
      of(id)?.recordedLate ?? false,
    ]),
    [
      ["source", true],
      ["asserted", true],
      ["source", false],
    ],
  );
  assert.equal(of("2025-10")?.due, "2025-11-13T04:59:59.999Z", "after the end of summer time, and a holiday");
  assert.equal(of("2026-02")?.due, "2026-03-11T03:59:59.999Z", "after its beginning");
  // Of two performances the first counts; the second cures nothing.
  assert.equal(of("2026-04")?.performed?.at, "2026-05-04T14:00:00Z");
  const row = (id: string) => new RegExp(`<tr data-occurrence="${id}">[^]*?</tr>`).exec(page())?.[0] ?? "";
  assert.match(row("2025-12"), /recorded late/);
  assert.match(row("2026-01"), /recorded late/);
  assert.doesNotMatch(row("2026-04"), /recorded late/);
  assert.match(row("2025-07"), /the log was moved that month[^]*Ada Lime/);
  const rest = (id: string) => row(id).replaceAll(/\s+/g, " ");
  assert.match(rest("2026-01"), /a typed date/);
  assert.match(rest("2025-12"), /the source's time|the source’s time|the source&#39;s time/);
});

test("a log of invented records stays one: its company cannot be declared real", async () => {
  const records = () => place.read("company/countersign/checkpoints/newest").split("\n")[1];
  const before = records();
  place.write("company/countersign/program.yaml", programYaml.replace("sampleData: true\n", ""));
  const words = await place.refused("assess", ...HOME);
  assert.match(words, /this log was begun with invented records, and the program no longer says so/);
  place.write("company/countersign/program.yaml", programYaml);
  assert.equal((await place.run("status", ...HOME)).status, 0);
  assert.equal(records(), before);
});
