/** The columns of an activity's sheet: the same in the workbook and in CSV. */
import type { PackageView } from "@countersign/application/ports";
import type { ActivitySummary, AttributeResult, ControlSummary, Occurrence } from "@countersign/assessment";
import { itemKindOf, type Field, type Item, type ItemLine, type PersonId } from "@countersign/records";
import { stateShapes } from "../html/shapes.ts";
import { local, provenanceWords, reasonWords } from "../html/words.ts";
import { factCell, personCell, type Cell } from "./cells.ts";

export type Row = { readonly occurrence: Occurrence; readonly line: ItemLine | undefined };

export type Column = {
  readonly head: string;
  /** In characters. */
  readonly width: number;
  readonly cell: (row: Row) => Cell;
};

export function columnsOf(view: PackageView, activity: ActivitySummary): readonly Column[] {
  return [
    ...placeColumns(view, activity),
    ...resultColumns(view, activity),
    ...(activity.kind === "periodic" ? periodColumns : []),
    ...factColumns(view, activity),
  ];
}

function placeColumns(view: PackageView, activity: ActivitySummary): readonly Column[] {
  const { zone } = view.summary.window;
  const columns: Column[] = [
    { head: "control", width: 10, cell: ({ occurrence }) => occurrence.control },
    { head: "version", width: 8, cell: ({ occurrence }) => occurrence.version },
    { head: "activity", width: 18, cell: ({ occurrence }) => occurrence.activity },
    {
      head: activity.kind === "periodic" ? "period" : "id",
      width: 42,
      cell: ({ occurrence }) => occurrence.id,
    },
    { head: "title", width: 40, cell: ({ occurrence }) => occurrence.title ?? "" },
    { head: "time (UTC)", width: 22, cell: ({ occurrence }) => occurrence.at },
  ];
  if (zone !== "UTC")
    columns.push({
      head: `time (${zone})`,
      width: 24,
      cell: ({ occurrence }) => local(occurrence.at, zone) ?? "",
    });
  columns.push(
    {
      head: "week from",
      width: 12,
      cell: ({ occurrence }) => view.summary.weeks[occurrence.week]?.from ?? "",
    },
    { head: "person", width: 22, cell: ({ occurrence }) => personCell(view, occurrence.person) },
    { head: "state", width: 14, cell: ({ occurrence }) => stateShapes[occurrence.state].word },
    { head: "detail", width: 30, cell: ({ occurrence }) => occurrence.detail ?? "" },
    {
      head: "not applicable: reason",
      width: 20,
      cell: ({ occurrence }) => occurrence.notApplicable?.reason ?? "",
    },
    {
      head: "not applicable: approver",
      width: 20,
      cell: ({ occurrence }) => personCell(view, occurrence.notApplicable?.approver),
    },
  );
  return columns;
}

function resultColumns(view: PackageView, activity: ActivitySummary): readonly Column[] {
  return activity.attributes.flatMap((attribute, index): readonly Column[] => [
    {
      head: attribute.label,
      width: 14,
      cell: ({ occurrence }) => stateWord(occurrence.attributes[index]),
    },
    {
      head: `${attribute.label}: cause or reason`,
      width: 40,
      cell: ({ occurrence }) => whyCell(view, occurrence.attributes[index]),
    },
  ]);
}

function stateWord(result: AttributeResult | undefined): string {
  return result === undefined ? "" : stateShapes[result.state].word;
}

function whyCell(view: PackageView, result: AttributeResult | undefined): string {
  switch (result?.state) {
    case undefined:
    case "operated":
      return "";
    case "deviated":
      return result.cause;
    case "not-applicable":
      return `${result.reason}; approved by ${personCell(view, result.approver)}`;
    case "unknown": {
      const parts = [`${reasonWords(result.reason)}: ${result.detail}`];
      if (result.suppliedBy !== undefined) parts.push(`would be supplied by ${result.suppliedBy}`);
      for (const one of result.instead ?? [])
        parts.push(`instead: ${one.name}${one.by === undefined ? "" : ` by ${personCell(view, one.by)}`}`);
      return parts.join("; ");
    }
  }
}

const periodColumns: readonly Column[] = [
  { head: "due by (UTC)", width: 22, cell: ({ occurrence }) => occurrence.due ?? "" },
  { head: "performed (UTC)", width: 22, cell: ({ occurrence }) => occurrence.performed?.at ?? "" },
  {
    head: "who says when",
    width: 18,
    cell: ({ occurrence }) =>
      occurrence.performed === undefined ? "" : provenanceWords(occurrence.performed.provenance),
  },
  { head: "recorded (UTC)", width: 22, cell: ({ occurrence }) => occurrence.recorded ?? "" },
  {
    head: "recorded late",
    width: 14,
    cell: ({ occurrence }) => (occurrence.recordedLate === true ? "yes" : ""),
  },
  { head: "evidence record", width: 30, cell: ({ occurrence }) => occurrence.evidence ?? "" },
];

/** The facts that the rules read, as the source gave them. */
function factColumns(view: PackageView, activity: ActivitySummary): readonly Column[] {
  const kind = activity.population === undefined ? undefined : itemKindOf(activity.population.kind);
  if (kind === undefined) return [];
  return Object.entries(kind.fields)
    .filter(([name]) => name !== "id")
    .map(([name, field]) => ({
      head: `${kind.variable}.${name}`,
      width: 22,
      cell: ({ line }: Row) => factOf(view, line, name, field),
    }));
}

function factOf(view: PackageView, line: ItemLine | undefined, name: string, field: Field): Cell {
  if (line === undefined) return "";
  if ("erased" in line) return "(erased)";
  const item: Item = line.item;
  if (!Object.hasOwn(item, name)) return "";
  const value = item[name];
  return field.type.type === "person" && typeof value === "string"
    ? personCell(view, value as PersonId)
    : factCell(value);
}

/** One sheet: a control's activity under one version of the control. */
export type SheetPlan = {
  readonly control: ControlSummary;
  readonly activity: ActivitySummary;
  readonly columns: readonly Column[];
  /** At most 31 characters, none that a sheet's name may not hold, no two alike. */
  readonly name: string;
};

export const sheetKey = (control: string, activity: string, version: number): string =>
  JSON.stringify([control, activity, version]);

/** By `sheetKey`, in the order of the summary. */
export function planSheets(view: PackageView): ReadonlyMap<string, SheetPlan> {
  const taken = new Set<string>(["about"]);
  const plans = new Map<string, SheetPlan>();
  for (const control of view.summary.controls)
    for (const activity of control.activities) {
      const key = sheetKey(control.id, activity.id, activity.version);
      if (plans.has(key)) continue;
      const version = control.versions.length > 1 ? ` v${activity.version}` : "";
      const name = sheetName(`${control.id} ${activity.id}`, version, taken);
      plans.set(key, { control, activity, columns: columnsOf(view, activity), name });
    }
  return plans;
}

function sheetName(wanted: string, suffix: string, taken: Set<string>): string {
  const safe = wanted.replace(/[^A-Za-z0-9 -]+/g, "-");
  for (let round = 1; ; round++) {
    const end = `${suffix}${round === 1 ? "" : ` ${round}`}`;
    const name = `${safe.slice(0, 31 - end.length)}${end}`;
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    return name;
  }
}
