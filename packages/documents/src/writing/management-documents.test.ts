/** Every document of management's, over one invented company with holes, and over one that has said nothing. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Collection, Dated, System } from "@countersign/program";
import type { WrittenDocument } from "./blocks.ts";
import { type FactId, type Facts } from "./facts.ts";
import {
  emptyGathered,
  gone,
  madeUpGathered,
  madeUpProgram,
  madeUpSystem,
} from "./fixture/made-up-system.ts";
import { plainText, saidText } from "./fixture/read-document.ts";
import { gather, type Gathered } from "./gathered/source.ts";
import { placed, type Placed } from "./layout.ts";
import { managementDocuments } from "./management-documents.ts";
import { parseSidecar, sidecarText } from "./sidecar.ts";

const all = Object.entries(managementDocuments);
const written = (name: string, gathered: Gathered): WrittenDocument => {
  const write = managementDocuments[name]?.write;
  assert.ok(write !== undefined, name);
  return write(gather(gathered));
};
const source = gather(madeUpGathered());
const withSystem = (system: Partial<System>): Gathered =>
  madeUpGathered({ program: { ...madeUpProgram, system: { ...madeUpSystem, ...system } } });

for (const [name, { write }] of all) {
  test(`${name} says of the invented company what it is known to say`, () => {
    const text = plainText(write(source));
    const golden = join(import.meta.dirname, "fixture/golden", `${name}.txt`);
    if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(golden, text);
    assert.equal(text, readFileSync(golden, "utf8"));
  });

  test(`${name} is the same bytes again, whatever the order of the program's lists`, () => {
    const turned = Object.fromEntries(
      Object.entries(madeUpSystem).map(([collection, things]) => [collection, things.toReversed()]),
    ) as unknown as System;
    const first = sidecarText(write(source));
    assert.equal(sidecarText(written(name, withSystem(turned))), first);
    assert.ok(parseSidecar(first).ok);
  });

  test(`deleting any one fact from ${name} takes exactly what rests on it`, () => {
    const before = [...placed(write(source))];
    let cited = 0;
    for (const { id } of source.facts.all()) {
      const after = [...placed(write({ ...source, facts: deleted(id) }))];
      assert.deepEqual(collapsed(after, id), collapsed(before, id), id);
      const now = after.filter(({ said }) => said.facts.includes(id));
      assert.ok(
        now.every(({ said }) => said.kind === "hole"),
        id,
      );
      if (before.some(({ said, because }) => said.facts.includes(id) || because.includes(id))) {
        assert.ok(now.length > 0, id);
        cited += 1;
      }
    }
    assert.ok(cited > 8);
  });
}

/** As `without` does, and without building all facts again for each. */
function deleted(gone: FactId): Facts {
  const { facts } = source;
  return {
    ...facts,
    find: (id) => (id === gone ? { ...facts.find(id), value: undefined } : facts.find(id)),
  };
}

/** What stands there in order; what the fact made is one entry, whatever it was, and what cites it is marked. */
function collapsed(entries: readonly Placed[], id: FactId): readonly string[] {
  const kept: string[] = [];
  for (const one of entries) {
    const rests = one.because.includes(id);
    const mark = `rests on ${id}`;
    if (rests && kept.at(-1) === mark) continue;
    kept.push(rests ? mark : one.said.facts.includes(id) ? `cites ${id}` : saidText(one));
  }
  return kept;
}

test("every description criterion has its section, in order, of a program that says nothing too", () => {
  for (const gathered of [
    madeUpGathered(),
    emptyGathered(),
    { ...emptyGathered(), type: "type-1" } as const,
  ]) {
    const headings = [...placed(written("system-description", gathered))]
      .filter(({ place }) => place.part === "heading" && !place.section.includes("."))
      .map((one) => saidText(one).slice(0, 4));
    assert.deepEqual(headings, ["DC1:", "DC2:", "DC3:", "DC4:", "DC5:", "DC6:", "DC7:", "DC8:", "DC9:"]);
  }
});

test("of a program that says nothing, every document is written, with holes and no claim of absence", () => {
  for (const [name] of all) {
    const entries = [...placed(written(name, emptyGathered()))];
    assert.ok(
      entries.some(({ said }) => said.kind === "hole"),
      name,
    );
    const text = entries.map(saidText).join("\n");
    assert.doesNotMatch(
      text,
      /There is no (?:service|store|component|model)|No (?:incident|finding|change) /,
      name,
    );
  }
});

test("an empty list is said to be empty only where somebody has said so", () => {
  const none: readonly Collection[] = ["incidents", "findings", "changes"];
  const empty = emptyGathered();
  const gathered = { ...empty, program: { ...empty.program, none } };
  assert.match(plainText(written("system-description", gathered)), /No incident was detected/);
  assert.match(plainText(written("bridge-letter", gathered)), /No change since is on record/);
});

