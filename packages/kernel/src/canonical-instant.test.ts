import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseInstant } from "./time.ts";

function read(text: string): number | undefined {
  const parsed = parseInstant(text);
  return parsed.ok ? parsed.value : undefined;
}

/** The same time with its zone spelled as an offset, which only the strict reader takes. */
function strict(text: string): number | undefined {
  return read(text.endsWith("Z") ? `${text.slice(0, -1)}+00:00` : text);
}

test("a canonical instant is read as the strict reader reads it, whatever its digits", () => {
  const digits = (max: number, width: number) =>
    fc.integer({ min: 0, max }).map((value) => String(value).padStart(width, "0"));
  const near = fc
    .tuple(
      digits(9999, 4),
      digits(14, 2),
      digits(33, 2),
      digits(25, 2),
      digits(61, 2),
      digits(61, 2),
      digits(999, 3),
    )
    .chain(([year, month, day, hour, minute, second, millis]) =>
      fc.constantFrom(
        `${year}-${month}-${day}T${hour}:${minute}:${second}Z`,
        `${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}Z`,
      ),
    );
  fc.assert(
    fc.property(near, (text) => {
      assert.equal(read(text), strict(text), text);
    }),
    { numRuns: 5_000 },
  );
});

test("every day of a leap year, a common year and their neighbours is read", () => {
  for (let at = Date.UTC(1999, 11, 1); at < Date.UTC(2005, 1, 1); at += 43_200_000) {
    const text = new Date(at).toISOString();
    assert.equal(read(text), at);
    assert.equal(read(`${text.slice(0, 19)}Z`), at);
  }
});

test("one wrong character anywhere makes another text, and it is read as the strict reader reads it", () => {
  for (const text of ["2026-03-05T22:52:12Z", "2026-03-05T22:52:12.507Z", "2024-02-29T23:59:59Z"])
    for (let i = 0; i < text.length; i++)
      for (const wrong of ["0", "9", "x", "-", ":", ".", "Z", "z", "T", " ", "/", "\u0660", "+"]) {
        const changed = text.slice(0, i) + wrong + text.slice(i + 1);
        assert.equal(read(changed), strict(changed), changed);
      }
});

test("a day that the month does not have is no time, and no later one either", () => {
  assert.equal(read("2026-02-29T10:15:00Z"), undefined);
  assert.equal(read("2026-02-30T10:15:00Z"), undefined);
  assert.equal(read("2026-04-31T10:15:00Z"), undefined);
});
