/** controls/ID.yaml on top of the catalog's entry: the versions of one control, each in force from its own first day. */
import { addDays, canonicalJson, parseLocalDate, type LocalDate, type Problem } from "@countersign/kernel";
import {
  activityOf,
  problemsOfActivities,
  problemsOfWords,
  type CheckExpression,
  type WrittenActivity,
} from "./activities.ts";
import { nameOfCatalog, type Catalog, type CatalogControl } from "./catalog.ts";
import { inOrderOfCriteria } from "./criterion-ids.ts";
import type { Activity, ControlVersion } from "./model.ts";
import { holderOf, problemsOfDate, type People } from "./people.ts";
import { nearest } from "./spelling.ts";
import { listed } from "./validate.ts";
import type { DataPath, YamlFile } from "./yaml-file.ts";

type Meaning = Pick<CatalogControl, "title" | "statement" | "criteria" | "ownerRole" | "procedure">;
const members = ["title", "statement", "criteria", "ownerRole", "procedure"] as const;

type Changes = Partial<Meaning> & {
  readonly activities?: readonly object[];
  readonly withoutActivities?: readonly string[];
  readonly owner?: string;
};
type WrittenVersion = Changes & { readonly from?: string; readonly retired?: true };
type WrittenControl = Changes & { readonly id: string; readonly versions?: readonly WrittenVersion[] };

/** An activity with where it is written; one of the catalog's is written nowhere in the company's files. */
type Owed = { readonly activity: Activity; readonly written?: WrittenActivity };

/** What the control says while its versions are gone through, from the catalog's entry on. */
type Draft = {
  readonly meaning: Partial<Meaning>;
  readonly activities: readonly Owed[];
  readonly owner?: string;
  /** Where the statement and the owner were last written. */
  readonly statementAt?: string;
  readonly ownerAt?: string;
};

export type Resolved = {
  readonly versions: readonly ControlVersion[];
  readonly problems: readonly Problem[];
};

export type ResolveContext = {
  readonly catalog: Catalog;
  readonly people: Pick<People, "byHandle">;
  readonly check: CheckExpression;
};

/**
 * @param entry the catalog's entry; absent for a control of the company's own
 * @param file the company's file; absent where it takes the entry as it stands
 */
export function resolveControl(
  entry: CatalogControl | undefined,
  file: YamlFile | undefined,
  context: ResolveContext,
): Resolved {
  const written = (file?.value ?? {}) as unknown as WrittenControl;
  const id = entry?.id ?? written.id;
  const problems: Problem[] = [];
  let draft: Draft = entry ? draftOf(entry) : { meaning: {}, activities: [] };
  if (file !== undefined) draft = changed(draft, written, file, [], id, problems);

  const versions: ControlVersion[] = [];
  for (const { step, path, through } of stepsOf(written.versions)) {
    if (file !== undefined) draft = changed(draft, step, file, path, id, problems);
    const version = versionOf(id, versions.length + 1, draft, { entry, file, path, ...context }, problems);
    if (version === undefined) break;
    versions.push({
      ...version,
      ...(step.from !== undefined && { effectiveFrom: step.from as LocalDate }),
      ...(through !== undefined &&
        parseLocalDate(through).ok && { effectiveThrough: addDays(through as LocalDate, -1) }),
    });
  }
  for (const index of (written.versions ?? []).keys())
    if (file !== undefined) problems.push(...problemsOfStart(file, written.versions ?? [], index, id));
  return { versions, problems: unique([...problems, ...problemsOfRules(id, file, written, context.check)]) };
}

type Step = { readonly step: WrittenVersion; readonly path: DataPath; readonly through?: string };

/**
 * The versions that are in force, each with the first day of what comes after it. Where a list begins with a retirement, what
 * is retired was in force until then.
 */
function stepsOf(written: readonly WrittenVersion[] | undefined): readonly Step[] {
  if (written === undefined) return [{ step: {}, path: [] }];
  const steps = written.map((step, index) => ({ step, path: ["versions", index] as DataPath }));
  const all: readonly Omit<Step, "through">[] = written[0]?.retired
    ? [{ step: {}, path: [] }, ...steps]
    : steps;
  return all.flatMap((each, index) => {
    const through = all[index + 1]?.step.from;
    return each.step.retired ? [] : [{ ...each, ...(through !== undefined && { through }) }];
  });
}

function draftOf(entry: CatalogControl): Draft {
  const { title, statement, criteria, ownerRole, procedure } = entry;
  return {
    meaning: { title, statement, criteria, ownerRole, procedure },
    activities: entry.activities.map((activity) => ({ activity })),
  };
}

