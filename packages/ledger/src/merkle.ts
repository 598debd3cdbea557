/**
 * The Merkle tree of RFC 6962 section 2.1: leaves are hashed with a 0x00 prefix, nodes with 0x01, and a tree of n leaves
 * splits at the largest power of two below n. Verification follows RFC 9162 section 2.1.3.2 and 2.1.4.2.
 */
import { hash } from "node:crypto";

/** 32 bytes. */
export type Hash = Uint8Array;

const HASH_BYTES = 32;

/** SHA-256 of nothing: the root of an empty tree. */
export const EMPTY_ROOT: Hash = hash("sha256", "", "buffer");

/**
 * Node hands a digest over as a text of one-byte characters in a fifth of the time that it needs for a buffer, and
 * lists have millions of lines.
 */
function digestOf(bytes: Uint8Array): Hash {
  return Buffer.from(hash("sha256", bytes, "binary"), "latin1");
}

/** One scratch buffer for every call: the functions are synchronous and a digest is a copy. */
const scratch = Buffer.alloc(65_536);

export function leafHash(entry: Uint8Array): Hash {
  const size = entry.length + 1;
  const prefixed = size <= scratch.length ? scratch.subarray(0, size) : Buffer.allocUnsafe(size);
  prefixed[0] = 0;
  prefixed.set(entry, 1);
  return digestOf(prefixed);
}

/**
 * The leaf hash of the bytes [start, end) without copying them: the byte before them, which must be there, is lent to
 * the prefix and put back.
 */
export function leafHashIn(bytes: Buffer, start: number, end: number): Hash {
  const before = bytes[start - 1] ?? 0;
  bytes[start - 1] = 0;
  const leaf = digestOf(bytes.subarray(start - 1, end));
  bytes[start - 1] = before;
  return leaf;
}

/** The same, written to 32 bytes from `at` on. */
export function leafHashInto(bytes: Buffer, start: number, end: number, into: Buffer, at: number): void {
  const before = bytes[start - 1] ?? 0;
  bytes[start - 1] = 0;
  into.write(hash("sha256", bytes.subarray(start - 1, end), "binary"), at, HASH_BYTES, "latin1");
  bytes[start - 1] = before;
}

const pair = Buffer.alloc(65, 1);

export function nodeHash(left: Hash, right: Hash): Hash {
  pair.set(left, 1);
  pair.set(right, 33);
  return digestOf(pair);
}

/**
 * For hashes that stand one behind the other, without an object for each.
 * @param bytes of the children, 64 from `from` on @param into takes 32 bytes from `at` on; may be the same buffer
 */
export function nodeHashIn(bytes: Buffer, from: number, into: Buffer, at: number): void {
  bytes.copy(pair, 1, from, from + 64);
  into.write(hash("sha256", pair, "binary"), at, HASH_BYTES, "latin1");
}

/**
 * Grows a tree leaf by leaf while holding one hash per level. `onNode` sees every complete subtree's hash, leaf level
 * (0) included, so that a caller can store them.
 */
export class TreeHasher {
  readonly #stack: { level: number; hash: Hash }[];
  #size: number;
  readonly #onNode: ((level: number, index: number, hash: Hash) => void) | undefined;

  constructor(onNode?: (level: number, index: number, hash: Hash) => void) {
    this.#stack = [];
    this.#size = 0;
    this.#onNode = onNode;
  }

  /** Continues a tree of `size` leaves whose complete subtrees `read` knows. */
  static resume(
    size: number,
    read: HashReader,
    onNode?: (level: number, index: number, hash: Hash) => void,
  ): TreeHasher {
    const hasher = new TreeHasher(onNode);
    for (const { level, index } of perfectSubtrees(0, size))
      hasher.#stack.push({ level, hash: read(level, index) });
    hasher.#size = size;
    return hasher;
  }

  get size(): number {
    return this.#size;
  }

  append(leaf: Hash): void {
    let level = 0;
    let index = this.#size;
    let current = leaf;
    this.#onNode?.(0, index, current);
    while (this.#stack.length > 0 && this.#stack[this.#stack.length - 1]!.level === level) {
      // The loop's condition holds the stack non-empty.
      current = nodeHash(this.#stack.pop()!.hash, current);
      level++;
      index = Math.floor(index / 2);
      this.#onNode?.(level, index, current);
    }
    this.#stack.push({ level, hash: current });
    this.#size++;
  }

  root(): Hash {
    let root: Hash | undefined;
    for (let i = this.#stack.length - 1; i >= 0; i--) {
      const { hash } = this.#stack[i]!;
      root = root === undefined ? hash : nodeHash(hash, root);
    }
    return root ?? EMPTY_ROOT;
  }
}

/** Gives the hash of the complete subtree over leaves [index·2^level, (index+1)·2^level). */
export type HashReader = (level: number, index: number) => Hash;

/** Complete subtrees that make up leaves [start, end), left to right; `start` must be aligned as a tree's own split is. */
export function perfectSubtrees(start: number, end: number): { level: number; index: number }[] {
  const parts: { level: number; index: number }[] = [];
  let at = start;
  while (at < end) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level++;
    parts.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return parts;
}

function rangeHash(start: number, end: number, read: HashReader): Hash {
  const parts = perfectSubtrees(start, end);
  let hash: Hash | undefined;
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i]!;
    const left = read(part.level, part.index);
    hash = hash === undefined ? left : nodeHash(left, hash);
  }
  return hash ?? EMPTY_ROOT;
}

