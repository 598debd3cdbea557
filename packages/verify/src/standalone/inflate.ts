/**
 * Inflates a deflate stream (RFC 1951) for a page, where there is no zlib. It refuses what zlib refuses: codes that are
 * over-subscribed or incomplete, no end-of-block code, a distance behind the beginning.
 */

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/** In which order a block gives the lengths of the codes that its own lengths are written in. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;
const LITERALS_MAX = 286;
const DISTANCES_MAX = 30;

/** By the next `bits` bits of the stream: symbol × 16 + length of its code; 0 where no code begins like that. */
type Codes = { readonly table: Uint16Array; readonly bits: number };

export type Inflated = { readonly bytes: Uint8Array; readonly consumed: number };

/** The output does not fit: told apart from a broken stream, as zlib's caller tells it. */
export class TooLarge extends RangeError {}

/**
 * @param sizeMax of the output in bytes.
 * @throws TooLarge, and RangeError on anything that is not one whole stream.
 */
export function inflateRaw(input: Uint8Array, sizeMax: number): Inflated {
  return new Inflater(input, sizeMax).run();
}

class Inflater {
  readonly #input: Uint8Array;
  readonly #output: Uint8Array;
  #at = 0;
  #end = 0;
  /** Bits that were taken from the input and not used yet, the next one lowest. */
  #held = 0;
  #count = 0;

  constructor(input: Uint8Array, sizeMax: number) {
    this.#input = input;
    this.#output = new Uint8Array(sizeMax);
  }

  run(): Inflated {
    for (let last = false; !last;) {
      last = this.#take(1) === 1;
      const kind = this.#take(2);
      if (kind === 0) this.#stored();
      else if (kind === 1) this.#coded(fixedLiterals(), fixedDistances());
      else if (kind === 2) this.#dynamic();
      else throw broken("an unknown kind of block");
    }
    // Whole bytes that were taken ahead are not the stream's.
    const consumed = this.#at - (this.#count >>> 3);
    return { bytes: this.#output.subarray(0, this.#end), consumed };
  }

  #stored(): void {
    this.#at -= this.#count >>> 3;
    this.#held = this.#count = 0;
    const input = this.#input;
    const at = this.#at;
    if (at + 4 > input.length) throw broken("cut short");
    const length = (input[at] ?? 0) | ((input[at + 1] ?? 0) << 8);
    const inverse = (input[at + 2] ?? 0) | ((input[at + 3] ?? 0) << 8);
    if (length !== (~inverse & 0xffff)) throw broken("a stored block with two lengths");
    const bytes = input.subarray(at + 4, at + 4 + length);
    if (this.#end + bytes.length > this.#output.length) throw new TooLarge("larger than allowed");
    if (bytes.length !== length) throw broken("cut short");
    this.#output.set(bytes, this.#end);
    this.#end += length;
    this.#at = at + 4 + length;
  }

  #dynamic(): void {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const given = this.#take(4) + 4;
    if (literals > LITERALS_MAX || distances > DISTANCES_MAX) throw broken("too many codes");
    const own = new Uint8Array(ORDER.length);
    for (const symbol of ORDER.slice(0, given)) own[symbol] = this.#take(3);
    const lengths = this.#lengths(codesOf(own, false), literals + distances);
    if (lengths[END_OF_BLOCK] === 0) throw broken("a block without an end");
    this.#coded(codesOf(lengths.subarray(0, literals), true), codesOf(lengths.subarray(literals), true));
  }

