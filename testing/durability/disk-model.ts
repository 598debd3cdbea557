/**
 * A disk at a power cut, after what a process asked of it (a trace of its calls). Bytes are on disk once their file was
 * synced, and names once their folder was; of everything else some is there and some is not, in any order: a file may have
 * its name and not its bytes, a later name may be there without an earlier one. Names of one rename come and go together.
 */
import { basename, dirname } from "node:path";
import type { Choices } from "./random.ts";

/** One call, with whole paths. */
export type Step =
  | { readonly kind: "create" | "write" | "sync" | "unlink" | "mkdir"; readonly path: string }
  | { readonly kind: "link" | "rename"; readonly path: string; readonly to: string }
  /** The process told somebody outside that this file is kept. */
  | { readonly kind: "acknowledge"; readonly path: string };

type Inode = {
  /** Whether each write is on disk for certain. */
  readonly writes: boolean[];
  /** Of a folder: changes of names, in order, and how many of them are on disk for certain. */
  readonly changes: (readonly (readonly [name: string, inode: Inode | undefined])[])[];
  settled: number;
};

const newInode = (): Inode => ({ writes: [], changes: [], settled: 0 });

export type AfterCut = {
  /** Files that can be reached, by path; `torn` when some of their bytes are not there. */
  readonly files: ReadonlyMap<string, "whole" | "torn">;
  readonly acknowledged: readonly string[];
};

/** @param root a folder that was there before, with nothing of interest in it. */
export function cutPower(steps: readonly Step[], root: string, choices: Choices): AfterCut {
  const top = newInode();
  const folders = new Map<string, Inode>([[root, top]]);
  const files = new Map<string, Inode>();
  const acknowledged: string[] = [];
  const change = (path: string, ...names: (readonly [string, Inode | undefined])[]): void =>
    void folders.get(dirname(path))?.changes.push(names);
  for (const step of steps) {
    const { kind, path } = step;
    const file = files.get(path);
    if (kind === "acknowledge") acknowledged.push(path);
    else if (kind === "mkdir") {
      const made = newInode();
      folders.set(path, made);
      change(path, [basename(path), made]);
    } else if (kind === "create" && file === undefined) {
      const made = newInode();
      files.set(path, made);
      change(path, [basename(path), made]);
    } else if (kind === "write") file?.writes.push(false);
    else if (kind === "sync") {
      file?.writes.fill(true);
      const folder = folders.get(path);
      if (folder !== undefined) folder.settled = folder.changes.length;
    } else if (kind === "unlink") {
      files.delete(path);
      change(path, [basename(path), undefined]);
    } else if (kind === "link" && file !== undefined) {
      files.set(step.to, file);
      change(step.to, [basename(step.to), file]);
    } else if (kind === "rename" && file !== undefined) {
      files.set(step.to, file);
      files.delete(path);
      change(step.to, [basename(step.to), file], [basename(path), undefined]);
    }
  }
  return { files: surviving(root, top, new Set(folders.values()), choices), acknowledged };
}

function surviving(
  path: string,
  folder: Inode,
  folders: ReadonlySet<Inode>,
  choices: Choices,
): Map<string, "whole" | "torn"> {
  const names = new Map<string, Inode>();
  for (const [n, changes] of folder.changes.entries()) {
    if (n >= folder.settled && choices.below(2) === 0) continue;
    for (const [name, inode] of changes) {
      if (inode === undefined) names.delete(name);
      else names.set(name, inode);
    }
  }
  const found = new Map<string, "whole" | "torn">();
  for (const [name, inode] of names) {
    const below = `${path}/${name}`;
    if (folders.has(inode))
      for (const [each, state] of surviving(below, inode, folders, choices)) found.set(each, state);
    else
      found.set(below, inode.writes.every((certain) => certain || choices.below(2) === 0) ? "whole" : "torn");
  }
  return found;
}

/** Steps from strace's lines (-y: file descriptors with their paths); calls that failed are none. */
export function stepsOf(trace: string, acknowledgement: string): Step[] {
  return trace.split("\n").flatMap((line): Step[] => {
    const acknowledged = new RegExp(`^rmdir\\("${acknowledgement}([^"]+)"`).exec(line)?.[1];
    if (acknowledged !== undefined) return [{ kind: "acknowledge", path: acknowledged }];
    if (!/\) += \d/.test(line)) return [];
    const name = /^[a-z0-9_]+/.exec(line)?.[0] ?? "";
    const [first = "", second = ""] = [...line.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? "");
    const open = /^[a-z0-9_]+\(\d+<([^>]*)>/.exec(line)?.[1] ?? "";
    if (name === "openat") return line.includes("O_CREAT") ? [{ kind: "create", path: first }] : [];
    if (/^p?write/.test(name)) return [{ kind: "write", path: open }];
    if (/^f(?:data)?sync$/.test(name)) return [{ kind: "sync", path: open }];
    if (/^mkdir/.test(name)) return [{ kind: "mkdir", path: first }];
    if (/^unlink/.test(name)) return [{ kind: "unlink", path: first }];
    if (/^link/.test(name)) return [{ kind: "link", path: first, to: second }];
    if (/^rename/.test(name)) return [{ kind: "rename", path: first, to: second }];
    return [];
  });
}
