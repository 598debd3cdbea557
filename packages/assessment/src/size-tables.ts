/**
 * Published sample sizes, as data: there is no official table, and the published ones differ by a factor of five and
 * more. None is ever a default; a draw names the table that its size was taken from, or says that the auditor set it.
 */

export type SizeRule =
  | { readonly kind: "all" }
  | { readonly kind: "fixed"; readonly size: number }
  /** A share of the population, rounded up. */
  | { readonly kind: "percent"; readonly percent: number };

export type SizeTable = {
  readonly id: string;
  readonly title: string;
  /** Where it was published. */
  readonly source: string;
  /** What it says of itself: confidence, rates, and to what it applies. */
  readonly basis: string;
  readonly rows: readonly {
    /** The last population size of the row; absent in the last row. */
    readonly through?: number;
    readonly rule: SizeRule;
  }[];
};

export const sizeTables: readonly SizeTable[] = [
  {
    id: "40-cfr-80.127",
    title: "40 CFR 80.127",
    source: "40 CFR 80.127, a United States regulation for fuel audits",
    basis: "95 percent confidence, no deviation expected, 10 percent tolerable",
    rows: [
      { through: 19, rule: { kind: "all" } },
      { through: 25, rule: { kind: "fixed", size: 19 } },
      { through: 40, rule: { kind: "fixed", size: 20 } },
      { through: 65, rule: { kind: "fixed", size: 25 } },
      { rule: { kind: "fixed", size: 29 } },
    ],
  },
  {
    id: "assurancelab",
    title: "AssuranceLab",
    source: "knowledge.assurancelab.cpa, sample tests",
    basis: "a firm's own table, without a stated confidence",
    rows: [
      { through: 5, rule: { kind: "all" } },
      { through: 50, rule: { kind: "fixed", size: 5 } },
      { through: 250, rule: { kind: "percent", percent: 10 } },
      { rule: { kind: "fixed", size: 25 } },
    ],
  },
];

/** The size that a table gives for a population; never more than the population. */
export function sizeFromTable(table: SizeTable, population: number): number {
  const row = table.rows.find((each) => each.through === undefined || population <= each.through);
  const rule = row?.rule ?? { kind: "all" };
  if (rule.kind === "all") return population;
  const size = rule.kind === "fixed" ? rule.size : Math.ceil((population * rule.percent) / 100);
  return Math.min(population, size);
}
