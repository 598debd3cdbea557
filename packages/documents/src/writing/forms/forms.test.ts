import assert from "node:assert/strict";
import { test } from "node:test";
import { unescaped } from "../../fixture/read-html.ts";
import { unzip } from "../../fixture/read-zip.ts";
import { documentFiles, documentForms } from "../documents/catalog.ts";
import { fonts } from "../fixture/fonts.ts";
import { hardDocument } from "../fixture/made-up.ts";
import { sidecarOf } from "../sidecar.ts";
import { docxOf } from "./docx.ts";
import { glyphsOf, withShapes } from "./glyphs.ts";
import { htmlOf } from "./html.ts";
import { xlsxOf } from "./xlsx.ts";

const hard = hardDocument();
const { sentences, holes } = sidecarOf(hard);
const count = (text: string, part: string): number => text.split(part).length - 1;
const parts = unzip(docxOf(hard));
const part = (name: string): string => parts.get(name) ?? assert.fail(name);

test("the same document gives the same bytes in every form", async () => {
  for (const form of documentForms) {
    const [first, sidecar] = await documentFiles(hard, form, fonts);
    const [second] = await documentFiles(hardDocument(), form, fonts);
    assert.equal(first.name, `made-up.${form}`);
    assert.equal(sidecar.name, "made-up.sidecar.json");
    assert.ok(first.bytes.length > 1_000);
    assert.equal(Buffer.compare(first.bytes, second.bytes), 0, form);
  }
});

test("a PDF is tagged, has its title and language, and the date of its facts", async () => {
  const [{ bytes }] = await documentFiles(hard, "pdf", fonts);
  const pdf = Buffer.from(bytes).toString("latin1");
  for (const needed of [
    "/Marked true",
    "/StructTreeRoot",
    "/Lang (en",
    "(D:20260630120000Z)",
    "/S /H1",
    "/S /TH",
  ])
    assert.ok(pdf.includes(needed), needed);
  assert.doesNotMatch(pdf, /\(D:(?!20260630120000Z)/);
});

test("a Word file has heading styles, heads of tables that repeat, and rows that are not split", () => {
  const document = part("word/document.xml");
  for (const level of [1, 2, 3]) assert.ok(document.includes(`<w:pStyle w:val="Heading${level}"/>`));
  assert.equal(count(document, "<w:tblHeader/>"), count(document, '<w:pStyle w:val="Caption"/>'));
  assert.equal(count(document, "<w:tr>"), count(document, "<w:trPr><w:cantSplit/>"));
  const styles = part("word/styles.xml");
  for (const style of ["Heading1", "Caption"])
    assert.match(styles, new RegExp(`w:styleId="${style}".*?<w:keepNext/>`), style);
  assert.match(styles, /<w:lang w:val="en-US"/);
  assert.match(part("docProps/core.xml"), /<dc:title>A made-up document that is hard to set<\/dc:title>/);
  assert.match(part("docProps/core.xml"), /<dcterms:created[^>]*>2026-06-30T12:00:00Z</);
});

test("each form says that the company is invented, and only then", () => {
  const real = hardDocument({ sampleData: false });
  assert.match(part("word/header1.xml"), /SAMPLE DATA: INVENTED COMPANY/);
  assert.doesNotMatch(unzip(docxOf(real)).get("word/header1.xml") ?? "", /SAMPLE/);
  assert.match(Buffer.from(htmlOf(hard)).toString(), /SAMPLE DATA: INVENTED COMPANY/);
  assert.doesNotMatch(Buffer.from(htmlOf(real)).toString(), /SAMPLE DATA/);
  assert.match(unzip(xlsxOf(hard)).get("xl/worksheets/sheet1.xml") ?? "", /SAMPLE DATA: INVENTED COMPANY/);
  assert.doesNotMatch(unzip(xlsxOf(real)).get("xl/worksheets/sheet1.xml") ?? "", /SAMPLE/);
});

test("each form holds every sentence, and every hole is marked", () => {
  const page = Buffer.from(htmlOf(hard)).toString();
  const plain = (markup: string): string => unescaped(markup.replace(/<[^>]*>/g, "")).replace(/\s+/g, "");
  const shown = plain(page);
  const word = plain(part("word/document.xml").replaceAll("<w:tab/>", " ")) + plain(part("word/footer1.xml"));
  for (const { text } of sentences) {
    assert.ok(shown.includes(text.replace(/\s+/g, "")), text.slice(0, 80));
    assert.ok(word.includes(text.replace(/\s+/g, "")), text.slice(0, 80));
  }
  assert.equal(count(page, '<strong class="hole">'), holes.length);
  assert.equal(count(part("word/document.xml"), '<w:rStyle w:val="Hole"/>'), holes.length);
  assert.match(page, /MISSING: the absent text \(owner: Ada Example\)/);
});

test("a hostile text is text in every form", () => {
  const page = Buffer.from(htmlOf(hard)).toString();
  assert.doesNotMatch(page, /<script|<h1[^>]*>#eval/);
  assert.match(page, /default-src 'none'/);
  for (const [name, text] of [...parts, ["page", page] as const])
    assert.doesNotMatch(text, /\u202e|\u0007/, name);
  assert.match(part("word/document.xml"), /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
});

test("a workbook has a sheet for each table after the one that says what it is", () => {
  const files = unzip(xlsxOf(hard));
  const sheets = [...files.keys()].filter((name) => name.startsWith("xl/worksheets/"));
  assert.equal(sheets.length, 1 + count(part("word/document.xml"), '<w:pStyle w:val="Caption"/>'));
  const names = [...(files.get("xl/workbook.xml") ?? "").matchAll(/<sheet name="([^"]*)"/g)].map(
    ([, name = ""]) => name.toLowerCase(),
  );
  assert.equal(new Set(names).size, names.length);
  assert.ok(
    names.every((name) => name.length <= 31 && !/[[\]/\\:*?]/.test(name)),
    names.join(),
  );
});

test("a character that no font has a shape for is written out in a PDF", () => {
  const [regular, , mono] = fonts().map(glyphsOf);
  assert.ok(regular !== undefined && mono !== undefined);
  for (const character of "Aü€Ωжש■▲◌") assert.ok(regular(character.codePointAt(0) ?? 0), character);
  assert.ok(mono(0x41) && !regular(0x4e2d) && !mono(0x4e2d));
  assert.equal(withShapes("a中b\n\u200dc\u{20000}", regular), "a[U+4E2D]b\n\u200dc[U+20000]");
  assert.throws(() => glyphsOf(Buffer.alloc(64)), RangeError);
});
