/** The five rules alone, over items in memory: `rules.ts N`. Ours are compiled from CEL, the others are written by hand. */
import type { JsonObject } from "@countersign/kernel";
import { itemKindOf } from "@countersign/records";
import { compileRule, environmentOf } from "@countersign/rules";
import { generateChanges, type ScaleChange } from "@countersign/sample";
import { percentile } from "../harness/statistics.ts";
import { report } from "../harness/task.ts";
import { changesInput } from "../world/assessment.ts";
import { attributesOf, handWritten } from "../world/rules.ts";

const ROUNDS = 15;
const [count = "0"] = process.argv.slice(2);
const kind = itemKindOf("change");
if (kind === undefined) throw new Error("there is no item kind change");
const rules = attributesOf(changesInput(0).program).map(({ expression }) => {
  const rule = compileRule(expression, environmentOf(kind));
  if (!rule.ok) throw new Error(JSON.stringify(rule.error));
  return rule.value;
});
// As JSON.parse makes them, which is how both meet them.
const items = Array.from(
  generateChanges(7, Number(count)),
  (change) => JSON.parse(JSON.stringify(change)) as ScaleChange & JsonObject,
);

function ours(): number[] {
  const counts = rules.map(() => 0);
  for (const item of items)
    for (let i = 0; i < rules.length; i++)
      if (rules[i]?.evaluateItem(item).kind === "true") counts[i] = (counts[i] ?? 0) + 1;
  return counts;
}

function byHand(): number[] {
  const counts = handWritten.map(() => 0);
  for (const item of items)
    for (let i = 0; i < handWritten.length; i++)
      if (handWritten[i]?.(item) === true) counts[i] = (counts[i] ?? 0) + 1;
  return counts;
}

const times = { ours: [] as number[], byHand: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  const start = performance.now();
  const mine = ours();
  const middle = performance.now();
  const theirs = byHand();
  times.ours.push(middle - start);
  times.byHand.push(performance.now() - middle);
  if (mine.join() !== theirs.join()) throw new Error(`the rules differ: ${mine.join()} and ${theirs.join()}`);
}
// The quickest tenth: rounds of a few milliseconds, most of which somebody else's work interrupts on a shared machine.
report({}, { ours: percentile(times.ours, 0.1), byHand: percentile(times.byHand, 0.1) });
