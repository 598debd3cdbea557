/** `program log`, `show`, `export`: the program as the ledger has it. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { localDateAt, ProblemError, type LocalDate, type TimeZone } from "@countersign/kernel";
import {
  changesOf,
  programFilesOf,
  programHistory,
  readProgram,
  recordingAt,
  type ProgramRecording,
} from "@countersign/application";
import {
  countWords,
  programLock,
  PROGRAM_LOCK,
  programOn,
  reachOf,
  schemaFiles,
  sizeWords,
  wordsOfChange,
  type ProgramOnDay,
} from "@countersign/program";
import { makeDirectory, putInPlace, type Halt } from "@countersign/store";
import type { Session } from "../session.ts";
import { namesOf } from "./plan.ts";
import { dayOption, asOfInstant, withReading, type Common, type Shell } from "./shared.ts";

type AtOptions = Common & { readonly asRecordedAt?: string };
type ShowOptions = AtOptions & { readonly on?: string };
type LogOptions = Common & { readonly changes?: boolean };

export function registerProgram(group: Command, common: (command: Command) => Command, shell: Shell): void {
  const at = (command: Command): Command =>
    common(command).option("--as-recorded-at <time>", "as the ledger knew it then; absent: the newest");
  common(group.command("log"))
    .description("every recording of the program: when, by whom, why, and what it changed")
    .option("--changes", "with each change")
    .action((options: LogOptions) => log(shell, options));
  at(group.command("show"))
    .description("what was in force on a day")
    .option("--on <date>", "the day; absent: today")
    .action((options: ShowOptions) => show(shell, options));
  at(group.command("export").argument("<folder>"))
    .description("write the recorded program's files back, to the byte")
    .action((folder: string, options: AtOptions) => exportTo(shell, folder, options));
}

async function log(shell: Shell, options: LogOptions): Promise<void> {
  await withReading(shell, options, async (session) => {
    const { ctx } = session;
    const nameOf = await namesOf(session);
    const all = changesOf(ctx, await programHistory(ctx)).map(({ recording, diff }) => {
      const { body } = recording.record;
      return {
        recording,
        diff,
        day: localDateAt(body.window.zone as TimeZone, Date.parse(recording.record.recordedAt)),
      };
    });
    if (options.json === true)
      return shell.output.json(
        all.map(({ recording: { index, record }, diff, day }) => ({
          record: record.id,
          index,
          recordedAt: record.recordedAt,
          actor: record.actor,
          person: record.body.person ?? null,
          reason: record.body.reason ?? null,
          program: record.body.program.digest,
          basedOn: record.body.basedOn,
          changes: diff.changes.length,
          ...(options.changes === true && {
            changed: diff.changes.map((change) => ({ ...change, reach: reachOf(change, day) })),
          }),
        })),
      );
    if (all.length === 0) return shell.output.print("no program is recorded yet");
    for (const { recording, diff, day } of all) {
      const { record } = recording;
      const { person, reason, program, basedOn } = record.body;
      const first = basedOn === null;
      const back = diff.changes.filter((change) => reachOf(change, day) === "backdated").length;
      const lines = [
        `${record.recordedAt}  ${first ? `the first program: ${sizeWords(readProgram(ctx, program.digest))}` : diff.changes.length === 0 ? "files alone" : countWords(diff.changes)}${back === 0 || first ? "" : `; ${back} backdated`}`,
        `  by       ${person === undefined ? `${record.actor.id} (nobody was named)` : nameOf(person)}`,
        ...(reason === undefined ? [] : [`  reason   ${reason}`]),
        `  program  ${program.digest}`,
        `  record   ${record.id}`,
      ];
      if (options.changes === true && !first)
        lines.push(
          ...diff.changes.flatMap((change) =>
            wordsOfChange(change, { recordedOn: day, nameOf }).map((line) => `  ${line}`),
          ),
        );
      shell.output.print(lines.join("\n"));
    }
  });
}

async function show(shell: Shell, options: ShowOptions): Promise<void> {
  await withReading(shell, options, async (session) => {
    const recording = await recordingOf(session, options);
    const program = readProgram(session.ctx, recording.record.body.program.digest);
    const day =
      dayOption(options.on) ?? localDateAt(program.window.zone as TimeZone, session.ctx.clock.now());
    const inForce = programOn(program, day);
    const { record } = recording;
    const { window } = program;
    if (options.json === true)
      return shell.output.json({
        record: record.id,
        recordedAt: record.recordedAt,
        digest: record.body.program.digest,
        organization: program.organization,
        window,
        categories: program.categories,
        catalog: program.catalog,
        ...inForce,
      });
    shell.output.print(
      [
        `${program.organization.name} on ${day}, as recorded at ${record.recordedAt}`,
        `  program     ${record.body.program.digest}`,
        `  window      ${window.from} through ${window.through}, ${window.zone}`,
        `  categories  ${program.categories.join(", ")}`,
        ...wordsOfDay(inForce),
      ].join("\n"),
    );
  });
}

function wordsOfDay({ controls, system }: ProgramOnDay): readonly string[] {
  const since = (from: LocalDate | undefined) => (from === undefined ? "" : `, since ${from}`);
  const lines = [
    "",
    `controls in force: ${controls.length}`,
    ...controls.map(
      ({ id, version, title, effectiveFrom }) =>
        `  ${id.padEnd(10)} ${title}${version > 1 ? ` (version ${version}${since(effectiveFrom)})` : ""}`,
    ),
  ];
  for (const [collection, things] of Object.entries(system ?? {})) {
    if (things.length === 0) continue;
    lines.push("", `${collection}: ${things.length}`);
    for (const thing of things) {
      const { name, title, words } = thing as { name?: string; title?: string; words?: string };
      lines.push(`  ${thing.id.padEnd(24)} ${name ?? title ?? words ?? ""}${since(thing.from)}`.trimEnd());
    }
  }
  return lines;
}

async function recordingOf({ ctx, loaded }: Session, { asRecordedAt }: AtOptions): Promise<ProgramRecording> {
  return recordingAt(
    await programHistory(ctx),
    asOfInstant(asRecordedAt, loaded.program.window.zone, "--as-recorded-at"),
  );
}

async function exportTo(shell: Shell, typed: string, options: AtOptions): Promise<void> {
  await withReading(shell, options, async (session) => {
    const { ctx, halt } = session;
    const recording = await recordingOf(session, options);
    const { digest } = recording.record.body.program;
    const { files, missing } = programFilesOf(ctx, recording);
    const folder = resolve(shell.cwd, typed);
    const root = rootOf([...files, ...missing].map(({ path }) => path));
    const recorded = files.map(({ path, bytes }) => ({ path: insideOf(path.slice(root.length)), bytes }));
    const written = new Set(recorded.map(({ path }) => path));
    const all = [
      ...recorded,
      ...schemaFiles()
        .filter(({ path }) => !written.has(path))
        .map(({ path, text }) => ({ path, bytes: Buffer.from(text) })),
      // Last: a folder that carries it was written whole.
      { path: PROGRAM_LOCK, bytes: Buffer.from(programLock(digest)) },
    ];
    const shown = relative(shell.cwd, folder) || ".";
    refuseOther(folder, shown, all);
    for (const { path, bytes } of all) writeInto(folder, path, bytes, halt);
    if (options.json === true)
      return shell.output.json({
        folder: shown,
        record: recording.record.id,
        program: digest,
        files: recorded.map(({ path }) => path),
        missing,
      });
    shell.output.print(
      [
        `${shown}  ${recorded.length} files of the program that was recorded at ${recording.record.recordedAt}`,
        `  program  ${digest}`,
        ...missing.map(({ path, digest: lost }) => `  missing  ${path} (${lost}): countersign fsck says why`),
        "  not in the ledger: people.yaml and anchors.yaml, since they hold names and addresses; copy yours beside these",
      ].join("\n"),
    );
  });
}

function rootOf(paths: readonly string[]): string {
  const [first] = paths
    .filter((path) => /(?:^|\/)program\.yaml$/.test(path))
    .sort((a, b) => a.length - b.length);
  return first === undefined ? "" : first.slice(0, first.length - "program.yaml".length);
}

/** Paths stand in records, and a record may come from elsewhere. */
function insideOf(path: string): string {
  if (path.split("/").every((part) => part !== "" && part !== "." && part !== "..") && !path.includes("\\"))
    return path;
  throw new ProblemError({
    code: "bad-path",
    what: `the record names a file ${JSON.stringify(path)}, which would lie outside the folder`,
    next: "countersign fsck",
  });
}

function refuseOther(
  folder: string,
  shown: string,
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): void {
  if (!existsSync(folder)) return;
  const wanted = new Map(files.map(({ path, bytes }) => [path, bytes]));
  const other = statSync(folder).isDirectory()
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
        .find((path) => {
          const bytes = wanted.get(path);
          return bytes === undefined || !readFileSync(join(folder, path)).equals(bytes);
        })
    : "";
  if (other === undefined) return;
  throw new ProblemError({
    code: "folder-not-empty",
    what: `${shown} holds something else already`,
    where: other === "" ? shown : join(shown, other),
    why: "what a person wrote is not written over",
    next: "name an empty folder, and compare the two: git diff --no-index countersign FOLDER",
  });
}

function writeInto(folder: string, path: string, bytes: Uint8Array, halt: Halt): void {
  const target = join(folder, path);
  makeDirectory(dirname(target), halt);
  putInPlace(target, bytes, halt);
}
