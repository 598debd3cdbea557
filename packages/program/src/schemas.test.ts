import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { criterionIds, initialProgram, publishedSchemas, schemaFiles } from "./index.ts";
import { catalogFiles, parsed, starter, told } from "./test-support/files.ts";
import { satisfies } from "./validate.ts";

const folder = fileURLToPath(new URL("../schema/", import.meta.url));

test("the published schemas are those that validate", () => {
  if (process.env.UPDATE_SCHEMAS === "1")
    for (const [name, schema] of Object.entries(publishedSchemas))
      writeFileSync(folder + name, `${JSON.stringify(schema, undefined, 2)}\n`);
  assert.deepEqual(readdirSync(folder).sort(), Object.keys(publishedSchemas).sort());
  for (const [name, schema] of Object.entries(publishedSchemas))
    assert.deepEqual(
      JSON.parse(readFileSync(folder + name, "utf8")),
      schema,
      `${name} is out of date: run this test once with UPDATE_SCHEMAS=1`,
    );
});

test("each published schema is a schema of the draft that it names", () => {
  const ajv = new Ajv2020({ discriminator: true });
  for (const [name, schema] of Object.entries(publishedSchemas)) {
    assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema", name);
    assert.ok(ajv.validateSchema(schema), `${name}: ${ajv.errorsText()}`);
  }
});

/** A folder that uses every key of the format. */
const full: { readonly [path: string]: string } = {
  "program.yaml": `
organization: { id: lumen-sample, name: "Lumen Inference (sample)" }
sampleData: true
window: { from: 2025-07-01, through: 2026-06-30, zone: America/New_York }
categories: [security, availability, confidentiality]
holidays: [2025-11-27, 2025-07-04]
controls: { adopt: all }
notRelevant: [{ criterion: CC6.4, reason: "all machines stand at a provider, and there is no office" }]
subservice: [{ criterion: A1.2, organization: "Example Cloud" }]
`,
  "people.yaml": `
people:
  - { handle: ada, name: Ada Example, identities: ["email:Ada@lumen.example", "github:ada-l"], role: engineer, from: 2024-02-01 }
  - { handle: bob, identities: ["email:bob@lumen.example"], through: 2026-01-31 }
bots:
  - { handle: merge-bot, name: Merge Bot, identities: ["github:merge-bot[bot]", "email:bot@lumen.example"] }
`,
  "sources.yaml": `
sources:
  - id: history
    connector: git
    provides: change
    repositories: [{ name: api, path: ../repositories/api, branches: [main] }]
    approvals: { trailers: [Reviewed-by], whenAbsent: unknown }
  - { id: reviews, connector: github, provides: change, files: [../exports/pulls.json] }
  - { id: deploys, connector: csv, provides: deploy, file: ../exports/deploys.csv, columns: { id: Id } }
  - { id: pipeline, connector: csv, provides: deploy, file: ../exports/pipeline.csv, columns: { id: Id } }
  - { id: hr-leavers, connector: csv, provides: leaver, file: ../exports/leavers.csv, columns: { id: Employee id } }
gaps:
  - { source: hr-leavers, from: 2025-11-03, through: 2025-11-11, reason: "the export job was off" }
populations:
  - kind: change
    from: history
    join: [{ source: reviews, key: revision, unmatched: { approvals: [], checks: [], direct: true } }]
    reconcile: [{ source: reviews, key: revision }]
  - { kind: deploy, from: deploys, reconcile: [{ source: pipeline, key: revision }] }
`,
  "controls/IAM-03.yaml": `
id: IAM-03
owner: ada
versions:
  - from: 2025-07-01
    statement: "A leaver's access to every system is removed within 5 days of the end of employment."
    activities:
      - id: removal
        kind: per-item
        title: Removal of a leaver's access
        population: leaver
        where: 'leaver.endedAt > timestamp("2025-01-01T00:00:00Z")'
        termHours: 120
        evidence: The HR system's list beside the time of removal.
        attributes:
          - id: removed-in-time
            label: removed within 5 days
            words: "within 5 days of the end of employment"
            expression: 'leaver.accessRemoved ? leaver.accessRemovedAt <= leaver.endedAt + duration("120h") : false'
  - from: 2025-11-01
    statement: "A leaver's access to every system is removed within 24 hours of the end of employment."
    ownerRole: head of security
    owner: bob
    activities:
      - id: removal
        kind: per-item
        title: Removal of a leaver's access
        population: leaver
        termHours: 24
        evidence: The HR system's list beside the time of removal.
        attributes:
          - id: removed-in-time
            label: removed within 24 hours
            words: "within 24 hours of the end of employment"
            expression: 'leaver.accessRemoved ? leaver.accessRemovedAt <= leaver.endedAt + duration("24h") : false'
            causes: [{ when: '!leaver.accessRemoved', say: access is still active }]
  - { from: 2026-03-01, retired: true }
`,
  "controls/BCP-01.yaml": `
id: BCP-01
title: Backups
withoutActivities: [scheduled]
statement: "Of the nightly backups a failed run is handled within 24 hours, and once a year recovery, that of model artefacts included, is tested and meets its targets."
`,
  "controls/OWN-1.yaml": `
id: OWN-1
title: Prompt logs are redacted
statement: "Every prompt log is redacted, and every fiscal quarter the redaction is checked."
criteria: [CC6.1, C1.1]
ownerRole: head of data
procedure: Look at a part of the logs.
activities:
  - id: redaction
    kind: state
    title: Redaction on
    population: configuration
    where: 'configuration.setting == "redaction"'
    coversHours: 26
    evidence: Observations of the setting.
    attributes: [{ id: redacted, label: redacted, words: is redacted, expression: 'configuration.value == "on"' }]
  - id: check
    kind: periodic
    title: Check
    every: quarter
    anchor: "02-01"
    due: { days: 3, calendar: business }
    evidence: The record of the check.
    attributes: [{ id: done, label: done, words: the redaction is checked, expression: 'performance.documents > 0' }]
`,
};

