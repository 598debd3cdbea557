/**
 * What the picture of the data shows on the day: its cards, and which flow leads from which to which. One fact, since the
 * picture is there because of all of it; what stands on a card is the facts of each thing.
 */
import type { LocalDate } from "@countersign/kernel";
import { on, type Collection, type Dated } from "@countersign/program";
import { factId, unassigned, type Fact } from "../facts.ts";
import { keyOf } from "./keys.ts";
import type { Context } from "./source.ts";

export const pictureFact = factId("document", "data-picture");

/** `customers`, or a collection and the key of a thing: "stores/prompt-logs@2026-03-01". */
export type CardName = string;

/** A flow, or a version of a model that was trained on a version of a data set. */
export type Arrow = {
  readonly by: { readonly collection: "flows" | "modelVersions"; readonly key: string };
  readonly from: CardName;
  readonly to: CardName;
};

export type Shown = { readonly cards: readonly CardName[]; readonly arrows: readonly Arrow[] };

/** Where a flow may begin or end, in the order in which an id is looked for; ids name a thing of one of them only. */
const ends = ["stores", "components", "vendors"] as const satisfies readonly Collection[];
const alone = ["stores", "datasetVersions", "modelVersions"] as const satisfies readonly Collection[];

export function pictureFacts({ system, day }: Context): readonly Fact[] {
  const keys = new Map<string, CardName>();
  for (const collection of [...ends, ...alone])
    for (const [id, key] of onDay(system[collection] as readonly Dated<object>[], day))
      keys.set(`${collection} ${id}`, `${collection}/${key}`);
  const cardOf = (collections: readonly Collection[], id: string): CardName =>
    collections.flatMap((collection) => keys.get(`${collection} ${id}`) ?? [])[0] ??
    (id === "customers" ? id : `absent/${id}`);
  const behind = behindServed(system, day);
  const arrows: string[] = [];
  const cards = new Set(
    alone.flatMap((collection) =>
      [...onDay(system[collection] as readonly Dated<object>[], day).values()]
        // What a third party trained is known to the third party.
        .filter((key) => collection !== "modelVersions" || isOurs(system, key))
        // A set from which nothing that is served was made would stand alone, once for each of its versions.
        .filter((key) => collection !== "datasetVersions" || behind.has(key))
        .map((key) => `${collection}/${key}`),
    ),
  );
  const arrow = (by: string, from: CardName, to: CardName): void => {
    cards.add(from).add(to);
    arrows.push(`${by} ${from} > ${to}`);
  };
  for (const flow of inOrder(system.flows)) {
    const said = on(flow, day);
    if (said !== undefined)
      arrow(`flows/${keyOf(flow.id, said)}`, cardOf(ends, said.sender), cardOf(ends, said.receiver));
  }
  for (const version of inOrder(system.modelVersions)) {
    const said = on(version, day);
    const model = `modelVersions/${said === undefined ? "" : keyOf(version.id, said)}`;
    for (const dataset of said?.trainedOn ?? []) arrow(model, cardOf(["datasetVersions"], dataset), model);
  }
  const value = [...[...cards].sort(), ...arrows];
  return [
    {
      id: pictureFact,
      what: "the data stores and data flows",
      owner: unassigned,
      value: value.length > 0 ? value : undefined,
    },
  ];
}

function inOrder<T>(things: readonly Dated<T>[]): readonly Dated<T>[] {
  return things.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function onDay(things: readonly Dated<object>[], day: LocalDate): ReadonlyMap<string, string> {
  return new Map(
    inOrder(things).flatMap((thing) => {
      const said = on(thing, day);
      return said === undefined ? [] : [[thing.id, keyOf(thing.id, said)] as const];
    }),
  );
}

function isOurs(system: Context["system"], key: string): boolean {
  const version = system.modelVersions.find(({ id }) => id === key.split("@")[0])?.versions.at(-1);
  const model = system.models.find(({ id }) => id === version?.model)?.versions.at(-1);
  return model?.party !== "third";
}

/** Keys of the data sets that a version of a model on the day was made from, and of those that these were made from. */
function behindServed(
  { modelVersions, datasetVersions }: Context["system"],
  day: LocalDate,
): ReadonlySet<string> {
  const found = new Set<string>();
  const byId = new Map(datasetVersions.map((each) => [each.id, each]));
  const open = modelVersions.flatMap((version) => on(version, day)?.trainedOn ?? []);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const thing = byId.get(id);
    const said = thing === undefined ? undefined : on(thing, day);
    if (said === undefined || found.has(keyOf(id, said))) continue;
    found.add(keyOf(id, said));
    open.push(...(said.madeFrom ?? []));
  }
  return found;
}

/** What `pictureFacts` says, read back. */
export function shownIn(entries: readonly string[]): Shown {
  const cards: CardName[] = [];
  const arrows: Arrow[] = [];
  for (const entry of entries) {
    const [by = "", from, , to] = entry.split(" ");
    if (from === undefined || to === undefined) cards.push(by);
    else {
      const { collection, key } = partsOfCard(by);
      arrows.push({ by: { collection: collection as Arrow["by"]["collection"], key }, from, to });
    }
  }
  return { cards, arrows };
}

export function partsOfCard(card: CardName): { readonly collection: string; readonly key: string } {
  const slash = card.indexOf("/");
  return slash < 0
    ? { collection: card, key: "" }
    : { collection: card.slice(0, slash), key: card.slice(slash + 1) };
}
