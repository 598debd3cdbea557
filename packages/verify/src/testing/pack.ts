/** Packs a story the way the application does, with the same builders, into a map that a test can bend before it is zipped. */
import { createPublicKey } from "node:crypto";
import type { Digest } from "@countersign/kernel";
import { parseCheckpointUnsafe } from "@countersign/ledger";
import {
  anchorPath,
  ATTESTATION_KEY_PATH,
  BLOB_INDEX_PATH,
  BlobPlaces,
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
  ManifestBuilder,
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
  type PackageContents,
  type PackagePredicate,
} from "@countersign/package-format";
import { sourceOf, writeZip } from "@countersign/package-format/testing";
import type { LedgerRecord } from "@countersign/records";
import { now, window, type Story } from "./company.ts";

export type Files = Map<string, Buffer>;

export type PackOptions = {
  readonly withheld?: ReadonlyMap<Digest, string>;
  readonly erased?: ReadonlyMap<Digest, string>;
  /** Lists whose bytes now hold erased lines, and how many. */
  readonly erasedLines?: ReadonlyMap<Digest, { readonly bytes: Buffer; readonly count: number }>;
  /** Lists whose bytes now hold withheld lines. */
  readonly withheldLines?: ReadonlyMap<
    Digest,
    { readonly bytes: Buffer; readonly count: number; readonly reason: string }
  >;
  /** Small, so that a small list has several parts. */
  readonly partMax?: number;
};

/** Everything but the manifest and its signature. */
export function contentsOf(story: Story, options: PackOptions = {}): Files {
  const files: Files = new Map();
  const places = new BlobPlaces();
  const packer = new Packer(story, files, places, options);
  packer.ledger();
  packer.recorded();
  files.set(PACKAGE_INDEX_PATH, Buffer.from(formatPackageIndex(describePackage(indexInput(story), places))));
  files.set(BLOB_INDEX_PATH, Buffer.from(places.finish()));
  files.set("index.html", Buffer.from("<!doctype html><title>Package</title>"));
  files.set("CHECK.md", Buffer.from("# How to check\n"));
  return files;
}

function indexInput(story: Story): PackageContents {
  return {
    name: "test-package",
    organization: { id: story.company.id, name: `${story.company.id} Inc.` },
    sampleData: true,
    run: story.run,
    populations: [story.population],
    reconciliations: [story.reconciliation],
    directory: [story.directory],
    evidence: [story.evidence as PackageContents["evidence"][number]],
    draws: [story.draw],
  };
}

class Packer {
  readonly #story: Story;
  readonly #files: Files;
  readonly #places: BlobPlaces;
  readonly #options: PackOptions;

  constructor(story: Story, files: Files, places: BlobPlaces, options: PackOptions) {
    this.#story = story;
    this.#files = files;
    this.#places = places;
    this.#options = options;
  }

