/** Wherever no fact is absent, a rule means what it means to two other CEL engines. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { celEnv, isCelError, parse, plan, type CelInput } from "@bufbuild/cel";
import { Environment } from "@marcbachmann/cel-js";
import type { FieldType } from "@countersign/records";
import fc from "fast-check";
import { environment, fullItem } from "./generate-items.test.ts";
import { rules } from "./generate-rules.test.ts";
import { compileRule } from "./rule.ts";

const RUNS = Number(process.env["RULES_RUNS"] ?? 1500);

type Answer = boolean | "error";
type Ask = (source: string, item: object) => Answer;

/** An item with the values that another engine takes for ints and timestamps. */
function convert(value: unknown, type: FieldType, instant: (text: string) => unknown): unknown {
  if (type.type === "int") return BigInt(Number(value));
  if (type.type === "timestamp") return instant(String(value));
  if (type.type === "list") return (value as unknown[]).map((element) => convert(element, type.of, instant));
  if (type.type !== "object") return value;
  return Object.fromEntries(
    Object.entries(value as object).map(([name, member]) => {
      const field = type.fields[name];
      return [name, field === undefined ? member : convert(member, field.type, instant)];
    }),
  );
}

const itemType: FieldType = environment.variables["item"] ?? { type: "bool" };

const buf = celEnv();

/** That engine's timestamps, as its own function makes them of the text. */
const instants = new Map<string, unknown>();

const askBuf: Ask = (source, item) => {
  const instant = (text: string) => {
    if (!instants.has(text)) instants.set(text, plan(buf, parse(`timestamp("${text}")`))());
    return instants.get(text);
  };
  const answer = plan(buf, parse(source))({ item: convert(item, itemType, instant) as CelInput });
  return isCelError(answer) ? "error" : answer === true;
};

const celJs = new Environment();

/** Declares a fact's type to that engine, object types under the name they are given. @returns how it writes the type */
function declare(type: FieldType, name: string): string {
  if (type.type === "list") return `list<${declare(type.of, name)}>`;
  if (type.type === "timestamp") return "google.protobuf.Timestamp";
  if (type.type !== "object") return type.type === "int" || type.type === "bool" ? type.type : "string";
  const fields = Object.entries(type.fields).map(([field, { type: of }]) => [
    field,
    declare(of, `${name}_${field}`),
  ]);
  celJs.registerType({ name, schema: Object.fromEntries(fields) });
  return name;
}

celJs.registerVariable("item", declare(itemType, "Item"));

const askCelJs: Ask = (source, item) => {
  const value = convert(item, itemType, (text) => new Date(text));
  try {
    return celJs.evaluate(source, { item: value }) === true;
  } catch {
    return "error";
  }
};

function agrees(ask: Ask, source: fc.Arbitrary<string>, runs: number): void {
  let compared = 0;
  const property = fc.property(source, fullItem, (written, item) => {
    const compiled = compileRule(written, environment);
    assert.ok(compiled.ok, written);
    const verdict = compiled.value.evaluateItem(item);
    assert.notEqual(verdict.kind, "unknown", written);
    // Plain CEL lets `false && …` absorb an error, and its ints reach further than ours. Their errors are errors of ours.
    if (verdict.kind === "error") return;
    compared++;
    assert.equal(ask(written, item), verdict.kind === "true", written);
  });
  fc.assert(property, { numRuns: runs });
  assert.ok(compared > runs / 2, `${compared} verdicts were compared`);
}

test("where no fact is absent, verdicts equal those of @bufbuild/cel", () => {
  agrees(askBuf, rules(), RUNS);
});

// That engine takes a duration plus a timestamp for a duration, miscounts the sum of negative durations with fractions
// of a second, and its time zones depend on the machine's.
test("where no fact is absent, verdicts equal those of @marcbachmann/cel-js", () => {
  const source = rules("duration + timestamp", "duration + duration", "time zones");
  agrees(askCelJs, source, RUNS);
});
