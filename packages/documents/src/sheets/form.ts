/** Which form the spreadsheets take. Pages that point at them and the writer that makes them ask here. */
import type { Summary } from "@countersign/assessment";

export const WORKBOOK = "items.xlsx";

/** Above this many rows the list is written as CSV parts, whose memory does not grow with it. */
export const WORKBOOK_ROWS_MAX = 100_000;

export function sheetsForm(summary: Summary): "workbook" | "csv" {
  let rows = 0;
  for (const control of summary.controls)
    for (const activity of control.activities)
      rows += Object.values(activity.counts).reduce((sum, value) => sum + value, 0);
  return rows <= WORKBOOK_ROWS_MAX ? "workbook" : "csv";
}
