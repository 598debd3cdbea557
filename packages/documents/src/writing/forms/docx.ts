/**
 * A written document in Word's file format (ECMA-376 part 1, WordprocessingML): real heading styles, tables whose head
 * repeats on every page and whose rows are not split, language and title. Nothing in it tells when it was written.
 */
import { DeflatedFile, zipOf } from "../../sheets/deflated.ts";
import type { Table, WrittenDocument } from "../blocks.ts";
import { lay, type LaidSection, type Leaf } from "../layout.ts";
import type { Said } from "../sentences.ts";
import {
  CONTENT_TYPES,
  coreProperties,
  DOCUMENT_RELATIONSHIPS,
  numbering,
  RELATIONSHIPS_NAMESPACE,
  ROOT_RELATIONSHIPS,
  SETTINGS,
  styles,
  W,
  XML,
  xml,
} from "./docx-parts.ts";
import { DRAWING_NAMESPACES, drawingXml, idsOf } from "./docx-picture.ts";
import { DRAWING_HEIGHT_MAX, drawingsOf } from "../picture/drawing.ts";
import type { Picture } from "../picture/picture.ts";
import { plainText, SAMPLE_DATA, spansOfAll, TABLE_BELOW, type Span } from "./printed.ts";

/** US letter and its margins, in twentieths of a point. */
const SHORT = 12_240;
const LONG = 15_840;
const MARGIN = 1_080;

/** The same document gives the same bytes. */
export function docxOf(document: WrittenDocument): Uint8Array {
  const title = plainText([document.front.title]);
  const organization = plainText([document.front.organization]);
  const body = new Body(document);
  const parts: readonly (readonly [path: string, text: string])[] = [
    ["[Content_Types].xml", CONTENT_TYPES],
    ["_rels/.rels", ROOT_RELATIONSHIPS],
    ["docProps/core.xml", coreProperties(title, organization, document.language, document.asOf)],
    ["word/document.xml", body.text],
    ["word/_rels/document.xml.rels", DOCUMENT_RELATIONSHIPS],
    ["word/styles.xml", styles(document.language)],
    ["word/numbering.xml", numbering(body.orderedLists)],
    ["word/settings.xml", SETTINGS],
    ["word/header1.xml", headerXml(document)],
    ["word/footer1.xml", footerXml(document)],
  ];
  const files = new Map<string, DeflatedFile>();
  for (const [path, text] of parts) {
    const file = new DeflatedFile();
    file.write(text);
    files.set(path, file);
  }
  return zipOf(files);
}

function headerXml({ front, sampleData }: WrittenDocument): string {
  const mark = sampleData
    ? `<w:p><w:pPr><w:pStyle w:val="Header"/><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/><w:color w:val="8F1D1A"/></w:rPr><w:t>${SAMPLE_DATA}</w:t></w:r></w:p>`
    : "";
  return `${XML}<w:hdr xmlns:w="${W}">${mark}${paragraph("Header", [front.title, front.organization], { between: " · " })}</w:hdr>`;
}

function footerXml({ front }: WrittenDocument): string {
  const field = (name: string) => `<w:fldSimple w:instr=" ${name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>`;
  return `${XML}<w:ftr xmlns:w="${W}">${paragraph("Footer", [front.notice])}<w:p><w:pPr><w:pStyle w:val="Footer"/><w:jc w:val="right"/></w:pPr><w:r><w:t xml:space="preserve">Page </w:t></w:r>${field("PAGE")}<w:r><w:t xml:space="preserve"> of </w:t></w:r>${field("NUMPAGES")}</w:p></w:ftr>`;
}

class Body {
  readonly text: string;
  orderedLists = 0;
  readonly #width: number;
  #ids = 1;

