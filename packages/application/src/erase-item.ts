/** Where an item stands: its population, what was joined from it, what runs said of it, and its raw bytes. */
import { ProblemError, type Digest } from "@countersign/kernel";
import type { CarriedDeviation, Occurrence } from "@countersign/assessment";
import type { Program } from "@countersign/program";
import type { BlobRef, ErasureBody, Item, RawRef, StateRow } from "@countersign/records";
import { newSalt } from "./append.ts";
import type { Context } from "./context.ts";
import type { Traces } from "./erase.ts";
import { Erasures } from "./erasures.ts";
import type { LogState } from "./log-state.ts";
import { findPopulation, populationsOf, type PopulationRow } from "./populations.ts";
import { readProgram } from "./program.ts";
import { leavesWhere } from "./read-list.ts";

type Slice = {
  readonly record: string;
  readonly file: string;
  readonly offset: number;
  readonly length: number;
};
type Line = ErasureBody["lines"][number];

/** @param dryRun makes no copies of raw files. @throws ProblemError when no version of the population holds the item. */
export function findItemTraces(
  ctx: Context,
  log: LogState,
  population: string,
  id: string,
  dryRun: boolean,
): Traces {
  const state = populationsOf(log);
  const name = findPopulation(state, population).body.population;
  const lines: Line[] = [];
  const slices: Slice[] = [];
  /** The item's id in each population that holds it: a joined one may have it under the id of another item. */
  const ids = new Map<string, Set<string>>();
  for (const row of state.collected) {
    const isIn = row.body.population === name ? (item: Item) => item.id === id : joinedWith(row, slices);
    const found = leavesWhere(ctx.blobs, row.body.items, (item, raw) => {
      if (!isIn(item, raw)) return false;
      slices.push(...raw.map((ref) => ({ ...ref, record: ref.record ?? row.record })));
      const held = ids.get(row.record) ?? new Set();
      ids.set(row.record, held.add(item.id));
      return true;
    });
    lines.push(...found);
  }
  if (lines.length === 0)
    throw new ProblemError({
      code: "unknown-item",
      what: `no version of ${name} holds an item ${JSON.stringify(id)}`,
      why: "ids are compared whole; an item that was erased has none any more",
      next: `countersign population show ${name} --items`,
    });
  lines.push(...differencesAbout(ctx, log, ids));
  const results = resultsAbout(ctx, log, state.collected, ids);
  lines.push(...results.lines);
  const raw = dryRun ? wholeFiles(log, slices) : copiesWithout(ctx, log, slices);
  return {
    lines,
    found: results.found,
    files: [...raw.files, ...summariesNaming(ctx, log, ids)],
    copies: raw.copies,
  };
}

/** An item of a joined population that took facts from one of the slices. Rows come in the order of the log, joins last. */
function joinedWith(
  row: PopulationRow,
  slices: readonly Slice[],
): (item: Item, raw: readonly RawRef[]) => boolean {
  const from = new Set(row.body.joinedFrom);
  return (_, raw) =>
    from.size > 0 &&
    raw.some((ref) =>
      slices.some(
        (slice) =>
          from.has(slice.record) &&
          slice.record === ref.record &&
          slice.file === ref.file &&
          slice.offset === ref.offset &&
          slice.length === ref.length,
      ),
    );
}

function differencesAbout(
  ctx: Context,
  log: LogState,
  ids: ReadonlyMap<string, ReadonlySet<string>>,
): Line[] {
  return log.rows("population.reconciled").flatMap(({ body }) => {
    const left = ids.get(body.left.record) ?? new Set();
    const right = ids.get(body.right.record) ?? new Set();
    if (left.size + right.size === 0) return [];
    return [
      ...leavesWhere(ctx.blobs, body.onlyLeft, (item) => left.has(item.id)),
      ...leavesWhere(ctx.blobs, body.onlyRight, (item) => right.has(item.id)),
      // The side stands before the id.
      ...leavesWhere(ctx.blobs, body.duplicates, (item) =>
        [...left, ...right].some((id) => item.id === `left ${id}` || item.id === `right ${id}`),
      ),
    ];
  });
}

