/** The main job as a person starts it: the real command, from an empty folder to the first screen. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LocalDate, TimeZone } from "@countersign/kernel";
import { generateSample, writeSample } from "@countersign/sample";
import { duration, type Table } from "../harness/table.ts";

const launcher = join(import.meta.dirname, "../../apps/cli/bin/countersign.js");
const MINUTE_MS = 60_000;
const FROM = "2025-07-01" as LocalDate;
const THROUGH = "2026-06-30" as LocalDate;

export async function job(table: Table, folder: string): Promise<void> {
  const company = generateSample({
    seed: 7,
    from: FROM,
    through: THROUGH,
    zone: "UTC" as TimeZone,
    changes: 1000,
  });
  const written = join(folder, "company");
  await writeSample(company, written);
  const repository = company.repositories[0];
  if (repository === undefined) throw new Error("the sample has no repository");
  // The sample's changes lie in two repositories; a thousand of them, and a few outside the window.
  const path = join(written, repository.path);
  run(table, folder, "start --repo on a year of a sample repository", [
    "start",
    "--repo",
    path,
    "--from",
    FROM,
    "--through",
    THROUGH,
  ]);
  run(table, folder, "start on the sample company: 1,000 changes, 40 sources", ["start"]);
  const bare = ["--help"];
  run(table, folder, "--help", bare, false);
}

function run(table: Table, folder: string, work: string, args: readonly string[], hasGoal = true): void {
  const cwd = join(folder, work.replaceAll(/[^a-z]+/g, "-"));
  mkdirSync(cwd, { recursive: true });
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [launcher, ...args], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, DATABASE_URL: "", NO_COLOR: "1" },
  });
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  table.add({
    work: `the main job: ${work}`,
    ours: duration(wall),
    ...(hasGoal ? { goal: "< 60 s", met: wall < MINUTE_MS } : {}),
  });
}
