/** Draws together what the readable part of a package shows. */
import { formatInstant, type Instant } from "@countersign/kernel";
import type { Occurrence } from "@countersign/assessment";
import { parseCheckpointUnsafe, parseVerifierKey } from "@countersign/ledger";
import {
  evidencePath,
  filePartPath,
  fingerprintOf,
  itemsStem,
  linePartPath,
  partNames,
  populationHeaderPath,
  rawPath,
} from "@countersign/package-format";
import type { Criterion, Program } from "@countersign/program";
import type { RecordBodies, RecordType, StateRow } from "@countersign/records";
import { protectionOf } from "../anchors/protection.ts";
import type { Context } from "../context.ts";
import { Erasures } from "../erasures.ts";
import type { LatestRun } from "../deviations.ts";
import type { LogState } from "../log-state.ts";
import { differencesOf } from "../reconcile.ts";
import { populationsOf, type PopulationRow } from "../populations.ts";
import type {
  DirectoryEntry,
  PackageView,
  Placed,
  PopulationView,
  PublishedCheckpoint,
  VerificationView,
} from "../ports/index.ts";
import { itemLinesOf, linesOf } from "../read-list.ts";
import type { ClockStep } from "../ports/index.ts";
import { trustWords } from "../verification-words.ts";
import { itemViews, occurrencesWithPages } from "./item-views.ts";

export type ViewInput = {
  readonly name: string;
  readonly log: LogState;
  readonly run: LatestRun;
  readonly program: Program;
  readonly criteria: readonly Criterion[];
  readonly people: readonly DirectoryEntry[];
  readonly programGaps: PackageView["programGaps"];
  readonly checkpoint: PublishedCheckpoint;
  /** Up to that checkpoint. */
  readonly clockSteps: readonly ClockStep[];
};

export function packageView(ctx: Context, input: ViewInput): PackageView {
  const { log, run, program } = input;
  const state = populationsOf(log);
  const at = placer(log);
  const erasures = new Erasures(log.rows("data.erased"));
  const occurrences = occurrencesWithPages(run.summary, linesOf(ctx.blobs, run.body.results.digest));
  return {
    name: input.name,
    createdAt: formatInstant(ctx.clock.now()),
    generator: ctx.generator,
    program,
    criteria: input.criteria,
    summary: run.summary,
    run: run.body.run,
    populations: state.collected.map((row) => populationView(ctx, log, row)),
    items: itemViews(ctx, log, state.collected, occurrences, populationOfActivity(run)),
    occurrences: periodicOccurrences(run, linesOf(ctx.blobs, run.body.results.digest)),
    evidence: log.rows("evidence.added").map((row) => ({
      ...at(row),
      files: row.body.files.map((file) =>
        erasures.recordOf(file.digest) === undefined
          ? { ...file, path: filePartPath(evidencePath(file.digest, file.name), file.size, 0) }
          : { ...file, path: undefined, gone: "erased" as const },
      ),
    })),
    draws: log.rows("sample.drawn").map((row) => at(row)),
    programGaps: input.programGaps,
    activity: activityLog(log),
    verification: verificationView(ctx, input),
    redactions: [],
    erasures: log.rows("data.erased").map((row) => at(row)),
    names: new Map(
      input.people.map((entry) => [entry.id, { name: entry.name, identities: entry.identities }]),
    ),
  };
}

function periodicOccurrences(run: LatestRun, results: Iterable<string>): Occurrence[] {
  const periodic = new Set(
    run.summary.controls.flatMap((control) =>
      control.activities.flatMap((activity) =>
        activity.kind === "periodic" ? [`${control.id}/${activity.id}`] : [],
      ),
    ),
  );
  const found: Occurrence[] = [];
  for (const line of results) {
    // Only an occurrence of a period has a due time, and looking for it is cheaper than reading a million lines.
    if (!line.includes('"due":"')) continue;
    const { item } = JSON.parse(line) as { item: Occurrence };
    if (periodic.has(`${item.control}/${item.activity}`)) found.push(item);
  }
  return found;
}

/** Says where a row's record stands in the log. */
function placer(log: LogState) {
  return <T extends RecordType>(row: StateRow<T>): Placed<RecordBodies[T]> => ({
    record: row.record,
    index: log.indexOf(row.record),
    recordedAt: row.recordedAt as Instant,
    body: row.body,
  });
}

/** The population record that an occurrence was tested on. */
export function populationOfActivity(run: LatestRun): (occurrence: Occurrence) => string | undefined {
  const records = new Map<string, string>();
  for (const control of run.summary.controls)
    for (const activity of control.activities)
      if (activity.population !== undefined && activity.kind === "per-item")
        records.set(`${control.id}/${activity.id}`, activity.population.record);
  return (occurrence) => records.get(`${occurrence.control}/${occurrence.activity}`);
}

