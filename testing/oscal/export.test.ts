/** The three OSCAL documents, held against the JSON schemas that NIST published. All companies are made up. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { madeUpPackage } from "../../packages/documents/src/fixture/made-up-view.ts";
import { program as madeUpProgram } from "../../packages/documents/src/fixture/program.ts";
import {
  assessmentResults,
  componentDefinition,
  OSCAL_VERSION,
  oscalText,
  systemSecurityPlan,
  type OscalProgram,
  type OscalRun,
} from "../../packages/documents/src/index.ts";
import {
  canonicalJson,
  digestOf,
  type Instant,
  type JsonObject,
  type LocalDate,
} from "../../packages/kernel/src/index.ts";
import type { Summary } from "../../packages/assessment/src/index.ts";
import type { Program } from "../../packages/program/src/index.ts";
import { profileNames, programOf, readProfile } from "../profiles/profiles.ts";
import { referenceFaults, schemaFaults, schemaFolder } from "./validate.ts";

function sourceOf(program: Program, day = "2026-03-31"): OscalProgram {
  return {
    program,
    digest: digestOf(canonicalJson(program)),
    record: "rec-program",
    recordedAt: "2026-04-01T09:00:00Z" as Instant,
    day: day as LocalDate,
  };
}

function runOf(program: Program, summary: Summary): OscalRun {
  return {
    source: sourceOf(program),
    run: "run-1",
    record: "rec-run",
    recordedAt: "2026-07-02T12:00:05.250Z" as Instant,
    summary,
  };
}

const madeUp = madeUpPackage().view.summary;

function faultsOf(source: OscalProgram, run?: OscalRun): readonly string[] {
  const [definition, plan] = [componentDefinition(source), systemSecurityPlan(source)];
  const results = run === undefined ? undefined : assessmentResults(run);
  return [
    ...schemaFaults("component-definition", definition),
    ...schemaFaults("system-security-plan", plan),
    ...(results === undefined ? [] : schemaFaults("assessment-results", results)),
    ...[definition, plan, ...(results === undefined ? [] : [results])].flatMap(referenceFaults),
  ];
}

/** Every object of a document, with what it is called in its parent. */
function objectsIn(
  value: unknown,
  name = "",
): readonly { readonly name: string; readonly object: JsonObject }[] {
  if (Array.isArray(value)) return value.flatMap((member) => objectsIn(member, name));
  if (typeof value !== "object" || value === null) return [];
  return [
    { name, object: value as JsonObject },
    ...Object.entries(value).flatMap(([key, member]) => objectsIn(member, key)),
  ];
}

function named(document: JsonObject, name: string): readonly JsonObject[] {
  return objectsIn(document).flatMap((each) => (each.name === name ? [each.object] : []));
}

function propsOf(object: JsonObject | undefined, name: string): readonly string[] {
  return ((object?.["props"] ?? []) as readonly JsonObject[])
    .filter((each) => each["name"] === name)
    .map((each) => String(each["value"]));
}

test("the schemas are NIST's, byte for byte, of the version that the documents name", () => {
  const page = readFileSync(join(schemaFolder, "README.md"), "utf8");
  for (const [, file = "", digest] of page.matchAll(/`(oscal_[a-z-]+\.json)` \| `([0-9a-f]{64})`/g)) {
    const bytes = readFileSync(join(schemaFolder, file));
    assert.equal(createHash("sha256").update(bytes).digest("hex"), digest, file);
    assert.match(bytes.toString("utf8"), new RegExp(`csrc.nist.gov/ns/oscal/${OSCAL_VERSION}/`));
  }
});

test("a program that says nothing of its system gives documents that validate and name what is not said", () => {
  const source = sourceOf(madeUpProgram);
  assert.deepEqual(faultsOf(source, runOf(madeUpProgram, madeUp)), []);
  const plan = systemSecurityPlan(source);
  const [characteristics] = named(plan, "system-characteristics");
  assert.match(String(characteristics?.["description"]), /^Not said/);
  assert.ok(propsOf(characteristics, "not-said").includes("commitments"));
  assert.match(String(named(plan, "information-types")[0]?.["description"]), /^Not said/);
});

for (const name of profileNames)
  test(`the ${name} company, which fills the collections of its system, gives documents that validate`, () => {
    const { day, files } = readProfile(name);
    const { program } = programOf(files);
    assert.deepEqual(faultsOf(sourceOf(program, day)), []);
  });

test("a document with a member that OSCAL has not, and a reference that leads nowhere, are found", () => {
  const source = sourceOf(madeUpProgram);
  const definition = componentDefinition(source)["component-definition"] as JsonObject;
  const broken = { "component-definition": { ...definition, verdict: "good" } };
  assert.match(schemaFaults("component-definition", broken).join(), /additional properties/);
  const plan = JSON.parse(oscalText(systemSecurityPlan(source))) as JsonObject;
  const component = named(plan, "by-components")[0] as { "component-uuid": string };
  component["component-uuid"] = "00000000-0000-4000-8000-000000000000";
  assert.equal(referenceFaults(plan).length, 1);
});

