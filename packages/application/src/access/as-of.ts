/** Who could read, at a past time, and why: answered from everything that was recorded of access, whenever it was read. */
import type { Interval } from "@countersign/kernel";
import { accessAsOf, type AccessAnswer } from "@countersign/assessment";
import type { Context } from "../context.ts";
import { loadState } from "../log-state.ts";
import { readAccessFacts, type AccessPopulation } from "./read.ts";

export type AccessRequest = {
  /** Names of resources, as the lists spell them. Whoever knows on which resources a data store stands names them all. */
  readonly resources: readonly string[];
  /** Half-open: one millisecond for an instant, a local day for "at any time of that day". */
  readonly during: Interval;
  /** Roles that read, where no source says so: the asker's word, and labelled so in the answer. */
  readonly readingRoles?: readonly string[];
};

export type AccessReport = {
  readonly answer: AccessAnswer;
  readonly readingRoles: readonly string[];
  /** What was looked at, in the order in which it was recorded. */
  readonly populations: readonly AccessPopulation[];
  /** Every resource of which a list or a change was collected. */
  readonly knownResources: readonly string[];
};

export async function accessReport(ctx: Context, request: AccessRequest): Promise<AccessReport> {
  const { facts, populations } = readAccessFacts(ctx.blobs, await loadState(ctx));
  const { readingRoles = [] } = request;
  const known = [...facts.lists, ...facts.events].flatMap(({ of }) =>
    of.kind === "resource" ? [of.name] : [],
  );
  return {
    answer: accessAsOf({ ...facts, ...request, readingRoles }),
    readingRoles,
    populations,
    knownResources: [...new Set([...known, ...facts.sessions.map(({ resource }) => resource)])].sort(),
  };
}