export function rootAt(size: number, read: HashReader): Hash {
  return rangeHash(0, size, read);
}

function split(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

/** RFC 6962 section 2.1.1: the audit path of a leaf in a tree of `size` leaves. */
export function inclusionProof(index: number, size: number, read: HashReader): Hash[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const path: Hash[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      path.push(rangeHash(middle, end, read));
      end = middle;
    } else {
      path.push(rangeHash(start, middle, read));
      start = middle;
    }
  }
  return path.reverse();
}

/** RFC 6962 section 2.1.2: that the tree of `older` leaves is a prefix of the tree of `newer`. */
export function consistencyProof(older: number, newer: number, read: HashReader): Hash[] {
  if (!(older > 0 && older <= newer)) throw new RangeError(`no consistency proof from ${older} to ${newer}`);
  const prove = (m: number, start: number, end: number, complete: boolean): Hash[] => {
    const size = end - start;
    if (m === size) return complete ? [] : [rangeHash(start, end, read)];
    const k = split(size);
    if (m <= k) return [...prove(m, start, start + k, complete), rangeHash(start + k, end, read)];
    return [...prove(m - k, start + k, end, false), rangeHash(start, start + k, read)];
  };
  return prove(older, 0, newer, true);
}

/** RFC 9162 section 2.1.3.2. */
export function verifyInclusion(
  leaf: Hash,
  index: number,
  size: number,
  path: readonly Hash[],
  root: Hash,
): boolean {
  if (!isTreeSize(size) || !isTreeSize(index) || index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const step of path) {
    if (step.length !== 32 || sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(step, hash);
      if (fn % 2 === 0) {
        while (fn % 2 === 0 && fn !== 0) {
          fn /= 2;
          sn = Math.floor(sn / 2);
        }
      }
    } else {
      hash = nodeHash(hash, step);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && equalHashes(hash, root);
}

/** RFC 9162 section 2.1.4.2. A proof from size 0 is empty and always holds; from a size to itself it is empty. */
export function verifyConsistency(
  older: number,
  newer: number,
  olderRoot: Hash,
  newerRoot: Hash,
  proof: readonly Hash[],
): boolean {
  if (!isTreeSize(older) || !isTreeSize(newer) || older > newer) return false;
  if (older === newer) return proof.length === 0 && equalHashes(olderRoot, newerRoot);
  if (older === 0) return proof.length === 0 && equalHashes(olderRoot, EMPTY_ROOT);
  const path = isPowerOfTwo(older) ? [olderRoot, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined || first.length !== 32) return false;
  let fn = older - 1;
  let sn = newer - 1;
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  let fr = first;
  let sr = first;
  for (const step of path) {
    if (step.length !== 32 || sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(step, fr);
      sr = nodeHash(step, sr);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      sr = nodeHash(sr, step);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && equalHashes(fr, olderRoot) && equalHashes(sr, newerRoot);
}

function isTreeSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value)) && 2 ** Math.log2(value) === value;
}

export function equalHashes(a: Hash, b: Hash): boolean {
  return a.length === 32 && b.length === 32 && Buffer.compare(a, b) === 0;
}

/** Complete subtrees in memory, 64 bytes a leaf: a level's hashes stand one behind the other. */
export class NodeStore {
  readonly #levels: { bytes: Buffer; count: number }[] = [];

  /** For TreeHasher, which gives the hashes of a level in their order. */
  readonly add = (level: number, index: number, hash: Hash): void => {
    let held = this.#levels[level];
    if (held === undefined) this.#levels[level] = held = { bytes: Buffer.alloc(HASH_BYTES), count: 0 };
    if (index !== held.count)
      throw new RangeError(`level ${level} goes on at ${held.count}, not at ${index}`);
    const at = index * HASH_BYTES;
    if (at === held.bytes.length) held.bytes = Buffer.concat([held.bytes, Buffer.alloc(at)]);
    held.bytes.set(hash, at);
    held.count++;
  };

  readonly read: HashReader = (level, index) => {
    const held = this.#levels[level];
    if (held === undefined || !(index >= 0 && index < held.count))
      throw new RangeError(`no complete subtree ${level}/${index}`);
    return Buffer.from(held.bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES));
  };
}

/** A whole tree in memory: for proofs over a list that is at hand. */
export class MemoryTree {
  readonly #nodes = new NodeStore();
  readonly #hasher = new TreeHasher(this.#nodes.add);
  readonly read: HashReader = this.#nodes.read;

  append(leaf: Hash): void {
    this.#hasher.append(leaf);
  }

  get size(): number {
    return this.#hasher.size;
  }

  root(): Hash {
    return this.#hasher.root();
  }
}
