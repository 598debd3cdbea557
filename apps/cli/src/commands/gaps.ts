/** `gaps` and `scope`: what the program lacks on a day, and what it must cover. Both read the folder as it stands, and open no workspace. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { allGaps, pitfallsOf, type ProgramGap } from "@countersign/assessment";
import { readNames, type NameOnList } from "@countersign/connectors";
import { localDateAt, ProblemError, type LocalDate, type TimeZone } from "@countersign/kernel";
import {
  categoriesThatFollow,
  reportTimelines,
  type CategoryThatFollows,
  type ParsedProgram,
  type ReportTimeline,
  type TextFile,
} from "@countersign/program";
import type { PersonId } from "@countersign/records";
import type { Command } from "commander";
import { programFiles } from "../home.ts";
import { sampleClockOf } from "../sample-clock.ts";
import { loadCatalog, parseFolder } from "../session.ts";
import { dayOption, homeOf, type Common, type Shell } from "./shared.ts";

type Registrar = (command: Command) => Command;
export type OnDay = Common & { readonly on?: string };
export type FolderOnDay = ParsedProgram & { readonly day: LocalDate; readonly files: readonly TextFile[] };
type GapsOptions = OnDay & { readonly names?: string };

export function registerGaps(program: Command, common: Registrar, shell: Shell): void {
  common(program.command("gaps"))
    .description("what the program lacks, in the order in which a customer's reviewer would ask")
    .option("--on <date>", "as the program is on that day; today unless said")
    .option(
      "--names <file>",
      "CSV with the columns list and name: what is paid for, signed on to, connected to",
    )
    .action((options: GapsOptions) => gaps(shell, options));
  common(program.command("scope"))
    .description("which categories follow from what is promised, and by when a report can be there")
    .option("--on <date>", "as the program is on that day; today unless said")
    .action((options: OnDay) => scope(shell, options));
}

/** The folder with handles in place of the ledger's opaque ids, and the day that is asked about. */
export function folderOn(shell: Shell, options: OnDay): FolderOnDay {
  const home = homeOf(shell, options);
  const files = programFiles(home);
  const parsed = parseFolder(files, loadCatalog(), (handle) => handle as PersonId, Date.now());
  const { sampleData, window } = parsed.program;
  const now = (sampleData ? sampleClockOf(home)?.now() : undefined) ?? Date.now();
  return { ...parsed, files, day: dayOption(options.on) ?? localDateAt(window.zone as TimeZone, now) };
}

function gaps(shell: Shell, options: GapsOptions): void {
  const { program, people, day } = folderOn(shell, options);
  const names = options.names === undefined ? [] : namesIn(options.names, shell.cwd);
  const found = allGaps(program, people, day, names);
  const pitfalls = pitfallsOf(found).map(({ id, name, action, gaps: its }) => ({
    id,
    name,
    action,
    gaps: its.map((gap) => found.indexOf(gap) + 1),
  }));
  if (options.json === true) {
    shell.output.json({
      organization: program.organization,
      sampleData: program.sampleData,
      on: day,
      gaps: found.map((gap, index) => ({ number: index + 1, ...gap })),
      pitfalls,
    });
    return;
  }
  const { print, bold, dim } = shell.output;
  if (program.sampleData) print("SAMPLE DATA: an invented company");
  print(
    `${program.organization.name} · ${counted(found.length, "gap")} on ${day}${found.length > 1 ? ", what a customer's reviewer would ask first on top" : ""}`,
  );
  let before: ProgramGap | undefined;
  for (const [index, gap] of found.entries()) {
    if (gap.code !== before?.code)
      print(`\n${bold(gap.code)}  ${dim(gap.criteria.join(" "))}\n  why    ${gap.why}`);
    if (gap.code !== before?.code || gap.next !== before.next) print(`  next   ${gap.next}`);
    print(`${String(index + 1).padStart(4)}  ${gap.what}`);
    print(dim(`        owner: ${gap.owner ?? "nobody"} · ${gap.facts.join(" ")}`));
    before = gap;
  }
  if (pitfalls.length > 0) print(`\n${bold("What lies behind them")}`);
  for (const { name, action, gaps: numbers } of pitfalls)
    print(`${name} (${numbers.join(", ")})\n  ${action}`);
  if (found.length === 0)
    print("These checks look at what the program says, not at whether it is true, and not at evidence.");
}

