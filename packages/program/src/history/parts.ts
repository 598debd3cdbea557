/**
 * A program as parts that hold things, each with what is said of it over time: one shape for whatever changes, so that a
 * control, a vendor and the window are compared, and put together again, in one way.
 */
import type { JsonObject, LocalDate } from "@countersign/kernel";
import type { ControlVersion, Program } from "../model.ts";
import type { Dated, InForce } from "../system/dated.ts";
import type { Collection, System } from "../system/model.ts";
import { systemFiles } from "../system/schemas.ts";

/** `program`: what program.yaml says of the whole. A collection of the system is a part under its own name. */
export type Part =
  | "program"
  | "controls"
  | "sources"
  | "populations"
  | "notRelevant"
  | "subservice"
  | "procedures"
  | Collection;

/** What is said of a thing from a first through a last day, both inclusive; without them: for every day. */
export type Saying = InForce & { readonly said: JsonObject };

/** @property sayings in the order of their days, without overlap; at least one */
export type Thing = { readonly id: string; readonly sayings: readonly Saying[] };
export type Parts = ReadonlyMap<Part, readonly Thing[]>;

export const collections: readonly Collection[] = Object.values(systemFiles).flatMap(
  (file) => Object.keys(file) as Collection[],
);

/** Parts whose things have days. What is in no such part holds for the whole window. */
const dated: ReadonlySet<Part> = new Set<Part>(["controls", ...collections]);

export function hasDays(part: Part): boolean {
  return dated.has(part);
}

const single = ["organization", "sampleData", "window", "categories", "holidays", "catalog"] as const;
const SYSTEM = "system";
const NONE = "none";

export function partsOf(program: Program): Parts {
  const { system } = program;
  const parts = new Map<Part, readonly Thing[]>([
    [
      "program",
      [
        ...single.map((name) => undated(name, { value: program[name] })),
        ...(system === undefined ? [] : [undated(SYSTEM, { value: "described" })]),
        ...(program.none === undefined ? [] : [undated(NONE, { value: program.none })]),
      ],
    ],
    ["controls", controlsOf(program.controls)],
    ["sources", keyed(program.sources, ({ id }) => id)],
    ["populations", keyed(program.populations, ({ kind }) => kind)],
    ["notRelevant", keyed(program.notRelevant, ({ criterion }) => criterion)],
    [
      "subservice",
      keyed(program.subservice, ({ criterion, organization }) => `${criterion} ${organization}`),
    ],
  ]);
  parts.set(
    "procedures",
    keyed(program.procedures ?? [], ({ control }) => control),
  );
  for (const name of collections)
    parts.set(
      name,
      (system?.[name] ?? []).map(({ id, versions }) => ({ id, sayings: versions.map(sayingOf) })),
    );
  return parts;
}

/** What `partsOf` was made from. */
export function programOf(parts: Parts): Program {
  const things = (part: Part) => parts.get(part) ?? [];
  const values = new Map(things("program").map(({ id, sayings }) => [id, sayings[0]?.said.value]));
  const said = (part: Part) => things(part).flatMap(({ sayings }) => sayings.map((each) => each.said));
  const system = Object.fromEntries(
    collections.map((name) => [
      name,
      things(name).map(({ id, sayings }) => ({
        id,
        versions: sayings.map(({ said: members, ...days }) => ({ ...members, ...days })),
      })),
    ]),
  );
  return {
    format: "countersign-program-1",
    ...Object.fromEntries(single.map((name) => [name, values.get(name)])),
    controls: things("controls").flatMap(({ id, sayings }) =>
      sayings.map(({ said: members, from, through }) => ({
        id,
        ...members,
        ...(from !== undefined && { effectiveFrom: from }),
        ...(through !== undefined && { effectiveThrough: through }),
      })),
    ),
    sources: said("sources"),
    populations: said("populations"),
    notRelevant: said("notRelevant"),
    subservice: said("subservice"),
    ...(things("procedures").length > 0 && { procedures: said("procedures") }),
    ...(values.has(SYSTEM) && { system: system as unknown as System }),
    ...(values.has(NONE) && { none: values.get(NONE) }),
    // Each member was taken from a program, or from a change that was.
  } as unknown as Program;
}

function undated(id: string, said: object): Thing {
  return { id, sayings: [{ said: said as JsonObject }] };
}

/** Entries that have no id of their own; a second one under a key is told apart by its number. */
function keyed<T extends object>(list: readonly T[], keyOf: (entry: T) => string): readonly Thing[] {
  const seen = new Map<string, number>();
  return list.map((entry) => {
    const key = keyOf(entry);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return undated(count === 1 ? key : `${key} (${count})`, entry);
  });
}

function controlsOf(controls: readonly ControlVersion[]): readonly Thing[] {
  return [...Map.groupBy(controls, ({ id }) => id)].map(([id, versions]) => ({
    id,
    sayings: versions.map(({ id: _, effectiveFrom, effectiveThrough, ...said }) => ({
      ...daysOf(effectiveFrom, effectiveThrough),
      said: said as unknown as JsonObject,
    })),
  }));
}

function sayingOf({ from, through, ...said }: Dated<object>["versions"][number]): Saying {
  return { ...daysOf(from, through), said: said as JsonObject };
}

/** Days as members that are absent where there is no such day. */
export function daysOf(from: LocalDate | undefined, through: LocalDate | undefined): InForce {
  return { ...(from !== undefined && { from }), ...(through !== undefined && { through }) };
}
