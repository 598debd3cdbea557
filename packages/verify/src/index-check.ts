/** data/package.json against the records: it refers to what is recorded, and to where that stands. */
import { canonicalJson, digestOf, type Digest, type Json } from "@countersign/kernel";
import {
  PACKAGE_INDEX_PATH,
  parsePackageIndex,
  type NamedFile,
  type PackageIndex,
  type PackagePredicate,
} from "@countersign/package-format";
import type { BlobCheck } from "./blob-check.ts";
import type { Faults } from "./faults.ts";
import { digestIn, type KeptRecord, type LogFacts } from "./log-facts.ts";
import type { PackageFiles } from "./package-files.ts";
import { asObject } from "./record.ts";

export function readIndex(files: PackageFiles, faults: Faults): PackageIndex | undefined {
  const bytes = files.readWhole(PACKAGE_INDEX_PATH);
  if (bytes === undefined) return undefined;
  const index = parsePackageIndex(bytes);
  if (index.ok) return index.value;
  faults.add("package-index", PACKAGE_INDEX_PATH, index.error);
  return undefined;
}

/** Only for a log whose records were all read: what a missing record named cannot be missed. */
export class IndexCheck {
  readonly #files: PackageFiles;
  readonly #facts: LogFacts;
  readonly #blobs: BlobCheck;
  readonly #faults: Faults;

  constructor(files: PackageFiles, facts: LogFacts, blobs: BlobCheck, faults: Faults) {
    this.#files = files;
    this.#facts = facts;
    this.#blobs = blobs;
    this.#faults = faults;
  }

  check(index: PackageIndex, predicate: PackagePredicate | undefined): void {
    if (index.organization.id !== this.#facts.organization)
      this.#fault("organization", `${index.organization.id}; the records are of ${this.#facts.organization}`);
    if (predicate !== undefined) this.#compareSigned(index, predicate);
    this.#checkRun(index);
    for (const [i, population] of index.populations.entries()) {
      const at = `populations[${i}]`;
      const record = this.#record(at, population.record, "population.collected");
      if (record === undefined) continue;
      for (const member of ["population", "kind", "version"] as const)
        if (record.body[member] !== population[member])
          this.#fault(`${at}.${member}`, "differs from the record");
      this.#paths(`${at}.items`, population.items, digestIn(record.body, "items"));
      this.#paths(`${at}.exclusions`, population.exclusions, digestIn(record.body, "exclusions"));
      this.#namedFiles(`${at}.raw`, population.raw, record.body["raw"]);
      this.#header(`${at}.header`, population.header, record);
    }
    for (const [i, entry] of index.reconciliations.entries()) {
      const at = `reconciliations[${i}]`;
      const record = this.#record(at, entry.record, "population.reconciled");
      if (record === undefined) continue;
      if (record.body["reconciliation"] !== entry.reconciliation) this.#fault(at, "differs from the record");
      for (const side of ["onlyLeft", "onlyRight", "duplicates"] as const)
        this.#paths(`${at}.${side}`, entry[side], digestIn(record.body, side));
    }
    for (const [i, entry] of index.directory.entries()) {
      const record = this.#record(`directory[${i}]`, entry.record, "directory.extended");
      if (record !== undefined)
        this.#paths(`directory[${i}].entries`, entry.entries, digestIn(record.body, "entries"));
    }
    for (const [i, entry] of index.evidence.entries()) {
      const record = this.#record(`evidence[${i}]`, entry.record, "evidence.added");
      if (record !== undefined) this.#namedFiles(`evidence[${i}].files`, entry.files, record.body["files"]);
    }
    for (const [i, draw] of index.draws.entries()) this.#record(`draws[${i}]`, draw, "sample.drawn");
  }

  #compareSigned(index: PackageIndex, predicate: PackagePredicate): void {
    for (const member of ["organization", "sampleData", "window", "run"] as const)
      if (canonicalJson(index[member]) !== canonicalJson(predicate[member]))
        this.#fault(member, "differs from the signed statement");
  }