function namesIn(file: string, cwd: string): readonly NameOnList[] {
  const path = resolve(cwd, file);
  if (!existsSync(path))
    throw new ProblemError({
      code: "names/no-file",
      what: `there is no file ${file}`,
      where: path,
      next: "--names FILE: a CSV file whose first line is list,name",
    });
  const names = readNames(readFileSync(path), file);
  if (!names.ok) throw new ProblemError(names.error);
  return names.value;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function scope(shell: Shell, options: OnDay): void {
  const { program, day } = folderOn(shell, options);
  const categories = categoriesThatFollow(program, day);
  const timelines = reportTimelines(program, day);
  if (options.json === true) {
    shell.output.json({
      organization: program.organization,
      sampleData: program.sampleData,
      on: day,
      window: program.window,
      categories,
      timelines,
    });
    return;
  }
  const { print } = shell.output;
  if (program.sampleData) print("SAMPLE DATA: an invented company");
  print(`${program.organization.name} · as the program is on ${day}`);
  for (const category of categories) for (const line of categoryLines(category)) print(line);
  if (timelines.length === 0) {
    const { from, through } = program.window;
    print(`\nWindow ${from} through ${through}. By when a customer needs the report is not said.`);
    print("  next   write it under `reportNeeds` in service.yaml: by, type, fieldworkDays");
  }
  for (const timeline of timelines) for (const line of timelineLines(timeline, day)) print(line);
}

function categoryLines({ category, chosen, follows, because }: CategoryThatFollows): readonly string[] {
  const words = follows
    ? chosen
      ? "in scope"
      : "NOT IN SCOPE, and promised"
    : chosen
      ? "in scope, and nothing that is promised calls for it"
      : "not in scope; nothing that is promised calls for it";
  return [`\n${category.padEnd(22)} ${words}`, ...because.map((each) => `  because  ${each.words}`)];
}

function timelineLines(timeline: ReportTimeline, day: LocalDate): readonly string[] {
  const { need, daysLeft, latestEnd, shortest, own, typeOne } = timeline;
  const type = need.type === "type-1" ? "Type I" : "Type II";
  const left = daysLeft < 0 ? `${-daysLeft} days ago` : `in ${daysLeft} days`;
  const lines = [`\n${type} report needed by ${need.by}, ${left} (${need.id})`];
  if (latestEnd === undefined)
    lines.push(
      "  fieldwork      not said: ask the auditor how many days pass from the window's end to the report (fieldworkDays)",
    );
  else
    lines.push(
      `  fieldwork      ${need.fieldworkDays ?? 0} days, so the window must end on ${latestEnd} at the latest${latestEnd < day ? ", which is past" : ""}`,
    );
  if (own !== undefined) {
    const late = own.lateByDays;
    const verdict =
      late !== undefined
        ? `${late} days too late${own.reportOn === undefined ? " before any fieldwork" : `: the report could be there on ${own.reportOn}`}`
        : own.reportOn === undefined
          ? "whether that is in time cannot be told"
          : `report on ${own.reportOn}, in time`;
    lines.push(`  your window    ${own.from} through ${own.through}: ${verdict}`);
    lines.push(...cannotFitLines(own.cannotFit));
  }
  if (shortest !== undefined && (shortest.from !== own?.from || shortest.through !== own.through)) {
    lines.push(
      `  latest start   ${shortest.from} for the shortest window that is usually accepted, three months (practice, no rule)${shortest.hasBegun ? `; that is past: it holds only what was recorded since` : ""}`,
    );
    lines.push(...cannotFitLines(shortest.cannotFit));
  }
  const asOf = typeOne.asOfAtLatest;
  const role = {
    needed: `  Type I         as of ${asOf ?? "a day that is not known"} at the latest; it speaks of design on that day`,
    milestone: `  Type I first   as of ${asOf ?? day}, before the window's operation is tested; it speaks of design on that day only`,
    "possible-instead": `  Type I         could be there in time, as of ${asOf ?? day} at the latest; it speaks of design on one day, and is no Type II`,
    "not-planned": "",
  }[typeOne.role];
  return role === "" ? lines : [...lines, role];
}

const NO_PERIOD = ": no period ends inside";

/** Activities without a period in the window in one line: what is to be done about each is the same. */
function cannotFitLines(warnings: readonly string[]): readonly string[] {
  const margin = " ".repeat(17);
  const activities = warnings
    .filter((each) => each.includes(NO_PERIOD))
    .map((each) => each.split(NO_PERIOD)[0]);
  return [
    ...(activities.length === 0
      ? []
      : [
          `${margin}cannot be tested in it, since none of their periods ends inside: ${activities.join("; ")}`,
          `${margin}an \`anchor\` in the control's file moves the end of a period`,
        ]),
    ...warnings.filter((each) => !each.includes(NO_PERIOD)).map((each) => `${margin}${each}`),
  ];
}
