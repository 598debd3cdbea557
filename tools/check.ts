/** `npm test`: everything that must hold, cheapest first. Each step runs even when an earlier one failed, so that one run shows all. */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const bin = (name: string): string => join(root, "node_modules/.bin", name);

const tests = globSync(
  ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "testing/**/*.test.ts", "tools/**/*.test.ts"],
  {
    cwd: root,
  },
);

const steps: readonly (readonly [string, string, readonly string[]])[] = [
  ["types", bin("tsc"), ["-p", "."]],
  // Code that runs inside a page knows the page's globals, and no other code does.
  ["types in the browser", bin("tsc"), ["-p", "testing/browser"]],
  ["lint", bin("eslint"), ["--max-warnings", "0", "."]],
  ["format", bin("prettier"), ["--check", "--log-level", "warn", "."]],
  ["import directions", process.execPath, ["tools/check-imports.ts"]],
  ["tree", process.execPath, ["tools/check-tree.ts"]],
  [
    "tests",
    process.execPath,
    ["--test", "--test-concurrency=2", ...(process.argv.length > 2 ? process.argv.slice(2) : tests)],
  ],
];

const failed: string[] = [];
for (const [name, command, args] of steps) {
  const started = performance.now();
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (error !== undefined) console.error(`${name}: ${error.message}`);
  if (status !== 0) failed.push(name);
  console.log(`${status === 0 ? "✓" : "✗"} ${name} (${seconds} s)`);
}
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
