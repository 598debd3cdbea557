/** The examples of the page about the program folder are one program that can be read, with an entry of every list. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { programGaps } from "../../packages/assessment/src/index.ts";
import type { LocalDate } from "../../packages/kernel/src/index.ts";
import { systemFiles } from "../../packages/program/src/index.ts";
import { programOf } from "../profiles/profiles.ts";
import { readPage } from "./pages.ts";

const { text } = readPage("docs/formats/program-folder.md");
const examples = new Map(
  [...text.matchAll(/^## ([a-z]+\.yaml)\n[\s\S]*?^```yaml\n([\s\S]*?)^```$/gm)].map(
    ([, file = "", yaml = ""]) => [file, yaml],
  ),
);

test("there is an example of each file of the system, and it is read", () => {
  assert.deepEqual([...examples.keys()].sort(), Object.keys(systemFiles).sort());
  const { program, people } = programOf(
    new Map([
      ...examples,
      [
        "program.yaml",
        "organization: { id: example, name: Example }\nwindow: { from: 2025-07-01, through: 2026-06-30, zone: UTC }\ncategories: [confidentiality]\n",
      ],
      ["sources.yaml", "sources: []\n"],
      ["people.yaml", 'people: [{ handle: ada, identities: ["email:ada@example.com"] }]\n'],
      ["policies/access.md", "# Access\n"],
    ]),
  );
  for (const [collection, things] of Object.entries(program.system ?? {}))
    assert.ok(things.length > 0, `${collection} has no example`);
  assert.deepEqual(
    programGaps(program, people, "2026-03-31" as LocalDate).map(({ what }) => what),
    [],
  );
});

test("the page says of each list what it is for", () => {
  for (const lists of Object.values(systemFiles))
    for (const collection of Object.keys(lists)) assert.ok(text.includes(`\`${collection}\``), collection);
});
