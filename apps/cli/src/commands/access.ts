/** `access show`: who could read a resource on a past date, and why. */
import type { Command } from "commander";
import {
  addDays,
  formatInstant,
  parseInstant,
  parseLocalDate,
  ProblemError,
  startOfDay,
  zoneOffset,
  type Interval,
  type TimeZone,
} from "@countersign/kernel";
import { accessReport, type AccessReport } from "@countersign/application";
import {
  accessWords,
  type AccessEvidence,
  type AccessPath,
  type AccessWords,
  type PrincipalAccess,
} from "@countersign/assessment";
import { table } from "../screen/table.ts";
import { nameFinder, withReading, type Common, type Shell } from "./shared.ts";

type AccessOptions = Common & {
  readonly on?: string;
  readonly at?: string;
  readonly role?: readonly string[];
};

export function registerAccess(group: Command, common: (command: Command) => Command, shell: Shell): void {
  common(group.command("show").argument("<store-or-resource...>"))
    .description(
      "who could read it on a past date, by which way and on what ground; or why that is not known",
    )
    .option("--on <date>", "at any time of that day, in the program's time zone: 2026-03-31")
    .option("--at <time>", "at that instant: 2026-03-31T14:00:00Z")
    .option(
      "--role <role>",
      "a role that reads, where no source says so; repeatable",
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .action((resources: readonly string[], options: AccessOptions) => showAccess(shell, resources, options));
}

async function showAccess(shell: Shell, resources: readonly string[], options: AccessOptions): Promise<void> {
  await withReading(shell, options, async (session) => {
    const zone = session.loaded.program.window.zone as TimeZone;
    const during = timeAsked(options, zone, session.ctx.clock.now());
    const { role } = options;
    const report = await accessReport(session.ctx, {
      resources,
      during,
      ...(role === undefined ? {} : { readingRoles: role }),
    });
    const nameOf = await nameFinder(session);
    if (options.json === true) {
      const people = peopleIn(report).map((id) => [id, nameOf(id)] as const);
      shell.output.json({ zone, ...report, people: Object.fromEntries(people) });
      return;
    }
    const time = (at: string) => localTime(zone, at);
    const words = accessWords({ person: nameOf, time });
    const asked =
      options.on === undefined
        ? `at ${time(formatInstant(during.start))}`
        : `at any time of ${options.on}, that is ${time(formatInstant(during.start))} to ${time(formatInstant(during.end))}`;
    shell.output.print(
      [...headOf(report, asked, zone), ...bodyOf(report, words, time), ...tailOf(report)].join("\n"),
    );
  });
}

function timeAsked({ on, at }: AccessOptions, zone: TimeZone, now: number): Interval {
  if ((on === undefined) === (at === undefined))
    throw new ProblemError({
      code: "access-when",
      what: on === undefined ? "the question has no date" : "--on and --at are two questions",
      next: "--on 2026-03-31 for any time of that day, or --at 2026-03-31T14:00:00Z for that instant",
    });
  const during = on === undefined ? instantAsked(at ?? "") : dayAsked(on, zone);
  if (during.start < now) return during;
  throw new ProblemError({
    code: "access-future",
    what: `${on ?? at ?? ""} has not come yet`,
    why: "what was collected tells of the past alone",
    next: "ask of a date that is over",
  });
}

function dayAsked(text: string, zone: TimeZone): Interval {
  const date = parseLocalDate(text);
  if (date.ok) return { start: startOfDay(zone, date.value), end: startOfDay(zone, addDays(date.value, 1)) };
  throw new ProblemError({
    code: "access-when",
    what: `--on ${JSON.stringify(text)}: ${date.error}`,
    next: "--on 2026-03-31, or --at 2026-03-31T14:00:00Z",
  });
}

function instantAsked(text: string): Interval {
  const instant = parseInstant(text);
  if (instant.ok) return { start: instant.value, end: instant.value + 1 };
  throw new ProblemError({
    code: "access-when",
    what: `--at ${JSON.stringify(text)}: ${instant.error}`,
    next: "--at 2026-03-31T14:00:00Z, or with an offset: --at 2026-03-31T14:00:00+02:00",
  });
}

/** "2026-03-31 14:00", with seconds only where there are any. */
function localTime(zone: TimeZone, at: string): string {
  const epoch = Date.parse(at);
  const text = new Date(epoch + zoneOffset(zone, epoch)).toISOString().replace("T", " ");
  return text
    .replace("Z", "")
    .replace(/\.000$/, "")
    .replace(/:00$/, "");
}

function peopleIn({ answer }: AccessReport): readonly string[] {
  return [...new Set(JSON.stringify(answer).match(/\bp_[0-9a-f]{24}\b/g) ?? [])].sort();
}

function headOf(
  { answer, stores, readingRoles, knownResources }: AccessReport,
  asked: string,
  zone: TimeZone,
): string[] {
  const { resources, principals } = answer;
  const count = (state: PrincipalAccess["state"]) => principals.filter((each) => each.state === state).length;
  const strangers = resources.filter((name) => !knownResources.includes(name));
  return [
    `Who could read ${resources.join(" or ")}, ${asked}  (times in ${zone})`,
    `  ${count("could")} could · ${count("unknown")} unknown · ${count("could-not")} could not · the answer is ${answer.state}`,
    ...stores.map((each) => `  the program says that ${each.store} stands on ${each.resources.join(", ")}`),
    ...(readingRoles.length === 0
      ? []
      : [`  that ${readingRoles.join(", ")} read is the word of whoever asks, and of no source`]),
    ...strangers.map(
      (name) =>
        `  no source names ${name}${knownResources.length === 0 ? "" : `; those named are ${knownResources.join(", ")}`}`,
    ),
  ];
}

function bodyOf({ answer }: AccessReport, words: AccessWords, time: (at: string) => string): string[] {
  const groups = Map.groupBy(answer.principals, ({ state }) => state);
  const lines: string[] = [];
  for (const [state, title] of [
    ["could", "Could"],
    ["unknown", "Unknown"],
    ["could-not", "Could not"],
  ] as const) {
    const members = (groups.get(state) ?? []).toSorted((a, b) =>
      words.principal(a.principal).localeCompare(words.principal(b.principal), "en"),
    );
    if (members.length > 0) lines.push("", title);
    for (const each of members) {
      lines.push(`  ${words.principal(each.principal)}`);
      if (each.left !== undefined) lines.push(`    ${words.left(each.left)}`);
      if (each.state === "could")
        for (const path of each.paths) lines.push(...pathLines(path, answer.during, words, time));
      else if (each.state === "unknown")
        lines.push(...each.reasons.map((reason) => `    ${words.reason(reason)}`));
      else lines.push(`    ${words.why(each.why, each.principal)}`);
    }
  }
  return [...lines, "", "Others", ...words.whole(answer).map((line) => `  ${line}`)];
}

function pathLines(
  path: AccessPath,
  asked: AccessReport["answer"]["during"],
  words: AccessWords,
  time: (at: string) => string,
): string[] {
  const whole = path.during[0]?.start === asked.start && path.during[0].end === asked.end;
  // A list without a feed of changes shows its own instant and no other.
  const parts = path.during.map(({ start, end }) =>
    Date.parse(end) - Date.parse(start) === 1 ? `shown at ${time(start)}` : `${time(start)} to ${time(end)}`,
  );
  return [
    `    ${path.via.padEnd(15)}  ${words.path(path)}`,
    ...new Set(path.steps.map((step) => `      ground    ${words.ground(step)}`)),
    ...(whole ? [] : [`      when      ${parts.join(", ")}`]),
    ...path.steps.map((step) => `      evidence  ${step.evidence.map(evidenceText).join("; ")}`),
  ];
}

const evidenceText = ({ population, item, record }: AccessEvidence): string =>
  `${item} of ${population}, record ${record}`;

function tailOf({ populations }: AccessReport): string[] {
  if (populations.length === 0)
    return [
      "",
      "Nothing of access was collected yet: countersign collect, once sources.yaml names lists of it",
    ];
  const rows = populations.map((each) => [
    each.population,
    each.kind,
    `${each.items} ${each.items === 1 ? "item" : "items"}`,
    each.extraction,
    each.record,
  ]);
  const cautions = [...new Set(populations.flatMap((each) => each.cautions))];
  return ["", "Read from", table(rows, "  "), ...cautions.map((caution) => `  caution  ${caution}`)];
}
