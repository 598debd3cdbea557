/** A file of a zip that is compressed while it is written, so that only its compressed bytes are held. */
import { constants, crc32, deflateRawSync } from "node:zlib";
import { centralHeader, endOfDirectory, localHeader } from "../archive/zip-writer.ts";

/** Text that is gathered before it is compressed. */
const BLOCK = 512 * 1024;
const LEVEL = 5;

export class DeflatedFile {
  #text = "";
  #crc = 0;
  #size = 0;
  #compressed = 0;
  readonly #blocks: Buffer[] = [];

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= BLOCK) this.#flush(constants.Z_SYNC_FLUSH);
  }

  /** The file is complete; nothing can be written to it afterwards. */
  finish(): {
    readonly crc: number;
    readonly size: number;
    readonly compressed: number;
    readonly blocks: readonly Buffer[];
  } {
    this.#flush(constants.Z_FINISH);
    return { crc: this.#crc, size: this.#size, compressed: this.#compressed, blocks: this.#blocks };
  }

  /** Blocks that end with a sync flush stand one after the other as one deflate stream (RFC 1951 section 3.2.4). */
  #flush(finishFlush: number): void {
    const bytes = Buffer.from(this.#text);
    this.#text = "";
    this.#crc = crc32(bytes, this.#crc);
    this.#size += bytes.length;
    const block = deflateRawSync(bytes, { level: LEVEL, finishFlush });
    this.#compressed += block.length;
    this.#blocks.push(block);
  }
}

/** A zip in memory whose bytes depend on its contents and their order only. */
export function zipOf(files: ReadonlyMap<string, DeflatedFile>): Uint8Array {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, file] of files) {
    const { crc, size, compressed, blocks } = file.finish();
    const entry = { name: Buffer.from(path), method: 8 as const, crc, compressed, size, offset };
    const header = localHeader(entry);
    body.push(header, ...blocks);
    directory.push(centralHeader(entry));
    offset += header.length + compressed;
  }
  const directorySize = directory.reduce((sum, one) => sum + one.length, 0);
  return Buffer.concat([...body, ...directory, endOfDirectory(files.size, offset, directorySize)]);
}
