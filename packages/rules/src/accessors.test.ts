import assert from "node:assert/strict";
import { test } from "node:test";
import { accessorOf, ACCESSORS } from "./accessors.ts";
import { nearestName } from "./problem.ts";

test("every accessor reads the field that it is named after, and no other", () => {
  const names = Object.keys(ACCESSORS);
  assert.ok(names.length > 30);
  const row = Object.fromEntries(names.map((name) => [name, `the ${name}`]));
  for (const name of names) {
    assert.equal(accessorOf(name)(row), `the ${name}`);
    assert.equal(accessorOf(name)({}), undefined);
  }
});

test("a name that is not in the table, or that every object has, is read all the same", () => {
  assert.equal(accessorOf("other")({ other: 1 }), 1);
  assert.equal(accessorOf("toString")({}), undefined);
  assert.equal(accessorOf("toString")({ toString: 1 }), 1);
  assert.equal(accessorOf("__proto__")(JSON.parse('{"__proto__": 1}')), 1);
  assert.equal(accessorOf("__proto__")({}), undefined);
});

test("a name is suggested when few letters differ, are missing, are too many or changed places", () => {
  const known = ["author", "approvals", "mergedAt"];
  for (const [written, name] of [
    ["auhtor", "author"],
    ["autor", "author"],
    ["authors", "author"],
    ["Author", "author"],
    ["aprovals", "approvals"],
    ["mergeAt", "mergedAt"],
    ["merged_at", "mergedAt"],
    ["x", undefined],
    ["title", undefined],
  ] as const)
    assert.equal(nearestName(written, known), name, written);
});
