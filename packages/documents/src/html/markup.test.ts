import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { escapeText, html, join, preformatted, type Markup } from "./markup.ts";

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "' autofocus onfocus='alert(1)",
    "</title><img src=x onerror=alert(1)>",
    "<!-- ",
    "]]>",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "\u202egnp.exe",
    "\ud800",
    "\u0000",
  ),
);

test("no text can open a tag, end an attribute or begin an entity of its own", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const escaped = escapeText(text);
      assert.doesNotMatch(escaped, /[<>"']/);
      // Every ampersand that is left begins one of the five entities that escaping writes.
      assert.doesNotMatch(escaped, /&(?!(?:amp|lt|gt|quot|#39);)/);
      const element = html`<p title="${text}">${text}</p>`.markup;
      assert.equal(element, `<p title="${escaped}">${escaped}</p>`);
    }),
  );
});

test("what a reader sees is the text, whatever it holds", () => {
  const unescape = (text: string): string =>
    text
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&amp;", "&");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      fc.pre(!/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u.test(text));
      assert.equal(unescape(escapeText(text)), text);
    }),
  );
});

test("characters that hide or reorder text are made visible", () => {
  assert.equal(escapeText("a\u202eb"), "a[U+202E]b");
  assert.equal(escapeText("a\u2066b\u2069"), "a[U+2066]b[U+2069]");
  assert.equal(escapeText("a\u0000\u001bb\u007f"), "a\u2400\u241bb\u2421");
  assert.equal(escapeText("a\tb\nc\r\nd\re"), "a\tb\nc\nd\u240de");
  assert.equal(escapeText("\ud800"), "\ufffd");
});

test("an object that only looks like markup is shown as text", () => {
  // The cast stands for data that was parsed somewhere and never went through the template.
  const forged = { markup: "<b>forged</b>" } as Markup;
  assert.equal(html`${forged}`.markup, "{&quot;markup&quot;:&quot;&lt;b&gt;forged&lt;/b&gt;&quot;}");
});

test("markup nests without being escaped again, and lists are joined", () => {
  const items = ["<a>", "b"].map((text) => html`<i>${text}</i>`);
  assert.equal(html`<b>${items}</b>`.markup, "<b><i>&lt;a&gt;</i><i>b</i></b>");
  assert.equal(join(items, ", ").markup, "<i>&lt;a&gt;</i>, <i>b</i>");
  assert.equal(html`${false}${undefined}${0}`.markup, "0");
});

test("preformatted text keeps its first line break and its indentation", () => {
  assert.equal(preformatted("\n  a\n").markup, "<pre>\n\n  a\n</pre>");
});
