/** `npm test`: everything that must hold, cheapest first. Each step runs even when an earlier one failed, so that one run shows all. */
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outsideTools } from "../testing/outside-tools.ts";

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
  ["types in the verifier's page", bin("tsc"), ["-p", "packages/verify/page"]],
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

const folder = mkdtempSync(join(tmpdir(), "countersign-check-"));
const toolsLog = join(folder, "tools");
writeFileSync(toolsLog, "");

const failed: string[] = [];
for (const [name, command, args] of steps) {
  const started = performance.now();
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, COUNTERSIGN_TOOLS_LOG: toolsLog },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (error !== undefined) console.error(`${name}: ${error.message}`);
  if (status !== 0) failed.push(name);
  console.log(`${status === 0 ? "✓" : "✗"} ${name} (${seconds} s)`);
}

// Checks by our own code alone would show only that it agrees with itself.
const ran = readFileSync(toolsLog, "utf8").split("\n").filter(Boolean);
for (const [name, { checks }] of Object.entries(outsideTools)) {
  const uses = ran.filter((line) => line.startsWith(`${name} `));
  console.log(
    uses[0] === undefined
      ? `- ${name} did not run (${checks})`
      : `✓ ${uses[0]} ran in ${uses.length} tests (${checks})`,
  );
}
if (process.argv.length === 2 && ran.length === 0) failed.push("outside tools: none was found");
rmSync(folder, { recursive: true });

if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
