import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addDays,
  canonicalJson,
  hasOnlySafeIntegers,
  parseCanonicalJson,
  type Json,
  type LocalDate,
} from "@countersign/kernel";
import {
  checkExpression,
  digestOfCatalog,
  initialProgram,
  organizationNamed,
  parseProgram,
  type ControlVersion,
} from "./index.ts";
import { parsed, personIdOf, plain, starter, told, valueOf } from "./test-support/files.ts";

const year = plain["program.yaml"] ?? "";

const removal = (words: string, hours: number): string => `
    activities:
      - id: removal
        kind: per-item
        title: Removal
        population: leaver
        termHours: ${hours}
        evidence: The list of leavers.
        attributes:
          - id: in-time
            label: in time
            words: ${words}
            expression: 'leaver.accessRemoved ? leaver.accessRemovedAt <= leaver.endedAt + duration("${hours}h") : false'
`;

function versionsOf(id: string, controls: readonly ControlVersion[]): readonly ControlVersion[] {
  return controls.filter((version) => version.id === id);
}

test("a control follows its file: two wordings, each in force on its own days, then retired", () => {
  const { program: read, warnings } = parsed({
    "people.yaml": 'people: [{ handle: ada, identities: ["email:ada@example.com"] }]\n',
    "controls/IAM-03.yaml": `id: IAM-03
owner: ada
versions:
  - from: 2025-07-01
    statement: "A leaver's access is removed within 5 days."${removal("within 5 days", 120)}
  - from: 2025-10-28
    statement: "A leaver's access is removed within 24 hours."${removal("within 24 hours", 24)}
  - { from: 2026-03-01, retired: true }
`,
  });
  const versions = versionsOf("IAM-03", read.controls);
  assert.deepEqual(
    versions.map(({ version, effectiveFrom, effectiveThrough, owner, from, statement }) => ({
      version,
      effectiveFrom,
      effectiveThrough,
      owner,
      changed: from?.changed,
      statement,
    })),
    [
      {
        version: 1,
        effectiveFrom: "2025-07-01",
        effectiveThrough: "2025-10-27",
        owner: "p-ada",
        changed: ["activities.removal", "statement"],
        statement: "A leaver's access is removed within 5 days.",
      },
      {
        version: 2,
        effectiveFrom: "2025-10-28",
        effectiveThrough: "2026-02-28",
        owner: "p-ada",
        changed: ["activities.removal", "statement"],
        statement: "A leaver's access is removed within 24 hours.",
      },
    ],
  );
  assert.equal(versions[1]?.activities[0]?.kind === "per-item" && versions[1].activities[0].termHours, 24);
  assert.ok(
    warnings.some((each) =>
      each.startsWith("IAM-03 is retired after 2026-02-28, 122 days before the window ends"),
    ),
    warnings.join("\n"),
  );
});

test("what a version does not change it keeps from the one before it", () => {
  const { program: read } = parsed({
    "controls/CHG-01.yaml": `id: CHG-01
procedure: Ours.
versions:
  - ownerRole: head of platform
  - { from: 2026-01-01, title: Changes }
`,
  });
  const [first, second] = versionsOf("CHG-01", read.controls);
  assert.deepEqual(first?.from?.changed, ["ownerRole", "procedure"]);
  assert.deepEqual(second?.from?.changed, ["ownerRole", "procedure", "title"]);
  assert.equal(second?.procedure, "Ours.");
  assert.equal(first?.effectiveFrom, undefined);
  assert.equal(first?.effectiveThrough, "2025-12-31");
  assert.equal(second?.effectiveThrough, undefined);
});

