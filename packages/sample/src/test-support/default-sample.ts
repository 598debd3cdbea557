/** One default sample for all tests of this package: made once, never changed. */
import type { LocalDate, TimeZone } from "@countersign/kernel";
import { generateSample, type SampleCompany, type SampleOptions } from "../generate.ts";

export const DEFAULT_OPTIONS: SampleOptions = {
  seed: 1,
  from: "2025-07-01" as LocalDate,
  through: "2026-06-30" as LocalDate,
  zone: "America/New_York" as TimeZone,
};

let shared: SampleCompany | undefined;

export function defaultSample(): SampleCompany {
  shared ??= generateSample(DEFAULT_OPTIONS);
  return shared;
}

export function textOf(sample: SampleCompany, path: string): string {
  const file = sample.files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`the sample has no file ${path}`);
  return Buffer.from(file.bytes).toString("utf8");
}