/** A whole activity replaces the one with the same id, in its place, or is added at the end. */
function changed(
  draft: Draft,
  changes: Changes,
  file: YamlFile,
  path: DataPath,
  id: string,
  problems: Problem[],
): Draft {
  const meaning: { -readonly [K in keyof Meaning]?: Meaning[K] } = { ...draft.meaning };
  for (const member of members)
    if (changes[member] !== undefined) Object.assign(meaning, { [member]: changes[member] });
  const activities = new Map(draft.activities.map((owed) => [owed.activity.id, owed]));
  for (const [index, gone] of (changes.withoutActivities ?? []).entries())
    if (!activities.delete(gone))
      problems.push(noSuchActivity(id, gone, activities, file.at([...path, "withoutActivities", index])));
  for (const [index, each] of (changes.activities ?? []).entries()) {
    const activity = activityOf(each);
    activities.set(activity.id, {
      activity,
      written: { activity, file, path: [...path, "activities", index] },
    });
  }
  const statementAt = changes.statement === undefined ? draft.statementAt : file.at([...path, "statement"]);
  const owner = changes.owner ?? draft.owner;
  const ownerAt = changes.owner === undefined ? draft.ownerAt : file.at([...path, "owner"]);
  return {
    meaning,
    activities: [...activities.values()],
    ...(statementAt !== undefined && { statementAt }),
    ...(owner !== undefined && { owner }),
    ...(ownerAt !== undefined && { ownerAt }),
  };
}

function noSuchActivity(
  id: string,
  gone: string,
  activities: ReadonlyMap<string, Owed>,
  where: string,
): Problem {
  const meant = nearest(gone, activities.keys());
  return {
    code: "unknown-activity",
    what: `${id} has no activity \`${gone}\` to leave out`,
    where,
    why: `It has ${activities.size === 0 ? "none left" : listed([...activities.keys()])}.`,
    next: meant === undefined ? "Remove it." : `Write \`${meant}\` in its place.`,
  };
}

type VersionContext = ResolveContext & {
  readonly entry: CatalogControl | undefined;
  readonly file: YamlFile | undefined;
  readonly path: DataPath;
};

function versionOf(
  id: string,
  version: number,
  draft: Draft,
  context: VersionContext,
  problems: Problem[],
): ControlVersion | undefined {
  const { entry, file, path, catalog, people } = context;
  const { title, statement, criteria, ownerRole, procedure } = draft.meaning;
  const isWhole =
    title !== undefined &&
    statement !== undefined &&
    criteria !== undefined &&
    ownerRole !== undefined &&
    procedure !== undefined;
  if (!isWhole || draft.activities.length === 0) {
    if (file !== undefined) problems.push(unfinished(id, draft, entry, file, path, catalog));
    return undefined;
  }
  problems.push(...problemsOfQuotes(id, statement, draft, file, path));
  const holder =
    draft.owner === undefined ? undefined : holderOf(draft.owner, people, draft.ownerAt ?? "people.yaml");
  problems.push(...(holder?.problems ?? []));
  const activities = draft.activities.map(({ activity }) => activity);
  return {
    id,
    version,
    title,
    statement,
    criteria: inOrderOfCriteria(criteria),
    ownerRole,
    ...(holder?.person !== undefined && { owner: holder.person.id }),
    procedure,
    activities,
    ...(entry && {
      from: {
        catalog: nameOfCatalog(catalog),
        id: entry.id,
        changed: changedMembers(entry, draft.meaning, activities),
      },
    }),
    ...(entry?.askedFirst !== undefined && { askedFirst: entry.askedFirst }),
  };
}

/** A control of the company's own says everything itself; an id near the catalog's is more likely a slip. */
function unfinished(
  id: string,
  draft: Draft,
  entry: CatalogControl | undefined,
  file: YamlFile,
  path: DataPath,
  catalog: Catalog,
): Problem {
  const lacking: string[] = members.filter((member) => draft.meaning[member] === undefined);
  if (draft.activities.length === 0) lacking.push("activities");
  if (entry !== undefined)
    return {
      code: "control-without-activities",
      what: `${id} has no activity left`,
      where: file.at(path),
      why: "A control that owes nothing cannot be shown to operate.",
      next: `Keep an activity, or retire the control: { from: DATE, retired: true }.`,
    };
  const meant = nearest(
    id,
    catalog.controls.map((control) => control.id),
  );
  return {
    code: "unfinished-control",
    what: `${id} lacks ${listed(lacking)}`,
    where: file.at(path),
    why: `The catalog ${nameOfCatalog(catalog)} has no ${id}, so the file says everything itself.`,
    next:
      meant === undefined
        ? `Add ${listed(lacking)}.`
        : `Add ${listed(lacking)}, or write ${meant} if that was meant.`,
  };
}

