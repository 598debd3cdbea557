import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson, formatInstant, hasOnlySafeIntegers, type Json } from "@countersign/kernel";
import type { FieldType } from "@countersign/records";
import { compileRule, environmentOf, type Verdict } from "@countersign/rules";
import { categoryOf, checkExpression, criterionIds, digestOfCatalog, kindOf, parseCatalog } from "./index.ts";
import { catalogFiles, starter, textOf, valueOf, withFile } from "./test-support/files.ts";

const problemsWith = (path: string, change: (text: string) => string): string => {
  const file = catalogFiles().find((each) => each.path === path);
  assert.ok(file !== undefined && change(file.text) !== file.text, `${path} was not changed`);
  return textOf(parseCatalog(withFile(catalogFiles(), path, change(file.text)), { check: checkExpression }));
};

test("there are 61 criteria, and their points of focus add up to the published totals", () => {
  const { criteria } = starter();
  assert.equal(criteria.length, 61);
  assert.deepEqual(
    criteria.map(({ id }) => id),
    criterionIds,
  );
  const totals: { [category: string]: number } = {};
  for (const { category, pointsOfFocus } of criteria)
    totals[category] = (totals[category] ?? 0) + pointsOfFocus;
  assert.deepEqual(totals, {
    security: 232,
    availability: 16,
    confidentiality: 5,
    "processing-integrity": 19,
    privacy: 58,
  });
});

test("every criterion is answered by a starter control, and every control by its own categories", () => {
  const answered = new Set(starter().controls.flatMap(({ criteria }) => criteria));
  assert.deepEqual(
    criterionIds.filter((id) => !answered.has(id)),
    [],
  );
  for (const control of starter().controls)
    assert.deepEqual(new Set(control.categories), new Set(control.criteria.map(categoryOf)), control.id);
});

test("the library holds the 38 controls beside privacy and eight for privacy", () => {
  const ids = starter().controls.map(({ id }) => id);
  assert.equal(ids.length, 46);
  assert.equal(ids.filter((id) => id.startsWith("PRV-")).length, 8);
});

test("every rule of the catalog compiles against its kind of item, without a warning", () => {
  let rules = 0;
  for (const control of starter().controls)
    for (const activity of control.activities) {
      const kind = kindOf(activity);
      assert.ok(kind, `${control.id} ${activity.id}`);
      const sources = activity.attributes.flatMap((each) => [
        each.expression,
        ...each.causes.map(({ when }) => when),
      ]);
      if (activity.kind !== "periodic" && activity.where !== undefined) sources.push(activity.where);
      for (const source of sources) {
        const compiled = compileRule(source, environmentOf(kind));
        assert.ok(compiled.ok, `${control.id}: ${source}`);
        assert.deepEqual(compiled.value.warnings, [], `${control.id}: ${source}`);
        rules += 1;
      }
    }
  assert.ok(rules > 300, `${rules} rules`);
});

/** Items of a kind with every fact present; texts are those that the rules ask for, and one that none asks for. */
function anyItem(type: FieldType, words: readonly string[]): fc.Arbitrary<unknown> {
  switch (type.type) {
    case "string":
      return fc.constantFrom(...words, "else");
    case "person":
      return fc.constantFrom("ada", "bob");
    case "int":
      return fc.constantFrom(0, 1, 2, 30, 31, 364, 365);
    case "bool":
      return fc.boolean();
    case "timestamp":
      return fc
        .tuple(fc.constantFrom(0, 1, 3, 7, 14, 30, 91), fc.integer({ min: -1, max: 1 }))
        .map(([days, seconds]) => formatInstant(Date.UTC(2026, 2, 1 + days) + seconds * 1000));
    case "date":
      return fc.constantFrom("2026-03-01", "2026-03-02");
    case "list":
      return fc.array(anyItem(type.of, words), { maxLength: 4 });
    case "object":
      return fc.record(
        Object.fromEntries(
          Object.entries(type.fields).map(([name, field]) => [name, anyItem(field.type, words)]),
        ),
      );
  }
}

test("no item with all its facts is unknown, and every deviation has a cause that the catalog names", () => {
  for (const control of starter().controls)
    for (const activity of control.activities) {
      const kind = kindOf(activity);
      assert.ok(kind);
      const literals = activity.attributes.flatMap(({ expression }) =>
        [...expression.matchAll(/"([a-z-]+)"/g)].map((match) => match[1] ?? ""),
      );
      const seen = new Set<string>();
      fc.assert(
        fc.property(anyItem({ type: "object", fields: kind.fields }, literals), (item) => {
          for (const [index, result] of verdicts(control.id, activity.id, item as object).entries()) {
            assert.notEqual(result, "unknown");
            assert.notEqual(result, "error");
            assert.notEqual(result, "no cause is named", `${control.id} ${activity.id} ${index + 1}`);
            seen.add(`${index} ${result === "operated" ? result : "deviated"}`);
          }
        }),
        { numRuns: 120, seed: 7 },
      );
      // Both results were met for each attribute, or the property would say nothing.
      assert.equal(seen.size, 2 * activity.attributes.length, `${control.id} ${activity.id}`);
    }
});

