import assert from "node:assert/strict";
import { test } from "node:test";
import { parse as parseCsv } from "csv-parse/sync";
import fc from "fast-check";
import { parse as parseYaml } from "yaml";
import { addDays, digestOf, parseInstant, type LocalDate, type TimeZone } from "@countersign/kernel";
import { itemKindOf } from "@countersign/records";
import { SAMPLE_MARK } from "./company.ts";
import { generateSample, type SampleCompany } from "./generate.ts";
import { plantedFacts } from "./planted.ts";
import { DEFAULT_OPTIONS, defaultSample, textOf } from "./test-support/default-sample.ts";

const fingerprint = (sample: SampleCompany) => [
  ...sample.files.map((file) => `${file.path} ${digestOf(file.bytes)}`),
  ...sample.repositories.map(
    (repository) => `${repository.path} ${repository.head} ${digestOf(repository.fastImport)}`,
  ),
];

test("the same seed gives the same bytes, and another seed gives other people's years", () => {
  const sample = defaultSample();
  assert.deepEqual(fingerprint(generateSample(DEFAULT_OPTIONS)), fingerprint(sample));
  const other = generateSample({ ...DEFAULT_OPTIONS, seed: 2 });
  assert.notEqual(other.repositories[0]?.head, sample.repositories[0]?.head);
  const same = other.files.filter(
    (file, index) => digestOf(file.bytes) === digestOf(sample.files[index]?.bytes ?? ""),
  );
  // What does not depend on chance stays: the program folder, the watched settings.
  const fixed = /^countersign\/|settings-reader|README/;
  assert.deepEqual(
    same.map((file) => file.path).filter((path) => !fixed.test(path) && !path.startsWith("evidence/")),
    [
      "exports/hr-leavers.csv",
      "exports/lake-lists.csv",
      "exports/lake-groups.csv",
      "exports/lake-changes.csv",
    ],
  );
});

test("the default year has the size that the scenarios speak of", () => {
  const { records } = defaultSample();
  assert.equal(records.changes.filter((change) => change.inWindow).length, 1000);
  assert.equal(records.deploys.length, 412);
  assert.equal(records.releases.length, 118);
});

test("a year costs less than three seconds of processor time", () => {
  const before = process.cpuUsage();
  generateSample({ ...DEFAULT_OPTIONS, seed: 3 });
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 3_000_000);
});

test("every file can be read by a reader of its format and says that it is sample data", () => {
  const sample = defaultSample();
  for (const { path, bytes } of sample.files) {
    const text = Buffer.from(bytes).toString("utf8");
    if (path.endsWith(".csv")) {
      const [header, ...rows] = parseCsv(text) as string[][];
      assert.equal(header?.at(-1), "Sample data", path);
      assert.ok(rows.length > 0 && rows.every((row) => row.at(-1) === "invented"), path);
    } else if (path.endsWith(".json")) {
      const pulls = JSON.parse(text) as { labels: { name: string }[] }[];
      assert.ok(
        pulls.length > 0 && pulls.every((pull) => pull.labels.some((label) => label.name === "sample-data")),
      );
    } else {
      assert.ok(text.includes(SAMPLE_MARK), path);
      if (path.endsWith(".yaml")) assert.equal(typeof parseYaml(text), "object", path);
    }
  }
  for (const repository of sample.repositories) {
    assert.equal(
      repository.fastImport
        .split("M 100644 inline ")
        .slice(1)
        .every((file) => file.includes(SAMPLE_MARK)),
      true,
    );
  }
  assert.equal(
    (parseYaml(textOf(sample, "countersign/program.yaml")) as { sampleData: boolean }).sampleData,
    true,
  );
});

