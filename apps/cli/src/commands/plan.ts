/** `plan`: what recording the folder would change; `apply`: records it. */
import type { Command } from "commander";
import { localDateAt, type LocalDate, type TimeZone } from "@countersign/kernel";
import {
  loadDirectoryKey,
  personIdOf,
  planProgram,
  programHistory,
  readProgram,
  recordProgram,
  type ProgramPlan,
} from "@countersign/application";
import {
  catalogUpgrade,
  countWords,
  diffPrograms,
  isOfCatalogAlone,
  reachOf,
  sizeWords,
  wordsOfChange,
  type CatalogUpgrade,
  type Change,
  type Program,
  type ProgramDiff,
} from "@countersign/program";
import type { PersonId } from "@countersign/records";
import type { Session } from "../session.ts";
import { findPerson, nameFinder, withReading, withSession, type Common, type Shell } from "./shared.ts";

export function registerPlan(program: Command, common: (command: Command) => Command, shell: Shell): void {
  common(program.command("plan"))
    .description("what recording the program folder would change; records nothing")
    .action((options: Common) => plan(shell, options));
  common(program.command("apply"))
    .description("record the program folder")
    .option("--reason <text>", "why it changes; kept for good, so without names of persons")
    .option("--by <person>", "who decided it")
    .option("--onto <digest>", "the newest program, once what it changed was brought into the folder")
    .action((options: ApplyOptions) => apply(shell, options));
}

async function plan(shell: Shell, options: Common): Promise<void> {
  await withReading(shell, options, async (session) => {
    const planned = await planProgram(session.ctx, session.loaded);
    const today = todayOf(session);
    const upgrade = upgradeOf(planned, session.loaded.program, today);
    if (options.json === true) return shell.output.json(jsonOf(planned, upgrade, today));
    const words = { recordedOn: today, nameOf: await namesOf(session) };
    shell.output.print(wordsOfPlan(planned, session.loaded.program, upgrade, words).join("\n"));
  });
}

type ApplyOptions = Common & { readonly reason?: string; readonly by?: string; readonly onto?: string };

async function apply(shell: Shell, options: ApplyOptions): Promise<void> {
  await withSession(shell, options, async (session) => {
    const { ctx, loaded } = session;
    const { reason, by, onto } = options;
    const done = await recordProgram(ctx, loaded, {
      texts: true,
      ...(reason !== undefined && { reason }),
      ...(by !== undefined && { person: await whoDecided(session, by) }),
      ...(onto !== undefined && { onto }),
    });
    const recorded = (await programHistory(ctx)).find(({ record }) => record.id === done.record);
    const basedOn = recorded?.record.body.basedOn ?? undefined;
    const before = basedOn === undefined ? undefined : readProgram(ctx, basedOn);
    const { changes } = diffPrograms(before, loaded.program);
    if (options.json === true)
      return shell.output.json({
        ...done,
        basedOn: basedOn ?? null,
        changes: done.changed ? changes.length : 0,
      });
    if (!done.changed) return shell.output.print(`nothing to record: ${done.digest} is the newest program`);
    shell.output.print(
      [
        before === undefined
          ? `recorded the first program: ${sizeWords(loaded.program)}`
          : changes.length === 0
            ? "recorded: the files are written otherwise, and the program says what it said"
            : `recorded: ${countWords(changes)}`,
        `  record   ${done.record}`,
        `  program  ${done.digest}`,
        "  commit   countersign/, with program.lock and checkpoints/ in it",
      ].join("\n"),
    );
  });
}

/** The folder may be the first to name them. */
export async function whoDecided(session: Session, wanted: string, option = "--by"): Promise<PersonId> {
  const lower = wanted.toLowerCase();
  const handle = personIdOf(await loadDirectoryKey(session.ctx), `handle:${wanted}`);
  const [found, ...more] = session.loaded.people.filter(
    ({ id, name, identities }) =>
      id === handle ||
      name?.toLowerCase() === lower ||
      identities.some((each) => each.toLowerCase() === lower || each.toLowerCase().endsWith(`:${lower}`)),
  );
  return found !== undefined && more.length === 0 ? found.id : findPerson(session, wanted, option);
}

/** The local day of the program's zone. */
export function todayOf({ ctx, loaded }: Session): LocalDate {
  return localDateAt(loaded.program.window.zone as TimeZone, ctx.clock.now());
}

/** Names from the directory, and of those whom only the folder names yet. */
export async function namesOf(session: Session): Promise<(id: string) => string> {
  const known = await nameFinder(session);
  const here = new Map<string, string>(
    session.loaded.people.map(({ id, name, identities }) => [id, name ?? identities[0] ?? id]),
  );
  return (id) => {
    const name = known(id);
    return name === id ? (here.get(id) ?? id) : name;
  };
}

function upgradeOf(
  { before, diff }: ProgramPlan,
  after: Program,
  today: LocalDate,
): CatalogUpgrade | undefined {
  return before && catalogUpgrade(before, after, diff.changes, today);
}

type Words = { readonly recordedOn: LocalDate; readonly nameOf: (id: string) => string };

