/** `rehearse`: the days before the window, read and judged as it will be. Nothing of it is recorded. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { localDateAt, ProblemError, type TimeZone } from "@countersign/kernel";
import { rehearse as rehearseProgram, type Context, type Rehearsal } from "@countersign/application";
import {
  rehearsalWindow,
  type RehearsalVerdict,
  type RehearsedActivity,
  type RehearsedControl,
} from "@countersign/assessment";
import { openBlobFiles, SortingListWriter } from "@countersign/store";
import type { Session } from "../session.ts";
import { namesOf } from "./plan.ts";
import { asOfInstant, withReading, type Common, type Shell } from "./shared.ts";

type Options = Common & { readonly from?: string; readonly through?: string };

export function registerRehearse(
  program: Command,
  common: (command: Command) => Command,
  shell: Shell,
): void {
  common(program.command("rehearse"))
    .description("go or not yet for each control, from days before the window; records nothing")
    .option("--from <date>", "first rehearsed day; absent: three months before the window")
    .option("--through <date>", "last rehearsed day; absent: the day before the window")
    .option("--as-of <time>", "what lies after it has not happened yet")
    .action((options: Options) => rehearse(shell, options));
}

async function rehearse(shell: Shell, options: Options): Promise<void> {
  await withReading(shell, options, async (session) => {
    const { ctx, loaded } = session;
    const { window } = loaded.program;
    const asOf = asOfInstant(options.asOf, window.zone) ?? ctx.clock.now();
    const { from, through } = options;
    const days = rehearsalWindow(window, localDateAt(window.zone as TimeZone, asOf), {
      ...(from !== undefined && { from }),
      ...(through !== undefined && { through }),
    });
    if (!days.ok) throw new ProblemError(days.error);
    const found = await inScratch(session, (scratch) =>
      rehearseProgram(ctx, loaded, days.value, scratch, asOf),
    );
    if (options.json === true) return shell.output.json(jsonOf(found));
    const nameOf = await namesOf(session);
    shell.output.print(wordsOf(found, nameOf).join("\n"));
  });
}

const SCRATCH = "rehearsal-";
/** No rehearsal takes so long: what is older was left by one that was killed. */
const LEFT_MS = 24 * 3_600_000;

/** What is read lies in the workspace, under its protection, until the rehearsal is over. */
async function inScratch<T>(
  { home, halt }: Session,
  work: (scratch: Pick<Context, "blobs" | "lists">) => Promise<T>,
): Promise<T> {
  for (const name of readdirSync(home.workspace)) {
    const left = join(home.workspace, name);
    if (name.startsWith(SCRATCH) && statSync(left).mtimeMs < Date.now() - LEFT_MS)
      rmSync(left, { recursive: true, force: true });
  }
  const directory = mkdtempSync(join(home.workspace, SCRATCH));
  try {
    const blobs = openBlobFiles(directory, randomUUID, halt);
    return await work({
      blobs,
      lists: () => new SortingListWriter(blobs, join(directory, "tmp"), randomUUID),
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const verdicts: { readonly [verdict in RehearsalVerdict]: string } = {
  go: "go",
  "not-yet": "not yet",
  "cannot-tell": "cannot tell",
};

function countsOf(controls: readonly RehearsedControl[]): { readonly [verdict in RehearsalVerdict]: number } {
  const count = (wanted: RehearsalVerdict) => controls.filter(({ verdict }) => verdict === wanted).length;
  return { go: count("go"), "not-yet": count("not-yet"), "cannot-tell": count("cannot-tell") };
}

function jsonOf({ window, of, reads, controls, summary }: Rehearsal): object {
  return {
    rehearsed: window,
    window: of,
    asOf: summary.asOf,
    recorded: false,
    counts: countsOf(controls),
    reads: reads.map((each) =>
      "unread" in each
        ? each
        : {
            source: each.source,
            kind: each.read.kind,
            items: each.read.items.count,
            extraction: each.read.extraction,
          },
    ),
    controls,
  };
}

function wordsOf(
  { window, of, reads, controls, summary }: Rehearsal,
  nameOf: (person: string) => string,
): readonly string[] {
  const counts = countsOf(controls);
  return [
    `${summary.organization.name} · rehearsal ${window.from} through ${window.through} ${window.zone} · as of ${summary.asOf}${summary.sampleData ? " · SAMPLE DATA" : ""}`,
    `nothing was recorded, and none of it is evidence of the window ${of.from} through ${of.through}`,
    ...reads.map((each) =>
      "unread" in each
        ? `  ${each.source}: not read: ${each.unread}`
        : `  ${each.source}: ${each.read.items.count} ${each.read.kind} ${each.read.items.count === 1 ? "item" : "items"}, read ${each.read.extraction.state}`,
    ),
    "",
    ...controls.flatMap((control) => wordsOfControl(control, nameOf)),
    "",
    (["go", "not-yet", "cannot-tell"] as const)
      .map((verdict) => `${counts[verdict]} ${verdicts[verdict]}`)
      .join("  "),
  ];
}

function wordsOfControl(
  { control, verdict, title, owner, activities, reasons }: RehearsedControl,
  nameOf: (person: string) => string,
): readonly string[] {
  const goes = activities.filter((each) => each.verdict === "go").map(operatedWords);
  return [
    `${control.padEnd(7)} ${verdicts[verdict].padEnd(11)}  ${title}${owner === undefined ? "" : ` (${nameOf(owner)})`}`,
    ...goes.map((words) => `          ${words}`),
    ...reasons.map(({ what, next }) => `          ${what} → ${next}`),
  ];
}

function operatedWords({ title, operated, due }: RehearsedActivity): string {
  return `${title}: ${operated} of ${due} operated`;
}
