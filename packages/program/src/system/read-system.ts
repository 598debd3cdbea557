/** The files of the system: every problem with its place, or the dated things that everything else reads. */
import { digestOf, type Json, type JsonObject, type Problem } from "@countersign/kernel";
import type { People } from "../people.ts";
import { problemsOfDate, problemsOfOrder } from "../people.ts";
import { nearest } from "../spelling.ts";
import { inDots, listed } from "../validate.ts";
import type { DataPath, TextFile, YamlFile } from "../yaml-file.ts";
import { datedOf, type WrittenDated } from "./dated.ts";
import type { Collection, Policy, System } from "./model.ts";
import type { Target } from "./parts.ts";
import { systemFiles } from "./schemas.ts";
import { mapTexts, type Leaf } from "./walk.ts";

export type ReadSystem = {
  /** Absent where the folder has none of the files. */
  readonly system?: System;
  /** Collections whose list stands in its file and is empty, in the order of their names. */
  readonly none: readonly Collection[];
  readonly problems: readonly Problem[];
};

export type SystemContext = {
  readonly people: Pick<People, "byHandle">;
  readonly controls: ReadonlySet<string>;
  /** The texts of the folder `policies/`, by file name. */
  readonly policyTexts: ReadonlyMap<string, TextFile>;
};

type Thing = WrittenDated<object>;
type Lists = { readonly [C in Collection]?: readonly Thing[] };
type Known = (target: Target) => ReadonlySet<string>;

/** @param files those of them that follow their schemas, by name */
export function readSystem(files: ReadonlyMap<string, YamlFile>, context: SystemContext): ReadSystem {
  if (files.size === 0) return { none: [], problems: [] };
  const problems: Problem[] = [];
  const ids = new Map<Collection, ReadonlySet<string>>();
  const none: Collection[] = [];
  for (const [name, file] of files)
    for (const collection of collectionsOf(name)) {
      const written = (file.value as Lists)[collection];
      if (written?.length === 0) none.push(collection);
      const list = written ?? [];
      problems.push(...problemsOfIds(file, collection, list));
      ids.set(collection, new Set(list.map(({ id }) => id)));
    }
  const known = knownBy(ids, context);
  const things: { [C in Collection]?: unknown } = {};
  for (const [name, schema] of Object.entries(systemFiles)) {
    const file = files.get(name);
    for (const collection of collectionsOf(name)) {
      const list = (file?.value as Lists | undefined)?.[collection] ?? [];
      things[collection] = list.map((thing, index) => {
        if (file === undefined) return thing;
        const path: DataPath = [collection, index];
        const found: Problem[] = [];
        const resolved = mapTexts(
          (schema[collection]?.items ?? {}) as JsonObject,
          thing as unknown as Json,
          (leaf) => resolveText(file, path, leaf, known, context, found),
        );
        // Days that are none have no order.
        if (found.length === 0) found.push(...problemsOfDays(file, path, thing));
        problems.push(...found);
        return found.length > 0 ? { id: thing.id, versions: [] } : datedOf(resolved as unknown as Thing);
      });
    }
  }
  none.sort();
  if (problems.length > 0) return { none, problems };
  const system = things as System;
  return { system: { ...system, policies: system.policies.map(withDigests(context)) }, none, problems };
}

function collectionsOf(file: string): readonly Collection[] {
  return Object.keys(systemFiles[file] ?? {}) as Collection[];
}

function knownBy(ids: ReadonlyMap<Collection, ReadonlySet<string>>, context: SystemContext): Known {
  const handles = new Set(
    [...context.people.byHandle].filter(([, { bot }]) => !bot).map(([handle]) => handle),
  );
  const texts = new Set(context.policyTexts.keys());
  return (target) => {
    if (target === "person") return handles;
    if (target === "control") return context.controls;
    if (target === "policy-text") return texts;
    if (target === "everyone") return new Set(["customers"]);
    return ids.get(target) ?? new Set();
  };
}

