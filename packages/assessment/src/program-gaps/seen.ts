/** The program on a day, and the questions that several checks put to it. */
import { addDays, type LocalDate } from "@countersign/kernel";
import {
  allOn,
  noSystem,
  type Collection,
  type DataClass,
  type InForce,
  type Person,
  type Program,
  type Vendor,
} from "@countersign/program";
import type { PersonId } from "@countersign/records";
import type { On, Seen, SystemOn } from "./model.ts";

export function seenOn(program: Program, people: readonly Person[], day: LocalDate): Seen {
  const system = program.system ?? noSystem;
  const on = Object.fromEntries(
    // By id: no check can depend on the order in which a file lists things.
    Object.entries(system).map(([name, things]) => [
      name,
      allOn<object>(things, day).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ]),
  ) as unknown as SystemOn;
  return {
    program,
    system,
    day,
    on,
    people: new Map(people.map((person) => [person.id, person])),
    storesOf: Map.groupBy(
      on.stores.filter(({ component }) => component !== undefined),
      ({ component }) => component ?? "",
    ),
    flowsTo: Map.groupBy(on.flows, ({ receiver }) => receiver),
  };
}

/** `program/stores/prompt-logs@2025-07-01/retention`; a thing without a first day has no `@`. */
export function factOf(
  collection: Collection,
  thing: InForce & { readonly id: string },
  ...members: readonly string[]
): string {
  const version = thing.from === undefined ? thing.id : `${thing.id}@${thing.from}`;
  return ["program", collection, version, ...members].join("/");
}

/** "Prompt logs (prompt-logs)" */
export function named({ name, id }: { readonly name: string; readonly id: string }): string {
  return `${name} (${id})`;
}

/** Data of customers, or about people that customers sent: what contracts speak of. */
const CUSTOMERS: ReadonlySet<DataClass> = new Set<DataClass>([
  "customer-content",
  "customer-metadata",
  "personal-data",
  "model-output",
  "feedback-labels",
]);

export function ofCustomers(classes: readonly DataClass[] | undefined): readonly DataClass[] {
  return (classes ?? []).filter((each) => CUSTOMERS.has(each));
}

/** What nobody would keep from the public needs no care. */
export function notPublic(classes: readonly DataClass[] | undefined): readonly DataClass[] {
  return (classes ?? []).filter((each) => each !== "public");
}

export function listOf(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

export const dataWords = (classes: readonly DataClass[]): string =>
  listOf(classes.map((each) => each.replaceAll("-", " ")));

/** Who answers for it, where that is somebody who is still there. */
export function hereOwner(seen: Seen, ...owners: readonly (PersonId | undefined)[]): PersonId | undefined {
  return owners.find((id) => {
    const person = id === undefined ? undefined : seen.people.get(id);
    return person !== undefined && (person.through === undefined || person.through >= seen.day);
  });
}

export function byId<T extends { readonly id: string }>(things: readonly T[]): ReadonlyMap<string, T> {
  return new Map(things.map((thing) => [thing.id, thing]));
}

/** Every class that a vendor is sent, by its own entry or by a flow. */
export function sentTo(seen: Seen, vendor: On<Vendor>): readonly DataClass[] {
  const classes = new Set(vendor.dataSent ?? []);
  for (const flow of seen.flowsTo.get(vendor.id) ?? []) for (const each of flow.classes) classes.add(each);
  return [...classes].sort();
}

/** A subservice organization that is carved out: its own report speaks of it. */
export function isCarvedOut(vendor: Vendor | undefined): boolean {
  return vendor?.subservice?.is === true && vendor.subservice.method === "carve-out";
}

/** Days that an approval, a review or a report is taken to hold: a year, counted from its day. */
export const YEAR_DAYS = 365;

export function isOlderThan(day: LocalDate, days: number, seen: Seen): boolean {
  return addDays(day, days) < seen.day;
}
