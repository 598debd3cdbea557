import assert from "node:assert/strict";
import { test } from "node:test";
import { itemKindOf, itemKinds } from "./all.ts";

for (const kind of itemKinds)
  test(`${kind.kind}: what places, names and attributes an item is among its facts`, () => {
    const field = (name: string | undefined): string | undefined => kind.fields[name ?? ""]?.type.type;
    assert.equal(kind.fields.id?.required, true);
    assert.equal(field(kind.cutOff), "timestamp");
    assert.equal(kind.fields[kind.cutOff]?.required, true);
    for (const key of kind.keys) assert.ok(["string", "person"].includes(field(key) ?? ""), key);
    if (kind.actor !== undefined) assert.equal(field(kind.actor), "person");
    if (kind.title !== undefined) assert.equal(field(kind.title), "string");
    assert.equal(itemKindOf(kind.kind), kind);
    assert.equal(
      kind.variable,
      kind.kind.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    );
  });

test("kinds and their variables have names of their own", () => {
  assert.equal(new Set(itemKinds.map(({ kind }) => kind)).size, itemKinds.length);
  assert.equal(new Set(itemKinds.map(({ variable }) => variable)).size, itemKinds.length);
});
