export * from "./documents.ts";
export {
  countsInWords,
  mostNotable,
  shownState,
  stateOrder,
  stateShapes,
  type CellState,
  type StateShape,
} from "./html/shapes.ts";
export { csvRecord } from "./sheets/csv.ts";
export { sheetsForm, WORKBOOK, WORKBOOK_ROWS_MAX } from "./sheets/form.ts";
export { zipArchives } from "./archive/zip-writer.ts";
export * from "./writing/blocks.ts";
export * from "./writing/facts.ts";
export * from "./writing/front.ts";
export * from "./writing/sentences.ts";
export { parseSidecar, SIDECAR_FORMAT, sidecarOf, sidecarText, type Sidecar } from "./writing/sidecar.ts";
export * from "./writing/documents/catalog.ts";
export { PDF_FONTS } from "./writing/forms/pdf.ts";
export { gather, type DocumentInput, type Gathered, type Source } from "./writing/gathered/source.ts";
export { dataPictureFile, type DataPicture } from "./writing/picture/file.ts";
export { managementDocuments } from "./writing/management-documents.ts";
export { assessmentResults } from "./oscal/assessment-results.ts";
export { componentDefinition } from "./oscal/component-definition.ts";
export type { OscalRun } from "./oscal/run.ts";
export { OSCAL_VERSION, oscalText, type OscalKind, type OscalProgram } from "./oscal/source.ts";
export { systemSecurityPlan } from "./oscal/system-security-plan.ts";
