/** Where the answers of `init` come from: a file, what was answered before, and a person at a terminal. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { ProblemError } from "@countersign/kernel";
import {
  NOT_KNOWN,
  questions,
  readAnswers,
  type Answers,
  type Lines,
  type Question,
  type QuestionId,
} from "@countersign/program";
import type { Home } from "../home.ts";
import type { Shell } from "./shared.ts";

export type AnswerOptions = {
  readonly answers?: string;
  /** False with --no-input. */
  readonly input?: boolean;
  readonly json?: boolean;
};

export type Answered = Answers & Required<Pick<Answers, "window">>;

/** Kept after each answer and beside the workspace, where git does not carry the names in it. */
const KEPT = "init-answers.json";

/** Whether there is anything or anybody to answer. */
export function canAnswer(home: Home, options: AnswerOptions): boolean {
  return options.answers !== undefined || canAsk(options) || existsSync(join(home.workspace, KEPT));
}

function canAsk({ input, json }: AnswerOptions): boolean {
  return input !== false && json !== true && process.stdin.isTTY;
}

/** @returns undefined where the person left before the end: what was answered is kept. */
export async function answersFor(
  shell: Shell,
  home: Home,
  options: AnswerOptions,
): Promise<Answered | undefined> {
  const kept = join(home.workspace, KEPT);
  const before: Lines = {
    ...(existsSync(kept) ? linesOf(kept, relative(shell.cwd, kept)) : {}),
    ...(options.answers === undefined ? {} : linesOf(resolve(shell.cwd, options.answers), options.answers)),
  };
  const lines = canAsk(options) ? await ask(shell, before, kept) : before;
  if (lines === undefined) return undefined;
  const read = readAnswers(lines);
  if (!read.ok)
    throw new ProblemError(
      read.error.map(({ question, why }) => ({
        code: "bad-answer",
        what: `${question.id}: ${why}`,
        where: options.answers ?? relative(shell.cwd, kept),
        why: question.words,
        next: `for example ${JSON.stringify({ [question.id]: question.example })}`,
      })),
    );
  // readAnswers insists on the window.
  return read.value as Answered;
}

export function forgetAnswers(home: Home): void {
  rmSync(join(home.workspace, KEPT), { force: true });
}

function linesOf(path: string, shown: string): Lines {
  const bad = (what: string) =>
    new ProblemError({
      code: "bad-answers",
      what,
      where: shown,
      why: `it is a JSON object of ${questions.map(({ id }) => id).join(", ")}: each a line of text, or null for "don't know"`,
      next: `mend it, for example ${JSON.stringify({ company: "Acme Models", clouds: null })}`,
    });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw bad(`the answers cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw bad("the answers are no object");
  for (const [id, line] of Object.entries(value)) {
    if (!questions.some((question) => question.id === id)) throw bad(`there is no question \`${id}\``);
    if (line !== null && typeof line !== "string") throw bad(`the answer to \`${id}\` is no line of text`);
  }
  return value as Lines;
}

async function ask(shell: Shell, before: Lines, kept: string): Promise<Lines | undefined> {
  const { output } = shell;
  const lines: { [Q in QuestionId]?: string | null } = { ...before };
  const terminal = createInterface({ input: process.stdin, output: process.stderr, prompt: "     > " });
  const typedLines = typedOn(terminal);
  const answered = questions.filter(({ id }) => lines[id] !== undefined).length;
  output.note(
    `${questions.length} questions${answered > 0 ? `, ${answered} of them answered before` : ""}. Enter alone, or "don't know", leaves one open: it stays visible as missing.`,
  );
  try {
    for (const [index, question] of questions.entries()) {
      if (lines[question.id] !== undefined) continue;
      output.note(
        `\n${index + 1}/${questions.length}  ${question.words}\n     for example: ${question.example}`,
      );
      while (lines[question.id] === undefined) {
        terminal.prompt();
        const typed = await typedLines();
        if (typed === undefined) {
          output.note(
            `\nstopped; what was answered is kept in ${relative(shell.cwd, kept)}, and countersign init goes on there`,
          );
          process.exitCode = 1;
          return undefined;
        }
        const why = take(question, typed, lines);
        if (why === undefined) keep(kept, lines);
        else output.note(`     ${why}`);
      }
    }
    return lines;
  } finally {
    terminal.close();
  }
}

/** @returns why the line is no answer. */
function take(
  { id, required, read }: Question,
  typed: string,
  lines: { [Q in QuestionId]?: string | null },
): string | undefined {
  const line = typed.trim();
  if (!NOT_KNOWN.includes(line.toLowerCase())) {
    const found = read(line);
    if (!found.ok) return found.error;
    lines[id] = line;
    return undefined;
  }
  if (required) return "this one cannot be left open: days are counted in it, and it can be changed later";
  lines[id] = null;
  return undefined;
}

/** Line after line, also those that were typed before they were asked for; undefined once the person has left. */
function typedOn(terminal: Interface): () => Promise<string | undefined> {
  const waiting: string[] = [];
  let wanted: ((line: string | undefined) => void) | undefined;
  let hasLeft = false;
  terminal.on("line", (line) => {
    if (wanted === undefined) waiting.push(line);
    else wanted(line);
    wanted = undefined;
  });
  // Ctrl-C, Ctrl-D, and a terminal that goes away.
  terminal.on("close", () => {
    hasLeft = true;
    wanted?.(undefined);
  });
  return () => {
    const line = waiting.shift();
    if (line !== undefined || hasLeft) return Promise.resolve(line);
    return new Promise((resolve) => {
      wanted = resolve;
    });
  };
}

function keep(path: string, lines: Lines): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${JSON.stringify(lines, undefined, 2)}\n`, { mode: 0o600 });
}
