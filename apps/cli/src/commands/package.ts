/** `package create`, `reperform`. */
import { join, relative, resolve } from "node:path";
import { ProblemError } from "@countersign/kernel";
import {
  createPackage as create,
  forCustomer,
  packageName,
  reperform as again,
  type Reperformed,
  type Withholdable,
} from "@countersign/application";
import { documents, zipArchives } from "@countersign/documents";
import {
  BACKUP_HEADER_PATH,
  openZip,
  PACKAGE_INDEX_PATH,
  type RandomAccess,
} from "@countersign/package-format";
import { howToCheck } from "../assets.ts";
import { withPackageFile } from "../package-file.ts";
import { withSession, type Common, type Shell } from "./shared.ts";

export async function createPackage(
  shell: Shell,
  options: Common & {
    readonly out?: string;
    readonly run?: string;
    readonly withhold?: readonly Withholdable[];
    readonly for?: "customer";
  },
): Promise<void> {
  await withSession(shell, options, async ({ ctx, loaded, catalog, home, halt }) => {
    const name = packageName(loaded.program);
    const path =
      options.out === undefined
        ? join(home.root, "packages", `${name}.zip`)
        : resolve(shell.cwd, options.out);
    const created = await create(ctx, documents, zipArchives(halt), {
      path,
      name,
      ...(options.run === undefined ? {} : { run: options.run }),
      withhold: [...(options.withhold ?? []), ...(options.for === "customer" ? forCustomer : [])],
      criteria: catalog.criteria,
      people: loaded.people,
      howToCheck: howToCheck(),
    });
    if (options.json === true) shell.output.json(created);
    else
      shell.output.print(
        `${relative(shell.cwd, created.path)}  ${created.size} bytes\n  manifest ${created.manifest}\n  record   ${created.record}\n  check    countersign verify ${relative(shell.cwd, created.path)}`,
      );
  });
}

/** A file that is no zip at all, or a backup, deserves a plainer word than a list of what it lacks. */
export function requirePackageZip(source: RandomAccess, path: string): void {
  const begins = source.size >= 4 ? Buffer.from(source.read(0, 4)).toString("latin1") : "";
  if (begins.startsWith("PK")) {
    refuseBackup(source, path);
    return;
  }
  throw new ProblemError({
    code: "not-a-package",
    what: "this is not a package that countersign made",
    where: path,
    why: "it is not a zip file",
    next: "give the path of the .zip that countersign package create printed",
  });
}

function refuseBackup(source: RandomAccess, path: string): void {
  const zip = openZip(source);
  if (!zip.ok || !zip.value.entries.has(BACKUP_HEADER_PATH) || zip.value.entries.has(PACKAGE_INDEX_PATH))
    return;
  throw new ProblemError({
    code: "backup-not-package",
    what: "this is a backup of a workspace, not a package",
    where: path,
    why: `it holds ${BACKUP_HEADER_PATH}, and no ${PACKAGE_INDEX_PATH}; nothing was checked`,
    next: `countersign backup restore ${path} -w EMPTY_FOLDER checks all of it before anything is written, and the workspace after`,
  });
}

export function reperform(shell: Shell, path: string, options: { readonly json?: boolean }): void {
  const done = withPackageFile(path, (source) => {
    requirePackageZip(source, path);
    return again(source, path, shell.output.progress);
  });
  if (options.json === true) shell.output.json(done);
  else {
    const { print } = shell.output;
    print(
      done.agrees
        ? `RE-PERFORMED  ${done.results} results and ${done.draws} draws of run ${done.run}${done.closes === 0 ? "" : `, and the counts of ${done.closes} closed ${done.closes === 1 ? "month" : "months"}`}: the same`
        : `DIFFERS  ${done.differenceCount} differences from run ${done.run}`,
    );
    for (const words of notReperformedWords(done.notReperformed)) print(`  not re-performed: ${words}`);
    for (const difference of done.differences)
      print(
        `  ${difference.where}\n    recorded      ${difference.recorded}\n    re-performed  ${difference.reperformed}`,
      );
  }
  if (!done.agrees) process.exitCode = 1;
}

/** What is not in the package can be neither the same nor different. */
function notReperformedWords(not: Reperformed["notReperformed"]): string[] {
  const words: string[] = [];
  if (not.erasedItems > 0) words.push(`${not.erasedItems} items, which were erased`);
  if (not.withheldItems > 0) words.push(`${not.withheldItems} items, which are withheld`);
  if (not.results > 0) words.push(`${not.results} results, of which only the leaf is here`);
  if (not.summary) words.push("the summary, which is withheld or erased");
  if (not.draws > 0) words.push(`some items of ${not.draws} draws, which are not here`);
  if (not.closes > 0) words.push(`${not.closes} counts of closed months, whose items are not all here`);
  return words;
}