test("every address and host ends in .example, and no company or product of the real world is named", () => {
  const sample = defaultSample();
  const all = [
    ...sample.files.map((file) => [file.path, Buffer.from(file.bytes).toString("utf8")] as const),
    ...sample.repositories.map((repository) => [repository.path, repository.fastImport] as const),
  ];
  const real =
    /openai|anthropic|google|gemini|microsoft|azure|amazon|\baws\b|nvidia|mistral|cohere|hugging|\bmeta\b|okta|slack|datadog|pagerduty|stripe|cloudflare|dependabot|renovate|github\.com|gitlab|snyk|salesforce|oracle/i;
  for (const [path, text] of all) {
    assert.doesNotMatch(text, real, path);
    for (const [address] of text.matchAll(/[\w.+[\]-]+@[\w.-]+/g)) assert.match(address, /\.example$/, path);
    for (const [, host] of text.matchAll(/https?:\/\/([^/\s"]+)/g))
      assert.match(host ?? "", /\.example$/, path);
  }
});

type Mapping = string | { readonly column: string; readonly as?: string };
type Source = {
  readonly id: string;
  readonly connector: string;
  readonly provides: string;
  readonly file?: string;
  readonly zone?: string;
  readonly columns?: { readonly [field: string]: Mapping };
};

test("every mapping names facts of its kind and columns of its file, and holds all required facts", () => {
  const sample = defaultSample();
  const { sources } = parseYaml(textOf(sample, "countersign/sources.yaml")) as { sources: Source[] };
  const unreadable = new Set(plantedFacts(sample).unreadable.map((row) => row.item));
  const tables = sources.filter((source) => source.connector === "csv");
  assert.equal(tables.length, 27);
  for (const { id, provides, file = "", columns = {}, zone } of tables) {
    const kind = itemKindOf(provides);
    assert.ok(kind !== undefined, id);
    const all = parseCsv(textOf(sample, file.replace("../", "")), { columns: true }) as {
      [column: string]: string;
    }[];
    const rows = all.filter((row) => !unreadable.has(Object.values(row)[0] ?? ""));
    for (const [field, to] of Object.entries(columns)) {
      const { column, as } = typeof to === "string" ? { column: to, as: undefined } : to;
      const type = kind.fields[field]?.type.type;
      assert.ok(type !== undefined, `${id}: ${provides} has no fact ${field}`);
      for (const row of rows) {
        const cell = row[column];
        assert.ok(cell !== undefined, `${id} has no column ${column}`);
        if (kind.fields[field]?.required === true) assert.notEqual(cell, "", `${id}.${field}`);
        if (cell === "") continue;
        if (type === "bool") assert.match(cell, /^(yes|no)$/, `${id}.${field}`);
        else if (type === "person") assert.equal(as, "email", `${id}.${field}`);
        else if (type === "timestamp" && as === undefined)
          assert.ok(parseInstant(cell).ok, `${id}.${field}: ${cell}`);
        else if (type === "timestamp")
          assert.ok(zone !== undefined && /^\d{4}-\d\d-\d\d$/.test(cell), `${id}.${field}`);
      }
    }
    for (const [field, { required }] of Object.entries(kind.fields)) {
      if (required) assert.ok(columns[field] !== undefined, `${id} does not map ${field}`);
    }
    const ids = rows.map((row) => row[typeof columns.id === "string" ? columns.id : ""]);
    assert.equal(new Set(ids).size, ids.length, `${id} has an id twice`);
  }
});

test("everyone whom a list names by address or login stands in people.yaml under that identity", () => {
  const sample = defaultSample();
  const people = parseYaml(textOf(sample, "countersign/people.yaml")) as {
    people: { identities: string[] }[];
    bots: { identities: string[] }[];
  };
  const known = new Set([...people.people, ...people.bots].flatMap((one) => one.identities));
  for (const { path, bytes } of sample.files) {
    if (!path.startsWith("exports/")) continue;
    const text = Buffer.from(bytes).toString("utf8");
    for (const [address] of text.matchAll(/[\w.+[\]-]+@[\w.-]+\.example/g)) {
      assert.ok(known.has(`email:${address}`), `${path}: ${address}`);
    }
    for (const [, login] of text.matchAll(/"login":"([^"]+)"/g))
      assert.ok(known.has(`github:${login}`), `${path}: ${login}`);
  }
  for (const { fastImport } of sample.repositories) {
    for (const [, address] of fastImport.matchAll(/^(?:author|committer) .*<(.*)>/gm)) {
      assert.ok(known.has(`email:${address}`), address);
    }
  }
});

test("other windows and zones give whole companies too, and what cannot be told is refused", () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer(),
        first: fc.integer({ min: -2000, max: 2000 }),
        days: fc.integer({ min: 30, max: 420 }),
        zone: fc.constantFrom(
          "UTC",
          "Europe/Berlin",
          "Asia/Kathmandu",
          "Pacific/Auckland",
          "America/Santiago",
        ),
        changes: fc.integer({ min: 50, max: 90 }),
      }),
      ({ seed, first, days, zone, changes }) => {
        const from = addDays("2025-01-01" as LocalDate, first);
        const sample = generateSample({
          seed,
          from,
          through: addDays(from, days - 1),
          zone: zone as TimeZone,
          changes,
        });
        const facts = plantedFacts(sample);
        assert.equal(sample.records.changes.filter((change) => change.inWindow).length, changes);
        assert.ok(facts.deviatedChanges.length >= 9);
        for (const activity of facts.perItem) {
          const { owed, operated, deviated, unknown, notDue } = activity;
          assert.equal(operated + deviated + unknown + notDue.length, owed);
        }
      },
    ),
    { numRuns: 12 },
  );
  assert.throws(() => generateSample({ ...DEFAULT_OPTIONS, changes: 10 }), RangeError);
  assert.throws(() => generateSample({ ...DEFAULT_OPTIONS, through: "2025-07-05" as LocalDate }), RangeError);
});
