/** A file that somebody saved from another system: its size is looked at before it is read, and its bytes are kept. */
import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { Digester, ProblemError, type JsonObject, type Problem } from "@countersign/kernel";
import type { RawWriter, ReadSink } from "@countersign/application/ports";

export const DEFAULT_MAXIMUM_BYTES = 1 << 30;

export type FilePlace = {
  /** As the settings write it. */
  readonly path: string;
  readonly real: string;
};

/** What was read, once it was. */
export type FileRead = { readonly path: string; readonly size: number; readonly digest: string };

export class SavedFile {
  readonly path: string;
  /** Name of the raw file in the record of the read. */
  readonly name: string;
  readonly #real: string;
  readonly #size: number;

  private constructor(place: FilePlace, name: string, size: number) {
    this.path = place.path;
    this.name = name;
    this.#real = place.real;
    this.#size = size;
  }

  /**
   * Looks at every file before the first is read, so that nothing is recorded where one of them will not do.
   * @throws ProblemError naming each file that is missing, no file, empty or too large
   */
  static open(places: readonly FilePlace[], maximumBytes: number, hint: string): readonly SavedFile[] {
    const problems: Problem[] = [];
    const names = new Set<string>();
    const files: SavedFile[] = [];
    for (const place of places) {
      const size = sizeOf(place, maximumBytes, hint);
      if (typeof size !== "number") {
        problems.push(size);
        continue;
      }
      const base = basename(place.real);
      const name = names.has(base) ? `${names.size + 1}-${base}` : base;
      names.add(name);
      files.push(new SavedFile(place, name, size));
    }
    if (problems.length > 0) throw new ProblemError(problems);
    return files;
  }

  get size(): number {
    return this.#size;
  }

  /** The first bytes, before anything is kept. */
  async head(length: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(this.#real, { end: length - 1 })) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  /** The bytes in pieces, each kept in the raw file before it is handed on: offsets in both are the same. */
  async *read(sink: ReadSink, mediaType: string): AsyncGenerator<Buffer, FileRead> {
    const raw: RawWriter = sink.raw(this.name, mediaType);
    const digester = new Digester();
    for await (const chunk of createReadStream(this.#real, { highWaterMark: 1 << 18 })) {
      const bytes = chunk as Buffer;
      raw.write(bytes);
      digester.update(bytes);
      yield bytes;
    }
    return { path: this.path, ...digester.finish() };
  }
}

export function asParameters(read: FileRead): JsonObject {
  return { path: read.path, bytes: read.size, digest: read.digest };
}

const size = new Intl.NumberFormat("en-US");

function sizeOf(place: FilePlace, maximumBytes: number, hint: string): number | Problem {
  try {
    const stat = statSync(place.real);
    if (!stat.isFile())
      return {
        code: "file/not-a-file",
        what: `${place.path} is a folder, and a file was due.`,
        where: place.real,
        next: "name the file itself in sources.yaml",
      };
    if (stat.size > maximumBytes) {
      return {
        code: "file/too-large",
        what: `${place.path} has ${size.format(stat.size)} bytes; nothing of it was read.`,
        where: place.real,
        why: `The limit of this source is ${size.format(maximumBytes)} bytes.`,
        next: `save a smaller export (the window alone), or set maximumBytes: ${stat.size} for the source`,
      };
    }
    return stat.size;
  } catch {
    return { code: "file/missing", what: `There is no file ${place.path}.`, where: place.real, next: hint };
  }
}
