/** Collecting a source: the connector reads, this keeps. The raw bytes and the sealed list are on disk before the record speaks of them. */
import {
  formatInstant,
  intervalOf,
  ProblemError,
  toHex,
  type Period,
  type TimeZone,
} from "@countersign/kernel";
import { SALT_BYTES, sealLine } from "@countersign/ledger";
import {
  itemKindOf,
  whyNotItem,
  type BlobRef,
  type ListRef,
  type PopulationBody,
  type WindowBody,
} from "@countersign/records";
import type { Person, Program, Source } from "@countersign/program";
import { makeRecord, newSalt, publish } from "./append.ts";
import type { Context } from "./context.ts";
import { Directory, extendDirectory, loadDirectoryKey } from "./directory.ts";
import type { BlobWriter, Connector, ReadOutcome, ReadSink } from "./ports/index.ts";

export type Collected =
  | {
      readonly outcome: "collected";
      readonly record: string;
      readonly body: PopulationBody;
      readonly persons: number;
    }
  | { readonly outcome: "failed"; readonly source: string; readonly reasons: readonly string[] }
  | {
      readonly outcome: "dry-run";
      readonly source: string;
      readonly read: ReadOutcome;
      readonly items: number;
      readonly excluded: number;
    };

export function periodOf(window: WindowBody): Period {
  return { from: window.from, through: window.through, zone: window.zone as TimeZone };
}

export function findSource(program: Program, id: string): Source {
  const source = program.sources.find((candidate) => candidate.id === id);
  if (source !== undefined) return source;
  const known = program.sources.map((candidate) => candidate.id).join(", ");
  throw new ProblemError({
    code: "unknown-source",
    what: `the program has no source ${JSON.stringify(id)}`,
    where: "countersign/sources.yaml",
    why: known === "" ? "it names none yet" : `it names ${known}`,
    next: "countersign collect SOURCE, or add the source to sources.yaml",
  });
}

function connectorOf(ctx: Context, source: Source): Connector {
  const connector = ctx.connectors.find((candidate) => candidate.name === source.connector);
  if (connector === undefined)
    throw new ProblemError({
      code: "unknown-connector",
      what: `source ${source.id} names the connector ${JSON.stringify(source.connector)}`,
      where: "countersign/sources.yaml",
      why: `there are ${ctx.connectors.map((candidate) => candidate.name).join(", ")}`,
      next: "change `connector:` of the source",
    });
  if (!connector.provides.includes(source.provides))
    throw new ProblemError({
      code: "connector-kind",
      what: `the connector ${connector.name} does not provide ${source.provides}`,
      where: `countersign/sources.yaml, source ${source.id}`,
      why: `it provides ${connector.provides.join(", ")}`,
      next: "change `provides:` of the source",
    });
  return connector;
}

/**
 * Reads the whole window of one source as a new version of its population.
 * @param options.beforeRecording runs once the read is done: what the record rests on (the program) is recorded then, so
 *   that a source which cannot be read leaves nothing behind
 * @throws ProblemError when nothing could be read; then nothing is recorded.
 */
export async function collect(
  ctx: Context,
  program: Program,
  people: readonly Person[],
  sourceId: string,
  options: { readonly dryRun?: boolean; readonly beforeRecording?: () => Promise<unknown> } = {},
): Promise<Collected> {
  const source = findSource(program, sourceId);
  const connector = connectorOf(ctx, source);
  const period = periodOf(program.window);
  const interval = intervalOf(period);
  const directory = new Directory(await loadDirectoryKey(ctx), people);
  const startedAt = formatInstant(ctx.clock.now());
  const keeper = new ReadKeeper(ctx, source);
  let read: ReadOutcome;
  try {
    read = await connector.read(
      { source, period, interval, person: directory.resolve, resolve: ctx.resolve },
      keeper.sink,
    );
  } catch (error) {
    keeper.discard();
    throw error;
  }
  const finishedAt = formatInstant(ctx.clock.now());
  if (options.dryRun === true) {
    keeper.discard();
    return { outcome: "dry-run", source: source.id, read, items: keeper.items, excluded: keeper.excluded };
  }
  try {
    await options.beforeRecording?.();
  } catch (error) {
    keeper.discard();
    throw error;
  }
  if (read.extraction.state === "failed") {
    const { reasons } = read.extraction;
    keeper.discard();
    const body = {
      source: source.id,
      kind: source.provides,
      startedAt,
      finishedAt,
      covers: instants(interval),
      reasons,
    };
    await ctx.store.transaction(ctx.organization, (tx) =>
      tx.append(makeRecord(ctx, "collection.failed", source.id, body)),
    );
    await publish(ctx);
    return { outcome: "failed", source: source.id, reasons };
  }
  const mapping =
    read.mapping === undefined ? undefined : ctx.blobs.put(Buffer.from(JSON.stringify(read.mapping)));
  const kept = keeper.finish();
  const record = await keepPopulation(
    ctx,
    source.id,
    {
      kind: source.provides,
      source: source.id,
      window: program.window,
      start: formatInstant(interval.start),
      end: formatInstant(interval.end),
      query: read.query,
      parameters: read.parameters,
      collector: {
        name: connector.name,
        version: connector.version,
        ...(mapping === undefined ? {} : { mapping: mapping.digest }),
      },
      startedAt,
      finishedAt,
      pages: read.pages,
      rowsRead: read.rowsRead,
      extraction: read.extraction,
      covers: instants(read.covers),
      lacks: read.lacks,
      ...kept,
      joinedFrom: [],
      cautions: read.cautions,
    },
    directory,
  );
  await publish(ctx);
  return { outcome: "collected", ...record, persons: directory.entries().length };
}

