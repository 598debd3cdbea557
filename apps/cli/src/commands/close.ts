/** `close`: the month in one command. Reads what is not read, reconciles, assesses, and records what counted. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import {
  assess,
  changedItems,
  checkClose,
  chooseMonth,
  closeMonth,
  collect,
  loadState,
  monthStates,
  preparePopulations,
  recordProgram,
  unreadSources,
  type ChosenMonth,
  type CloseRequest,
} from "@countersign/application";
import type { DecidedUnknown, Explanation } from "@countersign/assessment";
import { formatProblem, ProblemError } from "@countersign/kernel";
import { closeReviewText, readCloseReview } from "@countersign/program";
import type { Session } from "../session.ts";
import { writeDueLetters } from "./anchor.ts";
import { closeLines, ITEMS_MAX, listCloses, showClose } from "./close-show.ts";
import { findPerson, nameFinder, withReading, withSession, type Common, type Shell } from "./shared.ts";

type Options = Common & {
  readonly check?: boolean;
  /** False with --no-collect. */
  readonly collect: boolean;
  readonly explain?: readonly string[];
  readonly review?: string;
  readonly writeReview?: string;
  readonly by?: string;
  readonly again?: boolean;
  readonly reason?: string;
};

type Registrar = (command: Command) => Command;

const repeated = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

export function registerClose(program: Command, common: Registrar, shell: Shell): void {
  const group = common(program.command("close").argument("[month]"))
    .description("close a month: read, reconcile, assess, record what counted; the oldest due unless named")
    .option("--check", "say what would be recorded; read and record nothing")
    .option("--no-collect", "read no source")
    .option("--explain <control/activity=words>", "what explains what is unknown; repeatable", repeated)
    .option("--review <file>", "a filled-in review file")
    .option("--write-review <file>", "with --check: a review file with everything that is unknown")
    .option("--by <person>", "who closes it, and says the words")
    .option("--again", "close a month that was closed before; both closes stay")
    .option("--reason <text>", "with --again: why")
    .action((month: string | undefined, options: Options) => close(shell, month, options));
  common(group.command("list"))
    .description("the months of the window: closed, due, running")
    .action((_: Common, command: Command) => listCloses(shell, command.optsWithGlobals()));
  common(group.command("show").argument("<month>"))
    .description("what a close recorded, and which items changed in months closed before")
    .action((month: string, _: Common, command: Command) =>
      showClose(shell, month, command.optsWithGlobals()),
    );
}

async function close(shell: Shell, month: string | undefined, options: Options): Promise<void> {
  const request = requestOf(month, options);
  if (options.check === true) {
    await check(shell, request, options);
    return;
  }
  if (options.writeReview !== undefined)
    throw new ProblemError({
      code: "close-review-check",
      what: "--write-review writes what would be unknown, and closes nothing",
      next: `countersign close --check --write-review ${options.writeReview}`,
    });
  const given = givenWords(shell, options);
  await withSession(shell, options, async (session) => {
    const { ctx, loaded } = session;
    const { output } = shell;
    const chosen = choose(session, await loadState(ctx), request);
    const person = options.by === undefined ? undefined : await findPerson(session, options.by, "--by");
    const explanations = await explanationsOf(session, given, chosen, options.by);
    await recordProgram(ctx, loaded);
    if (options.collect) await collectUnread(shell, session, chosen);
    output.progress("reconciling");
    await preparePopulations(ctx, loaded.program);
    output.progress("assessing");
    const assessed = await assess(ctx);
    output.progress("closing");
    const closed = await closeMonth(ctx, assessed, {
      ...request,
      month: chosen.month.id,
      explanations,
      ...(person !== undefined && { person }),
    });
    const letters = await writeDueLetters(shell, session);
    if (options.json === true) {
      output.json({ record: closed.record, ...closed.body, details: closed.details });
      return;
    }
    output.print(
      `${closed.body.month} is closed: record ${closed.record}${loaded.program.sampleData ? " · SAMPLE DATA" : ""}`,
    );
    const nameOf = await nameFinder(session);
    const log = await loadState(ctx);
    const items = closed.details.earlier.map((entry) =>
      changedItems(ctx, log, closed.body.window, entry, ITEMS_MAX),
    );
    for (const line of closeLines(closed.body, closed.details, nameOf, items)) output.print(line);
    for (const letter of letters) output.print(letter);
  });
}

