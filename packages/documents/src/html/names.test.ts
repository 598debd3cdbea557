import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkPackagePath } from "@countersign/package-format";
import { madeUpPackage } from "../fixture/made-up-view.ts";
import { href, siteOf, slug } from "./names.ts";

const ids = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("..", ".", "con", "NUL.txt", "a/b", "x".repeat(400), "", "Ünï", "aux"),
);

test("every id gives a file name that every system can store", () => {
  fc.assert(
    fc.property(ids, (id) => {
      const name = slug(id);
      assert.match(name, /^[A-Za-z0-9][A-Za-z0-9._-]*$/);
      assert.ok(name.length <= 70);
      assert.ok(checkPackagePath(`controls/${name}.html`).ok);
      assert.equal(slug(id), name);
    }),
  );
});

test("a plain id is its own file name, and ids that differ give names that differ", () => {
  assert.equal(slug("CHG-01"), "CHG-01");
  fc.assert(
    fc.property(ids, ids, (a, b) => {
      fc.pre(a.toWellFormed() !== b.toWellFormed());
      assert.notEqual(slug(a), slug(b));
    }),
  );
});

test("pages of ids that differ only in case, or only in what a file name cannot hold, stand apart", () => {
  const { view } = madeUpPackage({ changes: 2 });
  const [control] = view.summary.controls;
  assert.ok(control);
  const controls = ["AC-1", "ac-1", "AC/1", "AC 1", "con"].map((id) => ({ ...control, id }));
  const site = siteOf({ ...view, summary: { ...view.summary, controls } });
  const paths = controls.map(({ id }) => site.control(id));
  assert.equal(paths[0], "controls/AC-1.html");
  assert.equal(new Set(paths.map((path) => path.toLowerCase())).size, controls.length);
});

test("links are relative, encoded, and never leave the package", () => {
  assert.equal(href("items/a.html", "index.html#map"), "../index.html#map");
  assert.equal(href("index.html", "index.html#map"), "#map");
  assert.equal(href("index.html", "data/a b#1/c?.csv"), "data/a%20b#1%2Fc%3F.csv");
  assert.equal(href("index.html", "javascript:alert(1)"), "javascript%3Aalert(1)");
  for (const path of ["../secret", "/etc/passwd", "a//b", "a/../b", "", "https://example.com/x"])
    assert.equal(href("index.html", path), undefined, path);
});