function resultsAbout(
  ctx: Context,
  log: LogState,
  rows: readonly PopulationRow[],
  ids: ReadonlyMap<string, ReadonlySet<string>>,
): Pick<Traces, "lines" | "found"> {
  const lines: Line[] = [];
  const found: ErasureBody["found"][number][] = [];
  for (const { body } of log.rows("assessment.run")) {
    const used = body.populations.filter(({ record }) => ids.has(record));
    if (used.length === 0) continue;
    const kinds = new Map(
      used.map(({ record }) => [rows.find((row) => row.record === record)?.body.kind ?? "", ids.get(record)]),
    );
    const kindOf = kindOfActivity(readProgram(ctx, body.program));
    lines.push(
      ...leavesWhere(ctx.blobs, body.results, (item) => {
        // Lines of a run's results are occurrences.
        const occurrence = item as unknown as Occurrence;
        if (kinds.get(kindOf(occurrence))?.has(occurrence.id) !== true) return false;
        const { control, activity, state } = occurrence;
        found.push({ run: body.run, control, activity, state });
        return true;
      }),
    );
    // What was carried from the run into the next window names occurrences, too.
    for (const { body: rolled } of log.rows("window.rolled-forward"))
      if (rolled.run === body.run)
        lines.push(
          ...leavesWhere(ctx.blobs, rolled.carried, (item) => {
            const carried = item as unknown as CarriedDeviation;
            return kinds.get(kindOf(carried))?.has(carried.occurrence) === true;
          }),
        );
  }
  return { lines, found: lastOfEach(found) };
}

/** The newest word on each activity, and every one that was not good: enough to hide nothing, and bounded. */
function lastOfEach(found: readonly ErasureBody["found"][number][]): ErasureBody["found"] {
  const last = new Map(found.map((each) => [`${each.control} ${each.activity} ${each.state}`, each]));
  return [...last.values()];
}

function kindOfActivity(
  program: Program,
): (of: Pick<Occurrence, "control" | "version" | "activity">) => string {
  const kinds = new Map<string, string>();
  for (const control of program.controls)
    for (const activity of control.activities)
      if (activity.kind !== "periodic")
        kinds.set(`${control.id} ${control.version} ${activity.id}`, activity.population);
  return ({ control, version, activity }) => kinds.get(`${control} ${version} ${activity}`) ?? "";
}

/** A summary tells of deviations with title and person; one that names the item goes as a whole. */
function summariesNaming(
  ctx: Context,
  log: LogState,
  ids: ReadonlyMap<string, ReadonlySet<string>>,
): Digest[] {
  return log.rows("assessment.run").flatMap(({ body }) => {
    const { digest } = body.summary;
    if (!ctx.blobs.has(digest)) return [];
    const named = body.populations.flatMap(({ record }) => [...(ids.get(record) ?? [])]);
    if (named.length === 0) return [];
    const text = Buffer.from(ctx.blobs.read(digest)).toString("utf8");
    return named.some((id) => text.includes(JSON.stringify(id))) ? [digest] : [];
  });
}

type RawFile = { readonly file: BlobRef; readonly slices: Slice[] };

function rawFilesOf(log: LogState, slices: readonly Slice[]): Map<Digest, RawFile> {
  const erasures = new Erasures(log.rows("data.erased"));
  const rows: readonly StateRow<"population.collected">[] = log.rows("population.collected");
  const files = new Map<Digest, RawFile>();
  for (const slice of slices) {
    const raw = rows
      .find((row) => row.record === slice.record)
      ?.body.raw.find((each) => each.name === slice.file);
    if (raw === undefined) continue;
    const file = erasures.recordOf(raw.digest) === undefined ? raw : erasures.copyOf(raw.digest);
    if (file === undefined) continue;
    const known = files.get(file.digest);
    if (known === undefined) files.set(file.digest, { file, slices: [slice] });
    else known.slices.push(slice);
  }
  return files;
}

function wholeFiles(log: LogState, slices: readonly Slice[]): Pick<Traces, "files" | "copies"> {
  const files = rawFilesOf(log, slices);
  return {
    files: [...files.keys()],
    copies: [...files].map(([of, { file }]) => ({ of, copy: file })),
  };
}

const STAR = 0x2a;

/**
 * The raw bytes of all other items stay readable: a copy has stars where the item's bytes were, at the same offsets, and
 * takes the file's place under a commitment of its own.
 */
function copiesWithout(
  ctx: Context,
  log: LogState,
  slices: readonly Slice[],
): Pick<Traces, "files" | "copies"> {
  const files: Digest[] = [];
  const copies: Traces["copies"][number][] = [];
  for (const [digest, { file, slices: blank }] of rawFilesOf(log, slices)) {
    files.push(digest);
    if (!ctx.blobs.has(digest)) continue;
    const writer = ctx.blobs.create(newSalt(ctx.random));
    try {
      let at = 0;
      for (const piece of ctx.blobs.stream(digest)) {
        const bytes = Buffer.from(piece);
        for (const { offset, length } of blank)
          bytes.fill(
            STAR,
            Math.max(0, Math.min(bytes.length, offset - at)),
            clamp(offset + length - at, bytes.length),
          );
        writer.write(bytes);
        at += bytes.length;
      }
      const { name, mediaType } = file;
      copies.push({ of: digest, copy: { ...writer.finish(), salted: true, name, mediaType } });
    } catch (error) {
      writer.discard();
      throw error;
    }
  }
  return { files, copies };
}

function clamp(at: number, length: number): number {
  return Math.max(0, Math.min(length, at));
}
