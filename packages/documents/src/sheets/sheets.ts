/** Every item and attribute as a spreadsheet: one workbook while it fits, else CSV in parts. */
import type { PackageView, Page, SheetSource } from "@countersign/application/ports";
import { slug } from "../html/names.ts";
import { aboutRows } from "./about.ts";
import type { Cell } from "./cells.ts";
import { planSheets, sheetKey, type Row, type SheetPlan } from "./columns.ts";
import { csvRecord, CsvParts } from "./csv.ts";
import { sheetsForm, WORKBOOK } from "./form.ts";
import { Workbook } from "./workbook.ts";

/**
 * The workbook `items.xlsx`, or `sheets/about.csv` and the parts `sheets/<control>.<activity>.<part>.csv`. Which of the
 * two follows from the summary's counts alone (`sheetsForm`), so that pages know it too.
 * @throws TypeError on a row whose activity the summary does not have: a list that belongs to another run.
 */
export async function* sheets(view: PackageView, source: SheetSource): AsyncGenerator<Page> {
  const plans = planSheets(view);
  if (sheetsForm(view.summary) === "csv") yield* csvPages(view, source, plans);
  else yield { path: WORKBOOK, content: workbookOf(view, source, plans) };
}

function planOf(plans: ReadonlyMap<string, SheetPlan>, { occurrence }: Row): SheetPlan {
  const plan = plans.get(sheetKey(occurrence.control, occurrence.activity, occurrence.version));
  if (plan === undefined)
    throw new TypeError(
      `the summary has no activity ${occurrence.activity} of ${occurrence.control}, version ${occurrence.version}`,
    );
  return plan;
}

function cellsOf(plan: SheetPlan, row: Row): Cell[] {
  return plan.columns.map((column) => column.cell(row));
}

function workbookOf(
  view: PackageView,
  source: SheetSource,
  plans: ReadonlyMap<string, SheetPlan>,
): Uint8Array {
  const all = [...plans.values()];
  const book = new Workbook();
  const about = book.sheet(
    "About",
    [
      { head: "", width: 28 },
      { head: "", width: 110 },
    ],
    { head: false },
  );
  // An empty sheet for each control without records would hide the others: a sheet begins with its first row.
  const writers = new Map<SheetPlan, (cells: readonly Cell[]) => void>();
  for (const row of source.rows()) {
    const plan = planOf(plans, row);
    let write = writers.get(plan);
    if (write === undefined) writers.set(plan, (write = book.sheet(plan.name, plan.columns, { head: true })));
    write(cellsOf(plan, row));
  }
  const places = all.map((plan) => (writers.has(plan) ? `sheet ${plan.name}` : "no occurrence"));
  for (const row of aboutRows(view, all, places)) about(row);
  return book.finish();
}

async function* csvPages(
  view: PackageView,
  source: SheetSource,
  plans: ReadonlyMap<string, SheetPlan>,
): AsyncGenerator<Page> {
  const parts = new CsvParts();
  const stems = new Map<SheetPlan, string>();
  for (const plan of plans.values()) {
    // Sheet names differ without regard to case, and so do these.
    const stem = `sheets/${slug(plan.name.replaceAll(" ", "."))}`;
    stems.set(plan, stem);
    parts.open(
      stem,
      plan.columns.map((column) => column.head),
    );
  }
  const about = aboutRows(
    view,
    [...plans.values()],
    [...stems.values()].map((stem) => `${stem}.001.csv and on, where it has occurrences`),
  );
  yield { path: "sheets/about.csv", content: about.map((row) => csvRecord(row)).join("") };
  for (const row of source.rows()) {
    const plan = planOf(plans, row);
    for (const part of parts.add(stems.get(plan) ?? "", cellsOf(plan, row)))
      yield { path: part.path, content: part.bytes };
  }
  for (const part of parts.finish()) yield { path: part.path, content: part.bytes };
}
