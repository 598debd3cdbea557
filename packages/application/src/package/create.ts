/** The audit package: what an auditor takes away and checks without us. */
import { canonicalJson, digestOf, epochOf, ProblemError, type Digest } from "@countersign/kernel";
import { parseCheckpointUnsafe } from "@countersign/ledger";
import {
  ATTESTATION_KEY_PATH,
  BLOB_INDEX_PATH,
  CHECKPOINT_PATH,
  describePackage,
  ENVELOPE_PATH,
  formatPackageIndex,
  handoverPath,
  LOG_KEY_PATH,
  MANIFEST_PATH,
  PACKAGE_INDEX_PATH,
  PartCutter,
  publicKeyPem,
  RECORDS_STEM,
  signManifest,
} from "@countersign/package-format";
import type { Occurrence } from "@countersign/assessment";
import type { Criterion, Person } from "@countersign/program";
import type { ItemLine } from "@countersign/records";
import { createPublicKey } from "node:crypto";
import { makeRecord, publish } from "../append.ts";
import { clockSteps } from "../clock-steps.ts";
import type { Context } from "../context.ts";
import { Erasures } from "../erasures.ts";
import { findRun, type LatestRun } from "../deviations.ts";
import { keyChainOf } from "../key-chain.ts";
import { loadState } from "../log-state.ts";
import { populationsOf, type PopulationRow } from "../populations.ts";
import type { Archives, Documents, PublishedCheckpoint, SheetSource } from "../ports/index.ts";
import { readProgram } from "../program.ts";
import { gapsAt } from "../system/gaps.ts";
import { linesOf, occurrenceIn } from "../read-list.ts";
import { addRecorded } from "./add-recorded.ts";
import { PackageFiles } from "./package-files.ts";
import { isPeriodic, Redaction, type Withholdable } from "./redaction.ts";
import { packageView, populationOfActivity } from "./view.ts";

export type PackageRequest = {
  readonly path: string;
  readonly name: string;
  readonly run?: string;
  /** What is left out for the package's reader. */
  readonly withhold?: readonly Withholdable[];
  readonly criteria: readonly Criterion[];
  /** Of the folder: who was there until when. */
  readonly people: readonly Person[];
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
  ctx.keys.follow(keyChainOf(log));
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
  const redaction = new Redaction(request.withhold);
  const programGaps = gapsAt(ctx, log, program, request.people, epochOf(run.body.asOf));
  const view = redaction.view(
    packageView(ctx, {
      name: request.name,
      log,
      run,
      program,
      criteria: request.criteria,
      people,
      programGaps,
      checkpoint,
      clockSteps: await clockSteps(ctx, checkpoint.size),
    }),
  );
  const archive = archives.create(request.path);
  try {
    const files = new PackageFiles(archive, ctx.blobs, new Erasures(log.rows("data.erased")));
    await addLedger(ctx, files, checkpoint);
    await addRecorded(ctx, files, log, run, redaction);
    await files.add("CHECK.md", request.howToCheck);
    if (!redaction.withholds("items"))
      await files.add("gaps.json", `${canonicalJson({ asOf: run.body.asOf, gaps: programGaps })}\n`);
    for (const page of documents.pages(view)) await files.add(page.path, page.content);
    const source = redaction.withholds("items")
      ? withoutItems(run, ctx)
      : sheetRows(ctx, populationsOf(log).collected, run);
    for await (const page of documents.sheets(view, source)) await files.add(page.path, page.content);
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
  await addHandovers(ctx, files);
  const key = createPublicKey({
    key: Buffer.from(ctx.keys.attestationKey, "base64"),
    format: "der",
    type: "spki",
  });
  await files.add(ATTESTATION_KEY_PATH, publicKeyPem(key));
}

/** What both keys signed when one took the other's place: the first checkpoint that covers the rotation. */
async function addHandovers(ctx: Context, files: PackageFiles): Promise<void> {
  for (const [position, key] of ctx.keys.chain.log.entries()) {
    if (position === 0) continue;
    const handover = await ctx.store.checkpointCovering(ctx.organization, key.index);
    if (handover === undefined) throw new Error(`no checkpoint covers the rotation, record ${key.index}`);
    await files.add(handoverPath(position), handover.note);
  }
}

/** What the calendar owed, and nothing about any item. */
function withoutItems(run: LatestRun, ctx: Context): SheetSource {
  return {
    *rows() {
      for (const text of linesOf(ctx.blobs, run.body.results.digest)) {
        const occurrence = occurrenceIn(text);
        if (occurrence !== undefined && isPeriodic(occurrence)) yield { occurrence, line: undefined };
      }
    },
  };
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
        const occurrence = occurrenceIn(text);
        if (occurrence === undefined) continue;
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