function wordsOfPlan(
  planned: ProgramPlan,
  program: Program,
  upgrade: CatalogUpgrade | undefined,
  words: Words,
): readonly string[] {
  const { newest, diff, newWarnings, goneWarnings } = planned;
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
  if (newest === undefined)
    return [
      "no program is recorded yet",
      `  apply would record the first one: ${sizeWords(program)}`,
      ...list("warnings", newWarnings),
      ...next("countersign apply"),
    ];
  const { record } = newest;
  const head = [
    `against the newest program, recorded ${record.recordedAt}`,
    `  program  ${record.body.program.digest}`,
  ];
  const shown = upgrade === undefined ? diff.changes : diff.changes.filter((each) => !isOfCatalogAlone(each));
  return [
    ...(planned.stale === undefined ? head : staleWords(planned, words)),
    "",
    ...folderWords(planned),
    ...shown.flatMap((change) => wordsOfChange(change, words)),
    ...reachWords(diff.changes, words.recordedOn),
    ...(upgrade === undefined ? [] : upgradeWords(upgrade)),
    ...list("warnings that are new", newWarnings),
    ...list("warnings that are gone", goneWarnings),
    ...(planned.stale === undefined && planned.files.length > 0 ? next("countersign apply") : []),
  ];
}

function next(command: string): readonly string[] {
  return ["", `next  ${command}`];
}

function folderWords({ diff, files }: ProgramPlan): readonly string[] {
  if (diff.changes.length > 0) return [`the folder changes: ${countWords(diff.changes)}`];
  if (files.length > 0)
    return [
      "the folder says on every day what the newest program says, written otherwise:",
      ...files.map((path) => `  ${path}`),
    ];
  return ["the folder is the newest program"];
}

function reachWords(changes: readonly Change[], today: LocalDate): readonly string[] {
  const count = (reach: ReturnType<typeof reachOf>) =>
    changes
      .filter((change) => change.change !== "added" || reach === "backdated")
      .filter((change) => reachOf(change, today) === reach).length;
  const [back, every] = [count("backdated"), count("every-day")];
  return [
    ...(back === 0
      ? []
      : [
          "",
          `${back} of them backdated: the first day lies before ${today}, on which they would be recorded`,
        ]),
    ...(every === 0
      ? []
      : [
          "",
          `${every} of them without a first day: they say something else of days that are past; to change something from a day on, write it under \`changes\` (of a control: under \`versions\`)`,
        ]),
  ];
}

function upgradeWords({ before, after, controls, unchanged }: CatalogUpgrade): readonly string[] {
  return [
    "",
    `the catalog: ${before} → ${after}`,
    ...controls.map(({ control, change, members, from, through, pastDays }) => {
      const what = change === "changed" ? members.join(", ") : change;
      const past = pastDays === 0 ? "" : `; ${pastDays} of those days are past`;
      return `  ${control}  ${what}: on the days of the window from ${from} through ${through}${past}`;
    }),
    `  ${unchanged} of its controls say what they said`,
  ];
}

function staleWords({ newest, basedOn, stale }: ProgramPlan, words: Words): readonly string[] {
  const sides = stale?.sides;
  const digest = newest?.record.body.program.digest ?? "";
  return [
    "another program was recorded since this folder was changed, and apply would refuse it",
    `  based on  ${basedOn ?? "no program"}`,
    `  newest    ${digest}, recorded ${newest?.record.recordedAt ?? ""}`,
    ...(sides === undefined
      ? ["  the program that the folder is based on is not in this ledger"]
      : [
          "",
          `recorded since: ${countWords(sides.theirs.changes)}`,
          ...sides.theirs.changes.flatMap((change) => wordsOfChange(change, words)),
          ...bothWords(bothChanged(sides)),
        ]),
    "",
    "next  countersign program export FOLDER, and bring what was recorded since into this folder",
    `      then countersign apply --onto ${digest.slice(0, 19)}`,
    "",
    "what apply --onto would record:",
  ];
}

function bothWords(both: readonly string[]): readonly string[] {
  return both.length === 0
    ? []
    : ["", "changed on both sides, so that somebody must choose:", ...both.map((each) => `  ${each}`)];
}

/** Members of things that either side changed otherwise than the other. */
function bothChanged({
  theirs,
  ours,
}: {
  readonly theirs: ProgramDiff;
  readonly ours: ProgramDiff;
}): readonly string[] {
  const keys = ({ changes }: ProgramDiff) =>
    changes.flatMap(({ part, thing, change, members }) =>
      change === "removed" ? [`${part} ${thing}`] : members.map(({ member }) => `${part} ${thing} ${member}`),
    );
  const left = new Set(keys(theirs));
  const right = new Set(keys(ours));
  const meet = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
    [...one].filter((key) => [...other].some((each) => each === key || key.startsWith(`${each} `)));
  return [...new Set([...meet(left, right), ...meet(right, left)])].sort();
}

function jsonOf(planned: ProgramPlan, upgrade: CatalogUpgrade | undefined, today: LocalDate): object {
  const { newest, digest, basedOn, diff, files, newWarnings, goneWarnings, stale } = planned;
  return {
    program: digest,
    basedOn: basedOn ?? null,
    newest: newest
      ? {
          record: newest.record.id,
          index: newest.index,
          recordedAt: newest.record.recordedAt,
          program: newest.record.body.program.digest,
        }
      : null,
    changes: diff.changes.map((change) => ({ ...change, reach: reachOf(change, today) })),
    arrangement: diff.arrangement,
    files,
    ...(upgrade && { catalog: upgrade }),
    newWarnings,
    goneWarnings,
    stale:
      stale === undefined
        ? false
        : { ...stale.sides, ...(stale.sides && { both: bothChanged(stale.sides) }) },
  };
}
