/** Which controls the program takes, which criteria are in scope, and what answers each of them. */
import { addDays, type LocalDate, type Problem } from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";
import type { Catalog, CatalogControl } from "./catalog.ts";
import { categoryOf, criterionIds } from "./criterion-ids.ts";
import type { AnsweredBySubservice, Category, ControlVersion, NotRelevant } from "./model.ts";
import { nearest } from "./spelling.ts";
import type { DataPath, YamlFile } from "./yaml-file.ts";

export type Scope = {
  readonly categories: readonly Category[];
  /** Of the categories, without what is not relevant. */
  readonly criteria: ReadonlySet<string>;
  readonly notRelevant: readonly NotRelevant[];
  readonly subservice: readonly AnsweredBySubservice[];
  readonly problems: readonly Problem[];
};

export function scopeOf(
  file: YamlFile,
  chosen: readonly Category[],
  notRelevant: readonly NotRelevant[],
  subservice: readonly AnsweredBySubservice[],
): Scope {
  const problems: Problem[] = [];
  const inCategories = (criterion: string): boolean => chosen.includes(categoryOf(criterion));
  const out = new Set<string>();
  for (const [key, list] of [
    ["notRelevant", notRelevant],
    ["subservice", subservice],
  ] as const)
    for (const [index, { criterion }] of list.entries()) {
      const path: DataPath = [key, index, "criterion"];
      if (!inCategories(criterion))
        problems.push({
          code: "criterion-not-in-scope",
          what: `${criterion} is answered under \`${key}\`, and is not in scope`,
          where: file.at(path),
          why: `It belongs to ${categoryOf(criterion)}, which the report does not cover.`,
          next: `Remove the entry, or add ${categoryOf(criterion)} to \`categories\`.`,
        });
      if (out.has(criterion))
        problems.push({
          code: "duplicate-id",
          what: `${criterion} is not relevant, and stands here again`,
          where: file.at(path),
          next: "Keep one entry: not relevant, or answered by a subservice organization.",
        });
      if (key === "notRelevant") out.add(criterion);
    }
  const criteria = new Set(criterionIds.filter((id) => inCategories(id) && !out.has(id)));
  return { categories: chosen, criteria, notRelevant, subservice, problems };
}

