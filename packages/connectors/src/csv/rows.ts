/** The rows of a file with the bytes that each stands in. Parsing is csv-parse's; what is ours is the place of a row. */
import { pipeline, Readable } from "node:stream";
import { parse as parseSync } from "csv-parse/sync";
import { CsvError, parse, type Options } from "csv-parse";
import { ProblemError } from "@countersign/kernel";
import type { ReadSink } from "@countersign/application/ports";
import type { FileRead, SavedFile } from "../files/saved-file.ts";
import type { Encoding } from "./settings.ts";
import { Utf8Check } from "./utf8.ts";

export type Row = {
  /** As a spreadsheet counts: the header is row 1. */
  readonly number: number;
  readonly cells: readonly string[];
  /** The row in the raw file, its line end included. */
  readonly offset: number;
  readonly length: number;
};

/** How the file is written: what its first bytes say, and what the settings say. */
export type Writing = { readonly encoding: Encoding; readonly mark: boolean; readonly delimiter: string };

const LONGEST_ROW = 1 << 20;

function optionsOf(writing: Writing): Options {
  return {
    delimiter: writing.delimiter,
    encoding: writing.encoding === "utf-8" ? "utf8" : writing.encoding === "latin1" ? "latin1" : "utf16le",
    bom: true,
    // Told for each row instead, so that one broken row does not end the read.
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    max_record_size: LONGEST_ROW,
    info: true,
  };
}

/** The first row of the file's head, as this delimiter would have it. */
export function firstRow(head: Buffer, writing: Writing): readonly string[] {
  try {
    const { info: _, ...options } = optionsOf(writing);
    const rows = parseSync(head, { ...options, to: 1 }) as readonly (readonly string[])[];
    return (rows[0] ?? []).map((cell) => textOf(cell, writing.encoding));
  } catch {
    // A quote that the head does not close; the read itself tells where.
    return [];
  }
}

/** @throws ProblemError where the bytes are not in the encoding, or a quote is never closed. */
export async function* rowsOf(
  file: SavedFile,
  sink: ReadSink,
  writing: Writing,
): AsyncGenerator<Row, FileRead> {
  let read: FileRead | undefined;
  async function* kept(): AsyncGenerator<Buffer> {
    const chunks = file.read(sink, "text/csv");
    const check = new Utf8Check();
    for (let next = await chunks.next(); ; next = await chunks.next()) {
      const bad =
        writing.encoding !== "utf-8" ? undefined : next.done === true ? check.end() : check.take(next.value);
      if (bad !== undefined) throw notUtf8(file, bad);
      if (next.done === true) {
        read = next.value;
        return;
      }
      yield next.value;
    }
  }
  const parser = parse(optionsOf(writing));
  // A failure of the source destroys the parser with the same error, which the loop below throws.
  pipeline(Readable.from(kept(), { objectMode: false }), parser, () => {});
  let number = 0;
  let offset = 0;
  try {
    for await (const one of parser as AsyncIterable<Parsed>) {
      number += 1;
      const end = one.info.bytes;
      yield {
        number,
        cells: one.record.map((cell) => textOf(cell, writing.encoding)),
        offset,
        length: end - offset,
      };
      offset = end;
    }
  } catch (error) {
    throw error instanceof CsvError ? broken(file, error, number + 1, offset) : error;
  }
  if (read === undefined) throw new Error("a file that was read to its end has a digest");
  return read;
}

type Parsed = { readonly info: { readonly bytes: number }; readonly record: readonly string[] };

const windows1252 = new TextDecoder("windows-1252");

/** What is called latin1 is in practice windows-1252, whose quotes and euro sign latin1 proper does not have. */
function textOf(cell: string, encoding: Encoding): string {
  const text =
    encoding === "latin1" && /[\u0080-\u009f]/.test(cell)
      ? windows1252.decode(Buffer.from(cell, "latin1"))
      : cell;
  return text.toWellFormed();
}

function notUtf8(file: SavedFile, offset: number): ProblemError {
  return new ProblemError({
    code: "csv/not-utf-8",
    what: `${file.path} is not UTF-8 text.`,
    where: `${file.path}, byte ${offset}`,
    why: "Spreadsheets of some systems save in an older encoding unless they are told otherwise.",
    next: "set encoding: latin1 for the source, or save the file as UTF-8",
  });
}

function broken(file: SavedFile, error: CsvError, row: number, offset: number): ProblemError {
  const long = error.code === "CSV_MAX_RECORD_SIZE";
  return new ProblemError({
    code: "csv/broken",
    what: long
      ? `Row ${row} of ${file.path} is longer than a mebibyte.`
      : `A quote of ${file.path} is opened and never closed.`,
    where: `${file.path}, row ${row}, byte ${offset}`,
    why: long
      ? "A quote that is opened and not closed takes in everything after it."
      : `The parser says: ${error.message}`,
    next: "look at the quotes of that row, and save the export again",
  });
}
