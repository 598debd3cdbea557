/** Choices from a printed seed. The seed repeats the plan of a run; the operating system's timing it cannot repeat. */

export type Choices = {
  /** 0 ≤ x < 1. */
  next(): number;
  /** A whole number, 0 ≤ n < limit. */
  below(limit: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
};

/** Mulberry32: 32 bits of state are enough to choose moments. */
export function choicesFrom(seed: number): Choices {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { next, below, pick: (list) => list[below(list.length)] ?? list[0] };
}

/** From COUNTERSIGN_DURABILITY_SEED, else a new one. */
export function readSeed(): number {
  const given = process.env["COUNTERSIGN_DURABILITY_SEED"];
  const seed = given === undefined || given === "" ? Math.floor(Math.random() * 2 ** 32) : Number(given);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    throw new RangeError(
      `COUNTERSIGN_DURABILITY_SEED is ${JSON.stringify(given)}, not a whole number of 32 bits`,
    );
  return seed;
}
