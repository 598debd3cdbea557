/** A rehearsal: the rehearsed days are read, reconciled and assessed as the window will be, and nothing is recorded. */
import { localDateAt, ProblemError, type EpochMs, type TimeZone } from "@countersign/kernel";
import { rehearsalVerdicts, type RehearsedControl, type Summary } from "@countersign/assessment";
import type { Program } from "@countersign/program";
import type { PopulationBody, WindowBody } from "@countersign/records";
import { makeRecord } from "../append.ts";
import { assessUnrecorded } from "../assess.ts";
import { collect } from "../collect.ts";
import type { Context } from "../context.ts";
import { loadState } from "../log-state.ts";
import type { LoadedProgram } from "../program.ts";
import { preparePopulations } from "../reconcile.ts";
import { forgetful } from "./forgetful.ts";

/** What came of one source: the list as it would be recorded, or why there is none. */
export type RehearsedRead =
  | { readonly source: string; readonly read: Pick<PopulationBody, "kind" | "items" | "extraction"> }
  | { readonly source: string; readonly unread: string };

export type Rehearsal = {
  readonly window: WindowBody;
  /** That it is for. */
  readonly of: WindowBody;
  readonly reads: readonly RehearsedRead[];
  readonly controls: readonly RehearsedControl[];
  readonly summary: Summary;
};

/**
 * @param loaded the program as its folder says it now
 * @param window the rehearsed days, none of them in the program's window (`rehearsalWindow`)
 * @param scratch where bytes go that are read; the caller removes it
 */
export async function rehearse(
  ctx: Context,
  loaded: LoadedProgram,
  window: WindowBody,
  scratch: Pick<Context, "blobs" | "lists">,
  asOf: EpochMs,
): Promise<Rehearsal> {
  const rehearsing = await forgetful(ctx, scratch);
  const program: Program = { ...loaded.program, window };
  // Outages that the folder declares are recorded with the program; here they count as if they were.
  await rehearsing.store.transaction(ctx.organization, (tx) =>
    tx.appendAll(loaded.gaps.map((gap) => makeRecord(rehearsing, "source.gap", gap.source, gap))),
  );
  const reads: RehearsedRead[] = [];
  for (const { id } of program.sources) reads.push(await readOne(rehearsing, { ...loaded, program }, id));
  await preparePopulations(rehearsing, program);
  const summary = assessUnrecorded(rehearsing, await loadState(rehearsing), asOf, {
    program,
    warnings: [],
  });
  const today = localDateAt(window.zone as TimeZone, asOf);
  const unread = new Map(reads.flatMap((each) => ("unread" in each ? [[each.source, each.unread]] : [])));
  const starts = loaded.program.window.from;
  const controls = rehearsalVerdicts({
    program,
    summary,
    people: loaded.people,
    startsOn: starts > today ? starts : today,
    unread,
  });
  return { window, of: loaded.program.window, reads, controls, summary };
}

/** A source that cannot be read is what a rehearsal is there to find: the others are read all the same. */
async function readOne(
  ctx: Context,
  { program, people }: LoadedProgram,
  source: string,
): Promise<RehearsedRead> {
  try {
    const collected = await collect(ctx, program, people, source);
    if (collected.outcome === "collected") {
      const { kind, items, extraction } = collected.body;
      return { source, read: { kind, items, extraction } };
    }
    return { source, unread: collected.outcome === "failed" ? collected.reasons.join("; ") : "not read" };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const [problem] = error.problems;
    const { what, why } = problem ?? { what: error.message, why: undefined };
    return { source, unread: why === undefined ? what : `${what} (${why})` };
  }
}
