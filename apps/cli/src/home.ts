/** Where a company's program and workspace are: a folder that holds `countersign/` and `.countersign/`. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { ProblemError } from "@countersign/kernel";
import type { TextFile } from "@countersign/program";

export type Home = {
  /** Absolute. */
  readonly root: string;
  readonly program: string;
  readonly workspace: string;
};

export function homeAt(root: string): Home {
  const absolute = resolve(root);
  return {
    root: absolute,
    program: join(absolute, "countersign"),
    workspace: join(absolute, ".countersign"),
  };
}

/** `--workspace`, else the nearest folder upward that holds a program. */
export function findHome(named: string | undefined, from: string): Home {
  if (named !== undefined) {
    const base = basename(resolve(named));
    const home = homeAt(base === ".countersign" || base === "countersign" ? dirname(resolve(named)) : named);
    if (existsSync(join(home.program, "program.yaml"))) return home;
    throw new ProblemError({
      code: "no-program-folder",
      what: `${named} holds no countersign/program.yaml`,
      where: home.root,
      next: `countersign init --workspace ${named}`,
    });
  }
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "countersign", "program.yaml"))) return homeAt(folder);
    if (folder === dirname(folder)) break;
  }
  throw new ProblemError({
    code: "no-program-folder",
    what: "there is no countersign/program.yaml here or in a folder above",
    where: resolve(from),
    next: "countersign init, or name a folder that holds one with --workspace",
  });
}

/** Every YAML file of the program folder, its two locks and the texts of policies and procedures, with paths as people see them. */
export function programFiles(home: Home): TextFile[] {
  const files: TextFile[] = [];
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) {
        if (name === "controls" || name === "policies" || name === "procedures") walk(path);
      } else if (/\.(?:ya?ml|md|txt)$/.test(name) || /^(?:catalog|program)\.lock$/.test(name))
        files.push({ path: relative(home.root, path), text: readFileSync(path, "utf8") });
    }
  };
  walk(home.program);
  return files;
}
