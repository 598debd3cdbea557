/** `status` (what needs me), ` map` (control × week), `deviation list|explain|respond|withdraw`. */
import {
  approveException,
  carriedNow,
  clockSteps,
  clockStepWords,
  findRun,
  loadState,
  markNotApplicable,
  monthStates,
  monthWords,
  respond,
  withdraw,
} from "@countersign/application";
import type { PopulationUse } from "@countersign/assessment";
import { formatInstant, parseLocalDate, ProblemError, type LocalDate } from "@countersign/kernel";
import { listCommand } from "@countersign/connectors";
import { deviationLine } from "../screen/first-screen.ts";
import { monthHeader, shapes } from "../screen/shapes.ts";
import { anchorState, dueLines, protectionLines } from "./anchor.ts";
import { carriedLine } from "./roll-forward.ts";
import { controlLine, selectControls } from "./assess.ts";
import { findPerson, nameFinder, withSession, withReading, type Common, type Shell } from "./shared.ts";
import { explain } from "./explain.ts";
import type { Session } from "../session.ts";

export async function map(shell: Shell, control: string | undefined, options: Common): Promise<void> {
  await withReading(shell, options, async ({ ctx }) => {
    const { summary } = findRun(ctx, await loadState(ctx));
    const controls = selectControls(summary, control);
    if (options.json === true) {
      shell.output.json({
        weeks: summary.weeks,
        controls: controls.map((each) => ({
          id: each.id,
          counts: each.counts,
          weeks: each.weeks,
          activities: each.activities.map(({ id, counts, weeks }) => ({ id, counts, weeks })),
        })),
      });
      return;
    }
    if (summary.sampleData) shell.output.print("SAMPLE DATA: an invented company");
    shell.output.print(
      `${summary.organization.name} · ${summary.window.from} through ${summary.window.through} ${summary.window.zone} · as of ${summary.asOf}`,
    );
    const used = controls.flatMap((each) => each.activities.flatMap((activity) => activity.population ?? []));
    for (const warning of freezeWarnings(used)) shell.output.print(`warning: ${warning}`);
    shell.output.print(`        ${monthHeader(summary.weeks)}`);
    for (const each of controls) {
      shell.output.print(controlLine(each));
      if (control === undefined) continue;
      for (const [i, week] of each.weeks.entries()) {
        const held = Object.entries(week).filter(([, count]) => count > 0);
        if (held.length > 0)
          shell.output.print(
            `  ${summary.weeks[i]?.from ?? ""} through ${summary.weeks[i]?.through ?? ""}  ${held.map(([state, count]) => `${shapes[state as keyof typeof shapes]} ${count} ${state}`).join("  ")}`,
          );
      }
    }
    shell.output.print(
      Object.entries(shapes)
        .map(([state, shape]) => `${shape} ${state.replaceAll("-", " ")}`)
        .join("  "),
    );
  });
}

/** What a list was frozen with stands beside every result from it. The freeze itself begins these sentences so. */
function freezeWarnings(uses: readonly PopulationUse[]): readonly string[] {
  return [
    ...new Set(
      uses.flatMap((use) =>
        use.warnings
          .filter((words) => words.startsWith("frozen "))
          .map((words) => `${use.population}: ${words}`),
      ),
    ),
  ];
}

