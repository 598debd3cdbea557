/** The workbook: Excel's file format, through a kept library, with the same bytes for the same view. */
import writeWorkbook, { type SheetData } from "write-excel-file/node";
import { safeCell, type Cell } from "./cells.ts";
import type { Column } from "./columns.ts";

export type WorkbookSheet = {
  readonly name: string;
  readonly columns: readonly Pick<Column, "head" | "width">[];
  readonly rows: readonly (readonly Cell[])[];
};

export async function workbook(
  about: readonly (readonly string[])[],
  sheets: readonly WorkbookSheet[],
): Promise<Uint8Array> {
  const bytes = await writeWorkbook([
    {
      sheet: "About",
      columns: [{ width: 26 }, { width: 110 }],
      data: about.map(([term = "", words = ""]) => [
        term === "" ? null : { value: safeCell(term), fontWeight: "bold" as const },
        words === "" ? null : { value: safeCell(words), wrap: true },
      ]),
    },
    ...sheets.map((sheet) => ({
      sheet: sheet.name,
      columns: sheet.columns.map(({ width }) => ({ width })),
      stickyRowsCount: 1,
      data: dataOf(sheet),
    })),
  ]).toBuffer();
  return withoutTimes(bytes);
}

function dataOf(sheet: WorkbookSheet): SheetData {
  return [
    sheet.columns.map(({ head }) => ({ value: safeCell(head), fontWeight: "bold" as const, wrap: true })),
    ...sheet.rows.map((row) => row.map((cell) => (cell === "" ? null : safeCell(cell)))),
  ];
}

const CENTRAL_ENTRY = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
/** 1980-01-01, the first day that a zip can name. */
const DOS_DATE = 0x0021;

/** The library stamps each file of the zip with the time of writing: the one thing that differs between two runs. */
function withoutTimes(zip: Buffer): Uint8Array {
  const end = zip.length - 22;
  if (end < 0 || zip.readUInt32LE(end) !== END_OF_DIRECTORY)
    throw new TypeError("the workbook's writer made something else than a zip");
  let at = zip.readUInt32LE(end + 16);
  for (let entry = zip.readUInt16LE(end + 10); entry > 0; entry--) {
    if (zip.readUInt32LE(at) !== CENTRAL_ENTRY) throw new TypeError("the workbook's directory is broken");
    const header = zip.readUInt32LE(at + 42);
    zip.writeUInt16LE(0, at + 12);
    zip.writeUInt16LE(DOS_DATE, at + 14);
    zip.writeUInt16LE(0, header + 10);
    zip.writeUInt16LE(DOS_DATE, header + 12);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return zip;
}
