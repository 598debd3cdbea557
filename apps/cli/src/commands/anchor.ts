/** `anchor create|list`: checkpoints in the hands of others, and from which date on the log is tamper-evident toward whom. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { formatProblem, ProblemError } from "@countersign/kernel";
import {
  createAnchors,
  dueAnchors,
  holderWords,
  loadState,
  periodAt,
  protectionOf,
  type AnchorOutcome,
  type AnchorRequest,
  type DueAnchor,
  type Protection,
} from "@countersign/application";
import { post, sendmailOf } from "../post.ts";
import type { Session } from "../session.ts";
import { withSession, withReading, type Common, type Shell } from "./shared.ts";

export async function createAnchor(
  shell: Shell,
  options: Common & { readonly all?: boolean },
): Promise<void> {
  await withSession(shell, options, async (session) => {
    const outcomes = await createAnchors(session.ctx, requestOf(shell, session, options.all === true));
    if (options.json === true) shell.output.json(outcomes);
    else {
      for (const outcome of outcomes) shell.output.print(outcomeWords(outcome));
      const { protection } = await anchorState(session);
      for (const line of protectionLines(protection)) shell.output.print(line);
    }
    if (outcomes.some(({ outcome }) => outcome === "failed")) process.exitCode = 1;
  });
}

export function requestOf(shell: Shell, session: Session, all: boolean): AnchorRequest {
  const { anchors, ctx, loaded } = session;
  const variable = anchors.mail?.sendmail;
  const program = variable === undefined ? undefined : shell.environment.variable(variable);
  return {
    anchors,
    organization: loaded.program.organization.name,
    zone: loaded.program.window.zone,
    sampleData: loaded.program.sampleData,
    all,
    post,
    sendMail: program === undefined ? undefined : sendmailOf(program),
    readFile(path) {
      const file = ctx.resolve(path);
      try {
        return readFileSync(file, "utf8");
      } catch (error) {
        throw new ProblemError(
          {
            code: "anchor-file",
            what: "a file that anchors.yaml names cannot be read",
            where: relative(shell.cwd, file),
            why: error instanceof Error ? error.message : String(error),
            next: "put it there, or name another one in countersign/anchors.yaml",
          },
          { cause: error },
        );
      }
    },
  };
}

/**
 * The month's letters, at the end of a command that records: what cannot be written is told, stays due, and fails nothing
 * else. Stamps and cosignatures ask somebody over the network, and a letter is mailed, where the company's own command or
 * environment says so: `anchor create`, or a mail program that is named here.
 */
export async function writeDueLetters(shell: Shell, session: Session): Promise<readonly string[]> {
  const request = requestOf(shell, session, false);
  const { letters, ...rest } = request.anchors;
  const here = letters.filter(({ mail }) => mail === undefined || request.sendMail !== undefined);
  if (here.length === 0) return [];
  const anchors = { ...rest, witnesses: [], timeStamps: [], letters: here };
  try {
    const outcomes = await createAnchors(session.ctx, { ...request, anchors });
    for (const outcome of outcomes)
      if (outcome.outcome === "failed") shell.output.note(`warning: ${formatProblem(outcome.problem)}`);
    return outcomes.filter(({ outcome }) => outcome === "anchored").map(outcomeWords);
  } catch (error) {
    // After a failed fsync nothing else may go on as if all were well.
    if (!(error instanceof ProblemError) || error.problems.some(({ code }) => code === "sync-failed"))
      throw error;
    for (const problem of error.problems) shell.output.note(`warning: ${formatProblem(problem)}`);
    return [];
  }
}

function outcomeWords(outcome: AnchorOutcome): string {
  switch (outcome.outcome) {
    case "not-due":
      return `·  ${outcome.target}: done for ${outcome.period}; --all does it again`;
    case "failed":
      return `!  ${outcome.target}: ${formatProblem(outcome.problem)}`;
    case "anchored":
      return [
        `✓  ${outcome.target}: ${kindWords[outcome.kind]} of ${outcome.size} records, ${outcome.toward}, ${outcome.at}`,
        ...outcome.files.map((file) => `   ${file}`),
        ...outcome.remarks.map((remark) => `   ${remark}`),
      ].join("\n");
  }
}

const kindWords = { "time-stamp": "time stamp", cosignature: "cosignature", letter: "letter" } as const;

export async function listAnchors(shell: Shell, options: Common): Promise<void> {
  await withReading(shell, options, async (session) => {
    const log = await loadState(session.ctx);
    const rows = log.rows("checkpoint.anchored");
    const { protection, due } = await anchorState(session);
    if (options.json === true) {
      const anchors = rows.map(({ record, recordedAt, body }) => ({ record, recordedAt, ...body }));
      shell.output.json({ anchors, ...protection, due });
      return;
    }
    for (const { record, body } of rows)
      shell.output.print(
        `${body.period}  ${kindWords[body.kind].padEnd(11)}  ${body.toward}  ${body.checkpoint.size} records  ${body.at.at} (${body.at.provenance})  ${record}`,
      );
    for (const line of [...protectionLines(protection), ...dueLines(due)]) shell.output.print(line);
  });
}

export async function anchorState(
  session: Session,
): Promise<{ readonly protection: Protection; readonly due: readonly DueAnchor[] }> {
  const log = await loadState(session.ctx);
  const period = periodAt(session.loaded.program.window.zone, session.ctx.clock.now());
  return { protection: protectionOf(log), due: dueAnchors(log, session.anchors, period) };
}

/** The sentence that every screen says in the same words. */
export function protectionLines({ since, holders }: Protection): string[] {
  const first =
    since === undefined
      ? "tamper-evident toward nobody outside yet: no witness has cosigned and there is no time stamp; whoever holds the database and the key could rewrite all of it and sign it again"
      : `tamper-evident since ${since}, by a clock outside`;
  return [first, ...holders.map((holder) => `  ${holderWords(holder)}`)];
}

export function dueLines(due: readonly DueAnchor[]): string[] {
  return due.length === 0
    ? []
    : [
        `due for ${due[0]?.period ?? ""}: ${due.map(({ target, kind }) => `${kindWords[kind]} (${target})`).join(", ")}: countersign anchor create`,
      ];
}
