/** A package on disk, read at any place. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { ProblemError } from "@countersign/kernel";
import type { RandomAccess } from "@countersign/package-format";

export function withPackageFile<T>(path: string, work: (source: RandomAccess) => T): T {
  let file: number;
  let size: number;
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new Error("it is a folder, and a package is one file");
    size = stat.size;
    file = openSync(path, "r");
  } catch (error) {
    throw new ProblemError(
      {
        code: "package-unreadable",
        what: "the package cannot be read",
        where: path,
        why: error instanceof Error ? error.message : String(error),
        next: "give the path of the .zip that countersign package create printed",
      },
      { cause: error },
    );
  }
  try {
    return work({
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
    });
  } finally {
    closeSync(file);
  }
}
