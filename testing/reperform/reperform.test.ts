/** The Python script against the assessor: two programs that share no code must find the same. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createAssessor, draw, resultLine, seedOf, type SeedParts } from "@countersign/assessment";
import { canonicalJson, epochOf, type Instant, type JsonObject } from "@countersign/kernel";
import { erasedLine, lineLeaf, parseCheckpointUnsafe } from "@countersign/ledger";
import { itemResultSalt, occurrenceResultSalt } from "@countersign/package-format";
import type { Activity, ControlVersion, Program } from "@countersign/program";
import type { ItemLine, PersonId, PopulationBody } from "@countersign/records";
import {
  lineOf,
  tellStory,
  window,
  type Company,
  type Recorded,
} from "../../packages/verify/src/testing/company.ts";
import { contentsOf, packed, seal, zipOf, type Files } from "../../packages/verify/src/testing/pack.ts";
import { needsTool } from "../outside-tools.ts";

const script = join(import.meta.dirname, "reperform.py");
const folder = mkdtempSync(join(tmpdir(), "reperform-"));
after(() => rmSync(folder, { recursive: true }));

type Report = {
  readonly populations: readonly { readonly count: number }[];
  readonly erasedItems: number;
  readonly activities: readonly JsonObject[];
  readonly deviations: readonly {
    readonly attribute: string;
    readonly item: string;
    readonly cause: string;
  }[];
  readonly draws: readonly { readonly items?: readonly string[] }[];
  readonly notRecomputed: readonly { readonly activity: string; readonly why: string }[];
  readonly differences: readonly { readonly where: string; readonly what: string }[];
};

let packages = 0;
function reperform(files: Files): { readonly status: number | null; readonly report: Report } {
  const path = join(folder, `${packages++}.zip`);
  writeFileSync(path, zipOf(files));
  const done = spawnSync("python3", [script, path], { encoding: "utf8" });
  assert.notEqual(done.stdout, "", done.stderr);
  return { status: done.status, report: JSON.parse(done.stdout) as Report };
}

/** The rules of the catalog's first change control, and as many shapes of rules as fit beside them. */
const rules: { readonly [id: string]: string } = {
  "approved-by-another": "change.approvals.exists(a, a.person != change.author && !a.bot)",
  "approved-before-merge":
    "change.approvals.exists(a, a.person != change.author && !a.bot && a.at <= change.mergedAt)",
  "approved-revision":
    "change.approvals.exists(a, a.person != change.author && !a.bot && a.revision == change.headRevision)",
  "checks-passed":
    'size(change.checks) > 0 && change.checks.all(c, c.outcome == "passed" || c.outcome == "skipped")',
  soon: 'change.approvals.exists_one(a, change.mergedAt - a.at < duration("1h30m"))',
  chosen: "change.emergency ? size(change.tickets) > 0 : change.approvals.filter(a, !a.bot).size() >= 1",
  named: '"T-1" in change.tickets || change.title.startsWith("change 1") || !has(change.headRevision)',
  sums: "size(change.tickets) * 7 % 3 - 2 / 1 < 0 && [1, 2].map(n, n + 1).all(n, n > 1)",
  late: 'change.mergedAt + duration("-24h") < timestamp("2026-02-14T12:00:00.5Z")',
};

const causes = [
  { when: "size(change.approvals) == 0", say: "no approval recorded" },
  { when: "change.approvals.all(a, a.person == change.author)", say: "reviewed only by its author" },
];

function perItem(id: string, more: JsonObject): Activity {
  const attributes = Object.entries(rules).map(([attribute, expression]) => ({
    id: attribute,
    label: attribute,
    words: attribute,
    expression,
    causes,
  }));
  return {
    kind: "per-item",
    id,
    title: id,
    evidence: "-",
    population: "change",
    attributes,
    ...more,
  } as Activity;
}

