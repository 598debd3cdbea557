/** Reads the program folder on top of a catalog: all that is wrong at once, or the program that everything else reads. */
import {
  err,
  ok,
  parsePeriod,
  type Digest,
  type LocalDate,
  type Problem,
  type Result,
} from "@countersign/kernel";
import type { PersonId } from "@countersign/records";
import type { CheckExpression } from "./activities.ts";
import { readAnchors, type Anchors } from "./anchors.ts";
import { adopted, notAdopted, problemsOfCoverage, scopeOf, type Scope } from "./adoption.ts";
import { digestOfCatalog, nameOfCatalog, type Catalog } from "./catalog.ts";
import { problemsOfLock } from "./catalog-lock.ts";
import { categories as allCategories } from "./criterion-ids.ts";
import { readFolder } from "./folder.ts";
import type {
  AnsweredBySubservice,
  Category,
  ControlVersion,
  NotRelevant,
  Person,
  Program,
} from "./model.ts";
import { problemsOfDate, problemsOfOrder, readPeople, type People } from "./people.ts";
import { procedureTexts } from "./procedures/file.ts";
import { basedOnOf } from "./program-lock.ts";
import { readSources, type DeclaredGap } from "./sources.ts";
import { resolveControl } from "./versions.ts";
import { readSystem } from "./system/read-system.ts";
import { windowWarnings } from "./window-warnings.ts";
import type { YamlFile, TextFile } from "./yaml-file.ts";

export type ParsedProgram = {
  /** Plain JSON without floats and without anything undefined: what the ledger records. It names persons by id only. */
  readonly program: Program;
  /** The directory: names and identities, kept apart from the program. */
  readonly people: readonly Person[];
  /** Sentences about the window and the scope, in the order in which they should be read. */
  readonly warnings: readonly string[];
  readonly declaredGaps: readonly DeclaredGap[];
  /** Who outside gets checkpoints. No part of the program: it holds mail addresses, and no result depends on it. */
  readonly anchors: Anchors;
  /** What program.lock names; null: no program was recorded then; undefined: there is no lock. No part of the program. */
  readonly basedOn: Digest | null | undefined;
};

export type ParseProgramOptions = {
  /** The opaque id of a person or bot of people.yaml; the same handle always gives the same id. */
  readonly personIdOf: (handle: string) => PersonId;
  readonly check: CheckExpression;
  /** The local date in the program's zone; absent where the warnings should not depend on the day. */
  readonly today?: LocalDate;
};

type WrittenProgram = {
  readonly organization: { readonly id: string; readonly name: string };
  readonly sampleData?: boolean;
  readonly window: { readonly from: string; readonly through: string; readonly zone: string };
  readonly categories?: readonly Category[];
  readonly holidays?: readonly LocalDate[];
  readonly controls?: { readonly adopt: "all" | readonly string[] };
  readonly notRelevant?: readonly NotRelevant[];
  readonly subservice?: readonly AnsweredBySubservice[];
};

/**
 * @param files the texts of the folder `countersign/` (program.yaml, people.yaml, sources.yaml, anchors.yaml, catalog.lock, controls/*.yaml,
 *   the files that describe the system, policies/* and procedures/*),
 *   under the paths by which messages should name them; other files are passed over
 */
export function parseProgram(
  files: readonly TextFile[],
  catalog: Catalog,
  options: ParseProgramOptions,
): Result<ParsedProgram, readonly Problem[]> {
  const folder = readFolder(files);
  const problems: Problem[] = [...folder.problems];
  const people = readPeople(folder.people, options.personIdOf);
  problems.push(...people.problems);
  const anchors = readAnchors(folder.anchors);
  problems.push(...anchors.problems);
  const sources = folder.sources && readSources(folder.sources);
  problems.push(...(sources?.problems ?? []));
  // Without a readable lock the lock's own problem is enough.
  if (
    folder.lock !== undefined ||
    !folder.problems.some(({ where }) => where?.startsWith(`${folder.root}catalog.lock`))
  )
    problems.push(...problemsOfLock(folder.lock, catalog, folder.root));
  if (folder.program === undefined) return err(problems);

  const written = folder.program.value as unknown as WrittenProgram;
  const window = problemsOfWindow(folder.program, written);
  problems.push(...window, ...problemsOfHolidays(folder.program, written));
  const chosen = allCategories.filter(
    (each) => each === "security" || (written.categories ?? []).includes(each),
  );
  const scope = scopeOf(folder.program, chosen, written.notRelevant ?? [], written.subservice ?? []);
  problems.push(...scope.problems);
  const controls = readControls(folder.program, folder.controls, written, {
    catalog,
    people,
    scope,
    check: options.check,
  });
  problems.push(...controls.problems);
  const controlIds = new Set(controls.versions.map(({ id }) => id));
  const system = readSystem(folder.system, {
    people,
    controls: controlIds,
    policyTexts: folder.policyTexts,
  });
  problems.push(...system.problems);
  // Whether a criterion is answered can be said once everything that could answer it was read.
  const isSettled =
    window.length + scope.problems.length + controls.problems.length === 0 &&
    !folder.problems.some(({ where }) => where?.startsWith(`${folder.root}controls/`));
  if (isSettled)
    problems.push(
      ...problemsOfCoverage(folder.program, scope, controls.versions, catalog, windowOf(written)),
    );
  if (problems.length > 0 || sources === undefined) return err(problems);

  const procedures = procedureTexts(folder.procedureTexts, controlIds);
  const program: Program = {
    format: "countersign-program-1",
    organization: written.organization,
    sampleData: written.sampleData ?? false,
    window: windowOf(written),
    categories: chosen,
    holidays: [...(written.holidays ?? [])].sort(),
    catalog: `${nameOfCatalog(catalog)} ${digestOfCatalog(catalog)}`,
    controls: controls.versions,
    sources: sources.sources,
    populations: sources.populations,
    notRelevant: scope.notRelevant,
    subservice: scope.subservice,
    ...(procedures.length > 0 && { procedures }),
    ...(system.system && { system: system.system }),
    ...(system.none.length > 0 && { none: system.none }),
  };
  return ok({
    program,
    people: people.people,
    warnings: [...windowWarnings(program, options.today), ...controls.warnings],
    declaredGaps: sources.declaredGaps,
    anchors: anchors.anchors,
    basedOn: basedOnOf(folder.programLock),
  });
}

