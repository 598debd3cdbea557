/** The audit package: what an auditor takes away and checks without us. */
import { digestOf, ProblemError, type Digest } from "@countersign/kernel";
import { parseCheckpointUnsafe } from "@countersign/ledger";
import {
  ATTESTATION_KEY_PATH,
  BLOB_INDEX_PATH,
  CHECKPOINT_PATH,
  describePackage,
  directoryStem,
  ENVELOPE_PATH,
  evidencePath,
  exclusionsStem,
  formatPackageIndex,
  formatPopulationHeader,
  itemsStem,
  LOG_KEY_PATH,
  MANIFEST_PATH,
  otherBlobPath,
  PACKAGE_INDEX_PATH,
  PartCutter,
  populationHeaderPath,
  PROGRAM_PATH,
  publicKeyPem,
  rawPath,
  reconciliationStem,
  RECORDS_STEM,
  RESULTS_STEM,
  signManifest,
  SUMMARY_PATH,
} from "@countersign/package-format";
import type { Occurrence } from "@countersign/assessment";
import type { Criterion } from "@countersign/program";
import type { ItemLine, LedgerRecord } from "@countersign/records";
import { createPublicKey } from "node:crypto";
import { makeRecord, publish } from "../append.ts";
import type { Context } from "../context.ts";
import { findRun, type LatestRun } from "../deviations.ts";
import { loadState, type LogState } from "../log-state.ts";
import { populationsOf, type PopulationRow } from "../populations.ts";
import type { Archives, Documents, PublishedCheckpoint, SheetSource } from "../ports/index.ts";
import { readProgram } from "../program.ts";
import { linesOf } from "../read-list.ts";
import { PackageFiles } from "./package-files.ts";
import { packageView, populationOfActivity } from "./view.ts";

export type PackageRequest = {
  readonly path: string;
  readonly name: string;
  readonly run?: string;
  readonly criteria: readonly Criterion[];
  /** How to check the package: the page that stands beside the product, too. */
  readonly howToCheck: string;
};

export type CreatedPackage = {
  readonly path: string;
  readonly size: number;
  readonly manifest: Digest;
  readonly record: string;
};

export async function createPackage(
  ctx: Context,
  documents: Documents,
  archives: Archives,
  request: PackageRequest,
): Promise<CreatedPackage> {
  const log = await loadState(ctx);
  const checkpoint = await ctx.store.newestCheckpoint(ctx.organization);
  if (checkpoint === undefined || checkpoint.size !== log.size)
    throw new ProblemError({
      code: "package-moving",
      what: "records were added while the package was begun",
      next: "run countersign package create again",
    });
  const run = findRun(ctx, log, request.run);
  // What the package shows is the run: its own program and window, which a later one may have replaced.
  const program = readProgram(ctx, run.body.program);
  const people = await ctx.store.transaction(ctx.organization, (tx) => tx.people());
  const view = packageView(ctx, {
    name: request.name,
    log,
    run,
    program,
    criteria: request.criteria,
    people,
    checkpoint,
  });
  const archive = archives.create(request.path);
  try {
    const files = new PackageFiles(archive, ctx.blobs);
    await addLedger(ctx, files, checkpoint);
    await addRecorded(ctx, files, log, run);
    await files.add("CHECK.md", request.howToCheck);
    for (const page of documents.pages(view)) await files.add(page.path, page.content);
    for await (const page of documents.sheets(view, sheetRows(ctx, populationsOf(log).collected, run)))
      await files.add(page.path, page.content);
    const index = describePackage(
      {
        name: request.name,
        organization: program.organization,
        sampleData: program.sampleData,
        run: { record: run.record, body: run.body },
        populations: log.rows("population.collected"),
        reconciliations: log.rows("population.reconciled"),
        directory: log.rows("directory.extended"),
        evidence: log.rows("evidence.added"),
        draws: log.rows("sample.drawn").map((row) => row.record),
      },
      files.places,
    );
    await files.add(PACKAGE_INDEX_PATH, formatPackageIndex(index));
    await files.add(BLOB_INDEX_PATH, files.places.finish());
    const manifest = files.manifest.finish();
    const claimed = parseCheckpointUnsafe(checkpoint.note);
    if (!claimed.ok) throw new Error(claimed.error);
    const envelope = signManifest(
      manifest,
      {
        organization: program.organization,
        sampleData: program.sampleData,
        window: program.window,
        checkpoint: {
          origin: claimed.value.origin,
          size: claimed.value.size,
          root: Buffer.from(claimed.value.root).toString("base64"),
        },
        logKey: ctx.keys.logKey,
        createdAt: view.createdAt,
        generator: ctx.generator,
        run: run.record,
      },
      ctx.keys.attestationPem,
    );
    await archive.add(MANIFEST_PATH, Buffer.from(manifest));
    await archive.add(ENVELOPE_PATH, Buffer.from(envelope));
    const size = await archive.finish();
    // Not kept: it lists plain digests of files that may be erased one day, and stands in the package itself.
    const digest = digestOf(manifest);
    const record = makeRecord(ctx, "package.created", request.name, {
      package: `${request.name} ${view.createdAt}`,
      manifest: digest,
      run: run.record,
      size,
      checkpointSize: checkpoint.size,
    });
    await ctx.store.transaction(ctx.organization, (tx) => tx.append(record));
    await publish(ctx);
    return { path: request.path, size, manifest: digest, record: record.id };
  } catch (error) {
    archive.discard();
    throw error;
  }
}

