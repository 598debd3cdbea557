import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson, hasOnlySafeIntegers, parseCanonicalJson, type Json } from "./canonical-json.ts";

const vectors = join(import.meta.dirname, "../../../../shared/fixtures/integrity/jcs");

test(
  "the RFC 8785 vectors come out byte for byte",
  { skip: existsSync(vectors) ? false : "the shared fixtures are not beside this checkout" },
  () => {
    const names = readdirSync(join(vectors, "input"));
    assert.ok(names.length >= 6);
    for (const name of names) {
      const input = JSON.parse(readFileSync(join(vectors, "input", name), "utf8")) as Json;
      assert.equal(canonicalJson(input), readFileSync(join(vectors, "output", name), "utf8"), name);
    }
  },
);

test("canonical text is a fixed point, whatever the order of members", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      assert.equal(canonicalJson(JSON.parse(text)), text);
      assert.ok(parseCanonicalJson(text).ok);
    }),
  );
});

test("text that is JSON but not canonical is refused", () => {
  for (const text of [
    '{"b":1,"a":2}',
    '{ "a":1}',
    '{"a":1.0}',
    '{"a":1e2}',
    '{"a":1,"a":2}',
    '{"a":9007199254740993}',
    '"\\u0041"',
    "-0",
    "\ufeff{}",
    "{}\n",
  ]) {
    assert.equal(parseCanonicalJson(text).ok, false, text);
  }
});

test("what JSON cannot hold is refused, not bent", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, "\ud800", { a: 1n }, [() => 1]]) {
    assert.throws(() => canonicalJson(value), TypeError);
  }
});

test("floats and unsafe integers are found at any depth", () => {
  assert.equal(hasOnlySafeIntegers({ a: [1, { b: 2 }] }), true);
  assert.equal(hasOnlySafeIntegers({ a: [1, { b: 2.5 }] }), false);
  assert.equal(hasOnlySafeIntegers([2 ** 53]), false);
});
