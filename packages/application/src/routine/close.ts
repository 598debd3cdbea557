/** The close of a month: what counted, what is unknown and who carries it, and what changed in months closed before. */
import {
  canonicalJson,
  ProblemError,
  type EpochMs,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import {
  createAssessor,
  createMonthTally,
  decide,
  speaksOf,
  type DecidedUnknown,
  type Explanation,
  type MonthTally,
  type Untimely,
} from "@countersign/assessment";
import type { Program } from "@countersign/program";
import type { MonthClosedBody, PersonId } from "@countersign/records";
import { makeRecord, newId, newSalt, publish } from "../append.ts";
import { assessmentInput, assessmentRecords, kindsUsed, type Assessed } from "../assess.ts";
import type { Context } from "../context.ts";
import { loadState, type LogState } from "../log-state.ts";
import { populationFor, populationsOf, useOf, type PopulationRow } from "../populations.ts";
import { recordedProgram } from "../program.ts";
import { itemLinesOf, linesOf, occurrenceIn } from "../read-list.ts";
import { readThroughOf } from "../system/readiness.ts";
import { chooseMonth, monthStates, type ChosenMonth, type CloseRequest, type CloseRow } from "./closes.ts";
import { storedChanges, storedItemsByMonth } from "./month-items.ts";

/** What the record counts, one by one. No item is named: which items changed follows from the two lists. */
export type CloseDetails = {
  readonly format: "countersign-month-close-1";
  /** Of the month, and of months closed before where they are open still. */
  readonly unknowns: readonly DecidedUnknown[];
  readonly differences: readonly {
    readonly population: string;
    /** Record of the reconciliation. */
    readonly reconciliation: string;
    readonly unresolved: number;
  }[];
  readonly untimely: readonly Untimely[];
  readonly earlier: readonly EarlierChange[];
  readonly unread: readonly { readonly source: string; readonly through?: LocalDate }[];
};

/** What a month that was closed says now, by the list that counted then and the one that counts now. */
export type EarlierChange = {
  readonly month: string;
  readonly close: string;
  readonly kind: string;
  readonly before: { readonly population: string; readonly record: string };
  readonly after: { readonly population: string; readonly record: string };
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
};

export type CloseFindings = Omit<MonthClosedBody, "close" | "run" | "assessment" | "details" | "person"> & {
  readonly parts: CloseDetails;
};

/** Sources whose newest complete read does not cover the month, with the last day that one covers. */
export function unreadSources(
  log: LogState,
  program: Program,
  through: LocalDate,
): readonly { readonly source: string; readonly through?: LocalDate }[] {
  const read = readThroughOf(log, program.window.zone as TimeZone);
  return program.sources.flatMap(({ id }) => {
    const day = read.get(id);
    if (day !== undefined && day >= through) return [];
    return [{ source: id, ...(day !== undefined && { through: day }) }];
  });
}

export type Closing = CloseRequest & {
  readonly explanations?: readonly Explanation[];
  readonly person?: PersonId;
};

/**
 * Records the close of a month over a run that was just recorded.
 * @throws ProblemError as {@link chooseMonth} does, and for words about what is not unknown; then nothing is recorded
 */
export async function closeMonth(
  ctx: Context,
  assessed: Pick<Assessed, "run" | "record" | "body">,
  closing: Closing,
): Promise<{ readonly record: string; readonly body: MonthClosedBody; readonly details: CloseDetails }> {
  const log = await loadState(ctx);
  const { program } = recordedProgram(ctx, log);
  const chosen = chooseMonth(monthStates(log.rows("month.closed"), program.window, ctx.clock.now()), closing);
  const tally = createMonthTally(program.window);
  for (const line of linesOf(ctx.blobs, assessed.body.results.digest)) {
    const occurrence = occurrenceIn(line);
    if (occurrence !== undefined) tally.add(occurrence);
  }
  const rows = assessed.body.populations.flatMap(
    ({ record }) => log.rows("population.collected").find((row) => row.record === record) ?? [],
  );
  const { parts, ...found } = findingsOf(ctx, log, program, rows, tally, chosen, closing.explanations ?? []);
  const blob = ctx.blobs.put(Buffer.from(canonicalJson(parts)), newSalt(ctx.random));
  const body: MonthClosedBody = {
    ...found,
    close: newId(ctx.random, "cls"),
    run: assessed.run,
    assessment: assessed.record,
    details: { ...blob, salted: true, name: "close.json", mediaType: "application/json" },
    ...(closing.person !== undefined && { person: closing.person }),
  };
  const record = makeRecord(ctx, "month.closed", body.month, body, { digests: [blob.digest] });
  await ctx.store.transaction(ctx.organization, async (tx) => {
    await tx.lock("month close");
    // Another process may have closed it since: the same refusals, over what is recorded now.
    const states = monthStates(await tx.state("month.closed"), program.window, ctx.clock.now());
    chooseMonth(states, { ...closing, month: body.month });
    await tx.append(record);
  });
  await publish(ctx);
  return { record: record.id, body, details: parts };
}

/** What a close would record at this moment. Nothing is read from a source, and nothing is kept. */
export function checkClose(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  now: EpochMs,
  closing: Closing,
): CloseFindings {
  const { program, row } = recordedProgram(ctx, log);
  const chosen = chooseMonth(monthStates(log.rows("month.closed"), program.window, now), closing);
  const state = populationsOf(log);
  const rows = kindsUsed(program).flatMap((kind) => populationFor(program, state, kind) ?? []);
  const tally = createMonthTally(program.window);
  const assessor = createAssessor(
    assessmentInput(
      program,
      row.body.warnings,
      rows,
      state,
      assessmentRecords(log, program, state),
      "window",
      now,
    ),
  );
  for (const { record, body } of rows)
    for (const line of itemLinesOf(ctx.blobs, body.items))
      for (const occurrence of assessor.feed(record, line)) tally.add(occurrence);
  assessor.finish((occurrence) => {
    tally.add(occurrence);
  });
  return findingsOf(ctx, log, program, rows, tally, chosen, closing.explanations ?? []);
}

function findingsOf(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  program: Program,
  rows: readonly PopulationRow[],
  tally: MonthTally,
  { month, states, again }: ChosenMonth,
  explanations: readonly Explanation[],
): CloseFindings {
  const closes = states.flatMap(({ close }) => close ?? []);
  // Of months before it only: a month that is closed again does not look ahead.
  const before = closes.filter(({ body }) => body.month < month.id);
  const unknowns = decide(
    tally.unknowns(),
    month,
    [...before, ...(states.find((each) => each.month === month)?.closes ?? [])].flatMap(
      (row) => detailsOf(ctx, row)?.unknowns ?? [],
    ),
    explanations,
    program.controls,
  );
  refuseIdleWords(explanations, unknowns);
  const state = populationsOf(log);
  const earlier = earlierChanges(ctx, log, program, rows, before);
  const parts: CloseDetails = {
    format: "countersign-month-close-1",
    unknowns,
    differences: rows.flatMap((row) => {
      const { completeness } = useOf(state, row);
      if (completeness.state !== "differences") return [];
      const { reconciliation, unresolved } = completeness;
      return [{ population: row.body.population, reconciliation, unresolved }];
    }),
    untimely: tally.untimelyIn(month.id),
    earlier,
    unread: unreadSources(log, program, month.through),
  };
  const total = (of: readonly { readonly count: number }[]) => of.reduce((sum, { count }) => sum + count, 0);
  const own = unknowns.filter((each) => each.month === month.id);
  return {
    month: month.id,
    from: month.from,
    through: month.through,
    window: program.window,
    populations: rows.map(({ record, body }) => {
      const { count, root } = storedItemsByMonth(ctx.blobs, body, program.window).months.get(month.id) ?? {
        count: 0,
        root: "",
      };
      return { population: body.population, kind: body.kind, record, version: body.version, count, root };
    }),
    earlier: before.flatMap(({ body }) => {
      const its = earlier.filter((each) => each.close === body.close);
      if (its.length === 0) return [];
      const sum = (what: "added" | "removed" | "changed") =>
        its.reduce((total_, each) => total_ + each[what], 0);
      return [
        {
          month: body.month,
          close: body.close,
          added: sum("added"),
          removed: sum("removed"),
          changed: sum("changed"),
        },
      ];
    }),
    counts: tally.countsOf(month.id),
    unknown: {
      open: total(own.filter(({ decision }) => decision === "open")),
      explained: total(own.filter(({ decision }) => decision === "explained")),
      carried: total(unknowns.filter((each) => each.month !== month.id && each.decision === "open")),
    },
    differences: parts.differences.reduce((sum, { unresolved }) => sum + unresolved, 0),
    unread: parts.unread.length,
    ...(again !== undefined && { again }),
    parts,
  };
}

/** Words that say something of nothing would be kept by nobody: a typing error, most likely. */
function refuseIdleWords(explanations: readonly Explanation[], unknowns: readonly DecidedUnknown[]): void {
  const idle = explanations.filter((each) => !unknowns.some((group) => speaksOf(each, group)));
  if (idle.length === 0) return;
  const known = [...new Set(unknowns.map(({ control, activity }) => `${control}/${activity}`))];
  throw new ProblemError({
    code: "close-explains-nothing",
    what: `nothing is unknown of ${idle.map(({ control, activity }) => `${control}/${activity}`).join(", ")}`,
    why:
      known.length === 0
        ? "nothing is unknown in this month, and nothing is carried into it"
        : `unknown are results of ${known.join(", ")}`,
    next: "countersign close --check lists what is unknown; take the words away, or name one of these",
  });
}

function earlierChanges(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  program: Program,
  rows: readonly PopulationRow[],
  before: readonly CloseRow[],
): readonly EarlierChange[] {
  const collected = log.rows("population.collected");
  return before.flatMap(({ body: close }) =>
    close.populations.flatMap((then): readonly EarlierChange[] => {
      const older = collected.find((row) => row.record === then.record);
      const newer = rows.find((row) => row.body.kind === then.kind);
      if (older === undefined || newer === undefined) return [];
      const counts = { added: 0, removed: 0, changed: 0 };
      const months = [{ id: close.month, from: close.from, through: close.through }];
      for (const { what } of storedChanges(ctx.blobs, older.body, newer.body, months, program.window.zone))
        counts[what]++;
      if (counts.added + counts.removed + counts.changed === 0) return [];
      return [
        {
          month: close.month,
          close: close.close,
          kind: then.kind,
          before: { population: then.population, record: then.record },
          after: { population: newer.body.population, record: newer.record },
          ...counts,
        },
      ];
    }),
  );
}

/** @returns undefined where the details were erased: the record keeps its counts */
export function detailsOf(ctx: Pick<Context, "blobs">, row: CloseRow): CloseDetails | undefined {
  const { digest } = row.body.details;
  if (!ctx.blobs.has(digest)) return undefined;
  return JSON.parse(Buffer.from(ctx.blobs.read(digest)).toString("utf8")) as CloseDetails;
}

/** The items behind an entry of `earlier`, from the two lists: at most so many. */
export function changedItems(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  { zone }: Program["window"],
  entry: EarlierChange,
  most: number,
): readonly { readonly id: string; readonly what: string }[] {
  const find = (record: string) => log.rows("population.collected").find((row) => row.record === record);
  const [older, newer] = [find(entry.before.record), find(entry.after.record)];
  const then = log.row("month.closed", entry.close)?.body;
  if (older === undefined || newer === undefined || then === undefined) return [];
  const months = [{ id: then.month, from: then.from, through: then.through }];
  const found: { id: string; what: string }[] = [];
  for (const { id, what } of storedChanges(ctx.blobs, older.body, newer.body, months, zone)) {
    if (found.length === most) break;
    found.push({ id, what });
  }
  return found;
}
