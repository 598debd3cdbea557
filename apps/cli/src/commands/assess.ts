/** `assess [CONTROL]`, and what a pipeline may be told to fail on. */
import { readFileSync } from "node:fs";
import { ProblemError } from "@countersign/kernel";
import {
  assess as assessProgram,
  findRun,
  foldLog,
  loadState,
  recordProgram,
  preparePopulations,
} from "@countersign/application";
import { equalHashes, rootAt } from "@countersign/ledger";
import type { ControlSummary, Summary } from "@countersign/assessment";
import { strip } from "../screen/shapes.ts";
import { asOfInstant, withSession, type Common, type Shell } from "./shared.ts";
import type { Session } from "../session.ts";

export type FailOn = "new-deviation" | "overdue" | "gap";

export type AssessOptions = Common & {
  readonly mode?: "window" | "as-of";
  readonly failOn?: readonly FailOn[];
  readonly since?: string;
};

export async function assess(
  shell: Shell,
  control: string | undefined,
  options: AssessOptions,
): Promise<void> {
  // Looked at first: a run is not recorded for a question that cannot be answered.
  const since =
    options.since === undefined ? undefined : { path: options.since, note: readNote(options.since) };
  requireSince(options);
  await withSession(shell, options, async (session) => {
    const { ctx, loaded } = session;
    const before = since === undefined ? undefined : await summaryAt(session, since);
    await recordProgram(ctx, loaded);
    await preparePopulations(ctx, loaded.program);
    const asOf = asOfInstant(options.asOf, loaded.program.window.zone);
    const { summary, run, record } = await assessProgram(ctx, {
      ...(options.mode === undefined ? {} : { mode: options.mode }),
      ...(asOf === undefined ? {} : { asOf }),
    });
    const shown = selectControls(summary, control);
    if (options.json === true) shell.output.json({ run, record, summary });
    else {
      shell.output.print(`run ${run} as of ${summary.asOf} · record ${record}`);
      if (summary.mode === "as-of")
        for (const each of summary.walkthroughs) printWalkthrough(shell, each, control);
      else for (const each of shown) shell.output.print(controlLine(each));
    }
    failOn(summary, before, options);
  });
}

export function selectControls(summary: Summary, control: string | undefined): readonly ControlSummary[] {
  if (control === undefined) return summary.controls;
  const found = summary.controls.filter((each) => each.id === control);
  if (found.length === 0)
    throw new ProblemError({
      code: "unknown-control",
      what: `the program has no control ${JSON.stringify(control)}`,
      why: `it has ${summary.controls.map((each) => each.id).join(", ")}`,
      next: "countersign map",
    });
  return found;
}

export function controlLine(control: ControlSummary): string {
  const { counts } = control;
  const words = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state.replaceAll("-", " ")}`)
    .join(", ");
  return `${control.id.padEnd(7)} ${strip(control.weeks)}  ${words === "" ? nothingWords(control) : words}`;
}

const nothing = {
  "recorded-zero": "did not occur: a recorded zero from a reconciled population",
  "zero-not-shown": "no items, and not shown that there were none",
  "no-occurrence-due": "operation not tested: nothing falls due in the window",
  "no-records": "no records yet",
} as const;

export function nothingWords(control: ControlSummary): string {
  const words = new Set(
    control.activities.map((activity) =>
      activity.nothing === undefined ? "nothing expected" : nothing[activity.nothing],
    ),
  );
  return [...words].join("; ");
}

function printWalkthrough(
  shell: Shell,
  each: Summary["walkthroughs"][number],
  control: string | undefined,
): void {
  if (control !== undefined && each.control !== control) return;
  const instance =
    each.instance === undefined
      ? ""
      : `  instance ${each.instance.id} at ${each.instance.at}: ${each.instance.state}`;
  shell.output.print(
    `${each.control.padEnd(7)} designed: ${each.designed ? "yes" : "no"}  implemented: ${each.implemented}${instance}`,
  );
}

/** Exit 2 only where the reader named what to fail on: a year's deviation must not keep a pipeline red for a year. */
function failOn(summary: Summary, before: Known | undefined, options: AssessOptions): void {
  const named = new Set(options.failOn ?? []);
  const known = new Set(before?.deviations.map((deviation) => deviation.id));
  const met =
    (named.has("new-deviation") && summary.deviations.some((deviation) => !known.has(deviation.id))) ||
    (named.has("overdue") && summary.controls.some((control) => control.counts.missed > 0)) ||
    (named.has("gap") && summary.gaps.length > 0);
  if (met) process.exitCode = 2;
}

type Known = Pick<Summary, "deviations">;

function requireSince(options: AssessOptions): void {
  if (options.failOn?.includes("new-deviation") !== true || options.since !== undefined) return;
  throw new ProblemError({
    code: "fail-on-since",
    what: "--fail-on new-deviation needs a point from which a deviation is new",
    next: "--since countersign/checkpoints/newest, kept from an earlier run",
  });
}

function readNote(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ProblemError(
      {
        code: "since-unreadable",
        what: "the checkpoint cannot be read",
        where: path,
        next: "--since FILE, a checkpoint kept from an earlier run",
      },
      { cause: error },
    );
  }
}

/** The newest assessment among the records that the checkpoint covers; none: everything since is new. */
async function summaryAt(
  { ctx }: Session,
  { path, note }: { readonly path: string; readonly note: string },
): Promise<Known> {
  const checkpoint = ctx.keys.open(note);
  if (!checkpoint.ok)
    throw new ProblemError({
      code: "since-unreadable",
      what: "not a checkpoint of this log",
      where: path,
      why: checkpoint.error,
      next: "--since FILE, a checkpoint kept from an earlier run",
    });
  const now = await loadState(ctx);
  const { size, root } = checkpoint.value;
  const isPrefix =
    size <= now.size &&
    equalHashes(await ctx.store.readTree(ctx.organization, (read) => rootAt(size, read)), root);
  if (!isPrefix)
    throw new ProblemError({
      code: "since-fork",
      what: `the first ${size} records of this log are not those of the checkpoint`,
      where: path,
      why:
        size > now.size
          ? `the log has ${now.size} records only`
          : "records were rewritten since it was signed",
      next: "countersign fsck; and keep the checkpoint, it proves the fork",
    });
  const log = await foldLog(ctx, size);
  return log.rows("assessment.run").length === 0 ? { deviations: [] } : findRun(ctx, log).summary;
}
