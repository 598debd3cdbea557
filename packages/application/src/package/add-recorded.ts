/** Every blob that a record names: in its place, or said to be erased or left out. */
import type { Digest } from "@countersign/kernel";
import {
  anchorPath,
  directoryStem,
  evidencePath,
  exclusionsStem,
  formatPopulationHeader,
  itemsStem,
  otherBlobPath,
  populationHeaderPath,
  PROGRAM_PATH,
  rawPath,
  reconciliationStem,
  RESULTS_STEM,
  SUMMARY_PATH,
} from "@countersign/package-format";
import type { LedgerRecord, PopulationBody } from "@countersign/records";
import type { Context } from "../context.ts";
import type { LatestRun } from "../deviations.ts";
import type { LogState } from "../log-state.ts";
import type { PackageFiles } from "./package-files.ts";
import type { Redaction } from "./redaction.ts";

export async function addRecorded(
  ctx: Context,
  files: PackageFiles,
  log: LogState,
  run: LatestRun,
  redaction: Redaction,
): Promise<void> {
  const { body } = run;
  const items = redaction.reason("items");
  await files.addFile({ digest: body.program, size: sizeOf(ctx, body.program) }, PROGRAM_PATH);
  await files.addFile(body.summary, SUMMARY_PATH, items);
  await files.addList(body.results, RESULTS_STEM, redaction.linesOfResults());
  for (const { body: population } of log.rows("population.collected"))
    await addPopulation(ctx, files, population, redaction);
  for (const row of log.rows("population.reconciled")) {
    const index = log.indexOf(row.record);
    await files.addList(row.body.onlyLeft, reconciliationStem(index, "only-left"), redaction.lines());
    await files.addList(row.body.onlyRight, reconciliationStem(index, "only-right"), redaction.lines());
    await files.addList(row.body.duplicates, reconciliationStem(index, "duplicates"), redaction.lines());
  }
  for (const row of log.rows("directory.extended"))
    await files.addList(row.body.entries, directoryStem(log.indexOf(row.record)), redaction.names());
  for (const row of log.rows("evidence.added"))
    for (const file of row.body.files)
      await files.addFile(file, evidencePath(file.digest, file.name), redaction.reason("evidence"));
  // For every reader: they hold no record and no person.
  for (const row of log.rows("checkpoint.anchored")) {
    const [size, index] = [row.body.checkpoint.size, log.indexOf(row.record)];
    await files.addFile(row.body.note, anchorPath(size, index, row.body.note.name));
    for (const file of row.body.files) await files.addFile(file, anchorPath(size, index, file.name));
  }
  // Results of other runs are re-performed from the populations, which are all here.
  for (const row of log.rows("assessment.run")) {
    if (row.record === run.record) continue;
    for (const digest of [row.body.results.digest, row.body.summary.digest])
      files.withhold(digest, `belongs to the run ${row.body.run}; this package shows ${body.run}`);
  }
  for await (const page of ctx.store.entries(ctx.organization, 0, log.size))
    for (const { entry } of page)
      for (const digest of (JSON.parse(entry) as LedgerRecord).digests)
        if (!files.places.has(digest)) await addOther(ctx, files, digest);
}

async function addPopulation(
  ctx: Context,
  files: PackageFiles,
  body: PopulationBody,
  redaction: Redaction,
): Promise<void> {
  const { population: name, version } = body;
  ctx.say(`package: ${name} v${version}, ${body.items.count} items`);
  await files.add(populationHeaderPath(name, version), formatPopulationHeader(body));
  await files.addList(body.items, itemsStem(name, version), redaction.lines());
  await files.addList(body.exclusions, exclusionsStem(name, version), redaction.lines());
  for (const [position, raw] of body.raw.entries()) {
    const path = rawPath(name, version, position, raw.name);
    const reason = redaction.reason("raw");
    await files.addFile(raw, path, reason);
    const copy = files.erasures.copyOf(raw.digest);
    // Where the file stood, were it not erased.
    if (copy !== undefined) await files.addFile(copy, path, reason);
  }
}

/** Programs, files of programs, mappings; and what an erasure has overtaken, which places itself as erased. */
async function addOther(ctx: Context, files: PackageFiles, digest: Digest): Promise<void> {
  const size = files.erasures.recordOf(digest) === undefined ? sizeOf(ctx, digest) : 0;
  await files.addFile({ digest, size }, otherBlobPath(digest));
}

function sizeOf(ctx: Context, digest: Digest): number {
  let size = 0;
  for (const piece of ctx.blobs.stream(digest)) size += piece.length;
  return size;
}
