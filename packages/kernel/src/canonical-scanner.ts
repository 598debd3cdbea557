/**
 * Whether bytes are canonical JSON (RFC 8785), read byte by byte and without making anything of them. It is sure of what
 * nearly every record and line is made of, and says so when it is not: the caller then parses and writes the text again
 * to compare. Being unsure costs time only, so everything unusual is left to that way.
 */

/** Nesting beyond this is left to the parser. */
const DEPTH_MAX = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Of bytes inside a string: 0 stands for itself, 1 ends or escapes or may not stand there, 2 is not ASCII. */
const STRING_BYTES = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : byte >= 0x80 ? 2 : 0,
);
/** What may follow a backslash in canonical text, but for \u, which is left to the parser. */
const ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"\\bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
);
const WORDS = ["true", "false", "null"].map((word) => Buffer.from(word));

/** 15 digits are below 2^53 whatever they are. */
const DIGITS_MAX = 15;

/**
 * Told of each member's name, bytes[start, stop), with the depth of its object, outermost 1. Its value begins at
 * `stop + 2`. @returns false to be unsure.
 */
export type OnMember = (depth: number, start: number, stop: number) => boolean;

export class CanonicalScanner {
  /** Whether what was scanned holds bytes that are not ASCII: the caller checks that they are UTF-8. */
  nonAscii = false;

  readonly #onMember: OnMember | undefined;
  readonly #isList = new Uint8Array(DEPTH_MAX + 1);
  readonly #keyStart = new Int32Array(DEPTH_MAX + 1);
  readonly #keyEnd = new Int32Array(DEPTH_MAX + 1);
  #bytes: Uint8Array | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(onMember?: OnMember) {
    this.#onMember = onMember;
  }

  /** @returns true when bytes[start, end) are surely canonical JSON, all numbers whole ones within 2^53-1. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    this.nonAscii = false;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return start < end && this.#value(bytes, start, end) === end;
  }

  /** @returns where the value that begins at `at` ends, or -1 when unsure. */
  #value(bytes: Uint8Array, start: number, end: number): number {
    const isList = this.#isList;
    let depth = 0;
    let at = start;
    for (;;) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) {
        at = this.#string(bytes, at + 1, end);
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (++depth > DEPTH_MAX) return -1;
        isList[depth] = byte === OPEN_LIST ? 1 : 0;
        this.#keyEnd[depth] = -1;
        at++;
        if (bytes[at] === (byte === OPEN_LIST ? CLOSE_LIST : CLOSE_OBJECT)) {
          depth--;
          at++;
        } else {
          if (byte === OPEN_OBJECT) at = this.#key(bytes, at, end, depth);
          if (at < 0) return -1;
          continue;
        }
      } else {
        at = byte === MINUS || (byte >= ZERO && byte <= NINE) ? integer(bytes, at) : word(bytes, at);
      }
      if (at < 0) return -1;
      // After a value: what closes, and then a comma or the end.
      while (depth > 0 && bytes[at] === (isList[depth] === 1 ? CLOSE_LIST : CLOSE_OBJECT)) {
        depth--;
        at++;
      }
      if (depth === 0) return at;
      if (bytes[at] !== COMMA) return -1;
      at++;
      if (isList[depth] === 0) at = this.#key(bytes, at, end, depth);
      if (at < 0) return -1;
    }
  }

  /** @returns the place behind the closing quote. */
  #string(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    for (;;) {
      at = this.#skipPlain(bytes, at, end);
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) return at < end ? at + 1 : -1;
      if (byte >= 0x80) {
        this.nonAscii = true;
        at++;
      } else if (byte === BACKSLASH && ESCAPES[bytes[at + 1] ?? 0] === 1) {
        at += 2;
      } else {
        return -1;
      }
    }
  }

  /** Four bytes at a time: a high bit is left over where one of them is not plain. */
  #skipPlain(bytes: Uint8Array, start: number, end: number): number {
    const view = this.#view;
    let at = start;
    while (at + 4 <= end) {
      const word = view.getInt32(at, true);
      const low = (word - 0x20202020) | 0;
      const quote = ((word ^ 0x22222222) - 0x01010101) | 0;
      const escape = ((word ^ 0x5c5c5c5c) - 0x01010101) | 0;
      if (((word | low | quote | escape) & 0x80808080) !== 0) break;
      at += 4;
    }
    while (STRING_BYTES[bytes[at] ?? 0] === 0) at++;
    return at;
  }

  /** A member's name: plain ASCII, behind the one before it. @returns where its value begins. */
  #key(bytes: Uint8Array, at: number, end: number, depth: number): number {
    if (bytes[at] !== QUOTE) return -1;
    const start = at + 1;
    let stop = start;
    while (STRING_BYTES[bytes[stop] ?? 0] === 0) stop++;
    if (stop >= end || bytes[stop] !== QUOTE || bytes[stop + 1] !== COLON) return -1;
    const before = this.#keyEnd[depth] ?? -1;
    if (before >= 0 && !follows(bytes, this.#keyStart[depth] ?? 0, before, start, stop)) return -1;
    this.#keyStart[depth] = start;
    this.#keyEnd[depth] = stop;
    if (this.#onMember?.(depth, start, stop) === false) return -1;
    return stop + 2;
  }
}

/** Whether the second name comes behind the first: both are ASCII, where bytes and UTF-16 units order the same. */
function follows(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  let i = a;
  let j = b;
  while (i < aEnd && j < bEnd) {
    const difference = (bytes[j] ?? 0) - (bytes[i] ?? 0);
    if (difference !== 0) return difference > 0;
    i++;
    j++;
  }
  return i === aEnd && j < bEnd;
}

/** Whether bytes[start, end) are the text. */
export function bytesAre(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}

/** Whole numbers only, without a leading zero. What follows must end it: the caller sees to that. */
function integer(bytes: Uint8Array, start: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  let at = first;
  while ((bytes[at] ?? 0) >= ZERO && (bytes[at] ?? 0) <= NINE) at++;
  const digits = at - first;
  if (digits === 0 || digits > DIGITS_MAX) return -1;
  // "-0" and "01" are not canonical; a lone zero is.
  if (bytes[first] === ZERO && (digits > 1 || first !== start)) return -1;
  return at;
}

function word(bytes: Uint8Array, at: number): number {
  for (const text of WORDS) if (bytesAre(bytes, at, at + text.length, text)) return at + text.length;
  return -1;
}
