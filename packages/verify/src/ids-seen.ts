/**
 * Which ids a log uses twice, in memory that does not grow with it. A first reading marks each id at four places of a
 * fixed field of bits and suspects those whose places are all marked already: every id that comes again, and by chance
 * few others (of a million ids about one, of ten million some ten thousand). A second reading, only where there are
 * suspects, compares those by their whole id and knows their indexes.
 */
import { sha256 } from "@countersign/kernel";

/** 16 MiB. A power of two, so that a hash is cut to a place. */
const BITS = 2 ** 27;
const PLACES = 4;
/** So many suspects are followed; a log with more has more faults than anybody reads. */
const SUSPECTS_MAX = 100_000;
/** So many indexes of one id are named. */
const INDEXES_MAX = 20;

export class IdsSeen {
  readonly #bits = new Uint8Array(BITS / 8);
  readonly #suspects = new Set<string>();

  add(id: string): void {
    const hash = sha256(id);
    let marked = true;
    for (let i = 0; i < PLACES; i++) {
      const place = Buffer.from(hash.buffer, hash.byteOffset + i * 4, 4).readUInt32BE() % BITS;
      const [at, bit] = [Math.floor(place / 8), 1 << (place % 8)];
      if ((this.#bits[at]! & bit) !== 0) continue;
      marked = false;
      this.#bits[at]! |= bit;
    }
    if (marked && this.#suspects.size < SUSPECTS_MAX) this.#suspects.add(id);
  }

  get suspected(): number {
    return this.#suspects.size;
  }

  isSuspect(id: string): boolean {
    return this.#suspects.has(id);
  }
}

export type RepeatedId = {
  readonly id: string;
  /** Where it is used, from the first on. */
  readonly indexes: readonly number[];
  /** How many more are not named. */
  readonly more: number;
};

/** The second reading. */
export class IdsAgain {
  readonly #seen: IdsSeen;
  readonly #found = new Map<string, { indexes: number[]; more: number }>();

  constructor(seen: IdsSeen) {
    this.#seen = seen;
  }

  take(index: number, id: string): void {
    if (!this.#seen.isSuspect(id)) return;
    const found = this.#found.get(id);
    if (found === undefined) this.#found.set(id, { indexes: [index], more: 0 });
    else if (found.indexes.length < INDEXES_MAX) found.indexes.push(index);
    else found.more++;
  }

  /** In the order of their first use. */
  repeated(): RepeatedId[] {
    return [...this.#found]
      .filter(([, { indexes }]) => indexes.length > 1)
      .map(([id, found]) => ({ id, ...found }));
  }
}