function instants(interval: { start: number; end: number }) {
  return { start: formatInstant(interval.start), end: formatInstant(interval.end) };
}

type NewPopulation = Omit<PopulationBody, "population" | "version" | "cutOff" | "cutOffRule">;

/** One transaction: the next version's number, the names, and the record. */
export async function keepPopulation(
  ctx: Context,
  population: string,
  read: NewPopulation,
  directory: Directory | undefined,
): Promise<{ readonly record: string; readonly body: PopulationBody }> {
  const kind = itemKindOf(read.kind);
  if (kind === undefined) throw new Error(`no item kind ${read.kind}`);
  return ctx.store.transaction(ctx.organization, async (tx) => {
    await tx.lock(`population ${population}`);
    const versions = (await tx.state("population.collected")).filter(
      (row) => row.body.population === population,
    );
    const body: PopulationBody = {
      ...read,
      population,
      version: versions.length + 1,
      cutOff: kind.cutOff,
      cutOffRule: kind.cutOffWords,
    };
    const digests = [read.items.digest, read.exclusions.digest, ...read.raw.map((raw) => raw.digest)];
    if (read.collector.mapping !== undefined) digests.push(read.collector.mapping);
    const record = makeRecord(ctx, "population.collected", population, body, {
      occurredAt: { at: read.finishedAt, provenance: "source" },
      digests,
    });
    if (directory !== undefined) await extendDirectory(ctx, tx, directory.entries());
    await tx.append(record);
    return { record: record.id, body };
  });
}

/** The sink that a connector writes to: raw files, items and exclusions, each kept as it comes. */
class ReadKeeper {
  readonly #raw = new Map<string, { writer: BlobWriter; mediaType: string }>();
  readonly #items;
  readonly #exclusions;
  readonly sink: ReadSink;
  items = 0;
  excluded = 0;

  constructor(ctx: Context, source: Source) {
    this.#items = ctx.lists();
    this.#exclusions = ctx.lists();
    const kind = itemKindOf(source.provides);
    if (kind === undefined) throw new Error(`no item kind ${source.provides}`);
    const salts = new Salts(ctx);
    this.sink = {
      raw: (name, mediaType) => {
        let file = this.#raw.get(name);
        if (file === undefined)
          this.#raw.set(name, (file = { writer: ctx.blobs.create(newSalt(ctx.random)), mediaType }));
        return file.writer;
      },
      item: ({ item, raw }) => {
        const wrong = whyNotItem(kind, item);
        if (wrong !== undefined)
          throw new Error(`the connector ${source.connector} made an item that is no ${kind.kind}: ${wrong}`);
        this.#items.add(item.id, sealLine(item, salts.next(), raw));
        this.items++;
      },
      exclude: (row) => {
        // Rows without an id of their own may repeat one: their place in the read keeps them apart.
        this.excluded++;
        const id = `${String(this.excluded).padStart(9, "0")} ${row.id}`;
        this.#exclusions.add(id, sealLine({ id, reason: row.reason, row: row.id }, salts.next()));
      },
      progress: (done, of, words) =>
        ctx.say(
          of === undefined ? `${source.id}: ${words} ${done}` : `${source.id}: ${words} ${done} of ${of}`,
        ),
    };
  }

  finish(): { items: ListRef; exclusions: ListRef; raw: BlobRef[] } {
    const items = this.#items.finish();
    const exclusions = this.#exclusions.finish();
    const raw = [...this.#raw].map(([name, file]) => ({
      ...file.writer.finish(),
      salted: true as const,
      name,
      mediaType: file.mediaType,
    }));
    return { items, exclusions, raw };
  }

  discard(): void {
    this.#items.discard();
    this.#exclusions.discard();
    for (const { writer } of this.#raw.values()) writer.discard();
  }
}

/** Salts in blocks: asking for 16 random bytes a million times is slow. */
export class Salts {
  readonly #ctx: Context;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  next(): string {
    if (this.#at >= this.#block.length) {
      this.#block = this.#ctx.random.bytes(SALT_BYTES * 1024);
      this.#at = 0;
    }
    this.#at += SALT_BYTES;
    return toHex(this.#block.subarray(this.#at - SALT_BYTES, this.#at));
  }
}
