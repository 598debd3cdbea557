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
export { sheetsForm, WORKBOOK, WORKBOOK_ROWS_MAX } from "./sheets/form.ts";
export { zipArchives } from "./archive/zip-writer.ts";
