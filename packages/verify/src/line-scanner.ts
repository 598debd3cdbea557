/**
 * Reads a line of a sealed list byte by byte: that it is canonical JSON (RFC 8785) of the sealed form, and where its
 * item's id stands. It is sure of what nearly every line is made of, and says so when it is not; the caller then parses
 * the line. Being unsure costs time only, so everything unusual is left to the parser.
 */
import { bytesAre, CanonicalScanner } from "@countersign/kernel";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;
const LETTER_S = 0x73;
const OPEN_OBJECT = 0x7b;

const SALT_DIGITS = 32;

/** Top-level members, in canonical order; the second may be absent. */
const MEMBERS = ["item", "raw", "salt"].map((name) => Buffer.from(name));

const ID = Buffer.from("id");
const NOTHING = Buffer.alloc(0);

export class LineScanner {
  /** Where the id's text begins and ends (without quotes) in the last line that was scanned; -1 when it has none. */
  idStart = -1;
  idEnd = -1;

  readonly #scanner = new CanonicalScanner((depth, start, stop) => this.#member(depth, start, stop));
  #bytes: Uint8Array = NOTHING;
  #idAt = -1;
  /** Of the members, the one that must come next. */
  #next = 0;

  /** Whether the last line holds bytes that are not ASCII: the caller checks that they are UTF-8. */
  get nonAscii(): boolean {
    return this.#scanner.nonAscii;
  }

  /** @returns true when bytes[start, end) is surely a canonical, unerased sealed line. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    this.idStart = this.idEnd = this.#idAt = -1;
    this.#next = 0;
    this.#bytes = bytes;
    if (bytes[start] !== OPEN_OBJECT || !this.#scanner.scan(bytes, start, end)) return false;
    if (this.#next !== MEMBERS.length || !isSalt(bytes, end)) return false;
    if (this.#idAt >= 0) {
      if (bytes[this.#idAt] !== QUOTE) return false;
      this.idStart = this.#idAt + 1;
      this.idEnd = this.idStart;
      // The string was scanned already, so it ends.
      while (bytes[this.idEnd] !== QUOTE) {
        // An escaped id is not its own text.
        if (bytes[this.idEnd] === BACKSLASH) return false;
        this.idEnd++;
      }
    }
    return true;
  }

  #member(depth: number, start: number, stop: number): boolean {
    const bytes = this.#bytes;
    if (depth === 1) {
      if (this.#next === 1 && bytes[start] === LETTER_S) this.#next++;
      const name = MEMBERS[this.#next++];
      if (name === undefined || !bytesAre(bytes, start, stop, name)) return false;
      // The item is an object.
      return this.#next > 1 || bytes[stop + 2] === OPEN_OBJECT;
    }
    if (depth === 2 && this.#next === 1 && bytesAre(bytes, start, stop, ID)) this.#idAt = stop + 2;
    return true;
  }
}

/** The line ends in `"<32 hex digits>"}`, which is then the value of its last member, "salt". */
function isSalt(bytes: Uint8Array, end: number): boolean {
  const start = end - 2 - SALT_DIGITS;
  // An escaped quote inside a longer text has a backslash before it, not the colon.
  if (bytes[start - 2] !== COLON || bytes[start - 1] !== QUOTE || bytes[end - 2] !== QUOTE) return false;
  for (let at = start; at < end - 2; at++) {
    const byte = bytes[at] ?? 0;
    if (!((byte >= ZERO && byte <= NINE) || (byte >= 0x61 && byte <= 0x66))) return false;
  }
  return true;
}
