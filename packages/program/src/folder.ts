/** Which file of the program folder is which. */
import type { Problem } from "@countersign/kernel";
import { anchorsSchema } from "./anchors.ts";
import { nearest } from "./spelling.ts";
import {
  controlSchema,
  lockSchema,
  peopleSchema,
  programLockSchema,
  programSchema,
  sourcesSchema,
  type Schema,
} from "./schemas.ts";
import { controlOfProcedure } from "./procedures/file.ts";
import { systemSchemas } from "./system/schemas.ts";
import { problemsOf } from "./validate.ts";
import { YamlFile, type TextFile } from "./yaml-file.ts";

const topFiles: { readonly [name: string]: Schema } = {
  "program.yaml": programSchema,
  "people.yaml": peopleSchema,
  "sources.yaml": sourcesSchema,
  "anchors.yaml": anchorsSchema,
  "catalog.lock": lockSchema,
  "program.lock": programLockSchema,
  ...systemSchemas,
};

/** Files that follow their schema. One that does not is left out, and its problems are told. */
export type Folder = {
  readonly program?: YamlFile;
  readonly people?: YamlFile;
  readonly sources?: YamlFile;
  readonly anchors?: YamlFile;
  readonly lock?: YamlFile;
  readonly programLock?: YamlFile;
  /** By file name, in order. */
  readonly controls: readonly YamlFile[];
  /** What describes the system, by file name. */
  readonly system: ReadonlyMap<string, YamlFile>;
  /** The texts of `policies/`, by the name in that folder. */
  readonly policyTexts: ReadonlyMap<string, TextFile>;
  /** The texts of `procedures/`, by control. */
  readonly procedureTexts: ReadonlyMap<string, TextFile>;
  /** The folder as messages name it, with a slash at its end; empty where paths are relative to it. */
  readonly root: string;
  readonly problems: readonly Problem[];
};

export function readFolder(files: readonly TextFile[]): Folder {
  const root = rootOf(files);
  const top = new Map<string, YamlFile>();
  const controls: YamlFile[] = [];
  const policyTexts = new Map<string, TextFile>();
  const procedureTexts = new Map<string, TextFile>();
  const problems: Problem[] = [];
  const present = new Set<string>();
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (!file.path.startsWith(root)) continue;
    const name = file.path.slice(root.length);
    const policy = /^policies\/([^/]+\.(?:md|txt))$/.exec(name)?.[1];
    if (policy !== undefined) policyTexts.set(policy, file);
    const procedure = controlOfProcedure(name);
    if (procedure !== undefined) procedureTexts.set(procedure, file);
    const schema = topFiles[name] ?? (/^controls\/[^/]+\.yaml$/.test(name) ? controlSchema : undefined);
    if (schema === undefined) {
      if (policy !== undefined || procedure !== undefined) continue;
      problems.push(...misnamed(file.path, name));
      continue;
    }
    present.add(name);
    const read = YamlFile.read(file);
    // As `init` leaves one of which nobody has said anything yet: comments alone.
    if (read.ok && read.value.value === null && name in systemSchemas) continue;
    const wrong = read.ok ? problemsOf(read.value, schema) : read.error;
    problems.push(...wrong);
    if (!read.ok || wrong.length > 0) continue;
    if (schema === controlSchema) controls.push(read.value);
    else top.set(name, read.value);
  }
  for (const name of ["program.yaml", "sources.yaml"])
    if (!present.has(name))
      problems.push({
        code: "missing-file",
        what: `there is no ${name}`,
        where: `${root}${name}`,
        next: "countersign init",
      });
  const [program, people] = [top.get("program.yaml"), top.get("people.yaml")];
  const [sources, lock] = [top.get("sources.yaml"), top.get("catalog.lock")];
  const anchors = top.get("anchors.yaml");
  const programLock = top.get("program.lock");
  return {
    ...(program && { program }),
    ...(people && { people }),
    ...(sources && { sources }),
    ...(anchors && { anchors }),
    ...(lock && { lock }),
    ...(programLock && { programLock }),
    controls,
    system: new Map([...top].filter(([name]) => name in systemSchemas)),
    policyTexts,
    procedureTexts,
    root,
    problems,
  };
}

/** The folder that holds `program.yaml`, the one nearest to the top where there are several. */
function rootOf(files: readonly TextFile[]): string {
  const roots = files
    .filter(({ path }) => /(?:^|\/)(?:program\.yaml|sources\.yaml)$/.test(path))
    .map(({ path }) => path.slice(0, path.lastIndexOf("/") + 1));
  return roots.sort((a, b) => a.length - b.length)[0] ?? "";
}

/** A file that was meant to be read and would be passed over in silence. Other files may lie here as they like. */
function misnamed(path: string, name: string): readonly Problem[] {
  const asYaml = name.replace(/\.(?:yml|json)$/i, ".yaml");
  const meant =
    asYaml !== name && (asYaml in topFiles || asYaml.startsWith("controls/"))
      ? asYaml
      : name.includes("/")
        ? undefined
        : nearest(name, Object.keys(topFiles));
  if (meant === undefined || !/\.(?:ya?ml|json|lock)$/i.test(name)) return [];
  return [
    {
      code: "wrong-file-name",
      what: `${path} is not read under this name`,
      where: path,
      next: `Name it ${meant}.`,
    },
  ];
}
