/** Directories that are on disk when they are handed out. */
import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { newHalt, type Halt } from "./halt.ts";

/** Makes what is missing of the path, each for its owner only; the name of each new one is durable when this returns. */
export function makeDirectory(path: string, halt: Halt = newHalt()): void {
  halt.check();
  const first = mkdirSync(path, { recursive: true, mode: 0o700 });
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
  const directory = openSync(path, "r");
  try {
    halt.sync(path, () => fsyncSync(directory));
  } finally {
    closeSync(directory);
  }
}
