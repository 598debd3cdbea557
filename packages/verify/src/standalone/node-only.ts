/** What only the command line uses of Node: the build puts this file in the place of node:fs and node:util. */
import { builtin } from "./builtin.ts";

// In a page nobody calls them: the command line is not started there.
export const { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } =
  builtin<typeof import("node:fs")>("node:fs") ?? ({} as typeof import("node:fs"));
export const { parseArgs } =
  builtin<typeof import("node:util")>("node:util") ?? ({} as typeof import("node:util"));