function requestOf(month: string | undefined, options: Options): CloseRequest {
  if (options.again === true && (options.reason === undefined || options.reason.trim() === ""))
    throw new ProblemError({
      code: "close-again-reason",
      what: "--again needs the reason",
      why: "both closes stay, and a reader asks why there are two",
      next: `countersign close ${month ?? "MONTH"} --again --reason WORDS`,
    });
  if (options.again !== true && options.reason !== undefined)
    throw new ProblemError({
      code: "close-again-reason",
      what: "--reason says why a month is closed again, and goes with --again",
      next: "add --again, or take --reason away",
    });
  if (options.again === true && month === undefined)
    throw new ProblemError({
      code: "close-again-reason",
      what: "--again needs the month",
      next: "countersign close 2026-05 --again --reason WORDS",
    });
  return {
    ...(month !== undefined && { month }),
    ...(options.again === true && options.reason !== undefined && { again: options.reason }),
  };
}

function choose(
  { ctx, loaded }: Session,
  log: Awaited<ReturnType<typeof loadState>>,
  request: CloseRequest,
): ChosenMonth {
  const { window } = loaded.program;
  return chooseMonth(monthStates(log.rows("month.closed"), window, ctx.clock.now()), request);
}

/**
 * A source that cannot be read is told: what it starves is unknown, the close names it as unread, and the month is closed all
 * the same. After a failed fsync nothing may go on as if all were well.
 */
async function collectUnread(shell: Shell, session: Session, { month }: ChosenMonth): Promise<void> {
  const { ctx, loaded } = session;
  const unread = unreadSources(await loadState(ctx), loaded.program, month.through);
  for (const [index, { source }] of unread.entries()) {
    shell.output.progress(`reading ${source}, ${index + 1} of ${unread.length}`);
    try {
      const collected = await collect(ctx, loaded.program, loaded.people, source);
      if (collected.outcome === "failed")
        shell.output.note(`! ${source} could not be read: ${collected.reasons.join("; ")}`);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problems.some(({ code }) => code === "sync-failed"))
        throw error;
      for (const problem of error.problems) shell.output.note(`! ${source}: ${formatProblem(problem)}`);
    }
  }
}

type Given = Omit<Explanation, "person">;
type Words = { readonly words: readonly Given[]; readonly by?: string; readonly month?: string };

function givenWords(shell: Shell, options: Options): Words {
  const typed = (options.explain ?? []).map(explained);
  const review = options.review === undefined ? undefined : reviewIn(shell, options.review);
  return {
    words: [...typed, ...(review?.words ?? [])],
    ...(review?.by !== undefined && { by: review.by }),
    ...(review?.month !== undefined && { month: review.month }),
  };
}

function explained(text: string): Given {
  const match = /^([^/=\s]+)\/([^/=\s]+)=(.*)$/s.exec(text);
  const [, control, activity, words = ""] = match ?? [];
  if (control === undefined || activity === undefined || words.trim() === "")
    throw new ProblemError({
      code: "close-explain",
      what: `--explain ${JSON.stringify(text)} is not CONTROL/ACTIVITY=WORDS`,
      next: `--explain "CHG-01/merge=the review system was moved in May; its export is asked for"`,
    });
  return { control, activity, words: words.trim() };
}

