import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PART_BYTES_MAX, partNames } from "./layout.ts";
import { PartCutter, type Part } from "./parts.ts";

function cut(cutter: PartCutter, bytes: Buffer, step: number): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < bytes.length; at += step) parts.push(...cutter.push(bytes.subarray(at, at + step)));
  parts.push(...cutter.finish());
  return parts;
}

test("parts joined are the blob, none is too large, and each ends at a line's end", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 12 })),
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 60, max: 90 }),
      (lines, step, max) => {
        const bytes = Buffer.from(lines.map((line) => `${line.replaceAll("\n", "")}\n`).join(""));
        const cutter = PartCutter.lines("data/x", max);
        const parts = cut(cutter, bytes, step);
        assert.deepEqual(Buffer.concat(parts.map((part) => part.bytes)), bytes);
        for (const part of parts) {
          assert.ok(part.bytes.length <= max);
          assert.ok(part.bytes.length === 0 || part.bytes.at(-1) === 10);
        }
        assert.deepEqual(
          cutter.paths,
          parts.map((_, i) => `data/x-${String(i).padStart(5, "0")}.ndjson`),
        );
      },
    ),
  );
});

test("the same bytes give the same parts, however they arrive", () => {
  const bytes = Buffer.from(Array.from({ length: 400 }, (_, i) => `line ${i}\n`).join(""));
  const whole = cut(PartCutter.lines("l", 100), bytes, bytes.length);
  for (const step of [1, 7, 99, 100, 101])
    assert.deepEqual(cut(PartCutter.lines("l", 100), bytes, step), whole);
});

test("a file is one part under its own name until it is too large", () => {
  assert.deepEqual(partNames("raw/a", PART_BYTES_MAX), ["raw/a"]);
  assert.deepEqual(partNames("raw/a", PART_BYTES_MAX + 1), ["raw/a.part-00000", "raw/a.part-00001"]);
  const large = Buffer.alloc(PART_BYTES_MAX + 1, 7);
  const cutter = PartCutter.bytes("raw/a", large.length);
  const sizes = cut(cutter, large, 1_000_000).map((part) => part.bytes.length);
  assert.deepEqual(sizes, [PART_BYTES_MAX, 1]);
  assert.deepEqual(cutter.paths, partNames("raw/a", large.length));
});

test("an empty blob is one empty part, and a line longer than a part is refused", () => {
  assert.deepEqual(cut(PartCutter.lines("e"), Buffer.alloc(0), 1), [
    { path: "e-00000.ndjson", bytes: Buffer.alloc(0) },
  ]);
  assert.throws(() => cut(PartCutter.lines("e", 10), Buffer.from("01234567890\n"), 3), RangeError);
});