export async function status(shell: Shell, options: Common): Promise<void> {
  await withReading(shell, options, async (session) => {
    const { ctx } = session;
    const log = await loadState(ctx);
    const { summary, body } = findRun(ctx, log);
    const months = monthStates(log.rows("month.closed"), session.loaded.program.window, ctx.clock.now());
    const missed = summary.controls.flatMap((control) =>
      control.activities
        .filter((activity) => activity.counts.missed > 0)
        .map((activity) => ({ control, activity })),
    );
    const open = summary.deviations.filter((deviation) => deviation.responses.length === 0);
    const lacking = new Map<string, { count: number; supplied: boolean; supplies: Set<string> }>();
    for (const control of summary.controls)
      for (const activity of control.activities)
        for (const attribute of activity.attributes)
          for (const unknown of attribute.unknowns) {
            const key = unknown.suppliedBy ?? unknown.reason;
            const entry = lacking.get(key) ?? {
              count: 0,
              supplied: unknown.suppliedBy !== undefined,
              supplies: new Set(),
            };
            entry.count += unknown.count;
            entry.supplies.add(`${control.id} ${attribute.label}`);
            lacking.set(key, entry);
          }
    const carried = carriedNow(ctx, await loadState(ctx), ctx.clock.now());
    const { protection, due } = await anchorState(session);
    const steps = await clockSteps(ctx);
    const unreconciled = summary.populations.filter((use) => use.completeness.state !== "reconciled");
    if (options.json === true) {
      shell.output.json({
        run: body.run,
        asOf: summary.asOf,
        unanswered: open.map((deviation) => deviation.id),
        carried: carried.map(({ id, retest }) => ({ id, retest: retest.state })),
        missed: missed.map(({ control, activity }) => ({
          control: control.id,
          activity: activity.id,
          count: activity.counts.missed,
        })),
        unknown: [...lacking].map(([suppliedBy, entry]) => ({
          suppliedBy,
          count: entry.count,
          supplies: [...entry.supplies],
        })),
        unreconciled: unreconciled.map((use) => use.population),
        tamperEvident: protection,
        anchorsDue: due,
        months: months.map(({ month, state }) => ({ month: month.id, state })),
        clockSetBack: steps.map(({ size, at, before }) => ({
          size,
          at: formatInstant(at),
          before: formatInstant(before),
        })),
        gaps: summary.gaps,
        warnings: summary.warnings,
      });
      return;
    }
    const { print } = shell.output;
    print(`${summary.organization.name} as of ${summary.asOf} (run ${body.run})`);
    print(
      `${open.length} of ${summary.deviations.length} deviations without a response: countersign deviation list`,
    );
    for (const line of carriedLine(carried)) print(line);
    for (const { control, activity } of missed)
      print(
        `${control.id} ${activity.title}: ${activity.counts.missed} missed; late evidence shows as late: countersign evidence add FILE --control ${control.id}`,
      );
    for (const [suppliedBy, entry] of lacking)
      print(
        entry.supplied
          ? `${entry.count} unknown facts, which ${suppliedBy} would supply: ${[...entry.supplies].join(", ")}`
          : `${entry.count} unknown facts (${suppliedBy}): ${[...new Set([...entry.supplies].map((each) => each.split(" ")[0]))].join(", ")}`,
      );
    if (lacking.has("github") || lacking.has("the review system"))
      print(
        [
          "the review times of a GitHub repository, saved by one command that you run:",
          `  ${listCommand("OWNER/NAME", "main", 100_000)} > countersign/pulls.json`,
          "  then in countersign/sources.yaml, under sources:",
          "    - { id: reviews, connector: github, provides: change, files: [pulls.json] }",
          "  and under populations:",
          "    - { kind: change, from: history, join: [{ source: reviews, key: revision, unmatched: { approvals: [], checks: [], direct: true } }] }",
        ].join("\n"),
      );
    for (const use of unreconciled)
      print(
        use.completeness.state === "differences"
          ? `${use.population}: ${use.completeness.unresolved} ${use.completeness.unresolved === 1 ? "difference" : "differences"} to resolve: countersign population list`
          : `${use.population}: one source only; completeness is not shown`,
      );
    for (const warning of freezeWarnings(summary.populations)) print(`warning: ${warning}`);
    for (const gap of summary.gaps) print(`gap: ${gap.source}, ${gap.start} to ${gap.end}: ${gap.reason}`);
    for (const warning of summary.warnings) print(`warning: ${warning}`);
    const clock = clockStepWords(steps);
    if (clock !== undefined) print(`warning: ${clock}; the order of the records stands`);
    print(
      `${monthWords(months)}: countersign close${months.some(({ state }) => state === "due") ? "" : " list"}`,
    );
    for (const line of [...protectionLines(protection), ...dueLines(due)]) print(line);
  });
}

export async function listDeviations(
  shell: Shell,
  options: Common & { readonly control?: string },
): Promise<void> {
  await withReading(shell, options, async (session) => {
    const { summary } = findRun(session.ctx, await loadState(session.ctx));
    const shown = summary.deviations.filter(
      (each) => options.control === undefined || each.control === options.control,
    );
    if (options.json === true) {
      shell.output.json(shown);
      return;
    }
    const nameOf = await nameFinder(session);
    if (shown.length === 0) shell.output.print("no deviations");
    for (const deviation of shown) {
      shell.output.print(
        `${deviation.id}  ${deviation.state.padEnd(8)}  ${deviationLine(deviation, nameOf, summary.window.zone)}`,
      );
      for (const response of deviation.responses) shell.output.print(`    response   ${response.response}`);
      for (const exception of deviation.exceptions)
        shell.output.print(
          `    exception  until ${exception.until}: ${exception.reason} (the deviation stays)`,
        );
    }
  });
}

