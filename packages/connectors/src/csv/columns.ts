/** Checks the mapping of columns against the facts of the kind: what may be filled, from what, and how it is read. */
import type { Json } from "@countersign/kernel";
import type { Field, FieldType, ItemKind } from "@countersign/records";
import type { Settings } from "../settings/settings.ts";
import { nearest } from "../settings/suggest.ts";
import { readCell, type As, type Read } from "./cells.ts";
import { DateFormat } from "./local-time.ts";

export type ColumnPlan = {
  readonly field: string;
  readonly required: boolean;
  /** Names in the header; the cells of several are joined with "/". */
  readonly columns: readonly string[];
  readonly as: As;
  readonly asText: string;
  /** What the file's words mean: its text to the fact's. A text that is not here is refused. */
  readonly values?: ReadonlyMap<string, string>;
};

/** A fact that is the same for every row and stands in no column. */
export type Constant = { readonly field: string; readonly read: Read; readonly written: Json };

export type Mapping = { readonly columns: readonly ColumnPlan[]; readonly constants: readonly Constant[] };

/** Complains into the settings of every field that is not of the kind, or cannot be filled as it is said. */
export function columnsOf(settings: Settings, kind: ItemKind, hasZone: boolean): Mapping {
  const written = settings.object("columns");
  const columns = written.entries().flatMap(([field]) => columnOf(written, kind, field, hasZone) ?? []);
  const defaults = settings.object("defaults");
  const constants = defaults
    .entries()
    .flatMap(([field, value]) => constantOf(defaults, kind, field, value) ?? []);
  const filled = [...columns, ...constants].map((plan) => plan.field);
  for (const constant of constants) {
    if (!columns.some((column) => column.field === constant.field)) continue;
    defaults.complain(
      constant.field,
      "settings/duplicate",
      "is mapped to a column too",
      "keep one of the two; an empty cell stays empty",
    );
  }
  const named = written.entries().map(([field]) => field);
  for (const [field, { required, words }] of Object.entries(kind.fields)) {
    if (!required || filled.includes(field) || named.includes(field)) continue;
    written.complain(
      field,
      "settings/missing",
      `is missing: ${words}`,
      `name the column that holds it: ${field}: Name of the column`,
    );
  }
  return { columns, constants };
}

function columnOf(
  settings: Settings,
  kind: ItemKind,
  field: string,
  hasZone: boolean,
): ColumnPlan | undefined {
  const known = knownField(settings, kind, field);
  if (known === undefined) return undefined;
  const spec = settings.textOrObject(field);
  const columns = typeof spec === "string" ? [spec] : columnNames(spec);
  if (columns.length === 0) return undefined;
  const asText = typeof spec === "string" ? undefined : spec.optionalText("as");
  const each = typeof spec === "string" ? undefined : spec.optionalText("each");
  const as = asOf(settings, field, known.type, asText, each);
  if (as === undefined) return undefined;
  if ((as.kind === "start-of-day" || as.kind === "end-of-day") && !hasZone) {
    settings.complain(
      field,
      "settings/missing",
      "holds dates, and the source names no zone to read them in",
      "set zone: for the source, e.g. zone: America/New_York",
    );
  }
  const values = typeof spec === "string" ? undefined : valuesOf(spec);
  return {
    field,
    required: known.required,
    columns,
    as,
    asText: words(as),
    ...(values === undefined ? {} : { values }),
  };
}

function columnNames(spec: Settings): readonly string[] {
  if (spec.has("columns")) return spec.texts("columns", []);
  const column = spec.text("column", "name it as the header of the file does");
  return column === "" ? [] : [column];
}

function valuesOf(spec: Settings): ReadonlyMap<string, string> | undefined {
  if (!spec.has("values")) return undefined;
  const values = spec.object("values");
  return new Map(
    values.entries().flatMap(([from]) => {
      const to = values.optionalText(from);
      return to === undefined ? [] : [[from, to] as const];
    }),
  );
}

function knownField(settings: Settings, kind: ItemKind, field: string): Field | undefined {
  const known = kind.fields[field];
  if (known !== undefined) return known;
  const names = Object.keys(kind.fields);
  const near = nearest(field, names);
  const next =
    near === undefined
      ? `remove it; the facts of ${kind.kind} are ${names.join(", ")}`
      : `did you mean ${near}?`;
  settings.complain(field, "settings/unknown-key", `is not a fact of ${kind.kind}`, next);
  return undefined;
}

const READINGS: { readonly [type: string]: readonly string[] } = {
  string: ["text"],
  person: ["email", "login:SYSTEM", "name", "handle"],
  int: ["integer"],
  bool: ["yes-no", "filled"],
  timestamp: ["instant", "start-of-day", "end-of-day"],
  date: ["date"],
  list: ["list:;"],
};

function asOf(
  settings: Settings,
  field: string,
  type: FieldType,
  asText: string | undefined,
  each: string | undefined,
): As | undefined {
  const readings = READINGS[type.type];
  if (readings === undefined || (type.type === "list" && READINGS[type.of.type] === undefined)) {
    settings.complain(
      field,
      "settings/value",
      "holds several facts at once and cannot be filled from a column",
      "remove it; another connector supplies it",
    );
    return undefined;
  }
  const text = asText ?? readings[0] ?? "";
  if (type.type === "list") {
    const separator = /^list:(.+)$/s.exec(text)?.[1];
    const inner = separator === undefined ? undefined : asOf(settings, field, type.of, each, undefined);
    if (separator !== undefined)
      return inner === undefined ? undefined : { kind: "list", separator, each: inner };
  } else {
    const system = type.type === "person" ? /^login:([\w.-]+)$/.exec(text)?.[1] : undefined;
    if (system !== undefined) return { kind: "login", system };
    // Every name in the table but the list's and the login's is a kind of reading by itself.
    if (readings.includes(text) && text !== "login:SYSTEM") return { kind: text } as As;
  }
  const near = nearest(text, readings);
  settings.complain(
    field,
    "settings/value",
    `cannot be read as: ${text}`,
    near === undefined ? `write as: ${readings.join(" | ")}` : `did you mean as: ${near}?`,
  );
  return undefined;
}

function words(as: As): string {
  if (as.kind === "login") return `login:${as.system}`;
  return as.kind === "list" ? `list:${as.separator} of ${words(as.each)}` : as.kind;
}

function constantOf(settings: Settings, kind: ItemKind, field: string, value: Json): Constant | undefined {
  const known = knownField(settings, kind, field);
  if (known === undefined) return undefined;
  const as = asOf(settings, field, known.type, undefined, undefined);
  if (as === undefined) return undefined;
  const read = constantRead(value, as);
  if (read !== undefined) return { field, read, written: value };
  settings.complain(
    field,
    "settings/value",
    `cannot be read as ${words(as)}`,
    "write the value as a cell of the file would hold it",
  );
  return undefined;
}

function constantRead(value: Json, as: As): Read | undefined {
  if (typeof value === "boolean") return as.kind === "yes-no" ? { json: value } : undefined;
  if (typeof value === "number") return as.kind === "integer" ? { json: value } : undefined;
  if (Array.isArray(value) && as.kind === "list") {
    const entries = (value as readonly Json[]).map((entry) => constantRead(entry, as.each));
    return entries.every((entry) => entry !== undefined) ? { list: entries } : undefined;
  }
  if (typeof value !== "string") return undefined;
  const read = readCell(value, as, { zone: undefined, dates: DateFormat.iso });
  return read.ok ? read.value : undefined;
}
