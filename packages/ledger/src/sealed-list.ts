/**
 * Lists that grow with the data, as NDJSON whose lines are the leaves of an RFC 6962 tree. Each line carries its salt,
 * so its hash does not give a guessable item away; an erased line keeps its leaf hash and thereby the root.
 */
import { hash } from "node:crypto";
import {
  canonicalJson,
  Digester,
  err,
  fromHex,
  ok,
  toHex,
  type Digest,
  type Result,
} from "@countersign/kernel";
import { leafHash, leafHashIn, TreeHasher, type Hash } from "./merkle.ts";

/** 16 bytes as hex. */
export const SALT_BYTES = 16;

/** Deterministic: the one spelling of a line. Members are in canonical order (item, raw, salt). */
export function sealLine(item: unknown, salt: string, raw?: unknown): string {
  return raw === undefined
    ? `{"item":${canonicalJson(item)},"salt":"${salt}"}`
    : `{"item":${canonicalJson(item)},"raw":${canonicalJson(raw)},"salt":"${salt}"}`;
}

export function erasedLine(leaf: Hash): string {
  return `{"erased":"${toHex(leaf)}"}`;
}

/** A line that is left out for a reader; whoever keeps the list has it still. */
export function withheldLine(leaf: Hash): string {
  return `{"withheld":"${toHex(leaf)}"}`;
}

/** A salt for what is derived from an item: it cannot be turned back into the item's own salt. */
export function derivedSalt(salt: string, purpose: string): string {
  return hash("sha256", `${purpose}\n${salt}`, "hex").slice(0, SALT_BYTES * 2);
}

const NEWLINE = 10;
const LEAF_ONLY = /^\{"(erased|withheld)":"([0-9a-f]{64})"\}$/;

const ERASED_LENGTH = 77;
const WITHHELD_LENGTH = 79;
/** `{"erased":"` and `{"withheld":"` cannot begin a whole line, whose first member is "item". */
const ERASED_LETTER = 0x65;
const WITHHELD_LETTER = 0x77;

function mayBeLeafOnly(length: number, letter: number | undefined): boolean {
  return (
    (length === ERASED_LENGTH && letter === ERASED_LETTER) ||
    (length === WITHHELD_LENGTH && letter === WITHHELD_LETTER)
  );
}

export type LeafOnly = { readonly kind: "erased" | "withheld"; readonly leaf: Hash };

/** What is left of a line that is erased or withheld; undefined for a whole line. */
export function leafOnly(line: Uint8Array): LeafOnly | undefined {
  if (!mayBeLeafOnly(line.length, line[2])) return undefined;
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString("latin1");
  const [, kind, leaf] = LEAF_ONLY.exec(text) ?? [];
  return leaf === undefined
    ? undefined
    : { kind: kind === "erased" ? "erased" : "withheld", leaf: fromHex(leaf) };
}

/** The leaf of a line: of an erased or withheld one, the hash that it still names. */
export function lineLeaf(line: Uint8Array): Hash {
  return leafOnly(line)?.leaf ?? leafHash(line);
}

/** The leaf of the line [start, end) of a buffer; `start` is not 0. */
function leafIn(bytes: Buffer, start: number, end: number): Hash {
  return mayBeLeafOnly(end - start, bytes[start + 2])
    ? lineLeaf(bytes.subarray(start, end))
    : leafHashIn(bytes, start, end);
}

export type SealedList = {
  readonly count: number;
  readonly root: string;
  readonly digest: Digest;
  readonly size: number;
};

/** Takes lines in list order and gives the list's count and root; whoever stores the bytes digests them. */
export class ListLeaves {
  readonly #tree: TreeHasher;

  constructor(onNode?: (level: number, index: number, hash: Hash) => void) {
    this.#tree = new TreeHasher(onNode);
  }

  /**
   * Many lines at once are several times as fast as one by one: calls are what small lines cost.
   * @param lines whole lines, each with its newline. @returns the bytes to store.
   */
  addLines(lines: string): Uint8Array {
    // One byte in front, which the first line's leaf needs for its prefix.
    const buffer = Buffer.from(`\n${lines}`);
    let start = 1;
    for (let end = buffer.indexOf(NEWLINE, start); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
      this.#tree.append(leafIn(buffer, start, end));
      start = end + 1;
    }
    if (start !== buffer.length) throw new TypeError("a line of a list ends with a newline");
    return buffer.subarray(1);
  }

  /** The line [start, end) of bytes that somebody else stores; the byte in front of it is there, and is lent. */
  addLine(bytes: Buffer, start: number, end: number): void {
    this.#tree.append(leafIn(bytes, start, end));
  }

  get count(): number {
    return this.#tree.size;
  }

  /** 64 hex digits. */
  root(): string {
    return toHex(this.#tree.root());
  }
}

/** Takes lines in list order and gives the list's whole reference. */
export class ListSealer {
  readonly #leaves = new ListLeaves();
  readonly #digester = new Digester();

  /** @param line without its newline. @returns the bytes to store, newline included. */
  add(line: string): Uint8Array {
    return this.addLines(`${line}\n`);
  }

  /** @param lines whole lines, each with its newline. @returns the bytes to store. */
  addLines(lines: string): Uint8Array {
    const bytes = this.#leaves.addLines(lines);
    this.#digester.update(bytes);
    return bytes;
  }

  finish(): SealedList {
    const { digest, size } = this.#digester.finish();
    return { count: this.#leaves.count, root: this.#leaves.root(), digest, size };
  }
}

/**
 * Re-hashes the bytes of a list that arrive in pieces of any size. Memory is one line.
 */
export class ListReader {
  readonly #tree: TreeHasher;
  readonly #digester = new Digester();
  readonly #onLine: ((line: Buffer) => void) | undefined;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onLine?: (line: Buffer) => void, onNode?: (level: number, index: number, hash: Hash) => void) {
    this.#onLine = onLine;
    this.#tree = new TreeHasher(onNode);
  }

  push(bytes: Uint8Array): void {
    this.#digester.update(bytes);
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
      const line = buffer.subarray(start, end);
      this.#tree.append(lineLeaf(line));
      this.#onLine?.(line);
      start = end + 1;
    }
    // A copy: the caller may reuse its chunk.
    this.#rest = Buffer.from(buffer.subarray(start));
  }

  finish(): Result<SealedList, string> {
    if (this.#rest.length > 0) return err("the last line has no newline");
    const { digest, size } = this.#digester.finish();
    return ok({ count: this.#tree.size, root: toHex(this.#tree.root()), digest, size });
  }
}
