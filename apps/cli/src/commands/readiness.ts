/** `readiness`: what an auditor would find today, per criterion, and what is missing. It concludes nothing. */
import { InvalidArgumentError, type Command } from "commander";
import {
  carriedNow,
  loadState,
  monthStates,
  monthWords,
  readinessNow,
  recordedProgram,
} from "@countersign/application";
import {
  datedPlan,
  type CriterionReadiness,
  type PlanEntry,
  type StepState,
  type Steps,
  type Summary,
} from "@countersign/assessment";
import { namesOf } from "./plan.ts";
import { carriedLine } from "./roll-forward.ts";
import { asOfInstant, withReading, type Common, type Shell } from "./shared.ts";

type Options = Common & {
  readonly sizes?: readonly number[];
  readonly all?: boolean;
  readonly plan?: boolean;
};

export function registerReadiness(
  program: Command,
  common: (command: Command) => Command,
  shell: Shell,
): void {
  common(program.command("readiness"))
    .description(
      "per criterion: designed, implemented, operating, evidenced; what is missing, most asked first",
    )
    .option("--as-of <time>", "what lies after it has not happened yet")
    .option("--sizes <n,n>", "sample sizes for which to say what a draw would meet", sizesOf)
    .option("--plan", "what is missing, by the day by which it must be done to count in this window")
    .option("--all", "criteria that lack nothing, too")
    .action((options: Options) => show(shell, options));
}

function sizesOf(text: string): readonly number[] {
  const sizes = text.split(",").map(Number);
  if (sizes.every((size) => Number.isSafeInteger(size) && size > 0)) return sizes;
  throw new InvalidArgumentError("Whole numbers with commas between them: 25,40.");
}

const shapes: { readonly [state in StepState]: string } = {
  yes: "●",
  partly: "◐",
  no: "○",
  unknown: "?",
  "did-not-occur": "–",
};

async function show(shell: Shell, options: Options): Promise<void> {
  await withReading(shell, options, async (session) => {
    const { ctx, loaded } = session;
    const asOf = asOfInstant(options.asOf, loaded.program.window.zone) ?? ctx.clock.now();
    const log = await loadState(ctx);
    const { summary, ...found } = readinessNow(ctx, log, asOf, loaded.people, options.sizes);
    const months = monthStates(log.rows("month.closed"), summary.window, asOf);
    const carried = carriedNow(ctx, log, asOf);
    if (options.plan === true) {
      const { program } = recordedProgram(ctx, log);
      const plan = datedPlan({ program, summary, people: loaded.people, readiness: found });
      if (options.json === true)
        return shell.output.json({ asOf: summary.asOf, window: summary.window, plan });
      return printPlan(summary, plan, await namesOf(session), shell.output.print);
    }
    if (options.json === true) {
      shell.output.json({
        asOf: summary.asOf,
        window: summary.window,
        ...found,
        carried: carried.map(({ id, retest }) => ({ id, retest: retest.state })),
        months: months.map(({ month, state }) => ({ month: month.id, state })),
      });
      return;
    }
    const { print } = shell.output;
    print(`${summary.organization.name} as of ${summary.asOf}${summary.sampleData ? " · SAMPLE DATA" : ""}`);
    print("designed, implemented, operating, evidenced");
    const shown = found.criteria.filter(({ missing }) => options.all === true || missing.length > 0);
    for (const criterion of shown) printCriterion(criterion, print);
    const rest = found.criteria.length - shown.length;
    if (rest > 0) print(`${rest} criteria lack nothing that is known: --all`);
    for (const { control, title, toCome, why } of found.atRisk)
      print(`at risk: ${control} ${title}: ${toCome} to come; ${why.join("; ")}`);
    for (const { source, unreadFrom, lostOn, lostAlready } of found.forgetting)
      print(
        `${source} ${lostAlready ? "has forgotten" : "forgets"} ${unreadFrom} on ${lostOn}: countersign collect ${source}`,
      );
    if (months.some(({ state }) => state === "due"))
      print(`the routine does not run: ${monthWords(months)}: countersign close`);
    for (const line of carriedLine(carried)) print(line);
    for (const draw of found.draws)
      for (const { size, perTenThousand } of draw.meets)
        print(
          `${draw.control} ${draw.activity}: ${draw.deviations} of ${draw.items} deviate; a draw of ${size} meets one with ${(perTenThousand / 100).toFixed(2)}%`,
        );
    if (options.sizes !== undefined) print("known deviations are disclosed whatever a draw finds");
    print(
      Object.entries(shapes)
        .map(([state, shape]) => `${shape} ${state.replaceAll("-", " ")}`)
        .join("  "),
    );
  });
}

function printPlan(
  { organization, asOf, window, sampleData }: Summary,
  plan: readonly PlanEntry[],
  nameOf: (person: string) => string,
  print: (line: string) => void,
): void {
  print(`${organization.name} as of ${asOf}${sampleData ? " · SAMPLE DATA" : ""}`);
  print(`what must be done, and by when it counts in the window ${window.from} through ${window.through}`);
  for (const { on, late, control, what, why, next, owner } of plan) {
    const whose = owner === undefined ? "nobody named" : nameOf(owner);
    print(`${on}${late ? " !" : "  "} ${control === undefined ? "" : `${control} `}${what} (${whose})`);
    print(`             ${why}`);
    print(`             → ${next}`);
  }
  print(plan.length === 0 ? "nothing that is known is missing" : "! something of it is lost already");
}

function printCriterion(criterion: CriterionReadiness, print: (line: string) => void): void {
  const answer =
    criterion.answeredBy === "controls"
      ? `${shapesOf(criterion.steps)}  ${criterion.controls.join(", ")}`
      : criterion.answeredBy === "subservice"
        ? `answered by ${criterion.organization}`
        : criterion.answeredBy === "not-relevant"
          ? `not relevant: ${criterion.reason}`
          : "nothing answers it";
  print(`${criterion.criterion.padEnd(6)} ${answer}`);
  for (const { control, what, next } of criterion.missing)
    print(`         ${control === undefined ? "" : `${control} `}${what} → ${next}`);
}

function shapesOf({ designed, implemented, operating, evidenced }: Steps): string {
  return [designed, implemented, operating, evidenced].map((state) => shapes[state]).join(" ");
}
