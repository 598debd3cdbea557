import assert from "node:assert/strict";
import { test } from "node:test";
import type { Person } from "@countersign/program";
import { Directory, identitiesOf, personIdOf } from "./directory.ts";

const key = new Uint8Array(32).fill(7);
const ada: Person = {
  id: personIdOf(key, "handle:ada"),
  identities: ["email:ada@lumen.example", "github:ada-l"],
  bot: false,
  name: "Ada Example",
};
const robot: Person = {
  id: personIdOf(key, "handle:robot"),
  identities: ["email:robot@lumen.example"],
  bot: true,
};

test("several identities of one person in the program are one person, whatever their case", () => {
  const { resolve } = new Directory(key, [ada, robot]);
  const ids = [
    resolve({ email: "ADA@lumen.example" }),
    resolve({ login: { system: "github", login: "Ada-L" } }),
    resolve({ email: "ada@elsewhere.example", login: { system: "github", login: "ada-l" } }),
    resolve({ login: { system: "handle", login: "ada" } }),
  ].map((known) => known.id);
  assert.deepEqual(new Set(ids), new Set([ada.id]));
});

test("a bot of the program is a bot, and so is an application by its reserved suffix; nobody else is", () => {
  const { resolve } = new Directory(key, [ada, robot]);
  assert.equal(resolve({ email: "robot@lumen.example" }).bot, true);
  assert.equal(resolve({ login: { system: "github", login: "dependabot[bot]" } }).bot, true);
  assert.equal(resolve({ email: "robot2@lumen.example" }).bot, false);
});

test("an id is the same in every process of a workspace, tells nothing of the address, and differs between workspaces", () => {
  const hints = { email: "bo@lumen.example", name: "Bo" };
  const here = new Directory(key, []).resolve(hints).id;
  assert.equal(new Directory(key, []).resolve(hints).id, here);
  assert.notEqual(new Directory(new Uint8Array(32).fill(8), []).resolve(hints).id, here);
  assert.match(here, /^p_[0-9a-f]{24}$/);
});

test("a name counts only where there is nothing better: two people of one name stay two", () => {
  const { resolve } = new Directory(key, []);
  const first = resolve({ email: "sam@one.example", name: "Sam" });
  const second = resolve({ email: "sam@two.example", name: "Sam" });
  assert.notEqual(first.id, second.id);
  assert.equal(resolve({ name: "Only Name" }).id, resolve({ name: " only name" }).id);
  assert.deepEqual(identitiesOf({}), []);
});

test("the directory keeps whom the read named, with every identity seen", () => {
  const directory = new Directory(key, []);
  directory.resolve({ email: "bo@lumen.example", name: "Bo Example" });
  directory.resolve({ email: "bo@lumen.example", login: { system: "github", login: "bo" } });
  assert.deepEqual(
    directory.entries().map(({ name, identities }) => [name, identities]),
    [["Bo Example", ["email:bo@lumen.example", "github:bo"]]],
  );
});
