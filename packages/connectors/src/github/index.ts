/** The connector `github`: pull requests and deployments out of files that were saved from GitHub. It calls nobody. */
import { contains, formatInstant, type EpochMs, type Json, type JsonObject } from "@countersign/kernel";
import type { Connector, ReadOutcome, ReadRequest, ReadSink } from "@countersign/application/ports";
import { asParameters, SavedFile } from "../files/saved-file.ts";
import { member } from "../json/access.ts";
import { pullOfCamelCase } from "./camel-case.ts";
import { listCommand } from "./command.ts";
import { deploymentFacts } from "./deployments.ts";
import { PullReader, repositoryOf, type Merged } from "./facts.ts";
import type { Pull } from "./pull.ts";
import { pullOfRest } from "./rest.ts";
import { mappingOf, readGithubSettings, type GithubSettings } from "./settings.ts";
import { valuesOf, type FileEnd, type Value } from "./values.ts";
import {
  cautionsOf,
  coversOf,
  extractionOf,
  lacksOf,
  nothingFound,
  queryOf,
  type FilesRead,
} from "./words.ts";

export const github: Connector = { name: "github", version: "1", provides: ["change", "deploy"], read };

async function read(request: ReadRequest, sink: ReadSink): Promise<ReadOutcome> {
  const settings = readGithubSettings(request.source);
  const places = settings.files.map((path) => ({ path, real: request.resolve(path) }));
  const hint = `save it with: ${listCommand("OWNER/NAME", settings.branches[0] ?? "main", 100_000)} > ${settings.files[0] ?? "pulls.json"}`;
  const reading = new FilesReading(request, settings, sink);
  const ends: FileEnd[] = [];
  for (const file of SavedFile.open(places, settings.maximumBytes, hint)) ends.push(await reading.take(file));
  const found = reading.found(ends);
  nothingFound(request.source.provides, found);
  return {
    query: queryOf(found),
    parameters: {
      files: ends.map((end) => asParameters(end.read)),
      forms: [...found.forms].toSorted(),
      mergedAt: { from: formatInstant(request.interval.start), before: formatInstant(request.interval.end) },
      ...(settings.limit === undefined ? {} : { limit: settings.limit }),
    },
    mapping: mappingOf(settings),
    pages: ends.reduce((sum, end) => sum + Math.max(1, end.pages), 0),
    rowsRead: ends.reduce((sum, end) => sum + end.values, 0),
    extraction: extractionOf(settings, found),
    covers: coversOf(request.interval, settings, found),
    lacks: lacksOf(request.source.provides, found),
    cautions: cautionsOf(request.source.provides, settings, found),
  };
}

/** Values of the window become items, all others exclusions with the reason: what was read is one or the other. */
class FilesReading {
  readonly #request: ReadRequest;
  readonly #settings: GithubSettings;
  readonly #sink: ReadSink;
  readonly #pulls: PullReader;
  readonly #forms = new Set<string>();
  readonly #others: string[] = [];
  readonly #repositories = new Set<string>();
  readonly #branches = new Set<string>();
  /** Ids of items, each with what it came from. */
  readonly #ids = new Map<string, string>();
  #latest: EpochMs | undefined;
  #excluded = 0;
  #items = 0;

  constructor(request: ReadRequest, settings: GithubSettings, sink: ReadSink) {
    this.#request = request;
    this.#settings = settings;
    this.#sink = sink;
    this.#pulls = new PullReader(request.source.id, settings, request.person);
  }

