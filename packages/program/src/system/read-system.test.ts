import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf, type LocalDate } from "@countersign/kernel";
import { on, systemFiles } from "../index.ts";
import { parsed, told } from "../test-support/files.ts";

// Made up.
const people = `people:
  - { handle: ada, name: Ada Example, identities: ["email:ada@example.com"] }
bots:
  - { handle: helper, identities: ["github:helper[bot]"] }
`;
const vendors = `vendors:
  - id: modelmaker
    name: Modelmaker
    owner: ada
    tier: critical
    dataSent: [customer-content]
    from: 2025-01-01
    terms: { retentionDays: 30, training: prohibited }
    changes:
      - { from: 2026-01-10, terms: { retentionDays: 0, training: prohibited } }
`;

test("a thing is read with its versions, and persons stand under opaque ids", () => {
  const { program } = parsed({ "people.yaml": people, "vendors.yaml": vendors });
  const [vendor] = program.system?.vendors ?? [];
  assert.ok(vendor);
  assert.equal(on(vendor, "2026-01-09" as LocalDate)?.terms?.retentionDays, 30);
  assert.equal(on(vendor, "2026-01-10" as LocalDate)?.terms?.retentionDays, 0);
  assert.equal(on(vendor, "2024-12-31" as LocalDate), undefined);
  assert.equal(on(vendor, "2026-01-10" as LocalDate)?.owner, "p-ada");
  assert.ok(!JSON.stringify(program).includes('"ada"'));
});

test("a folder without these files says nothing of a system, and its digest is as before", () => {
  assert.ok(!("system" in parsed({}).program));
});

test("what a file leaves out is left out, not assumed", () => {
  const { program } = parsed({
    "boundary.yaml": "components: [{ id: api, name: API, kind: software, sort: service }]\n",
  });
  assert.deepEqual(program.system?.components[0]?.versions, [
    { name: "API", kind: "software", sort: "service" },
  ]);
  assert.deepEqual(program.system?.vendors, []);
});

test("a list that is there and empty says that there are none; one that is absent says nothing", () => {
  const { program } = parsed({
    "registers.yaml": "risks: []\nincidents: []\n",
    "vendors.yaml": vendors,
    "people.yaml": people,
  });
  assert.deepEqual(program.none, ["incidents", "risks"]);
  assert.ok(!("none" in parsed({ "vendors.yaml": vendors, "people.yaml": people }).program));
});

test("an id that names nothing is told with its place and the nearest that there is", () => {
  const text = told({
    "people.yaml": people,
    "vendors.yaml": vendors,
    "models.yaml": "models:\n  - { id: chat, name: Chat, party: third, vendor: modelmakr, owner: adda }\n",
  });
  assert.match(text, /models\[1\]\.vendor` is `modelmakr`, and that is not an id of `vendors`/);
  assert.match(text, /countersign\/models\.yaml:2:51/);
  assert.match(text, /Write `modelmaker` in its place/);
  assert.match(text, /models\[1\]\.owner` is `adda`, and that is not a person of people\.yaml/);
});

test("an id that names two things where one is meant is refused", () => {
  const flow = (id: string) => ({
    "people.yaml": people,
    "vendors.yaml": vendors,
    "data.yaml": `stores: [{ id: ${id}, name: Logs, classes: [telemetry] }]
flows: [{ id: out, sender: customers, receiver: modelmaker, classes: [telemetry] }]
`,
  });
  assert.equal(told(flow("logs")), "");
  assert.match(
    told(flow("modelmaker")),
    /receiver` is `modelmaker`, and that is an id of `stores` and an id of `vendors`/,
  );
});

test("a bot answers for nothing", () => {
  assert.match(
    told({ "people.yaml": people, "vendors.yaml": vendors.replace("owner: ada", "owner: helper") }),
    /`helper`, and that is not a person of people\.yaml/,
  );
});

test("an unknown criterion cannot enter", () => {
  const risk = (criterion: string) => ({
    "registers.yaml": `risks: [{ id: leak, title: Prompts leak, criteria: [${criterion}] }]\n`,
  });
  assert.equal(told(risk("CC6.1")), "");
  for (const id of ["CC9.9", "PP1.1", "cc6.1", "CC6", "P9.1"])
    assert.match(told(risk(id)), /not in the list/, id);
});

test("changes out of order, after the end, on days that are none, and a second thing of one id are refused", () => {
  const store = (rest: string) => ({
    "data.yaml": `stores:\n  - { id: logs, name: Logs, classes: [telemetry], ${rest} }\n`,
  });
  const change = (from: string) => `changes: [{ from: ${from}, name: Later }]`;
  assert.equal(told(store(change("2026-01-01"))), "");
  assert.match(
    told(store(`from: 2026-02-01, ${change("2026-02-01")}`)),
    /begins on 2026-02-01, not after 2026-02-01/,
  );
  assert.match(told(store(`through: 2026-02-01, ${change("2026-02-02")}`)), /after the last day/);
  assert.match(told(store(change("2026-02-30"))), /there is no such day/);
  assert.match(told(store("from: 2026-03-01, through: 2026-02-01")), /ends \(2026-02-01\) before it begins/);
  assert.match(
    told({
      "data.yaml": "stores:\n  - { id: a, name: A, classes: [] }\n  - { id: a, name: B, classes: [] }\n",
    }),
    /there is a second `a` in `stores`/,
  );
});

test("a policy is bound to the text that it names", () => {
  const policy = "policies: [{ id: access, title: Access, version: '3', text: access.md }]\n";
  const { program } = parsed({ "policies.yaml": policy, "policies/access.md": "# Access\n" });
  assert.equal(program.system?.policies[0]?.versions[0]?.textDigest, digestOf("# Access\n"));
  assert.match(told({ "policies.yaml": policy }), /`access\.md`, and that is not a file of policies\//);
});

test("each collection stands in one file", () => {
  const all = Object.values(systemFiles).flatMap((lists) => Object.keys(lists));
  assert.equal(new Set(all).size, all.length);
  assert.equal(all.length, 20);
});
