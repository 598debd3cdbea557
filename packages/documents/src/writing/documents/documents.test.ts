import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf, type Instant, type LocalDate } from "@countersign/kernel";
import type { ControlVersion, Program } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import type { WrittenDocument } from "../blocks.ts";
import { without, type Facts } from "../facts.ts";
import { fonts } from "../fixture/fonts.ts";
import { placed } from "../layout.ts";
import { controlFact, criterionFact } from "../gathered/keys.ts";
import { gather, type DocumentInput, type Source } from "../gathered/source.ts";
import { textOf } from "../sentences.ts";
import { parseSidecar, sidecarOf } from "../sidecar.ts";
import { attributeMatrix } from "./attribute-matrix.ts";
import { documentFiles, documentForms, documentKind, documentKinds } from "./catalog.ts";
import { criteriaMatrix } from "./criteria-matrix.ts";

const HOSTILE = `=cmd|'/c calc'!A1 <script>alert(1)</script> #eval("1") \\ $x$ 中\u202e`;

function control(id: string, version: number, more: Partial<ControlVersion> = {}): ControlVersion {
  return {
    id,
    version,
    title: `Title of ${id}`,
    statement: `${id} happens within 24 hours`,
    criteria: ["CC6.1"],
    ownerRole: "head of security",
    owner: "p-ada" as PersonId,
    procedure: "Do it.",
    activities: [
      {
        kind: "per-item",
        id: "change",
        title: "Each change",
        evidence: "the pull request",
        population: "change",
        attributes: [
          { id: "approved", label: "approved", words: "happens", expression: "change.approved", causes: [] },
          {
            id: "timely",
            label: "in time",
            words: "within 24 hours",
            expression: "change.hours <= 24",
            causes: [],
          },
        ],
      },
    ],
    ...more,
  };
}

const program: Program = {
  format: "countersign-program-1",
  organization: { id: "example", name: "Example AI" },
  sampleData: false,
  window: { from: "2025-07-01" as LocalDate, through: "2026-06-30" as LocalDate, zone: "UTC" },
  categories: ["security"],
  holidays: [],
  catalog: "starter 1",
  controls: [
    control("CHG-01", 1, { effectiveThrough: "2025-12-31" as LocalDate }),
    control("CHG-01", 2, { effectiveFrom: "2026-01-01" as LocalDate, title: "Changed title" }),
    control("IAM-01", 1, { owner: "p-gone" as PersonId, activities: [] }),
  ],
  sources: [],
  populations: [],
  notRelevant: [{ criterion: "CC6.5", reason: "There are no devices." }],
  subservice: [{ criterion: "CC6.4", organization: "Cloud Example" }],
};

const input: DocumentInput = {
  program,
  digest: digestOf("program"),
  criteria: [
    { id: "CC6.1", category: "security", words: "access is limited", pointsOfFocus: 1 },
    { id: "CC6.4", category: "security", words: "buildings are guarded", pointsOfFocus: 1 },
    { id: "CC6.5", category: "security", words: "devices are wiped", pointsOfFocus: 1 },
    { id: "CC9.2", category: "security", words: "vendors are looked after", pointsOfFocus: 1 },
    { id: "P1.1", category: "privacy", words: "people are told", pointsOfFocus: 1 },
  ],
  names: new Map([["p-ada" as PersonId, "Ada Example"]]),
  asOf: "2026-06-30T12:00:00Z" as Instant,
  checkpoint: { origin: "countersign.local/example", size: 3, root: "cm9vdA==" },
};

const source: Source = gather({ ...input, type: "type-2" });

const textsOf = (document: WrittenDocument): readonly string[] =>
  Array.from(placed(document), ({ said }) => (said.kind === "sentence" ? textOf(said) : "(hole)"));
const missingIn = (document: WrittenDocument): readonly string[] =>
  sidecarOf(document).holes.flatMap(({ missing }) => missing.map(({ what }) => what));

test("every criterion of the chosen categories stands in the matrix, and none of the others", () => {
  const texts = textsOf(criteriaMatrix(source));
  for (const id of ["CC6.1", "CC6.4", "CC6.5", "CC9.2"]) assert.ok(texts.includes(id), id);
  assert.ok(!texts.includes("P1.1"));
});