  async take(file: SavedFile): Promise<FileEnd> {
    const values = valuesOf(file, this.#sink);
    let number = 0;
    for (let next = await values.next(); ; next = await values.next()) {
      if (next.done === true) return next.value;
      number += 1;
      await this.#value(file, next.value, number);
      if (number % 1000 === 0) this.#sink.progress(number, undefined, `values of ${file.path}`);
    }
  }

  found(ends: readonly FileEnd[]): FilesRead {
    return {
      ends,
      forms: this.#forms,
      others: this.#others,
      repositories: [...this.#repositories],
      branches: [...this.#branches],
      items: this.#items,
      excluded: this.#excluded,
      tally: this.#pulls.tally,
      ...(this.#latest === undefined ? {} : { latest: this.#latest }),
    };
  }

  async #value(file: SavedFile, value: Value, number: number): Promise<void> {
    const { form } = value;
    const place = `${file.name}, value ${number}`;
    if (form.kind === "other") {
      this.#others.push(`${place}: ${form.words}`);
      await this.#exclude(place, `it is ${form.words}`);
      return;
    }
    const wanted = form.kind === "deployment" ? "deploy" : "change";
    if (wanted !== this.#request.source.provides) {
      this.#others.push(`${place}: a ${wanted === "deploy" ? "deployment" : "pull request"}`);
      await this.#exclude(
        place,
        `it is a ${wanted === "deploy" ? "deployment" : "pull request"}, and the source provides ${this.#request.source.provides}`,
      );
      return;
    }
    this.#forms.add(form.kind);
    if (form.kind === "deployment") {
      await this.#deployment(file, value, place, form.value, form.repository);
      return;
    }
    await this.#pull(file, value, place, pullOf(form.kind, form.value));
  }

  async #pull(file: SavedFile, value: Value, place: string, pull: Pull): Promise<void> {
    const repository = repositoryOf(pull);
    if (repository !== undefined) this.#repositories.add(repository);
    const label = pull.number > 0 ? `${repository ?? file.name}#${pull.number}` : place;
    const { mergedAt, mergeCommit, base } = pull;
    if (mergedAt === undefined)
      return this.#exclude(label, "it was closed without being merged, or names no time at which it was");
    this.#see(mergedAt);
    const { branches } = this.#settings;
    if (branches.length > 0 && (base === undefined || !branches.includes(base))) {
      return this.#exclude(
        label,
        `it was merged to ${base ?? "a branch that it does not name"}, and the source speaks of ${branches.join(", ")}`,
      );
    }
    if (base !== undefined) this.#branches.add(base);
    if (!contains(this.#request.interval, mergedAt)) {
      return this.#exclude(label, `it was merged at ${formatInstant(mergedAt)}, outside the window`);
    }
    if (mergeCommit === undefined)
      return this.#exclude(label, "it names no merge commit, so that no revision stands for it");
    if (base === undefined) return this.#exclude(label, "it does not name the branch that it was merged to");
    const merged: Merged = { ...pull, mergedAt, mergeCommit };
    await this.#item(file, value, label, this.#repeats(mergeCommit, label) ?? this.#pulls.read(merged));
  }

  async #deployment(
    file: SavedFile,
    value: Value,
    place: string,
    deployment: Json,
    repository: string | undefined,
  ): Promise<void> {
    const facts = deploymentFacts(deployment, this.#settings.repository ?? repository, this.#request.person);
    if (typeof facts === "string") return this.#exclude(place, facts);
    this.#see(facts.at);
    if (!contains(this.#request.interval, facts.at)) {
      return this.#exclude(place, `it began at ${formatInstant(facts.at)}, outside the window`);
    }
    await this.#item(file, value, place, this.#repeats(facts.item.id, place) ?? facts.item);
  }

  /** Why the same id cannot be an item twice; nothing is merged in silence. */
  #repeats(id: string, label: string): string | undefined {
    const earlier = this.#ids.get(id);
    if (earlier === undefined) {
      this.#ids.set(id, label);
      return undefined;
    }
    return earlier === label ? "it stands in the files a second time" : `${id} stands for ${earlier} already`;
  }

  async #item(
    file: SavedFile,
    value: Value,
    label: string,
    item: (JsonObject & { readonly id: string }) | string,
  ): Promise<void> {
    if (typeof item === "string") return this.#exclude(label, item);
    this.#items += 1;
    await this.#sink.item({ item, raw: [{ file: file.name, offset: value.offset, length: value.length }] });
  }

  async #exclude(id: string, reason: string): Promise<void> {
    this.#excluded += 1;
    await this.#sink.exclude({ id, reason });
  }

  #see(at: EpochMs): void {
    this.#latest = Math.max(this.#latest ?? at, at);
  }
}

function pullOf(kind: "gh-pull" | "rest-pull" | "bundle", value: Json): Pull {
  if (kind === "gh-pull") return pullOfCamelCase(value);
  if (kind === "rest-pull") return pullOfRest(value);
  return pullOfRest(member(value, "pull") ?? null, {
    reviews: member(value, "reviews"),
    commits: member(value, "commits"),
    checkRuns: member(value, "check_runs"),
    statuses: member(value, "statuses"),
  });
}
