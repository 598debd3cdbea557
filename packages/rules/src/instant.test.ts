import assert from "node:assert/strict";
import { test } from "node:test";
import { celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import fc from "fast-check";
import {
  compareInstants,
  epochOfCanonical,
  FIRST_INSTANT,
  isDate,
  LAST_INSTANT,
  NOT_INSTANTS,
  parseDurationLiteral,
  parseTimestampLiteral,
} from "./instant.ts";
import { TIMESTAMP_PARTS, partInZone } from "./parts.ts";
import { compareText, sizeOfText } from "./text.ts";

const epoch = fc.oneof(
  fc.integer({ min: FIRST_INSTANT, max: LAST_INSTANT }),
  fc.constantFrom(FIRST_INSTANT, LAST_INSTANT, 0, -1, Date.UTC(2024, 1, 29), Date.UTC(2000, 1, 29)),
);

function canonical(at: number): string {
  const text = new Date(at).toISOString();
  return at % 1000 === 0 ? text.replace(".000Z", "Z") : text;
}

test("a canonical instant is read as Date.parse reads it, from the year 1 to the year 9999", () => {
  fc.assert(
    fc.property(epoch, (at) => {
      assert.equal(epochOfCanonical(canonical(at)), at);
      assert.equal(epochOfCanonical(new Date(at).toISOString()), at);
      assert.ok(isDate(new Date(at).toISOString().slice(0, 10)));
    }),
    { numRuns: 5000 },
  );
});

test("a text with any one character changed is read as Date.parse reads it, or not at all", () => {
  const changed = fc.tuple(epoch, fc.nat(23), fc.constantFrom(..."0123456789 -:.TZzt+é"));
  const property = fc.property(changed, ([at, place, character]) => {
    const text = canonical(at);
    const index = place % text.length;
    const damaged = text.slice(0, index) + character + text.slice(index + 1);
    const read = epochOfCanonical(damaged);
    // What is read is written that way: no other spelling, and no day that the calendar has not.
    if (!Number.isNaN(read)) assert.equal(new Date(read).toISOString().slice(0, 19), damaged.slice(0, 19));
  });
  fc.assert(property, { numRuns: 5000 });
});

for (const text of [
  "2026-02-29T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-00-10T00:00:00Z",
  "2026-01-00T00:00:00Z",
  "0000-01-01T00:00:00Z",
  "1900-02-29T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "2026-01-01T00:60:00Z",
  "2016-12-31T23:59:60Z",
  "2026-01-01T00:00:00.00Z",
  "2026-01-01T00:00:00.0000Z",
  "2026-01-01T00:00:00+0000Z",
  "2026-01-01t00:00:00Z",
  "2026-01-01",
  "",
])
  test(`${text || "nothing"} is no canonical instant`, () => {
    assert.ok(Number.isNaN(epochOfCanonical(text)));
    assert.equal(compareInstants(text, "2026-01-01T00:00:00Z"), NOT_INSTANTS);
    assert.equal(compareInstants("2026-01-01T00:00:00Z", text), NOT_INSTANTS);
  });

test("instants compare as their milliseconds do, with and without milliseconds written", () => {
  const near = fc
    .tuple(epoch, fc.integer({ min: -2000, max: 2000 }))
    .map(([at, by]) => [at, Math.max(FIRST_INSTANT, Math.min(LAST_INSTANT, at + by))] as const);
  fc.assert(
    fc.property(near, ([a, b]) => {
      assert.equal(Math.sign(compareInstants(canonical(a), canonical(b))), Math.sign(a - b));
    }),
    { numRuns: 3000 },
  );
});

const engine = celEnv();

function elsewhere(source: string): unknown {
  const answer = plan(engine, parse(source))();
  return isCelError(answer) ? "error" : answer;
}

test("a duration literal means what another engine takes it for", () => {
  const part = fc
    .tuple(
      fc.integer({ min: 0, max: 999 }),
      fc.constantFrom("", ".5", ".25", "."),
      fc.constantFrom("h", "m", "s", "ms"),
    )
    .map(([whole, fraction, unit]) => `${whole}${fraction}${unit}`);
  const literal = fc
    .tuple(fc.constantFrom("", "-", "+"), fc.array(part, { minLength: 1, maxLength: 3 }))
    .map(([sign, parts]) => sign + parts.join(""));
  fc.assert(
    fc.property(literal, (text) => {
      const ours = parseDurationLiteral(text);
      if (ours === undefined) return;
      const seconds = elsewhere(`duration("${text}") == duration("${ours}ms")`);
      assert.equal(seconds, true, text);
    }),
    { numRuns: 500 },
  );
});

test("durations are exact to the millisecond or refused", () => {
  assert.equal(parseDurationLiteral("1h30m"), 5_400_000);
  assert.equal(parseDurationLiteral("-1.5h"), -5_400_000);
  assert.equal(parseDurationLiteral(".001s"), 1);
  assert.equal(parseDurationLiteral("1000us"), 1);
  assert.equal(parseDurationLiteral("-0"), 0);
  for (const text of ["", "1", "h", "1d", "1 h", "1h-1m", "0.1ms", "1us", "90000000h", "1e3s"])
    assert.equal(parseDurationLiteral(text), undefined, text);
});

test("a timestamp literal has a zone, a day of the calendar and at most milliseconds", () => {
  assert.equal(parseTimestampLiteral("1970-01-01T01:00:00.5+01:00"), 500);
  assert.equal(parseTimestampLiteral("9999-12-31T23:59:59.999Z"), LAST_INSTANT);
  for (const text of [
    "9999-12-31T23:59:59.999-00:01",
    "0001-01-01T00:00:00+00:01",
    "2026-01-01T00:00:00",
    "2026-01-01 00:00:00Z",
    "2026-01-01T00:00:00.1234Z",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+0100",
  ])
    assert.equal(parseTimestampLiteral(text), undefined, text);
});

test("the parts of a timestamp in a zone are those of another engine", () => {
  const zone = fc.constantFrom("UTC", "America/New_York", "Australia/Lord_Howe", "-03:30");
  const modern = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2037, 0, 1) });
  const name = fc.constantFrom(...Object.keys(TIMESTAMP_PARTS));
  fc.assert(
    fc.property(modern, zone, name, (at, where, getter) => {
      const part = TIMESTAMP_PARTS[getter];
      assert.ok(part !== undefined);
      const source = `timestamp("${new Date(at).toISOString()}").${getter}("${where}")`;
      assert.equal(BigInt(partInZone(part, where)?.(at) ?? -1), elsewhere(source), source);
    }),
    { numRuns: 500 },
  );
});

test("texts compare and are counted by code points, as UTF-8 bytes compare", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", "\uD7FF", "\uE000", "\uFFFD", "😀", "𐀀") });
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareText(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.equal(sizeOfText(a), [...a].length);
    }),
  );
});
