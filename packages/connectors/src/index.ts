/** The connectors of this version: each fetches and normalises one kind of source, and judges nothing. */
import type { Connector } from "@countersign/application/ports";
import { csv } from "./csv/index.ts";
import { git } from "./git/index.ts";
import { github } from "./github/index.ts";

export { csv } from "./csv/index.ts";
export { git } from "./git/index.ts";
export { github } from "./github/index.ts";
export { readNames, type NameOnList } from "./csv/names.ts";
export { listCommand, queryCommand } from "./github/command.ts";

/** An explicit list: a connector that is not here does not exist. */
export const connectors: readonly Connector[] = [git, github, csv];
