/** Which version of which population counts, and how complete it was shown to be. */
import { ProblemError } from "@countersign/kernel";
import type { PopulationUse } from "@countersign/assessment";
import { planOf, type Program } from "@countersign/program";
import type { StateRow } from "@countersign/records";
import type { LogState } from "./log-state.ts";

export type PopulationRow = StateRow<"population.collected">;

/** Everything that the records say of populations. */
export type PopulationState = {
  readonly collected: readonly PopulationRow[];
  readonly reconciled: readonly StateRow<"population.reconciled">[];
  readonly resolved: readonly StateRow<"difference.resolved">[];
  readonly frozen: readonly StateRow<"population.frozen">[];
  readonly failed: readonly StateRow<"collection.failed">[];
};

export function populationsOf(state: LogState): PopulationState {
  return {
    collected: state.rows("population.collected"),
    reconciled: state.rows("population.reconciled"),
    resolved: state.rows("difference.resolved"),
    frozen: state.rows("population.frozen"),
    failed: state.rows("collection.failed"),
  };
}

/** The name of the population that is joined from several sources. */
export const joinedName = (kind: string): string => `joined-${kind}`;

export function latest(state: PopulationState, population: string): PopulationRow | undefined {
  return state.collected.filter((row) => row.body.population === population).at(-1);
}

/** A population by its name, its record, or name and version (`history@2`); the newest where no version is named. */
export function findPopulation(state: PopulationState, wanted: string): PopulationRow {
  const [name, version] = wanted.split("@");
  const found = state.collected.filter(
    (row) =>
      row.record === wanted ||
      (row.body.population === name && (version === undefined || String(row.body.version) === version)),
  );
  const row = found.at(-1);
  if (row !== undefined) return row;
  const known = [...new Set(state.collected.map((each) => each.body.population))].join(", ");
  throw new ProblemError({
    code: "unknown-population",
    what: `no population ${JSON.stringify(wanted)} was collected`,
    why: known === "" ? "nothing was collected yet" : `there are ${known}`,
    next: "countersign population list",
  });
}

/** The population that the assessment uses for a kind: the joined one where the plan joins, else the plan's own source. */
export function populationFor(
  program: Program,
  state: PopulationState,
  kind: string,
): PopulationRow | undefined {
  const plan = planOf(program, kind);
  if (plan === undefined) return undefined;
  const base = latest(state, plan.from);
  if (plan.join.length === 0) return base;
  const joined = latest(state, joinedName(kind));
  // A join of older versions than the newest pulls is stale: it is made again before an assessment.
  return joined ?? base;
}

/** The claims about a population's completeness, each by itself. */
export function useOf(state: PopulationState, row: PopulationRow): PopulationUse {
  const { body } = row;
  const records = new Set([row.record, ...body.joinedFrom]);
  const frozen = state.frozen.find((each) => each.body.record === row.record);
  return {
    population: body.population,
    record: row.record,
    source: body.source,
    kind: body.kind,
    count: body.items.count,
    root: body.items.root,
    extraction: body.extraction,
    completeness: completeness(state, records),
    frozen: frozen !== undefined,
    warnings: [...body.cautions, ...(frozen?.body.warnings ?? [])],
  };
}

/**
 * What the reconciliations with other populations come to. Each other population has its own last word, and one that
 * agrees does not hide another that does not.
 */
function completeness(state: PopulationState, records: ReadonlySet<string>): PopulationUse["completeness"] {
  const byPair = new Map<string, StateRow<"population.reconciled">>();
  for (const row of state.reconciled) {
    const { left, right } = row.body;
    if (records.has(left.record) || records.has(right.record))
      byPair.set([left.population, right.population].sort().join("\n"), row);
  }
  const pairs = [...byPair.values()].map((row) => {
    const { reconciliation, onlyLeft, onlyRight, duplicates } = row.body;
    const resolved = new Set(
      state.resolved
        .filter((each) => each.body.reconciliation === reconciliation)
        .flatMap((each) => each.body.ids),
    ).size;
    const unresolved = Math.max(0, onlyLeft.count + onlyRight.count + duplicates.count - resolved);
    return { reconciliation: row.record, unresolved, resolved };
  });
  const worst = pairs.toSorted((a, b) => a.unresolved - b.unresolved).at(-1);
  if (worst === undefined)
    return { state: "not-shown", reason: "one source only: nothing independent to compare it with" };
  const sum = (member: "unresolved" | "resolved") => pairs.reduce((total, pair) => total + pair[member], 0);
  return worst.unresolved > 0
    ? {
        state: "differences",
        reconciliation: worst.reconciliation,
        unresolved: sum("unresolved"),
        resolved: sum("resolved"),
      }
    : { state: "reconciled", reconciliation: worst.reconciliation, resolved: sum("resolved") };
}
