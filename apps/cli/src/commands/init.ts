/** `init`, `doctor`. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { basename, dirname, join, relative } from "node:path";
import { parsePeriod, ProblemError } from "@countersign/kernel";
import { compareWithOutside, recordProgram } from "@countersign/application";
import {
  catalogLock,
  initialProgram,
  organizationNamed,
  programFromAnswers,
  programLock,
  PROGRAM_LOCK,
  type TextFile,
} from "@countersign/program";
import type { PersonId } from "@countersign/records";
import { findHome, homeAt, programFiles, type Home } from "../home.ts";
import { loadCatalog, openSession, parseFolder } from "../session.ts";
import { answersFor, canAnswer, forgetAnswers, type AnswerOptions } from "./init-answers.ts";
import type { Common, Shell } from "./shared.ts";

export type InitOptions = Common &
  AnswerOptions & {
    readonly from?: string;
    readonly through?: string;
    readonly zone: string;
    readonly name?: string;
    readonly updateLock?: boolean;
  };

export async function init(shell: Shell, options: InitOptions): Promise<void> {
  const home = homeAt(options.workspace ?? shell.cwd);
  if (options.updateLock === true) {
    writeFileSync(join(home.program, "catalog.lock"), catalogLock(loadCatalog()));
    shell.output.print("catalog.lock now names the catalog of this version");
    return;
  }
  if (existsSync(join(home.program, "program.yaml")))
    throw new ProblemError({
      code: "program-exists",
      what: "there is a program here already",
      where: join(home.program, "program.yaml"),
      next: "edit it, or name another folder with --workspace",
    });
  // The flags say all that a bare folder needs; without them the company is asked.
  const asks = options.from === undefined && options.through === undefined && canAnswer(home, options);
  if (!asks) return writeFirst(shell, home, bareProgram(home, options), []);
  const answers = await answersFor(shell, home, options);
  if (answers === undefined) return;
  const { files, open } = programFromAnswers(answers, loadCatalog(), options.name ?? basename(home.root));
  writeFirst(shell, home, files, open);
  forgetAnswers(home);
}

function bareProgram(home: Home, options: InitOptions): readonly TextFile[] {
  const period = parsePeriod(options.from ?? "", options.through ?? "", options.zone);
  if (!period.ok)
    throw new ProblemError({
      code: "bad-window",
      what: `the window cannot be read: ${period.error}`,
      next: "countersign init --from 2025-07-01 --through 2026-06-30 --zone America/New_York",
    });
  return initialProgram({
    organization: organizationNamed(options.name ?? basename(home.root)),
    window: { from: period.value.from, through: period.value.through, zone: period.value.zone },
    categories: ["security"],
    sources: [],
    catalog: loadCatalog(),
  });
}

function writeFirst(shell: Shell, home: Home, files: readonly TextFile[], open: readonly string[]): void {
  for (const file of [...files, { path: PROGRAM_LOCK, text: programLock(null) }]) {
    const path = join(home.program, file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.text);
    if (!file.path.startsWith("schema/")) shell.output.print(relative(shell.cwd, path));
  }
  // The day on which the window can still be moved: what it leaves untested is said now.
  const program = parseFolder(programFiles(home), loadCatalog(), (handle) => handle as PersonId, Date.now());
  for (const warning of program.warnings) shell.output.print(`warning: ${warning}`);
  if (open.length > 0)
    shell.output.print(
      `not known yet: ${open.join(", ")}; the files say \`missing\` where somebody must still say something`,
    );
  const ignore = join(home.root, ".gitignore");
  shell.output.print(
    `next: name your people and sources there, then countersign collect${existsSync(ignore) ? "" : "; keep .countersign/ out of version control"}`,
  );
}

/** Says what is here and what is missing, and changes nothing but the log's own files. */
export async function doctor(shell: Shell, options: Common): Promise<void> {
  const lines: { name: string; ok: boolean; words: string }[] = [];
  const add = (name: string, ok: boolean, words: string): void => {
    lines.push({ name, ok, words });
  };
  add("node", true, process.versions.node);
  const git = spawnSync("git", ["--version"], { encoding: "utf8" });
  add(
    "git",
    git.status === 0,
    git.status === 0 ? git.stdout.trim() : "not found: the git connector needs it",
  );
  try {
    const home = findHome(options.workspace, shell.cwd);
    const session = await openSession(home, shell);
    try {
      add(
        "program",
        true,
        `${session.loaded.program.organization.id}, ${session.loaded.warnings.length} warnings`,
      );
      for (const warning of session.loaded.warnings) add("warning", true, warning);
      add("database", true, session.server);
      add(
        "checkpoints",
        true,
        `${await compareWithOutside(session.ctx)} outside the database, all of this log`,
      );
      await recordProgram(session.ctx, session.loaded);
      for (const source of session.loaded.program.sources)
        add(`source ${source.id}`, true, `${source.connector}, provides ${source.provides}`);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    for (const problem of error.problems)
      add(
        "problem",
        false,
        [problem.what, problem.where, problem.next].filter((each) => each !== undefined).join(" · "),
      );
  }
  if (options.json === true) shell.output.json(lines);
  else
    for (const line of lines)
      shell.output.print(`${line.ok ? "✓" : "!"} ${line.name.padEnd(14)} ${line.words}`);
  if (lines.some((line) => !line.ok)) process.exitCode = 1;
}
