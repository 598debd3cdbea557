import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { PersonId } from "@countersign/records";
import { pages } from "../documents.ts";
import type { PackageView } from "@countersign/application/ports";
import { madeUpPackage } from "../fixture/made-up-view.ts";
import { readTags } from "../fixture/read-html.ts";

const whole = madeUpPackage({ changes: 100 }).view;
/** Four weeks: what is hostile is the text, and the cells of further weeks hold none. */
const view: PackageView = {
  ...whole,
  summary: { ...whole.summary, weeks: whole.summary.weeks.slice(0, 4) },
};

/** Members whose text comes from outside: from sources, from the company's program, from people. */
const OUTSIDE = new Set([
  "title",
  "statement",
  "words",
  "label",
  "detail",
  "cause",
  "reason",
  "query",
  "name",
  "source",
  "proof",
  "text",
  "expression",
  "response",
  "correctiveAction",
  "compensatingControl",
  "suppliedBy",
  "procedure",
  "ownerRole",
  "evidence",
  "field",
  "note",
  "purpose",
  "draw",
  "cutOffRule",
  "generator",
  "run",
  "rules",
  "origin",
  "file",
  "warnings",
  "criteria",
  "shows",
  "doesNotShow",
  "redactions",
  "cautions",
  "identities",
  "key",
  "branch",
  "revision",
  "via",
  "occurrence",
  "id",
  "where",
]);

/** Appends the text to every such member, everywhere in the view: ids still fit each other. */
function poison<T>(value: T, text: string, member = ""): T {
  if (typeof value === "string") return (OUTSIDE.has(member) ? `${value}${text}` : value) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => poison(one, text, member)) as T;
  if (value instanceof Map)
    return new Map([...(value as Map<PersonId, unknown>)].map(([key, one]) => [key, poison(one, text)])) as T;
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, poison(one as unknown, text, key)]),
    ) as T;
  return value;
}

/** The page's structure: tag names and attribute names in their order. */
function structure(of: PackageView): string[] {
  return [...pages(of)].map(({ path, content }) =>
    readTags(String(content), path)
      .map((tag) => `${tag.closes ? "/" : ""}${tag.name} ${[...tag.attributes.keys()].join(" ")}`)
      .join("\n"),
  );
}

const attacks = fc.oneof(
  fc.constantFrom(
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "' onfocus='alert(1)' x='",
    "</pre></main></body><h1>forged</h1>",
    "</title><meta http-equiv=refresh content=0>",
    "<!--",
    "]]></style><style>*{display:none}",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "${alert(1)}",
    "\u202e\u2066",
    "\r\n\r\n<p>",
    "\u0000\ud800",
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
);

test("whatever sources and people write, no page changes its structure", () => {
  const benign = structure(poison(view, "x"));
  assert.ok(benign.length > 20);
  fc.assert(
    fc.property(attacks, (text) => {
      assert.deepEqual(structure(poison(view, text)), benign);
    }),
    { numRuns: 30 },
  );
});

test("a hostile text stands on the page as the text that it is", () => {
  const text = "<script>alert('x')</script>";
  const all = [...pages(poison(view, text))].map(({ content }) => String(content)).join("");
  assert.ok(!all.includes("<script"));
  assert.ok(all.includes("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
});