/** An item of CHG-01 with every optional fact that its rules read. */
const merged = {
  id: "a1",
  repository: "api",
  branch: "main",
  revision: "a1",
  title: "change",
  author: "ada",
  authorIsBot: false,
  mergedAt: "2026-03-05T12:00:00Z",
  headRevision: "h2",
  approvals: [{ person: "bob", bot: false, via: "review", at: "2026-03-05T11:00:00Z", revision: "h2" }],
  checks: [{ name: "ci", outcome: "passed" }],
};
const approval = merged.approvals[0];

for (const [words, change, expected] of [
  ["an approved change operated", {}, ["operated", "operated", "operated", "operated"]],
  [
    "an approval by the author is none",
    { approvals: [{ ...approval, person: "ada" }] },
    [
      "reviewed only by its author",
      "no approval by another person",
      "no approval by another person",
      "operated",
    ],
  ],
  [
    "an approval by a bot is none",
    { approvals: [{ ...approval, bot: true }] },
    ["approved only by a bot", "no approval by another person", "no approval by another person", "operated"],
  ],
  [
    "an approval after the merge comes late",
    { approvals: [{ ...approval, at: "2026-03-05T12:00:01Z" }] },
    ["operated", "approved only after the merge", "operated", "operated"],
  ],
  [
    "an approval of an earlier revision does not cover what merged",
    { approvals: [{ ...approval, revision: "h1" }] },
    ["operated", "operated", "approved on an earlier revision only", "operated"],
  ],
  [
    "no approval and no check are deviations where the source says so",
    { approvals: [], checks: [] },
    ["no approval recorded", "no approval recorded", "no approval recorded", "no check recorded"],
  ],
  [
    "what the source does not say is unknown",
    { approvals: undefined, checks: undefined },
    ["unknown", "unknown", "unknown", "unknown"],
  ],
  [
    "a trailer without a time leaves only the time unknown",
    { approvals: [{ person: "bob", bot: false, via: "Reviewed-by" }], headRevision: undefined },
    ["operated", "unknown", "unknown", "operated"],
  ],
] as const)
  test(`CHG-01: ${words}`, () =>
    assert.deepEqual(verdicts("CHG-01", "change", { ...merged, ...change }), expected));

test("IAM-03: removed in time, late, still active and not said are four different results", () => {
  const leaver = { id: "1", person: "ada", endedAt: "2026-03-05T22:00:00Z" };
  const result = (facts: object): unknown => verdicts("IAM-03", "removal", { ...leaver, ...facts });
  assert.deepEqual(result({ accessRemoved: true, accessRemovedAt: "2026-03-06T22:00:00Z" }), ["operated"]);
  assert.deepEqual(result({ accessRemoved: true, accessRemovedAt: "2026-03-06T22:00:01Z" }), [
    "access removed late",
  ]);
  assert.deepEqual(result({ accessRemoved: false }), ["access is still active"]);
  assert.deepEqual(result({}), ["unknown"]);
  assert.deepEqual(result({ accessRemoved: true }), ["unknown"]);
});

/** Per attribute: "operated", "unknown", or the cause of the deviation. */
function verdicts(id: string, activityId: string, facts: object): readonly string[] {
  const activity = starter()
    .controls.find((control) => control.id === id)
    ?.activities.find((each) => each.id === activityId);
  const kind = activity && kindOf(activity);
  assert.ok(activity && kind);
  const item: unknown = JSON.parse(JSON.stringify(facts));
  const verdictOf = (source: string): Verdict["kind"] => {
    const compiled = compileRule(source, environmentOf(kind));
    assert.ok(compiled.ok, source);
    return compiled.value.evaluateItem(item).kind;
  };
  return activity.attributes.map(({ expression, causes }) => {
    const verdict = verdictOf(expression);
    if (verdict === "true") return "operated";
    if (verdict !== "false") return verdict;
    return causes.find(({ when }) => verdictOf(when) === "true")?.say ?? "no cause is named";
  });
}

test("the catalog asks customers' first questions in an order without gaps", () => {
  const asked = starter()
    .controls.filter(({ askedFirst }) => askedFirst !== undefined)
    .sort((a, b) => (a.askedFirst ?? 0) - (b.askedFirst ?? 0));
  assert.deepEqual(
    asked.slice(0, 4).map(({ id }) => id),
    ["IAM-03", "IAM-04", "MDL-01", "CHG-01"],
  );
  assert.deepEqual(
    asked.map(({ askedFirst }) => askedFirst),
    asked.map((_, index) => index + 1),
  );
});

