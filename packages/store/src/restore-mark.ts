/**
 * A restore marks the workspace before it writes anything else there, and takes the mark away at its end: what stands in
 * between is no workspace yet, and a workspace that is in use is no place for a restore.
 */
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ProblemError } from "@countersign/kernel";
import { makeDirectory, syncDirectory, writing } from "./directories.ts";
import { newHalt, type Halt } from "./halt.ts";

const MARK = "restore-begun";

export function isRestoreBegun(directory: string): boolean {
  return existsSync(join(directory, MARK));
}

/**
 * @returns whether an earlier restore was interrupted here.
 * @throws ProblemError `workspace-not-empty`
 */
export function beginRestore(directory: string, halt: Halt = newHalt()): { readonly again: boolean } {
  const again = isRestoreBegun(directory);
  if (!again && existsSync(directory) && readdirSync(directory).length > 0)
    throw new ProblemError({
      code: "workspace-not-empty",
      what: "there is a workspace here already",
      where: directory,
      why: "a backup is restored into an empty place only, so that nothing is lost and no two logs are mixed",
      next: "name another folder with --workspace, or move this one away",
    });
  makeDirectory(directory, halt);
  syncDirectory(dirname(resolve(directory)), halt);
  const mark = join(directory, MARK);
  const file = writing(mark, () => openSync(mark, "w", 0o600));
  halt.sync(mark, () => fsyncSync(file));
  closeSync(file);
  syncDirectory(directory, halt);
  return { again };
}

/** Takes away what `beginRestore` made, and all that was made in it since: only where it was empty before. */
export function abandonRestore(directory: string): void {
  if (isRestoreBegun(directory)) rmSync(directory, { recursive: true, force: true });
}

/** Everything is in place, and on disk. */
export function endRestore(directory: string, halt: Halt = newHalt()): void {
  halt.check();
  rmSync(join(directory, MARK), { force: true });
  syncDirectory(directory, halt);
}

export function halfRestored(directory: string): ProblemError {
  return new ProblemError({
    code: "half-restored",
    what: "a backup is being restored here, or a restore of one was interrupted",
    where: directory,
    next: "wait for it, or run the same countersign backup restore again: it begins anew and finishes",
  });
}
