/** Rules of the house that no linter knows: file length, focused tests, names of private places. The exceptions must be needed. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const LINES_MAX = 400;
/** A list of cases may be longer than a thing that is read as a whole. */
const TEST_LINES_MAX = 500;

/** Longer than the limit, with the reason. */
const longFiles: { readonly [file: string]: string } = {};

const forbidden: readonly (readonly [RegExp, string])[] = [
  [/\b(?:test|describe|it)\.only\(/, "a focused test"],
  [/@ts-(?:ignore|nocheck)/, "a hole in the types"],
  [/\bFIXME\b|\bTODO\b/, "work left for later"],
];

export function checkTree(): string[] {
  const faults: string[] = [];
  const files = execFileSync(
    "git",
    ["ls-files", "-co", "--exclude-standard", "*.ts", "*.js", "*.py", "*.sql"],
    {
      cwd: root,
      encoding: "utf8",
    },
  )
    .split("\n")
    .filter((file) => file !== "");
  const needed = new Set<string>();
  for (const file of files) {
    let text: string;
    try {
      text = readFileSync(join(root, file), "utf8");
    } catch {
      continue; // deleted in the work tree
    }
    const lines = text.split("\n").length - 1;
    const most = file.endsWith(".test.ts") ? TEST_LINES_MAX : LINES_MAX;
    if (lines > most) {
      if (longFiles[file] === undefined) faults.push(`${file}: ${lines} lines, at most ${most}`);
      needed.add(file);
    }
    if (file === "tools/check-tree.ts") continue;
    for (const [pattern, words] of forbidden) {
      const at = text.search(pattern);
      if (at >= 0) faults.push(`${file}:${text.slice(0, at).split("\n").length}: ${words}`);
    }
  }
  for (const file of Object.keys(longFiles))
    if (!needed.has(file)) faults.push(`tools/check-tree.ts: ${file} no longer needs its exception`);
  return faults;
}

if (import.meta.main) {
  const faults = checkTree();
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
