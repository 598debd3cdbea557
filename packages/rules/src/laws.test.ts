/** Laws of the profile that hold for every rule and every item. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { environment, fullItem, sparseItem } from "./generate-items.test.ts";
import { rules } from "./generate-rules.test.ts";
import { compileRule, type Rule } from "./rule.ts";
import type { Verdict } from "./run.ts";

function compiled(source: string): Rule {
  const rule = compileRule(source, environment);
  assert.ok(rule.ok, source);
  return rule.value;
}

function verdictOf(source: string, item: unknown): Verdict {
  return compiled(source).evaluateItem(item);
}

/** What two orders of evaluation must have in common: not the order of the absent facts, nor which error came first. */
function unordered(verdict: Verdict): unknown {
  if (verdict.kind === "error") return "error";
  return verdict.kind === "unknown" ? [...verdict.absent].sort() : verdict.kind;
}

type Editable = { [name: string]: unknown };

/** Takes a fact out of an item: out of one element only, where the path leads through a list. */
function remove(item: Editable, path: string, pick: number): void {
  const steps = path.split(".").slice(1);
  let row = item;
  for (const [index, step] of steps.entries()) {
    const name = step.replace("[]", "");
    if (index === steps.length - 1) delete row[name];
    else if (step.endsWith("[]")) {
      const elements = row[name] as Editable[];
      row = elements[pick % elements.length] ?? {};
    } else row = row[name] as Editable;
  }
}

const OPTIONAL = new Set([
  "title",
  "limit",
  "draft",
  "due",
  "day",
  "approvals",
  "approvals[].at",
  "approvals[].weight",
  "tickets",
  "times",
  "meta",
  "meta.owner",
]);

const lists = ["approvals", "tickets", "times", "sizes"] as const;
const itemWithElements = fullItem.filter((item) => lists.every((name) => item[name].length > 0));

test("without any one optional fact that it reads, a rule is unknown and names that fact alone", () => {
  let removed = 0;
  const property = fc.property(rules("choices"), itemWithElements, fc.nat(), (source, item, pick) => {
    const rule = compiled(source);
    if (rule.evaluateItem(item).kind === "error") return;
    for (const path of rule.reads) {
      if (!OPTIONAL.has(path.slice("item.".length))) continue;
      const less = structuredClone(item);
      remove(less, path, pick);
      removed++;
      assert.deepEqual(rule.evaluateItem(less), { kind: "unknown", absent: [path] }, source);
    }
  });
  fc.assert(property, { numRuns: 1000 });
  assert.ok(removed > 1000, `${removed} facts were removed`);
});

test("a rule that says true or false read no absent fact, so the facts that were absent do not matter", () => {
  fc.assert(
    fc.property(rules(), sparseItem, fullItem, (source, sparse, full) => {
      const rule = compiled(source);
      const before = rule.evaluateItem(sparse);
      if (before.kind !== "true" && before.kind !== "false") return;
      assert.deepEqual(rule.evaluateItem({ ...full, ...sparse }), before, source);
    }),
    { numRuns: 2000 },
  );
});

for (const operator of ["&&", "||"])
  test(`the operands of ${operator} can change places, whatever is absent`, () => {
    const property = fc.property(rules(), rules(), rules(), sparseItem, (a, b, c, item) => {
      const one = verdictOf(`${a} ${operator} ${b} ${operator} ${c}`, item);
      const other = verdictOf(`${c} ${operator} (${b} ${operator} ${a})`, item);
      assert.deepEqual(unordered(one), unordered(other));
    });
    fc.assert(property, { numRuns: 500 });
  });

test("nothing absorbs an unknown or an error: not ||, not &&, not a macro", () => {
  const property = fc.property(rules(), sparseItem, (source, item) => {
    const plain = verdictOf(source, item);
    if (plain.kind === "true" || plain.kind === "false") return;
    for (const around of [
      `${source} || true`,
      `true || ${source}`,
      `${source} && false`,
      `false && ${source}`,
      `!(${source}) || 1 == 1`,
      `[1, 2].exists(n, n == 1 || ${source})`,
      `[2, 1].all(n, n == 1 && ${source})`,
      `size([1].filter(n, ${source})) >= 0`,
      `${source} ? true : true`,
    ])
      assert.deepEqual(verdictOf(around, item), plain, around);
  });
  fc.assert(property, { numRuns: 500 });
});

test("De Morgan's laws hold under absence", () => {
  fc.assert(
    fc.property(rules(), rules(), sparseItem, (a, b, item) => {
      assert.deepEqual(verdictOf(`!(${a} && ${b})`, item), verdictOf(`!${a} || !${b}`, item));
    }),
    { numRuns: 300 },
  );
});

test("the branch that is not taken is not read", () => {
  fc.assert(
    fc.property(rules(), rules(), sparseItem, (taken, other, item) => {
      const plain = verdictOf(taken, item);
      assert.deepEqual(verdictOf(`true ? ${taken} : ${other}`, item), plain);
      assert.deepEqual(verdictOf(`false ? ${other} : ${taken}`, item), plain);
    }),
    { numRuns: 300 },
  );
});

const junk = fc.oneof(
  fc.jsonValue(),
  fc
    .tuple(sparseItem, fc.dictionary(fc.constantFrom(...Object.keys(itemFields())), fc.jsonValue()))
    .map(([item, replaced]) => ({ ...item, ...replaced })),
  sparseItem.chain((item) =>
    fc.jsonValue().map((value) => ({ ...item, approvals: [...(item.approvals ?? []), value] })),
  ),
  fc.constantFrom(undefined, Object.create(null), [], [[]], { item: {} }, Number.NaN),
);

function itemFields(): object {
  const type = environment.variables["item"];
  assert.ok(type?.type === "object");
  return type.fields;
}

test("evaluation has a verdict for any JSON at all, and for the next item as if nothing had happened", () => {
  fc.assert(
    fc.property(rules(), junk, sparseItem, (source, value, item) => {
      const rule = compiled(source);
      const fresh = compiled(source).evaluateItem(item);
      const verdict = rule.evaluateItem(value);
      assert.ok(["true", "false", "unknown", "error"].includes(verdict.kind));
      assert.deepEqual(rule.evaluateItem(item), fresh);
      assert.deepEqual(rule.evaluate({ item }), fresh);
    }),
    { numRuns: 1500 },
  );
});