  #lengths(codes: Codes, count: number): Uint8Array {
    const lengths = new Uint8Array(count);
    for (let i = 0; i < count;) {
      const symbol = this.#symbol(codes);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw broken("a length repeated that is not there");
      const value = symbol === 16 ? (lengths[i - 1] ?? 0) : 0;
      const times =
        symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (i + times > count) throw broken("a length repeated too often");
      lengths.fill(value, i, i + times);
      i += times;
    }
    return lengths;
  }

  #coded(literals: Codes, distances: Codes): void {
    const output = this.#output;
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol < END_OF_BLOCK) {
        if (this.#end === output.length) throw new TooLarge("larger than allowed");
        output[this.#end++] = symbol;
        continue;
      }
      if (symbol === END_OF_BLOCK) return;
      const length = this.#number(symbol - 257, LENGTH_BASE, LENGTH_BITS);
      const distance = this.#number(this.#symbol(distances), DISTANCE_BASE, DISTANCE_BITS);
      if (distance > this.#end) throw broken("a distance behind the beginning");
      if (this.#end + length > output.length) throw new TooLarge("larger than allowed");
      // Byte by byte: what is copied may be what was just written.
      let to = this.#end;
      for (let from = to - distance, left = length; left > 0; left--) output[to++] = output[from++] ?? 0;
      this.#end = to;
    }
  }

  #number(symbol: number, bases: readonly number[], extra: readonly number[]): number {
    const base = bases[symbol];
    if (base === undefined) throw broken("an unknown symbol");
    return base + this.#take(extra[symbol] ?? 0);
  }

  #symbol({ table, bits }: Codes): number {
    while (this.#count < bits && this.#at < this.#input.length) this.#fill();
    const entry = table[this.#held & ((1 << bits) - 1)] ?? 0;
    const length = entry & 15;
    if (entry === 0) throw broken("an unknown code");
    if (length > this.#count) throw broken("cut short");
    this.#held >>>= length;
    this.#count -= length;
    return entry >>> 4;
  }

  #take(bits: number): number {
    while (this.#count < bits) {
      if (this.#at >= this.#input.length) throw broken("cut short");
      this.#fill();
    }
    const value = this.#held & ((1 << bits) - 1);
    this.#held >>>= bits;
    this.#count -= bits;
    return value;
  }

  /** At most 15 bits are asked for, so that never more than 22 are held. */
  #fill(): void {
    this.#held |= (this.#input[this.#at++] ?? 0) << this.#count;
    this.#count += 8;
  }
}

/** @param mayBeOne whether a single code of one bit may stand alone, as for distances. */
function codesOf(lengths: Uint8Array, mayBeOne: boolean): Codes {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]!++; // lengths are below 16
  let bits = 15;
  while (bits > 0 && counts[bits] === 0) bits--;
  let left = 1;
  for (let length = 1; length <= 15; length++) {
    left = left * 2 - (counts[length] ?? 0);
    if (left < 0) throw broken("codes that overlap");
  }
  // Without any code the table is empty, and whoever uses it fails.
  if (left > 0 && bits > 0 && !(mayBeOne && bits === 1)) throw broken("codes that are not complete");
  const next = new Uint16Array(17);
  for (let length = 1; length <= 15; length++)
    next[length + 1] = ((next[length] ?? 0) + (counts[length] ?? 0)) * 2;
  const table = new Uint16Array(1 << bits);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const code = next[length] ?? 0;
    next[length] = code + 1;
    for (let at = reversed(code, length); at < table.length; at += 1 << length)
      table[at] = (symbol << 4) | length;
  }
  return { table, bits };
}

/** Codes begin with their highest bit, and the stream gives the lowest first. */
function reversed(code: number, length: number): number {
  let turned = 0;
  for (let bit = 0; bit < length; bit++) turned |= ((code >>> bit) & 1) << (length - 1 - bit);
  return turned;
}

let literalsOfFixed: Codes | undefined;
let distancesOfFixed: Codes | undefined;

function fixedLiterals(): Codes {
  const length = (symbol: number) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8);
  literalsOfFixed ??= codesOf(
    Uint8Array.from({ length: 288 }, (_, symbol) => length(symbol)),
    false,
  );
  return literalsOfFixed;
}

function fixedDistances(): Codes {
  distancesOfFixed ??= codesOf(new Uint8Array(32).fill(5), false);
  return distancesOfFixed;
}

function broken(why: string): RangeError {
  return new RangeError(`not a deflate stream: ${why}`);
}
