/** Made-up companies: a program folder each, and beside it what is wrong in it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { LocalDate } from "../../packages/kernel/src/index.ts";
import {
  catalogLock,
  checkExpression,
  parseCatalog,
  parseProgram,
  type ParsedProgram,
  type TextFile,
} from "../../packages/program/src/index.ts";
import type { PersonId } from "../../packages/records/src/index.ts";
import { catalogFiles } from "../../packages/program/src/test-support/files.ts";

export type Planted = {
  readonly code: string;
  /** One of the facts that the gap must name. */
  readonly fact: string;
  readonly story: string;
  readonly mend: readonly { readonly file: string; readonly find: string; readonly put: string }[];
};

export type Profile = {
  readonly name: string;
  readonly day: LocalDate;
  readonly files: ReadonlyMap<string, string>;
  readonly planted: readonly Planted[];
};

export const profileNames = ["llm-api", "model-hosting", "agent-saas"] as const;

export function readProfile(name: string): Profile {
  const folder = join(import.meta.dirname, name, "countersign");
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const { day, gaps } = parse(readFileSync(join(import.meta.dirname, name, "planted.yaml"), "utf8")) as {
    readonly day: LocalDate;
    readonly gaps: readonly Planted[];
  };
  return {
    name,
    day,
    files: new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")])),
    planted: gaps,
  };
}

/** @throws where a mend would change nothing, or more than one place */
export function mended(
  files: ReadonlyMap<string, string>,
  planted: readonly Planted[],
): ReadonlyMap<string, string> {
  const texts = new Map(files);
  for (const { code, mend } of planted)
    for (const { file, find, put } of mend) {
      const parts = (texts.get(file) ?? "").split(find);
      if (parts.length !== 2)
        throw new Error(`${code}: ${file} holds ${JSON.stringify(find)} ${parts.length - 1} times`);
      texts.set(file, parts.join(put));
    }
  return texts;
}

const read = parseCatalog(catalogFiles(), { check: checkExpression });
if (!read.ok) throw new Error("the catalog cannot be read");
const catalog = read.value;

/** Persons stand under their handles. */
export function programOf(files: ReadonlyMap<string, string>): ParsedProgram {
  // The lock names the catalog of this version, whichever it is.
  const all: TextFile[] = [...files, ["catalog.lock", catalogLock(catalog)] as const].map(([path, text]) => ({
    path: `countersign/${path}`,
    text,
  }));
  const parsed = parseProgram(all, catalog, {
    personIdOf: (handle) => handle as PersonId,
    check: checkExpression,
  });
  if (!parsed.ok) throw new Error(parsed.error.map(({ what, where }) => `${where}: ${what}`).join("\n"));
  return parsed.value;
}
