/** catalog.lock: the catalog that the program was written against, so that a change of the catalog is a decision. */
import type { Problem } from "@countersign/kernel";
import { digestOfCatalog, nameOfCatalog, type Catalog } from "./catalog.ts";
import type { YamlFile } from "./yaml-file.ts";

/** Writes catalog.lock again once the changes were read. */
export const UPDATE_LOCK_COMMAND = "countersign init --update-lock";

/** @param root the folder as messages name it */
export function problemsOfLock(
  file: YamlFile | undefined,
  catalog: Catalog,
  root: string,
): readonly Problem[] {
  if (file === undefined)
    return [
      {
        code: "missing-file",
        what: "there is no catalog.lock",
        where: `${root}catalog.lock`,
        why: "It pins the catalog that the program takes its controls from, so that they cannot change unseen.",
        next: UPDATE_LOCK_COMMAND,
      },
    ];
  const written = file.value as {
    readonly catalog: string;
    readonly version: number;
    readonly digest: string;
  };
  if (
    written.catalog === catalog.name &&
    written.version === catalog.version &&
    written.digest === digestOfCatalog(catalog)
  )
    return [];
  const now = nameOfCatalog(catalog);
  const before = nameOfCatalog({ name: written.catalog, version: written.version });
  return [
    {
      code: "catalog-changed",
      what:
        before === now
          ? `the content of the catalog ${now} is not the one that was taken`
          : `the program took the catalog ${before}, and this is ${now}`,
      where: file.at(before === now ? ["digest"] : []),
      why: "A changed catalog changes controls that you adopted.",
      next: `Read what changed, then take it: ${UPDATE_LOCK_COMMAND}`,
    },
  ];
}
