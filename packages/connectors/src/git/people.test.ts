import assert from "node:assert/strict";
import { test } from "node:test";
import { peopleIn, peopleInFull } from "./people.ts";

test("people are found in the forms in which projects write them", () => {
  const cases: readonly (readonly [string, readonly object[]])[] = [
    ["Ada Example <ada@x.example>", [{ name: "Ada Example", email: "ada@x.example" }]],
    [
      "Ada <ada@x.example>, Bo <bo@x.example>",
      [
        { name: "Ada", email: "ada@x.example" },
        { name: "Bo", email: "bo@x.example" },
      ],
    ],
    [
      "Ada <ada@x.example> and Bo <bo@x.example>",
      [
        { name: "Ada", email: "ada@x.example" },
        { name: "Bo", email: "bo@x.example" },
      ],
    ],
    ["Example, Ada <ada@x.example>", [{ name: "Example, Ada", email: "ada@x.example" }]],
    ['"Example, Ada" <ada@x.example>', [{ name: "Example, Ada", email: "ada@x.example" }]],
    ["<ada@x.example>", [{ email: "ada@x.example" }]],
    ["ada@x.example", [{ email: "ada@x.example" }]],
    ["ada@x.example, bo@x.example", [{ email: "ada@x.example" }, { email: "bo@x.example" }]],
    ["Ada Example", [{ name: "Ada Example" }]],
    ["ada, bo (implicit)", [{ name: "ada" }, { name: "bo" }]],
    ["Ada Example <ada@x.example> # for the docs", [{ name: "Ada Example", email: "ada@x.example" }]],
    ["Ada Example <not an address>", [{ name: "Ada Example" }]],
    ["none", []],
    ["N/A", []],
    ["", []],
    ["-", []],
  ];
  for (const [value, people] of cases) assert.deepEqual(peopleIn(value), people, value);
});

test("a value that need not be about people is so only with a name and an address", () => {
  assert.equal(peopleInFull("Ada <ada@x.example>").length, 1);
  assert.equal(peopleInFull("<20260101.1234@mail.example>").length, 0);
  assert.equal(peopleInFull("https://mail.example/ada@x.example").length, 0);
  assert.equal(peopleInFull("Ada").length, 0);
});

test("a value of two million characters names nobody and costs nothing", () => {
  const started = performance.now();
  for (const filler of ["(", "<", "a ", "<a@", " and "]) peopleIn(filler.repeat(400_000));
  assert.ok(performance.now() - started < 1000);
});