test("removing a thing removes exactly what spoke of it", () => {
  for (const [collection, id, mark] of [
    ["stores", "logs", "Prompt logs"],
    ["components", "gateway", "Gateway"],
    ["incidents", "outage", "outage of the gateway"],
    ["vendors", "host", "Doors are shut"],
    ["changes", "move", "The cluster moved"],
  ] as const) {
    const things = (madeUpSystem[collection] as readonly Dated<object>[]).filter((thing) => thing.id !== id);
    const gathered = withSystem({ [collection]: things });
    const before = plainText(written("system-description", madeUpGathered()));
    const after = plainText(written("system-description", gathered));
    assert.ok(before.includes(mark) && !after.includes(mark), mark);
    const words = (text: string) => new Set(text.split("\n").map((line) => line.replace(/^\[[^\]]*\] /, "")));
    const kept = words(before);
    const added = [...words(after)].filter(
      (line) => !kept.has(line) && !/MISSING|^\d|No vendor is|^Not described on that day$/.test(line),
    );
    // Only ids stand where a name was: a flow names an end that is no longer there.
    assert.deepEqual(
      added.filter((line) => line !== id && !line.startsWith(`${id}: `)),
      [],
      mark,
    );
  }
});

test("an incident or a change that nobody has decided on is a hole with its owner, and an exercise is none", () => {
  const text = plainText(written("system-description", madeUpGathered()));
  assert.match(text, /MISSING: the decision on disclosure of the incident A leaked key \(Ada Example\)/);
  assert.match(text, /MISSING: the decision on disclosure of the change cache \(nobody\)/);
  assert.doesNotMatch(text, /A drill|Slow answers|A name changed|A fault after/);
});

test("whoever has left owns no hole and answers for nothing", () => {
  const { facts } = source;
  assert.equal(facts.find("program/components/cluster/owner" as FactId).value, undefined);
  assert.doesNotMatch(plainText(written("system-description", madeUpGathered())), /Gil Gone/);
  const hole = facts.find("program/components/cluster/words" as FactId);
  assert.equal(hole.value, undefined);
  assert.equal(hole.owner.kind, "unassigned");
  assert.ok(madeUpSystem.components.some(({ versions }) => versions.some(({ owner }) => owner === gone)));
});

test("a Type I description says that changes are not called for, and a Type II one tells of them", () => {
  const one = plainText(written("system-description", madeUpGathered({ type: "type-1" })));
  assert.match(one, /A Type I report speaks of one day/);
  assert.doesNotMatch(one, /The cluster moved/);
  assert.match(
    plainText(written("system-description", madeUpGathered())),
    /February 1, 2026: The cluster moved/,
  );
});

test("the description holds no result of an assessment", () => {
  const { assessment: _, ...unassessed } = madeUpGathered();
  assert.equal(
    plainText(written("system-description", unassessed)),
    plainText(written("system-description", madeUpGathered())),
  );
});

test("the inputs to the representations leave nothing out", () => {
  const gathered = madeUpGathered();
  const text = plainText(written("representation-inputs", gathered));
  const { assessment } = gathered;
  assert.ok(assessment !== undefined && assessment.deviations.length > 1 && assessment.gaps.length > 0);
  const flat = (words: string) => words.replace(/\s+/g, " ").trim();
  for (const { occurrence, cause } of assessment.deviations)
    assert.ok(text.includes(flat(occurrence)) && text.includes(flat(cause)), occurrence);
  for (const { reason } of assessment.gaps) assert.ok(text.includes(flat(reason)), reason);
  for (const warning of assessment.warnings) assert.ok(text.includes(flat(warning)), warning);
  for (const { versions } of [...madeUpSystem.incidents, ...madeUpSystem.findings])
    for (const { title } of versions) assert.ok(text.includes(title), title);
  for (const { versions } of madeUpSystem.changes)
    for (const { words } of versions) assert.ok(text.includes(words), words);
  const deviations = [...placed(written("representation-inputs", gathered))].filter(
    ({ place, because }) =>
      place.part === "cell" && place.column === 1 && because.includes("assessment/deviations" as FactId),
  );
  assert.equal(deviations.length, assessment.deviations.length);
});

test("no document is signed, and none uses a word of the auditor's conclusion", () => {
  for (const gathered of [madeUpGathered(), emptyGathered(), madeUpGathered({ type: "type-1" })])
    for (const [name] of all) {
      const document = written(name, gathered);
      const text = plainText(document);
      assert.doesNotMatch(
        text,
        /\bcomplian(?:t|ce)\b|\bcertif|\bpassed\b|\bguarantee|\bunqualified\b/i,
        name,
      );
      if (["system-description", "user-entity-controls", "data-picture"].includes(name)) continue;
      assert.match(text, /NOT SIGNED: DRAFT/, name);
      const signature = text.slice(text.lastIndexOf("Signature"));
      assert.doesNotMatch(signature, /Ada Example|\/s\/|Signed by/, name);
      assert.match(signature, /Not signed; draft/, name);
    }
});

test("every page of the invented company is marked as sample data", () => {
  for (const [name] of all) assert.equal(written(name, madeUpGathered()).sampleData, true, name);
});