  ledger(): void {
    const { company } = this.#story;
    const cutter = this.#lines(RECORDS_STEM);
    const bytes = Buffer.from(company.records.map((record) => `${record}\n`).join(""));
    this.#write(cutter, bytes);
    this.#files.set(CHECKPOINT_PATH, Buffer.from(company.checkpoint()));
    this.#files.set(LOG_KEY_PATH, Buffer.from(`${company.logKey}\n`));
    this.#files.set(
      ATTESTATION_KEY_PATH,
      Buffer.from(publicKeyPem(createPublicKey(company.keys.attestationPem))),
    );
  }

  recorded(): void {
    const { company, population, reconciliation, directory, evidence, run } = this.#story;
    const { body } = population;
    this.#bytes(run.body.program, PROGRAM_PATH);
    this.#bytes(run.body.summary.digest, SUMMARY_PATH);
    this.#list(run.body.results.digest, RESULTS_STEM);
    this.#files.set(
      populationHeaderPath(body.population, body.version),
      Buffer.from(formatPopulationHeader(body)),
    );
    this.#list(body.items.digest, itemsStem(body.population, body.version));
    this.#list(body.exclusions.digest, exclusionsStem(body.population, body.version));
    for (const [i, raw] of body.raw.entries())
      this.#bytes(raw.digest, rawPath(body.population, body.version, i, raw.name));
    this.#list(reconciliation.body.onlyLeft.digest, reconciliationStem(7, "only-left"));
    this.#list(reconciliation.body.onlyRight.digest, reconciliationStem(7, "only-right"));
    this.#list(reconciliation.body.duplicates.digest, reconciliationStem(7, "duplicates"));
    this.#list(directory.body.entries.digest, directoryStem(2));
    for (const file of evidence.body.files) this.#bytes(file.digest, evidencePath(file.digest, file.name));
    this.#anchors();
    for (const digest of company.blobs.keys()) this.#bytes(digest, otherBlobPath(digest));
  }

  #anchors(): void {
    for (const [index, text] of this.#story.company.records.entries()) {
      // Tests also pack records that are no JSON: only what says of itself that it is an anchor is parsed.
      if (!text.includes('"type":"checkpoint.anchored"')) continue;
      const { body } = JSON.parse(text) as Pick<LedgerRecord<"checkpoint.anchored">, "body">;
      for (const file of [body.note, ...body.files])
        this.#bytes(file.digest, anchorPath(body.checkpoint.size, index, file.name));
    }
  }

  #lines(stem: string): PartCutter {
    return PartCutter.lines(stem, this.#options.partMax);
  }

  #list(digest: Digest, stem: string): void {
    this.#place(digest, this.#lines(stem));
  }

  #bytes(digest: Digest, path: string): void {
    this.#place(digest, PartCutter.bytes(path, this.#blob(digest).length));
  }

  #place(digest: Digest, cutter: PartCutter): void {
    if (this.#places.has(digest)) return;
    const { withheld, erased, erasedLines } = this.#options;
    const reason = withheld?.get(digest);
    const record = erased?.get(digest);
    const partly = erasedLines?.get(digest);
    const redacted = this.#options.withheldLines?.get(digest);
    if (reason !== undefined) return this.#places.withhold(digest, reason);
    if (record !== undefined) return this.#places.erase(digest, record);
    this.#write(cutter, redacted?.bytes ?? partly?.bytes ?? this.#blob(digest));
    const present = { digest, size: this.#blob(digest).length, parts: cutter.paths };
    const salt = this.#story.company.salts.get(digest);
    if (redacted !== undefined)
      this.#places.place({
        ...present,
        erasedLines: 0,
        withheldLines: redacted.count,
        reason: redacted.reason,
      });
    else if (partly !== undefined) this.#places.place({ ...present, erasedLines: partly.count });
    else this.#places.place(salt === undefined ? present : { ...present, salt });
  }

  #write(cutter: PartCutter, bytes: Buffer): void {
    for (const part of [...cutter.push(bytes), ...cutter.finish()])
      this.#files.set(part.path, Buffer.from(part.bytes));
  }

  #blob(digest: Digest): Buffer {
    const bytes = this.#story.company.blobs.get(digest);
    if (bytes === undefined) throw new Error(`the story has no blob ${digest}`);
    return bytes;
  }
}

/** Makes the manifest of whatever is there and signs it: what somebody with the attestation key can do. */
export function seal(
  story: Story,
  files: Files,
  change: { readonly predicate?: Partial<PackagePredicate>; readonly attestationPem?: string } = {},
): Files {
  const builder = new ManifestBuilder();
  for (const [path, bytes] of files) builder.add(path, bytes);
  const manifest = builder.finish();
  const { company } = story;
  const here = parseCheckpointUnsafe(files.get(CHECKPOINT_PATH)?.toString() ?? company.checkpoint());
  // Where a test spoils the checkpoint, the statement speaks of the true one.
  const checkpoint = here.ok ? here : parseCheckpointUnsafe(company.checkpoint());
  if (!checkpoint.ok) throw new Error(checkpoint.error);
  const { origin, size, root } = checkpoint.value;
  const predicate: PackagePredicate = {
    organization: { id: company.id, name: `${company.id} Inc.` },
    sampleData: true,
    window,
    checkpoint: { origin, size, root: Buffer.from(root).toString("base64") },
    logKey: company.logKey,
    createdAt: now,
    generator: "countersign test",
    run: story.run.record,
    ...change.predicate,
  };
  const envelope = signManifest(manifest, predicate, change.attestationPem ?? company.keys.attestationPem);
  return new Map([...files, [MANIFEST_PATH, Buffer.from(manifest)], [ENVELOPE_PATH, Buffer.from(envelope)]]);
}

export function packed(story: Story, options: PackOptions = {}): Files {
  return seal(story, contentsOf(story, options));
}

export function zipOf(files: Files): Buffer {
  return writeZip([...files].map(([path, bytes]) => ({ path, bytes })));
}

export function sourceFor(files: Files) {
  return sourceOf(zipOf(files));
}