async function addLedger(ctx: Context, files: PackageFiles, checkpoint: PublishedCheckpoint): Promise<void> {
  const cutter = PartCutter.lines(RECORDS_STEM);
  for await (const page of ctx.store.entries(ctx.organization, 0, checkpoint.size)) {
    const bytes = Buffer.from(page.map((entry) => `${entry.entry}\n`).join(""));
    for (const part of cutter.push(bytes)) await files.add(part.path, part.bytes);
  }
  for (const part of cutter.finish()) await files.add(part.path, part.bytes);
  await files.add(CHECKPOINT_PATH, checkpoint.note);
  await files.add(LOG_KEY_PATH, `${ctx.keys.logKey}\n`);
  const key = createPublicKey({
    key: Buffer.from(ctx.keys.attestationKey, "base64"),
    format: "der",
    type: "spki",
  });
  await files.add(ATTESTATION_KEY_PATH, publicKeyPem(key));
}

/** Every blob that a record names: in its place, or said to be left out. */
async function addRecorded(ctx: Context, files: PackageFiles, log: LogState, run: LatestRun): Promise<void> {
  const { body } = run;
  await files.addFile({ digest: body.program, size: sizeOf(ctx, body.program) }, PROGRAM_PATH);
  await files.addFile(body.summary, SUMMARY_PATH);
  await files.addList(body.results, RESULTS_STEM);
  for (const { body: population } of log.rows("population.collected")) {
    const { population: name, version } = population;
    ctx.say(`package: ${name} v${version}, ${population.items.count} items`);
    await files.add(populationHeaderPath(name, version), formatPopulationHeader(population));
    await files.addList(population.items, itemsStem(name, version));
    await files.addList(population.exclusions, exclusionsStem(name, version));
    for (const [position, raw] of population.raw.entries())
      await files.addFile(raw, rawPath(name, version, position, raw.name));
  }
  for (const row of log.rows("population.reconciled")) {
    const index = log.indexOf(row.record);
    await files.addList(row.body.onlyLeft, reconciliationStem(index, "only-left"));
    await files.addList(row.body.onlyRight, reconciliationStem(index, "only-right"));
    await files.addList(row.body.duplicates, reconciliationStem(index, "duplicates"));
  }
  for (const row of log.rows("directory.extended"))
    await files.addList(row.body.entries, directoryStem(log.indexOf(row.record)));
  for (const row of log.rows("evidence.added"))
    for (const file of row.body.files) await files.addFile(file, evidencePath(file.digest, file.name));
  // Results of other runs are re-performed from the populations, which are all here.
  for (const row of log.rows("assessment.run")) {
    if (row.record === run.record) continue;
    for (const digest of [row.body.results.digest, row.body.summary.digest])
      if (!files.places.has(digest))
        files.places.withhold(digest, `belongs to the run ${row.body.run}; this package shows ${body.run}`);
  }
  for await (const page of ctx.store.entries(ctx.organization, 0, log.size))
    for (const { entry } of page)
      for (const digest of (JSON.parse(entry) as LedgerRecord).digests)
        if (!files.places.has(digest)) await addOther(ctx, files, digest);
}

async function addOther(ctx: Context, files: PackageFiles, digest: Digest): Promise<void> {
  await files.addFile({ digest, size: sizeOf(ctx, digest) }, otherBlobPath(digest));
}

function sizeOf(ctx: Context, digest: Digest): number {
  let size = 0;
  for (const piece of ctx.blobs.stream(digest)) size += piece.length;
  return size;
}

/** Result lines with the items they are about: both lists are in the same order, so one walk pairs them. */
function sheetRows(ctx: Context, rows: readonly PopulationRow[], run: LatestRun): SheetSource {
  const populationOf = populationOfActivity(run);
  return {
    *rows() {
      let open: string | undefined;
      let lines: Iterator<string> = [][Symbol.iterator]();
      let line: ItemLine | undefined;
      for (const text of linesOf(ctx.blobs, run.body.results.digest)) {
        const { item: occurrence } = JSON.parse(text) as { item: Occurrence };
        const record = populationOf(occurrence);
        const row = rows.find((each) => each.record === record);
        if (row === undefined) {
          yield { occurrence, line: undefined };
          continue;
        }
        if (record !== open) {
          open = record;
          lines = linesOf(ctx.blobs, row.body.items.digest)[Symbol.iterator]();
          line = undefined;
        }
        while (line === undefined || !isAbout(occurrence, line)) {
          const next = lines.next();
          if (next.done === true) {
            line = undefined;
            break;
          }
          line = JSON.parse(next.value) as ItemLine;
        }
        yield { occurrence, line };
      }
    },
  };
}

/** An erased item's occurrence is named by the leaf that is left of it. */
function isAbout(occurrence: Occurrence, line: ItemLine): boolean {
  return occurrence.id === ("erased" in line ? `erased:${line.erased}` : line.item.id);
}

export function packageName(program: {
  organization: { id: string };
  window: { from: string; through: string };
}): string {
  return `${program.organization.id}_${program.window.from}_${program.window.through}`;
}
