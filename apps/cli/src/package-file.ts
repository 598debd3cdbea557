/** A package or a backup on disk, read at any place. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { ProblemError } from "@countersign/kernel";
import type { RandomAccess } from "@countersign/package-format";

export type OpenFile = { readonly source: RandomAccess; close(): void };

export function withPackageFile<T>(path: string, work: (source: RandomAccess) => T): T {
  const { source, close } = openFile(path, "package");
  try {
    return work(source);
  } finally {
    close();
  }
}

/** @throws ProblemError `package-unreadable` or `backup-unreadable` */
export function openFile(path: string, kind: "package" | "backup"): OpenFile {
  let file: number;
  let size: number;
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw new Error(`it is a folder, and a ${kind} is one file`);
    if (!stat.isFile()) throw new Error(`it is no plain file, and a ${kind} is one`);
    size = stat.size;
    file = openSync(path, "r");
  } catch (error) {
    throw new ProblemError(
      {
        code: `${kind}-unreadable`,
        what: `the ${kind} cannot be read`,
        where: path,
        why: error instanceof Error ? error.message : String(error),
        next: `give the path of the .zip that countersign ${kind} create printed`,
      },
      { cause: error },
    );
  }
  return {
    source: {
      size,
      read(offset, length) {
        const bytes = Buffer.alloc(length);
        let filled = 0;
        while (filled < length) {
          const count = readSync(file, bytes, filled, length - filled, offset + filled);
          if (count === 0) throw new RangeError("the file ended while it was read");
          filled += count;
        }
        return bytes;
      },
    },
    close: () => {
      closeSync(file);
    },
  };
}
