/** A small company with real keys, a real log and real lists: what a test packs, bends and verifies. */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import {
  canonicalJson,
  commitmentOf,
  digestOf,
  type Digest,
  type Instant,
  type JsonObject,
  type LocalDate,
} from "@countersign/kernel";
import {
  erasedLine,
  formatVerifierKey,
  leafHash,
  lineLeaf,
  ListSealer,
  publicKeyOf,
  sealLine,
  signCheckpoint,
  TreeHasher,
  verifierOf,
  withheldLine,
} from "@countersign/ledger";
import { spkiOf } from "@countersign/package-format";
import type {
  AssessmentBody,
  BlobRef,
  ListRef,
  PopulationBody,
  ReconciliationBody,
} from "@countersign/records";

export const window = { from: "2026-01-01" as LocalDate, through: "2026-03-31" as LocalDate, zone: "UTC" };
const start = "2026-01-01T00:00:00Z" as Instant;
const end = "2026-04-01T00:00:00Z" as Instant;
export const now = "2026-04-02T09:00:00Z" as Instant;

export type Keys = { readonly logPem: string; readonly attestationPem: string };

export function makeKeys(): Keys {
  const log = generateKeyPairSync("ed25519");
  const attestation = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    logPem: log.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    attestationPem: attestation.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}

/** Somebody outside who cosigns. */
export function makeWitness(name: string): {
  readonly name: string;
  readonly pem: string;
  readonly vkey: string;
} {
  const pem = makeKeys().logPem;
  return { name, pem, vkey: formatVerifierKey(verifierOf(name, publicKeyOf(pem), "cosignature/v1")) };
}

export type Recorded<Body> = { readonly record: string; readonly body: Body };

export type Item = JsonObject & { readonly id: string };

/** Salts that differ by list and line, so that a test can be repeated byte for byte. */
export function lineOf(item: Item, list: string, raw?: unknown): string {
  return sealLine(item, digestOf(`${list}/${item.id}`).slice(7, 39), raw);
}

export class Company {
  readonly id: string;
  readonly origin: string;
  readonly keys: Keys;
  /** Lines of the log, without newlines. */
  records: string[] = [];
  readonly blobs = new Map<Digest, Buffer>();
  readonly salts = new Map<Digest, string>();
  readonly #spki: string;

  constructor(id: string, keys: Keys, attestationPublic: Uint8Array) {
    this.id = id;
    this.origin = `${id}.example/log`;
    this.keys = keys;
    this.#spki = Buffer.from(attestationPublic).toString("base64");
    this.add("log.created", {
      origin: this.origin,
      logKey: this.logKey,
      attestationKey: this.#spki,
    });
  }

  get logKey(): string {
    return formatVerifierKey(verifierOf(this.origin, publicKeyOf(this.keys.logPem)));
  }

  /** @returns the record's id. */
  add(type: string, body: unknown, digests: readonly Digest[] = [], change: JsonObject = {}): string {
    const id = `rec_${this.id}_${this.records.length}`;
    this.records.push(
      canonicalJson({
        type,
        version: 1,
        organization: this.id,
        id,
        recordedAt: now,
        occurredAt: { at: now, provenance: "source" },
        actor: { kind: "service", id: "test", authenticated: "operating-system" },
        subject: type,
        body,
        digests: [...digests],
        ...change,
      }),
    );
    return id;
  }

  blob(bytes: string | Buffer, name: string, mediaType = "application/json"): BlobRef {
    const buffer = Buffer.from(bytes);
    const digest = digestOf(buffer);
    this.blobs.set(digest, buffer);
    return { digest, size: buffer.length, name, mediaType };
  }

  /** A file that is named by a commitment. */
  saltedBlob(bytes: string | Buffer, name: string, mediaType = "text/plain"): BlobRef {
    const buffer = Buffer.from(bytes);
    const salt = digestOf(`${this.id}/${name}`).slice(7, 39);
    const digest = commitmentOf(buffer, salt);
    this.blobs.set(digest, buffer);
    this.salts.set(digest, salt);
    return { digest, salted: true, size: buffer.length, name, mediaType };
  }

