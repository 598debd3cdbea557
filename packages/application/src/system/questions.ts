/** What an AI company is asked of its data and models, answered from the recorded program and the recorded populations. */
import { formatInstant, ProblemError, type EpochMs, type Instant, type TimeZone } from "@countersign/kernel";
import { retained, type Retained, type StoreLook } from "@countersign/assessment";
import {
  customerUse,
  lineageOf,
  type CustomerUse,
  type Lineage,
  type Program,
  type System,
} from "@countersign/program";
import type { Context } from "../context.ts";
import type { LogState } from "../log-state.ts";
import { recordedProgram } from "../program.ts";
import { recordedItems, type RecordedItem } from "./items.ts";

/** The record of the program that an answer rests on. */
export type Answered = { readonly programRecord: string; readonly recordedAt: string };

/** @throws ProblemError where the recorded program says nothing of its system */
export function systemOf(
  ctx: Pick<Context, "blobs">,
  log: LogState,
): { readonly program: Program; readonly system: System } & Answered {
  const { program, row } = recordedProgram(ctx, log);
  if (program.system === undefined)
    throw new ProblemError({
      code: "no-system",
      what: "the recorded program says nothing of data, models or vendors",
      where: "countersign/",
      why: "the question is answered from what the company says of its system, and from records",
      next: "describe the system in data.yaml and models.yaml beside program.yaml",
    });
  return { program, system: program.system, programRecord: row.record, recordedAt: row.recordedAt };
}

function requireModel(system: System, model: string): void {
  if (system.models.some(({ id }) => id === model)) return;
  throw unknownId(
    "model",
    model,
    "models.yaml",
    system.models.map(({ id }) => id),
  );
}

function unknownId(noun: string, id: string, file: string, known: readonly string[]): ProblemError {
  return new ProblemError({
    code: "unknown-id",
    what: `the program has no ${noun} ${JSON.stringify(id)}`,
    where: `countersign/${file}`,
    why: known.length === 0 ? "it names none" : `it has ${known.join(", ")}`,
    next: "name one of them, or add it to the file",
  });
}

/** A model's version with what was collected of it: its releases, and the data sets that were admitted, by digest. */
export type TracedVersion = Lineage & {
  readonly releases: readonly RecordedItem[];
  readonly admitted: readonly { readonly dataset: string; readonly found: readonly RecordedItem[] }[];
  readonly use?: CustomerUse;
};

export type Traced = Answered & {
  readonly model: string;
  readonly versions: readonly TracedVersion[];
  /** Kinds of which nothing was collected, so that nothing could be found. */
  readonly notCollected: readonly string[];
};

/** @param question.customer adds whether that customer's data is in each version */
export function traceModel(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  question: { readonly model: string; readonly customer?: string },
): Traced {
  const { program, system, programRecord, recordedAt } = systemOf(ctx, log);
  const { model, customer } = question;
  requireModel(system, model);
  if (customer !== undefined && !knownCustomers(system).has(customer))
    throw unknownId("customer", customer, "data.yaml", [...knownCustomers(system)]);
  const releases = recordedItems(ctx, log, program, "model-release");
  const datasets = recordedItems(ctx, log, program, "dataset");
  const lineages: readonly (Lineage & { readonly use?: CustomerUse })[] =
    customer === undefined ? lineageOf(system, model) : customerUse(system, customer, model);
  return {
    programRecord,
    recordedAt,
    model,
    versions: lineages.map((lineage) => ({
      ...lineage,
      releases: (releases ?? []).filter(({ item }) => isRelease(item, lineage, model)),
      admitted: lineage.data.map(({ id, said }) => ({
        dataset: id,
        found: (datasets ?? []).filter(
          ({ item }) => said.digest !== undefined && item["digest"] === said.digest,
        ),
      })),
    })),
    notCollected: [
      ...(releases === undefined ? ["model-release"] : []),
      ...(datasets === undefined ? ["dataset"] : []),
    ],
  };
}

function knownCustomers({ customers, datasetVersions }: System): ReadonlySet<string> {
  return new Set([
    ...customers.map(({ id }) => id),
    ...datasetVersions.flatMap(({ versions }) => versions.flatMap((version) => version.customers ?? [])),
  ]);
}

/** By digest where both have one: two builds of one version are two things. Else by the model's and the version's names. */
function isRelease(item: RecordedItem["item"], { version }: Lineage, model: string): boolean {
  if (version.digest !== undefined && item["digest"] !== undefined) return item["digest"] === version.digest;
  return item["model"] === model && item["version"] === version.version;
}

export type PastTerm = Answered & { readonly at: Instant; readonly stores: readonly Retained[] };

/** What each store held at the last look at or before a time, against its term. */
export function storesPastTerm(ctx: Pick<Context, "blobs">, log: LogState, at: EpochMs): PastTerm {
  const { program, system, programRecord, recordedAt } = systemOf(ctx, log);
  const looks = (recordedItems(ctx, log, program, "store-content") ?? []).map(
    ({ item, record }) => ({ ...item, record }) as unknown as StoreLook,
  );
  const time = formatInstant(at);
  return {
    programRecord,
    recordedAt,
    at: time,
    stores: retained(system, looks, time, program.window.zone as TimeZone),
  };
}
