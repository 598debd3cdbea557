/** Reads a catalog: content, not code, so that everything in it is checked, every problem at once. */
import { err, ok, type Problem, type Result } from "@countersign/kernel";
import { activityOf, problemsOfActivities, problemsOfWords, type CheckExpression } from "./activities.ts";
import type { Catalog, CatalogControl } from "./catalog.ts";
import { categoryOf, criterionIds, inOrderOfCriteria } from "./criterion-ids.ts";
import type { Criterion } from "./model.ts";
import {
  catalogControlSchema,
  catalogSchema,
  criteriaSchema,
  sampleSizesSchema,
  type Schema,
} from "./schemas.ts";
import { problemsOf } from "./validate.ts";
import { YamlFile, type TextFile } from "./yaml-file.ts";

type CatalogFiles = { about?: YamlFile; criteria?: YamlFile; sampleSizes?: YamlFile; controls: YamlFile[] };

/**
 * @param files `criteria.yaml`, `sample-sizes.yaml`, `controls/*.yaml`, and one file that names the catalog
 *   (`starter.yaml`), below any folder
 * @param options.check type-checks a rule over a kind of item
 */
export function parseCatalog(
  files: readonly TextFile[],
  options: { readonly check: CheckExpression },
): Result<Catalog, readonly Problem[]> {
  const problems: Problem[] = [];
  const found: CatalogFiles = { controls: [] };
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const read = YamlFile.read(file);
    if (!read.ok) {
      problems.push(...read.error);
      continue;
    }
    const wrong = problemsOf(read.value, schemaFor(file.path));
    problems.push(...wrong);
    if (wrong.length === 0) place(read.value, found);
  }
  for (const [name, file] of [
    ["a file that names the catalog and its version", found.about],
    ["criteria.yaml", found.criteria],
    ["sample-sizes.yaml", found.sampleSizes],
  ] as const)
    if (file === undefined && problems.length === 0)
      problems.push({
        code: "missing-file",
        what: `the catalog lacks ${name}`,
        next: "Take the catalog whole, or add the file.",
      });
  if (problems.length > 0) return err(problems);

  problems.push(...problemsOfCriteria(found.criteria));
  for (const file of found.controls) problems.push(...problemsOfControl(file, found.controls, options.check));
  if (problems.length > 0) return err(problems);
  return ok({
    ...(found.about?.value as { name: string; version: number }),
    criteria: criteriaOf(found.criteria),
    controls: found.controls.map(controlOf),
    sampleSizes: found.sampleSizes?.value as unknown as Catalog["sampleSizes"],
  });
}

function isControl(path: string): boolean {
  return /(?:^|\/)controls\/[^/]+$/.test(path);
}

function schemaFor(path: string): Schema {
  if (isControl(path)) return catalogControlSchema;
  if (/(?:^|\/)criteria\.yaml$/.test(path)) return criteriaSchema;
  if (/(?:^|\/)sample-sizes\.yaml$/.test(path)) return sampleSizesSchema;
  return catalogSchema;
}

function place(file: YamlFile, found: CatalogFiles): void {
  const schema = schemaFor(file.path);
  if (schema === catalogControlSchema) found.controls.push(file);
  else if (schema === criteriaSchema) found.criteria = file;
  else if (schema === sampleSizesSchema) found.sampleSizes = file;
  else found.about = file;
}

function criteriaOf(file: YamlFile | undefined): readonly Criterion[] {
  return (file?.value as { readonly criteria: readonly Criterion[] } | undefined)?.criteria ?? [];
}

/** All 61, each once, each under its own category. */
function problemsOfCriteria(file: YamlFile | undefined): readonly Problem[] {
  if (file === undefined) return [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [index, criterion] of criteriaOf(file).entries()) {
    const where = file.at(["criteria", index]);
    if (seen.has(criterion.id))
      problems.push({
        code: "duplicate-id",
        what: `${criterion.id} stands here a second time`,
        where,
        next: "Remove it.",
      });
    seen.add(criterion.id);
    if (criterion.category !== categoryOf(criterion.id))
      problems.push({
        code: "wrong-category",
        what: `${criterion.id} is under ${criterion.category}`,
        where,
        next: `Write \`category: ${categoryOf(criterion.id)}\`.`,
      });
  }
  const missing = criterionIds.filter((id) => !seen.has(id));
  if (missing.length > 0)
    problems.push({
      code: "missing-criterion",
      what: `${file.path} lacks ${missing.join(", ")}`,
      where: file.at(["criteria"]),
      next: "Add them: there are 61.",
    });
  return problems;
}

type WrittenControl = Omit<CatalogControl, "categories">;

function controlOf(file: YamlFile): CatalogControl {
  const written = file.value as unknown as WrittenControl;
  const criteria = inOrderOfCriteria(written.criteria);
  return {
    ...written,
    criteria,
    categories: [...new Set(criteria.map(categoryOf))],
    activities: written.activities.map(activityOf),
  };
}

function problemsOfControl(
  file: YamlFile,
  all: readonly YamlFile[],
  check: CheckExpression,
): readonly Problem[] {
  const control = controlOf(file);
  const problems: Problem[] = [];
  if (!file.path.endsWith(`/${control.id}.yaml`) && file.path !== `${control.id}.yaml`)
    problems.push({
      code: "wrong-file-name",
      what: `${control.id} stands in ${file.path}`,
      where: file.at(["id"]),
      next: `Name the file ${control.id}.yaml.`,
    });
  const other = all.find((each) => each !== file && (each.value as { id?: unknown }).id === control.id);
  if (other !== undefined && other.path < file.path)
    problems.push({
      code: "duplicate-id",
      what: `${control.id} stands in ${other.path} too`,
      where: file.at(["id"]),
      next: "Keep one of them.",
    });
  const written = control.activities.map((activity, index) => ({
    activity,
    file,
    path: ["activities", index],
  }));
  problems.push(...problemsOfActivities(control.id, written, check));
  problems.push(...problemsOfWords(control.id, control.statement, written, file.at(["statement"])));
  return problems;
}
