/**
 * The invented company lives in its own year, so its clock is invented as well: otherwise all of its evidence would have
 * been recorded after its window. The clock stands in the workspace, and only a program marked as sample data has one.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { EpochMs } from "@countersign/kernel";
import type { Home } from "./home.ts";

export type SampleClock = {
  now(): EpochMs;
  /** Never goes back. */
  advanceTo(at: EpochMs): void;
};

type Stored = { readonly sampleTime: EpochMs; readonly machineTime: EpochMs };

const pathOf = (home: Home): string => join(home.workspace, "sample-clock.json");

export function startSampleClock(home: Home, at: EpochMs): void {
  mkdirSync(dirname(pathOf(home)), { recursive: true, mode: 0o700 });
  write(home, { sampleTime: at, machineTime: Date.now() });
}

export function sampleClockOf(home: Home): SampleClock | undefined {
  if (!existsSync(pathOf(home))) return undefined;
  let stored = JSON.parse(readFileSync(pathOf(home), "utf8")) as Stored;
  const now = (): EpochMs => stored.sampleTime + Math.max(0, Date.now() - stored.machineTime);
  return {
    now,
    advanceTo(at) {
      if (at <= now()) return;
      stored = { sampleTime: at, machineTime: Date.now() };
      write(home, stored);
    },
  };
}

function write(home: Home, stored: Stored): void {
  writeFileSync(pathOf(home), `${JSON.stringify(stored)}\n`, { mode: 0o600 });
}
