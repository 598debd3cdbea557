/** `erase file|item|person|list`: what is to be forgotten goes, its digest and the record of the erasure stay. */
import {
  eraseFile,
  eraseItem,
  erasePerson,
  loadState,
  type Erasure,
  type ErasureRequest,
} from "@countersign/application";
import { findPerson, nameFinder, withSession, withReading, type Common, type Shell } from "./shared.ts";
import type { Session } from "../session.ts";

export type EraseOptions = Common & {
  readonly reason: string;
  readonly by: string;
  readonly approver: string;
  readonly dryRun?: boolean;
};

export async function eraseAFile(shell: Shell, digest: string, options: EraseOptions): Promise<void> {
  await erase(shell, options, (session, request) => eraseFile(session.ctx, digest, request));
}

export async function eraseAnItem(
  shell: Shell,
  population: string,
  id: string,
  options: EraseOptions,
): Promise<void> {
  await erase(shell, options, (session, request) => eraseItem(session.ctx, population, id, request));
}

export async function eraseAPerson(shell: Shell, person: string, options: EraseOptions): Promise<void> {
  await erase(shell, options, async (session, request) =>
    erasePerson(session.ctx, await findPerson(session, person, "PERSON"), request),
  );
  if (options.json !== true && options.dryRun !== true)
    shell.output.print(
      "the names are gone from the directory, and are not taken up again; people.yaml, raw bytes and evidence may hold them still: countersign erase file DIGEST",
    );
}

async function erase(
  shell: Shell,
  options: EraseOptions,
  work: (session: Session, request: ErasureRequest) => Promise<Erasure>,
): Promise<void> {
  await withSession(shell, options, async (session) => {
    const done = await work(session, {
      reason: options.reason,
      person: await findPerson(session, options.by, "--by"),
      approver: await findPerson(session, options.approver, "--approver"),
      dryRun: options.dryRun === true,
    });
    if (options.json === true) shell.output.json(done);
    else print(shell, done, options.dryRun === true);
  });
}

function print(shell: Shell, done: Erasure, dryRun: boolean): void {
  const { print: line } = shell.output;
  line(
    `${dryRun ? "would erase" : "erased"} ${counted(done.files, "file")} (${done.copies} replaced by a copy without it) and ${counted(done.lines, "line")} of ${counted(done.lists, "list")}`,
  );
  for (const { control, activity, state, run } of done.found)
    line(`  ${control} ${activity}: was ${state} in ${run}, and the record says so`);
  for (const run of done.runs)
    line(`  the summary of ${run} named it and goes too: countersign assess makes a new run`);
  for (const record of done.records) line(`  record ${record}`);
  if (!dryRun)
    line(
      "  backups, earlier packages, and what a disk keeps of deleted files are not in this program's hands",
    );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export async function listErasures(shell: Shell, options: Common): Promise<void> {
  await withReading(shell, options, async (session) => {
    const rows = (await loadState(session.ctx)).rows("data.erased");
    if (options.json === true) {
      shell.output.json(rows);
      return;
    }
    const nameOf = await nameFinder(session);
    for (const { record, recordedAt, body } of rows) {
      shell.output.print(
        `${recordedAt}  ${body.of.kind}  ${body.files.length} files, ${body.lines.length} lines  ${record}`,
      );
      shell.output.print(`  ${body.reason} (${nameOf(body.person)}, approved by ${nameOf(body.approver)})`);
      for (const { control, activity, state } of body.found)
        shell.output.print(`  ${control} ${activity}: was ${state}`);
    }
    if (rows.length === 0) shell.output.print("nothing was erased");
  });
}
