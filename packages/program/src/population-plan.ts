/** How the population of a kind is made: as the program plans it, or from the one source that provides it. */
import type { PopulationPlan, Program } from "./model.ts";

/** A kind that one source alone provides needs no entry in the program. */
export function planOf(
  program: Pick<Program, "populations" | "sources">,
  kind: string,
): PopulationPlan | undefined {
  const plan = program.populations.find((candidate) => candidate.kind === kind);
  if (plan !== undefined) return plan;
  const sources = program.sources.filter((source) => source.provides === kind);
  return sources.length === 1 && sources[0] !== undefined
    ? { kind, from: sources[0].id, join: [], reconcile: [] }
    : undefined;
}