  list(lines: readonly string[]): ListRef {
    const sealer = new ListSealer();
    const bytes = Buffer.concat(lines.map((line) => sealer.add(line)));
    const list = sealer.finish();
    this.blobs.set(list.digest, bytes);
    return list;
  }

  checkpoint(size = this.records.length): string {
    const tree = new TreeHasher();
    for (const record of this.records.slice(0, size)) tree.append(leafHash(Buffer.from(record)));
    return signCheckpoint({ origin: this.origin, size, root: tree.root() }, this.keys.logPem);
  }
}

export type Story = {
  readonly company: Company;
  readonly population: Recorded<PopulationBody>;
  readonly reconciliation: Recorded<ReconciliationBody>;
  readonly directory: Recorded<{ readonly entries: ListRef }>;
  readonly evidence: Recorded<{ readonly files: readonly BlobRef[] }>;
  readonly run: Recorded<AssessmentBody>;
  readonly draw: string;
};

/** What a test may tell otherwise. */
export type Plot = {
  /** Canonical JSON. */
  readonly program?: string;
  /** Sealed lines of the population, in the order of their ids. */
  readonly items?: readonly string[];
  /** Records made before the run; `frozen` is the id of the population's freeze. */
  readonly more?: (company: Company, population: Recorded<PopulationBody>, frozen: string) => void;
  /** Sealed lines of the results, and the summary in canonical JSON. */
  readonly assess?: (population: Recorded<PopulationBody>) => Assessed;
};

export type Assessed = {
  readonly asOf: Instant;
  readonly results: readonly string[];
  readonly summary: string;
};

/** One population with raw bytes, a second source, a directory, evidence, a draw and a run over it all. */
export function tellStory(id = "acme", keys = makeKeys(), plot: Plot = {}): Story {
  const company = new Company(id, keys, spkiOf(createPublicKey(keys.attestationPem)));
  const text = plot.program ?? canonicalJson({ format: "countersign-program-1", of: id });
  const program = company.blob(text, "program.json");
  const source = company.blob(`# program of ${id}\n`, "program.yaml", "text/yaml");
  company.add(
    "program.recorded",
    { program, basedOn: null, catalog: "c", window, files: [], warnings: [], sampleData: true },
    [program.digest, source.digest],
  );
  const directory = recordDirectory(company);
  const population = recordPopulation(company, plot.items ?? plainItems());
  const reconciliation = recordReconciliation(company, population);
  const frozen = company.add("population.frozen", {
    population: "git-main",
    record: population.record,
    root: population.body.items.root,
    count: population.body.items.count,
    warnings: [],
  });
  const evidence = recordEvidence(company);
  company.add("thing.of-the-future", { list: company.list([lineOf({ id: "f" }, "future")]) });
  const draw = company.add("sample.drawn", { ...censusDraw, frozen });
  plot.more?.(company, population, frozen);
  const run = recordRun(company, program, population, plot.assess?.(population) ?? plainResults(id));
  return { company, population, reconciliation, directory, evidence, run, draw };
}

const censusDraw = {
  draw: "draw_1",
  population: "git-main",
  method: "census",
  purpose: "all of them",
  size: 40,
  nonceOrigin: { kind: "typed-by-management" },
  drawnBy: "management",
  items: [],
};

function recordDirectory(company: Company): Story["directory"] {
  const body = {
    entries: company.list(["p_1", "p_2"].map((id) => lineOf({ id, name: `Name ${id}` }, "directory"))),
  };
  return { record: company.add("directory.extended", body, [body.entries.digest]), body };
}

function plainItems(): string[] {
  return Array.from({ length: 40 }, (_, i) => {
    const item = {
      id: `c${String(i).padStart(2, "0")}`,
      title: i % 7 === 0 ? `Füge "${i}" ein\tund \\ mehr` : `change ${i}`,
      approvals: i % 3 === 0 ? [] : [{ person: "p_1", bot: false }],
      lines: i * 1000 - 5,
      direct: null,
    };
    return lineOf(item, "items", [{ file: "log.txt", offset: i * 12, length: 12 }]);
  });
}

