/**
 * Cuts a stream of JSON into the values that matter, with the place of each in the bytes: the elements of an array at
 * the top, and objects at the top. Several of either may follow one another, as `gh api --paginate` writes them. Memory
 * holds one value at a time; what each value means is left to JSON.parse.
 */

export type JsonUnit = { readonly offset: number; readonly bytes: Buffer };

/** What is wrong with the bytes, and where: a byte offset from the start of the stream. */
export class ScanError extends Error {
  readonly offset: number;

  constructor(offset: number, why: string) {
    super(why);
    this.offset = offset;
  }
}

const LARGEST_UNIT = 1 << 28;

/** UTF-8's byte order mark, which some tools put before their JSON. */
const MARK = [0xef, 0xbb, 0xbf];

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** @throws ScanError where the stream is not what it is taken for, or ends too early. */
export async function* scanUnits(chunks: AsyncIterable<Buffer>): AsyncGenerator<JsonUnit> {
  const scanner = new Scanner();
  let offset = 0;
  for await (const chunk of chunks) {
    yield* scanner.take(chunk, offset);
    offset += chunk.length;
  }
  scanner.end(offset);
}

class Scanner {
  /** Where a list at the top is open: what may come next in it. */
  #list: "closed" | "first" | "next" | "separator" = "closed";
  /** The value that is being read: its start, and the pieces of it in earlier chunks. */
  #start = -1;
  #pieces: Buffer[] = [];
  #size = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;
  #scalar = false;
  #seen = false;

  *take(chunk: Buffer, offset: number): Generator<JsonUnit> {
    let from = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#start < 0) {
        if (this.#between(chunk[at] ?? 0, offset + at)) {
          this.#start = offset + at;
          from = at;
          continue;
        }
        at += 1;
        continue;
      }
      at = this.#within(chunk, at);
      if (this.#depth > 0 || this.#inText || this.#scalar) break;
      yield this.#finish(chunk.subarray(from, at));
    }
    if (this.#start >= 0) {
      this.#pieces.push(chunk.subarray(from));
      this.#size += chunk.length - from;
      if (this.#size > LARGEST_UNIT) {
        throw new ScanError(
          this.#start,
          `a single value of more than ${LARGEST_UNIT / (1 << 20)} MiB starts here`,
        );
      }
    }
  }

  end(offset: number): void {
    // A number at the very end has nothing after it that would close it, and none belongs at the top.
    if (this.#start >= 0) throw new ScanError(offset, "the file ends inside a value");
    if (this.#list !== "closed") throw new ScanError(offset, "the file ends before its list does");
    // A list without elements is an answer; nothing at all is none.
    if (!this.#seen) throw new ScanError(offset, "the file holds nothing");
  }

  /** Between values. @returns whether a value starts at this byte. */
  #between(byte: number, offset: number): boolean {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === MARK[offset])
      return false;
    this.#seen = true;
    if (this.#list === "closed") {
      if (byte === OPEN_LIST) {
        this.#list = "first";
        return false;
      }
      if (byte === OPEN_OBJECT) return true;
      throw new ScanError(offset, `neither a list nor an object starts with ${shown(byte)}`);
    }
    if (byte === CLOSE_LIST && this.#list !== "next") {
      this.#list = "closed";
      return false;
    }
    if (byte === COMMA && this.#list === "separator") {
      this.#list = "next";
      return false;
    }
    if (this.#list === "separator" || byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      throw new ScanError(
        offset,
        `${shown(byte)} stands where ${this.#list === "separator" ? "a comma or the list's end" : "a value"} was due`,
      );
    }
    return true;
  }

  /** Inside a value. @returns the index after it, or the chunk's end where it goes on. */
  #within(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inText = false;
          if (this.#depth === 0) return at + 1;
        }
      } else if (this.#scalar) {
        if (byte > 0x20 && byte !== COMMA && byte !== CLOSE_LIST) continue;
        this.#scalar = false;
        return at;
      } else if (byte === QUOTE) this.#inText = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#depth -= 1;
        if (this.#depth === 0) return at + 1;
      } else if (this.#depth === 0) this.#scalar = true;
    }
    return chunk.length;
  }

  #finish(last: Buffer): JsonUnit {
    const bytes = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last]);
    const unit = { offset: this.#start, bytes };
    this.#start = -1;
    this.#pieces = [];
    this.#size = 0;
    if (this.#list !== "closed") this.#list = "separator";
    return unit;
  }
}

function shown(byte: number): string {
  return byte > 0x20 && byte < 0x7f
    ? JSON.stringify(String.fromCharCode(byte))
    : `the byte 0x${byte.toString(16).padStart(2, "0")}`;
}

export type Range = { readonly start: number; readonly end: number };

/**
 * Where the elements of a list inside a value stand. The bytes must be JSON that JSON.parse accepts.
 * @param path the members that lead to the list
 * @returns undefined where the path does not lead to a list
 */
export function elementsAt(bytes: Buffer, path: readonly string[]): readonly Range[] | undefined {
  let at = skipSpace(bytes, 0);
  for (const member of path) {
    const found = memberAt(bytes, at, member);
    if (found === undefined) return undefined;
    at = found;
  }
  if (bytes[at] !== OPEN_LIST) return undefined;
  const ranges: Range[] = [];
  at = skipSpace(bytes, at + 1);
  while (bytes[at] !== CLOSE_LIST && at < bytes.length) {
    const end = valueEnd(bytes, at);
    ranges.push({ start: at, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return ranges;
}

/** The start of a member's value; the last where the member stands twice, as JSON.parse has it. */
function memberAt(bytes: Buffer, start: number, member: string): number | undefined {
  if (bytes[start] !== OPEN_OBJECT) return undefined;
  let found: number | undefined;
  let at = skipSpace(bytes, start + 1);
  while (bytes[at] === QUOTE) {
    const keyEnd = valueEnd(bytes, at);
    const key: unknown = JSON.parse(bytes.toString("utf8", at, keyEnd));
    const value = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    if (key === member) found = value;
    at = skipSpace(bytes, valueEnd(bytes, value));
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return found;
}

function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return at;
}

function valueEnd(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = textEnd(bytes, at);
      if (depth === 0) return at + 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || (byte ?? 0) <= 0x20)) return at;
  }
  return bytes.length;
}

/** The index of the closing quote. */
function textEnd(bytes: Buffer, start: number): number {
  for (let at = start + 1; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  return bytes.length;
}
