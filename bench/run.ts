/**
 * `npm run bench`: what is fast, beside a floor measured in the same run (README.md says what each row is). Every figure
 * is the middle of several processes. `--sizes 1000,100000`, `--only log,census,readiness,package,append,job`, `--runs 3`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { arch, availableParallelism, loadavg, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Table } from "./harness/table.ts";
import { append } from "./suites/append.ts";
import { census } from "./suites/census.ts";
import { job } from "./suites/job.ts";
import { logs } from "./suites/log.ts";
import { packages } from "./suites/package.ts";
import { readinessOf } from "./suites/readiness.ts";
import { prepare } from "./world/prepared.ts";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000,100000" },
    only: { type: "string", default: "log,census,readiness,package,append,job" },
    runs: { type: "string", default: "3" },
  },
});
const only = new Set(values.only.split(","));
const runs = Number(values.runs);
const machine = {
  cores: availableParallelism(),
  platform: `${platform()} ${arch()}`,
  node: process.version,
  load: loadavg()[0],
};
process.stdout.write(
  `${machine.cores} cores, ${machine.platform}, Node ${machine.node}, load ${machine.load?.toFixed(1) ?? "unknown"} at the start; CPU time (time on the clock)\n\n`,
);

const table = new Table();
const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"));
try {
  if (only.has("log"))
    for (const size of values.sizes.split(",").map(Number)) logs(table, folder, size, runs);
  if (only.has("census") || only.has("readiness") || only.has("package"))
    for (const size of values.sizes.split(",").map(Number)) {
      const prepared = prepare(table, folder, size);
      if (only.has("census")) census(table, prepared, runs);
      if (only.has("readiness")) readinessOf(table, prepared, runs);
      if (only.has("package")) packages(table, prepared, runs);
      rmSync(prepared.home, { recursive: true, force: true });
    }
  if (only.has("append")) append(table, folder);
  if (only.has("job")) await job(table, folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
  const results = join(import.meta.dirname, "results");
  mkdirSync(results, { recursive: true });
  const taken = { at: new Date().toISOString(), machine, runs, rows: table.rows };
  writeFileSync(join(results, "latest.json"), `${JSON.stringify(taken, undefined, 2)}\n`);
}
