/** What management says about a deviation. Nothing here removes one. */
import { ProblemError } from "@countersign/kernel";
import type { Deviation, Summary } from "@countersign/assessment";
import type { RecordBodies } from "@countersign/records";
import { makeRecord, newId, publish } from "./append.ts";
import type { Context } from "./context.ts";
import { Erasures } from "./erasures.ts";
import { loadState, type LogState } from "./log-state.ts";

export type LatestRun = {
  readonly record: string;
  readonly body: RecordBodies["assessment.run"];
  readonly summary: Summary;
};

/** The newest run, or the one named. @throws ProblemError when nothing was assessed yet. */
export function findRun(ctx: Pick<Context, "blobs">, log: LogState, wanted?: string): LatestRun {
  const runs = log.rows("assessment.run");
  const row =
    wanted === undefined
      ? runs.at(-1)
      : runs.find((each) => each.body.run === wanted || each.record === wanted);
  if (row === undefined)
    throw new ProblemError({
      code: "no-run",
      what: wanted === undefined ? "nothing was assessed yet" : `no assessment run ${JSON.stringify(wanted)}`,
      next: "countersign assess",
    });
  const erased = new Erasures(log.rows("data.erased")).recordOf(row.body.summary.digest);
  if (erased !== undefined)
    throw new ProblemError({
      code: "run-erased",
      what: `the summary of the run ${row.body.run} named an item that was erased, and was erased with it`,
      where: `record ${erased}`,
      why: "its results stay recorded by their root, and the record of the erasure says what they were for that item",
      next: "countersign assess makes a new run, in which the item is unknown (erased)",
    });
  const summary = JSON.parse(
    Buffer.from(ctx.blobs.read(row.body.summary.digest)).toString("utf8"),
  ) as Summary;
  return { record: row.record, body: row.body, summary };
}

/** By its id or an unambiguous beginning of it, or of the item's. */
export function findDeviation(summary: Summary, wanted: string): Deviation {
  const found = summary.deviations.filter(
    (deviation) => deviation.id.startsWith(wanted) || deviation.occurrence.startsWith(wanted),
  );
  if (found.length === 1 && found[0] !== undefined) return found[0];
  throw new ProblemError({
    code: found.length === 0 ? "unknown-deviation" : "ambiguous-deviation",
    what:
      found.length === 0
        ? `the last assessment has no deviation ${JSON.stringify(wanted)}`
        : `${JSON.stringify(wanted)} names ${found.length} deviations: ${found
            .map((each) => each.id)
            .slice(0, 5)
            .join(", ")}`,
    next: "countersign deviation list",
  });
}

/** In the newest run, or else in the last run of a window whose deviations were carried into the next. */
function findHereOrCarried(ctx: Context, log: LogState, wanted: string): Deviation {
  const rolled = log.rows("window.rolled-forward").toReversed();
  const newest = findRun(ctx, log).summary;
  const holds = ({ deviations }: Summary) =>
    deviations.some(({ id, occurrence }) => id.startsWith(wanted) || occurrence.startsWith(wanted));
  if (rolled.length === 0 || holds(newest)) return findDeviation(newest, wanted);
  const carried = rolled.map(({ body }) => findRun(ctx, log, body.run).summary).find(holds);
  return findDeviation(carried ?? newest, wanted);
}

export async function respond(
  ctx: Context,
  response: Omit<RecordBodies["deviation.responded"], "deviation"> & { readonly deviation: string },
): Promise<{ readonly record: string; readonly deviation: Deviation }> {
  const log = await loadState(ctx);
  const deviation = findHereOrCarried(ctx, log, response.deviation);
  const record = makeRecord(ctx, "deviation.responded", deviation.id, {
    ...response,
    deviation: deviation.id,
  });
  await ctx.store.transaction(ctx.organization, (tx) => tx.append(record));
  await publish(ctx);
  return { record: record.id, deviation };
}

/**
 * Withdraws a finding that was ours: a later run, after the mapping was mended, no longer has it. Both runs stay.
 * A second person approves.
 */
export async function withdraw(
  ctx: Context,
  withdrawal: Pick<RecordBodies["deviation.withdrawn"], "deviation" | "reason" | "person" | "approver">,
): Promise<string> {
  if (withdrawal.person === withdrawal.approver)
    throw new ProblemError({
      code: "withdraw-second-person",
      what: "a finding is withdrawn by two persons, and both named here are the same",
      next: "name another person with --approver",
    });
  const log = await loadState(ctx);
  const erasures = new Erasures(log.rows("data.erased"));
  const runs = log
    .rows("assessment.run")
    .filter((row) => erasures.recordOf(row.body.summary.digest) === undefined)
    .map((row) => findRun(ctx, log, row.record));
  const holds = (run: LatestRun) => run.summary.deviations.some((each) => each.id === withdrawal.deviation);
  const before = runs.findLast(holds);
  const after = runs.at(-1);
  if (before === undefined || after === undefined)
    throw new ProblemError({
      code: "unknown-deviation",
      what: `no run has a deviation ${JSON.stringify(withdrawal.deviation)}`,
      next: "countersign deviation list",
    });
  if (before === after)
    throw new ProblemError({
      code: "withdraw-still-found",
      what: `the newest run still finds ${withdrawal.deviation}`,
      why: "a finding is withdrawn when the mapping that caused it was mended and the same evidence, assessed again, no longer shows it",
      next: "mend people.yaml or sources.yaml, run countersign collect and countersign assess, then withdraw",
    });
  const record = makeRecord(ctx, "deviation.withdrawn", withdrawal.deviation, {
    ...withdrawal,
    run: before.body.run,
    laterRun: after.body.run,
  });
  await ctx.store.transaction(ctx.organization, (tx) => tx.append(record));
  await publish(ctx);
  return record.id;
}

export async function approveException(
  ctx: Context,
  exception: Omit<RecordBodies["exception.approved"], "exception">,
): Promise<string> {
  const id = newId(ctx.random, "exc");
  const record = makeRecord(ctx, "exception.approved", exception.control, { ...exception, exception: id });
  await ctx.store.transaction(ctx.organization, (tx) => tx.append(record));
  await publish(ctx);
  return id;
}

export async function markNotApplicable(
  ctx: Context,
  body: RecordBodies["occurrence.not-applicable"],
): Promise<string> {
  const record = makeRecord(ctx, "occurrence.not-applicable", body.control, body);
  await ctx.store.transaction(ctx.organization, (tx) => tx.append(record));
  await publish(ctx);
  return record.id;
}
