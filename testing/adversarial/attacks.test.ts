import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { attacks, type Attack } from "./attacks.ts";
import { testTitles } from "./titles.ts";

const root = join(import.meta.dirname, "../..");

function faultsOf(attack: Attack): string[] {
  return Object.entries(attack.tests).flatMap(([file, titles]) => {
    if (!existsSync(join(root, file))) return [`${attack.number}: ${file} is not there`];
    const there = new Set(testTitles(readFileSync(join(root, file), "utf8")));
    return titles.filter((title) => !there.has(title)).map((title) => `${attack.number}: ${file}: ${title}`);
  });
}

test("each of the 28 attacks on a ledger has tests that are there", () => {
  assert.deepEqual(
    attacks.map((attack) => attack.number),
    Array.from({ length: 28 }, (_, index) => index + 1),
  );
  assert.deepEqual(
    attacks.filter((attack) => Object.values(attack.tests).some((titles) => titles.length === 0)),
    [],
  );
  assert.deepEqual(attacks.flatMap(faultsOf), []);
});

test("a test that is gone, or whose title has changed, is missed", () => {
  const gone: Attack = { number: 0, what: "", tests: { "testing/adversarial/attacks.test.ts": ["nothing"] } };
  assert.equal(faultsOf(gone).length, 1);
  assert.equal(faultsOf({ ...gone, tests: { "nowhere.test.ts": [] } }).length, 1);
});
