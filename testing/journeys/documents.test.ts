/** Documents of a small company, written by the real command. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseSidecar } from "../../packages/documents/src/index.ts";
import { makeSmallCompany, SMALL } from "./small-company.ts";
import { newPlace } from "./support.ts";

const place = newPlace("documents");
before(async () => {
  await makeSmallCompany(place);
  await place.keepServer("company");
});
after(() => place.remove());

const bytes = (path: string): Buffer => readFileSync(join(place.folder, path));

test("before the program is recorded there is nothing to write from", async () => {
  assert.match(
    await place.refused("document", "create", "criteria-matrix", ...SMALL),
    /the ledger holds no program yet/,
  );
});

test("documents come from the recorded program, with their sidecar, the same bytes each time", async () => {
  assert.equal((await place.run("collect", ...SMALL)).status, 0);
  for (const [form, begins] of [
    ["pdf", "%PDF-1.7"],
    ["docx", "PK"],
    ["html", "<!doctype html>"],
    ["xlsx", "PK"],
  ] as const) {
    const create = ["document", "create", "criteria-matrix", "--format", form, ...SMALL];
    const { status, stdout, stderr } = await place.run(...create);
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      /^company\/documents\/criteria-matrix\.\w+ {2}\d+ sentences, \d+ holes\n {2}sidecar/,
    );
    const path = `company/documents/criteria-matrix.${form}`;
    const first = bytes(path);
    assert.ok(first.toString("latin1").startsWith(begins));
    await place.run(...create);
    assert.equal(Buffer.compare(bytes(path), first), 0, form);
  }
  const sidecar = parseSidecar(bytes("company/documents/criteria-matrix.sidecar.json"));
  assert.ok(sidecar.ok);
  const checkpoint = sidecar.value.sentences.find(({ facts }) =>
    facts.some((id) => id === "log/checkpoint/size"),
  );
  assert.match(checkpoint?.text ?? "", /^countersign\.local\/small-co, size \d+, root /);
});

test("the attribute matrix is a workbook unless asked otherwise, in the folder that was named", async () => {
  const created = await place.json<{ path: string; holes: unknown[] }>(
    "document",
    "create",
    "attribute-matrix",
    "--out",
    "elsewhere",
    "--json",
    ...SMALL,
  );
  assert.equal(created.path, "elsewhere/attribute-matrix.xlsx");
  assert.ok(bytes("elsewhere/attribute-matrix.sidecar.json").length > 1_000);
});

test("a name, a form and a folder that cannot be are refused", async () => {
  assert.match(
    await place.refused("document", "create", "opinion", ...SMALL),
    /there is no document "opinion"/,
  );
  assert.match(
    await place.refused("document", "create", "criteria-matrix", "--format", "doc", ...SMALL),
    /Allowed choices are pdf, docx, html, xlsx/,
  );
  place.write("file", "x");
  assert.match(
    await place.refused("document", "create", "criteria-matrix", "--out", "file", ...SMALL),
    /--out file is a file/,
  );
});
