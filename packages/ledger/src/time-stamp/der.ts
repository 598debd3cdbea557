/**
 * A strict reader of DER (X.690), as much as certificates and time stamps need: one-byte tags, definite and minimal
 * lengths, nothing left over. What could be read in two ways is refused.
 */

/** Thrown inside; the readers of whole documents catch it and give a result. */
export class DerError extends Error {}

export type DerValue = {
  readonly tag: number;
  /** Tag, length and content, as they stand in the document. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
};

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectId: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `[n]` of a constructed value; of a simple one it is 0x80 + n. */
export function constructed(n: number): number {
  return 0xa0 + n;
}

/** One value, and nothing behind it. */
export function readDer(bytes: Uint8Array): DerValue {
  const { value, end } = readAt(bytes, 0);
  if (end !== bytes.length) throw new DerError("bytes behind the end");
  return value;
}

function readAt(bytes: Uint8Array, start: number): { readonly value: DerValue; readonly end: number } {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined) throw new DerError("it ends inside a value");
  if ((tag & 0x1f) === 0x1f) throw new DerError("a tag of several bytes");
  let length = first;
  let from = start + 2;
  if (first >= 0x80) {
    const count = first - 0x80;
    if (count === 0) throw new DerError("a length that is not stated");
    if (count > 4) throw new DerError("a length beyond any document");
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[from + i] ?? 0);
    if (length < 0x80 || (count > 1 && bytes[from] === 0)) throw new DerError("a length that is not minimal");
    from += count;
  }
  const end = from + length;
  if (end > bytes.length) throw new DerError("it ends inside a value");
  return { value: { tag, bytes: bytes.subarray(start, end), content: bytes.subarray(from, end) }, end };
}

export function childrenOf(value: DerValue): DerValue[] {
  const children: DerValue[] = [];
  for (let at = 0; at < value.content.length;) {
    const { value: child, end } = readAt(value.content, at);
    children.push(child);
    at = end;
  }
  return children;
}

/** The members of a sequence, one after the other. */
export class DerFields {
  readonly #what: string;
  readonly #members: readonly DerValue[];
  #at = 0;

  constructor(value: DerValue, what: string) {
    if (value.tag !== tags.sequence) throw new DerError(`${what} is no sequence`);
    this.#what = what;
    this.#members = childrenOf(value);
  }

  /** The next member, which must have the tag where one is given. */
  next(tag?: number): DerValue {
    const member = this.#members[this.#at];
    if (member === undefined) throw new DerError(`${this.#what} is too short`);
    if (tag !== undefined && member.tag !== tag) throw new DerError(`${this.#what} has an unexpected member`);
    this.#at++;
    return member;
  }

  optional(tag: number): DerValue | undefined {
    return this.#members[this.#at]?.tag === tag ? this.next() : undefined;
  }

  end(): void {
    if (this.#at !== this.#members.length) throw new DerError(`${this.#what} has too many members`);
  }
}

export function expectTag(value: DerValue, tag: number, what: string): DerValue {
  if (value.tag !== tag) throw new DerError(`${what} has an unexpected type`);
  return value;
}

/** "1.2.840.113549.1.1.11" */
export function objectIdOf(value: DerValue): string {
  const { content } = expectTag(value, tags.objectId, "an object identifier");
  const parts: number[] = [];
  let part = 0;
  content.forEach((byte, i) => {
    if (part === 0 && byte === 0x80) throw new DerError("an object identifier that is not minimal");
    part = part * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(part)) throw new DerError("an object identifier beyond 2^53");
    if (byte < 0x80) {
      parts.push(part);
      part = 0;
    } else if (i === content.length - 1) throw new DerError("an object identifier that does not end");
  });
  const [first] = parts;
  if (first === undefined) throw new DerError("an empty object identifier");
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...parts.slice(1)].join(".");
}

/** Content bytes of a minimal integer; serial numbers and nonces are compared as these. */
export function integerBytes(value: DerValue): Uint8Array {
  const { content } = expectTag(value, tags.integer, "an integer");
  const [first, second] = content;
  if (first === undefined) throw new DerError("an empty integer");
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    throw new DerError("an integer that is not minimal");
  return content;
}

/** A whole number from 0 to 2^31-1. */
export function smallInteger(value: DerValue): number {
  const bytes = integerBytes(value);
  if (bytes.length > 4 || (bytes[0] ?? 0) >= 0x80) throw new DerError("a number that is too large here");
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}

export function booleanOf(value: DerValue): boolean {
  const { content } = expectTag(value, tags.boolean, "a truth value");
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff))
    throw new DerError("a truth value that is neither");
  return content[0] === 0xff;
}

/** Of a bit string without unused bits: keys and signatures. */
export function bitStringBytes(value: DerValue): Uint8Array {
  const { content } = expectTag(value, tags.bitString, "a bit string");
  if (content[0] !== 0) throw new DerError("a bit string with unused bits");
  return content.subarray(1);
}

/** Milliseconds since 1970. Both forms end in Z here; fractions of a second are cut to milliseconds. */
export function timeOf(value: DerValue): number {
  const text = Buffer.from(value.content).toString("latin1");
  const pattern =
    value.tag === tags.generalizedTime
      ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d*[1-9]))?Z$/
      : value.tag === tags.utcTime
        ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
        : undefined;
  const match = pattern?.exec(text);
  if (match === null || match === undefined) throw new DerError("a time that cannot be read");
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  // RFC 5280 section 4.1.2.5.1: years of two digits end in 2049.
  const full = value.tag === tags.utcTime ? (year < 50 ? 2000 : 1900) + year : year;
  const date = new Date(Date.UTC(full, month - 1, day));
  // A leap second is the first one of the next minute, as clocks of computers count.
  if (
    date.getUTCMonth() !== month - 1 ||
    date.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 60
  )
    throw new DerError("a time that is not in any calendar");
  const ms = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Writes what a request needs. */
export function derOf(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const length =
    content.length < 0x80
      ? [content.length]
      : content.length < 0x100
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 0xff];
  if (content.length > 0xffff) throw new RangeError("longer than anything that is written here");
  return new Uint8Array(Buffer.concat([Buffer.from([tag, ...length]), content]));
}