  constructor(document: WrittenDocument) {
    const { front, landscape } = document;
    const [width, height] = landscape ? [LONG, SHORT] : [SHORT, LONG];
    this.#width = width - 2 * MARGIN;
    const laid = lay(document);
    const entries = front.entries.map(
      ({ term, said }) => `${this.#cell(0.25, [term], { bold: true })}${this.#cell(0.75, [said], {})}`,
    );
    const body = [
      paragraph("Title", [front.title]),
      `${this.#openTable([0.25, 0.75])}${entries.map((cells) => `<w:tr><w:trPr><w:cantSplit/></w:trPr>${cells}</w:tr>`).join("")}</w:tbl>`,
      paragraph("Normal", [front.notice], { spaceBefore: true }),
      ...laid.leaves.map((leaf) => this.#leaf(leaf)),
      ...laid.sections.map((section) => this.#section(section, 1)),
    ].join("");
    const page = `<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:footerReference w:type="default" r:id="rId5"/><w:pgSz w:w="${width}" w:h="${height}"${landscape ? ' w:orient="landscape"' : ""}/><w:pgMar w:top="1300" w:right="${MARGIN}" w:bottom="1200" w:left="${MARGIN}" w:header="500" w:footer="400" w:gutter="0"/></w:sectPr>`;
    this.text = `${XML}<w:document xmlns:w="${W}" xmlns:r="${RELATIONSHIPS_NAMESPACE}"${DRAWING_NAMESPACES}><w:body>${body}${page}</w:body></w:document>`;
  }

  #section(section: LaidSection, level: number): string {
    const heading = paragraph(`Heading${level}`, [section.heading], { before: `${section.number}  ` });
    return [
      heading,
      ...section.leaves.map((leaf) => this.#leaf(leaf)),
      ...section.sections.map((inner) => this.#section(inner, level + 1)),
    ].join("");
  }

  #leaf({ block }: Leaf): string {
    switch (block.kind) {
      case "paragraph":
        return paragraph("Normal", block.sentences);
      case "list": {
        const number = block.ordered ? ++this.orderedLists + 1 : 1;
        return block.items.map((item) => paragraph("ListParagraph", item, { number })).join("");
      }
      case "picture":
        return this.#picture(block);
      case "table":
        return this.#table(block);
    }
  }

  #picture(picture: Picture): string {
    const alternative = `${plainText([picture.caption])}. ${TABLE_BELOW}`;
    const drawings = drawingsOf(picture, DRAWING_HEIGHT_MAX).map((drawing) => {
      const text = drawingXml(drawing, this.#ids, alternative);
      this.#ids += idsOf(drawing);
      return text;
    });
    return `${paragraph("Caption", [picture.caption])}${drawings.join("")}`;
  }

  #table({ caption, columns, rows }: Table): string {
    const sum = columns.reduce((all, { width }) => all + width, 0);
    const shares = columns.map(({ width }) => width / sum);
    const head = columns.map((column, index) =>
      this.#cell(shares[index] ?? 0, [column.head], {
        bold: true,
        shaded: true,
        right: column.number === true,
        keepNext: true,
      }),
    );
    const body = rows.map(
      (row) =>
        `<w:tr><w:trPr><w:cantSplit/></w:trPr>${row
          .map((cell, index) => {
            const column = columns[index];
            return this.#cell(shares[index] ?? 0, cell, {
              bold: column?.names === true,
              right: column?.number === true,
            });
          })
          .join("")}</w:tr>`,
    );
    return [
      paragraph("Caption", [caption]),
      this.#openTable(shares),
      `<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>${head.join("")}</w:tr>`,
      ...body,
      "</w:tbl>",
      // Two tables that touch are one.
      '<w:p><w:pPr><w:spacing w:after="0"/></w:pPr></w:p>',
    ].join("");
  }

  #openTable(shares: readonly number[]): string {
    const grid = shares.map((share) => `<w:gridCol w:w="${Math.floor(share * this.#width)}"/>`).join("");
    return `<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="${this.#width}" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr><w:tblGrid>${grid}</w:tblGrid>`;
  }

  #cell(share: number, all: readonly Said[], look: CellLook): string {
    const shade = look.shaded === true ? '<w:shd w:val="clear" w:color="auto" w:fill="E9EBEE"/>' : "";
    return `<w:tc><w:tcPr><w:tcW w:w="${Math.floor(share * this.#width)}" w:type="dxa"/>${shade}</w:tcPr>${paragraph("Cell", all, look)}</w:tc>`;
  }
}

type CellLook = {
  readonly bold?: boolean;
  readonly shaded?: boolean;
  readonly right?: boolean;
  readonly keepNext?: boolean;
};

type ParagraphLook = CellLook & {
  /** Text before the sentences: the number of a heading. */
  readonly before?: string;
  readonly between?: string;
  readonly number?: number;
  readonly spaceBefore?: boolean;
};

function paragraph(style: string, all: readonly Said[], look: ParagraphLook = {}): string {
  const properties = [
    `<w:pStyle w:val="${style}"/>`,
    look.keepNext === true ? "<w:keepNext/>" : "",
    look.number === undefined
      ? ""
      : `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="${look.number}"/></w:numPr>`,
    look.spaceBefore === true ? '<w:spacing w:before="160"/>' : "",
    look.right === true ? '<w:jc w:val="right"/>' : "",
  ].join("");
  const spans: readonly Span[] = [
    ...(look.before === undefined ? [] : [{ look: "plain" as const, text: look.before }]),
    ...(look.between === undefined
      ? spansOfAll(all)
      : all.flatMap((said, index): readonly Span[] => [
          ...(index === 0 ? [] : [{ look: "plain" as const, text: look.between ?? "" }]),
          ...spansOfAll([said]),
        ])),
  ];
  return `<w:p><w:pPr>${properties}</w:pPr>${spans.map((span) => run(span, look.bold === true)).join("")}</w:p>`;
}

const RUN_STYLES = {
  plain: "",
  exact: '<w:rStyle w:val="Exact"/>',
  hole: '<w:rStyle w:val="Hole"/>',
} as const;

function run({ look, text }: Span, bold: boolean): string {
  const content = text
    .split("\n")
    .map((line) =>
      line
        .split("\t")
        .map((part) => `<w:t xml:space="preserve">${xml(part)}</w:t>`)
        .join("<w:tab/>"),
    )
    .join("<w:br/>");
  return `<w:r><w:rPr>${RUN_STYLES[look]}${bold ? "<w:b/>" : ""}</w:rPr>${content}</w:r>`;
}
