/** What goes to stdout (the answer) and to stderr (progress, problems). */
import { formatProblem, ProblemError, type Problem } from "@countersign/kernel";
import type { Environment } from "./environment.ts";

export type Output = {
  /** The answer, for people. */
  print(text: string): void;
  /** The answer, for machines. */
  json(value: unknown): void;
  /** A line of progress; on a terminal it replaces the one before. */
  progress(line: string): void;
  /** A line that stays. */
  note(line: string): void;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
};

export function createOutput(environment: Environment): Output {
  let open = false;
  const clear = (): void => {
    if (open) process.stderr.write("\r\u001b[2K");
    open = false;
  };
  const style = (code: number) => (text: string) =>
    environment.color ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    print(text) {
      clear();
      process.stdout.write(`${text}\n`);
    },
    json(value) {
      clear();
      process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
    progress(line) {
      // Without a terminal, progress would only fill a log.
      if (!environment.terminal) return;
      clear();
      process.stderr.write(line.slice(0, environment.columns - 1));
      open = true;
    },
    note(line) {
      clear();
      process.stderr.write(`${line}\n`);
    },
    bold: style(1),
    dim: style(2),
  };
}

/**
 * Sees to it that what cannot be written out ends no command: it does the rest, and stops the server that it started. A
 * reader that closes the pipe (head) is no failure; an answer that is cut, as on a full disk, is told and ends with 1.
 */
export function outliveReaders(output: Output): void {
  let told = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || told) return;
    told = true;
    printProblems(output, [
      {
        code: "answer-not-written",
        what: "the answer could not be written out whole",
        where: "stdout",
        why:
          error.code === "ENOSPC"
            ? "the disk is full (ENOSPC)"
            : `the system says ${error.code ?? "nothing"}`,
        next: "the command itself did what it could: look at what is there (countersign status) before you run it again",
      },
    ]);
    process.exitCode = 1;
  });
  // What cannot be told has no other way out; how the command ends still says it.
  process.stderr.on("error", () => {});
}

export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof ProblemError) return error.problems;
  return [
    {
      code: "internal",
      what: `something went wrong that should not have: ${error instanceof Error ? error.message : String(error)}`,
      ...(error instanceof Error && error.stack !== undefined
        ? { why: error.stack.split("\n").slice(1, 4).join("\n         ") }
        : {}),
      next: "nothing that was acknowledged is lost; run countersign fsck, and report this with the lines above",
    },
  ];
}

export function printProblems(output: Output, problems: readonly Problem[]): void {
  for (const problem of problems) output.note(formatProblem(problem));
}
