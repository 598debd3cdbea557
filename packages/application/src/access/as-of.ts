/** Who could read, at a past time, and why: answered from everything that was recorded of access, whenever it was read. */
import { localDateAt, ProblemError, type Interval, type LocalDate, type TimeZone } from "@countersign/kernel";
import { accessAsOf, type AccessAnswer } from "@countersign/assessment";
import { on, type Program } from "@countersign/program";
import type { Context } from "../context.ts";
import { loadState } from "../log-state.ts";
import { recordedProgram } from "../program.ts";
import { readAccessFacts, type AccessPopulation } from "./read.ts";

export type AccessRequest = {
  /** Data stores of the program, or names of resources as the lists spell them. */
  readonly resources: readonly string[];
  /** Half-open: one millisecond for an instant, a local day for "at any time of that day". */
  readonly during: Interval;
  /** Roles that read, where no source says so: the asker's word, and labelled so in the answer. */
  readonly readingRoles?: readonly string[];
};

export type AccessReport = {
  readonly answer: AccessAnswer;
  /** Data stores that were asked about, with the resources on which the program says that they stand. */
  readonly stores: readonly { readonly store: string; readonly resources: readonly string[] }[];
  readonly readingRoles: readonly string[];
  /** What was looked at, in the order in which it was recorded. */
  readonly populations: readonly AccessPopulation[];
  /** Every resource of which a list or a change was collected. */
  readonly knownResources: readonly string[];
};

export async function accessReport(ctx: Context, request: AccessRequest): Promise<AccessReport> {
  const log = await loadState(ctx);
  const { facts, populations } = readAccessFacts(ctx.blobs, log);
  const { program } = recordedProgram(ctx, log);
  const day = localDateAt(program.window.zone as TimeZone, request.during.start);
  const named = request.resources.map((name) => ({ name, resources: standsOn(program, name, day) }));
  const { readingRoles = [] } = request;
  const known = [...facts.lists, ...facts.events].flatMap(({ of }) =>
    of.kind === "resource" ? [of.name] : [],
  );
  return {
    answer: accessAsOf({
      ...facts,
      ...request,
      resources: [...new Set(named.flatMap(({ name, resources }) => resources ?? [name]))],
      readingRoles,
    }),
    stores: named.flatMap(({ name, resources }) =>
      resources === undefined ? [] : [{ store: name, resources }],
    ),
    readingRoles,
    populations,
    knownResources: [...new Set([...known, ...facts.sessions.map(({ resource }) => resource)])].sort(),
  };
}

/** @returns the resources of a store of that day; absent where the name is no store's */
function standsOn({ system }: Program, name: string, day: LocalDate): readonly string[] | undefined {
  const store = system?.stores.find(({ id }) => id === name);
  if (store === undefined) return undefined;
  const said = on(store, day)?.resources ?? [];
  if (said.length > 0) return said;
  throw new ProblemError({
    code: "resources-not-said",
    what: `the program does not say on which resources the store ${name} stands on ${day}`,
    where: "countersign/data.yaml",
    why: "access lists speak of resources, and an answer about none of them would look like nobody",
    next: `write \`resources\` of ${name}: what access lists call it`,
  });
}