  /** The run names its program, populations, results and summary; the package must show those. */
  #checkRun(index: PackageIndex): void {
    const run = this.#record("run", index.run, "assessment.run");
    if (run === undefined) return;
    const { body } = run;
    if (canonicalJson(body["window"]) !== canonicalJson(index.window))
      this.#fault("window", "differs from the run's");
    this.#paths("program", index.program, digestIn(body, "program"));
    this.#paths("summary", index.summary, digestIn(body, "summary"));
    this.#paths("results", index.results, digestIn(body, "results"));
    const program = digestIn(body, "program");
    const recorded = [...this.#facts.kept.values()].filter(
      (record) => record.type === "program.recorded" && digestIn(record.body, "program") === program,
    );
    if (recorded.length === 0)
      this.#faults.add(
        "run",
        `record ${run.index}`,
        `no record holds the program ${program} that it assessed`,
      );
    if (recorded.some((record) => record.body["sampleData"] !== index.sampleData))
      this.#fault("sampleData", "differs from the recorded program");
    const shown = new Set(index.populations.map((population) => population.record));
    for (const used of listOf(body["populations"]))
      this.#checkUse(run, asObject(used)?.["record"], used, shown);
  }

  #checkUse(run: KeptRecord, id: Json | undefined, used: Json, shown: ReadonlySet<string>): void {
    const where = `record ${run.index}`;
    const record = typeof id === "string" ? this.#facts.kept.get(id) : undefined;
    if (record?.type !== "population.collected") {
      this.#faults.add(
        "run",
        where,
        `it used the population record ${typeof id === "string" ? id : "nowhere"}, which the ledger does not hold`,
      );
      return;
    }
    const items = asObject(record.body["items"]);
    const said = asObject(used);
    if (items?.["root"] !== said?.["root"] || items?.["count"] !== said?.["count"])
      this.#faults.add("run", where, `root or count of ${record.id} differ from that population's record`);
    if (!shown.has(record.id)) this.#fault("populations", `${record.id}, which the run used, is left out`);
  }

  #header(at: string, path: string, record: KeptRecord): void {
    if (!this.#files.has(path)) return this.#fault(at, `${path} is not in the package`);
    const bytes = this.#files.readWhole(path);
    if (bytes === undefined) return;
    if (digestOf(bytes) !== digestOf(canonicalJson(record.body)))
      this.#faults.add("population-header", path, `not the body of record ${record.index}`);
  }

  #record(at: string, id: string, type: string): KeptRecord | undefined {
    const record = this.#facts.kept.get(id);
    if (record?.type === type) return record;
    this.#fault(at, `the ledger holds no ${type} record ${id}`);
    return undefined;
  }

  #namedFiles(at: string, files: readonly NamedFile[], refs: Json | undefined): void {
    const recorded = listOf(refs).map(asObject);
    if (files.length !== recorded.length)
      this.#fault(at, `${files.length} files; the record names ${recorded.length}`);
    for (const [i, file] of files.entries()) {
      const ref = recorded[i];
      if (ref === undefined) return;
      if (ref["name"] !== file.name) this.#fault(`${at}[${i}].name`, "differs from the record");
      const digest = ref["digest"];
      this.#paths(
        `${at}[${i}].paths`,
        file.paths,
        typeof digest === "string" ? (digest as Digest) : undefined,
      );
    }
  }

  /** The paths must be the parts of the recorded blob: none when it is withheld or erased. */
  #paths(at: string, paths: readonly string[], digest: Digest | undefined): void {
    const entry = digest === undefined ? undefined : this.#blobs.entries.get(digest);
    // A blob without an entry was reported as missing already.
    if (entry === undefined && digest !== undefined) return;
    const parts = entry !== undefined && "parts" in entry ? entry.parts : [];
    if (canonicalJson(parts) !== canonicalJson(paths))
      this.#fault(at, "not where data/blobs.json has the recorded blob");
  }

  #fault(at: string, message: string): void {
    this.#faults.add("package-index", `${PACKAGE_INDEX_PATH} ${at}`, message);
  }
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
