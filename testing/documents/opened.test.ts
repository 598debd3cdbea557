/** Written documents as other people's programs read them: a PDF reader, and LibreOffice for Word files and workbooks. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { documentFiles, sidecarOf, type DocumentForm } from "../../packages/documents/src/index.ts";
import { fonts } from "../../packages/documents/src/writing/fixture/fonts.ts";
import { hardDocument } from "../../packages/documents/src/writing/fixture/made-up.ts";
import { needsTool } from "../outside-tools.ts";

const document = hardDocument();
const { sentences, holes } = sidecarOf(document);
let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-opened-"));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function written(form: DocumentForm): Promise<string> {
  const [file] = await documentFiles(document, form, fonts);
  const path = join(folder, file.name);
  writeFileSync(path, file.bytes);
  return path;
}

function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  assert.equal(status, 0, `${command}: ${stderr}`);
  return stdout;
}

function pagesOf(pdf: string): readonly string[] {
  const pages = run("pdftotext", "-layout", pdf, "-").split("\f");
  return pages.slice(0, -1);
}

/** Text without what a page break, a narrow column or a font changes. */
const bare = (text: string): string => text.replace(/[\s\u200b]+/g, "");

/** Of the sentences that stand in one piece of text whatever the page: none of a cell, none that a page may part. */
const whole = sentences.filter(({ text, place }) => text.length < 60 && place.part !== "cell");

function checkPages(pdf: string, foreign: boolean): void {
  const pages = pagesOf(pdf);
  assert.ok(pages.length > 5, `${pages.length} pages`);
  for (const [index, page] of pages.entries()) {
    assert.match(page, /SAMPLE DATA: INVENTED COMPANY/, `page ${index + 1}`);
    assert.match(page, new RegExp(`Page ${index + 1} of ${pages.length}`), `page ${index + 1}`);
    // A heading or a caption at the foot of a page would stand there alone.
    const lines = page.split("\n").filter((line) => line.trim() !== "");
    const foot = lines.findLastIndex((line) => line.includes("Prepared by management"));
    assert.doesNotMatch(lines[foot - 1] ?? "", /^\s*(?:\d+(?:\.\d+)*\s+Small section|Small table)\s*$/);
  }
  const all = bare(pages.join(""));
  for (const { text } of whole)
    if (foreign || !/\p{Script=Han}/u.test(text)) assert.ok(all.includes(bare(text)), text);
  assert.ok(all.split("MISSING:").length - 1 >= holes.length);
}

test("a PDF reader finds tags, title, every page marked, and no heading alone at the foot of one", async (t) => {
  if (!needsTool(t, "pdftotext")) return;
  const pdf = await written("pdf");
  const info = run("pdfinfo", pdf);
  assert.match(info, /Title: +A made-up document that is hard to set/);
  assert.match(info, /Tagged: +yes/);
  const structure = run("pdfinfo", "-struct", pdf);
  for (const tag of ["H1", "H2", "H3", "Table", "TH", "TD", "Caption", "L", "LI"])
    assert.match(structure, new RegExp(`^\\s*${tag}\\b`, "m"), tag);
  checkPages(pdf, false);
  // Nothing leaves the page: each word's box lies within it.
  const boxes = run("pdftotext", "-bbox", pdf, "-");
  for (const [, left = "", right = ""] of boxes.matchAll(
    /<word xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)"/g,
  ))
    assert.ok(Number(left) > 40 && Number(right) < 612 - 40, `${left} ${right}`);
});

test("LibreOffice opens the Word file, with the same title, marks and sentences", async (t) => {
  if (!needsTool(t, "soffice") || !needsTool(t, "pdftotext")) return;
  convert(await written("docx"), "pdf");
  const pdf = join(folder, "converted", "made-up.pdf");
  assert.match(run("pdfinfo", pdf), /Title: +A made-up document that is hard to set/);
  checkPages(pdf, true);
});

test("LibreOffice opens the workbook, and its first sheet says what it is", async (t) => {
  if (!needsTool(t, "soffice")) return;
  convert(await written("xlsx"), "csv");
  const csv = readFileSync(join(folder, "converted", "made-up.csv"), "utf8");
  assert.match(csv, /SAMPLE DATA: INVENTED COMPANY/);
  assert.match(csv, /Observation window,"July 1, 2025 through June 30, 2026/);
});

function convert(path: string, to: string): void {
  const profile = `-env:UserInstallation=file://${join(folder, "profile")}`;
  run("soffice", profile, "--headless", "--convert-to", to, "--outdir", join(folder, "converted"), path);
}
