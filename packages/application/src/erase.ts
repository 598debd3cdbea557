/**
 * Erasure: a file, an item wherever it stands, or a person's names. The record is made first, in the transaction that
 * changes the projections; bytes and salts go after it, and what a killed process left is finished at the next opening.
 */
import { ProblemError, type Digest } from "@countersign/kernel";
import type { ErasureBody, ErasureOf, PersonId, RecordBodies } from "@countersign/records";
import { makeRecord, newId, publish } from "./append.ts";
import type { Context } from "./context.ts";
import { findItemTraces } from "./erase-item.ts";
import { carryOutErasures, Erasures } from "./erasures.ts";
import { loadState, type LogState } from "./log-state.ts";
import { leavesWhere } from "./read-list.ts";

export type ErasureRequest = {
  readonly reason: string;
  readonly person: PersonId;
  readonly approver: PersonId;
  /** Says what would be erased, and erases nothing. */
  readonly dryRun?: boolean;
};

export type Erasure = {
  readonly records: readonly string[];
  readonly files: number;
  readonly copies: number;
  readonly lines: number;
  readonly lists: number;
  /** Runs whose summary named what was erased, and which can no longer be shown. */
  readonly runs: readonly string[];
  readonly found: ErasureBody["found"];
};

export type Traces = Pick<ErasureBody, "files" | "copies" | "lines" | "found">;

/** A record of at most 65,535 bytes holds so many with room to spare. */
const LINES_PER_RECORD = 200;
const FILES_PER_RECORD = 50;

export async function eraseFile(ctx: Context, wanted: string, request: ErasureRequest): Promise<Erasure> {
  const log = await loadState(ctx);
  const digest = findErasableFile(log, wanted);
  return erase(
    ctx,
    log,
    { kind: "file" },
    wanted,
    { files: [digest], copies: [], lines: [], found: [] },
    request,
  );
}

export async function eraseItem(
  ctx: Context,
  population: string,
  id: string,
  request: ErasureRequest,
): Promise<Erasure> {
  const log = await loadState(ctx);
  const traces = findItemTraces(ctx, log, population, id, request.dryRun === true);
  return erase(ctx, log, { kind: "item", population }, population, traces, request);
}

export async function erasePerson(ctx: Context, person: PersonId, request: ErasureRequest): Promise<Erasure> {
  const log = await loadState(ctx);
  const lines = log
    .rows("directory.extended")
    .flatMap(({ body }) => leavesWhere(ctx.blobs, body.entries, (item) => item.id === person));
  if (lines.length === 0)
    throw new ProblemError({
      code: "erase-nothing",
      what: `the directory holds nothing under ${person}`,
      why: "it never named that person, or the names were erased already",
      next: "countersign erase list names what was erased",
    });
  return erase(
    ctx,
    log,
    { kind: "person", person },
    person,
    { files: [], copies: [], lines, found: [] },
    request,
  );
}

async function erase(
  ctx: Context,
  log: LogState,
  of: ErasureOf,
  subject: string,
  traces: Traces,
  request: ErasureRequest,
): Promise<Erasure> {
  const { reason, person, approver } = request;
  if (person === approver)
    throw new ProblemError({
      code: "erase-second-person",
      what: "an erasure is decided by two persons, and both named here are the same",
      why: "what is erased cannot be brought back, and nobody can look again",
      next: "name another person with --approver",
    });
  const erasure = newId(ctx.random, "ers");
  const shared = { erasure, of, reason, person, approver };
  const bodies = split(traces).map((part): RecordBodies["data.erased"] => ({ ...shared, ...part }));
  const records = bodies.map((body) =>
    makeRecord(ctx, "data.erased", subject, body, {
      digests: body.copies.map(({ copy }) => copy.digest),
    }),
  );
  const result: Erasure = {
    records: request.dryRun === true ? [] : records.map((record) => record.id),
    files: traces.files.length,
    copies: traces.copies.length,
    lines: traces.lines.length,
    lists: new Set(traces.lines.map(({ list }) => list)).size,
    runs: log
      .rows("assessment.run")
      .flatMap(({ body }) => (traces.files.includes(body.summary.digest) ? [body.run] : [])),
    found: traces.found,
  };
  if (request.dryRun === true) return result;
  await ctx.store.transaction(ctx.organization, async (tx) => {
    await tx.lock("directory");
    if (of.kind === "person") await tx.removePeople([of.person]);
    await tx.appendAll(records);
  });
  await carryOutErasures(ctx);
  await publish(ctx);
  return result;
}

/** One record, or as many as the lists need. */
function split(traces: Traces): Traces[] {
  const { files, copies, lines, found } = traces;
  const count = Math.max(
    1,
    Math.ceil(lines.length / LINES_PER_RECORD),
    Math.ceil(Math.max(files.length, copies.length, found.length) / FILES_PER_RECORD),
  );
  return Array.from({ length: count }, (_, part) => {
    const of = <T>(list: readonly T[], size: number) => list.slice(part * size, (part + 1) * size);
    return {
      files: of(files, FILES_PER_RECORD),
      copies: of(copies, FILES_PER_RECORD),
      lines: of(lines, LINES_PER_RECORD),
      found: of(found, FILES_PER_RECORD),
    };
  });
}

/** Raw bytes, evidence files and their copies; by the digest that a record gives, or an unambiguous beginning of it. */
function findErasableFile(log: LogState, wanted: string): Digest {
  const beginning = wanted.startsWith("sha256:") ? wanted : `sha256:${wanted}`;
  const erasures = new Erasures(log.rows("data.erased"));
  const files = [
    ...log.rows("population.collected").flatMap(({ body }) => body.raw),
    ...log.rows("evidence.added").flatMap(({ body }) => body.files),
    ...erasures.rows.flatMap(({ body }) => body.copies.map(({ copy }) => copy)),
  ];
  const found = [...new Set(files.map((file) => file.digest))].filter((digest) =>
    digest.startsWith(beginning),
  );
  const [digest] = found;
  if (found.length !== 1 || digest === undefined)
    throw new ProblemError({
      code: found.length === 0 ? "unknown-file" : "ambiguous-file",
      what:
        found.length === 0
          ? `no record names raw bytes or an evidence file ${JSON.stringify(wanted)}`
          : `${JSON.stringify(wanted)} is the beginning of ${found.length} digests`,
      why: "lists are erased line by line, by item or person; programs hold no personal data and stay",
      next: "countersign evidence show, or countersign population show POPULATION, prints digests",
    });
  const record = erasures.recordOf(digest);
  if (record !== undefined)
    throw new ProblemError({
      code: "erased-already",
      what: `${digest} was erased already`,
      why: `record ${record} says so`,
      next: "countersign erase list",
    });
  return digest;
}
