/** `verify` of an exported log, and of one record's proof. */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { ProblemError } from "@countersign/kernel";
import {
  verifyLog,
  verifyRecord,
  type LogFault,
  type LogTrust,
  type LogVerdict,
  type RecordVerdict,
} from "@countersign/application";
import { readLogFolder } from "@countersign/store";
import type { Shell } from "./shared.ts";

export const PROOF = ".tlog-proof";

const HEADER = "c2sp.org/tlog-proof@";
/** Of a proof or a record: a path of 63 hashes and a note with 100 signatures are well below. */
const SMALL_FILE_BYTES_MAX = 1 << 20;
/** So many faults are printed; --json has them all. */
const PRINTED = 50;

/** Where the bytes of a proof's record are looked for. */
export function recordFileOf(proof: string): string {
  return `${proof.endsWith(PROOF) ? proof.slice(0, -PROOF.length) : proof}.json`;
}

export function beginsAsProof(path: string): boolean {
  return Buffer.from(readBeginning(path, HEADER.length)).toString() === HEADER;
}

function readBeginning(path: string, most: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(most);
    return bytes.subarray(0, readSync(file, bytes, 0, most, 0));
  } catch {
    return new Uint8Array();
  } finally {
    closeSync(file);
  }
}

export function verifyLogFolder(shell: Shell, folder: string, trust: LogTrust, json: boolean): void {
  requireLog(folder);
  const verdict = verifyLog(readLogFolder(folder), {
    ...trust,
    progress: (done, of) => {
      shell.output.progress(`records read ${done} of ${of}`);
    },
  });
  if (json) shell.output.json(verdict);
  else printLog(shell, folder, verdict);
  if (!verdict.intact) process.exitCode = 1;
}

/** A folder without any file of a log is something else: a list of what it lacks would only puzzle. */
function requireLog(folder: string): void {
  if (["checkpoint", "tile"].some((name) => existsSync(join(folder, name)))) return;
  const unpacked = existsSync(join(folder, "manifest.json"));
  throw new ProblemError({
    code: "not-a-log",
    what: "this folder is no log that countersign exported",
    where: folder,
    why: unpacked
      ? "it holds the files of a package that was unpacked, and a package is checked as one file"
      : "it holds neither a checkpoint nor a folder tile",
    next: unpacked
      ? "give the path of the .zip that countersign package create printed"
      : "give the folder that countersign log export wrote, or the .zip of a package",
  });
}

function printLog(shell: Shell, folder: string, verdict: LogVerdict): void {
  const { print } = shell.output;
  const { facts, faults, moreFaults } = verdict;
  print(verdict.intact ? `INTACT  ${folder}` : `NOT INTACT  ${folder}: ${faults.length + moreFaults} faults`);
  printFaults(shell, faults, moreFaults);
  if (facts.logKey !== undefined) print(`key     ${facts.logKey.fingerprint.short}`);
  if (facts.checkpoint !== undefined) {
    print(`log     ${facts.checkpoint.size} records, root ${facts.checkpoint.root}`);
    if (!verdict.intact) for (const words of provenWords(facts)) print(words);
  }
  printWords(shell, verdict);
}

function provenWords({ provenRecords, unproven, checkpoint }: LogVerdict["facts"]): string[] {
  if (unproven.length === 0) return [`proven  every record of the checkpoint: ${checkpoint?.size ?? 0}`];
  const ranges = unproven
    .slice(0, 20)
    .map(({ start, end }) => (end - start === 1 ? `${start}` : `${start}-${end - 1}`));
  return [
    `proven  ${provenRecords} of ${checkpoint?.size ?? 0} records, whatever the faults`,
    `not     index ${ranges.join(", ")}${unproven.length > 20 ? ` and ${unproven.length - 20} more ranges` : ""}`,
  ];
}

function printFaults(shell: Shell, faults: readonly LogFault[], more: number): void {
  const { print } = shell.output;
  for (const { where, message, code } of faults.slice(0, PRINTED)) print(`  ${where}: ${message} (${code})`);
  const hidden = Math.max(0, faults.length - PRINTED) + more;
  if (hidden > 0) print(`  and ${hidden} more: --json lists the first thousand`);
}

function printWords(shell: Shell, { shows, doesNotShow }: Pick<LogVerdict, "shows" | "doesNotShow">): void {
  for (const words of shows) shell.output.print(`shows   ${words}`);
  for (const words of doesNotShow) shell.output.print(`does not show   ${words}`);
}

/** @param typed where the record's bytes are; absent: beside the proof */
export function verifyProofFile(
  shell: Shell,
  path: string,
  typed: string | undefined,
  trust: LogTrust,
  json: boolean,
): void {
  const record = typed ?? recordFileOf(path);
  const bytes = readSmall(
    record,
    "record-unreadable",
    "the bytes of the record cannot be read",
    "--record FILE",
  );
  const proof = readSmall(path, "proof-unreadable", "the proof cannot be read", "a .tlog-proof file");
  const verdict = verifyRecord(Buffer.from(proof).toString(), bytes, trust);
  if (json) shell.output.json(verdict);
  else printRecord(shell, path, record, verdict);
  if (!verdict.proven) process.exitCode = 1;
}

function printRecord(shell: Shell, path: string, record: string, verdict: RecordVerdict): void {
  const { print } = shell.output;
  const { facts, faults } = verdict;
  print(verdict.proven ? `PROVEN  ${record}, by ${path}` : `NOT PROVEN  ${record}: ${faults.length} faults`);
  printFaults(shell, faults, 0);
  if (facts.record !== undefined)
    print(
      `record  ${facts.record.id}, ${facts.record.type}, says that it was made ${facts.record.recordedAt}`,
    );
  if (facts.logKey !== undefined) print(`key     ${facts.logKey.fingerprint.short}`);
  if (facts.checkpoint !== undefined)
    print(`log     ${facts.checkpoint.size} records, root ${facts.checkpoint.root}`);
  printWords(shell, verdict);
}

function readSmall(path: string, code: string, what: string, next: string): Uint8Array {
  let why: string;
  try {
    if (statSync(path).size <= SMALL_FILE_BYTES_MAX) return readFileSync(path);
    why = `it has more than ${SMALL_FILE_BYTES_MAX} bytes`;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  throw new ProblemError({
    code,
    what,
    where: path,
    why,
    next: `${next}, as countersign log proof wrote it`,
  });
}