test("a folder that uses every key of the format is read", () => {
  assert.equal(told(full), "");
  const { program, people } = parsed(full);
  assert.equal(program.sources.length, 5);
  assert.equal(people.length, 3);
});

const schemaOf = (path: string): string =>
  path.startsWith("controls/") ? "control.schema.json" : path.replace(".yaml", ".schema.json");

type Mutation = { readonly words: string; readonly change: (value: unknown) => unknown };
const mutations: readonly Mutation[] = [
  { words: "null", change: () => null },
  { words: "a number", change: () => 7 },
  { words: "an empty text", change: () => "" },
  { words: "a list", change: (value) => [value] },
  { words: "another key", change: (value) => (isObject(value) ? { ...value, extra: 1 } : value) },
  {
    words: "one key less",
    change: (value) => (isObject(value) ? Object.fromEntries(Object.entries(value).slice(1)) : value),
  },
];

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every value inside a value, each with what puts another in its place. */
function* places(value: unknown): Generator<(change: Mutation["change"]) => unknown> {
  yield (change) => change(value);
  if (Array.isArray(value))
    for (const [index, each] of value.entries())
      for (const put of places(each)) yield (change) => value.with(index, put(change));
  else if (isObject(value))
    for (const [key, each] of Object.entries(value))
      for (const put of places(each)) yield (change) => ({ ...value, [key]: put(change) });
}

test("what a schema refuses is refused, and no file that is refused for its form slips through", () => {
  let refused = 0;
  for (const [path, text] of Object.entries(full)) {
    const schema = publishedSchemas[schemaOf(path)];
    assert.ok(schema, path);
    const value: unknown = parse(text);
    assert.ok(satisfies(value, schema), path);
    for (const put of places(value))
      for (const { words, change } of mutations) {
        const changed = put(change);
        if (satisfies(changed, schema)) continue;
        refused += 1;
        // JSON is YAML.
        const said = told({ [path]: JSON.stringify(changed) });
        assert.notEqual(said, "", `${path} with ${words}: ${JSON.stringify(changed)}`);
        assert.match(said, new RegExp(`where {2}countersign/${path}:\\d+:\\d+`));
        assert.match(said, /next {3}/);
      }
  }
  assert.ok(refused > 500, `${refused} mutations were refused`);
});

test("the catalog's own files follow the schema that their editors complete from", () => {
  const schema = publishedSchemas["catalog-control.schema.json"];
  assert.ok(schema);
  for (const { path, text } of catalogFiles().filter((file) => file.path.includes("/controls/"))) {
    assert.ok(satisfies(parse(text), schema), path);
    assert.match(
      text,
      /^# yaml-language-server: \$schema=\.\.\/\.\.\/packages\/program\/schema\/catalog-control\.schema\.json\n/,
    );
  }
});

test("an editor is offered the criteria and the kinds of item by name", () => {
  const text = JSON.stringify(publishedSchemas["control.schema.json"]);
  for (const id of criterionIds) assert.ok(text.includes(`"${id}"`), id);
  assert.ok(text.includes('"access-grant"') && text.includes('"privacy-request"'));
});

test("the schema lines of a new folder name files that come with it", () => {
  const files = initialProgram({
    organization: { id: "example", name: "Example" },
    window: parsed({}).program.window,
    categories: ["security"],
    sources: [],
    catalog: starter(),
  });
  const paths = files.map((file) => file.path);
  for (const file of schemaFiles()) assert.ok(paths.includes(file.path), file.path);
  for (const { text } of files) {
    const named = /^# yaml-language-server: \$schema=(.*)$/m.exec(text)?.[1];
    if (named !== undefined) assert.ok(paths.includes(named), named);
  }
});
