/**
 * Seeded pseudo-random numbers for the invented company: the same seed gives the same year on every machine. Not for
 * anything that must be hard to guess.
 */

const GOLDEN = 0x9e3779b9;

/** Finalizer of 32-bit MurmurHash3: every input bit reaches every output bit. */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a over UTF-16 units: turns a label into a number. */
function hashLabel(label: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < label.length; i++) h = Math.imul(h ^ label.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/**
 * The sfc32 generator (Chris Doty-Humphrey, "Small Fast Counting", PractRand): 128 bits of state, 32-bit arithmetic,
 * period of at least 2^32 because it holds a counter.
 */
export class SeededRandom {
  readonly #seed: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed any safe integer; its low 52 bits count. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new TypeError("a seed is a whole number");
    this.#seed = seed;
    this.#a = mix(seed >>> 0);
    this.#b = mix((Math.floor(seed / 2 ** 32) >>> 0) + GOLDEN);
    this.#c = mix((seed >>> 0) ^ GOLDEN);
    for (let i = 0; i < 12; i++) this.next();
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    const sum = (((this.#a + this.#b) >>> 0) + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /**
   * A stream of its own, which depends on the first seed and the label only: what one part of the company draws never
   * moves what another part draws.
   */
  fork(label: string): SeededRandom {
    return new SeededRandom(
      mix((this.#seed >>> 0) ^ hashLabel(label)) * 2 ** 16 + (hashLabel(label) & 0xffff),
    );
  }

  /** From 0 up to, and without, 1. */
  fraction(): number {
    return this.next() / 2 ** 32;
  }

  /** A whole number, both ends included. */
  integer(from: number, through: number): number {
    return from + Math.floor(this.fraction() * (through - from + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** @throws RangeError when there is nothing to pick from. */
  pick<T>(list: readonly T[]): T {
    const found = list[Math.floor(this.fraction() * list.length)];
    if (found === undefined) throw new RangeError("nothing to pick from");
    return found;
  }

  /** Picks in proportion to weights of zero or more. @throws RangeError when no weight is above zero. */
  weighted<T>(list: readonly T[], weight: (member: T) => number): T {
    const total = list.reduce((sum, member) => sum + weight(member), 0);
    let left = this.fraction() * total;
    for (const member of list) {
      left -= weight(member);
      if (left < 0) return member;
    }
    throw new RangeError("nothing to pick from");
  }

  /** A sample without repetition, in the order drawn. */
  some<T>(list: readonly T[], count: number): T[] {
    const rest = [...list];
    const taken: T[] = [];
    while (taken.length < count) {
      const index = Math.floor(this.fraction() * rest.length);
      const [chosen, last] = [rest[index], rest.pop()];
      if (chosen === undefined || last === undefined) break;
      taken.push(chosen);
      // The last one takes the free place, unless it was the one that was taken.
      if (index < rest.length) rest[index] = last;
    }
    return taken;
  }

  /** Lowercase hex digits. */
  hex(digits: number): string {
    let text = "";
    while (text.length < digits) text += this.next().toString(16).padStart(8, "0");
    return text.slice(0, digits);
  }
}
