/** The invented company as a journey needs it: its files before anything was read, or a home in which the main job has run. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { epochOf, type EpochMs, type LocalDate, type TimeZone } from "../../packages/kernel/src/index.ts";
import { generateSample, plantedFacts } from "../../packages/sample/src/index.ts";
import { sampleHome } from "../../apps/cli/src/commands/demo.ts";
import { homeAt } from "../../apps/cli/src/home.ts";
import { startSampleClock } from "../../apps/cli/src/sample-clock.ts";
import type { Place } from "./support.ts";

/** As `start` makes it. */
export const company = generateSample({
  seed: 7,
  from: "2025-07-01" as LocalDate,
  through: "2026-06-30" as LocalDate,
  zone: "America/New_York" as TimeZone,
});
export const planted = plantedFacts(company);

/** Writes program folder, exports and repositories below `folder`; nothing is read yet, and the clock stands at the sample's date. */
export async function writeCompany(place: Place, folder: string): Promise<void> {
  const quiet = { print: () => {}, json: () => {}, progress: () => {}, note: () => {} };
  const style = (text: string) => text;
  await sampleHome(
    {
      environment: {
        databaseUrl: undefined,
        color: false,
        terminal: false,
        columns: 80,
        variable: () => undefined,
      },
      output: { ...quiet, bold: style, dim: style },
      cwd: place.folder,
    },
    join(place.folder, folder),
  );
  setClock(place, folder, epochOf(company.asOf));
}

/** Only a program that is marked as sample data may have such a clock. */
export function setClock(place: Place, folder: string, at: EpochMs): void {
  const home = homeAt(join(place.folder, folder));
  rmSync(join(home.workspace, "sample-clock.json"), { force: true });
  startSampleClock(home, at);
}

/** Rewrites the rows below a CSV file's header. */
export function editRows(
  place: Place,
  path: string,
  edit: (rows: readonly string[]) => readonly string[],
): void {
  const text = place.read(path);
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const [header = "", ...rows] = text.split(end).filter((line) => line !== "");
  place.write(path, [header, ...edit(rows), ""].join(end));
}
