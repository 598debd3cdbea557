/** The connector `csv`: a list of any kind, out of a file, by a mapping of its columns. */
import {
  contains,
  formatInstant,
  ProblemError,
  type Interval,
  type Json,
  type JsonObject,
  type Problem,
} from "@countersign/kernel";
import type { Connector, ReadOutcome, ReadRequest, ReadSink } from "@countersign/application/ports";
import { itemKinds } from "@countersign/records";
import { asParameters, SavedFile } from "../files/saved-file.ts";
import { readHeader } from "./header.ts";
import { readItem, resolved } from "./items.ts";
import { rowsOf, type Row } from "./rows.ts";
import { mappingOf, readCsvSettings, type CsvSettings } from "./settings.ts";
import { cautionsOf, extractionOf, lacksOf, type RowsRead } from "./words.ts";

export const csv: Connector = {
  name: "csv",
  version: "1",
  provides: itemKinds.map((kind) => kind.kind),
  read,
};

async function read(request: ReadRequest, sink: ReadSink): Promise<ReadOutcome> {
  const settings = readCsvSettings(request.source);
  const place = { path: settings.file, real: request.resolve(settings.file) };
  const hint = `export the list to ${settings.file}, or correct file: of source ${request.source.id}`;
  const [file] = SavedFile.open([place], settings.maximumBytes, hint);
  if (file === undefined) throw new Error("one place gives one file, or a problem");
  const header = await readHeader(file, settings);
  const reading = new TableReading(request, settings, sink, file.name, header.names.length);
  const rows = rowsOf(file, sink, header.writing);
  for (let next = await rows.next(); ; next = await rows.next()) {
    if (next.done === true) {
      const found = reading.found();
      if (found.rejected > 0 && found.rejected === found.rows)
        throw new ProblemError(noItem(file.path, request.source, found));
      return {
        query: `read ${file.path} (${next.value.digest})`,
        parameters: {
          file: asParameters(next.value),
          delimiter: header.writing.delimiter,
          encoding: header.writing.encoding,
          [settings.kind.cutOff]: {
            from: formatInstant(request.interval.start),
            before: formatInstant(request.interval.end),
          },
          ...(settings.watches === undefined ? {} : { watches: settings.watches }),
        },
        mapping: mappingOf(settings),
        pages: 1,
        rowsRead: found.rows,
        extraction: extractionOf(file.path, found),
        covers: coversOf(request.interval, settings),
        lacks: lacksOf(settings, found),
        cautions: cautionsOf(settings, header.found),
      };
    }
    if (next.value.number > 1) await reading.take(next.value, header.columns);
  }
}

/** Every row becomes an item, or an exclusion with its number and the reason. */
class TableReading {
  readonly #request: ReadRequest;
  readonly #settings: CsvSettings;
  readonly #sink: ReadSink;
  readonly #file: string;
  readonly #width: number;
  /** Ids of items and the rows that they stand in. */
  readonly #ids = new Map<string, number>();
  readonly #empty = new Map<string, number>();
  readonly #rejected: string[] = [];
  #rejectedCount = 0;
  #rows = 0;
  #items = 0;
  #outside = 0;

  constructor(request: ReadRequest, settings: CsvSettings, sink: ReadSink, file: string, width: number) {
    this.#request = request;
    this.#settings = settings;
    this.#sink = sink;
    this.#file = file;
    this.#width = width;
  }

  found(): RowsRead {
    return {
      rows: this.#rows,
      items: this.#items,
      outside: this.#outside,
      rejected: this.#rejectedCount,
      firstRejected: this.#rejected,
      empty: this.#empty,
    };
  }

  async take(row: Row, columns: Parameters<typeof readItem>[1]): Promise<void> {
    // An empty line is no row; exports end with some.
    if (row.cells.every((cell) => cell.trim() === "") && row.cells.length <= 1) return;
    this.#rows += 1;
    if (this.#rows % 10_000 === 0)
      this.#sink.progress(this.#rows, undefined, `rows of ${this.#settings.file}`);
    const uneven = this.#unevenness(row);
    const read = uneven ?? readItem(row.cells, columns, this.#settings);
    if (typeof read === "string") return this.#reject(row, read);
    const id = textFact(read.facts.id);
    if (id === undefined) return this.#reject(row, "it has no id");
    const cutOff = textFact(read.facts[this.#settings.kind.cutOff]);
    const at = cutOff === undefined ? Number.NaN : Date.parse(cutOff);
    if (!contains(this.#request.interval, at)) {
      this.#outside += 1;
      await this.#sink.exclude({
        id: `row ${row.number}`,
        reason: `its ${this.#settings.kind.cutOff}, ${cutOff ?? "nothing"}, lies outside the window`,
      });
      return;
    }
    const earlier = this.#ids.get(id);
    if (earlier !== undefined)
      return this.#reject(row, `it has the id ${JSON.stringify(id)} that row ${earlier} has`);
    this.#ids.set(id, row.number);
    for (const field of read.empty) this.#empty.set(field, (this.#empty.get(field) ?? 0) + 1);
    this.#items += 1;
    const item: JsonObject & { readonly id: string } = { ...resolved(read, this.#request.person), id };
    await this.#sink.item({ item, raw: [{ file: this.#file, offset: row.offset, length: row.length }] });
  }

  #unevenness({ cells }: Row): string | undefined {
    const more = cells.slice(this.#width).some((cell) => cell.trim() !== "");
    if (cells.length >= this.#width && !more) return undefined;
    return `it has ${cells.length} cells, and the header has ${this.#width}`;
  }

  async #reject(row: Row, reason: string): Promise<void> {
    this.#rejectedCount += 1;
    if (this.#rejected.length < 5) this.#rejected.push(`row ${row.number}: ${reason}`);
    await this.#sink.exclude({ id: `row ${row.number}`, reason });
  }
}

/** One wrong row is set aside; where every one is, it is the mapping or the file that is wrong. */
function noItem(path: string, source: ReadRequest["source"], found: RowsRead): Problem {
  const [first = ""] = found.firstRejected;
  return {
    code: "csv/no-item",
    what: `No row of ${path} could be read as ${itemWords(source.provides)}; nothing was recorded.`,
    where: `${path}, ${first.slice(0, first.indexOf(":"))}`,
    why: `${first.slice(first.indexOf(":") + 2)}${found.rows > 1 ? `; none of the ${found.rows} rows can be read` : ""}`,
    next: `correct source ${source.id} in sources.yaml, or the export; then countersign collect ${source.id}`,
  };
}

function itemWords(provides: string): string {
  return itemKinds.find((kind) => kind.kind === provides)?.words ?? provides;
}

function textFact(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function coversOf(interval: Interval, settings: CsvSettings): Interval {
  const end = Math.min(interval.end, settings.savedAt ?? interval.end);
  return { start: interval.start, end: Math.max(interval.start, end) };
}
