/** The parts of a docx file that do not depend on what a document says, beyond title, header and language. */
import type { Instant } from "@countersign/kernel";

export const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
export const W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/** Text of an element or an attribute. */
export function xml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export const CONTENT_TYPES = `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${[
  ["/word/document.xml", `${TYPE}.document.main+xml`],
  ["/word/styles.xml", `${TYPE}.styles+xml`],
  ["/word/numbering.xml", `${TYPE}.numbering+xml`],
  ["/word/settings.xml", `${TYPE}.settings+xml`],
  ["/word/header1.xml", `${TYPE}.header+xml`],
  ["/word/footer1.xml", `${TYPE}.footer+xml`],
  ["/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"],
]
  .map(([part, type]) => `<Override PartName="${part}" ContentType="${type}"/>`)
  .join("")}</Types>`;

function relationships(all: readonly (readonly [type: string, target: string])[]): string {
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${all
    .map(([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;
}

export const ROOT_RELATIONSHIPS = relationships([
  [`${OFFICE}/officeDocument`, "word/document.xml"],
  [`${PACKAGE}/relationships/metadata/core-properties`, "docProps/core.xml"],
]);

/** rId4 is the header, rId5 the footer. */
export const DOCUMENT_RELATIONSHIPS = relationships([
  [`${OFFICE}/styles`, "styles.xml"],
  [`${OFFICE}/numbering`, "numbering.xml"],
  [`${OFFICE}/settings`, "settings.xml"],
  [`${OFFICE}/header`, "header1.xml"],
  [`${OFFICE}/footer`, "footer1.xml"],
]);
export const RELATIONSHIPS_NAMESPACE = OFFICE;

/** Dublin Core; the dates are those of the document's facts, never those of the machine. */
export function coreProperties(title: string, organization: string, language: string, asOf: Instant): string {
  const at = asOf.replace(/\.\d+Z$/, "Z");
  return `${XML}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${xml(title)}</dc:title><dc:creator>${xml(organization)}</dc:creator><dc:language>${language}</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">${at}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">${at}</dcterms:modified></cp:coreProperties>`;
}

export const SETTINGS = `${XML}<w:settings xmlns:w="${W}"><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`;

/** Number 1 has bullets; ordered lists have numbers of their own from 2 on, so that each begins at 1. */
export function numbering(orderedLists: number): string {
  const level = (format: string, text: string) =>
    `<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="425" w:hanging="425"/></w:pPr></w:lvl>`;
  const ordered = Array.from(
    { length: orderedLists },
    (_, index) =>
      `<w:num w:numId="${index + 2}"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>`,
  ).join("");
  return `${XML}<w:numbering xmlns:w="${W}"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/>${level("bullet", "•")}</w:abstractNum><w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="singleLevel"/>${level("decimal", "%1.")}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>${ordered}</w:numbering>`;
}

const HALF_POINTS = [32, 26, 23, 21, 20, 20];

function paragraphStyle(id: string, name: string, paragraph: string, run: string, more = ""): string {
  return `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/><w:basedOn w:val="Normal"/>${more}<w:qFormat/><w:pPr>${paragraph}</w:pPr><w:rPr>${run}</w:rPr></w:style>`;
}

/** Headings and captions stay with what follows them. */
export function styles(language: string): string {
  const headings = HALF_POINTS.map((size, index) =>
    paragraphStyle(
      `Heading${index + 1}`,
      `heading ${index + 1}`,
      `<w:keepNext/><w:keepLines/><w:spacing w:before="${index === 0 ? 360 : 240}" w:after="80"/><w:outlineLvl w:val="${index}"/>`,
      `<w:b/><w:sz w:val="${size}"/>`,
      '<w:next w:val="Normal"/>',
    ),
  ).join("");
  return `${XML}<w:styles xmlns:w="${W}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Calibri"/><w:sz w:val="20"/><w:lang w:val="${language}-US" w:eastAsia="${language}-US" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="100" w:line="259" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>${paragraphStyle("Title", "Title", '<w:keepNext/><w:spacing w:after="160"/>', '<w:b/><w:sz w:val="44"/>')}${headings}${paragraphStyle("Caption", "caption", '<w:keepNext/><w:keepLines/><w:spacing w:before="120" w:after="60"/>', "<w:b/>")}${paragraphStyle("Cell", "Cell", '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>', '<w:sz w:val="17"/>')}${paragraphStyle("ListParagraph", "List Paragraph", '<w:spacing w:after="40"/>', "")}${paragraphStyle("Header", "header", '<w:spacing w:after="0"/>', '<w:sz w:val="16"/>')}${paragraphStyle("Footer", "footer", '<w:spacing w:after="0"/>', '<w:sz w:val="16"/>')}<w:style w:type="character" w:customStyle="1" w:styleId="Exact"><w:name w:val="Exact"/><w:rPr><w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/><w:noProof/></w:rPr></w:style><w:style w:type="character" w:customStyle="1" w:styleId="Hole"><w:name w:val="Hole"/><w:rPr><w:b/><w:color w:val="8F1D1A"/><w:bdr w:val="single" w:sz="8" w:space="0" w:color="8F1D1A"/></w:rPr></w:style><w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>${["top", "left", "bottom", "right", "insideH", "insideV"].map((side) => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="8B919B"/>`).join("")}</w:tblBorders><w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="80" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>`;
}
