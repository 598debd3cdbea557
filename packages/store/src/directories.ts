/** Files and directories that are on disk when they are handed out, and words for what could not be written. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { ProblemError } from "@countersign/kernel";
import { newHalt, type Halt } from "./halt.ts";

/**
 * Makes what is missing of the path; the name of each new one is durable when this returns.
 * @param mode absent: for its owner only
 */
export function makeDirectory(path: string, halt: Halt = newHalt(), mode = 0o700): void {
  halt.check();
  const first = writing(path, () => mkdirSync(path, { recursive: true, mode }));
  if (first === undefined) return;
  for (let made = path; ; made = dirname(made)) {
    syncDirectory(dirname(made), halt);
    if (made === first || made === dirname(made)) return;
  }
}

/** The name of a new file is durable only once its directory is. @throws ProblemError `sync-failed` */
export function syncDirectory(path: string, halt: Halt = newHalt()): void {
  // Windows cannot open a directory; its file systems journal names.
  if (process.platform === "win32") return;
  const directory = writing(path, () => openSync(path, "r"));
  try {
    halt.sync(path, () => fsyncSync(directory));
  } finally {
    closeSync(directory);
  }
}

/** Runs a call that writes. @throws ProblemError `not-written`: what, where and why, in place of the system's own words. */
export function writing<T>(where: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof ProblemError || code === undefined) throw error;
    throw new ProblemError(
      {
        code: "not-written",
        what: "a file could not be written",
        where,
        why: reasons[code] ?? `the system says ${code}`,
        next: "mend that and run the command again: what was acknowledged before is kept",
      },
      { cause: error },
    );
  }
}

/** All of the bytes: the system may take fewer at a time than it is given. */
export function writeWhole(where: string, file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;)
    written += writing(where, () => writeSync(file, bytes, written));
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full (ENOSPC)",
  EDQUOT: "the quota of this user is used up (EDQUOT)",
  EROFS: "the file system is mounted for reading only (EROFS)",
  EACCES: "this user may not write there (EACCES)",
  EMFILE: "too many files are open in this process (EMFILE)",
  ENFILE: "too many files are open on this machine (ENFILE)",
  EIO: "the disk reported an error (EIO)",
};

/** Puts a small file in its place: a reader sees the old one or the new one, never half of it, also after a power cut. */
export function putInPlace(path: string, bytes: Uint8Array, halt: Halt = newHalt()): void {
  putUnsettled(path, bytes, halt);
  syncDirectory(dirname(path), halt);
}

/** What a write that was interrupted leaves beside the file that it was for. */
export const LEFT_BESIDE = /\.\d+\.new$/;

/** The same, but for the name, which is durable once the directory is synced: for many files of one directory. */
export function putUnsettled(path: string, bytes: Uint8Array, halt: Halt): void {
  halt.check();
  const beside = `${path}.${process.pid}.new`;
  try {
    const file = writing(beside, () => openSync(beside, "w"));
    try {
      writeWhole(beside, file, bytes);
      halt.sync(beside, () => fsyncSync(file));
    } finally {
      closeSync(file);
    }
    writing(path, () => renameSync(beside, path));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
