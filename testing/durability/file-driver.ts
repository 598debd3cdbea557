/** Keeps some blobs, the same ones in each run, and one file that is replaced each time; tells a tracer what it acknowledges. */
import { openSync, rmdirSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { formatProblem, hexOf, ProblemError } from "@countersign/kernel";
import { makeDirectory, newHalt, openBlobFiles, putInPlace } from "@countersign/store";

/** In front of the path, in a call to remove a folder that is never there. */
export const ACKNOWLEDGE = "/countersign-acknowledges";

function acknowledge(path: string): void {
  try {
    rmdirSync(ACKNOWLEDGE + path);
  } catch {
    // It is never there.
  }
}

function run(folder: string, count: number, size: number, others: number): void {
  const halt = newHalt();
  const store = join(folder, "workspace", "blobs");
  const blobs = openBlobFiles(store, randomUUID, halt);
  makeDirectory(join(folder, "beside"), halt);
  for (let n = 0; n < count; n++) {
    // Other files of the process, which count against its limit.
    for (let open = 0; n === 2 && open < others; open++) openOther();
    const hex = hexOf(blobs.put(Buffer.alloc(size, `blob ${n} `)).digest);
    acknowledge(join(store, hex.slice(0, 2), hex));
    // Said at once: where the next file cannot be written, this one stands and was promised.
    process.stdout.write(`${hex}\n`);
    putInPlace(join(folder, "beside", "newest"), Buffer.from(`after ${n}\n`), halt);
    acknowledge(join(folder, "beside", "newest"));
  }
}

function openOther(): void {
  try {
    openSync("/dev/null", "r");
  } catch {
    // The limit is reached.
  }
}

if (import.meta.main)
  try {
    run(
      process.argv[2] ?? "",
      Number(process.argv[3] ?? 4),
      Number(process.argv[4] ?? 3_000_000),
      Number(process.argv[5] ?? 0),
    );
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    process.stderr.write(`${error.problems.map(formatProblem).join("\n")}\n`);
    process.exitCode = 1;
  }
