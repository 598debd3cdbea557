/**
 * The workbook, in Excel's file format (ECMA-376 part 1, SpreadsheetML): sheets of text and numbers, no formula anywhere.
 * Rows are compressed as they come, in any order of sheets, so that memory is what the finished file takes; and nothing
 * in it tells when it was written.
 */
import { safeCell, type Cell } from "./cells.ts";
import { DeflatedFile, zipOf } from "./deflated.ts";

export type SheetColumn = {
  readonly head: string;
  /** In characters. */
  readonly width: number;
};

type Sheet = {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  readonly file: DeflatedFile;
  rows: number;
};

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml";
/** Indices into the styles below. */
const BOLD = 1;
const WRAPPED = 2;

export class Workbook {
  readonly #sheets: Sheet[] = [];

  /** @param name at most 31 characters, none of []/\:*?, unlike every other without regard to case. */
  sheet(
    name: string,
    columns: readonly SheetColumn[],
    options: { readonly head: boolean; readonly wrapped?: boolean },
  ): (cells: readonly Cell[]) => void {
    const sheet: Sheet = { name, columns, file: new DeflatedFile(), rows: 0 };
    this.#sheets.push(sheet);
    sheet.file.write(
      `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"${this.#sheets.length === 1 ? ' tabSelected="1"' : ""}>${
        options.head ? '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' : ""
      }</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>${columns
        .map(
          ({ width }, index) =>
            `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
        )
        .join("")}</cols><sheetData>`,
    );
    if (options.head)
      addRow(
        sheet,
        columns.map((column) => column.head),
        () => BOLD,
      );
    return options.head
      ? (cells) => addRow(sheet, cells, () => (options.wrapped === true ? WRAPPED : 0))
      : (cells) => addRow(sheet, cells, (column) => (column === 0 ? BOLD : WRAPPED));
  }

  /** The file's bytes. No row can be added afterwards. */
  finish(): Uint8Array {
    const files = new Map<string, DeflatedFile>();
    const put = (path: string, text: string): void => {
      const file = new DeflatedFile();
      file.write(XML + text);
      files.set(path, file);
    };
    put("[Content_Types].xml", contentTypes(this.#sheets.length));
    put(
      "_rels/.rels",
      `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    );
    put("xl/workbook.xml", workbookXml(this.#sheets));
    put("xl/_rels/workbook.xml.rels", workbookRelations(this.#sheets.length));
    put("xl/styles.xml", STYLES);
    this.#sheets.forEach((sheet, index) => {
      sheet.file.write("</sheetData></worksheet>");
      files.set(`xl/worksheets/sheet${index + 1}.xml`, sheet.file);
    });
    return zipOf(files);
  }
}

function addRow(sheet: Sheet, cells: readonly Cell[], styleOf: (column: number) => number): void {
  sheet.rows++;
  let row = `<row r="${sheet.rows}">`;
  for (let column = 0; column < cells.length; column++) {
    const cell = safeCell(cells[column] ?? "");
    if (cell === "") continue;
    const style = styleOf(column);
    const place = `<c r="${letters(column)}${sheet.rows}"${style === 0 ? "" : ` s="${style}"`}`;
    row +=
      typeof cell === "number"
        ? `${place}><v>${cell}</v></c>`
        : `${place} t="inlineStr"><is><t${/^\s|\s$|\n/.test(cell) ? ' xml:space="preserve"' : ""}>${xmlText(cell)}</t></is></c>`;
  }
  sheet.file.write(`${row}</row>`);
}

/** A, B, … Z, AA, … */
function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
}

/** Text of an element or an attribute. Readers take `_x0041_` for an escape of theirs, so its underscore is escaped first. */
export function xmlText(text: string): string {
  const literal = text.includes("_x") ? text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_") : text;
  return /[&<>"\r]/.test(literal)
    ? literal
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll('"', "&quot;")
        // A parser would make a line feed of it.
        .replaceAll("\r", "_x000D_")
    : literal;
}

function contentTypes(sheets: number): string {
  const overrides = Array.from(
    { length: sheets },
    (_, n) => `<Override PartName="/xl/worksheets/sheet${n + 1}.xml" ContentType="${TYPES}.worksheet+xml"/>`,
  ).join("");
  return `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/>${overrides}</Types>`;
}

function workbookXml(sheets: readonly Sheet[]): string {
  const list = sheets
    .map((sheet, n) => `<sheet name="${xmlText(sheet.name)}" sheetId="${n + 1}" r:id="rId${n + 1}"/>`)
    .join("");
  return `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><bookViews><workbookView/></bookViews><sheets>${list}</sheets></workbook>`;
}

function workbookRelations(sheets: number): string {
  const list = Array.from(
    { length: sheets },
    (_, n) =>
      `<Relationship Id="rId${n + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n + 1}.xml"/>`,
  ).join("");
  return `<Relationships xmlns="${PACKAGE}/relationships">${list}<Relationship Id="rId${sheets + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`;
}

/** Plain, bold and wrapped, wrapped. */
const STYLES = `<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
