/**
 * A sealed list, line by line: each line is canonical, ids ascend and are unique, and the lines are the leaves of the
 * tree whose root the record names (packages/ledger, sealed-list.ts).
 */
import { hasOnlySafeIntegers, parseCanonicalJson, type JsonObject } from "@countersign/kernel";
import { lineLeaf } from "@countersign/ledger";
import { RootHasher } from "@countersign/package-format";
import type { Faults } from "./faults.ts";
import { LineScanner } from "./line-scanner.ts";

const NEWLINE = 10;
const SALT = /^[0-9a-f]{32}$/;

export type ListOrder =
  /** By id, each id once. */
  | "by-id"
  /** As an assessment emits its results: one id owes several activities. */
  | "as-emitted";

type Line =
  | { readonly leafOnly: "erased" | "withheld"; readonly leaf: string }
  | { readonly leafOnly: undefined; readonly id: Buffer | undefined };

export class ListCheck {
  readonly #order: ListOrder;
  readonly #faults: Faults;
  readonly #tree = new RootHasher();
  readonly #scanner = new LineScanner();
  #path = "";
  #line = 0;
  #rest: Buffer = Buffer.alloc(0);
  #before: Buffer | undefined;
  #beforeStart = 0;
  #beforeEnd = 0;
  #erased = 0;
  #withheld = 0;
  readonly #onErased: ((leaf: string, where: string) => void) | undefined;

  constructor(order: ListOrder, faults: Faults, onErased?: (leaf: string, where: string) => void) {
    this.#onErased = onErased;
    this.#order = order;
    this.#faults = faults;
  }

  get count(): number {
    return this.#tree.size;
  }

  get erased(): number {
    return this.#erased;
  }

  get withheld(): number {
    return this.#withheld;
  }

  /** Parts are cut at line ends, so a part's lines are counted from 1. */
  startPart(path: string): void {
    this.#endPart();
    this.#path = path;
    this.#line = 0;
  }

  /** @param bytes are used up: they must not be needed afterwards. */
  push(bytes: Buffer): void {
    const buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let start = 0;
    for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
      this.#line++;
      this.#takeLine(buffer, start, end);
      start = end + 1;
    }
    this.#rest = start === buffer.length ? Buffer.alloc(0) : Buffer.from(buffer.subarray(start));
  }

  /** @returns the root of all lines. */
  finish(): string {
    this.#endPart();
    return this.#tree.root();
  }

  #endPart(): void {
    if (this.#rest.length === 0) return;
    this.#line++;
    this.#fault("list-line", "the last line has no newline");
    this.#tree.appendHash(lineLeaf(this.#rest));
    this.#rest = Buffer.alloc(0);
  }

  #takeLine(buffer: Buffer, start: number, end: number): void {
    const scanner = this.#scanner;
    if (scanner.scan(buffer, start, end) && (!scanner.nonAscii || isUtf8(buffer, start, end))) {
      if (scanner.idStart >= 0) this.#inOrder(buffer, scanner.idStart, scanner.idEnd);
      else this.#withoutId();
      this.#tree.appendLeaf(prefixed(buffer, start, end));
      return;
    }
    const line = buffer.subarray(start, end);
    const read = this.#parse(line);
    if (read !== undefined && read.leafOnly === undefined) {
      if (read.id === undefined) this.#withoutId();
      else this.#inOrder(read.id, 0, read.id.length);
    }
    if (read?.leafOnly === "withheld") this.#withheld++;
    if (read?.leafOnly === "erased") {
      this.#erased++;
      this.#onErased?.(read.leaf, `${this.#path} line ${this.#line}`);
    }
    this.#tree.appendHash(lineLeaf(line));
  }

  /** The thorough way, for what the scanner is not sure of. */
  #parse(line: Buffer): Line | undefined {
    const parsed = parseCanonicalJson(line);
    if (!parsed.ok) return this.#fault("list-line", parsed.error);
    const { value } = parsed;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return this.#fault("list-line", "not an object");
    // Not null and not a list: the checker keeps readonly lists apart from plain ones.
    const members = value as JsonObject;
    const names = Object.keys(members).join();
    if (names === "erased" || names === "withheld") {
      const leaf = members[names];
      if (typeof leaf === "string" && /^[0-9a-f]{64}$/.test(leaf)) return { leafOnly: names, leaf };
      return this.#fault("list-line", `an ${names} line names its leaf: 64 hex digits`);
    }
    if (names !== "item,salt" && names !== "item,raw,salt")
      return this.#fault(
        "list-line",
        "a line has the members item, raw (where there is any) and salt, or erased, or withheld",
      );
    const { item, salt } = members;
    if (typeof salt !== "string" || !SALT.test(salt))
      return this.#fault("list-line", "a salt is 32 hex digits");
    if (typeof item !== "object" || item === null || Array.isArray(item))
      return this.#fault("list-line", "an item is an object");
    if (!hasOnlySafeIntegers(value))
      return this.#fault("list-line", "a number that is not a whole number within 2^53-1");
    const id = (item as JsonObject)["id"];
    if (id !== undefined && typeof id !== "string") return this.#fault("list-line", "an id is a text");
    return { leafOnly: undefined, id: id === undefined ? undefined : Buffer.from(id) };
  }

  #withoutId(): void {
    this.#fault("list-line", "an item without an id");
  }

  /** @param bytes hold the id in [start, end); they are kept until the next id is compared with them. */
  #inOrder(bytes: Buffer, start: number, end: number): void {
    if (this.#order === "as-emitted") return;
    const before = this.#before;
    const order =
      before === undefined ? -1 : compareBytes(before, this.#beforeStart, this.#beforeEnd, bytes, start, end);
    if (order >= 0) {
      const id = JSON.stringify(bytes.toString("utf8", start, end));
      this.#fault("list-order", order === 0 ? `the id ${id} stands twice` : `the id ${id} is not in order`);
    }
    this.#before = bytes;
    this.#beforeStart = start;
    this.#beforeEnd = end;
  }

  #fault(code: "list-line" | "list-order", message: string): undefined {
    this.#faults.add(code, `${this.#path} line ${this.#line}`, message);
    return undefined;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function isUtf8(buffer: Buffer, start: number, end: number): boolean {
  try {
    utf8.decode(buffer.subarray(start, end));
    return true;
  } catch {
    return false;
  }
}

/** An unerased line with its leaf's prefix: the byte before it, the newline of the line above, becomes the prefix. */
function prefixed(buffer: Buffer, start: number, end: number): Uint8Array {
  if (start === 0) return Buffer.concat([Buffer.alloc(1), buffer.subarray(0, end)]);
  buffer[start - 1] = 0;
  return buffer.subarray(start - 1, end);
}

/** As Buffer.compare on views, without making the views: nearly all ids differ within their first bytes. */
function compareBytes(
  a: Buffer,
  aStart: number,
  aEnd: number,
  b: Buffer,
  bStart: number,
  bEnd: number,
): number {
  let i = aStart;
  let j = bStart;
  while (i < aEnd && j < bEnd) {
    const difference = (a[i] ?? 0) - (b[j] ?? 0);
    if (difference !== 0) return difference;
    i++;
    j++;
  }
  return aEnd - i - (bEnd - j);
}
