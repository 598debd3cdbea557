/** `countersign oscal export` as a person runs it: on the invented company, before and after its first assessment. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { OscalKind } from "../../packages/documents/src/index.ts";
import type { JsonObject } from "../../packages/kernel/src/index.ts";
import { writeCompany } from "../journeys/sample-company.ts";
import { newPlace, type Place } from "../journeys/support.ts";
import { referenceFaults, schemaFaults } from "./validate.ts";

const W = ["-w", "company"] as const;
const kinds: readonly OscalKind[] = ["component-definition", "system-security-plan", "assessment-results"];

let place: Place;
before(async () => {
  place = newPlace("oscal");
  await writeCompany(place, "company");
  await place.keepServer("company");
});
after(() => place.remove());

function readDocument(kind: OscalKind): JsonObject {
  return JSON.parse(place.read(`out/${kind}.json`)) as JsonObject;
}

test("before a program is recorded nothing is written, and the error says what to do", async () => {
  const told = await place.refused("oscal", "export", "out", ...W);
  assert.match(told, /the ledger holds no program yet[\s\S]*countersign collect/);
  assert.ok(!existsSync(join(place.folder, "out")));
});

test("before the first assessment two documents are written, the third is said to be missing, and the exit code is 1", async () => {
  assert.equal((await place.run("collect", ...W)).status, 0);
  const { status, stdout, stderr } = await place.run("oscal", "export", "out", ...W);
  assert.equal(status, 1);
  assert.match(stdout, /^out\/component-definition\.json .*\nout\/system-security-plan\.json .*\n$/);
  assert.match(
    stderr,
    /assessment-results is not written: nothing was assessed yet[\s\S]*countersign assess/,
  );
  assert.ok(!existsSync(join(place.folder, "out/assessment-results.json")));
  const only = await place.run("oscal", "export", "out", "--only", "component-definition", ...W);
  assert.equal(only.status, 0, only.stderr);
});

test("the invented company's documents validate, are marked, and the same command gives the same bytes", async () => {
  const assessed = await place.run("assess", ...W);
  assert.equal(assessed.status, 0, assessed.stderr);
  const first = await place.run("oscal", "export", "out", ...W);
  assert.equal(first.status, 0, first.stderr);
  const texts = kinds.map((kind) => place.read(`out/${kind}.json`));
  for (const [index, kind] of kinds.entries()) {
    assert.deepEqual(schemaFaults(kind, readDocument(kind)), []);
    assert.deepEqual(referenceFaults(readDocument(kind)), []);
    assert.match(texts[index] ?? "", /"title": "SAMPLE DATA: /);
  }
  assert.equal((await place.run("oscal", "export", "out", ...W)).status, 0);
  assert.deepEqual(
    kinds.map((kind) => place.read(`out/${kind}.json`)),
    texts,
  );
});

test("a file of another kind is not overwritten, and a bad day is refused", async () => {
  place.write("mine/component-definition.json", '{ "notes": [] }\n');
  const told = await place.refused("oscal", "export", "mine", ...W);
  assert.match(told, /something else of this name/);
  assert.ok(!existsSync(join(place.folder, "mine/system-security-plan.json")));
  assert.match(await place.refused("oscal", "export", "out", "--on", "2026-02-30", ...W), /no such day/);
});
