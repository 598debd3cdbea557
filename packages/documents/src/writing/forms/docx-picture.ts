/**
 * A drawing in a Word file as shapes of its own (ECMA-376 part 1, DrawingML, with the word-processing shapes of [MS-ODRAWXML]):
 * it is sharp at any size, and its words can be read. Readers that know no such shapes show the sentence that names the table.
 */
import type { Box, Drawing, Path, Words } from "../picture/drawing.ts";
import { SIZES } from "../picture/drawing.ts";
import { xml } from "./docx-parts.ts";

const EMU = 12_700;
const emu = (points: number): number => Math.round(points * EMU);

export const DRAWING_NAMESPACES =
  ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:wp14="http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing" mc:Ignorable="wp14"';

/** @param id unlike every other in the file; each drawing takes as many as it has marks, and one */
export function drawingXml(drawing: Drawing, id: number, alternative: string): string {
  const { width, height, boxes, words, paths } = drawing;
  let next = id;
  const shapes = [
    ...paths.map((path) => pathXml(path, (next += 1))),
    ...boxes.map((box) => boxXml(box, (next += 1))),
    ...words.map((each) => wordsXml(each, (next += 1), width)),
  ].join("");
  const size = `cx="${emu(width)}" cy="${emu(height)}"`;
  return `<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wpg"><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent ${size}/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="${id}" name="Picture ${id}" descr="${xml(alternative)}"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"><wpg:wgp><wpg:cNvGrpSpPr/><wpg:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext ${size}/><a:chOff x="0" y="0"/><a:chExt ${size}/></a:xfrm></wpg:grpSpPr>${shapes}</wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:t>${xml(alternative)}</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>`;
}

export function idsOf({ boxes, words, paths }: Drawing): number {
  return 1 + boxes.length + words.length + paths.length;
}

function shape(id: number, place: string, look: string, text = ""): string {
  const words =
    text === ""
      ? "<wps:bodyPr/>"
      : `<wps:txbx><w:txbxContent>${text}</w:txbxContent></wps:txbx><wps:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"><a:noAutofit/></wps:bodyPr>`;
  return `<wps:wsp><wps:cNvPr id="${id}" name="Shape ${id}"/><wps:cNvSpPr${text === "" ? "" : ' txBox="1"'}/><wps:spPr><a:xfrm>${place}</a:xfrm>${look}</wps:spPr>${words}</wps:wsp>`;
}

const at = (x: number, y: number, width: number, height: number): string =>
  `<a:off x="${emu(x)}" y="${emu(y)}"/><a:ext cx="${emu(width)}" cy="${emu(height)}"/>`;
const solid = (colour: string): string => `<a:solidFill><a:srgbClr val="${colour}"/></a:solidFill>`;

function boxXml({ x, y, width, height, look }: Box, id: number): string {
  const round = look === "rest" ? "roundRect" : "rect";
  const adjust = look === "rest" ? '<a:gd name="adj" fmla="val 6000"/>' : "";
  const line = {
    outside: `<a:ln w="10160">${solid("8B919B")}<a:prstDash val="dash"/></a:ln>`,
    inside: `<a:ln w="10160">${solid("8B919B")}</a:ln>`,
    rest: `<a:ln w="17780">${solid("1A1C20")}</a:ln>`,
  }[look];
  return shape(
    id,
    at(x, y, width, height),
    `<a:prstGeom prst="${round}"><a:avLst>${adjust}</a:avLst></a:prstGeom>${solid("F4F5F6")}${line}`,
  );
}

const COLOURS = {
  column: "555B65",
  kind: "555B65",
  title: "1A1C20",
  plain: "1A1C20",
  hole: "8F1D1A",
} as const;

/** A box of its own for each line: no reader breaks it elsewhere. */
function wordsXml({ x, y, text, look }: Words, id: number, width: number): string {
  const size = SIZES[look];
  const bold = look === "title" || look === "hole" || look === "column" ? "<w:b/>" : "";
  const run = `<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="${Math.round(size * 24)}" w:lineRule="exact"/></w:pPr><w:r><w:rPr>${bold}<w:noProof/><w:color w:val="${COLOURS[look]}"/><w:sz w:val="${Math.round(size * 2)}"/></w:rPr><w:t xml:space="preserve">${xml(text)}</w:t></w:r></w:p>`;
  return shape(
    id,
    at(x, y - size, Math.min(130, width - x), size * 1.3),
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln>',
    run,
  );
}

function pathXml(path: Path, id: number): string {
  const [xs, ys] = [path.map(([x]) => x), path.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  // A shape without extent is drawn by nobody.
  const [width, height] = [Math.max(1, Math.max(...xs) - left), Math.max(1, Math.max(...ys) - top)];
  const point = ([x, y]: Path[number]): string => `<a:pt x="${emu(x - left)}" y="${emu(y - top)}"/>`;
  const [first, ...rest] = path;
  if (first === undefined) return "";
  const steps = `<a:moveTo>${point(first)}</a:moveTo>${rest.map((each) => `<a:lnTo>${point(each)}</a:lnTo>`).join("")}`;
  return shape(
    id,
    at(left, top, width, height),
    `<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst><a:path w="${emu(width)}" h="${emu(height)}" fill="none">${steps}</a:path></a:pathLst></a:custGeom><a:noFill/><a:ln w="11430">${solid("555B65")}<a:tailEnd type="triangle" w="sm" len="sm"/></a:ln>`,
  );
}
