/** `roll-forward`: the next window, with the deviations of the last one; `deviation carried`: what their retest shows. */
import { join } from "node:path";
import type { Command } from "commander";
import { localDateAt, ProblemError, epochOf, type TimeZone } from "@countersign/kernel";
import {
  carriedErased,
  carriedNow,
  loadState,
  planRollForward,
  recordRollForward,
  type CarriedNow,
  type LoadedProgram,
  type RollForward,
} from "@countersign/application";
import { withWindow, type TextFile } from "@countersign/program";
import { putInPlace } from "@countersign/store";
import { programFiles } from "../home.ts";
import { loadedWith, type Session } from "../session.ts";
import { whoDecided } from "./plan.ts";
import { withReading, withSession, type Common, type Shell } from "./shared.ts";

type Options = Common & {
  readonly through?: string;
  readonly person?: string;
  readonly reason?: string;
  readonly plan?: boolean;
  readonly withWarning?: boolean;
};

export function registerRollForward(
  program: Command,
  deviation: Command,
  common: (command: Command) => Command,
  shell: Shell,
): void {
  common(program.command("roll-forward"))
    .description("begin the next window where this one ended, and carry its deviations along")
    .option("--plan", "show it; nothing is written or recorded")
    .option("--through <date>", "last day of the next window; absent: as many months as this one")
    .option("--person <person>", "who decided it")
    .option("--reason <text>", "why; kept for good, so without names of persons")
    .option("--with-warning", "although occurrences of this window are not due yet")
    .action((options: Options) => rollForward(shell, options));
  common(deviation.command("carried"))
    .description("deviations of earlier windows, and what their retest shows")
    .action((options: Common) => listCarried(shell, options));
}

async function rollForward(shell: Shell, options: Options): Promise<void> {
  const open = options.plan === true ? withReading : withSession;
  await open(shell, options, async (session: Session) => {
    const { ctx, loaded, home } = session;
    const planned = await planRollForward(ctx, loaded.program, {
      now: ctx.clock.now(),
      ...(options.through !== undefined && { through: options.through }),
      ...(options.withWarning === true && { withWarning: true }),
    });
    const edited = editedFile(home, planned);
    const next = await loadedWith(session, edited.files);
    if (options.plan === true) return printPlan(shell, options, planned, loaded, next);
    const [problem] = planned.problems;
    if (problem !== undefined) throw problem;
    if (options.person === undefined) throw nobodyDecides();
    const person = await whoDecided(session, options.person, "--person");
    const write = (text: string) => putInPlace(join(home.root, edited.path), Buffer.from(text), session.halt);
    if (edited.after !== edited.before) write(edited.after);
    try {
      const done = await recordRollForward(ctx, next, planned, {
        person,
        ...(options.reason !== undefined && { reason: options.reason }),
      });
      if (options.json === true) return shell.output.json({ ...jsonOf(planned), ...done });
      shell.output.print(
        [
          ...wordsOf(planned),
          `  record   ${done.rolledForward}, with the program ${done.digest}`,
          `  commit   countersign/, with program.lock and checkpoints/ in it`,
          "next  countersign collect, then countersign assess",
        ].join("\n"),
      );
    } catch (error) {
      // The folder says what is recorded: nothing was.
      if (edited.after !== edited.before) write(edited.before);
      throw error;
    }
  });
}

function nobodyDecides(): ProblemError {
  return new ProblemError({
    code: "roll-forward-person",
    what: "who decided it must be said",
    where: "--person",
    why: "the record names who moved the window",
    next: "countersign roll-forward --person HANDLE, or --plan to look at it",
  });
}

type Edited = {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly files: readonly TextFile[];
};

function editedFile(home: Session["home"], { next }: RollForward): Edited {
  const files = programFiles(home);
  const file = files.find(({ path }) => path.endsWith("/program.yaml"));
  if (file === undefined) throw new Error("a program that was read has a program.yaml");
  const edited = withWindow(file, next);
  if (!edited.ok) throw new ProblemError(edited.error);
  return {
    path: file.path,
    before: file.text,
    after: edited.value.text,
    files: files.map((each) => (each === file ? edited.value : each)),
  };
}

