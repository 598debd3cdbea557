/** data/package.json: what the package holds and where, for machines. Every list of paths is that of a blob's parts. */
import { canonicalJson, type Result } from "@countersign/kernel";
import type {
  AssessmentBody,
  PopulationBody,
  ReconciliationBody,
  RecordBodies,
  WindowBody,
} from "@countersign/records";
import type { BlobPlaces } from "./blob-index.ts";
import { BLOB_INDEX_PATH, populationHeaderPath } from "./layout.ts";
import * as shape from "./shape.ts";

type Paths = readonly string[];
export type NamedFile = { readonly name: string; readonly paths: Paths };

export type PackagedPopulation = {
  readonly record: string;
  readonly population: string;
  readonly kind: string;
  readonly version: number;
  /** One file: canonical JSON of the record's body. */
  readonly header: string;
  readonly items: Paths;
  readonly exclusions: Paths;
  readonly raw: readonly NamedFile[];
};

export type PackagedReconciliation = {
  readonly record: string;
  readonly reconciliation: string;
  readonly onlyLeft: Paths;
  readonly onlyRight: Paths;
  readonly duplicates: Paths;
};

export type PackageIndex = {
  readonly format: "countersign-package-1";
  /** The package's own name. */
  readonly name: string;
  readonly organization: shape.OrganizationName;
  readonly sampleData: boolean;
  readonly window: WindowBody;
  /** Record id of the `assessment.run` that the package shows. */
  readonly run: string;
  readonly program: Paths;
  readonly summary: Paths;
  readonly results: Paths;
  readonly populations: readonly PackagedPopulation[];
  readonly reconciliations: readonly PackagedReconciliation[];
  readonly directory: readonly { readonly record: string; readonly entries: Paths }[];
  readonly evidence: readonly { readonly record: string; readonly files: readonly NamedFile[] }[];
  /** Record ids of the draws, which hold everything about them. */
  readonly draws: readonly string[];
  readonly blobs: typeof BLOB_INDEX_PATH;
};

const paths = shape.list(shape.path);
const files = shape.list(shape.object({ name: shape.name, paths }));

const packageIndexShape: shape.Shape<PackageIndex> = shape.object({
  format: shape.literal("countersign-package-1"),
  name: shape.name,
  organization: shape.organizationShape,
  sampleData: shape.boolean,
  window: shape.windowShape,
  run: shape.name,
  program: paths,
  summary: paths,
  results: paths,
  populations: shape.list(
    shape.object({
      record: shape.name,
      population: shape.name,
      kind: shape.name,
      version: shape.count,
      header: shape.path,
      items: paths,
      exclusions: paths,
      raw: files,
    }),
  ),
  reconciliations: shape.list(
    shape.object({
      record: shape.name,
      reconciliation: shape.name,
      onlyLeft: paths,
      onlyRight: paths,
      duplicates: paths,
    }),
  ),
  directory: shape.list(shape.object({ record: shape.name, entries: paths })),
  evidence: shape.list(shape.object({ record: shape.name, files })),
  draws: shape.list(shape.name),
  blobs: shape.literal(BLOB_INDEX_PATH),
});

export function parsePackageIndex(bytes: Uint8Array | string): Result<PackageIndex, string> {
  return shape.readDocument(bytes, packageIndexShape);
}

/** A record's id and body: what the index is drawn from. */
export type Recorded<Body> = { readonly record: string; readonly body: Body };

export type PackageContents = {
  readonly name: string;
  readonly organization: shape.OrganizationName;
  readonly sampleData: boolean;
  readonly run: Recorded<AssessmentBody>;
  /** In log order, each of the following. */
  readonly populations: readonly Recorded<PopulationBody>[];
  readonly reconciliations: readonly Recorded<ReconciliationBody>[];
  readonly directory: readonly Recorded<RecordBodies["directory.extended"]>[];
  readonly evidence: readonly Recorded<RecordBodies["evidence.added"]>[];
  readonly draws: readonly string[];
};

/** @throws TypeError when a blob that the records name has no place yet. */
export function describePackage(contents: PackageContents, places: BlobPlaces): PackageIndex {
  const { run } = contents;
  const named = (refs: PopulationBody["raw"]): NamedFile[] =>
    refs.map((ref) => ({ name: ref.name, paths: places.partsOf(ref.digest) }));
  return {
    format: "countersign-package-1",
    name: contents.name,
    organization: contents.organization,
    sampleData: contents.sampleData,
    window: run.body.window,
    run: run.record,
    program: places.partsOf(run.body.program),
    summary: places.partsOf(run.body.summary.digest),
    results: places.partsOf(run.body.results.digest),
    populations: contents.populations.map(({ record, body }) => ({
      record,
      population: body.population,
      kind: body.kind,
      version: body.version,
      header: populationHeaderPath(body.population, body.version),
      items: places.partsOf(body.items.digest),
      exclusions: places.partsOf(body.exclusions.digest),
      raw: named(body.raw),
    })),
    reconciliations: contents.reconciliations.map(({ record, body }) => ({
      record,
      reconciliation: body.reconciliation,
      onlyLeft: places.partsOf(body.onlyLeft.digest),
      onlyRight: places.partsOf(body.onlyRight.digest),
      duplicates: places.partsOf(body.duplicates.digest),
    })),
    directory: contents.directory.map(({ record, body }) => ({
      record,
      entries: places.partsOf(body.entries.digest),
    })),
    evidence: contents.evidence.map(({ record, body }) => ({ record, files: named(body.files) })),
    draws: contents.draws,
    blobs: BLOB_INDEX_PATH,
  };
}

/** The text of data/package.json. */
export function formatPackageIndex(index: PackageIndex): string {
  return canonicalJson(index);
}

/** The text of a population's header.json: its record's body. */
export function formatPopulationHeader(body: PopulationBody): string {
  return canonicalJson(body);
}
