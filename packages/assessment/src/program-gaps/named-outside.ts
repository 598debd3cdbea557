/**
 * Names as the world outside the program has them (what is paid for, signed on to, connected to, built) laid beside what the
 * program calls its components and vendors.
 */
import { compareText, type LocalDate } from "@countersign/kernel";
import type { Person, Program } from "@countersign/program";
import { gapOf, inOrder, programGaps } from "./find.ts";
import type { Check, ProgramGap, Seen } from "./model.ts";
import { factOf, hereOwner, listOf, named, seenOn } from "./seen.ts";

/** A name on a list: `{ list: "spend", name: "Example Cloud Inc." }`. */
export type NamedOutside = {
  readonly list: string;
  readonly name: string;
  /** Where the list was recorded. */
  readonly record?: string;
  /** The list may name more than was read: that it lacks a thing shows nothing. */
  readonly incomplete?: boolean;
};

export type NameReconciliation = {
  /** On a list, and nothing of the program is called so. */
  readonly outsideOnly: readonly { readonly name: string; readonly on: readonly NamedOutside[] }[];
  /** In the program, and on none of the lists that name others of its kind. */
  readonly insideOnly: readonly {
    readonly kind: "component" | "vendor";
    readonly id: string;
    readonly lists: readonly string[];
  }[];
  readonly matched: number;
};

type Known = {
  readonly kind: "component" | "vendor";
  readonly sort: string;
  readonly id: string;
  readonly names: readonly string[];
};

/** Spaces and case do not tell two names apart; everything else does, so that nothing is taken for what it is not. */
function plain(name: string): string {
  return name.normalize("NFC").trim().replaceAll(/\s+/g, " ").toLowerCase();
}

function knownOf(seen: Seen): readonly Known[] {
  const resources = (component: string) =>
    (seen.storesOf.get(component) ?? []).flatMap((store) => store.resources ?? []);
  return [
    ...seen.on.vendors.map(({ id, name, knownAs = [] }): Known => ({
      kind: "vendor",
      sort: "vendor",
      id,
      names: [id, name, ...knownAs],
    })),
    ...seen.on.components.map(({ id, name, sort, knownAs = [] }): Known => ({
      kind: "component",
      sort,
      id,
      names: [id, name, ...knownAs, ...resources(id)],
    })),
  ];
}

/**
 * A thing that no list names is only told where a list names another of its sort: a list of repositories says nothing of
 * vendors, and one of payments nothing of repositories.
 */
export function reconcileNames(
  program: Program,
  day: LocalDate,
  outside: readonly NamedOutside[],
): NameReconciliation {
  return reconcile(seenOn(program, [], day), outside);
}

function reconcile(seen: Seen, outside: readonly NamedOutside[]): NameReconciliation {
  const known = knownOf(seen);
  const byName = new Map<string, Known[]>();
  for (const each of known)
    for (const name of new Set(each.names.map(plain))) {
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [each]);
      else same.push(each);
    }
  const found = new Set<Known>();
  const listsOfSort = new Map<string, Set<string>>();
  const outsideOnly: NamedOutside[] = [];
  for (const entry of outside) {
    const matches = byName.get(plain(entry.name));
    if (matches === undefined) outsideOnly.push(entry);
    for (const match of matches ?? []) {
      found.add(match);
      if (entry.incomplete === true) continue;
      const lists = listsOfSort.get(match.sort);
      if (lists === undefined) listsOfSort.set(match.sort, new Set([entry.list]));
      else lists.add(entry.list);
    }
  }
  return {
    outsideOnly: [...Map.groupBy(outsideOnly, ({ name }) => plain(name))]
      .map(([, on]) => {
        const sorted = on.toSorted((a, b) => compareText(a.list, b.list) || compareText(a.name, b.name));
        return { name: sorted[0]?.name ?? "", on: sorted };
      })
      .sort((a, b) => compareText(plain(a.name), plain(b.name))),
    insideOnly: known
      .filter((each) => !found.has(each) && listsOfSort.has(each.sort))
      .map(({ kind, id, sort }) => ({ kind, id, lists: [...(listsOfSort.get(sort) ?? [])].sort() }))
      .sort((a, b) => compareText(a.kind, b.kind) || compareText(a.id, b.id)),
    matched: found.size,
  };
}

const namedOutside: Omit<Check, "look"> = {
  code: "named-outside",
  criteria: ["CC9.2", "CC3.4", "CC6.1"],
  why: "What is paid for, signed on to or connected to is in use, and nobody has decided on it.",
  next: "Add it as a component or a vendor, or write this name under `knownAs` of the one that it is.",
};

const neverNamed: Omit<Check, "look"> = {
  code: "never-named",
  criteria: ["CC9.2", "CC2.1"],
  why: "Either it is no longer in use, or the lists do not know it: then its access and its spending are looked at by nobody.",
  next: "End it with `through`, write its name there under `knownAs`, or find out why the list lacks it.",
};

/** The same as gaps, to stand among the others. */
export function nameGaps(
  program: Program,
  people: readonly Person[],
  day: LocalDate,
  outside: readonly NamedOutside[],
): readonly ProgramGap[] {
  const seen = seenOn(program, people, day);
  const { outsideOnly, insideOnly } = reconcile(seen, outside);
  return inOrder([
    ...outsideOnly.map(({ name, on }) => {
      const lists = [...new Set(on.map(({ list }) => list))];
      return gapOf(
        namedOutside,
        {
          what: `${name} is named on ${lists.length === 1 ? "the list" : "the lists"} ${listOf(lists)}, and the program knows nothing of that name.`,
          facts: on.flatMap(({ list, name: written, record }) => [
            `names/${encodeURIComponent(list)}/${encodeURIComponent(written)}`,
            ...(record === undefined ? [] : [`record/${record}`]),
          ]),
        },
        seen,
      );
    }),
    ...insideOnly.flatMap(({ kind, id, lists }) => {
      const collection = kind === "vendor" ? "vendors" : "components";
      const thing = seen.on[collection].find((each) => each.id === id);
      if (thing === undefined) return [];
      return [
        gapOf(
          neverNamed,
          {
            what: `The ${kind} ${named(thing)} is not on ${lists.length === 1 ? "the list" : "any of the lists"} ${listOf(lists)}.`,
            facts: [factOf(collection, thing, "knownAs")],
            owner: hereOwner(seen, thing.owner),
          },
          seen,
        ),
      ];
    }),
  ]);
}

/** What the program lacks by itself and beside the lists, in one order: most asked first. */
export function allGaps(
  program: Program,
  people: readonly Person[],
  day: LocalDate,
  outside: readonly NamedOutside[],
): readonly ProgramGap[] {
  return [...programGaps(program, people, day), ...nameGaps(program, people, day, outside)].sort(
    (a, b) => a.ask - b.ask,
  );
}