function control(
  id: string,
  version: number,
  activities: readonly Activity[],
  more: JsonObject,
): ControlVersion {
  const base = { id, version, title: id, statement: id, criteria: ["CC8.1"], ownerRole: "-", procedure: "-" };
  return { ...base, activities, ...more } as ControlVersion;
}

const program: Program = {
  format: "countersign-program-1",
  organization: { id: "acme", name: "acme Inc." },
  sampleData: true,
  window,
  categories: ["security"],
  holidays: [],
  catalog: "c",
  controls: [
    control("CHG-01", 1, [perItem("change", {})], { effectiveThrough: "2026-02-14" }),
    control("CHG-01", 2, [perItem("change", { termHours: 48 })], { effectiveFrom: "2026-02-15" }),
    control("CHG-02", 1, [perItem("emergency", { where: "change.emergency" })], {}),
    control(
      "GOV-01",
      1,
      [
        {
          kind: "periodic",
          id: "meeting",
          title: "m",
          evidence: "-",
          attributes: [],
          every: "month",
          due: { days: 5, calendar: "calendar" },
        },
      ],
      {},
    ),
  ],
  sources: [],
  populations: [],
  notRelevant: [],
  subservice: [],
};

/** A small generator of its own: the same 400 changes on every run, with facts missing here and there. */
function changes(): string[] {
  let state = 12345;
  const below = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % n;
  };
  const at = (minutes: number) =>
    new Date(Date.UTC(2026, 0, 1) + minutes * 60_000 + below(2) * 500).toISOString().replace(".000Z", "Z");
  return Array.from({ length: 400 }, (_, i) => {
    const merged = i * 340 - 600;
    const approvals = Array.from({ length: below(3) }, () => ({
      person: `p_${below(3)}`,
      bot: below(5) === 0,
      via: "review",
      ...(below(4) > 0 ? { at: at(merged + below(200) - 180) } : {}),
      ...(below(4) > 0 ? { revision: `r${below(2)}` } : {}),
    }));
    const checks = Array.from({ length: below(3) }, () => ({
      name: "ci",
      outcome: ["passed", "passed", "failed", "skipped"][below(4)] ?? "",
    }));
    const item = {
      id: `c${String(i).padStart(3, "0")}${below(9) === 0 ? "é" : ""}`,
      repository: "api",
      branch: "main",
      revision: `rev${i}`,
      title: `change ${i}`,
      author: `p_${below(3)}`,
      authorIsBot: false,
      mergedAt: at(merged),
      ...(below(6) > 0 ? { approvals } : {}),
      ...(below(6) > 0 ? { checks } : {}),
      ...(below(3) > 0 ? { headRevision: `r${below(2)}` } : {}),
      ...(below(3) > 0 ? { emergency: below(4) === 0 } : {}),
      ...(below(3) > 0 ? { tickets: ["T-1", "T-2"].slice(below(3)) } : {}),
    };
    const line = lineOf(item, "changes", []);
    return i === 17 ? erasedLine(lineLeaf(Buffer.from(line))) : line;
  });
}

const asOf = "2026-03-20T12:00:00Z" as Instant;
const notApplicable = {
  control: "CHG-01",
  activity: "change",
  occurrence: "c020",
  reason: "a test of the pipeline",
  approver: "p_9" as PersonId,
};

/** What the assessor says of the lines, sealed as the application seals it. */
function assess(items: readonly string[], population: Recorded<PopulationBody>) {
  const { body, record } = population;
  const assessor = createAssessor({
    program,
    mode: "window",
    asOf: epochOf(asOf),
    populations: [
      {
        use: {
          population: body.population,
          record,
          source: body.source,
          kind: body.kind,
          count: body.items.count,
          root: body.items.root,
          extraction: body.extraction,
          completeness: { state: "not-shown", reason: "one source" },
          frozen: true,
          warnings: [],
        },
        covers: { start: epochOf(body.covers.start), end: epochOf(body.covers.end) },
        lacks: [],
      },
    ],
    performances: [],
    gaps: [],
    notApplicable: [{ record: "rec_na", recordedAt: epochOf(asOf), body: notApplicable }],
    exceptions: [],
    responses: [],
    withdrawals: [],
    recordedAfterWindow: 0,
  });
  const results: string[] = [];
  for (const text of items) {
    const line = JSON.parse(text) as ItemLine;
    for (const occurrence of assessor.feed(record, line))
      results.push(`{"item":${resultLine(occurrence)},"salt":"${itemResultSalt(line)}"}`);
  }
  const { summary } = assessor.finish((occurrence) => {
    results.push(`{"item":${resultLine(occurrence)},"salt":"${occurrenceResultSalt(occurrence)}"}`);
  });
  return { results, summary };
}

