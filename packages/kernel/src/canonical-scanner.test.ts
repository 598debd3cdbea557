import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson, parseCanonicalJson, type Json } from "./canonical-json.ts";
import { CanonicalScanner } from "./canonical-scanner.ts";

const scanner = new CanonicalScanner();
const isSure = (text: string | Uint8Array): boolean => {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  return scanner.scan(bytes, 0, bytes.length);
};

test("what nearly every record is made of is seen to be canonical as it stands", () => {
  for (const text of [
    `{"a":[],"b":{},"c":[1,-20,0],"d":"x\\n\\"y\\"","e":null,"f":true,"g":[{"a":1},{"a":2}]}`,
    `{"name":"Zoë 漢字"}`,
    `"a text"`,
    `999999999999999`,
  ]) {
    assert.equal(canonicalJson(JSON.parse(text)), text);
    assert.ok(isSure(text), text);
  }
});

test("it is never sure of what is not canonical", () => {
  for (const text of [
    ``,
    ` {}`,
    `{} `,
    `{"a": 1}`,
    `{"b":1,"a":2}`,
    `{"a":1,"a":2}`,
    `{"a":1,}`,
    `[1,]`,
    `[,1]`,
    `[1 ,2]`,
    `[1}`,
    `{"a":1]`,
    `{"a"}`,
    `{"a":}`,
    `[`,
    `"a`,
    `01`,
    `-0`,
    `-`,
    `1.0`,
    `1e3`,
    `9007199254740993`,
    `"\\/"`,
    `"\\u0041"`,
    `"\t"`,
    `truth`,
    `nul`,
    `{}{}`,
  ])
    assert.ok(!isSure(text), text);
});

const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
    fc.maxSafeInteger(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: "grapheme-ascii" }), tie("value"), { maxKeys: 5 }),
  ) as fc.Arbitrary<Json>,
})).value;

/** What turns canonical text into something else, or into other canonical text. */
const SPLICES = [
  "",
  " ",
  ",",
  ":",
  '"',
  "\\",
  "0",
  "-",
  ".",
  "e",
  "{",
  "}",
  "[",
  "]",
  "\\u0061",
  "é",
  "\u007f",
];

test("bytes are judged as their text is, which is parsed, written again and compared", () => {
  let sure = 0;
  fc.assert(
    fc.property(
      value,
      fc.option(fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom(...SPLICES))),
      (json, splice) => {
        const whole = canonicalJson(json);
        const at = splice === null ? 0 : splice[0] % (whole.length + 1);
        const text = splice === null ? whole : whole.slice(0, at) + splice[2] + whole.slice(at + splice[1]);
        // Cut between the halves of a surrogate pair it has no bytes of its own.
        fc.pre(text.isWellFormed());
        assert.deepEqual(parseCanonicalJson(Buffer.from(text)), parseCanonicalJson(text));
        if (isSure(text)) sure++;
      },
    ),
    { numRuns: 3_000 },
  );
  assert.ok(sure > 500, `the scanner was sure of ${sure}`);
});

test("bytes that are no UTF-8 are refused, although the scanner looks at ASCII alone", () => {
  const bytes = Buffer.from([0x22, 0xc3, 0x28, 0x22]);
  assert.ok(isSure(bytes) && scanner.nonAscii);
  assert.deepEqual(parseCanonicalJson(bytes), { ok: false, error: "not UTF-8" });
});
