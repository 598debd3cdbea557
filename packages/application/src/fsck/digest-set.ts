/** A million digests in sixteen megabytes: the first eight bytes of each, in an open table. */
import { hexOf, type Digest } from "@countersign/kernel";

const FIRST = 1_024;

/**
 * Two digests with the same first eight bytes are taken for one. By chance that does not happen; where somebody made it
 * happen, a stored file would be left out of a list of files that no record names.
 */
export class DigestSet {
  #slots = new BigUint64Array(FIRST);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  has(digest: Digest): boolean {
    return this.#slots[this.#find(keyOf(digest))] !== 0n;
  }

  /** @returns whether it is new. */
  add(digest: Digest): boolean {
    const key = keyOf(digest);
    const at = this.#find(key);
    if (this.#slots[at] === key) return false;
    this.#slots[at] = key;
    this.#count++;
    if (this.#count * 2 > this.#slots.length) this.#grow();
    return true;
  }

  #find(key: bigint): number {
    const mask = this.#slots.length - 1;
    let at = Number(key & 0xffff_ffffn) & mask;
    while (this.#slots[at] !== 0n && this.#slots[at] !== key) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new BigUint64Array(before.length * 2);
    for (const key of before) if (key !== 0n) this.#slots[this.#find(key)] = key;
  }
}

/** Nothing is stored as zero, so that zero can mean an empty slot. */
function keyOf(digest: Digest): bigint {
  const key = BigInt(`0x${hexOf(digest).slice(0, 16)}`);
  return key === 0n ? 1n : key;
}
