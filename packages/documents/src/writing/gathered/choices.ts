/**
 * What of each collection a document speaks of: the things of the period by key, parted by kind. Each choice is a fact of
 * its own, so that a reader sees why a row is there, and what was left out can be told.
 */
import type { LocalDate } from "@countersign/kernel";
import type { Collection, Component, Dated, InForce, SystemChange, Vendor } from "@countersign/program";
import { unassigned, type Fact } from "../facts.ts";
import { chosen, keyOf } from "./keys.ts";
import type { Context } from "./source.ts";

export const componentKinds = ["infrastructure", "software", "people", "procedures", "data"] as const;

export function choiceFacts(context: Context): readonly Fact[] {
  const { system, period, day, program } = context;
  const { through } = program.window;
  const after = (on: LocalDate): boolean => on > through && on <= day;
  const within = (on: LocalDate): boolean => on >= period.from && on <= period.through;
  const known = (on: LocalDate): boolean => on >= period.from && on <= day;
  /** What was not over when the window began is of the window, whenever it began itself. */
  const open = (from: LocalDate, over: LocalDate | undefined, until: LocalDate): boolean =>
    from <= until && (over === undefined || over >= period.from);
  const components = duringOf(period, system.components);
  const kind = (wanted: Component["kind"]) =>
    components.filter(({ said }) => said.scope === "in" && said.kind === wanted);
  const vendors = duringOf(period, system.vendors);
  const incidents = allOf(system.incidents);
  const changes = allOf(system.changes);
  const findings = allOf(system.findings);
  return [
    ...whole.map((collection) =>
      collected(
        context,
        collection,
        duringOf<object>(period, system[collection] as readonly Dated<object>[]),
      ),
    ),
    ...componentKinds.map((wanted) => ({
      id: chosen("components", wanted),
      what: `the components of the kind ${wanted}`,
      owner: unassigned,
      value: saidOrNone(context, "components", kind(wanted)),
    })),
    ...parted(context, "components", components, {
      undecided: ({ said }) => said.scope === undefined,
      out: ({ said }) => said.scope === "out",
    }),
    ...parted(context, "vendors", vendors, {
      undecided: ({ said }: Keyed<Vendor>) => said.subservice === undefined,
      subservice: ({ said }: Keyed<Vendor>) => said.subservice?.is === true,
    }),
    ...system.vendors.map(({ id }) => ({
      id: chosen("vendorReviews", id),
      what: `a review of the vendor ${id}`,
      owner: unassigned,
      value: orAbsent(allOf(system.vendorReviews).filter(({ said }) => said.vendor === id && said.on <= day)),
    })),
    ...parted(context, "incidents", incidents, {
      window: ({ said }) => open(said.detectedOn, said.resolvedOn, period.through) && !said.exercise,
      known: ({ said }) => open(said.detectedOn, said.resolvedOn, day) && !said.exercise,
      after: ({ said }) => after(said.detectedOn) && !said.exercise,
      exercises: ({ said }) => known(said.detectedOn) && said.exercise === true,
    }),
    ...parted(context, "changes", changes, {
      window: ({ said }: Keyed<SystemChange>) => within(said.on),
      known: ({ said }: Keyed<SystemChange>) => known(said.on),
      after: ({ said }: Keyed<SystemChange>) => after(said.on),
    }),
    ...parted(context, "findings", findings, {
      known: ({ said }) => open(said.foundOn, said.retestedOn, day),
      after: ({ said }) => after(said.foundOn),
    }),
  ];
}

const whole = [
  "services",
  "commitments",
  "userControls",
  "userResponsibilities",
  "environments",
  "stores",
  "flows",
  "models",
  "modelVersions",
  "policies",
] as const satisfies readonly Collection[];

type Keyed<T> = { readonly id: string; readonly key: string; readonly said: T & InForce };

/** What is said at any time of the period, each change a version of its own. */
function duringOf<T>(
  period: { readonly from: LocalDate; readonly through: LocalDate },
  things: readonly Dated<T>[],
): readonly Keyed<T>[] {
  return allOf(things).filter(
    ({ said: { from, through } }) =>
      (from === undefined || from <= period.through) && (through === undefined || through >= period.from),
  );
}

/** In the order of ids and days: no document depends on the order of a file. */
function allOf<T>(things: readonly Dated<T>[]): readonly Keyed<T>[] {
  return things
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap(({ id, versions }) => versions.map((said) => ({ id, key: keyOf(id, said), said })));
}

const saidWords: { readonly [C in Collection]?: string } = {
  userControls: "complementary user entity controls",
  userResponsibilities: "user responsibilities",
  stores: "data stores",
  flows: "data flows",
  modelVersions: "versions of models",
  commitments: "service commitments and system requirements",
};

function collected(context: Context, collection: Collection, found: readonly Keyed<object>[]): Fact {
  return {
    id: chosen(collection),
    what: `the ${saidWords[collection] ?? collection}`,
    owner: unassigned,
    value: saidOrNone(context, collection, found),
  };
}

/** Parts of a collection. Where it holds something, a part without members is a fact: what is there is elsewhere. */
function parted<T>(
  context: Context,
  collection: Collection,
  all: readonly Keyed<T>[],
  parts: { readonly [part: string]: (each: Keyed<T>) => boolean },
): readonly Fact[] {
  const isSaid = context.system[collection].length > 0 || context.none.has(collection);
  return Object.entries(parts).map(([part, belongs]) => ({
    id: chosen(collection, part),
    what: `whether there are ${saidWords[collection] ?? collection}`,
    owner: unassigned,
    value: isSaid ? all.filter(belongs).map(({ key }) => key) : undefined,
  }));
}

/** An empty list is a fact only where somebody has said so. */
function saidOrNone(
  { none }: Context,
  collection: Collection,
  found: readonly Keyed<unknown>[],
): readonly string[] | undefined {
  return none.has(collection) ? found.map(({ key }) => key) : orAbsent(found);
}

function orAbsent(found: readonly Keyed<unknown>[]): readonly string[] | undefined {
  return found.length > 0 ? found.map(({ key }) => key) : undefined;
}