function jsonOf({ previous, next, run, carried }: RollForward): object {
  return { previous, next, run: run ?? null, carried };
}

function wordsOf({ previous, next, run, carried }: RollForward): readonly string[] {
  return [
    `the window ${previous.from} through ${previous.through} is followed by ${next.from} through ${next.through} ${next.zone}`,
    ...(run === undefined
      ? []
      : [
          `  carried  ${carried.length} ${carried.length === 1 ? "deviation" : "deviations"} of the run ${run}: countersign deviation carried`,
        ]),
  ];
}

function printPlan(
  shell: Shell,
  options: Options,
  planned: RollForward,
  loaded: LoadedProgram,
  next: LoadedProgram,
): void {
  const problems = planned.problems.flatMap((each) => each.problems);
  const newWarnings = next.warnings.filter((warning) => !loaded.warnings.includes(warning));
  if (options.json === true)
    return shell.output.json({ ...jsonOf(planned), problems, newWarnings, recorded: false });
  shell.output.print(
    [
      ...wordsOf(planned),
      ...planned.carried.map(
        ({ id, control, activity, occurrence, state }) =>
          `    ${id}  ${control} ${activity} ${occurrence}  ${state}`,
      ),
      ...newWarnings.map((warning) => `  warning  ${warning}`),
      ...(problems.length === 0
        ? ["next  countersign roll-forward --person PERSON --reason WHY"]
        : problems.flatMap(({ what, next: step }) => [`  not now  ${what}`, `next  ${step ?? ""}`])),
    ].join("\n"),
  );
}

async function listCarried(shell: Shell, options: Common): Promise<void> {
  await withReading(shell, options, async ({ ctx, loaded }) => {
    const log = await loadState(ctx);
    const carried = carriedNow(ctx, log, ctx.clock.now());
    if (options.json === true) return shell.output.json(carried);
    const zone = loaded.program.window.zone as TimeZone;
    const erased = carriedErased(ctx, log);
    if (erased > 0)
      shell.output.print(
        `${erased} carried ${erased === 1 ? "deviation was" : "deviations were"} erased with the item: countersign erase list`,
      );
    if (carried.length + erased === 0) shell.output.print("no deviation was carried into this window");
    for (const each of carried) {
      const { id, control, activity, attribute, occurrence, state, found } = each;
      shell.output.print(
        `${id}  ${control} ${activity}${attribute === undefined ? "" : ` ${attribute}`} ${occurrence}: ${state} in ${found.from} through ${found.through}`,
      );
      shell.output.print(`    ${retestWords(each, zone)}`);
    }
  });
}

function retestWords({ retest, next, action, notAssessed }: CarriedNow, zone: TimeZone): string {
  const counts = `${retest.operated} operated and ${retest.deviated} deviated since`;
  const after = action === undefined ? "" : `; to be mended by ${action}`;
  if (retest.state !== "not-yet") {
    const on = localDateAt(zone, epochOf(retest.at));
    return `retested: ${retest.state === "operated" ? "operated" : "deviated again"} (${retest.occurrence}, on ${on}; ${counts}${after})`;
  }
  const when =
    next?.when === "due"
      ? `${next.period} is due by ${next.by}`
      : next?.when === "next-item"
        ? `the next ${next.kind} is its retest`
        : (next?.why ?? "");
  return `not yet retested: ${when}${notAssessed === true ? "; this window was not assessed yet: countersign assess" : ` (${counts}${after})`}`;
}

/** One line for other screens; none where nothing was carried. */
export function carriedLine(carried: readonly CarriedNow[]): readonly string[] {
  if (carried.length === 0) return [];
  const count = (state: CarriedNow["retest"]["state"]) =>
    carried.filter(({ retest }) => retest.state === state).length;
  return [
    `${carried.length} carried ${carried.length === 1 ? "deviation" : "deviations"}: ${count("operated")} retested and operated, ${count("deviated-again")} deviated again, ${count("not-yet")} not yet retested: countersign deviation carried`,
  ];
}
