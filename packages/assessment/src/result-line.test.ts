import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson, type Instant } from "@countersign/kernel";
import type { PersonId, Provenance } from "@countersign/records";
import { occurrenceStates, type AttributeResult, type Occurrence, type UnknownReason } from "./model.ts";
import { resultLine } from "./result-line.ts";

const text = fc.string({ unit: "grapheme" });
const person = text.map((value) => value as PersonId);
const instant = text.map((value) => value as Instant);
const reason = fc.constantFrom<UnknownReason>(
  "not-collected",
  "source-failed",
  "source-lacks-fact",
  "erased",
  "rule-error",
);
const instead = fc.array(fc.record({ name: text, by: person }, { requiredKeys: ["name"] }), { maxLength: 3 });
const result: fc.Arbitrary<AttributeResult> = fc.oneof(
  fc.constant({ state: "operated" } as const),
  fc.record({ state: fc.constant("deviated" as const), cause: text }),
  fc.record(
    { state: fc.constant("unknown" as const), reason, detail: text, suppliedBy: text, instead },
    { requiredKeys: ["state", "reason", "detail"] },
  ),
  fc.record({ state: fc.constant("not-applicable" as const), reason: text, approver: person }),
);
const occurrence: fc.Arbitrary<Occurrence> = fc.record(
  {
    control: text,
    version: fc.nat(),
    activity: text,
    id: text,
    at: instant,
    week: fc.nat(),
    state: fc.constantFrom(...occurrenceStates),
    attributes: fc.array(result, { maxLength: 4 }).map((list) => Object.freeze(list)),
    detail: text,
    due: instant,
    performed: fc.record({
      at: instant,
      provenance: fc.constantFrom<Provenance>("source", "file", "asserted"),
    }),
    recorded: instant,
    recordedLate: fc.boolean(),
    evidence: text,
    person,
    title: text,
    notApplicable: fc.record({ reason: text, approver: person }),
  },
  { requiredKeys: ["control", "version", "activity", "id", "at", "week", "state", "attributes"] },
);

test("a result line is the occurrence's canonical JSON, byte for byte", () => {
  fc.assert(
    fc.property(occurrence, (each) => {
      assert.equal(resultLine(each), canonicalJson(each));
      // A second time: what is remembered of frozen lists must be the same text.
      assert.equal(resultLine(each), canonicalJson(each));
    }),
    { numRuns: 2_000 },
  );
});

test("a line as a census has millions of is the occurrence's canonical JSON too, whatever its neighbours were", () => {
  const ascii = fc.oneof(fc.string(), text);
  const lists = [
    Object.freeze([{ state: "operated" } as const, { state: "operated" } as const]),
    Object.freeze([{ state: "operated" } as const, { state: "deviated", cause: 'a "late" one' } as const]),
  ];
  const judged: fc.Arbitrary<Occurrence> = fc.record({
    control: fc.constantFrom("A", "B"),
    version: fc.constantFrom(1, 2),
    activity: fc.constantFrom("a", "b"),
    id: ascii,
    at: ascii.map((value) => value as Instant),
    week: fc.nat(60),
    state: fc.constantFrom("operated", "deviated"),
    attributes: fc.constantFrom(...lists),
    person: ascii.map((value) => value as PersonId),
    title: ascii,
  });
  fc.assert(
    fc.property(fc.array(judged), (each) => {
      for (const one of each) assert.equal(resultLine(one), canonicalJson(one));
    }),
    { numRuns: 500 },
  );
});

const fineOccurrence: Occurrence = {
  control: "A",
  version: 1,
  activity: "b",
  id: "c",
  at: "2025-08-01T00:00:00Z" as Instant,
  week: 0,
  state: "operated",
  attributes: [],
};

test("text that JSON cannot hold is refused, as in any canonical text", () => {
  assert.equal(resultLine(fineOccurrence), canonicalJson(fineOccurrence));
  for (const broken of [
    { id: "\ud800" },
    { control: "\udc00" },
    { title: "\ud800x" },
    { week: Number.NaN },
  ]) {
    assert.throws(() => resultLine({ ...fineOccurrence, ...broken }), TypeError);
  }
});

test("a list that is not frozen is written as it is now, not as it was", () => {
  const attributes: AttributeResult[] = [{ state: "operated" }];
  const first = { ...fineOccurrence, attributes };
  assert.equal(resultLine(first), canonicalJson(first));
  attributes.push({ state: "deviated", cause: "late" });
  assert.equal(resultLine(first), canonicalJson(first));
});
