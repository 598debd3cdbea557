/** The evidence inventory: where the evidence of each activity comes from, who answers for it, and through which day it is here. */
import { compareText, type LocalDate } from "@countersign/kernel";
import {
  planOf,
  type Activity,
  type ControlVersion,
  type Person,
  type Program,
  type Source,
} from "@countersign/program";
import type { PersonId } from "@countersign/records";

/** Through which day something is here, and the record that shows it. */
export type Through = { readonly day: LocalDate; readonly record: string };

/** A source of an activity's evidence, and what it gives. */
export type InventorySource = {
  readonly source: string;
  readonly connector: string;
  /** `list`: the items; `facts`: joined to them; `second-list`: what the list is reconciled with. */
  readonly gives: "list" | "facts" | "second-list";
  /** For how many days the source keeps what it holds; absent: not said. */
  readonly keepsDays?: number;
  /** Of the newest complete read; absent: there is none. */
  readonly readThrough?: Through;
};

export type InventoryRow = {
  readonly control: string;
  readonly version: number;
  readonly activity: string;
  readonly title: string;
  readonly kind: Activity["kind"];
  /** The item kind of the population; of what people do, what the activity asks for as evidence. */
  readonly artefact: string;
  /** Where it comes from: sources, people, or nowhere, with the reason. */
  readonly system:
    | { readonly kind: "sources"; readonly sources: readonly InventorySource[] }
    | { readonly kind: "people"; readonly addedThrough?: Through }
    | { readonly kind: "nowhere"; readonly why: string };
  readonly owner?: PersonId;
  readonly ownerRole: string;
  /** The owner was there until a day before; absent: is there, or nobody is named. */
  readonly ownerLeft?: LocalDate;
};

export type Inventory = {
  readonly on: LocalDate;
  /** In the order of control, then as the control lists its activities. */
  readonly rows: readonly InventoryRow[];
  /** Sources that no control in force uses. */
  readonly unused: readonly Pick<Source, "id" | "connector" | "provides">[];
};

export type InventoryInput = {
  readonly program: Program;
  readonly people: readonly Pick<Person, "id" | "through">[];
  readonly on: LocalDate;
  /** By source: the newest complete read. */
  readonly reads: ReadonlyMap<string, Through>;
  /** By control and activity, "CHG-01/merge": the newest performance. */
  readonly performances: ReadonlyMap<string, Through>;
};

/** One row for each activity of each control that is in force on the day. */
export function inventoryOf(input: InventoryInput): Inventory {
  const { program, on } = input;
  const rows = program.controls
    .filter(
      ({ effectiveFrom, effectiveThrough }) =>
        (effectiveFrom === undefined || effectiveFrom <= on) &&
        (effectiveThrough === undefined || on <= effectiveThrough),
    )
    .toSorted((a, b) => compareText(a.id, b.id))
    .flatMap((control) => control.activities.map((activity) => rowOf(control, activity, input)));
  const used = new Set(
    rows.flatMap(({ system }) =>
      system.kind === "sources" ? system.sources.map(({ source }) => source) : [],
    ),
  );
  const unused = program.sources
    .filter(({ id }) => !used.has(id))
    .map(({ id, connector, provides }) => ({ id, connector, provides }));
  return { on, rows, unused };
}

function rowOf(control: ControlVersion, activity: Activity, input: InventoryInput): InventoryRow {
  const { owner } = control;
  const left = input.people.find(({ id }) => id === owner)?.through;
  return {
    control: control.id,
    version: control.version,
    activity: activity.id,
    title: activity.title,
    kind: activity.kind,
    artefact: activity.kind === "periodic" ? activity.evidence : activity.population,
    system: systemOf(control, activity, input),
    ...(owner !== undefined && { owner }),
    ownerRole: control.ownerRole,
    ...(left !== undefined && left < input.on && { ownerLeft: left }),
  };
}

function systemOf(
  control: ControlVersion,
  activity: Activity,
  { program, reads, performances }: InventoryInput,
): InventoryRow["system"] {
  if (activity.kind === "periodic") {
    const addedThrough = performances.get(`${control.id}/${activity.id}`);
    return { kind: "people", ...(addedThrough !== undefined && { addedThrough }) };
  }
  const kind = activity.population;
  const plan = planOf(program, kind);
  if (plan === undefined) {
    const several = program.sources.filter(({ provides }) => provides === kind).map(({ id }) => id);
    const why =
      several.length === 0
        ? `no source provides ${kind}`
        : `${several.join(", ")} provide ${kind}, and which list is tested is not said under \`populations\` in sources.yaml`;
    return { kind: "nowhere", why };
  }
  const parts = [
    { source: plan.from, gives: "list" as const },
    ...plan.join.map(({ source }) => ({ source, gives: "facts" as const })),
    ...plan.reconcile.map(({ source }) => ({ source, gives: "second-list" as const })),
  ];
  const sources = parts.flatMap(({ source: id, gives }): readonly InventorySource[] => {
    const source = program.sources.find((each) => each.id === id);
    if (source === undefined) return [];
    const readThrough = reads.get(id);
    return [
      {
        source: id,
        connector: source.connector,
        gives,
        ...(source.keepsDays !== undefined && { keepsDays: source.keepsDays }),
        ...(readThrough !== undefined && { readThrough }),
      },
    ];
  });
  return { kind: "sources", sources };
}