test("every term in hours is the one that the attribute's rule grants", () => {
  for (const { id, activities } of starter().controls)
    for (const activity of activities) {
      if (activity.kind !== "per-item") continue;
      const granted = activity.attributes.flatMap(({ expression }) =>
        [...expression.matchAll(/\+ duration\("(\d+)h"\)/g)].map((match) => Number(match[1])),
      );
      assert.deepEqual(
        new Set(granted),
        new Set(activity.termHours ? [activity.termHours] : []),
        `${id} ${activity.id}`,
      );
    }
});

test("each published size stands with its source, and the tables say that none is a default", () => {
  const { note, tables } = starter().sampleSizes;
  assert.match(note, /No published table is a default/);
  assert.equal(tables.length, 8);
  for (const table of tables) assert.ok(table.source.length > 0 && table.rows.length > 0, table.id);
});

test("the catalog is plain JSON, and its digest depends on its meaning alone", () => {
  const catalog = starter();
  assert.deepEqual(JSON.parse(canonicalJson(catalog)), catalog);
  assert.ok(hasOnlySafeIntegers(catalog as unknown as Json));
  const files = catalogFiles().map((file) => ({ ...file, text: `# a comment\n${file.text}` }));
  const again = valueOf(parseCatalog(files.toReversed(), { check: checkExpression }));
  assert.equal(digestOfCatalog(again), digestOfCatalog(catalog));
  assert.notEqual(digestOfCatalog({ ...catalog, version: 2 }), digestOfCatalog(catalog));
});

test("a criterion that does not exist is refused with its place and the nearest that does", () => {
  assert.equal(
    problemsWith("catalog/controls/MDL-01.yaml", (text) => text.replace("PI1.3", "PP1.3")),
    `\`criteria[2]\` is "PP1.3", which is not in the list
  where  catalog/controls/MDL-01.yaml:5:19
  why    One of the 61 trust services criteria.
  next   Did you mean \`PI1.3\`?`,
  );
});

test("words that the statement does not hold are refused", () => {
  assert.match(
    problemsWith("catalog/controls/IAM-03.yaml", (text) =>
      text.replace('words: "within 24 hours', 'words: "within 1 day'),
    ),
    /^IAM-03 removal removed-in-time tests the words "within 1 day of the end of employment", which its statement does not hold\n {2}where {2}catalog\/controls\/IAM-03\.yaml:\d+:16\n {2}why {4}The statement \(catalog\/controls\/IAM-03\.yaml:4:12\) is "A leaver's access/,
  );
});

test("a rule that does not compile is refused at its own character", () => {
  assert.equal(
    problemsWith("catalog/controls/END-01.yaml", (text) =>
      text.replace("expression: 'device.diskEncrypted'", "expression: 'device.diskEncripted'"),
    ).split("\n  why")[0],
    "`device` has no field `diskEncripted`.\n  where  catalog/controls/END-01.yaml:19:29",
  );
});

test("a second activity or attribute of one id, an unknown kind and an anchor without meaning are refused", () => {
  const twice = problemsWith("catalog/controls/NET-01.yaml", (text) =>
    text
      .replace("id: rate-limit\n", "id: authentication\n")
      .replace("id: reviewed-by-another", "id: every-rule-decided"),
  );
  assert.match(
    twice,
    /there is a second activity `authentication` of NET-01\n {2}where {2}catalog\/controls\/NET-01\.yaml:\d+:9/,
  );
  assert.match(twice, /there is a second attribute `every-rule-decided` of NET-01 rules/);
  assert.match(
    problemsWith("catalog/controls/IAM-03.yaml", (text) =>
      text.replace("population: leaver", "population: leavers"),
    ),
    /`activities\[1\]\.population` is "leavers", which is not in the list[^]*Did you mean `leaver`/,
  );
  assert.match(
    problemsWith("catalog/controls/CAP-01.yaml", (text) =>
      text.replace("every: month", 'every: month\n    anchor: "02-01"'),
    ),
    /an activity of every month has an anchor/,
  );
});

test("a catalog that is not whole is refused", () => {
  const without = (path: string): string =>
    textOf(parseCatalog(withFile(catalogFiles(), path, undefined), { check: checkExpression }));
  assert.match(without("catalog/criteria.yaml"), /the catalog lacks criteria\.yaml/);
  assert.match(without("catalog/starter.yaml"), /the catalog lacks a file that names the catalog/);
  assert.match(
    problemsWith("catalog/criteria.yaml", (text) => text.replace(/.*id: P8\.1.*\n/, "")),
    /catalog\/criteria\.yaml lacks P8\.1/,
  );
  assert.match(
    problemsWith("catalog/criteria.yaml", (text) =>
      text.replace("id: A1.1, category: availability", "id: A1.1, category: privacy"),
    ),
    /A1\.1 is under privacy[^]*Write `category: availability`/,
  );
});
