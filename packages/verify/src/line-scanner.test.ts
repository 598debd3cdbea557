import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson, parseCanonicalJson, type Json, type JsonObject } from "@countersign/kernel";
import { sealLine } from "@countersign/ledger";
import { LineScanner } from "./line-scanner.ts";

const SALT = "00112233445566778899aabbccddeeff";
const scanner = new LineScanner();

/** What the scanner says of a line that stands between two others, as it does in a part. */
function scan(line: string | Buffer): { readonly sure: boolean; readonly id: string | undefined } {
  const text = Buffer.from(line);
  const bytes = Buffer.concat([Buffer.from("{}\n"), text, Buffer.from("\n{}")]);
  const end = 3 + text.length;
  const sure = scanner.scan(bytes, 3, end) && (!scanner.nonAscii || isUtf8(bytes.subarray(3, end)));
  return {
    sure,
    id: scanner.idStart < 0 ? undefined : bytes.toString("utf8", scanner.idStart, scanner.idEnd),
  };
}

/** The truth, by parsing. */
function isSealed(line: Buffer): boolean {
  const parsed = parseCanonicalJson(line);
  if (!parsed.ok || typeof parsed.value !== "object" || parsed.value === null) return false;
  const value = parsed.value as JsonObject;
  const { item, salt } = value;
  return (
    ["item,salt", "item,raw,salt"].includes(Object.keys(value).join()) &&
    typeof salt === "string" &&
    /^[0-9a-f]{32}$/.test(salt) &&
    typeof item === "object" &&
    item !== null &&
    !Array.isArray(item)
  );
}

const plainText = fc.string({ unit: fc.constantFrom(...Array.from("abz019 _-./:{}[],é漢\u{1f600}")) });
const anyText = fc.oneof(
  plainText,
  fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
);
const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyText,
    fc.integer(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom("id", "item", "salt", "raw", "erased"), anyText), tie("value"), {
      maxKeys: 5,
    }),
  ) as fc.Arbitrary<Json>,
})).value;
const item = fc
  .tuple(fc.dictionary(anyText, value, { maxKeys: 6 }), fc.option(anyText, { nil: undefined }))
  .map(([members, id]) => ({ ...members, ...(id === undefined ? {} : { id }) }));

test("of every sealed line the scanner finds the item's own id, or says that it is unsure", () => {
  let sure = 0;
  fc.assert(
    fc.property(item, fc.option(value, { nil: undefined }), (members, raw) => {
      const line = sealLine(members, SALT, raw);
      const found = scan(line);
      if (!found.sure) return;
      sure++;
      const id = (members as JsonObject)["id"];
      assert.equal(found.id, typeof id === "string" ? id : undefined, line);
    }),
    { numRuns: 3000 },
  );
  assert.ok(sure > 300, `sure of ${sure} of 3000`);
});

test("an ordinary item is one that the scanner is sure of", () => {
  for (const members of [
    { id: "a", title: 'say "hi"\n\tto \\ everyone', n: -12, z: [], e: {}, t: [true, false, null, 0] },
    { id: "8f0f8c7b", approvals: [{ bot: false, person: "p_1", via: "Reviewed-by" }], item: { id: "inner" } },
    { id: "Größe 漢字 😀" },
  ])
    for (const raw of [undefined, [{ file: "log", length: 10, offset: 999_999_999 }]])
      assert.deepEqual(scan(sealLine(members, SALT, raw)), { sure: true, id: members.id });
});

test("the scanner is never sure of a line that is not canonical and sealed, whatever is done to it", () => {
  let refused = 0;
  fc.assert(
    fc.property(
      item,
      fc.option(value, { nil: undefined }),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom("replace", "insert", "delete", "double"),
      (members, raw, place, byte, act) => {
        const line = Buffer.from(sealLine(members, SALT, raw));
        const at = place % line.length;
        const rest = line.subarray(act === "insert" || act === "double" ? at : at + 1);
        const middle = act === "delete" ? [] : act === "double" ? [line[at] ?? 0] : [byte];
        const bent = Buffer.concat([line.subarray(0, at), Buffer.from(middle), rest]);
        if (bent.includes(10)) return;
        const found = scan(bent);
        if (!found.sure) refused++;
        else assert.ok(isSealed(bent), bent.toString());
      },
    ),
    { numRuns: 6000 },
  );
  assert.ok(refused > 1000, String(refused));
});

test("lines that look sealed and are not are left to the parser", () => {
  const sealed = (text: string) => `{"item":${text},"salt":"${SALT}"}`;
  assert.equal(scan(sealed('{"id":"a"}')).sure, true);
  for (const line of [
    sealed('{"id":"a","id":"b"}'),
    sealed('{"b":1,"a":2}'),
    sealed('{"id" :"a"}'),
    sealed('{"n":1.5}'),
    sealed('{"n":01}'),
    sealed('{"n":-0}'),
    sealed('{"n":1e3}'),
    sealed('{"n":+1}'),
    sealed('{"n":9007199254740993}'),
    sealed('{"t":"\\/"}'),
    sealed('{"t":"\\u0041"}'),
    sealed('{"t":tru}'),
    sealed('{"t":[1,]}'),
    sealed('{"t":[}'),
    sealed('{"id":"a\\"b"}'),
    sealed('{"id":7}'),
    sealed('"x"'),
    sealed("[]"),
    `{"item":{"id":"a"},"salt":"x\\"${SALT}"}`,
    `{"item":{"id":"a"},"salt":["${SALT}"]}`,
    `{"item":{"id":"a"},"salt":"${SALT.toUpperCase()}"}`,
    `{"item":{"id":"a"},"more":1,"salt":"${SALT}"}`,
    `{"raw":[],"salt":"${SALT}"}`,
    `{"item":{"id":"a"},"raw":[]}`,
    `{"erased":"${"0".repeat(64)}"}`,
    `${sealed("{}")} `,
    ` ${sealed("{}")}`,
    "",
    "{}",
    sealed(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`),
  ])
    assert.equal(scan(line).sure, false, line);
});

test("bytes that are not UTF-8 are not taken for text", () => {
  const line = Buffer.from(sealLine({ id: "aXb" }, SALT));
  line[line.indexOf("X")] = 0xff;
  assert.equal(scan(line).sure, false);
  assert.equal(canonicalJson("\u00ff"), '"\u00ff"');
});