export async function explainDeviation(shell: Shell, id: string, options: Common): Promise<void> {
  await explain(shell, id, options);
}

export type RespondOptions = Common & {
  readonly cause: string;
  readonly response: string;
  readonly action?: string;
  readonly owner?: string;
  readonly due?: string;
  readonly retest?: string;
  readonly by: string;
};

export async function respondToDeviation(shell: Shell, id: string, options: RespondOptions): Promise<void> {
  await withSession(shell, options, async (session) => {
    const { record, deviation } = await respond(session.ctx, {
      deviation: id,
      cause: options.cause,
      response: options.response,
      ...(options.action === undefined ? {} : { correctiveAction: options.action }),
      ...(options.owner === undefined ? {} : { owner: await findPerson(session, options.owner, "--owner") }),
      ...(options.due === undefined ? {} : { due: options.due as LocalDate }),
      ...(options.retest === undefined ? {} : { retest: options.retest }),
      person: await findPerson(session, options.by, "--by"),
    });
    if (options.json === true) shell.output.json({ record, deviation: deviation.id });
    else shell.output.print(`response to ${deviation.id} recorded as ${record}; the deviation stays`);
  });
}

export async function withdrawDeviation(
  shell: Shell,
  id: string,
  options: Common & { readonly reason: string; readonly by: string; readonly approver: string },
): Promise<void> {
  await withSession(shell, options, async (session) => {
    const record = await withdraw(session.ctx, {
      deviation: id,
      reason: options.reason,
      person: await findPerson(session, options.by, "--by"),
      approver: await findPerson(session, options.approver, "--approver"),
    });
    if (options.json === true) shell.output.json({ record });
    else shell.output.print(`${id} withdrawn as a false finding; both runs stay; record ${record}`);
  });
}

export type ExceptionOptions = Common & {
  readonly control: string;
  readonly attribute?: string;
  readonly item?: readonly string[];
  readonly until: string;
  readonly compensating: string;
  readonly reason: string;
  readonly by: string;
};

/** An approved departure: shown beside the results that it speaks of, and changing none of them. */
export async function approveAnException(shell: Shell, options: ExceptionOptions): Promise<void> {
  await withSession(shell, options, async (session) => {
    const until = parseLocalDate(options.until);
    if (!until.ok)
      throw new ProblemError({
        code: "bad-date",
        what: `--until ${JSON.stringify(options.until)}: ${until.error}`,
        next: "--until 2026-09-30",
      });
    requireControl(session, options.control);
    const exception = await approveException(session.ctx, {
      control: options.control,
      ...(options.attribute === undefined ? {} : { attribute: options.attribute }),
      items: options.item ?? [],
      until: until.value,
      compensatingControl: options.compensating,
      reason: options.reason,
      approver: await findPerson(session, options.by, "--by"),
    });
    if (options.json === true) shell.output.json({ exception });
    else
      shell.output.print(
        `${exception} recorded until ${until.value}; it stands beside the results and changes none`,
      );
  });
}

/** An occurrence that was not owed after all, with the reason and who decided it. */
export async function markOccurrence(
  shell: Shell,
  control: string,
  activity: string,
  occurrence: string,
  options: Common & { readonly reason: string; readonly by: string },
): Promise<void> {
  await withSession(shell, options, async (session) => {
    requireControl(session, control);
    const record = await markNotApplicable(session.ctx, {
      control,
      activity,
      occurrence,
      reason: options.reason,
      approver: await findPerson(session, options.by, "--by"),
    });
    if (options.json === true) shell.output.json({ record });
    else
      shell.output.print(
        `${control} ${activity} ${occurrence} is not applicable from the next assessment on; it stands beside the total with its reason; record ${record}`,
      );
  });
}

function requireControl(session: Session, control: string): void {
  const known = new Set(session.loaded.program.controls.map((each) => each.id));
  if (known.has(control)) return;
  throw new ProblemError({
    code: "unknown-control",
    what: `the program has no control ${JSON.stringify(control)}`,
    why: `it has ${[...known].join(", ")}`,
    next: "countersign map",
  });
}