function drawTwice(
  company: Company,
  population: Recorded<PopulationBody>,
  frozen: string,
  ids: readonly string[],
): void {
  const placeOf = (id: string) => company.records.findIndex((each) => each.includes(`"id":"${id}"`));
  const checkpoint = parseCheckpointUnsafe(company.checkpoint(placeOf(frozen) + 1));
  assert.ok(checkpoint.ok);
  const { origin, size, root } = checkpoint.value;
  const parts: SeedParts = {
    origin,
    checkpointSize: size,
    checkpointRoot: Buffer.from(root).toString("base64"),
    populationIndex: placeOf(population.record),
    populationRoot: population.body.items.root,
    count: population.body.items.count,
    nonce: "5a".repeat(32),
  };
  const hex = seedOf(parts);
  assert.ok(hex.ok);
  const body = (name: string, count: number, more: JsonObject) => {
    const items = draw(ids, hex.value, count);
    assert.ok(items.ok);
    return {
      draw: name,
      population: "git-main",
      frozen,
      method: "seeded",
      purpose: "test of approvals",
      size: count,
      seed: { ...parts, hex: hex.value },
      nonceOrigin: { kind: "typed-by-management" },
      drawnBy: "auditor",
      items: items.value,
      ...more,
    };
  };
  company.add("sample.drawn", body("draw_a", 25, {}));
  company.add("sample.drawn", body("draw_b", 40, { extends: "draw_a" }));
}

const items = changes();
const ids = items.flatMap((line) => {
  const parsed = JSON.parse(line) as ItemLine;
  return "item" in parsed ? [parsed.item.id] : [];
});
type Bent = { results: string[]; summary: { deviations: { cause: string }[] } };

function story(bend: (assessed: Bent) => void = () => {}) {
  return tellStory("acme", undefined, {
    program: canonicalJson(program),
    items,
    more: (company, population, frozen) => {
      drawTwice(company, population, frozen, ids);
      company.add("occurrence.not-applicable", notApplicable);
    },
    assess: (population) => {
      const assessed = assess(items, population);
      const bent: Bent = {
        results: assessed.results,
        summary: JSON.parse(canonicalJson(assessed.summary)) as Bent["summary"],
      };
      bend(bent);
      return { asOf, results: bent.results, summary: canonicalJson(bent.summary) };
    },
  });
}

test("a script in another language finds what the assessor found: roots, draws, results, counts, deviations", (t) => {
  if (!needsTool(t, "python3")) return;
  const { status, report } = reperform(packed(story(), { partMax: 50_000 }));
  assert.deepEqual(report.differences, []);
  assert.equal(status, 0);
  assert.equal(report.populations[0]?.count, 400);
  assert.equal(report.erasedItems, 1);
  assert.ok(report.deviations.length > 200, String(report.deviations.length));
  assert.deepEqual(
    report.draws.map((each) => each.items?.length),
    [0, 25, 40],
  );
  assert.deepEqual(
    report.notRecomputed.map((each) => each.activity),
    ["GOV-01 version 1, meeting"],
  );
  // Each rule came out each way, or the comparison would say little.
  const found = new Set(report.deviations.map((each) => each.attribute));
  for (const id of Object.keys(rules)) assert.ok(found.has(id), `${id} never deviated`);
  assert.ok(new Set(report.deviations.map((each) => each.cause)).size >= 3);
});

