/** Carried deviations with their retest, from the newest run of each window that began after they were carried. */
import type { EpochMs, LocalDate, TimeZone } from "@countersign/kernel";
import {
  nextRetest,
  retestOf,
  seenOf,
  type CarriedDeviation,
  type NextRetest,
  type Retest,
  type Seen,
} from "@countersign/assessment";
import type { WindowBody } from "@countersign/records";
import type { Context } from "../context.ts";
import type { LogState } from "../log-state.ts";
import { readProgram, recordedProgram } from "../program.ts";
import { itemLinesOf, linesOf, occurrenceIn } from "../read-list.ts";

export type CarriedNow = CarriedDeviation & {
  /** The window in which it was found, and the record that carried it. */
  readonly found: WindowBody;
  readonly rolledForward: string;
  readonly retest: Retest;
  /** By when the newest response means to have acted. */
  readonly action?: LocalDate;
  /** Where it is not retested yet. */
  readonly next?: NextRetest;
  /** No window after it was assessed yet. */
  readonly notAssessed?: boolean;
};

/** In the order in which they were carried. */
export function carriedNow(ctx: Pick<Context, "blobs">, log: LogState, asOf: EpochMs): readonly CarriedNow[] {
  const rolled = log.rows("window.rolled-forward");
  if (rolled.length === 0) return [];
  const { program } = recordedProgram(ctx, log);
  const zone = program.window.zone as TimeZone;
  const carried = rolled.flatMap(({ record, body }) =>
    (body.carried.count === 0 ? [] : [...itemLinesOf(ctx.blobs, body.carried)]).flatMap((line) =>
      // Erased with its item: its record and its count stay.
      "item" in line
        ? [{ ...(line.item as unknown as CarriedDeviation), found: body.previous, rolledForward: record }]
        : [],
    ),
  );
  const runs = newestRuns(log, rolled[0]?.body.next.from);
  const seen = seenIn(ctx, runs, carried);
  const actions = actionsOf(log);
  return carried.map((each): CarriedNow => {
    const action = actions.get(each.id);
    const retest = retestOf(seen.get(each.id) ?? [], action, zone);
    return {
      ...each,
      retest,
      ...(action !== undefined && { action }),
      ...(retest.state === "not-yet" && { next: nextRetest(each, program, asOf) }),
      ...(!runs.some(({ body }) => body.window.from > each.found.through) && { notAssessed: true }),
    };
  });
}

/** How many carried deviations were erased with their items: an erasure hides none of them. */
export function carriedErased(ctx: Pick<Context, "blobs">, log: LogState): number {
  return log
    .rows("window.rolled-forward")
    .filter(({ body }) => body.carried.count > 0)
    .flatMap(({ body }) => [...itemLinesOf(ctx.blobs, body.carried)])
    .filter((line) => !("item" in line)).length;
}

/** Of each window from that of the first roll-forward on, the newest run over it. */
function newestRuns(log: LogState, from: LocalDate | undefined) {
  const runs = log
    .rows("assessment.run")
    .filter(({ body }) => body.mode === "window" && from !== undefined && body.window.from >= from);
  return [...new Map(runs.map((row) => [row.body.window.from, row])).values()];
}

function seenIn(
  ctx: Pick<Context, "blobs">,
  runs: ReturnType<typeof newestRuns>,
  carried: readonly (CarriedDeviation & { readonly found: WindowBody })[],
): ReadonlyMap<string, readonly Seen[]> {
  const seen = new Map<string, Seen[]>();
  // Most lines are of other controls: a look at the text spares parsing them.
  const marks = [...new Set(carried.map(({ control }) => `"control":${JSON.stringify(control)}`))];
  if (marks.length === 0) return seen;
  for (const { body } of runs) {
    const program = readProgram(ctx, body.program);
    const later = carried.filter(({ found }) => body.window.from > found.through);
    const byActivity = Map.groupBy(later, ({ control, activity }) => `${control} ${activity}`);
    for (const line of linesOf(ctx.blobs, body.results.digest)) {
      if (!marks.some((mark) => line.includes(mark))) continue;
      const occurrence = occurrenceIn(line);
      if (occurrence === undefined) continue;
      for (const each of byActivity.get(`${occurrence.control} ${occurrence.activity}`) ?? []) {
        const found = seenOf(each, occurrence, program);
        if (found === undefined || found.result === "nothing") continue;
        const list = seen.get(each.id);
        if (list === undefined) seen.set(each.id, [found]);
        else list.push(found);
      }
    }
  }
  return seen;
}

/** The newest response that names an action and a day. */
function actionsOf(log: LogState): ReadonlyMap<string, LocalDate> {
  return new Map(
    log
      .rows("deviation.responded")
      .flatMap(({ body }) =>
        body.correctiveAction === undefined || body.due === undefined
          ? []
          : [[body.deviation, body.due] as const],
      ),
  );
}
