/** `oscal export`: the recorded program and the newest assessment as OSCAL documents, for tools that read those. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Option, type Command } from "commander";
import {
  findRun,
  loadState,
  readProgram,
  recordedProgram,
  type Context,
  type LogState,
} from "@countersign/application";
import {
  assessmentResults,
  componentDefinition,
  OSCAL_VERSION,
  oscalText,
  systemSecurityPlan,
  type OscalKind,
  type OscalProgram,
} from "@countersign/documents";
import {
  epochOf,
  localDateAt,
  ProblemError,
  type JsonObject,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import { makeDirectory, putInPlace } from "@countersign/store";
import { printProblems, problemsOf } from "../output.ts";
import { dayOption, withReading, type Common, type Shell } from "./shared.ts";

type ExportOptions = Common & { readonly only?: OscalKind; readonly on?: string };

const kinds: readonly OscalKind[] = ["component-definition", "system-security-plan", "assessment-results"];

export function registerOscal(group: Command, common: (command: Command) => Command, shell: Shell): void {
  common(group.command("export").argument("<folder>"))
    .description("the recorded program and the newest assessment as OSCAL documents (JSON)")
    .addOption(new Option("--only <document>", "this document only").choices(kinds))
    .option(
      "--on <date>",
      "the program as it is on that day; unless said, the day of its recording, or the window's end that is nearest to it",
    )
    .action((folder: string, options: ExportOptions) => exportTo(shell, folder, options));
}

async function exportTo(shell: Shell, typed: string, options: ExportOptions): Promise<void> {
  const on = dayOption(options.on);
  await withReading(shell, options, async ({ ctx, halt }) => {
    const log = await loadState(ctx);
    const wanted = options.only === undefined ? kinds : [options.only];
    const folder = resolve(shell.cwd, typed);
    const texts = new Map<OscalKind, string>();
    let missing: unknown;
    for (const kind of wanted)
      try {
        texts.set(kind, oscalText(documentOf(kind, ctx, log, on)));
      } catch (error) {
        // What was never assessed has no results; the other two do not need any.
        if (kind !== "assessment-results" || !(error instanceof ProblemError)) throw error;
        missing = error;
      }
    for (const kind of texts.keys()) refuseStrangers(fileOf(folder, kind), kind);
    if (texts.size > 0) makeDirectory(folder, halt, 0o777);
    for (const [kind, text] of texts) putInPlace(fileOf(folder, kind), Buffer.from(text), halt);
    const written = [...texts].map(([kind, text]) => ({
      document: kind,
      file: relative(shell.cwd, fileOf(folder, kind)),
      bytes: Buffer.byteLength(text),
    }));
    if (options.json === true)
      shell.output.json({
        oscalVersion: OSCAL_VERSION,
        written,
        missing: missing === undefined ? [] : ["assessment-results"],
      });
    else
      for (const { file, bytes } of written)
        shell.output.print(`${file}  ${bytes} bytes, OSCAL ${OSCAL_VERSION}`);
    if (missing === undefined) return;
    printProblems(
      shell.output,
      problemsOf(missing).map((problem) => ({
        ...problem,
        what: `assessment-results is not written: ${problem.what}`,
      })),
    );
    process.exitCode = 1;
  });
}

function fileOf(folder: string, kind: OscalKind): string {
  return join(folder, `${kind}.json`);
}

function documentOf(kind: OscalKind, ctx: Context, log: LogState, on: LocalDate | undefined): JsonObject {
  if (kind !== "assessment-results") {
    const { program, row } = recordedProgram(ctx, log);
    const source = sourceOf(program, row, on);
    return kind === "component-definition" ? componentDefinition(source) : systemSecurityPlan(source);
  }
  const { record, body, summary } = findRun(ctx, log);
  const ran = log.rows("assessment.run").find((row) => row.record === record);
  if (ran === undefined) throw new TypeError(`the log has no run ${record}`);
  const { row } = recordedProgram(ctx, log);
  const program = readProgram(ctx, body.program);
  const source: OscalProgram =
    row.body.program.digest === body.program
      ? sourceOf(program, row, on)
      : // The state keeps the newest program's record only.
        { program, digest: body.program, recordedAt: ran.recordedAt, day: program.window.through };
  return assessmentResults({ source, run: body.run, record, recordedAt: ran.recordedAt, summary });
}

type Row = ReturnType<typeof recordedProgram>["row"];

function sourceOf(program: OscalProgram["program"], row: Row, on: LocalDate | undefined): OscalProgram {
  const { from, through, zone } = program.window;
  const recorded = localDateAt(zone as TimeZone, epochOf(row.recordedAt));
  return {
    program,
    digest: row.body.program.digest,
    record: row.record,
    recordedAt: row.recordedAt,
    day: on ?? (recorded < from ? from : recorded > through ? through : recorded),
  };
}

/** A document of this kind is written anew; whatever else has the name stays. */
function refuseStrangers(path: string, kind: OscalKind): void {
  if (!existsSync(path)) return;
  let own = false;
  try {
    own = statSync(path).isFile() && kind in (JSON.parse(readFileSync(path, "utf8")) as object);
  } catch {
    // What is no JSON is no document of ours.
  }
  if (own) return;
  throw new ProblemError({
    code: "file-there",
    what: "there is something else of this name already",
    where: path,
    why: `it is no OSCAL document of the kind ${kind}, and would be lost`,
    next: "name another folder; nothing was written",
  });
}
