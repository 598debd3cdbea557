/** The repository's own catalog and small program folders for tests. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatProblem, type Problem, type Result } from "@countersign/kernel";
import type { PersonId } from "@countersign/records";
import {
  catalogLock,
  checkExpression,
  parseCatalog,
  parseProgram,
  type Catalog,
  type ParsedProgram,
  type TextFile,
} from "../index.ts";

const folder = fileURLToPath(new URL("../../../../catalog/", import.meta.url));

export function catalogFiles(): readonly TextFile[] {
  const names = [
    ...readdirSync(folder).filter((name) => name.endsWith(".yaml")),
    ...readdirSync(`${folder}controls`).map((name) => `controls/${name}`),
  ];
  return names.map((name) => ({ path: `catalog/${name}`, text: readFileSync(folder + name, "utf8") }));
}

/** The files with one of them exchanged, removed (undefined) or added. */
export function withFile(
  files: readonly TextFile[],
  path: string,
  text: string | undefined,
): readonly TextFile[] {
  const others = files.filter((file) => file.path !== path);
  return text === undefined ? others : [...others, { path, text }];
}

let shared: Catalog | undefined;

export function starter(): Catalog {
  shared ??= valueOf(parseCatalog(catalogFiles(), { check: checkExpression }));
  return shared;
}

export const personIdOf = (handle: string): PersonId => `p-${handle}` as PersonId;

export const plain: { readonly [path: string]: string } = {
  "program.yaml": `organization: { id: example, name: Example }
window: { from: 2025-07-01, through: 2026-06-30, zone: America/New_York }
`,
  "sources.yaml": "sources: []\n",
  "catalog.lock": catalogLock(starter()),
};

/** Reads a program folder: the plain one, with some of its files exchanged. */
export function read(files: { readonly [path: string]: string }): Result<ParsedProgram, readonly Problem[]> {
  const all = Object.entries({ ...plain, ...files }).map(([path, text]) => ({
    path: `countersign/${path}`,
    text,
  }));
  return parseProgram(all, starter(), { personIdOf, check: checkExpression });
}

export function parsed(files: { readonly [path: string]: string }): ParsedProgram {
  return valueOf(read(files));
}

/** What a person is told, or "" where nothing is wrong. */
export function told(files: { readonly [path: string]: string }): string {
  return textOf(read(files));
}

export function textOf(result: Result<unknown, readonly Problem[]>): string {
  return result.ok ? "" : result.error.map(formatProblem).join("\n");
}

export function valueOf<T>(result: Result<T, readonly Problem[]>): T {
  if (!result.ok) throw new Error(textOf(result));
  return result.value;
}