function windowOf({ window }: WrittenProgram): Program["window"] {
  return { from: window.from as LocalDate, through: window.through as LocalDate, zone: window.zone };
}

function problemsOfWindow(file: YamlFile, { window }: WrittenProgram): readonly Problem[] {
  const dates = [
    ...problemsOfDate(file, ["window", "from"], window.from),
    ...problemsOfDate(file, ["window", "through"], window.through),
  ];
  const order = dates.length > 0 ? [] : problemsOfOrder(file, ["window"], window.from, window.through);
  const zone = parsePeriod("2000-01-01", "2000-01-01", window.zone);
  if (zone.ok) return [...dates, ...order];
  return [
    ...dates,
    ...order,
    {
      code: "bad-time-zone",
      what: `\`window.zone\` is ${JSON.stringify(window.zone)}, and there is no such time zone`,
      where: file.at(["window", "zone"]),
      why: "A zone is named by place, so that its changes of the clock are known.",
      next: "Write UTC, or an IANA name such as America/New_York or Europe/Berlin.",
    },
  ];
}

function problemsOfHolidays(file: YamlFile, { holidays }: WrittenProgram): readonly Problem[] {
  return (holidays ?? []).flatMap((date, index) => problemsOfDate(file, ["holidays", index], date));
}

type ControlContext = {
  readonly catalog: Catalog;
  readonly people: People;
  readonly scope: Scope;
  readonly check: CheckExpression;
};

function readControls(
  program: YamlFile,
  files: readonly YamlFile[],
  written: WrittenProgram,
  { catalog, people, scope, check }: ControlContext,
): {
  readonly versions: readonly ControlVersion[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
} {
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const fileOf = new Map<string, YamlFile>();
  for (const file of files) {
    const { id } = file.value as { readonly id: string };
    if (!file.path.endsWith(`controls/${id}.yaml`))
      problems.push({
        code: "wrong-file-name",
        what: `${id} stands in ${file.path}`,
        where: file.at(["id"]),
        next: `Name the file ${id}.yaml, or mend the id.`,
      });
    else fileOf.set(id, file);
  }
  const adoption = adopted(program, written.controls?.adopt ?? "all", catalog, scope, new Set(fileOf.keys()));
  problems.push(...adoption.problems);
  warnings.push(...adoption.warnings);

  const catalogIds = new Set(catalog.controls.map(({ id }) => id));
  const taken = new Set(adoption.entries.map(({ id }) => id));
  for (const [id, file] of fileOf)
    if (catalogIds.has(id) && !taken.has(id)) problems.push(notAdopted(file, id));
  const ownIds = [...fileOf.keys()].filter((id) => !catalogIds.has(id));

  const versions: ControlVersion[] = [];
  for (const [id, entry] of [
    ...adoption.entries.map((each) => [each.id, each] as const),
    ...ownIds.map((each) => [each, undefined] as const),
  ]) {
    const resolved = resolveControl(entry, fileOf.get(id), { catalog, people, check });
    problems.push(...resolved.problems);
    for (const version of resolved.versions) {
      const criteria = version.criteria.filter((criterion) => scope.criteria.has(criterion));
      if (criteria.length === 0)
        warnings.push(
          `${id} version ${version.version} answers only ${version.criteria.join(", ")}, and none of them is in scope.`,
        );
      versions.push({ ...version, criteria });
    }
  }
  return { versions, problems, warnings };
}
