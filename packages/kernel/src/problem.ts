/**
 * What a person is told when input is bad or a step could not be done: what happened, where, why, and what to do next.
 * `code` is stable and is what tests and `--json` readers match on.
 */
export type Problem = {
  readonly code: string;
  readonly what: string;
  /** A file with line and column, a row number, a record, a URL: wherever the reader should look. */
  readonly where?: string;
  readonly why?: string;
  /** The next step, as a command where there is one. */
  readonly next?: string;
};

/** Carries problems to the edge of the program (the command line prints them and exits with 1). */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options?: { cause?: unknown }) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map(formatProblem).join("\n"), options);
    this.name = "ProblemError";
    this.problems = list;
  }
}

/** Four short lines at most: what, where, why, next. */
export function formatProblem(problem: Problem): string {
  const lines = [problem.what];
  if (problem.where !== undefined) lines.push(`  where  ${problem.where}`);
  if (problem.why !== undefined) lines.push(`  why    ${problem.why}`);
  if (problem.next !== undefined) lines.push(`  next   ${problem.next}`);
  return lines.join("\n");
}
