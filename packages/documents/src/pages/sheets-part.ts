/** Where the whole list of items stands, for the pages that show only a part of it. */
import { html, type Markup } from "../html/markup.ts";
import { link, type Frame } from "../html/layout.ts";
import { sheetsForm, WORKBOOK } from "../sheets/form.ts";

export function sheetsWords(frame: Frame): Markup {
  return sheetsForm(frame.view.summary) === "workbook"
    ? html`${link(frame, WORKBOOK, "The workbook")}: every item and attribute, one sheet per activity`
    : html`The folder <code>sheets/</code>: every item and attribute as CSV, in parts per activity`;
}
