/** The next window: where the last one ended, with its deviations carried along. */
import {
  addDays,
  canonicalJson,
  epochOf,
  intervalOf,
  ProblemError,
  startOfDay,
  DAY_MS,
  type EpochMs,
  type TimeZone,
} from "@countersign/kernel";
import { carriedFrom, nextWindow, whyNotNext, type CarriedDeviation } from "@countersign/assessment";
import type { Program } from "@countersign/program";
import type { PersonId, WindowBody } from "@countersign/records";
import { makeRecord } from "../append.ts";
import { periodOf } from "../collect.ts";
import type { Context } from "../context.ts";
import { findRun, type LatestRun } from "../deviations.ts";
import { writeList } from "../directory.ts";
import { loadState, type LogState } from "../log-state.ts";
import { recordedProgram, recordProgram, type LoadedProgram, type RecordedProgram } from "../program.ts";

export type RollForward = {
  readonly previous: WindowBody;
  readonly next: WindowBody;
  /** The newest run over the previous window; absent: there is none. */
  readonly run?: string;
  readonly carried: readonly CarriedDeviation[];
  /** Why it cannot be recorded now, the most pressing first. */
  readonly problems: readonly ProblemError[];
};

/**
 * What a roll-forward would record. The folder says what the recorded program says, with the recorded window or the next one.
 * @throws ProblemError where the next window does not follow from the recorded one, or the folder says something else
 */
export async function planRollForward(
  ctx: Context,
  folder: Program,
  options: { readonly through?: string; readonly withWarning?: boolean; readonly now: EpochMs },
): Promise<RollForward> {
  const log = await loadState(ctx);
  const { program } = recordedProgram(ctx, log);
  const previous = program.window;
  const found = nextWindow(previous, options.through);
  if (!found.ok) throw new ProblemError(found.error);
  const next = nextOf(previous, found.value, folder.window, options.through !== undefined);
  if (canonicalJson({ ...folder, window: previous }) !== canonicalJson(program))
    throw new ProblemError({
      code: "roll-forward-other-changes",
      what: "the folder says something else than the recorded program, beside the window",
      where: "countersign/",
      why: "a roll-forward records the window alone, so that its record says what it is",
      next: "countersign plan, then countersign apply; then countersign roll-forward",
    });
  const run = lastRunOf(ctx, log, previous);
  const since = log
    .rows("deviation.withdrawn")
    .filter(({ record }) => run !== undefined && log.indexOf(record) > log.indexOf(run.record))
    .map(({ body }) => body.deviation);
  return {
    previous,
    next,
    ...(run !== undefined && { run: run.body.run }),
    carried: run === undefined ? [] : carriedFrom(run.summary, new Set(since)),
    problems: problemsOf(previous, run, options),
  };
}

/** The folder may have been given the next window already: by hand, or by a roll-forward that was stopped. */
function nextOf(previous: WindowBody, next: WindowBody, written: WindowBody, asked: boolean): WindowBody {
  if (canonicalJson(written) === canonicalJson(previous)) return next;
  const why = whyNotNext(previous, written);
  if (why !== undefined) throw new ProblemError(why);
  if (!asked || written.through === next.through) return written;
  throw new ProblemError({
    code: "roll-forward-abut",
    what: `program.yaml says that the next window ends on ${written.through}, and --through ${next.through}`,
    where: "countersign/program.yaml",
    next: "leave --through out, or put the recorded window back",
  });
}

function lastRunOf(ctx: Context, log: LogState, window: WindowBody): LatestRun | undefined {
  const row = log
    .rows("assessment.run")
    .findLast(({ body }) => body.mode === "window" && canonicalJson(body.window) === canonicalJson(window));
  return row && findRun(ctx, log, row.record);
}

function problemsOf(
  previous: WindowBody,
  run: LatestRun | undefined,
  { now, withWarning }: { readonly now: EpochMs; readonly withWarning?: boolean },
): readonly ProblemError[] {
  const { end } = intervalOf(periodOf(previous));
  const where = `the window ${previous.from} through ${previous.through}`;
  if (now < end)
    return [
      new ProblemError({
        code: "roll-forward-early",
        what: `the window is not over: its last day is ${previous.through}`,
        where,
        why: "what is still to come in it would be carried by nobody",
        next: `countersign roll-forward --plan shows it; roll forward from ${addDays(previous.through, 1)} on`,
      }),
    ];
  // The last day's end as `--as-of` reads a date.
  const lastDay = startOfDay(previous.zone as TimeZone, previous.through) + DAY_MS - 1;
  if (run === undefined || epochOf(run.body.asOf) < Math.min(end, lastDay))
    return [
      new ProblemError({
        code: "roll-forward-not-assessed",
        what:
          run === undefined
            ? "the window was never assessed"
            : `the last assessment of the window is as of ${run.body.asOf}, before its end`,
        where,
        why: "what is carried are the deviations of its last assessment",
        next: "countersign collect, then countersign assess",
      }),
    ];
  const open = openIn(run);
  if (open === 0 || withWarning === true) return [];
  return [
    new ProblemError({
      code: "roll-forward-open",
      what: `${open} ${open === 1 ? "occurrence" : "occurrences"} of the window ${open === 1 ? "was" : "were"} not due yet in its last assessment`,
      where: `run ${run.body.run}, as of ${run.body.asOf}`,
      why: "after the roll-forward no assessment speaks of them, and what becomes of them is not carried",
      next: "wait until they are due and assess again; or roll forward with --with-warning, and they stay not due for good",
    }),
  ];
}

function openIn({ summary }: LatestRun): number {
  return summary.controls.reduce((sum, { counts }) => sum + counts["not-due"], 0);
}

/**
 * Records the program with the next window, and the roll-forward with what it carries, in one transaction.
 * @param loaded the folder's program with the next window
 */
export async function recordRollForward(
  ctx: Context,
  loaded: LoadedProgram,
  plan: RollForward,
  by: { readonly person: PersonId; readonly reason?: string },
): Promise<RecordedProgram & { readonly rolledForward: string }> {
  const [problem] = plan.problems;
  if (problem !== undefined) throw problem;
  const { previous, next, run } = plan;
  if (run === undefined) throw new Error("a plan without problems has a run");
  const carried = writeList(ctx, plan.carried);
  const record = makeRecord(
    ctx,
    "window.rolled-forward",
    next.from,
    {
      previous,
      next,
      run,
      carried,
      person: by.person,
      ...(by.reason !== undefined && { reason: by.reason }),
    },
    { digests: [carried.digest] },
  );
  const done = await recordProgram(ctx, loaded, {
    ...by,
    texts: true,
    alongside: (tx) => tx.append(record),
  });
  return { ...done, rolledForward: record.id };
}
