/** `procedure list|show|write`: the page that an engineer follows, from the folder as it stands. They open no workspace. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { ProblemError, type LocalDate, type Problem } from "@countersign/kernel";
import {
  controlOfProcedure,
  PAGE_LINES,
  procedureOf,
  procedurePath,
  stateOfProcedure,
  writtenProcedure,
  type Procedure,
  type ProcedureState,
} from "@countersign/program";
import { makeDirectory, newHalt, putInPlace } from "@countersign/store";
import { findHome } from "../home.ts";
import { table } from "../screen/table.ts";
import { loadCatalog } from "../session.ts";
import { folderOn, type FolderOnDay, type OnDay } from "./gaps.ts";
import type { Shell } from "./shared.ts";

type WriteOptions = OnDay & { readonly all?: boolean; readonly replace?: boolean };

export function registerProcedure(group: Command, common: (command: Command) => Command, shell: Shell): void {
  const onDay = (command: Command): Command =>
    common(command).option("--on <date>", "as the program is on that day; today unless said");
  onDay(group.command("list"))
    .description("whether each control's page is there, and says what the program says")
    .action((options: OnDay) => listProcedures(shell, options));
  onDay(group.command("show").argument("<control>"))
    .description("one control's page, as the program says it")
    .action((control: string, options: OnDay) => showProcedure(shell, control, options));
  onDay(group.command("write").argument("[control...]"))
    .description("write countersign/procedures/CONTROL.md; what stands outside its two marks is kept")
    .option("--all", "of every control in force")
    .option("--replace", "give up what was changed between the marks")
    .action((controls: readonly string[], options: WriteOptions) =>
      writeProcedures(shell, controls, options),
    );
}

type Found = {
  readonly control: string;
  /** Absent where no version is in force. */
  readonly procedure?: Procedure;
  readonly file?: string;
};

class Procedures {
  readonly day: LocalDate;
  readonly #shell: Shell;
  readonly #options: OnDay;
  readonly #folder: FolderOnDay;
  readonly #criteria = loadCatalog().criteria;

  constructor(shell: Shell, options: OnDay) {
    this.#shell = shell;
    this.#options = options;
    this.#folder = folderOn(shell, options);
    this.day = this.#folder.day;
  }