test("on every day at most one version of a control is in force, whatever the days are", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 6 }),
      fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      (offsets, retired) => {
        const days = offsets
          .sort((a, b) => a - b)
          .map((offset) => addDays("2025-05-01" as LocalDate, offset));
        // Other controls answer its criteria where it is not in force.
        const file = `id: ALR-01\nversions:\n  - procedure: first\n${days
          .map(
            (day, index) =>
              `  - { from: ${day}, ${retired[index] ? "retired: true" : `procedure: "${index}"`} }\n`,
          )
          .join("")}`;
        const versions = versionsOf("ALR-01", parsed({ "controls/ALR-01.yaml": file }).program.controls);
        assert.equal(versions.length, 1 + days.filter((_, index) => !retired[index]).length);
        for (const day of days.flatMap((each) => [addDays(each, -1), each])) {
          const inForce = versions.filter(
            ({ effectiveFrom, effectiveThrough }) =>
              (effectiveFrom === undefined || effectiveFrom <= day) &&
              (effectiveThrough === undefined || effectiveThrough >= day),
          );
          const last = days.findLastIndex((each) => each <= day);
          assert.equal(inForce.length, last >= 0 && retired[last] ? 0 : 1, day);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("a control takes the criteria that are in scope, and the catalog's that has none stays out", () => {
  const security = parsed({}).program.controls;
  assert.deepEqual(versionsOf("INC-01", security)[0]?.criteria, ["CC7.3", "CC7.4", "CC7.5"]);
  assert.deepEqual(versionsOf("CAP-01", security), []);
  assert.equal(security.length, 35);
  const all = parsed({
    "program.yaml": `${year}categories: [availability, confidentiality, processing-integrity, privacy]\n`,
  }).program;
  assert.equal(all.controls.length, 46);
  assert.deepEqual(versionsOf("INC-01", all.controls)[0]?.criteria, ["CC7.3", "CC7.4", "CC7.5", "P6.6"]);
  assert.deepEqual(all.categories, [
    "security",
    "availability",
    "confidentiality",
    "processing-integrity",
    "privacy",
  ]);
});

test("a criterion is answered by a subservice organization, is not relevant, or needs a control", () => {
  const subservice = parsed({
    "program.yaml": `${year}subservice: [{ criterion: CC6.4, organization: "Example Cloud" }]\n`,
  });
  assert.deepEqual(versionsOf("PHY-01", subservice.program.controls), []);
  assert.ok(
    subservice.warnings.includes(
      "PHY-01 is left out: CC6.4, which it would answer, is answered by Example Cloud.",
    ),
  );
  const kept = parsed({
    "program.yaml": `${year}subservice: [{ criterion: CC6.4, organization: "Example Cloud" }]\n`,
    "controls/PHY-01.yaml": "id: PHY-01\nownerRole: head of hardware\n",
  });
  assert.equal(versionsOf("PHY-01", kept.program.controls).length, 1);
  const gone = parsed({
    "program.yaml": `${year}notRelevant: [{ criterion: CC6.4, reason: "no places of our own" }]\n`,
  });
  assert.deepEqual(versionsOf("PHY-01", gone.program.controls), []);
  assert.match(
    told({ "controls/PHY-01.yaml": "id: PHY-01\nversions: [{ from: 2024-01-01, retired: true }]\n" }),
    /^nothing answers CC6\.4[^]*Let PHY-01 be in force on a day of the window, or name CC6\.4 under/,
  );
  assert.match(
    told({
      "program.yaml": `${year}notRelevant: [{ criterion: A1.1, reason: x }, { criterion: CC6.4, reason: x }]\nsubservice: [{ criterion: CC6.4, organization: X }]\n`,
    }),
    /A1\.1 is answered under `notRelevant`, and is not in scope[^]*CC6\.4 is not relevant, and stands here again/,
  );
});

test("a catalog control with a file has to be among those adopted", () => {
  const adopted = starter()
    .controls.filter(({ categories, id }) => categories.includes("security") && id !== "MDL-02")
    .map(({ id }) => id);
  const files = { "program.yaml": `${year}controls: { adopt: [${adopted.join(", ")}] }\n` };
  assert.equal(parsed(files).program.controls.length, 34);
  assert.match(
    told({ ...files, "controls/MDL-02.yaml": "id: MDL-02\nownerRole: me\n" }),
    /^MDL-02 has a file, and the program does not adopt it\n {2}where {2}countersign\/controls\/MDL-02\.yaml:1:5\n {2}next {3}Add MDL-02 to `controls\.adopt` in program\.yaml, or remove countersign\/controls\/MDL-02\.yaml\.$/,
  );
});

test("the program is canonical JSON without floats, and names people by their ids only", () => {
  const { program: read, people } = parsed({
    "program.yaml": `${year}holidays: [2025-12-25, 2025-07-04]\n`,
    "people.yaml":
      'people: [{ handle: ada, name: Ada Example, identities: ["email:ada@example.com"] }]\nbots: [{ handle: bot, identities: ["github:bot[bot]"] }]\n',
    "controls/IAM-03.yaml": "id: IAM-03\nowner: ada\n",
    "sources.yaml":
      "sources: [{ id: history, connector: git, provides: change, repositories: [{ name: api, path: .. }] }]\n",
  });
  const text = canonicalJson(read);
  assert.deepEqual(parseCanonicalJson(text), { ok: true, value: read });
  assert.ok(hasOnlySafeIntegers(read as unknown as Json));
  assert.ok(!text.includes("Ada Example") && !text.includes("ada@example.com"));
  assert.deepEqual(read.holidays, ["2025-07-04", "2025-12-25"]);
  assert.equal(read.catalog, `starter 1 ${digestOfCatalog(starter())}`);
  assert.deepEqual(
    people.map(({ id, bot, identities }) => [id, bot, identities]),
    [
      ["p-ada", false, ["email:ada@example.com"]],
      ["p-bot", true, ["github:bot[bot]"]],
    ],
  );
  assert.deepEqual(read.populations, [{ kind: "change", from: "history", join: [], reconcile: [] }]);
  assert.deepEqual(read.sources[0]?.settings, { repositories: [{ name: "api", path: ".." }] });
});

test("the order of files and keys does not change the program", () => {
  const files = Object.entries({ ...plain, "controls/CHG-01.yaml": "id: CHG-01\ntitle: Changes\n" });
  const read = (list: typeof files): string =>
    canonicalJson(
      valueOf(
        parseProgram(
          list.map(([path, text]) => ({ path, text })),
          starter(),
          { personIdOf, check: checkExpression },
        ),
      ).program,
    );
  assert.equal(read(files), read(files.toReversed()));
});

test("two versions cannot begin on one day", () => {
  assert.match(
    told({
      "controls/PHY-01.yaml":
        "id: PHY-01\nversions: [{ from: 2025-07-01 }, { from: 2025-07-01, title: B }]\n",
    }),
    /^version 2 of PHY-01 begins on 2025-07-01, not after version 1 \(2025-07-01\)/,
  );
});

test("declared gaps come with the program", () => {
  const { declaredGaps } = parsed({
    "sources.yaml":
      "sources: [{ id: hr, connector: csv, provides: leaver }]\ngaps: [{ source: hr, from: 2025-11-03, through: 2025-11-11, reason: the job was off }]\n",
  });
  assert.deepEqual(declaredGaps, [
    { source: "hr", from: "2025-11-03", through: "2025-11-11", reason: "the job was off" },
  ]);
});

test("a source that another kind is reconciled with needs no population of its own", () => {
  const { program: read } = parsed({
    "sources.yaml": `sources:
  - { id: a, connector: csv, provides: deploy }
  - { id: b, connector: csv, provides: deploy }
populations: [{ kind: deploy, from: a, reconcile: [{ source: b, key: revision }] }]
`,
  });
  assert.deepEqual(read.populations, [
    { kind: "deploy", from: "a", join: [], reconcile: [{ source: "b", key: "revision" }] },
  ]);
});

test("the first files of a program are a program, for a folder of any name", () => {
  for (const name of ["golang-tools", "My Models (2)", "2048", "ü", "模型", "", "a".repeat(80)]) {
    const organization = organizationNamed(name);
    const files = initialProgram({
      organization,
      window: { from: "2025-07-01" as LocalDate, through: "2026-06-30" as LocalDate, zone: "UTC" },
      categories: ["security"],
      catalog: starter(),
      sources: [
        { id: "history", connector: "git", provides: "change", repositories: [{ name, path: `../${name}` }] },
      ],
    });
    const { program: read, warnings } = valueOf(
      parseProgram(files, starter(), { personIdOf, check: checkExpression }),
    );
    assert.deepEqual(read.organization, organization);
    assert.deepEqual(read.sources[0]?.settings, { repositories: [{ name, path: `../${name}` }] });
    assert.deepEqual(warnings, []);
  }
  assert.equal(organizationNamed("My Models (2)").id, "my-models-2");
  assert.equal(organizationNamed("2048").id, "org-2048");
});

test("a file of sources without a list of them is one that names none", () => {
  assert.deepEqual(parsed({ "sources.yaml": "{}\n" }).program.sources, []);
});

test("text of any kind ends in a program or in problems with a place, never in a crash", () => {
  const words = [
    "id",
    "IAM-03",
    ": ",
    "\n",
    "  ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "#",
    "&a",
    "*a",
    "!!x",
    "|",
    "versions",
    "from",
    "2026-01-01",
    "\t",
    "?",
    "null",
    "\u0000",
    "__proto__",
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...words), { maxLength: 30 }),
      fc.constantFrom("program.yaml", "people.yaml", "sources.yaml", "catalog.lock", "controls/IAM-03.yaml"),
      (parts, path) => {
        const text = told({ [path]: parts.join("") });
        if (text !== "") assert.match(text, /where {2}\S+/);
      },
    ),
    { numRuns: 400 },
  );
  assert.match(told({ "program.yaml": "[".repeat(20_000) }), /cannot be read as YAML/);
});
