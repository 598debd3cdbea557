import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { LocalDate } from "@countersign/kernel";
import type { Program } from "../model.ts";
import { parsed, starter } from "../test-support/files.ts";
import { code, printedLines, wrapped } from "./lines.ts";
import { PAGE_LINES, procedureOf, type Procedure } from "./page.ts";
import { evidenceCommand } from "./record-commands.ts";

const DAY = "2026-01-31" as LocalDate;

function pageOf(program: Program, id: string, day = DAY): Procedure {
  const found = procedureOf(
    { program, criteria: starter().criteria, day, handleOf: (person) => person.replace("p-", "") },
    id,
  );
  assert.ok(found, `${id} is in force`);
  return found;
}

const described = parsed({
  "program.yaml": `organization: { id: example, name: Example }
window: { from: 2025-07-01, through: 2026-06-30, zone: America/New_York }
holidays: [2026-01-01]
`,
  "people.yaml": `people:
  - { handle: ada, name: Ada Example, identities: ["email:ada@example.com"] }
`,
  "sources.yaml": `sources:
  - { id: history, connector: git, provides: change, repository: ../code, branches: [main], approvalTrailers: [Reviewed-by], keepsDays: 400 }
`,
  "service.yaml": `commitments:
  - { id: reviewed-code, kind: commitment, words: Every change is reviewed., about: security, saidIn: contract }
  - { id: uptime, kind: commitment, words: It is there., about: availability, saidIn: sla }
`,
  "registers.yaml": `risks:
  - { id: bad-change, title: A change breaks prompts, controls: [CHG-01] }
`,
  "controls/CHG-01.yaml": `id: CHG-01
owner: ada
`,
}).program;

test("the page of a control reads as the engineer is to read it", () => {
  const { text, holes, lines } = pageOf(described, "CHG-01");
  assert.equal(text, readFileSync(new URL("page.golden.txt", import.meta.url), "utf8"));
  assert.deepEqual(holes, ["who does it"]);
  assert.equal(lines, text.split("\n").length);
});

test("an activity of the calendar is told with its days of the window, its term, and the command that records it", () => {
  const { text } = pageOf(described, "IAM-04");
  assert.match(
    text.replace(/\n +/g, " "),
    /\(`review`\): every quarter, on time through 15 calendar days after its end\. 2025-Q3 through 2025-10-15; 2025-Q4 through 2026-01-15; 2026-Q1 through 2026-04-15; 2026-Q2 through 2026-07-15\./,
  );
  assert.match(
    text.replace(/ \\\n +/g, " "),
    / {4}countersign evidence add FILE --control IAM-04 --activity review --occurrence PERIOD --performed-at DATE --by PERSON --fact reviewedBy=PERSON --fact listed=NUMBER --fact decided=NUMBER --fact removalsDecided=NUMBER --fact removalsProven=NUMBER --fact complete=TRUE-OR-FALSE\n/,
  );
});

test("a period that ends before the version is in force, or after the window, is not owed by it", () => {
  const program = parsed({
    "controls/IAM-04.yaml": `id: IAM-04
versions:
  - { from: 2025-11-01, statement: "Every quarter, within 15 days of its end, the complete list of accounts, service accounts and API keys is reviewed by someone other than who runs the systems, with a decision on each entry, and every removal that was decided is carried out." }
`,
  }).program;
  const { text } = pageOf(program, "IAM-04", "2025-11-01" as LocalDate);
  assert.deepEqual(text.match(/\d{4}-Q\d/g), ["2025-Q4", "2026-Q1", "2026-Q2"]);
});

test("what the program does not say is a hole with its owner, and nothing stands in for it", () => {
  const { text, holes } = pageOf(parsed({}).program, "CHG-01");
  assert.deepEqual(holes, [
    "the person: `owner` of the control",
    "who does it",
    "what customers are promised: `commitments` of service.yaml",
    "a source that lists `change`, in sources.yaml",
  ]);
  const one = text.replace(/\n */g, " ");
  for (const hole of holes)
    assert.ok(one.includes(`**MISSING: ${hole} (owner: head of engineering)**`), `${hole} in ${one}`);
});

test("every control of the catalog fits on a page, though nothing be said of it", () => {
  const bare = parsed({
    "program.yaml": `organization: { id: example, name: Example }
window: { from: 2025-07-01, through: 2026-06-30, zone: America/New_York }
categories: [availability, confidentiality, processing-integrity, privacy]
`,
  }).program;
  const ids = [...new Set(bare.controls.map(({ id }) => id))];
  assert.ok(ids.length >= 40, `${ids.length} controls`);
  const longer = ids.map((id) => pageOf(bare, id)).filter(({ lines }) => lines > PAGE_LINES);
  assert.deepEqual(
    longer.map(({ control, lines }) => `${control} ${lines}`),
    [],
  );
});

test("a control of which no version is in force has no page", () => {
  const { program } = parsed({
    "controls/CHG-01.yaml": "id: CHG-01\nversions: [{ from: 2026-01-01, retired: true }]\n",
  });
  const on = (day: string) =>
    procedureOf({ program, criteria: [], day: day as LocalDate, handleOf: String }, "CHG-01")?.version;
  assert.deepEqual([on("2025-12-31"), on("2026-01-01")], [1, undefined]);
});

test("no word of the company's begins a block, a tag or a comment of its own", () => {
  const long = "x".repeat(60);
  for (const word of ["-", "1.", "#", ">", "<!--", "|", "---", "==="])
    assert.deepEqual(
      wrapped(`${long} ${"y".repeat(28)} ${word} ${long}`),
      [`${long} ${"y".repeat(28)} ${word}`, long],
      word,
    );
  assert.equal(code("a `b` c"), "`` a `b` c ``");
});

test("a command asks for each fact that a rule reads, by the type of the fact, and for no other", () => {
  const activity = { id: "a", kind: "periodic", title: "A", evidence: "E", every: "year" } as const;
  const attributes = [
    '"ai" in performance.covers',
    "performance.documents > 0 && performance.performedBy != performance.reviewedBy",
  ].map((expression) => ({ id: "x", label: "l", words: "w", expression, causes: [] }));
  assert.deepEqual(
    evidenceCommand(
      "AAA-01",
      { ...activity, due: { days: 0, calendar: "calendar" }, attributes },
      "2026",
    ).slice(3),
    [
      "--occurrence 2026",
      "--performed-at DATE",
      "--by PERSON",
      "--fact reviewedBy=PERSON",
      "--fact covers=TEXT,TEXT",
    ],
  );
});

test("a line that is too long for the page counts for as many as it takes", () => {
  assert.equal(printedLines(`${"x".repeat(91)}\n${"x".repeat(90)}`), 3);
});
