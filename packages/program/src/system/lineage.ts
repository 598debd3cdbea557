/**
 * From a model's version back to the data that it learned from, as the program states it. What the program does not say is
 * unknown with the place where it is not said; no answer rests on the absence of an entry.
 */
import { compareText, type LocalDate } from "@countersign/kernel";
import { isOn, type Dated, type InForce } from "./dated.ts";
import type { CustomerTerms, DatasetVersion, ModelVersion, System } from "./model.ts";

/** Why something cannot be told; `fact` is the id of what is not said (decision 0019). */
export type NotSaid = { readonly fact: string; readonly words: string };

/** One dataset version on the way, with what led to it. */
export type Ancestor = {
  readonly id: string;
  readonly said: DatasetVersion;
  /** From the model's version on: ids of dataset versions, this one last. */
  readonly path: readonly string[];
};

export type Lineage = {
  readonly id: string;
  readonly version: ModelVersion & InForce;
  /** Every dataset version that it was made from, near ones first; each once, by the shortest way. */
  readonly data: readonly Ancestor[];
  readonly notSaid: readonly NotSaid[];
};

/** Of each version of the model, in the order of their first days. */
export function lineageOf(system: System, model: string): readonly Lineage[] {
  return versionsOf(system, model).map(({ id, version }) => {
    const { data, notSaid } = ancestorsOf(system, id, version);
    return { id, version, data, notSaid };
  });
}

type Versioned = { readonly id: string; readonly version: ModelVersion & InForce };

function versionsOf(system: System, model: string): readonly Versioned[] {
  return system.modelVersions
    .map(({ id, versions }) => ({ id, version: latest(versions) }))
    .filter((each): each is Versioned => each.version?.model === model)
    .sort((a, b) => compareText(a.version.from ?? "", b.version.from ?? "") || compareText(a.id, b.id));
}

/** Of a thing that happened once, what was said last is what holds: a later change of it is a correction. */
function latest<T>(versions: readonly T[]): T | undefined {
  return versions.at(-1);
}

/** Breadth first, so that the path to each is a shortest one. A version that is made from itself is met once. */
function ancestorsOf(
  system: System,
  modelVersion: string,
  version: ModelVersion,
): { readonly data: readonly Ancestor[]; readonly notSaid: readonly NotSaid[] } {
  const models = byId(system.modelVersions);
  const sets = byId(system.datasetVersions);
  const data = new Map<string, Ancestor>();
  const notSaid: NotSaid[] = [];
  const queue: { readonly id: string; readonly path: readonly string[] }[] = [];
  const seenModels = new Set<string>();
  const open = [{ id: modelVersion, said: version }];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (seenModels.has(next.id)) continue;
    seenModels.add(next.id);
    if (next.said.trainedOn === undefined)
      notSaid.push({
        fact: `program/modelVersions/${next.id}/trainedOn`,
        words: `what ${next.id} learned from is not said`,
      });
    for (const id of next.said.trainedOn ?? []) queue.push({ id, path: [id] });
    // One of our own versions; a base model of somebody else holds nothing of our customers' through us.
    const base = next.said.basedOn === undefined ? undefined : models.get(next.said.basedOn);
    if (base !== undefined && next.said.basedOn !== undefined)
      open.push({ id: next.said.basedOn, said: base });
  }
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const said = sets.get(next.id);
    if (data.has(next.id) || said === undefined) continue;
    data.set(next.id, { ...next, said });
    for (const id of said.madeFrom ?? []) queue.push({ id, path: [...next.path, id] });
  }
  return { data: [...data.values()], notSaid };
}

function byId<T>(things: readonly Dated<T>[]): ReadonlyMap<string, T> {
  return new Map(
    things.flatMap(({ id, versions }) => {
      const said = latest(versions);
      return said === undefined ? [] : [[id, said] as const];
    }),
  );
}

/** What the contract said of training on the day that counts; `unknown` where the program does not say. */
export type TermsThen = {
  readonly training: CustomerTerms["training"] | "unknown";
  readonly contract?: string;
  /** The day on which the data was taken in, or else the first day of the data or of the model's version. */
  readonly on?: LocalDate;
};

export type CustomerUse =
  | { readonly state: "used"; readonly through: readonly Ancestor[]; readonly terms: TermsThen }
  /** Every data set that it was made from is listed with its customers, and this one is in none. */
  | { readonly state: "not-used" }
  | { readonly state: "unknown"; readonly why: readonly NotSaid[] };

/** Whether a customer's data is in each version of a model, and what the contract said of it. */
export function customerUse(
  system: System,
  customer: string,
  model: string,
): readonly (Lineage & { readonly use: CustomerUse })[] {
  return lineageOf(system, model).map((lineage) => ({ ...lineage, use: useIn(system, customer, lineage) }));
}

function useIn(system: System, customer: string, { version, data, notSaid }: Lineage): CustomerUse {
  const through = data.filter(({ said }) => said.customers?.includes(customer) === true);
  const [first] = through;
  if (first !== undefined) {
    const day = first.said.intake?.approvedOn ?? firstDay(system, first.id) ?? version.from;
    return { state: "used", through, terms: termsOn(system, customer, day) };
  }
  const why = [
    ...notSaid,
    ...data
      .filter(({ said }) => said.customers === undefined)
      .map(({ id }) => ({
        fact: `program/datasetVersions/${id}/customers`,
        words: `whose data is in ${id} is not said`,
      })),
  ];
  return why.length > 0 ? { state: "unknown", why } : { state: "not-used" };
}

function firstDay(system: System, dataset: string): LocalDate | undefined {
  return system.datasetVersions.find(({ id }) => id === dataset)?.versions[0]?.from;
}

function termsOn(system: System, customer: string, day: LocalDate | undefined): TermsThen {
  const terms = system.customers.find(({ id }) => id === customer)?.versions ?? [];
  // Without a day only terms that never changed can be the ones that held.
  const then =
    day === undefined ? (terms.length === 1 ? terms[0] : undefined) : terms.find((each) => isOn(each, day));
  return {
    training: then?.training ?? "unknown",
    ...(then?.contract !== undefined && { contract: then.contract }),
    ...(day !== undefined && { on: day }),
  };
}
