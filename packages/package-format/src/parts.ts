/** Cuts what arrives in pieces of any size into files of at most PART_BYTES_MAX. */
import { filePartPath, linePartPath, PART_BYTES_MAX } from "./layout.ts";

export type Part = { readonly path: string; readonly bytes: Uint8Array };

const NEWLINE = 10;

/**
 * Feed it a blob, write each part that comes out, and keep `paths` for the blob index. Memory is one part. The bytes
 * of a part are its own: the caller may keep them.
 */
export class PartCutter {
  readonly #name: (part: number) => string;
  readonly #atLines: boolean;
  readonly #max: number;
  #held: Buffer[] = [];
  #size = 0;
  readonly #paths: string[] = [];

  private constructor(name: (part: number) => string, atLines: boolean, max: number) {
    this.#name = name;
    this.#atLines = atLines;
    this.#max = max;
  }

  /** Cuts after a line's end: every part is NDJSON by itself. */
  static lines(stem: string, max = PART_BYTES_MAX): PartCutter {
    return new PartCutter((part) => linePartPath(stem, part), true, max);
  }

  /** @param size of the whole blob in bytes, which decides the names. */
  static bytes(path: string, size: number, max = PART_BYTES_MAX): PartCutter {
    return new PartCutter((part) => filePartPath(path, size, part), false, max);
  }

  get paths(): readonly string[] {
    return this.#paths;
  }

  /** @throws RangeError on a line longer than a part. */
  push(bytes: Uint8Array): Part[] {
    const out: Part[] = [];
    let rest = Buffer.from(bytes);
    while (this.#size + rest.length > this.#max) {
      const room = this.#max - this.#size;
      this.#hold(rest.subarray(0, room));
      rest = rest.subarray(room);
      out.push(this.#cut());
    }
    this.#hold(rest);
    return out;
  }

  /** The last part; an empty blob gives one empty part. */
  finish(): Part[] {
    return this.#size > 0 || this.#paths.length === 0 ? [this.#emit(this.#take())] : [];
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#held.push(bytes);
    this.#size += bytes.length;
  }

  #take(): Buffer {
    const whole = Buffer.concat(this.#held);
    this.#held = [];
    this.#size = 0;
    return whole;
  }

  #cut(): Part {
    const whole = this.#take();
    if (!this.#atLines) return this.#emit(whole);
    const end = whole.lastIndexOf(NEWLINE) + 1;
    if (end === 0) throw new RangeError(`a line is longer than a part (${this.#max} bytes)`);
    this.#hold(Buffer.from(whole.subarray(end)));
    return this.#emit(whole.subarray(0, end));
  }

  #emit(bytes: Buffer): Part {
    const path = this.#name(this.#paths.length);
    this.#paths.push(path);
    return { path, bytes };
  }
}