function reviewIn(shell: Shell, file: string): Words {
  const path = resolve(shell.cwd, file);
  if (!existsSync(path))
    throw new ProblemError({
      code: "close-review",
      what: `there is no file ${file}`,
      where: path,
      next: `countersign close --check --write-review ${file}`,
    });
  const read = readCloseReview({ path: file, text: readFileSync(path, "utf8") });
  if (!read.ok) throw new ProblemError(read.error);
  const { month, by, unknowns } = read.value;
  return {
    month,
    ...(by !== undefined && { by }),
    words: unknowns
      .filter(({ words }) => words.trim() !== "")
      .map(({ count: _count, owner: _owner, words, ...group }) => ({ ...group, words: words.trim() })),
  };
}

async function explanationsOf(
  session: Session,
  { words, by, month }: Words,
  chosen: ChosenMonth,
  closer: string | undefined,
): Promise<readonly Explanation[]> {
  if (month !== undefined && month !== chosen.month.id)
    throw new ProblemError({
      code: "close-review-month",
      what: `the review is of ${month}, and ${chosen.month.id} is to be closed`,
      next: `countersign close ${chosen.month.id} --check --write-review FILE`,
    });
  if (words.length === 0) return [];
  const said = by ?? closer;
  if (said === undefined)
    throw new ProblemError({
      code: "close-explain-by",
      what: "who explains it is not said",
      why: "words without a person are nobody's",
      next: "add --by PERSON",
    });
  const person = await findPerson(session, said, by === undefined ? "--by" : "by");
  return words.map((each) => ({ ...each, person }));
}

async function check(shell: Shell, request: CloseRequest, options: Options): Promise<void> {
  const given = givenWords(shell, options);
  await withReading(shell, options, async (session) => {
    const { ctx, loaded } = session;
    const { output } = shell;
    const log = await loadState(ctx);
    const chosen = choose(session, log, request);
    const explanations = await explanationsOf(session, given, chosen, options.by);
    const closing = { ...request, month: chosen.month.id, explanations };
    const unread = unreadSources(log, loaded.program, chosen.month.through);
    const { parts, ...found } = checkClose(ctx, log, ctx.clock.now(), closing);
    const nameOf = await nameFinder(session);
    if (options.writeReview !== undefined)
      writeReview(shell, options.writeReview, chosen.month.id, parts.unknowns, nameOf);
    if (options.json === true) {
      output.json({
        wouldRead: options.collect ? unread.map(({ source }) => source) : [],
        ...found,
        details: parts,
      });
      return;
    }
    output.print(
      `${chosen.month.id} would be closed so, as of now; nothing was recorded${loaded.program.sampleData ? " · SAMPLE DATA" : ""}`,
    );
    if (options.collect && unread.length > 0)
      output.print(`first it would read ${unread.map(({ source }) => source).join(", ")}`);
    for (const line of closeLines(found, parts, nameOf)) output.print(line);
    if (options.writeReview !== undefined)
      output.print(
        `fill in ${options.writeReview}, then countersign close ${chosen.month.id} --review ${options.writeReview}`,
      );
  });
}

function writeReview(
  shell: Shell,
  file: string,
  month: string,
  unknowns: readonly DecidedUnknown[],
  nameOf: (person: string) => string,
): void {
  const path = resolve(shell.cwd, file);
  if (existsSync(path))
    throw new ProblemError({
      code: "close-review-there",
      what: `${file} is there already, and may hold words that somebody wrote`,
      where: path,
      next: "name another file, or move it away",
    });
  const text = closeReviewText({
    month,
    unknowns: unknowns.map((each) => ({
      month: each.month,
      control: each.control,
      activity: each.activity,
      reason: each.reason,
      ...(each.suppliedBy !== undefined && { suppliedBy: each.suppliedBy }),
      count: each.count,
      ...(each.decision === "open" && each.owner !== undefined && { owner: nameOf(each.owner) }),
      words: each.decision === "explained" ? each.words : "",
    })),
  });
  try {
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    throw new ProblemError(
      {
        code: "close-review-not-written",
        what: "the review file could not be written",
        where: path,
        why: error instanceof Error ? error.message : String(error),
        next: "name a file in a folder that is there",
      },
      { cause: error },
    );
  }
}
