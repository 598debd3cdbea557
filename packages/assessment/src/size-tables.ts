/** Reads a published sample size table of the catalog. None is ever a default: the auditor chooses. */
import type { SampleSizeTable } from "@countersign/program";

/**
 * The size that a table gives for a population; never more than the population.
 * @returns undefined where the table speaks of frequencies only, or its words allow more than one reading
 */
export function sizeFromTable(table: SampleSizeTable, population: number): number | undefined {
  const bySize = table.rows.filter((row) => row.every === undefined || row.every === "item");
  const row = bySize.find((each) => each.through === undefined || population <= each.through);
  const rule = row?.rule;
  if (rule === undefined) return undefined;
  if (rule.all === true) return population;
  const size = rule.fixed ?? Math.ceil((population * (rule.percent ?? 100)) / 100);
  const atLeast = Math.max(size, rule.atLeast ?? 0);
  return Math.min(population, rule.atMost === undefined ? atLeast : Math.min(atLeast, rule.atMost));
}