function recordPopulation(company: Company, lines: readonly string[]): Story["population"] {
  const raw = company.saltedBlob(
    Array.from({ length: 40 }, (_, i) => `raw row ${i} of ${company.id}\n`).join(""),
    "log.txt",
  );
  const body: PopulationBody = {
    population: "git-main",
    kind: "change",
    source: "git-main",
    version: 1,
    window,
    start,
    end,
    cutOff: "mergedAt",
    cutOffRule: "when it was merged",
    query: "git log",
    parameters: {},
    collector: { name: "git", version: "1" },
    startedAt: now,
    finishedAt: now,
    pages: 1,
    rowsRead: 41,
    extraction: { state: "complete", proof: "all of it" },
    covers: { start, end },
    lacks: [],
    items: company.list(lines),
    exclusions: company.list([lineOf({ id: "000000001 x", reason: "a bot" }, "exclusions")]),
    raw: [raw],
    joinedFrom: [],
    cautions: [],
  };
  const digests = [body.items.digest, body.exclusions.digest, raw.digest];
  return { record: company.add("population.collected", body, digests), body };
}

function recordReconciliation(company: Company, population: Story["population"]): Story["reconciliation"] {
  const side = { population: "git-main", record: population.record, count: 40 };
  const body: ReconciliationBody = {
    reconciliation: "rcn_1",
    kind: "change",
    key: "revision",
    left: side,
    right: side,
    matched: 39,
    onlyLeft: company.list([lineOf({ id: "c05", key: "5" }, "left")]),
    onlyRight: company.list([]),
    duplicates: company.list([]),
  };
  const digests = [body.onlyLeft.digest, body.onlyRight.digest];
  return { record: company.add("population.reconciled", body, digests), body };
}

function recordEvidence(company: Company): Story["evidence"] {
  const body = {
    control: "ACC-04",
    files: [company.saltedBlob(`minutes of ${company.id}`, "Minutes Q1.txt")],
  };
  return { record: company.add("evidence.added", body, [body.files[0]?.digest ?? digestOf("")]), body };
}

function plainResults(of: string): Assessed {
  // One item owes two activities: ids repeat in results, and their order is the assessment's own.
  const results = ["c00", "c00", "c02", "c01"].map((id, i) =>
    lineOf({ activity: `a${i}`, attributes: [], control: "CHG-01", id, state: "operated" }, `results ${i}`),
  );
  return { asOf: now, results, summary: canonicalJson({ format: "countersign-assessment-1", of }) };
}

function recordRun(
  company: Company,
  program: BlobRef,
  population: Story["population"],
  assessed: Assessed,
): Story["run"] {
  const { items } = population.body;
  const body: AssessmentBody = {
    run: "run_1",
    mode: "window",
    window,
    asOf: assessed.asOf,
    program: program.digest,
    rules: "1",
    populations: [
      { record: population.record, population: "git-main", root: items.root, count: items.count },
    ],
    results: company.list(assessed.results),
    summary: company.saltedBlob(assessed.summary, "summary.json", "application/json"),
    throughIndex: company.records.length - 1,
  };
  const digests = [body.results.digest, body.summary.digest, program.digest];
  return { record: company.add("assessment.run", body, digests), body };
}

/** The list's bytes with some lines withheld: root and count stay. */
export function withWithheldLines(
  bytes: Buffer,
  isWithheld: (line: string, index: number) => boolean,
): Buffer {
  const lines = bytes.toString().trimEnd().split("\n");
  const left = lines.map((line, i) =>
    isWithheld(line, i) ? withheldLine(lineLeaf(Buffer.from(line))) : line,
  );
  return Buffer.from(`${left.join("\n")}\n`);
}

/** The list's bytes with one line erased: root and count stay. */
export function withErasedLine(bytes: Buffer, line: number): Buffer {
  const lines = bytes.toString().trimEnd().split("\n");
  lines[line] = erasedLine(lineLeaf(Buffer.from(lines[line] ?? "")));
  return Buffer.from(`${lines.join("\n")}\n`);
}