test("a criterion that no control serves is a hole, unless it is answered elsewhere", () => {
  const document = criteriaMatrix(source);
  assert.deepEqual(missingIn(document), ["a control that serves CC9.2", "the owner of IAM-01"]);
  const texts = textsOf(document);
  assert.ok(texts.includes("CHG-01 Changed title (version 2)."));
  assert.ok(texts.includes("Answered by Cloud Example."));
  assert.ok(texts.includes("Not relevant: There are no devices."));
});

test("an owner whom the directory does not name is a hole of the role's", () => {
  const hole = sidecarOf(criteriaMatrix(source)).holes.find(
    ({ missing }) => missing[0]?.what === "the owner of IAM-01",
  );
  assert.deepEqual(hole?.missing[0]?.owner, { kind: "role", role: "head of security" });
});

test("both versions of a control stand in the matrices, each with its own words", () => {
  const texts = textsOf(attributeMatrix(source));
  assert.equal(texts.filter((text) => text === "CHG-01").length, 4);
  assert.ok(texts.includes("change.hours <= 24"));
  assert.ok(texts.includes("no activity"));
});

test("no matrix has a word of results", () => {
  for (const kind of documentKinds.filter(({ name }) => name.endsWith("-matrix")))
    for (const text of textsOf(kind.write(input)))
      assert.doesNotMatch(text, /\b(?:passed|compliant|certified|deviated|effective)\b/i);
});

test("deleting any fact turns exactly the sentences that cite it into holes", () => {
  const { facts } = source;
  const makers: readonly ((from: Facts) => WrittenDocument)[] = [
    (from) => criteriaMatrix({ ...source, facts: from }),
    (from) => attributeMatrix({ ...source, facts: from }),
  ];
  for (const make of makers) {
    const before = [...placed(make(facts))];
    for (const { id, value } of facts.all()) {
      // A list decides which sentences there are: fixture and law for them are in holes.test.ts.
      if (typeof value === "object" || value === undefined) continue;
      // Why a criterion is not relevant is what makes its cell an answer.
      if (id.endsWith("/not-relevant")) continue;
      const after = [...placed(make(without(facts, id)))];
      assert.equal(after.length, before.length, id);
      for (const [index, one] of before.entries()) {
        const now = after[index]?.said;
        if (!one.said.facts.includes(id)) assert.deepEqual(now, one.said, id);
        else assert.ok(now?.kind === "hole" && now.missing.some(({ fact }) => fact === id), id);
      }
    }
  }
});

test("a deleted list is a hole in the place of what it made", () => {
  const { facts } = source;
  for (const list of [controlFact("CHG-01@2", "activities"), criterionFact("CC6.1", "controls")]) {
    const missing = [
      ...missingIn(criteriaMatrix({ ...source, facts: without(facts, list) })),
      ...missingIn(attributeMatrix({ ...source, facts: without(facts, list) })),
    ];
    assert.ok(missing.includes(facts.find(list).what), list);
  }
});

test("hostile names and texts come through every form and the sidecar", async () => {
  const hostile: DocumentInput = {
    ...input,
    program: {
      ...program,
      organization: { id: "x", name: `${HOSTILE} ${"very long ".repeat(60)}` },
      controls: [control("A/B@1 ü", 1, { title: HOSTILE, statement: HOSTILE, ownerRole: "x".repeat(400) })],
    },
  };
  for (const kind of documentKinds)
    for (const form of documentForms) {
      const [{ bytes }, sidecar] = await documentFiles(kind.write(hostile), form, fonts);
      assert.ok(bytes.length > 1_000, `${kind.name} ${form}`);
      const parsed = parseSidecar(sidecar.bytes);
      assert.ok(parsed.ok, parsed.ok ? "" : parsed.error);
    }
});

test("an unknown document is refused with the names that there are", () => {
  assert.throws(() => documentKind("x"), /criteria-matrix, attribute-matrix, system-description/);
});