function populationView(ctx: Context, log: LogState, row: PopulationRow): PopulationView {
  const state = populationsOf(log);
  const { body } = row;
  const at = placer(log);
  const erasures = new Erasures(log.rows("data.erased"));
  const frozen = state.frozen.find((each) => each.body.record === row.record);
  const about = new Set([row.record, ...body.joinedFrom]);
  return {
    population: at<"population.collected">(row),
    reconciliations: state.reconciled
      .filter((each) => about.has(each.body.left.record) || about.has(each.body.right.record))
      .map((each) => {
        const differences = differencesOf(ctx, each.body);
        const side = (words: string) => differences.filter((difference) => difference.side === words);
        return {
          reconciliation: at(each),
          onlyLeft: side(`only in ${each.body.left.population}`),
          onlyRight: side(`only in ${each.body.right.population}`),
          resolutions: state.resolved
            .filter((resolution) => resolution.body.reconciliation === each.body.reconciliation)
            .map((resolution) => at(resolution)),
        };
      }),
    ...(frozen === undefined ? {} : { frozen: at(frozen) }),
    exclusions: [...itemLinesOf(ctx.blobs, body.exclusions)].flatMap((line) =>
      "item" in line ? [{ id: String(line.item["row"]), reason: String(line.item["reason"]) }] : [],
    ),
    paths: {
      items: linePartPath(itemsStem(body.population, body.version), 0),
      header: populationHeaderPath(body.population, body.version),
      raw: body.raw.flatMap((raw, position) => {
        if (erasures.recordOf(raw.digest) !== undefined && erasures.copyOf(raw.digest) === undefined)
          return [];
        const path = rawPath(body.population, body.version, position, raw.name);
        return [{ name: raw.name, path: partNames(path, raw.size)[0] ?? path, size: raw.size }];
      }),
    },
  };
}

export function verificationView(
  ctx: Context,
  input: Pick<ViewInput, "log" | "checkpoint" | "clockSteps" | "program">,
): VerificationView {
  const created = input.log.rows("log.created")[0];
  const logKey = parseVerifierKey(ctx.keys.logKey);
  const checkpoint = parseCheckpointUnsafe(input.checkpoint.note);
  if (created === undefined || !logKey.ok || !checkpoint.ok) throw new Error("a log without a beginning");
  const protection = protectionOf(input.log);
  const keyMadeAt = created.recordedAt as Instant;
  const { shows, doesNotShow } = trustWords({
    keyMadeAt,
    protection,
    sampleData: input.program.sampleData,
    clockSteps: input.clockSteps,
  });
  return {
    origin: checkpoint.value.origin,
    logKey: ctx.keys.logKey,
    fingerprint: fingerprintOf(logKey.value.publicKey).short,
    attestationFingerprint: fingerprintOf(Buffer.from(ctx.keys.attestationKey, "base64")).short,
    keyMadeAt,
    checkpoint: {
      size: checkpoint.value.size,
      root: Buffer.from(checkpoint.value.root).toString("base64"),
      text: input.checkpoint.note,
    },
    firstOutsideAnchor: protection.since,
    shows,
    doesNotShow,
  };
}

function closeWords({ month, populations, unknown, earlier }: RecordBodies["month.closed"]): string {
  const items = populations.reduce((sum, { count }) => sum + count, 0);
  const changed = earlier.length === 0 ? "" : `, ${earlier.length} earlier months say something else since`;
  return `${month} closed: ${items} items, ${unknown.open} unknown and open, ${unknown.explained} explained, ${unknown.carried} carried${changed}`;
}

function activityLog(log: LogState): PackageView["activity"] {
  const kinds: readonly RecordType[] = [
    "log.created",
    "key.rotated",
    "key.retired",
    "key.revoked",
    "program.recorded",
    "population.collected",
    "collection.failed",
    "source.gap",
    "checkpoint.anchored",
    "population.reconciled",
    "difference.resolved",
    "population.frozen",
    "evidence.added",
    "assessment.run",
    "deviation.responded",
    "deviation.withdrawn",
    "exception.approved",
    "occurrence.not-applicable",
    "sample.drawn",
    "month.closed",
    "data.erased",
    "package.created",
  ];
  return kinds
    .flatMap((kind) =>
      log.rows(kind).map((row) => ({
        index: log.indexOf(row.record),
        at: row.recordedAt as Instant,
        type: kind,
        words: kind === "month.closed" ? closeWords(row.body as RecordBodies["month.closed"]) : row.subject,
      })),
    )
    .sort((a, b) => a.index - b.index);
}