/** An attribute of the catalog's that no longer quotes the statement was left behind by a change to the statement. */
function problemsOfQuotes(
  id: string,
  statement: string,
  draft: Draft,
  file: YamlFile | undefined,
  path: DataPath,
): readonly Problem[] {
  if (file === undefined) return [];
  const own = draft.activities.flatMap(({ written }) => (written ? [written] : []));
  const statementAt = draft.statementAt ?? "the catalog";
  const left = draft.activities.filter(
    ({ activity, written }) =>
      written === undefined && activity.attributes.some((attribute) => !statement.includes(attribute.words)),
  );
  return [
    ...problemsOfWords(id, statement, own, statementAt),
    ...left.map(({ activity }): Problem => {
      const attribute = activity.attributes.find((each) => !statement.includes(each.words));
      return {
        code: "words-not-in-statement",
        what: `${id} ${activity.id} still tests ${JSON.stringify(attribute?.words)}, which the changed statement does not hold`,
        where: draft.statementAt ?? file.at(path),
        why: "Each attribute tests words of the statement, so the two change together.",
        next: `Put the whole activity \`${activity.id}\` beside the statement, with the words and the rule that it has now.`,
      };
    }),
  ];
}

function changedMembers(
  entry: CatalogControl,
  meaning: Partial<Meaning>,
  activities: readonly Activity[],
): readonly string[] {
  const changes: string[] = members.filter((member) => {
    const now = member === "criteria" ? inOrderOfCriteria(meaning.criteria ?? []) : meaning[member];
    return canonicalJson(now) !== canonicalJson(entry[member]);
  });
  const before = new Map(entry.activities.map((activity) => [activity.id, activity]));
  const now = new Map(activities.map((activity) => [activity.id, activity]));
  for (const id of new Set([...before.keys(), ...now.keys()]))
    if (canonicalJson(before.get(id) ?? null) !== canonicalJson(now.get(id) ?? null))
      changes.push(`activities.${id}`);
  return changes.sort();
}

/** Each version begins after the one before it: otherwise two would be in force on one day. */
function problemsOfStart(
  file: YamlFile,
  list: readonly WrittenVersion[],
  index: number,
  id: string,
): readonly Problem[] {
  const path: DataPath = ["versions", index];
  const version = list[index];
  const before = list[index - 1];
  if (version === undefined) return [];
  const problems =
    version.from === undefined ? [] : [...problemsOfDate(file, [...path, "from"], version.from)];
  if (version.from === undefined && (index > 0 || version.retired))
    problems.push({
      code: "missing-key",
      what: `version ${index + 1} of ${id} does not say from when`,
      where: file.at(path),
      next: "Add `from` with its first day.",
    });
  if (version.from !== undefined && before?.from !== undefined && version.from <= before.from)
    problems.push({
      code: "overlapping-versions",
      what: `version ${index + 1} of ${id} begins on ${version.from}, not after version ${index} (${before.from})`,
      where: file.at([...path, "from"]),
      why: "On each day one version is in force.",
      next: "Put the versions in the order of their first days.",
    });
  const more = Object.keys(version).filter((key) => key !== "from" && key !== "retired");
  if (version.retired && more.length > 0)
    problems.push({
      code: "retired-with-changes",
      what: `${id} is retired from ${version.from ?? "a day"} and changes ${listed(more)} as well`,
      where: file.at(path),
      next: "Remove one of the two.",
    });
  return problems;
}

/** The rules of the file's own activities; those of the catalog were checked with the catalog. */
function problemsOfRules(
  id: string,
  file: YamlFile | undefined,
  written: WrittenControl,
  check: CheckExpression,
): readonly Problem[] {
  if (file === undefined) return [];
  const lists: readonly { readonly path: DataPath; readonly activities: readonly object[] }[] = [
    { path: [], activities: written.activities ?? [] },
    ...(written.versions ?? []).map((version, index) => ({
      path: ["versions", index],
      activities: version.activities ?? [],
    })),
  ];
  return lists.flatMap(({ path, activities }) =>
    problemsOfActivities(
      id,
      activities.map((each, index) => ({
        activity: activityOf(each),
        file,
        path: [...path, "activities", index],
      })),
      check,
    ),
  );
}

/** A change in one version is carried into those after it, and is told once. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ what, where }) => {
    const key = `${where} ${what}`;
    return seen.has(key) ? false : (seen.add(key), true);
  });
}
