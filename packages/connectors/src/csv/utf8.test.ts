import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Utf8Check } from "./utf8.ts";

function check(bytes: Buffer, piece: number): number | undefined {
  const utf8 = new Utf8Check();
  for (let at = 0; at < bytes.length; at += piece) {
    const bad = utf8.take(bytes.subarray(at, at + piece));
    if (bad !== undefined) return bad;
  }
  return utf8.end();
}

const text = fc.string({ unit: "binary", maxLength: 40 }).map((value) => Buffer.from(value.toWellFormed()));

test("text passes wherever it is cut into pieces", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 9 }), (bytes, piece) =>
      assert.equal(check(bytes, piece), undefined),
    ),
  );
});

test("the first byte that does not belong is found wherever the pieces end", () => {
  const bad = fc.constantFrom(
    [0xff],
    [0xc3, 0x28],
    [0x80],
    [0xe2, 0x82, 0x28],
    [0xf0, 0x9f, 0x98, 0x41],
    [0xc0, 0xaf],
  );
  fc.assert(
    fc.property(text, bad, text, fc.integer({ min: 1, max: 64 }), (before, broken, after, piece) => {
      assert.equal(check(Buffer.concat([before, Buffer.from(broken), after]), piece), before.length);
    }),
    { numRuns: 500 },
  );
});

test("a character that the end cuts off is broken", () => {
  assert.equal(check(Buffer.from([0x61, 0xe2, 0x82]), 1), 1);
});
