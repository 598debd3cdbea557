/** A real project's history, as its stranger would try it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Summary } from "../../packages/assessment/src/index.ts";
import { golangStream, importRepository, newPlace, noFixtures, type Place } from "./support.ts";

type Started = {
  readonly summary: Summary;
  readonly package: { readonly path: string };
  readonly verdict: { readonly intact: boolean };
};

let place: Place;
const repository = () => join(place.folder, "golang-tools");

before(() => {
  place = newPlace("history");
  if (noFixtures === false) importRepository(repository(), readFileSync(golangStream));
});
after(() => place.remove());

const start = (repo: string, from: string, through: string, workspace: string) =>
  place.json<Started>(
    "start",
    "--repo",
    repo,
    "--from",
    from,
    "--through",
    through,
    "--workspace",
    workspace,
  );

const changes = (started: Started) => {
  const activity = started.summary.controls.find((control) => control.id === "CHG-01")?.activities[0];
  assert.ok(activity);
  return {
    count: activity.expected,
    attributes: Object.fromEntries(
      activity.attributes.map((each) => [each.id, [each.operated, each.deviated, each.unknown]]),
    ),
  };
};
const deviated = (started: Started) => started.summary.deviations.map((each) => each.occurrence).sort();

test(
  "a year of golang/tools reads as 819 changes, two of them reviewed only by their author",
  { skip: noFixtures },
  async () => {
    const started = await start(repository(), "2025-07-01", "2026-06-30", "year");
    assert.deepEqual(changes(started), {
      count: 819,
      attributes: {
        "approved-by-another": [817, 2, 0],
        "approved-before-merge": [0, 0, 819],
        "approved-revision": [0, 0, 819],
        "checks-passed": [805, 0, 14],
      },
    });
    assert.deepEqual(deviated(started), [
      "28fe64decdf21ae65efd270dc74f091b95801c12",
      "5b00e2a5c8cd73f79c2c09282b094a693c575f8b",
    ]);
    const [use] = started.summary.populations;
    assert.equal(use?.completeness.state, "not-shown");
    assert.equal(started.verdict.intact, true);
    // Nothing makes deploys out of commits.
    assert.ok(started.summary.populations.every((each) => each.kind === "change"));
  },
);

test(
  "explain shows a deviation from its raw bytes to its result, and a control's fourteen unknown items",
  { skip: noFixtures },
  async () => {
    const explained = await place.run("explain", "28fe64decd", "--workspace", "year");
    assert.equal(explained.status, 0, explained.stderr);
    for (const words of [
      "approved by another person: deviated: reviewed only by its author",
      "a commit trailer has no time",
      "Reviewed-by: Alan Donovan <adonovan@google.com>",
      "leaf 120 of 819",
    ])
      assert.ok(explained.stdout.includes(words), words);
    const control = await place.run("explain", "CHG-01", "--workspace", "year");
    const unknown = control.stdout.split("\n").filter((line) => line.includes("it carries TryBot-Bypass"));
    assert.equal(unknown.length, 14);
    assert.equal(unknown.filter((line) => /(\S+ \S+) {2}unknown.*TryBot-Bypass by \1/.test(line)).length, 10);
  },
);

test(
  "the first screen keeps to the figures and says what it does not prove",
  { skip: noFixtures },
  async () => {
    const { stdout, status } = await place.run("start", "--workspace", "year");
    assert.equal(status, 0);
    for (const words of [
      "819 changes",
      "nothing left this machine",
      "one source only",
      "817         2         0",
      "no witness, no time stamp",
      "does not show",
    ])
      assert.ok(stdout.includes(words), words);
    assert.ok(stdout.split("\n").length <= 32, `${stdout.split("\n").length} lines`);
    assert.doesNotMatch(stdout, /compliant|certified/i);
  },
);

test(
  "moving the window by a day moves exactly the commits of the days at its ends",
  { skip: noFixtures },
  async () => {
    const committed = (day: string) =>
      readFileSync(golangStream, "utf8")
        .matchAll(/^committer .* (\d+) [+-]\d{4}$/gm)
        .map((match) => new Date(Number(match[1]) * 1000).toISOString().slice(0, 10))
        .filter((date) => date === day)
        .toArray().length;
    const moved = changes(await start(repository(), "2025-07-02", "2026-07-01", "moved"));
    assert.equal(moved.count, 819 - committed("2025-07-01") + committed("2026-07-01"));
    assert.ok(committed("2025-07-01") + committed("2026-07-01") > 0);
  },
);

/** The stream's commits, each a block of text, from the first to the last. */
function blocks(stream: string): string[] {
  return stream.split(/^(?=commit refs\/heads\/main$)/m);
}

