/** A written document as a workbook: what it is on the first sheet, and a sheet for each table. */
import type { SheetColumn } from "../../sheets/workbook.ts";
import { Workbook } from "../../sheets/workbook.ts";
import type { Table, WrittenDocument } from "../blocks.ts";
import { lay, placed, type LaidSection, type Leaf } from "../layout.ts";
import { plainText, SAMPLE_DATA } from "./printed.ts";

/** Excel's limit. */
const SHEET_NAME_LENGTH_MAX = 31;
/** Of all columns of a sheet together, in characters. */
const SHEET_WIDTH = 180;

/** The same document gives the same bytes. */
export function xlsxOf(document: WrittenDocument): Uint8Array {
  const { front } = document;
  const book = new Workbook();
  const about = book.sheet(
    "About",
    [
      { head: "", width: 28 },
      { head: "", width: 110 },
    ],
    { head: false },
  );
  const laid = lay(document);
  if (document.sampleData) about(["SAMPLE DATA", SAMPLE_DATA]);
  about([plainText([front.title]), plainText([front.organization])]);
  for (const { term, said } of front.entries) about([plainText([term]), plainText([said])]);
  about(["What it is not", plainText([front.notice])]);
  const holes = [...placed(document)].filter(({ said }) => said.kind === "hole").length;
  about([
    "Missing",
    holes === 0 ? "nothing" : `${holes} ${holes === 1 ? "place is" : "places are"} marked MISSING`,
  ]);
  const tables: { name: string; table: Table }[] = [];
  const leaves = (all: readonly Leaf[], number: string): void => {
    for (const { block } of all)
      if (block.kind === "table")
        tables.push({ name: sheetName(number, plainText([block.caption]), tables.length), table: block });
      else if (block.kind === "paragraph") about([number, plainText(block.sentences)]);
      // The table below a picture says the same.
      else if (block.kind === "picture") about([number, plainText([block.caption])]);
      else for (const item of block.items) about([number, plainText(item)]);
  };
  const sections = (all: readonly LaidSection[]): void => {
    for (const section of all) {
      about([section.number, plainText([section.heading])]);
      leaves(section.leaves, section.number);
      sections(section.sections);
    }
  };
  leaves(laid.leaves, "");
  sections(laid.sections);
  for (const { name, table } of tables) {
    const write = book.sheet(name, columnsOf(table), { head: true, wrapped: true });
    for (const row of table.rows) write(row.map((cell) => plainText(cell)));
  }
  return book.finish();
}

/** Unlike every other by its number. */
function sheetName(section: string, caption: string, index: number): string {
  const name = `${index + 1} ${section === "" ? "" : `(${section}) `}${caption}`;
  return name
    .replace(/[[\]/\\:*?\u0000-\u001f']/g, " ")
    .slice(0, SHEET_NAME_LENGTH_MAX)
    .toWellFormed()
    .trim();
}

function columnsOf(table: Table): readonly SheetColumn[] {
  const sum = table.columns.reduce((all, { width }) => all + width, 0);
  return table.columns.map(({ head, width }) => ({
    head: plainText([head]),
    width: Math.max(10, Math.round((width / sum) * SHEET_WIDTH)),
  }));
}
