/** `calendar`: what is due, by which day, whose it is and what does it; as text, JSON, or a file for a calendar program. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { calendarNow, loadState } from "@countersign/application";
import { icsOf, nobody, type CalendarEntry } from "@countersign/assessment";
import {
  addDays,
  dayNumber,
  localDateAt,
  parseLocalDate,
  ProblemError,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import { writeOut } from "./inventory.ts";
import { nameFinder, withReading, type Common, type Shell } from "./shared.ts";

type Options = Common & { readonly from?: string; readonly through?: string; readonly ics?: string };

/** How far ahead it looks unless a day is named. */
const AHEAD_DAYS = 90;

export function registerCalendar(
  program: Command,
  common: (command: Command) => Command,
  shell: Shell,
): void {
  common(program.command("calendar"))
    .description("what is due, with owner and the command that does it; what is overdue first")
    .option("--from <date>", "the first day; today unless said")
    .option("--through <date>", `the last day; ${AHEAD_DAYS} days on unless said`)
    .option("--ics <file>", "write it for a calendar program (iCalendar)")
    .action((options: Options) => calendar(shell, options));
}

async function calendar(shell: Shell, options: Options): Promise<void> {
  const given = { from: day("--from", options.from), through: day("--through", options.through) };
  await withReading(shell, options, async (session) => {
    const { ctx, loaded, anchors } = session;
    const { program, people } = loaded;
    const now = ctx.clock.now();
    const today = localDateAt(program.window.zone as TimeZone, now);
    const from = given.from ?? today;
    const through = given.through ?? addDays(from > today ? from : today, AHEAD_DAYS);
    if (from > through)
      throw new ProblemError({
        code: "calendar-days",
        what: `--from ${from} comes after --through ${through}`,
        next: `--from ${through} --through ${from}`,
      });
    const found = calendarNow(await loadState(ctx), program, people, anchors, now, { from, through });
    const known = await nameFinder(session);
    const named = new Map(people.map(({ id, name }) => [id as string, name]));
    const nameOf = (person: string): string => named.get(person) ?? known(person);
    const { organization, sampleData } = program;
    if (options.ics !== undefined)
      writeOut(
        resolve(shell.cwd, options.ics),
        icsOf(found.entries, { organization, sampleData, now, nameOf }),
      );
    if (options.json === true) {
      shell.output.json({ organization, sampleData, ...found });
      return;
    }
    const { print } = shell.output;
    print(
      `${organization.name} · ${from} through ${through}, on ${today}${sampleData ? " · SAMPLE DATA" : ""}`,
    );
    const overdue = found.entries.filter((entry) => entry.overdue);
    for (const entry of found.entries) for (const line of lines(entry, today, nameOf)) print(line);
    print(
      found.entries.length === 0
        ? "nothing is due"
        : `${overdue.length} overdue, ${found.entries.length - overdue.length} due`,
    );
    for (const ground of grounds(found.entries)) print(`* ${ground}`);
    if (options.ics !== undefined) print(`written to ${options.ics}`);
  });
}

function lines(
  entry: CalendarEntry,
  today: LocalDate,
  nameOf: (person: string) => string,
): readonly string[] {
  const { on, overdue, what, next, owner, ownerRole, ground } = entry;
  const late = dayNumber(today) - dayNumber(on);
  return [
    `${on}  ${overdue ? (late > 0 ? `OVERDUE by ${late} ${late === 1 ? "day" : "days"}: ` : "OVERDUE: ") : ""}${what}${ground === undefined ? "" : " *"}`,
    `            ${owner === undefined ? nobody(ownerRole) : nameOf(owner)} → ${next}`,
  ];
}

/** Each once, under all entries: what has a star. */
function grounds(entries: readonly CalendarEntry[]): readonly string[] {
  return [...new Set(entries.flatMap(({ ground }) => ground ?? []))];
}

function day(option: string, text: string | undefined): LocalDate | undefined {
  if (text === undefined) return undefined;
  const date = parseLocalDate(text);
  if (date.ok) return date.value;
  throw new ProblemError({
    code: "bad-date",
    what: `${option} ${JSON.stringify(text)}: ${date.error}`,
    where: option,
    next: `${option} 2026-06-30`,
  });
}
