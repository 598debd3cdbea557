/**
 * `npm run bench`: what is fast, beside a floor measured in the same run. Each figure is the median of several processes,
 * so that a process's peak memory is its own. `--sizes 1000,100000`, `--only census,package,append,job`, `--runs 3`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { TaskResult } from "./harness/task.ts";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000,100000" },
    only: { type: "string", default: "census,package,append,job" },
    runs: { type: "string", default: "3" },
  },
});
const sizes = values.sizes.split(",").map(Number);
const only = new Set(values.only.split(","));
const runs = Number(values.runs);

type Row = {
  readonly work: string;
  readonly ours: string;
  readonly floor: string;
  readonly ratio: number | undefined;
  readonly goal: string;
  readonly peakMiB: number | undefined;
};
const rows: Row[] = [];

function task(name: string, ...args: readonly (string | number)[]): TaskResult {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "tasks", `${name}.ts`), ...args.map(String)],
    { encoding: "utf8", maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as TaskResult;
}

/** CPU time of a task's one measurement: the machine may be shared, and waiting is not work. */
function cpu(result: TaskResult, key: string): number {
  const measured = result.measured[key];
  if (measured === undefined) throw new Error(`no measurement ${key}`);
  return measured.userMs + measured.systemMs;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

function repeated(work: () => TaskResult, key: string): { ms: number; wallMs: number; peakMiB: number } {
  const results = Array.from({ length: runs }, work);
  return {
    ms: median(results.map((result) => cpu(result, key))),
    wallMs: median(results.map((result) => result.measured[key]?.wallMs ?? Number.NaN)),
    peakMiB: Math.max(...results.map((result) => result.peakMiB)),
  };
}

const ms = (value: number): string =>
  value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`;

function add(row: Row): void {
  rows.push(row);
  const ratio = row.ratio === undefined ? "" : `${row.ratio.toFixed(2)}×`;
  const peak = row.peakMiB === undefined ? "" : `${row.peakMiB.toFixed(0)} MiB`;
  console.log(
    `${row.work.padEnd(52)} ${row.ours.padStart(10)} ${row.floor.padStart(10)} ${ratio.padStart(7)}  goal ${row.goal.padEnd(16)} ${peak}`,
  );
}

const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"));
try {
  console.log(`${"work".padEnd(52)} ${"ours".padStart(10)} ${"floor".padStart(10)}   ratio`);
  for (const size of sizes) {
    const words = size.toLocaleString("en-US");
    if (only.has("census") || only.has("package")) {
      const home = join(folder, `w${size}`);
      const prepared = task("prepare", home, size);
      const digest = String(prepared.facts.digest);
      const blobs = join(home, ".countersign/blobs/bench");
      const list = join(blobs, digest.slice(7, 9), digest.slice(7));
      if (only.has("census")) {
        for (const mode of ["count", "lines"] as const) {
          const floor = repeated(() => task("census-floor", list, mode, join(folder, "floor.out")), "floor");
          const ours = repeated(() => task("census-ours", blobs, digest, size, mode), "census");
          add({
            work: `census of ${words} × 5${mode === "lines" ? ", writing results" : ""}`,
            ours: ms(ours.ms),
            floor: ms(floor.ms),
            ratio: ours.ms / floor.ms,
            goal: "≤ 2×, < 1 GiB",
            peakMiB: ours.peakMiB,
          });
        }
      }
      if (only.has("package")) {
        const zip = join(folder, `p${size}.zip`);
        const created = task("package-create", home, zip);
        add({
          work: `package of ${words}: create`,
          ours: ms(cpu(created, "create")),
          floor: "",
          ratio: undefined,
          goal: "none",
          peakMiB: created.peakMiB,
        });
        const floor = repeated(() => task("package-floor", zip), "floor");
        const ours = repeated(() => task("package-verify", zip), "verify");
        add({
          work: `package of ${words}: verify`,
          ours: ms(ours.ms),
          floor: ms(floor.ms),
          ratio: ours.ms / floor.ms,
          goal: "≤ 2.5×, < 300 MB",
          peakMiB: ours.peakMiB,
        });
      }
    }
  }
  if (only.has("append")) {
    const result = task("append", join(folder, "append"), 20_000);
    const floor = result.measured.floor?.wallMs ?? Number.NaN;
    const ours = result.measured.append?.wallMs ?? Number.NaN;
    add({
      work: "durable append of 20,000 records, batches of 256",
      ours: ms(ours),
      floor: ms(floor),
      ratio: floor / ours,
      goal: "≥ 0.6×",
      peakMiB: undefined,
    });
    add({
      work: "… acknowledged and published, one at a time: p50",
      ours: `${String(result.facts.p50)} ms`,
      floor: `${String(result.facts.fdatasyncP50)} ms`,
      ratio: undefined,
      goal: "250 ms",
      peakMiB: undefined,
    });
    add({
      work: "… p99 (floor: fdatasync p99)",
      ours: `${String(result.facts.p99)} ms`,
      floor: `${String(result.facts.fdatasyncP99)} ms`,
      ratio: undefined,
      goal: "250 ms",
      peakMiB: undefined,
    });
  }
  if (only.has("job")) {
    const started = performance.now();
    const launcher = join(import.meta.dirname, "../apps/cli/bin/countersign.js");
    const { status, stderr } = spawnSync(process.execPath, [launcher, "start"], {
      cwd: folder,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    add({
      work: "the main job on the sample company, 1,000 changes",
      ours: ms(performance.now() - started),
      floor: "",
      ratio: undefined,
      goal: "< 60 s",
      peakMiB: undefined,
    });
  }
  const out = join(import.meta.dirname, "results");
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "latest.json"), `${JSON.stringify({ runs, rows }, undefined, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