test(
  "on a copy with commits dropped and reviewers altered, exactly those are gone and exactly those deviate",
  { skip: noFixtures },
  async () => {
    const all = blocks(readFileSync(golangStream, "latin1"));
    const markOf = (block: string) => /^mark (:\d+)$/m.exec(block)?.[1] ?? "";
    const inWindow = (block: string) => {
      const at = Number(/^committer .* (\d+) [+-]\d{4}$/m.exec(block)?.[1]) * 1000;
      return at >= Date.parse("2025-07-01T00:00:00Z") && at < Date.parse("2026-07-01T00:00:00Z");
    };
    const eligible = all.filter((block) => inWindow(block) && /^Reviewed-by: /m.test(block));
    const dropped = new Set([40, 300, 301, 702].map((i) => markOf(eligible[i] ?? "")));
    const altered = new Set([10, 200, 555].map((i) => markOf(eligible[i] ?? "")));
    const titles: string[] = [];
    let previous: string | undefined;
    const rebuilt = all.flatMap((block) => {
      if (dropped.has(markOf(block))) return [];
      let text = block;
      if (previous !== undefined) text = text.replace(/^from :\d+$/m, `from ${previous}`);
      previous = markOf(block);
      if (!altered.has(markOf(block))) return [text];
      const author = /^author (.*<.*>) \d+/m.exec(text)?.[1] ?? "";
      const [head = "", size = "0", body = ""] = text.split(/^data (\d+)\n/m);
      const message = body.slice(0, Number(size)).replaceAll(/^Reviewed-by: .*$/gm, `Reviewed-by: ${author}`);
      titles.push(message.split("\n")[0] ?? "");
      return [`${head}data ${Buffer.byteLength(message, "latin1")}\n${message}${body.slice(Number(size))}`];
    });
    const copy = join(place.folder, "copy");
    importRepository(copy, Buffer.from(rebuilt.join(""), "latin1"));
    const started = await start(copy, "2025-07-01", "2026-06-30", "copied");
    assert.equal(changes(started).count, 819 - 4);
    const found = started.summary.deviations.map((each) => each.title).sort();
    const known = [
      "go/analysis/passes/modernize: atomic: use new atomic types",
      "gopls/internal/filewatcher: add poll-based watcher",
    ];
    assert.deepEqual(found, [...titles, ...known].sort());
  },
);

test("another project's trailers are named on the command line, and a history without any makes the attribute unknown", async () => {
  const stream = (trailer: string) =>
    ["Ann Author <ann@made-up.example>", "Bea Builder <bea@made-up.example>"]
      .map((author, i) => {
        const message = `change ${i}\n\n${trailer}\n`;
        return `commit refs/heads/main\nmark :${i + 1}\nauthor ${author} ${1_760_000_000 + i * 1000} +0000\ncommitter ${author} ${1_760_000_000 + i * 1000} +0000\ndata ${message.length}\n${message}${i > 0 ? `from :${i}\n` : ""}\n`;
      })
      .join("");
  importRepository(join(place.folder, "other"), stream("Okayed: Bea Builder <bea@made-up.example>"));
  const run = (...more: string[]) =>
    place.json<Started>(
      "start",
      "--repo",
      "other",
      "--from",
      "2025-10-01",
      "--through",
      "2025-10-31",
      ...more,
    );
  const without = changes(await run("--workspace", "plain"));
  assert.deepEqual(without.attributes["approved-by-another"], [0, 0, 2]);
  const named = changes(await run("--approval-trailer", "Okayed", "--workspace", "named"));
  assert.deepEqual(named.attributes["approved-by-another"], [1, 1, 0]);
});
