/**
 * `countersign/checkpoints/`: the newest one under a fixed name, so that the company's own history keeps the earlier
 * ones, and what was anchored under names of their own, each stamp beside its checkpoint.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { OutsideCheckpoint, OutsideCheckpoints } from "@countersign/application";
import { ProblemError } from "@countersign/kernel";
import { makeDirectory, putInPlace, type Halt } from "@countersign/store";
import type { Home } from "./home.ts";

/** Files that stand there and are no checkpoints: half-written ones, stamps, letters, what a witness refused. */
const OTHERS = /\.(?:new|tsr|eml|refused)$/;

export function outsideCheckpoints(home: Home, halt: Halt): OutsideCheckpoints {
  const folder = join(home.program, "checkpoints");
  const newest = join(folder, "newest");
  const shown = (name: string) => relative(home.root, join(folder, name));
  const readKept = (name: string): OutsideCheckpoint => {
    const note = reading(join(folder, name)).toString("utf8");
    const beside = join(folder, name.replace(/\.checkpoint$/, ".tsr"));
    const stamped = name.endsWith(".checkpoint") && existsSync(beside);
    return { name: shown(name), note, ...(stamped ? { stamp: reading(beside) } : {}) };
  };
  return {
    read: () =>
      existsSync(folder)
        ? readdirSync(folder, { withFileTypes: true })
            .filter((entry) => entry.isFile() && !OTHERS.test(entry.name))
            .map(({ name }) => readKept(name))
        : [],
    write(note) {
      makeDirectory(folder, halt);
      if (existsSync(newest) && reading(newest).toString("utf8") === note) return;
      putInPlace(newest, Buffer.from(note), halt);
    },
    keep(name, bytes) {
      makeDirectory(folder, halt);
      for (let copy = 1; ; copy++) {
        const dot = name.lastIndexOf(".");
        const free = copy === 1 ? name : `${name.slice(0, dot)}-${copy}${name.slice(dot)}`;
        const path = join(folder, free);
        if (!existsSync(path)) putInPlace(path, bytes, halt);
        else if (!reading(path).equals(bytes)) continue;
        return shown(free);
      }
    },
  };
}

function reading(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ProblemError(
      {
        code: "checkpoint-unread",
        what: "a checkpoint that is kept beside the program cannot be read",
        where: path,
        why: `the system says ${code ?? String(error)}`,
        next: "mend that and run the command again: what was acknowledged before is kept",
      },
      { cause: error },
    );
  }
}