function problemsOfIds(file: YamlFile, collection: Collection, list: readonly Thing[]): readonly Problem[] {
  const seen = new Set<string>();
  return list.flatMap(({ id }, index): readonly Problem[] => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [
      {
        code: "duplicate-id",
        what: `there is a second \`${id}\` in \`${collection}\``,
        where: file.at([collection, index, "id"]),
        why: "What changed of one thing over time stands under its `changes`.",
        next: "Give each an id of its own, or join the two entries.",
      },
    ];
  });
}

const nouns: { readonly [T in Target]?: string } = {
  person: "a person of people.yaml",
  control: "a control of the program",
  "policy-text": "a file of policies/",
  everyone: "`customers`",
};

/** Persons leave the program under opaque ids; other ids stay as they are, and are looked up. */
function resolveText(
  file: YamlFile,
  thing: DataPath,
  { path, text, isDate, targets }: Leaf,
  known: Known,
  { people }: SystemContext,
  problems: Problem[],
): string {
  const at = [...thing, ...path];
  if (isDate) problems.push(...problemsOfDate(file, at, text));
  if (targets === undefined) return text;
  const named = targets.filter((target) => known(target).has(text));
  if (named.length > 1)
    problems.push({
      code: "ambiguous-id",
      what: `\`${inDots(at)}\` is \`${text}\`, and that is ${named.map((target) => nouns[target] ?? `an id of \`${target}\``).join(" and ")}`,
      where: file.at(at),
      why: "Nobody can tell which of them is meant.",
      next: "Give one of them another id.",
    });
  if (named.length > 0) return targets.includes("person") ? (people.byHandle.get(text)?.id ?? text) : text;
  const all = targets.flatMap((target) => [...known(target)]);
  const meant = nearest(text, all);
  const wanted = targets.map((target) => nouns[target] ?? `an id of \`${target}\``).join(" or ");
  problems.push({
    code: "unknown-id",
    what: `\`${inDots(at)}\` is \`${text}\`, and that is not ${wanted}`,
    where: file.at(at),
    why:
      all.length === 0
        ? "There are none."
        : all.length <= 12
          ? `There ${all.length === 1 ? "is" : "are"} ${listed(all)}.`
          : `There are ${all.length} of them.`,
    next: meant === undefined ? "Add it there, or write another." : `Write \`${meant}\` in its place.`,
  });
  return text;
}

/** On each day one version is in force: changes follow each other, inside the days of the thing. */
function problemsOfDays(file: YamlFile, path: DataPath, thing: Thing): readonly Problem[] {
  const { from, through, changes = [] } = thing;
  const problems: Problem[] = [];
  if (from !== undefined && through !== undefined)
    problems.push(...problemsOfOrder(file, path, from, through));
  let before = from;
  for (const [index, change] of changes.entries()) {
    const at = [...path, "changes", index, "from"];
    if (before !== undefined && change.from <= before)
      problems.push({
        code: "overlapping-versions",
        what: `change ${index + 1} of \`${thing.id}\` begins on ${change.from}, not after ${before}`,
        where: file.at(at),
        why: "On each day one thing is said: a change begins after what it changes.",
        next: "Put the changes in the order of their days.",
      });
    if (through !== undefined && change.from > through)
      problems.push({
        code: "change-after-end",
        what: `change ${index + 1} of \`${thing.id}\` begins on ${change.from}, after the last day (${through})`,
        where: file.at(at),
        next: "Remove it, or move the last day.",
      });
    before = change.from;
  }
  return problems;
}

function withDigests({ policyTexts }: SystemContext) {
  return ({ id, versions }: System["policies"][number]): System["policies"][number] => ({
    id,
    versions: versions.map((version) => {
      const file = version.text === undefined ? undefined : policyTexts.get(version.text);
      return file === undefined
        ? version
        : {
            ...version,
            textDigest: digestOf(Buffer.from(file.text, "utf8")) as Policy["textDigest"] & string,
          };
    }),
  });
}

/** No system at all, for programs that say nothing of it. */
export const noSystem: System = Object.freeze(
  Object.fromEntries(
    Object.keys(systemFiles).flatMap((file) => collectionsOf(file).map((name) => [name, []])),
  ),
) as unknown as System;
