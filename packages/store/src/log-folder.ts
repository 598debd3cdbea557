/** A tiled log in a folder: read as what a stranger may have put there, written so that a crash leaves no half file. */
import { closeSync, lstatSync, opendirSync, openSync, readSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ProblemError } from "@countersign/kernel";
import {
  CHECKPOINT_FILE,
  ENTRY_BYTES_MAX,
  parseHandoverFile,
  parseTilePath,
  TILE_WIDTH,
  type TiledLogSource,
} from "@countersign/ledger";
import type { LogFolder } from "@countersign/application/ports";
import { LEFT_BESIDE, makeDirectory, putInPlace, putUnsettled, syncDirectory } from "./directories.ts";
import { newHalt, type Halt } from "./halt.ts";

/** The largest file that a log can have: a bundle of the largest entries. Of a larger one so much is read, and a byte. */
const FILE_BYTES_MAX = TILE_WIDTH * (2 + ENTRY_BYTES_MAX);

/** @throws ProblemError `log-unreadable` from its functions, where the system does not let something be read */
export function readLogFolder(folder: string): TiledLogSource {
  return { read: (path) => readRegular(folder, path), list: () => filesBelow(folder, "") };
}

/** The folder is made with the first file. */
export function openLogFolder(folder: string, halt: Halt = newHalt()): LogFolder {
  const used = new Set<string>();
  const place = (path: string): string => {
    if (!isAdded(path)) throw new TypeError(`not the path of a tile or a handover: ${path}`);
    return join(folder, ...path.split("/"));
  };
  return {
    name: folder,
    read: (path) => readRegular(folder, path),
    *list() {
      for (const path of filesBelow(folder, "")) if (!isLeft(path)) yield path;
    },
    tidy() {
      const left: string[] = [];
      for (const path of filesBelow(folder, "")) if (isLeft(path)) left.push(path);
      for (const path of left) rmSync(join(folder, path), { force: true });
    },
    add(path, bytes) {
      const target = place(path);
      used.add(dirname(target));
      if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) return false;
      makeDirectory(dirname(target), halt, 0o777);
      putUnsettled(target, bytes, halt);
      return true;
    },
    settle() {
      const root = resolve(folder);
      const all = new Set<string>([root, dirname(root)]);
      for (const directory of used)
        for (let at = resolve(directory); at !== root && !all.has(at); at = dirname(at)) all.add(at);
      // The longest first: a folder before the one that names it.
      for (const directory of [...all].sort((a, b) => b.length - a.length)) syncDirectory(directory, halt);
      used.clear();
    },
    publish(note) {
      makeDirectory(folder, halt, 0o777);
      putInPlace(join(folder, CHECKPOINT_FILE), Buffer.from(note), halt);
    },
  };
}

function isAdded(path: string): boolean {
  return parseTilePath(path) !== undefined || parseHandoverFile(path) !== undefined;
}

function isLeft(path: string): boolean {
  const of = path.replace(LEFT_BESIDE, "");
  return of !== path && (of === CHECKPOINT_FILE || isAdded(of));
}

/** Every name that is no folder, links among them: they are not followed. */
function* filesBelow(folder: string, below: string): Generator<string> {
  const directory = reading(join(folder, below), () => opendirSync(join(folder, below)));
  if (directory === undefined) return;
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) yield* filesBelow(folder, path);
      else yield path;
    }
  } finally {
    directory.closeSync();
  }
}

/** @returns undefined for what is not there, and for what is not a plain file under plain folders */
function readRegular(folder: string, path: string): Uint8Array | undefined {
  const names = path.split("/");
  let at = folder;
  for (const [i, name] of names.entries()) {
    at = join(at, name);
    const stat = reading(at, () => lstatSync(at, { throwIfNoEntry: false }));
    if (stat === undefined || (i < names.length - 1 ? !stat.isDirectory() : !stat.isFile())) return undefined;
  }
  return reading(at, () => readUpTo(at, FILE_BYTES_MAX + 1));
}

function readUpTo(path: string, most: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const size = Math.min(most, lstatSync(path).size);
    const bytes = Buffer.alloc(size);
    let filled = 0;
    while (filled < size) {
      const count = readSync(file, bytes, filled, size - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

/** @returns undefined for what is not there */
function reading<T>(where: string, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ProblemError(
      {
        code: "log-unreadable",
        what: "a file of the exported log cannot be read",
        where,
        why: `the system says ${code}`,
        next: "mend that, or copy the folder to where it can be read, and run the command again",
      },
      { cause: error },
    );
  }
}
