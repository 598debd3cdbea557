/** An assessment's input over one prepared list of changes, without a database. */
import type { LocalDate } from "@countersign/kernel";
import { parsePeriod, intervalOf } from "@countersign/kernel";
import type { AssessmentInput } from "@countersign/assessment";
import { initialProgram } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import { loadCatalog, parseFolder } from "../../apps/cli/src/session.ts";
import { withFiveRules } from "./rules.ts";

export const RECORD = "rec_bench";
const AS_OF = Date.UTC(2026, 6, 2);

/** @param items their number, as their record would say it. */
export function changesInput(items: number): AssessmentInput {
  const catalog = loadCatalog();
  const files = initialProgram({
    organization: { id: "bench", name: "Benchmark" },
    window: { from: "2025-07-01" as LocalDate, through: "2026-06-30" as LocalDate, zone: "UTC" },
    categories: ["security"],
    sources: [
      { id: "history", connector: "git", provides: "change", repositories: [{ name: "api", path: "." }] },
    ],
    catalog,
    sampleData: true,
  });
  const { program } = parseFolder(files, catalog, (handle) => handle as PersonId, AS_OF);
  const period = parsePeriod(program.window.from, program.window.through, program.window.zone);
  if (!period.ok) throw new Error(period.error);
  return {
    program: withFiveRules(program),
    mode: "window",
    asOf: AS_OF,
    performances: [],
    gaps: [],
    notApplicable: [],
    exceptions: [],
    responses: [],
    withdrawals: [],
    recordedAfterWindow: 0,
    populations: [
      {
        use: {
          population: "history",
          record: RECORD,
          source: "history",
          kind: "change",
          count: items,
          root: "",
          extraction: { state: "complete", proof: "the generator ended" },
          completeness: { state: "not-shown", reason: "one source only" },
          frozen: false,
          warnings: [],
        },
        covers: intervalOf(period.value),
        lacks: [],
      },
    ],
  };
}