test("every criterion in scope has its place, and one that nothing answers says so", () => {
  const source = sourceOf({
    ...madeUpProgram,
    notRelevant: [{ criterion: "CC6.4", reason: "all machines stand at a provider" }],
    subservice: [{ criterion: "CC6.5", organization: "Example Cloud" }],
  });
  const plan = systemSecurityPlan(source);
  const answers = named(plan, "implemented-requirements");
  assert.equal(answers.length, 33);
  const of = (criterion: string): readonly JsonObject[] =>
    named(answers.find((each) => each["control-id"] === criterion) ?? {}, "by-components");
  assert.match(String(of("CC8.1")[0]?.["description"]), /^Every change is approved by someone other/);
  assert.deepEqual(of("CC6.4")[0]?.["implementation-status"], {
    state: "not-applicable",
    remarks: "- all machines stand at a provider",
  });
  assert.match(String(of("CC6.5")[0]?.["description"]), /subservice organization Example Cloud/);
  assert.match(String(of("CC1.1")[0]?.["description"]), /^Not said/);
  assert.deepEqual(faultsOf(source), []);
});

test("only what is in force on the day is in the documents", () => {
  const versionOn = (day: string): readonly string[] =>
    named(componentDefinition(sourceOf(madeUpProgram, day)), "components")
      .filter((each) => propsOf(each, "control").includes("IAM-03"))
      .flatMap((each) => propsOf(each, "control-version"));
  assert.deepEqual(versionOn("2025-12-31"), ["1"]);
  assert.deepEqual(versionOn("2026-01-01"), ["2"]);
});

test("every control has an observation with its counts, and every deviation an observation, a risk and its id", () => {
  const results = assessmentResults(runOf(madeUpProgram, madeUp));
  const observations = named(results, "observations");
  for (const control of madeUp.controls) {
    const own = observations.find(
      (each) =>
        propsOf(each, "control").includes(control.id) &&
        propsOf(each, "deviation").length === 0 &&
        propsOf(each, "gap-source").length === 0,
    );
    for (const [state, count] of Object.entries(control.counts))
      assert.deepEqual(propsOf(own, `count-${state}`), [String(count)], control.id);
    for (const unknown of control.activities.flatMap((each) =>
      each.attributes.flatMap((one) => one.unknowns),
    ))
      assert.ok(String(own?.["description"]).includes(`${unknown.count} unknown (${unknown.reason})`));
  }
  assert.ok(madeUp.deviations.length > 0);
  for (const { id } of madeUp.deviations) {
    for (const list of ["observations", "risks"])
      assert.equal(named(results, list).filter((each) => propsOf(each, "deviation").includes(id)).length, 1);
  }
  const text = oscalText(results);
  for (const { person } of madeUp.deviations) if (person !== undefined) assert.ok(!text.includes(person));
});

test("no name of a person and no text of the AICPA's is in a document; owners stand under their opaque ids", () => {
  const text = oscalText(componentDefinition(sourceOf(madeUpProgram)));
  assert.match(text, /"value": "p-4c1d"/);
  assert.doesNotMatch(text, /The entity /);
});

test("the mark of invented data is in every document of such a company and in none of another", () => {
  const texts = (sampleData: boolean): readonly string[] => {
    const program = { ...madeUpProgram, sampleData };
    const source = sourceOf(program);
    return [
      componentDefinition(source),
      systemSecurityPlan(source),
      assessmentResults(runOf(program, { ...madeUp, sampleData })),
    ].map(oscalText);
  };
  for (const text of texts(true)) {
    assert.match(text, /"title": "SAMPLE DATA: /);
    assert.match(text, /"name": "sample-data"/);
  }
  for (const text of texts(false)) assert.doesNotMatch(text, /sample/i);
});

test("the same records give the same bytes, and a UUID stays while its fact does", () => {
  const source = sourceOf(madeUpProgram);
  assert.equal(oscalText(systemSecurityPlan(source)), oscalText(systemSecurityPlan(structuredClone(source))));
  const later = sourceOf({ ...madeUpProgram, holidays: ["2026-01-01" as LocalDate] });
  const uuidsOf = (document: JsonObject): readonly unknown[] =>
    named(document, "components").map((each) => each["uuid"]);
  assert.deepEqual(uuidsOf(systemSecurityPlan(source)), uuidsOf(systemSecurityPlan(later)));
  assert.notEqual(
    named(systemSecurityPlan(source), "system-security-plan")[0]?.["uuid"],
    named(systemSecurityPlan(later), "system-security-plan")[0]?.["uuid"],
  );
  const other = sourceOf({ ...madeUpProgram, organization: { id: "another", name: "Another" } });
  const shared = new Set(uuidsOf(systemSecurityPlan(source)));
  assert.ok(!uuidsOf(systemSecurityPlan(other)).some((uuid) => shared.has(uuid)));
});
