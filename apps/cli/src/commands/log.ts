/** `log export`, `log proof`. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { ProblemError } from "@countersign/kernel";
import { exportLog, proveRecord, type GivenCheckpoint } from "@countersign/application";
import { makeDirectory, openLogFolder, putInPlace, type Halt } from "@countersign/store";
import { withReading, type Common, type Shell } from "./shared.ts";
import { beginsAsProof, PROOF, recordFileOf } from "./verify-log.ts";

type LogOptions = Common & { readonly checkpoint?: string };

export function registerLog(group: Command, common: (command: Command) => Command, shell: Shell): void {
  const of = (command: Command): Command =>
    common(command).option(
      "--checkpoint <file>",
      "one of the log's checkpoints, anchored or not; absent: the newest",
    );
  of(group.command("export").argument("<folder>"))
    .description("every record and the tree over them as static files; an export that is there is added to")
    .action((folder: string, options: LogOptions) => exportTo(shell, folder, options));
  of(group.command("proof").argument("<record>"))
    .description("the proof that the log has one record, by its id or index, and the record beside it")
    .option("--out <file>", "where to write it; absent: RECORD.tlog-proof here")
    .action((record: string, options: ProofOptions) => prove(shell, record, options));
}

async function exportTo(shell: Shell, typed: string, options: LogOptions): Promise<void> {
  const given = givenCheckpoint(shell, options.checkpoint);
  await withReading(shell, options, async ({ ctx, halt }) => {
    const shown = relative(shell.cwd, resolve(shell.cwd, typed)) || ".";
    const folder = { ...openLogFolder(resolve(shell.cwd, typed), halt), name: shown };
    const exported = await exportLog(ctx, folder, given);
    if (options.json === true) return shell.output.json({ folder: shown, ...exported });
    const { size, before, written, kept, root } = exported;
    const grown = before === undefined ? "" : `, ${size - before} of them new here`;
    shell.output.print(
      [
        `${shown}  ${size} records${grown}; ${written} files written${kept === 0 ? "" : `, ${kept} were there`}`,
        `  root     ${root}`,
        `  check    countersign verify ${shown}`,
        "  it withholds nothing: give it to those who may read every record",
      ].join("\n"),
    );
  });
}

type ProofOptions = LogOptions & { readonly out?: string };

async function prove(shell: Shell, wanted: string, options: ProofOptions): Promise<void> {
  const given = givenCheckpoint(shell, options.checkpoint);
  await withReading(shell, options, async ({ ctx, halt }) => {
    const proven = await proveRecord(ctx, wanted, given);
    const out = resolve(shell.cwd, options.out ?? `${proven.id}${PROOF}`);
    const record = recordFileOf(out);
    writeBoth(out, record, proven.proof, proven.record, halt);
    const [shown, beside] = [relative(shell.cwd, out), relative(shell.cwd, record)];
    const { proof: _proof, record: _record, ...facts } = proven;
    if (options.json === true) shell.output.json({ proof: shown, record: beside, ...facts });
    else
      shell.output.print(
        [
          `${shown}  record ${proven.index} of ${proven.checkpoint.size}, ${proven.id}`,
          `  record   ${beside}, its bytes as they were hashed: whoever has them reads them`,
          `  check    countersign verify ${shown}`,
        ].join("\n"),
      );
  });
}

/** The record first: a proof without it could not be checked. Files of somebody else's stay. */
function writeBoth(out: string, record: string, proof: string, bytes: string, halt: Halt): void {
  if (existsSync(out) && !beginsAsProof(out)) throw taken(out, "it is no proof, and would be lost");
  if (existsSync(record) && readFileSync(record, "utf8") !== bytes)
    throw taken(
      record,
      `the record goes beside the proof, as ${basename(record)}, and another file is there`,
    );
  makeDirectory(dirname(out), halt, 0o777);
  putInPlace(record, Buffer.from(bytes), halt);
  putInPlace(out, Buffer.from(proof), halt);
}

function taken(where: string, why: string): ProblemError {
  return new ProblemError({
    code: "file-there",
    what: "there is a file of this name already",
    where,
    why,
    next: "name another with --out FILE.tlog-proof; nothing was written",
  });
}

function givenCheckpoint(shell: Shell, name: string | undefined): GivenCheckpoint | undefined {
  if (name === undefined) return undefined;
  try {
    return { name, note: readFileSync(join(resolve(shell.cwd, name)), "utf8") };
  } catch (error) {
    throw new ProblemError(
      {
        code: "checkpoint-unreadable",
        what: "the checkpoint cannot be read",
        where: name,
        why: error instanceof Error ? error.message : String(error),
        next: "--checkpoint FILE, one of countersign/checkpoints",
      },
      { cause: error },
    );
  }
}
