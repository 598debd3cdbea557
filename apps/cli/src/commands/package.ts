/** `package create`, `verify`, `reperform`. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { ProblemError } from "@countersign/kernel";
import {
  createPackage as create,
  forCustomer,
  packageName,
  reperform as again,
  sinceFiles,
  verifyPackage,
  type PackageVerdict,
  type Reperformed,
  type SinceCheckpoint,
  type Withholdable,
} from "@countersign/application";
import { documents, zipArchives } from "@countersign/documents";
import {
  CHECKPOINT_PATH,
  ENVELOPE_PATH,
  MANIFEST_PATH,
  PACKAGE_INDEX_PATH,
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
  await withSession(shell, options, async ({ ctx, loaded, catalog, home }) => {
    const name = packageName(loaded.program);
    const path =
      options.out === undefined
        ? join(home.root, "packages", `${name}.zip`)
        : resolve(shell.cwd, options.out);
    const created = await create(ctx, documents, zipArchives, {
      path,
      name,
      ...(options.run === undefined ? {} : { run: options.run }),
      withhold: [...(options.withhold ?? []), ...(options.for === "customer" ? forCustomer : [])],
      criteria: catalog.criteria,
      howToCheck: howToCheck(),
    });
    if (options.json === true) shell.output.json(created);
    else
      shell.output.print(
        `${relative(shell.cwd, created.path)}  ${created.size} bytes\n  manifest ${created.manifest}\n  record   ${created.record}\n  check    countersign verify ${relative(shell.cwd, created.path)}`,
      );
  });
}

export type VerifyOptions = {
  readonly since?: readonly string[];
  readonly tsaRoot?: readonly string[];
  readonly policy?: string;
  readonly key?: string;
  readonly json?: boolean;
};

function readBeside(file: string, option: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ProblemError(
      {
        code: option === "--since" ? "since-unreadable" : "trust-unreadable",
        what: option === "--since" ? "the checkpoint cannot be read" : `what ${option} names cannot be read`,
        where: file,
        next:
          option === "--since"
            ? "--since FILE, a checkpoint that somebody outside kept"
            : `${option} FILE, got by another way than the package`,
      },
      { cause: error },
    );
  }
}

/** A checkpoint, or the stamp of one: whichever is named, the other is looked for beside it. */
function readSince(file: string): SinceCheckpoint {
  const { note, stamp } = sinceFiles(file);
  const stamped = stamp !== undefined && (stamp === file || existsSync(stamp));
  return {
    name: file,
    note: readBeside(note, "--since").toString("utf8"),
    ...(stamped ? { stamp: readBeside(stamp, "--since") } : {}),
  };
}

export function verify(shell: Shell, path: string, options: VerifyOptions): void {
  const since = (options.since ?? []).map(readSince);
  const roots = (options.tsaRoot ?? []).map((name) => ({
    name,
    pem: readBeside(name, "--tsa-root").toString(),
  }));
  const verdict = withPackageFile(path, (source) => {
    requireZip(source, path);
    return verifyPackage(source, {
      since,
      timeStampRoots: roots,
      ...(options.policy === undefined
        ? {}
        : { policy: { name: options.policy, text: readBeside(options.policy, "--policy") } }),
      ...(options.key === undefined ? {} : { logKey: options.key }),
      progress: (done, of) =>
        shell.output.progress(`verified ${Math.round((done / Math.max(1, of)) * 100)} %`),
    });
  });
  requireOurs(verdict, path);
  if (options.json === true) shell.output.json(verdict);
  else {
    const { facts } = verdict;
    const { print } = shell.output;
    print(verdict.intact ? `INTACT  ${path}` : `NOT INTACT  ${path}: ${verdict.faults.length} faults`);
    if (facts.sampleData === true) print("SAMPLE DATA: an invented company");
    for (const fault of verdict.faults.slice(0, 50))
      print(`  ${fault.where}: ${fault.message} (${fault.code})`);
    if (verdict.faults.length > 50) print(`  and ${verdict.faults.length - 50} more: --json lists all`);
    if (facts.logKey !== undefined) print(`key     ${facts.logKey.fingerprint.short}`);
    for (const [position, { fingerprint, endedAt, revokedFrom }] of facts.logKeys.slice(0, -1).entries())
      print(
        `before  ${fingerprint?.short ?? "unreadable"}, key ${position + 1} of the log${revokedFrom === undefined ? "" : `, revoked from size ${revokedFrom} on`}${endedAt === undefined ? ", still signing beside it" : ""}`,
      );
    if (facts.checkpoint !== undefined)
      print(`log     ${facts.checkpoint.size} records, root ${facts.checkpoint.root}`);
    for (const words of verdict.intact ? verdict.shows : []) print(`shows   ${words}`);
    for (const words of verdict.doesNotShow) print(`does not show   ${words}`);
  }
  if (!verdict.intact) process.exitCode = 1;
}

/** A zip without any file of a package is somebody else's: a list of what it lacks would only puzzle. */
function requireOurs({ facts, faults }: PackageVerdict, path: string): void {
  const lacks = new Set(faults.filter(({ code }) => code === "file-missing").map(({ where }) => where));
  if (facts.records > 0 || !OURS.every((file) => lacks.has(file))) return;
  throw new ProblemError({
    code: "not-a-package",
    what: "this is not a package that countersign made",
    where: path,
    why: `it is a zip file, and holds none of ${OURS.join(", ")}`,
    next: "give the path of the .zip that countersign package create printed",
  });
}

const OURS = [MANIFEST_PATH, ENVELOPE_PATH, CHECKPOINT_PATH, PACKAGE_INDEX_PATH];

/** A file that is no zip at all deserves a plainer word than a fault in its directory. */
function requireZip(
  source: { size: number; read(offset: number, length: number): Uint8Array },
  path: string,
): void {
  const begins = source.size >= 4 ? Buffer.from(source.read(0, 4)).toString("latin1") : "";
  if (begins.startsWith("PK")) return;
  throw new ProblemError({
    code: "not-a-package",
    what: "this is not a package that countersign made",
    where: path,
    why: "it is not a zip file",
    next: "give the path of the .zip that countersign package create printed",
  });
}

export function reperform(shell: Shell, path: string, options: { readonly json?: boolean }): void {
  const done = withPackageFile(path, (source) => {
    requireZip(source, path);
    return again(source, path, shell.output.progress);
  });
  if (options.json === true) shell.output.json(done);
  else {
    const { print } = shell.output;
    print(
      done.agrees
        ? `RE-PERFORMED  ${done.results} results and ${done.draws} draws of run ${done.run}: the same`
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
  return words;
}