  get root(): string {
    return findHome(this.#options.workspace, this.#shell.cwd).program;
  }

  get controls(): readonly string[] {
    return [...new Set(this.#folder.program.controls.map(({ id }) => id))].sort();
  }

  /** Files of `procedures/` that no control of the program has. */
  get others(): readonly string[] {
    const controls = new Set(this.controls);
    return this.#folder.files.flatMap(({ path }) => {
      const name = path.slice(path.indexOf("procedures/"));
      const control = controlOfProcedure(name);
      return control === undefined || controls.has(control) ? [] : [path];
    });
  }

  find(control: string): Found {
    const { program } = this.#folder;
    // The folder is read with handles in place of opaque ids.
    const input = { program, criteria: this.#criteria, day: this.day, handleOf: (id: string) => id };
    const procedure = procedureOf(input, control);
    const file = readText(join(this.root, procedurePath(control)));
    return { control, ...(procedure && { procedure }), ...(file !== undefined && { file }) };
  }

  /** @throws ProblemError where the program has no such control */
  demand(control: string): Found {
    if (this.controls.includes(control)) return this.find(control);
    throw new ProblemError({
      code: "unknown-control",
      what: `the program has no control ${JSON.stringify(control)}`,
      where: "countersign/program.yaml, countersign/controls/",
      why: `it has ${this.controls.join(", ")}`,
      next: "countersign procedure list",
    });
  }
}

/** To the byte, so that what people wrote comes back as it was. */
function readText(path: string): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (code === "ENOENT") return undefined;
    throw new ProblemError(
      {
        code: "unreadable-file",
        what: "a procedure could not be read",
        where: path,
        why: `the system says ${code}`,
        next: "mend that, and run the command again; nothing was written",
      },
      { cause: error },
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new ProblemError(
      {
        code: "not-utf-8",
        what: "a procedure is not text in UTF-8",
        where: path,
        why: "Other bytes could not be written back as they are.",
        next: "save it as UTF-8, and run the command again; nothing was written",
      },
      { cause: error },
    );
  }
}

function notInForce({ control }: Found, day: LocalDate): Problem {
  return {
    code: "not-in-force",
    what: `no version of ${control} is in force on ${day}`,
    where: `countersign/controls/${control}.yaml`,
    next: "--on DATE: a day on which it is in force",
  };
}

const words: { readonly [state in ProcedureState]: string } = {
  absent: "absent",
  "without-block": "by hand",
  edited: "edited",
  "out-of-date": "out of date",
  current: "current",
};

const states = ["absent", "out-of-date", "edited", "without-block", "current"] as const;

function listProcedures(shell: Shell, options: OnDay): void {
  const all = new Procedures(shell, options);
  const rows = all.controls.map((control) => {
    const { procedure, file } = all.find(control);
    const path = `countersign/${procedurePath(control)}`;
    if (procedure === undefined) return { control, state: "not-in-force" as const, path };
    const { version, title, lines, holes } = procedure;
    const state = stateOfProcedure(control, file, procedure.text);
    return {
      control,
      version,
      title,
      state: state.ok ? state.value : ("marks-broken" as const),
      lines,
      holes,
      path,
    };
  });
  if (options.json === true) {
    shell.output.json({ on: all.day, procedures: rows, ofNoControl: all.others });
    return;
  }
  const { print } = shell.output;
  const stateWords = (state: (typeof rows)[number]["state"]): string =>
    state === "not-in-force" ? "not in force" : state === "marks-broken" ? "MARKS BROKEN" : words[state];
  print(`Procedures as the program is on ${all.day}`);
  print(
    table([
      ["control", "state", "missing", "title"],
      ...rows.map((row) => [
        row.control,
        stateWords(row.state),
        row.state === "not-in-force" ? "" : String(row.holes.length),
        row.state === "not-in-force" ? "" : row.title,
      ]),
    ]),
  );
  const counts = states.flatMap((state) => {
    const count = rows.filter((row) => row.state === state).length;
    return count === 0 ? [] : [`${count} ${words[state]}`];
  });
  print(counts.join(" · "));
  for (const path of all.others) print(`${path}: the program has no such control`);
  if (rows.some(({ state }) => state === "absent" || state === "out-of-date"))
    print("next   countersign procedure write --all");
}

function showProcedure(shell: Shell, control: string, options: OnDay): void {
  const all = new Procedures(shell, options);
  const found = all.demand(control);
  if (found.procedure === undefined) throw new ProblemError(notInForce(found, all.day));
  if (options.json === true) {
    const state = stateOfProcedure(control, found.file, found.procedure.text);
    shell.output.json({ on: all.day, ...found.procedure, state: state.ok ? state.value : "marks-broken" });
    return;
  }
  shell.output.print(found.procedure.text.trimEnd());
  noteLength(shell, found.procedure);
}

function noteLength(shell: Shell, { control, lines }: Procedure): void {
  if (lines > PAGE_LINES)
    shell.output.note(
      `${control} takes ${lines} lines, more than a page of ${PAGE_LINES}: it has more activities and attributes than one page can say`,
    );
}

function writeProcedures(shell: Shell, named: readonly string[], options: WriteOptions): void {
  if ((named.length === 0) === (options.all !== true))
    throw new ProblemError({
      code: "procedure-which",
      what: named.length === 0 ? "no control is named" : "controls are named, and --all as well",
      next: "countersign procedure write CONTROL, or --all",
    });
  const all = new Procedures(shell, options);
  const problems: Problem[] = [];
  const made: { readonly procedure: Procedure; readonly path: string; readonly text: string | undefined }[] =
    [];
  for (const control of options.all === true ? all.controls : named) {
    const found = all.demand(control);
    const { procedure, file } = found;
    if (procedure === undefined) {
      // Of all controls, those in force are meant; one that is named must be.
      if (options.all !== true) problems.push(notInForce(found, all.day));
      continue;
    }
    const written = writtenProcedure(control, file, procedure.text, options.replace);
    if (!written.ok) problems.push({ ...written.error, where: `countersign/${written.error.where ?? ""}` });
    else
      made.push({
        procedure,
        path: join(all.root, procedurePath(control)),
        text: written.value === file ? undefined : written.value,
      });
  }
  // All of them or none: half of a change is harder to review than none.
  if (problems.length > 0) throw new ProblemError(problems);
  const halt = newHalt();
  for (const { path, text } of made) {
    if (text === undefined) continue;
    makeDirectory(dirname(path), halt, 0o777);
    putInPlace(path, Buffer.from(text, "utf8"), halt);
  }
  if (options.json === true) {
    shell.output.json({
      on: all.day,
      procedures: made.map(({ procedure, text }) => ({
        control: procedure.control,
        path: `countersign/${procedurePath(procedure.control)}`,
        written: text !== undefined,
        lines: procedure.lines,
        holes: procedure.holes,
      })),
    });
    return;
  }
  const { print } = shell.output;
  for (const { procedure, text } of made) {
    const { control, holes } = procedure;
    print(
      `countersign/${procedurePath(control)}  ${text === undefined ? "says so already" : "written"}, ${holes.length} missing`,
    );
    noteLength(shell, procedure);
  }
  if (made.some(({ text }) => text !== undefined)) print("next   countersign plan");
}
