import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalDate } from "@countersign/kernel";
import { parsed } from "../test-support/files.ts";
import { diffPrograms } from "./diff.ts";
import { countWords, sizeWords, wordsOfChange } from "./words.ts";

type Files = { readonly [path: string]: string };

const people = 'people:\n  - { handle: ada, name: Ada, identities: ["email:ada@example.com"] }\n';
const options = {
  recordedOn: "2026-03-10" as LocalDate,
  nameOf: (id: string) => (id === "p-ada" ? "Ada" : id),
};

function told(before: Files, after: Files): string {
  const { changes } = diffPrograms(
    parsed({ "people.yaml": people, ...before }).program,
    parsed({ "people.yaml": people, ...after }).program,
  );
  return [countWords(changes), ...changes.flatMap((change) => wordsOfChange(change, options))].join("\n");
}

test("changes are told with their days, the members that differ, and names for persons", () => {
  const vendors = (entries: string) => ({ "vendors.yaml": `vendors:\n${entries}` });
  assert.equal(
    told(
      vendors(
        "  - { id: gpt, name: GPT, regions: [us, eu], terms: { retentionDays: 30 } }\n  - { id: gone, name: Gone, from: 2025-07-01 }\n",
      ),
      vendors(
        "  - { id: gpt, name: GPT, regions: [us, eu], terms: { retentionDays: 30 }, changes: [{ from: 2026-03-01, owner: ada, regions: [eu, ch], terms: { retentionDays: 0, training: prohibited } }] }\n  - { id: new, name: New, from: 2026-04-01 }\n",
      ),
    ),
    `1 added, 1 changed, 1 removed
~ vendor gpt: from 2026-03-01, backdated by 9 days
    owner: Ada
    regions: with ch, without us
    terms.retentionDays: 30 → 0
    terms.training: prohibited
- vendor gone: from 2025-07-01, backdated by 252 days
+ vendor new: from 2026-04-01
    name: New`,
  );
});

test("of a control only the parts of its activities that differ are told", () => {
  const statement = "Every change is looked at by two persons.";
  const control = (label: string, rule: string) => ({
    "controls/OWN-01.yaml": `id: OWN-01
title: Own
statement: ${statement}
criteria: [CC8.1]
ownerRole: engineer
procedure: Look.
activities:
  - id: look
    title: Look
    kind: per-item
    population: change
    evidence: The change.
    attributes:
      - { id: seen, label: ${label}, words: looked at, expression: "${rule}" }
      - { id: two, label: two, words: two persons, expression: "change.approvals.size() >= 2" }
`,
  });
  assert.equal(
    told(
      control("seen", "change.approvals.size() > 0"),
      control("looked at", "change.approvals.size() >= 1"),
    ),
    `1 changed
~ control OWN-01: for every day, past ones too
    activities.look.attributes.seen.expression: change.approvals.size() > 0 → change.approvals.size() >= 1
    activities.look.attributes.seen.label: seen → looked at`,
  );
});

test("the window and the sources are told for the whole window, and the first file of the system once", () => {
  assert.equal(
    told(
      {},
      {
        "program.yaml":
          "organization: { id: example, name: Example }\nwindow: { from: 2025-07-01, through: 2026-03-31, zone: America/New_York }\n",
        "sources.yaml": "sources: [{ id: history, connector: git, provides: change }]\n",
        "vendors.yaml": "vendors: [{ id: cloud, name: Cloud }]\n",
      },
    ),
    `4 added, 1 changed
~ window: for the whole window
    through: 2026-06-30 → 2026-03-31
+ a description of the system, in files of its own
+ source history: for the whole window
    connector: git
    id: history
    provides: change
    settings: none
+ population change: for the whole window
    from: history
    join: none
    kind: change
    reconcile: none
+ vendor cloud: for every day, past ones too
    name: Cloud`,
  );
});

test("what is said to be none is told as what it is", () => {
  assert.match(
    told({ "vendors.yaml": "vendors: []\n" }, { "vendors.yaml": "vendors: []\nvendorReviews: []\n" }),
    /^1 changed\n~ said to be none: for the whole window\n/,
  );
});

test("a written procedure that changed is told by its control", () => {
  assert.equal(
    told(
      { "procedures/CHG-01.md": "One.\n", "procedures/CHG-02.md": "Two.\n" },
      {
        "procedures/CHG-01.md": "One.\n",
        "procedures/CHG-02.md": "Other.\n",
        "procedures/GOV-01.md": "New.\n",
      },
    )
      .split("\n")
      .filter((line) => !line.startsWith("  "))
      .join("\n"),
    `1 added, 1 changed
~ written procedure CHG-02: for the whole window
+ written procedure GOV-01: for the whole window`,
  );
});

test("a program's size is told by its things, one or several", () => {
  const { program } = parsed({
    "vendors.yaml": "vendors: [{ id: a, name: A }, { id: b, name: B }]\n",
    "policies.yaml": "policies: [{ id: p, title: P, version: '1' }]\n",
  });
  assert.match(sizeWords(program), /^\d+ controls, 2 vendors, 1 policy$/);
});
