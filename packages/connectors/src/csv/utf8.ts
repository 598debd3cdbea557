/** Finds the first byte of a stream that is not UTF-8, while the stream passes by. */
import { isUtf8 } from "node:buffer";

/** The longest start of a character that a chunk can end with. */
const LONGEST_START = 3;

export class Utf8Check {
  #carried = Buffer.alloc(0);
  #offset = 0;

  /** @returns the offset in the stream of the first byte that does not belong, if one is certain by now. */
  take(chunk: Buffer): number | undefined {
    const bytes = this.#carried.length === 0 ? chunk : Buffer.concat([this.#carried, chunk]);
    const whole = bytes.subarray(0, bytes.length - startLength(bytes));
    if (!isUtf8(whole)) return this.#offset + firstBad(whole);
    this.#carried = Buffer.from(bytes.subarray(whole.length));
    this.#offset += whole.length;
    return undefined;
  }

  /** The same at the end of the stream, where a started character is a broken one. */
  end(): number | undefined {
    return this.#carried.length === 0 ? undefined : this.#offset;
  }
}

/** How many bytes at the end start a character that goes on in the next chunk. */
function startLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(LONGEST_START, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < characterLength(byte) ? back : 0;
  }
  return 0;
}

/** The length of the longest prefix of whole characters. */
function firstBad(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes[at] ?? 0);
    if (length > 1 && !isUtf8(bytes.subarray(at, at + length))) return at;
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/** As the first byte of a character says; 0 for a byte that starts none. */
function characterLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc0) return 0;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
