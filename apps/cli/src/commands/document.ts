/** `document create`, `document list`. */
import { existsSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Option, type Command } from "commander";
import { canonicalJson, digestOf, formatInstant, ProblemError, type Instant } from "@countersign/kernel";
import { findRun, loadState, recordedProgram, type Context } from "@countersign/application";
import {
  documentFiles,
  documentForms,
  documentKind,
  documentKinds,
  sidecarOf,
  type DocumentForm,
  type DocumentInput,
} from "@countersign/documents";
import type { Person } from "@countersign/program";
import { makeDirectory, putInPlace } from "@countersign/store";
import { pdfFonts } from "../assets.ts";
import { asOfInstant, withReading, type Common, type Shell } from "./shared.ts";

type CreateOptions = Common & { readonly format?: DocumentForm; readonly out?: string };

export function registerDocument(group: Command, common: (command: Command) => Command, shell: Shell): void {
  common(group.command("create").argument("<name>"))
    .description("write one from the recorded program, with its sidecar: the facts of each sentence")
    .addOption(
      new Option("--format <form>", "the form; absent: the usual one of the document").choices(documentForms),
    )
    .option("--out <folder>", "where to write it; absent: documents/ beside countersign/")
    .option(
      "--as-of <time>",
      "a date or an instant; absent: that of the newest assessment, or when the program was recorded since",
    )
    .action((name: string, options: CreateOptions) => create(shell, name, options));
  group
    .command("list")
    .description("the documents that can be written")
    .option("--json", "print JSON")
    .action((options: { readonly json?: boolean }) => {
      const all = documentKinds.map(({ name, words, form }) => ({ name, form, words }));
      if (options.json === true) shell.output.json(all);
      else
        for (const { name, form, words } of all)
          shell.output.print(`${name.padEnd(22)} ${form.padEnd(5)} ${words}`);
    });
}

async function create(shell: Shell, name: string, options: CreateOptions): Promise<void> {
  // Before a server is started for nothing.
  const kind = documentKind(name);
  await withReading(shell, options, async ({ ctx, catalog, home, halt, loaded }) => {
    const input = await inputOf(ctx, catalog.criteria, loaded.people, options.asOf);
    if (digestOf(canonicalJson(loaded.program)) !== input.digest)
      shell.output.note(
        "the program folder differs from the recorded program; the document says what is recorded. next   countersign assess",
      );
    const document = kind.write(input);
    const files = await documentFiles(document, options.format ?? kind.form, pdfFonts);
    const folder = options.out === undefined ? join(home.root, "documents") : resolve(shell.cwd, options.out);
    if (existsSync(folder) && !statSync(folder).isDirectory())
      throw new ProblemError({
        code: "out-not-a-folder",
        what: `--out ${options.out ?? folder} is a file`,
        where: folder,
        next: "--out FOLDER: the document and its sidecar are written into it",
      });
    makeDirectory(folder, halt);
    for (const file of files) putInPlace(join(folder, file.name), file.bytes, halt);
    const { sentences, holes } = sidecarOf(document);
    const [path = "", sidecar = ""] = files.map((file) => relative(shell.cwd, join(folder, file.name)));
    if (options.json === true)
      shell.output.json({ document: kind.name, path, sidecar, sentences: sentences.length, holes });
    else {
      shell.output.print(
        `${path}  ${sentences.length} sentences, ${holes.length} holes\n  sidecar  ${sidecar}`,
      );
      const missing = new Set(holes.flatMap((hole) => hole.missing.map(({ what }) => what)));
      for (const what of missing) shell.output.print(`  missing  ${what}`);
    }
  });
}

/**
 * The recorded program with the newest run, and the smallest checkpoint over both records: none of it changes when other things
 * are recorded.
 */
export async function inputOf(
  ctx: Context,
  criteria: DocumentInput["criteria"],
  folder: readonly Person[],
  asOf: string | undefined,
): Promise<DocumentInput> {
  const log = await loadState(ctx);
  const { program, row } = recordedProgram(ctx, log);
  const run = log.rows("assessment.run").findLast(({ body }) => body.mode === "window");
  const people = await ctx.store.transaction(ctx.organization, (tx) => tx.people());
  const isRunNewer = run !== undefined && log.indexOf(run.record) > log.indexOf(row.record);
  const receipt = await ctx.store.receipt(ctx.organization, isRunNewer ? run.record : row.record);
  const checkpoint =
    "index" in receipt ? await ctx.store.checkpointCovering(ctx.organization, receipt.index) : undefined;
  const [origin = ""] = checkpoint?.note.split("\n") ?? [];
  const at = asOfInstant(asOf, program.window.zone);
  return {
    program,
    digest: row.body.program.digest,
    criteria,
    names: new Map(people.filter(({ name }) => name !== "").map(({ id, name }) => [id, name])),
    // A record's time is an instant: it was made so.
    asOf: at !== undefined ? formatInstant(at) : isRunNewer ? run.body.asOf : (row.recordedAt as Instant),
    left: new Map(
      folder.flatMap(({ id, through }) => (through === undefined ? [] : [[id, through] as const])),
    ),
    ...(run !== undefined && { assessment: findRun(ctx, log, run.record).summary }),
    ...(checkpoint !== undefined && {
      checkpoint: {
        origin,
        size: checkpoint.size,
        root: Buffer.from(checkpoint.root).toString("base64"),
      },
    }),
  };
}