test("results that were altered and sealed anew with everything made to fit are named, one by one", (t) => {
  if (!needsTool(t, "python3")) return;
  const bent = story(({ results }) => {
    const at = results.findIndex(
      (line) => line.includes('"state":"deviated"') && line.includes('"version":2'),
    );
    results[at] = (results[at] ?? "").replace('"state":"deviated","title"', '"state":"operated","title"');
    results.splice(
      results.findIndex((line) => line.includes('"id":"c030"')),
      1,
    );
    results[0] = (results[0] ?? "").replace(/"salt":"./, '"salt":"x').replace("x", "0");
  });
  const { status, report } = reperform(packed(bent));
  assert.equal(status, 1);
  const words = report.differences.map((each) => each.what).join("\n");
  assert.match(words, /the package says .*"operated".* recomputed .*"deviated"/);
  assert.match(words, /recomputed, and missing in the results/);
  const silent = story(({ summary }) => {
    summary.deviations.splice(3, 1);
  });
  assert.match(reperform(packed(silent)).report.differences[0]?.what ?? "", /does not name the deviation/);
});

test("an item, a root or a draw that does not fit is named", (t) => {
  if (!needsTool(t, "python3")) return;
  const told = story();
  const path = "data/populations/git-main-v1/items-00000.ndjson";
  const item = contentsOf(told);
  item.set(
    path,
    Buffer.from(item.get(path)?.toString().replace('"title":"change 9"', '"title":"change 8"') ?? ""),
  );
  const { status, report } = reperform(seal(told, item));
  assert.equal(status, 1);
  assert.match(report.differences.map((each) => each.what).join("\n"), /^root [0-9a-f]{64} of 400 lines/m);

  const records = contentsOf(told);
  const text = records.get("ledger/records-00000.ndjson")?.toString() ?? "";
  const drawn = /"items":\["(c[^"]+)","(c[^"]+)"/.exec(text);
  assert.ok(drawn);
  const swapped = text.replace(drawn[0], `"items":["${drawn[2]}","${drawn[1]}"`);
  records.set("ledger/records-00000.ndjson", Buffer.from(swapped));
  const words = reperform(seal(told, records))
    .report.differences.map((each) => `${each.where}: ${each.what}`)
    .join("\n");
  assert.match(words, /ledger\/checkpoint: size or root/);
  assert.match(words, /draw draw_a: the items are/);
});

test("it needs nothing but Python's own library", (t) => {
  if (!needsTool(t, "python3")) return;
  for (const name of ["reperform.py", "cel.py", "merkle.py", "package.py"]) {
    const source = readFileSync(join(import.meta.dirname, name), "utf8");
    const imports = [...source.matchAll(/^(?:from|import) (\w+)/gm)].map((match) => match[1]);
    const own = [
      "base64",
      "collections",
      "datetime",
      "hashlib",
      "json",
      "re",
      "sys",
      "zipfile",
      "cel",
      "merkle",
      "package",
    ];
    for (const each of imports) assert.ok(own.includes(each ?? ""), `${name} imports ${each}`);
  }
});

test("dates of versions follow the program's zone", (t) => {
  if (!needsTool(t, "python3")) return;
  const code =
    "import sys, datetime; sys.path.insert(0, sys.argv[1]); import reperform as r; print([r.start_of(datetime.date(2026, m, d), r.zone_of('America/New_York')) for m, d in ((3, 8), (3, 9), (11, 1), (11, 2))])";
  const done = spawnSync("python3", ["-c", code, import.meta.dirname], { encoding: "utf8" });
  const expected = [
    "2026-03-08T05:00:00Z",
    "2026-03-09T04:00:00Z",
    "2026-11-01T04:00:00Z",
    "2026-11-02T05:00:00Z",
  ];
  assert.deepEqual(
    JSON.parse(done.stdout || "[]"),
    expected.map((text) => epochOf(text)),
    done.stderr,
  );
});