export type Adoption = {
  readonly entries: readonly CatalogControl[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
};

/**
 * `all` takes every entry that answers a criterion in scope. One whose criteria are all answered by subservice
 * organizations is left out, and said, unless the company has a file for it.
 */
export function adopted(
  file: YamlFile,
  adopt: "all" | readonly string[],
  catalog: Catalog,
  scope: Scope,
  withFile: ReadonlySet<string>,
): Adoption {
  const answersInScope = (entry: CatalogControl): boolean =>
    entry.criteria.some((id) => scope.criteria.has(id));
  if (adopt === "all") {
    const elsewhere = new Set(scope.subservice.map(({ criterion }) => criterion));
    const entries: CatalogControl[] = [];
    const warnings: string[] = [];
    for (const entry of catalog.controls.filter(answersInScope)) {
      const inScope = entry.criteria.filter((id) => scope.criteria.has(id));
      if (withFile.has(entry.id) || !inScope.every((id) => elsewhere.has(id))) entries.push(entry);
      else
        warnings.push(
          `${entry.id} is left out: ${inScope.join(" and ")}, which it would answer, is answered by ${organizationsFor(inScope, scope)}.`,
        );
    }
    return { entries, problems: [], warnings };
  }
  const byId = new Map(catalog.controls.map((entry) => [entry.id, entry]));
  const entries: CatalogControl[] = [];
  const problems: Problem[] = [];
  for (const [index, id] of adopt.entries()) {
    const entry = byId.get(id);
    const where = file.at(["controls", "adopt", index]);
    if (entry === undefined) problems.push(unknownControl(id, byId.keys(), where));
    else if (!answersInScope(entry)) problems.push(answersNothing(entry, where));
    else entries.push(entry);
  }
  return { entries, problems, warnings: [] };
}

function organizationsFor(criteria: readonly string[], scope: Scope): string {
  const names = scope.subservice
    .filter(({ criterion }) => criteria.includes(criterion))
    .map((each) => each.organization);
  return [...new Set(names)].join(" and ");
}

function unknownControl(id: string, known: Iterable<string>, where: string): Problem {
  const meant = nearest(id, known);
  return {
    code: "unknown-control",
    what: `the catalog has no control ${id}`,
    where,
    why: "A control of your own needs no entry here: its file in controls/ is enough.",
    next: meant === undefined ? "Remove it." : `Write ${meant} in its place.`,
  };
}

function answersNothing(entry: CatalogControl, where: string): Problem {
  return {
    code: "control-not-in-scope",
    what: `${entry.id} answers only ${entry.criteria.join(", ")}, and none of them is in scope`,
    where,
    next: `Remove it, or add ${entry.categories.join(" or ")} to \`categories\`.`,
  };
}

/** A catalog control with a file of the company's that is not among those adopted. */
export function notAdopted(file: YamlFile, id: string): Problem {
  return {
    code: "control-not-adopted",
    what: `${id} has a file, and the program does not adopt it`,
    where: file.at(["id"]),
    next: `Add ${id} to \`controls.adopt\` in program.yaml, or remove ${file.path}.`,
  };
}

/** Every criterion in scope is answered by a control that is in force in the window, or by a subservice organization. */
export function problemsOfCoverage(
  file: YamlFile,
  scope: Scope,
  controls: readonly ControlVersion[],
  catalog: Catalog,
  window: WindowBody,
): readonly Problem[] {
  const answered = new Set(scope.subservice.map(({ criterion }) => criterion));
  for (const control of controls)
    if (isInForce(control, window)) for (const criterion of control.criteria) answered.add(criterion);
  return [...scope.criteria]
    .filter((criterion) => !answered.has(criterion))
    .map((criterion) => {
      const words = catalog.criteria.find(({ id }) => id === criterion)?.words ?? "";
      const asleep = new Set(
        controls.filter((control) => control.criteria.includes(criterion)).map(({ id }) => id),
      );
      const starters = catalog.controls
        .filter((control) => control.criteria.includes(criterion))
        .map(({ id }) => id);
      const step =
        asleep.size > 0
          ? `Let ${[...asleep].join(" or ")} be in force on a day of the window`
          : `Add ${starters.join(" or ")} to \`controls.adopt\``;
      return {
        code: "uncovered-criterion",
        what: `nothing answers ${criterion}: ${words}`,
        where: file.at(["controls"]),
        why: "A criterion in scope is answered by a control, by a subservice organization, or is not relevant for a reason.",
        next: `${step}, or name ${criterion} under \`subservice\` or \`notRelevant\`.`,
      };
    });
}

export function isInForce(version: ControlVersion, window: WindowBody): boolean {
  return (
    (version.effectiveFrom === undefined || version.effectiveFrom <= window.through) &&
    (version.effectiveThrough === undefined || version.effectiveThrough >= window.from)
  );
}

/** Criteria that a control answers for a part of the window only, with the first such part that nothing answers. */
export function uncoveredParts(
  scope: Pick<Scope, "criteria" | "subservice">,
  controls: readonly ControlVersion[],
  window: WindowBody,
): readonly { readonly criterion: string; readonly from: LocalDate; readonly through: LocalDate }[] {
  const elsewhere = new Set(scope.subservice.map(({ criterion }) => criterion));
  return [...scope.criteria].flatMap((criterion) => {
    if (elsewhere.has(criterion)) return [];
    const spans = controls
      .filter((control) => control.criteria.includes(criterion) && isInForce(control, window))
      .map((control) => ({
        from: control.effectiveFrom ?? window.from,
        through: control.effectiveThrough ?? window.through,
      }))
      .sort((a, b) => (a.from < b.from ? -1 : 1));
    let next = window.from;
    for (const span of spans) {
      if (span.from > next) return [{ criterion, from: next, through: addDays(span.from, -1) }];
      if (span.through >= next) next = addDays(span.through, 1);
    }
    return next <= window.through ? [{ criterion, from: next, through: window.through }] : [];
  });
}
