/** The first sheet: what the list is, of whom, for which window, and what it is not. */
import type { PackageView } from "@countersign/application/ports";
import { windowWords } from "../html/words.ts";
import { PREPARED_BY } from "../html/layout.ts";
import type { SheetPlan } from "./columns.ts";

export function aboutRows(
  view: PackageView,
  plans: readonly SheetPlan[],
  places: readonly string[],
): string[][] {
  const { summary } = view;
  const { window } = summary;
  const rows: string[][] = [];
  if (summary.sampleData) rows.push(["SAMPLE DATA", "an invented company: nothing in this list happened"]);
  rows.push(
    ["What this is", "every occurrence that was assessed, with the result of each attribute"],
    ["What it is not", PREPARED_BY],
    ["Organization", `${summary.organization.name} (${summary.organization.id})`],
    ["Observation window", `${windowWords(window)}, inclusive, ${window.zone}`],
    ["As instants", `from ${window.start} up to, and not including, ${window.end}`],
    ["As of", summary.asOf],
    ["Assessment run", view.run],
    ["Rules", summary.rules],
    ["Package", view.name],
    ["Made by", view.generator],
    ["Made at", view.createdAt],
    ["Log key's fingerprint", view.verification.fingerprint],
    [
      "Exact values",
      "stand in the package's data folder; here an apostrophe stands before a text that a spreadsheet could run as a formula",
    ],
    ["Unknown", "the records do not say: neither operated nor deviated"],
  );
  for (const redaction of view.redactions) rows.push(["Redacted", redaction]);
  rows.push(["", ""], ["List", "Where"]);
  plans.forEach((plan, index) =>
    rows.push([
      `${plan.control.id} ${plan.activity.title}${plan.control.versions.length > 1 ? `, version ${plan.activity.version}` : ""}`,
      places[index] ?? plan.name,
    ]),
  );
  return rows;
}
