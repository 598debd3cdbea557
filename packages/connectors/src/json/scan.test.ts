import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { elementsAt, ScanError, scanUnits, type JsonUnit } from "./scan.ts";

async function unitsOf(bytes: Buffer, pieces: readonly number[] = []): Promise<readonly JsonUnit[]> {
  async function* chunks(): AsyncGenerator<Buffer> {
    let from = 0;
    for (const piece of pieces) {
      if (from >= bytes.length) break;
      yield bytes.subarray(from, from + piece);
      from += piece;
    }
    if (from < bytes.length) yield bytes.subarray(from);
  }
  const units: JsonUnit[] = [];
  for await (const unit of scanUnits(chunks())) units.push(unit);
  return units;
}

const spaces = fc.constantFrom("", " ", "\n", "\r\n\t ");

test("whatever the elements and wherever the chunks end, each slice parses back to its element", async () => {
  const lists = fc.array(fc.jsonValue({ depthSize: "small" }), { maxLength: 6 });
  const property = fc.asyncProperty(
    fc.array(lists, { minLength: 1, maxLength: 3 }),
    spaces,
    fc.array(fc.integer({ min: 1, max: 9 })),
    fc.boolean(),
    async (all, space, pieces, mark) => {
      const text = all
        .map(
          (list) =>
            `${space}[${space}${list.map((value) => JSON.stringify(value)).join(`${space},${space}`)}${space}]${space}`,
        )
        .join("");
      const bytes = Buffer.from(mark ? `\ufeff${text}` : text);
      const units = await unitsOf(bytes, pieces);
      // JSON.stringify writes -0 as 0, so what was written is what is compared.
      assert.deepEqual(
        units.map((unit) => JSON.parse(unit.bytes.toString()) as unknown),
        JSON.parse(JSON.stringify(all.flat())),
      );
      for (const unit of units)
        assert.ok(unit.bytes.equals(bytes.subarray(unit.offset, unit.offset + unit.bytes.length)));
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

test("objects that follow one another are one unit each", async () => {
  const units = await unitsOf(Buffer.from('{"a":[1]}{"b":"}"}\n{"c":{}}\n'), [3, 4]);
  assert.deepEqual(
    units.map((unit) => unit.bytes.toString()),
    ['{"a":[1]}', '{"b":"}"}', '{"c":{}}'],
  );
});

test("what is cut off or no JSON is refused with its place", async () => {
  const cases: readonly (readonly [string, number])[] = [
    ["[{}", 3],
    ['[{"a":1', 7],
    ['["a', 3],
    ["[{},", 4],
    ["[{},]", 4],
    ["[{} {}]", 4],
    ["[,{}]", 1],
    ["<html>", 0],
    ["[]x", 2],
    ["true", 0],
    [" \n", 2],
  ];
  for (const [text, offset] of cases) {
    await assert.rejects(
      unitsOf(Buffer.from(text)),
      (error) => error instanceof ScanError && error.offset === offset,
      text,
    );
  }
  assert.deepEqual(await unitsOf(Buffer.from("[ ]\n")), []);
});

test("the elements of an inner list are found where JSON.parse finds them", () => {
  const property = fc.property(
    fc.array(fc.jsonValue({ depthSize: "small" }), { maxLength: 5 }),
    fc.jsonValue(),
    spaces,
    (nodes, other, space) => {
      const text = `${space}{"nodes":[0],${space}"a\\"b" :${space}${JSON.stringify(other)},"data"${space}:{"x":"}]","n\\u006fdes":${space}${JSON.stringify(nodes, null, 1)}${space}},"z":1}`;
      const bytes = Buffer.from(text);
      const ranges = elementsAt(bytes, ["data", "nodes"]);
      assert.deepEqual(
        ranges?.map(({ start, end }) => JSON.parse(bytes.toString("utf8", start, end)) as unknown),
        JSON.parse(JSON.stringify(nodes)),
      );
      assert.equal(elementsAt(bytes, ["data", "edges"]), undefined);
      assert.equal(elementsAt(bytes, ["data", "x"]), undefined);
    },
  );
  fc.assert(property, { numRuns: 300 });
});
